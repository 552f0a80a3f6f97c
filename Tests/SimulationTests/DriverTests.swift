import Testing

@testable import Simulation

@Suite("The driver")
struct DriverTests {
    private static let second = microsecondsPerSecond
    private static let minute = 60 * second

    private func agent(_ id: String, _ shifts: [Range<Int64>], kinds: [String] = ["a"]) -> PlannedAgent {
        PlannedAgent(
            id: id, name: id, skills: kinds.map { PlannedSkill($0) }, channels: "voice:1", kinds: kinds, shifts: shifts)
    }

    private func inquiry(
        _ arrival: Int64, patience: Int64? = nil, handling: Int64, kind: String = "a"
    ) -> PlannedInquiry {
        PlannedInquiry(
            arrival: arrival, kind: kind, channel: "voice", skills: [PlannedSkill(kind)], patience: patience,
            handling: handling)
    }

    /// Plays a scenario to its end in virtual time.
    private struct Play {
        var driver: Driver
        var daemon: ToyDaemon
        var now: Int64 = 0
        var steps = 0

        init(_ scenario: Scenario) {
            driver = Driver(scenario: scenario, origin: 0)
            daemon = ToyDaemon(scenario)
        }

        // What a test looks at, without the whole driver in its message when it fails.
        var answeredCount: Int { driver.answeredCount }
        var abandonedCount: Int { driver.abandonedCount }
        var missedOffers: Int { driver.missedOffers }
        var overtimeCalls: Int { driver.overtimeCalls }
        var problems: [String] { driver.problems }

        func ending(_ inquiry: Int) -> String? { driver.ending(inquiry: inquiry) }

        /// One time step: what is due, and all answers to it. Returns false when nothing is left to do.
        mutating func step() -> Bool {
            guard let due = driver.nextDue else { return false }
            now = max(now, due)
            steps += 1
            var actions: [DriverAction] = []
            driver.advance(to: now, into: &actions)
            exchange(actions)
            return true
        }

        mutating func exchange(_ first: [DriverAction]) {
            var actions = first
            while !actions.isEmpty || !daemon.outbox.isEmpty {
                for action in actions { daemon.perform(action) }
                actions = []
                let messages = daemon.outbox
                daemon.outbox = []
                for message in messages {
                    switch message {
                    case .answer(let action, let outcome):
                        driver.finished(action, outcome, at: now, into: &actions)
                    case .push(let event): driver.happened(event, at: now, into: &actions)
                    }
                }
            }
        }

        mutating func finish() {
            while steps < 100_000, !driver.isFinished, step() {}
        }
    }

    @Test("customers who are served in time are answered, the others leave when their patience ends")
    func patience() {
        let scenario = Scenario(
            agents: [agent("kim", [0..<10 * Self.minute])],
            inquiries: [
                inquiry(0, handling: 60 * Self.second), inquiry(1, patience: 30 * Self.second, handling: 1),
                inquiry(2, patience: 90 * Self.second, handling: 1),
            ], overtime: false)
        var play = Play(scenario)
        play.finish()
        let isFinished = play.driver.isFinished
        #expect(isFinished)
        #expect(play.ending(0) == "completed")
        #expect(play.ending(1) == "abandoned")
        #expect(play.ending(2) == "completed")
        #expect(play.problems == [])
    }

    @Test("an agent whose shift ends in a call finishes it first")
    func shiftEnd() {
        let scenario = Scenario(
            agents: [agent("kim", [0..<10])], inquiries: [inquiry(0, handling: 100)], overtime: false)
        var play = Play(scenario)
        play.finish()
        let isFinished = play.driver.isFinished
        #expect(isFinished)
        #expect(play.answeredCount == 1)
        #expect(play.now == 100)
    }

    @Test("with overtime the last able agent stays until nobody waits who will not give up")
    func overtime() {
        let scenario = Scenario(
            agents: [agent("kim", [0..<50]), agent("lee", [0..<40], kinds: ["b"])],
            inquiries: [inquiry(0, handling: 100), inquiry(10, handling: 5), inquiry(20, handling: 5)], overtime: true)
        var play = Play(scenario)
        play.finish()
        let isFinished = play.driver.isFinished
        #expect(isFinished)
        #expect(play.answeredCount == 3)
        #expect(play.overtimeCalls == 1)
    }

    @Test("with overtime an agent is called back for a customer who comes after everybody has gone")
    func calledBack() {
        let scenario = Scenario(
            agents: [agent("kim", [0..<50])], inquiries: [inquiry(60, handling: 5)], overtime: true)
        var play = Play(scenario)
        play.finish()
        let isFinished = play.driver.isFinished
        #expect(isFinished)
        #expect(play.answeredCount == 1)
    }

    @Test("an agent who missed an offer signs on again")
    func missed() {
        let scenario = Scenario(
            agents: [agent("kim", [0..<50])], inquiries: [inquiry(10, handling: 5)], overtime: false)
        var play = Play(scenario)
        play.daemon.missesFirstOffer = true
        play.finish()
        #expect(play.missedOffers == 1)
        #expect(play.answeredCount == 1)
    }

    @Test("a submission that is refused for the moment comes again")
    func later() {
        let scenario = Scenario(
            agents: [agent("kim", [0..<10 * Self.minute])], inquiries: [inquiry(0, handling: 5)], overtime: false)
        var driver = Driver(scenario: scenario, origin: 0)
        var actions: [DriverAction] = []
        driver.advance(to: 0, into: &actions)
        #expect(actions == [.submit(inquiry: 0), .ready(agent: 0)])
        actions = []
        driver.finished(.submit(inquiry: 0), .later(3 * Self.second), at: 0, into: &actions)
        #expect(actions == [])
        driver.advance(to: 3 * Self.second, into: &actions)
        #expect(actions == [.submit(inquiry: 0)])
    }

    @Test("work that is none of the scenario's is served too, once all submissions are answered")
    func strangers() {
        let scenario = Scenario(agents: [agent("kim", [0..<Self.minute])], inquiries: [], overtime: false)
        var driver = Driver(scenario: scenario, origin: 0, strangerHandling: 7)
        var actions: [DriverAction] = []
        driver.advance(to: 0, into: &actions)
        driver.finished(.ready(agent: 0), .done(id: nil, state: "ready"), at: 0, into: &actions)
        actions = []
        driver.happened(.offered(agent: 0, id: 99), at: 10, into: &actions)
        #expect(actions == [.accept(agent: 0, id: 99)])
        driver.finished(.accept(agent: 0, id: 99), .done(id: 99, state: "assigned"), at: 11, into: &actions)
        actions = []
        driver.advance(to: 17, into: &actions)
        #expect(actions == [.complete(agent: 0, id: 99)])
    }

    /// The connection is lost before the answers to the last step's actions, which the daemon has carried out or not;
    /// then there is a new one.
    private func cut(_ play: inout Play, _ actions: [DriverAction], carriedOut: Bool, graceEnds: Bool) {
        if carriedOut { for action in actions { play.daemon.perform(action) } }
        play.daemon.outbox = []
        play.driver.floorLost()
        play.daemon.agentsLost()
        var next: [DriverAction] = []
        for action in actions {
            // The client itself repeats what customers said.
            if action.isFloor {
                play.driver.finished(action, .lost, at: play.now, into: &next)
            } else {
                next.append(action)
            }
        }
        if graceEnds { for agent in play.driver.scenario.agents.indices { play.daemon.endGrace(agent) } }
        play.driver.floorConnected(at: play.now, into: &next)
        play.exchange(next)
    }

    @Test("with the connection lost at every step, nothing is lost or done twice", arguments: 1...7)
    func reconnections(every: Int) {
        var random = SplitMix64(seed: UInt64(every))
        let kinds = ["a", "b"]
        let inquiries = (0..<200).map { index in
            inquiry(
                Int64(index) * 10 * Self.second,
                patience: random.chance(0.4) ? Int64(random.exponential(mean: 60e6)) : nil,
                handling: Int64(random.exponential(mean: 30e6)), kind: random.pick(kinds))
        }
        let day = 0..<40 * Self.minute
        let scenario = Scenario(
            agents: [
                agent("kim", [day]),
                agent("lee", [0..<10 * Self.minute, 20 * Self.minute..<30 * Self.minute], kinds: ["b"]),
                agent("park", [5 * Self.minute..<35 * Self.minute], kinds: kinds),
            ], inquiries: inquiries, overtime: true)
        var play = Play(scenario)
        while play.steps < 100_000, !play.driver.isFinished, let due = play.driver.nextDue {
            play.now = max(play.now, due)
            play.steps += 1
            var actions: [DriverAction] = []
            play.driver.advance(to: play.now, into: &actions)
            if play.steps % every == 0 {
                cut(&play, actions, carriedOut: random.chance(0.5), graceEnds: random.chance(0.2))
            } else {
                play.exchange(actions)
            }
        }
        let isFinished = play.driver.isFinished
        #expect(isFinished)
        #expect(play.problems == [])
        #expect(play.answeredCount + play.abandonedCount == 200)
        for (index, id) in play.driver.ids.enumerated() {
            let state = id.flatMap { play.daemon.state($0) }
            #expect(play.ending(index) == state)
        }
    }
}

@Suite("Clocks and heaps")
struct ClockTests {
    @Test("the clock runs at its speed, stands still while stopped, and may be set back")
    func clock() {
        var clock = VirtualClock(speed: 200, virtual: 1000, real: 10)
        #expect(clock.now(real: 15) == 2000)
        #expect(clock.realDelay(until: 2100, real: 15) == 1)
        clock.stop(real: 15)
        #expect(clock.now(real: 100) == 2000)
        #expect(clock.realDelay(until: 2100, real: 100) == nil)
        clock.set(virtual: 1500, real: 100)
        #expect(clock.now(real: 101) == 1700)
    }

    @Test("timers come by time, equal ones in their order")
    func heap() {
        var heap = TimerHeap<Int>()
        var random = SplitMix64(seed: 3)
        let dues = (0..<500).map { _ in Int64(random.next() % 50) }
        for (index, due) in dues.enumerated() { heap.push(index, due: due) }
        let expected = dues.indices.sorted { (dues[$0], $0) < (dues[$1], $1) }
        var found: [Int] = []
        while let next = heap.pop(at: 25) { found.append(next.item) }
        #expect(found == expected.filter { dues[$0] <= 25 })
        while let next = heap.pop(at: .max) { found.append(next.item) }
        #expect(found == expected)
        #expect(heap.isEmpty)
    }
}
