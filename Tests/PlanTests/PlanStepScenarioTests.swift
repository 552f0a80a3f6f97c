import Plan
import Routing
import TestSupport
import Testing

// The documented scenarios of offers and steps on the engine, under plans as people write them.

@Suite("Scenarios of offers, by plan documents")
struct PlanOfferScenarioTests {
    /// Declined by both at 0 s and 5 s.
    private func declinedByBoth(_ floor: Floor) -> Int64 {
        floor.agent("ann")
        floor.agent("ben")
        let call = floor.submit("voice")
        #expect(floor.place(call) == "offered default ann")
        floor.decline(call, "ann")
        floor.at(.seconds(5))
        #expect(floor.place(call) == "offered default ben")
        floor.decline(call, "ben")
        return call
    }

    @Test("20: declined by both at 0 s and 5 s, it goes out again at 35 s, and EXPLAIN says so until then")
    func cleared() throws {
        let floor = try Floor(ScenarioPlans.everybodyDeclined)
        let call = declinedByBoth(floor)
        floor.at(.milliseconds(34_999))
        #expect(floor.place(call) == "waiting default" && floor.why(call) == ["excluded 2"])
        let next = try #require(floor.next(call))
        #expect(next.name == "exclusions_cleared" && next.after == .seconds(35))
        floor.at(.seconds(35))
        #expect(floor.told(call).suffix(2) == ["exclusions_cleared", "offered"])
        #expect(floor.place(call) == "offered default ann")
    }

    @Test("20: with a third able agent who is busy until 100 s nothing is cleared, and at 100 s it goes there")
    func thirdIsBusy() throws {
        let floor = try Floor(ScenarioPlans.everybodyDeclined)
        floor.agent("cho")
        let other = floor.submit("voice")
        floor.accept(other, "cho")
        let call = declinedByBoth(floor)
        floor.at(.milliseconds(99_999))
        #expect(floor.place(call) == "waiting default" && floor.why(call) == ["limit 1", "excluded 2"])
        #expect(floor.next(call)?.name == "expired")
        floor.at(.seconds(100))
        floor.complete(other, "cho")
        #expect(floor.place(call) == "offered default cho")
        #expect(!floor.told(call).contains("exclusions_cleared"))
    }
}

@Suite("Scenarios of steps, by plan documents")
struct PlanStepScenarioTests {
    @Test("24: english with skill 5 is offered it at 60 s, not at 59.999 s")
    func expiring() throws {
        let floor = try Floor(ScenarioPlans.expiringRequirement)
        floor.agent("kim", skills: "english,skill:5")
        let call = floor.submit("voice")
        #expect(floor.skills(call) == "english:1,skill:10")
        floor.at(.milliseconds(59_999))
        #expect(floor.place(call) == "waiting default" && floor.why(call) == ["level_too_low 1"])
        floor.at(.seconds(60))
        #expect(floor.place(call) == "offered default kim" && floor.skills(call) == "english:1")
        #expect(floor.told(call) == ["submitted", "step", "offered"])
        #expect(floor.times(.offered, of: call) == [.seconds(60)])
    }

    @Test("24: an agent without english is never offered it")
    func never() throws {
        let floor = try Floor(ScenarioPlans.expiringRequirement)
        floor.agent("kim", skills: "skill:10")
        let call = floor.submit("voice")
        floor.at(.days(14) - .milliseconds(1))
        #expect(floor.place(call) == "waiting default" && floor.why(call) == ["skill_missing 1"])
        // And goes only when everything does.
        floor.at(.days(14))
        #expect(floor.told(call) == ["submitted", "step", "expired"])
    }

    @Test(
        "25: location, product, issue are dropped at T, 2T, 3T, and so late those who lack them get it",
        arguments: [("english", 3), ("english,issue", 2), ("english,issue,product", 1)])
    func dropped(skills: String, turns: Int64) throws {
        let floor = try Floor(ScenarioPlans.dropOneAfterAnother)
        floor.agent("kim", skills: skills)
        let call = floor.submit("voice")
        floor.at(.seconds(20 * turns) - .milliseconds(1))
        #expect(floor.place(call) == "waiting default")
        floor.at(.seconds(20 * turns))
        #expect(floor.place(call) == "offered default kim")
        floor.at(.minutes(5))
        #expect(floor.times(.step, of: call) == [.seconds(20), .seconds(40), .seconds(60)])
        #expect(floor.times(.offered, of: call) == [.seconds(20 * turns)])
        #expect(floor.skills(call) == "english:1")
    }

    @Test("26: at 60 s priority +10, at 300 s queue two; at 59 and 299 s neither, and each once")
    func wait() throws {
        let floor = try Floor(ScenarioPlans.waitAndLength)
        let call = floor.submit("voice", queue: "one")
        func seen(_ span: TimeSpan) -> String {
            floor.at(span)
            return "\(floor.priority(call)) \(floor.queue(call))"
        }
        let story = [59, 60, 299, 300, 900].map { seen(.seconds($0)) }
        #expect(story == ["0 one", "10 one", "10 one", "10 two", "10 two"])
        #expect(floor.told(call) == ["submitted", "step", "step", "queued"])
        #expect(floor.times(.step, of: call) == [.seconds(60), .seconds(300)])
    }

    @Test("26: the 101st that would wait goes to the overflow, or is refused")
    func length() throws {
        let floor = try Floor(ScenarioPlans.waitAndLength)
        for queue in ["long", "strict"] {
            let calls = (1...100).map { _ in floor.submit("voice", queue: queue, skills: "nobody") }
            #expect(calls.allSatisfy { floor.place($0) == "waiting \(queue)" })
        }
        #expect(floor.place(floor.submit("voice", queue: "long")) == "waiting two")
        #expect(Self.rejection(floor.tryToSubmit("voice", queue: "strict"))?.code == .limit)
        // One that does not have to wait is none too many.
        floor.agent("kim")
        #expect(floor.place(201) == "offered two kim")
        floor.agent("lee")
        #expect(floor.place(floor.submit("voice", queue: "strict")) == "offered strict lee")
        #expect(Self.rejection(floor.tryToSubmit("voice", queue: "strict"))?.code == .limit)
    }

    @Test("26: who goes makes room for the next, in the queue that was full")
    func room() throws {
        let floor = try Floor(ScenarioPlans.waitAndLength)
        let calls = (1...100).map { _ in floor.submit("voice", queue: "strict") }
        #expect(Self.rejection(floor.tryToSubmit("voice", queue: "strict"))?.code == .limit)
        floor.apply(.abandon(id: calls[50]))
        #expect(floor.place(floor.submit("voice", queue: "strict")) == "waiting strict")
        #expect(Self.rejection(floor.tryToSubmit("voice", queue: "strict"))?.code == .limit)
    }

    private static func rejection(_ reply: Reply) -> Rejection? {
        if case .rejected(let rejection) = reply { rejection } else { nil }
    }
}
