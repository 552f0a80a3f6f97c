import Testing

@testable import Simulation

@Suite("The synthetic morning")
struct SyntheticMorningTests {
    @Test("the same seed makes the same morning, another one another")
    func seeds() {
        #expect(SyntheticMorning.scenario(seed: 7) == SyntheticMorning.scenario(seed: 7))
        #expect(SyntheticMorning.scenario(seed: 7) != SyntheticMorning.scenario(seed: 8))
    }

    @Test("it has all four channels, both languages and about the arrivals that its rates say")
    func shape() {
        let scenario = SyntheticMorning.scenario(seed: 7)
        let expected = SyntheticMorning.traffic.reduce(0) { $0 + $1.rates.reduce(0, +) }
        #expect(abs(Double(scenario.inquiries.count) - expected) < 4 * expected.squareRoot())
        #expect(Set(scenario.inquiries.map(\.channel)) == ["voice", "chat", "social", "email"])
        #expect(scenario.agents.count == 25)
        #expect(Set(scenario.agents.map(\.id)).count == 25)
        for pair in zip(scenario.inquiries, scenario.inquiries.dropFirst()) {
            #expect(pair.0.arrival <= pair.1.arrival)
        }
    }

    @Test("every inquiry has somebody who could serve it")
    func served() {
        let scenario = SyntheticMorning.scenario(seed: 7)
        for inquiry in scenario.inquiries {
            let able = scenario.agents.contains { agent in
                agent.channels.contains(inquiry.channel)
                    && inquiry.skills.allSatisfy { required in
                        agent.skills.contains { $0.name == required.name && ($0.level ?? 5) >= (required.level ?? 1) }
                    }
            }
            #expect(able, "\(inquiry.channel) \(inquiry.skills)")
        }
    }

    @Test("a shorter morning is the beginning of a day that ends early")
    func short() {
        let length = SyntheticMorning.halfHour
        let scenario = SyntheticMorning.scenario(seed: 7, length: length)
        #expect(scenario.inquiries.allSatisfy { $0.arrival < length })
        #expect(scenario.agents.allSatisfy { $0.shifts.allSatisfy { $0.lowerBound < length } })
    }

    @Test("the generator's means are what they should be")
    func means() {
        var random = SplitMix64(seed: 1)
        let exponential = (0..<20_000).reduce(0.0) { sum, _ in sum + random.exponential(mean: 3) } / 20_000
        #expect(abs(exponential - 3) < 0.1)
        let logs = (0..<20_000).map { _ in random.lognormal(mu: 1, sigma: 0.5) }.sorted()
        #expect(abs(logs[10_000] - 2.718) < 0.1)
    }
}
