import Testing

@testable import Routing

@Suite("Surveys")
struct SurveyTests {
    private func plan(after: TimeSpan?) -> CompiledPlan {
        var plan = CompiledPlan.of(.channel("chat", limit: 10))
        plan.surveyAfter = after
        return plan
    }

    private func complete(_ world: World) -> Int64 {
        let id = world.submit()
        world.accept(id, by: "kim")
        world.complete(id, by: "kim")
        return id
    }

    @Test("it is due so long after completion, once; what is reopened is asked about when it is completed again")
    func due() {
        let world = World(plan(after: .minutes(10)))
        world.agent("kim")
        let id = complete(world)
        world.at(.minutes(5))
        let reopened = complete(world)
        world.at(.minutes(7))
        world.message(reopened, from: .customer)
        world.accept(reopened, by: "kim")
        world.at(.hours(1))
        #expect(world.times(.surveyDue, of: id) == [.minutes(10)])
        #expect(world.times(.surveyDue, of: reopened) == [])
        world.complete(reopened, by: "kim")
        world.at(.hours(3))
        #expect(world.times(.surveyDue, of: reopened) == [.minutes(70)])
        #expect(world.log.last?.agentName.string == "kim")
    }

    @Test("one that has left memory is told of with its queue and agent")
    func forgotten() {
        let world = World(plan(after: .hours(30)))
        world.agent("kim")
        let id = complete(world)
        world.at(.hours(25))
        #expect(!world.knows(id))
        world.at(.hours(31))
        #expect(world.times(.surveyDue, of: id) == [.hours(30)])
        #expect(world.log.last?.agentName.string == "kim" && world.log.last?.queue == "default")
    }

    @Test("what is reopened, completed again and has left memory is asked about once; what was cancelled not at all")
    func reopened() {
        let world = World(plan(after: .hours(60)))
        world.agent("kim")
        let (again, cancelled) = (complete(world), complete(world))
        world.at(.hours(20))
        for id in [again, cancelled] { world.message(id, from: .customer) }
        world.accept(again, by: "kim")
        world.complete(again, by: "kim")
        world.cancel(cancelled)
        world.at(.hours(50))
        #expect(!world.knows(again) && !world.knows(cancelled))
        world.at(.hours(90))
        #expect(world.times(.surveyDue, of: again) == [.hours(80)])
        #expect(world.times(.surveyDue, of: cancelled) == [])
    }

    @Test("after a start none is lost and none comes twice; what fell due meanwhile comes at once")
    func recovery() throws {
        let world = World(plan(after: .minutes(10)))
        world.agent("kim")
        let told = complete(world)
        world.at(.minutes(8))
        let due = complete(world)
        world.at(.minutes(11))
        let later = complete(world)
        try world.restart(after: .minutes(8))
        world.fireTimers()
        #expect(world.times(.surveyDue, of: told) == [.minutes(10)])
        #expect(world.times(.surveyDue, of: due) == [.minutes(19)])
        world.at(.minutes(30))
        #expect(world.times(.surveyDue, of: later) == [.minutes(21)])
        try world.restart()
        world.at(.hours(2))
        #expect(world.log.filter { $0.type == .surveyDue }.count == 3)
    }

    @Test("no more than so many are waited for: then the oldest is told of at once")
    func limit() {
        let world = World(plan(after: .days(1)))
        world.agent("kim")
        let first = complete(world)
        world.pass(.seconds(10))
        let others = (1...Limits.surveys - 2).map {
            SurveyRow(
                id: -Int64($0), closedAt: world.start + TimeSpan(microseconds: Int64($0)), queueName: Name("default"),
                agentName: Name("kim"))
        }
        world.engine.restoreSurveys(others, isMarked: true)
        _ = complete(world)
        #expect(world.times(.surveyDue, of: first) == [])
        // The auditor knows of no limit.
        world.reportsViolations = false
        _ = complete(world)
        #expect(world.violations == ["survey_due \(first) kim before its time"])
        #expect(world.times(.surveyDue, of: first) == [.seconds(10)])
        #expect(world.log.filter { $0.type == .surveyDue }.count == 1)
    }

    @Test("a plan that begins to ask does not ask about the past; one that asks later, or no more, counts at once")
    func replanned() throws {
        let world = World(plan(after: nil))
        world.agent("kim")
        let before = complete(world)
        world.publish(plan(after: .minutes(10)))
        world.at(.minutes(1))
        let asked = complete(world)
        world.publish(plan(after: .minutes(20)))
        try world.restart()
        world.at(.minutes(25))
        #expect(world.times(.surveyDue, of: before) == [] && world.times(.surveyDue, of: asked) == [.minutes(21)])
        world.agent("lee")
        let dropped = world.submit()
        world.accept(dropped, by: "lee")
        world.complete(dropped, by: "lee")
        world.publish(plan(after: nil))
        world.at(.hours(2))
        #expect(world.times(.surveyDue, of: dropped) == [])
    }
}
