import Testing

@testable import Routing

extension CompiledPlan {
    /// One policy for everything.
    static func promising(
        _ promises: [Metric: Promise], pauses: Set<InquiryState> = [], hours: [(Int64, Int64)]? = nil,
        channels: [TestChannel] = [.channel("chat", limit: 10)], queues: [Queue] = [Queue(name: "default")],
        missed: Int32 = 0
    ) -> CompiledPlan {
        let calendars = hours.map { [Calendar(name: "hours", open: .open($0), years: NoYears())] } ?? []
        let policy = Policy(name: "all", calendar: hours == nil ? nil : 0, pauses: pauses, promises: promises)
        return .of(
            channels, queues: queues, missedOffersToAway: missed, policies: [(policy, TestConditions.always)],
            calendars: calendars)
    }
}

extension CompiledCalendar {
    /// Open from and until so many seconds after the start of a world.
    static func open(_ hours: [(Int64, Int64)]) -> CompiledCalendar {
        let start = World.usualStart
        return CompiledCalendar(
            from: start - .days(10), until: start + .days(400),
            intervals: hours.map {
                Interval(
                    start: (start + .seconds($0.0)).microseconds, end: (start + .seconds($0.1)).microseconds)
            })
    }
}

extension World {
    func clock(_ metric: Metric, of id: Int64) -> ClockView? { engine.clocks(of: id).first { $0.metric == metric } }

    /// Where the clock stands, in the words of docs/sla.md.
    func stands(_ metric: Metric, of id: Int64) -> String {
        guard let clock = row(id)?.clocks.first(where: { $0.metric == metric }) else { return "–" }
        if let verdict = clock.verdict { return verdict.name }
        return clock.since == nil ? "stands" : "runs"
    }
}

@Suite("Clocks")
struct ClockTests {
    @Test("scenario 28: held after 30 min for 5 h, a resolution of 2 h has 90 min left; nothing fires while it is held")
    func pause() throws {
        let world = World(.promising([.resolution: .init(target: .hours(2))], pauses: [.held]))
        world.agent("kim")
        let id = world.submit()
        world.accept(id, by: "kim")
        world.at(.minutes(30))
        world.hold(id, by: "kim")
        world.at(.minutes(330))
        #expect(world.times(.slaBreached, of: id).isEmpty)
        #expect(world.clock(.resolution, of: id)?.due == nil)
        world.resume(id, by: "kim")
        #expect(world.clock(.resolution, of: id)?.due == world.start + .minutes(420))
        world.at(.minutes(420) - .milliseconds(1))
        #expect(world.times(.slaBreached, of: id).isEmpty)
        world.at(.minutes(421))
        #expect(world.times(.slaBreached, of: id) == [.minutes(420)])
    }

    @Test("scenario 29: the customer's second message at 10 min with a target of 5: breached once, at 15")
    func nextResponse() {
        let world = World(.promising([.nextResponse: .init(target: .minutes(5))]))
        world.agent("kim")
        let id = world.submit()
        world.accept(id, by: "kim")
        world.message(id, from: .agent)
        world.message(id, from: .customer)
        world.at(.minutes(3))
        world.message(id, from: .agent)
        #expect(world.log.last?.detail(.met) == .names(["next_response"]))
        world.at(.minutes(10))
        world.message(id, from: .customer)
        world.at(.minutes(12))
        world.message(id, from: .customer)
        world.at(.minutes(16))
        #expect(world.times(.slaBreached, of: id) == [.minutes(15)])
        world.message(id, from: .agent)
        #expect(world.log.last?.detail(.met) == nil)
        world.at(.hours(2))
        #expect(world.times(.slaBreached, of: id).count == 1)
    }

    @Test("scenario 30: 75% raises the priority, 100% drops a skill and moves the queue, each once, in order")
    func acts() {
        let promise = CompiledPlan.Promise(
            target: .minutes(2),
            thresholds: [
                .init(after: .seconds(120), label: "100%", actions: [.drop(["korean"]), .move(1)]),
                .init(after: .seconds(90), label: "75%", actions: [.raisePriority(10), .notify("lead")]),
                .init(after: .minutes(17), label: "+15m", actions: [.notify("manager")]),
            ])
        let world = World(
            .promising(
                [.firstResponse: promise],
                queues: [CompiledPlan.Queue(name: "default"), CompiledPlan.Queue(name: "second")]))
        let id = world.submit(skills: "korean,billing")
        world.at(.hours(1))
        #expect(
            world.told(of: id) == [
                "submitted 1", "sla_warned 1", "escalated 1", "sla_breached 1", "queued 1", "escalated 1",
                "escalated 1",
            ])
        #expect(
            world.log.filter { $0.inquiry == id }.dropFirst().map { $0.at - world.start } == [
                .seconds(90), .seconds(90), .seconds(120), .seconds(120), .minutes(17), .minutes(17),
            ])
        #expect(world.row(id)?.priority == 10 && world.row(id)?.queue == "second")
        #expect(world.skills(id) == [SkillLevel(skill: "billing", level: 1)])
    }

    @Test("scenario 27: what is created half an hour before closing is due half an hour after opening")
    func businessTime() {
        let world = World(
            .promising([.firstResponse: .init(target: .hours(1))], hours: [(-3_600, 1_800), (57_600, 86_400)]))
        let id = world.submit()
        #expect(world.clock(.firstResponse, of: id)?.due == world.start + .seconds(57_600 + 1_800))
        world.at(.days(1))
        #expect(world.times(.slaBreached, of: id) == [.seconds(59_400)])
    }

    @Test("a warning tells when the target is due")
    func warning() {
        let promise = CompiledPlan.Promise(
            target: .minutes(10), thresholds: [.init(after: .minutes(8), label: "-2m", actions: [])])
        let world = World(.promising([.assign: promise]))
        let id = world.submit()
        world.at(.minutes(9))
        let warned = world.log.first { $0.type == .slaWarned }
        #expect(warned?.detail(.due) == .instant(world.start + .minutes(10)))
        #expect(warned?.detail(.threshold) == .name("-2m") && warned?.inquiry == id)
    }

    @Test("what was missed while nothing fired is told when it is answered, without its actions")
    func answeredLate() {
        let promise = CompiledPlan.Promise(
            target: .minutes(1), thresholds: [.init(after: .minutes(1), label: "100%", actions: [.setPriority(50)])])
        let world = World(.promising([.firstResponse: promise]))
        world.agent("kim")
        let id = world.submit()
        world.accept(id, by: "kim")
        world.standStill(for: .minutes(2))
        world.message(id, from: .agent)
        let breach = world.log.first { $0.type == .slaBreached }
        #expect(breach?.detail(.late) == .flag(true) && breach?.detail(.reason) == .name("answered"))
        #expect(world.row(id)?.priority == 0)
        #expect(world.stands(.firstResponse, of: id) == "breached")
        #expect(world.log.last?.detail(.met) == nil)
    }

    @Test("deadlines that passed while the daemon was down fire at the start, in due order, late, before any offer")
    func downtime() throws {
        let world = World(.promising([.assign: .init(target: .minutes(10))]))
        world.agent("kim", ready: false)
        let ids = (0..<500).map { _ in
            world.pass(.seconds(1))
            return world.submit()
        }
        let mark = world.log.count
        try world.restart(after: .days(1))
        world.pass(.zero)
        world.ready("kim")
        let fired = world.log[mark...].filter { $0.type == .slaBreached }
        #expect(fired.map(\.inquiry) == ids)
        #expect(fired.allSatisfy { $0.detail(.late) == .flag(true) })
        let firstOffer = world.log.firstIndex { $0.type == .offered } ?? 0
        let lastBreach = world.log.lastIndex { $0.type == .slaBreached } ?? .max
        #expect(lastBreach < firstOffer)
        world.pass(.days(1))
        #expect(world.log.filter { $0.type == .slaBreached }.count == 500)
    }

    @Test("an edited calendar changes what is to come and not what was; the policy stays the one that was taken on")
    func editedCalendar() throws {
        let world = World(.promising([.resolution: .init(target: .hours(2))], hours: [(0, 3_600), (7_200, 10_800)]))
        let id = world.submit()
        world.at(.minutes(90))
        #expect(world.clock(.resolution, of: id)?.consumed == .hours(1))
        // Now the first hour would have been closed, and the second is open until later; the target is another.
        world.publish(.promising([.resolution: .init(target: .hours(9))], hours: [(7_200, 20_000)]))
        #expect(world.clock(.resolution, of: id)?.consumed == .hours(1))
        #expect(world.clock(.resolution, of: id)?.due == world.start + .seconds(7_200 + 3_600))
        let later = world.submit()
        #expect(world.clock(.resolution, of: later)?.target == .hours(9))
        try world.restart()
        #expect(world.clock(.resolution, of: id)?.target == .hours(2))
        world.at(.hours(4))
        #expect(world.times(.slaBreached, of: id) == [.hours(3)])
    }

    @Test("escalations that move an inquiry in a circle stop at 16 moves, and say so")
    func circle() {
        let promise = CompiledPlan.Promise(
            target: .minutes(60),
            thresholds: (1...40).map {
                .init(after: .minutes(Int64($0)), label: "\($0)m", actions: [.move(QueueIndex($0 % 2))])
            })
        let world = World(
            .promising(
                [.assign: promise],
                queues: [CompiledPlan.Queue(name: "default"), CompiledPlan.Queue(name: "second")]))
        let id = world.submit()
        world.at(.minutes(50))
        let moved = world.log.filter { $0.type == .queued && $0.inquiry == id }
        #expect(moved.count == 16)
        #expect(world.log.filter { $0.detail(.reason) == .name("moves") }.count == 12)
    }

    @Test("a scheduled inquiry that was due while the daemon was down has run since it was due, and fires at the start")
    func scheduledInDowntime() throws {
        let world = World(.promising([.assign: .init(target: .hours(1))]))
        world.agent("kim", ready: false)
        let id = world.submit(at: .hours(1))
        let later = world.submit(at: .hours(3))
        try world.restart(after: .minutes(210))
        world.pass(.zero)
        #expect(world.clock(.assign, of: id)?.consumed == .minutes(150))
        #expect(world.clock(.assign, of: later)?.consumed == .minutes(30))
        #expect(world.told(of: id).suffix(2) == ["queued 1", "sla_breached 1"])
        #expect(world.log.last { $0.type == .slaBreached }?.detail(.late) == .flag(true))
        world.ready("kim")
        world.accept(id, by: "kim")
        #expect(world.log.last { $0.type == .accepted }?.detail(.met) == nil)
        #expect(world.times(.slaBreached, of: later).isEmpty)
        world.pass(.minutes(31))
        #expect(world.times(.slaBreached, of: later) == [.hours(4)])
    }

    @Test("what ends at its target, or over it and unnoticed, has missed it; what ends before has no verdict")
    func endedUnanswered() {
        let step = CompiledPlan.Step(after: .minutes(2), actions: [.expire(reason: "nobody came")])
        let world = World(
            .promising(
                [.assign: .init(target: .minutes(2)), .resolution: .init(target: .minutes(3))],
                queues: [CompiledPlan.Queue(name: "default", steps: [step]), CompiledPlan.Queue(name: "second")]))
        let expired = world.submit()
        let early = world.submit(queue: "second")
        let late = world.submit(queue: "second")
        world.at(.minutes(1))
        world.cancel(early)
        world.at(.minutes(2))
        #expect(world.told(of: expired) == ["submitted 1", "step 1", "sla_breached 1 ended", "expired 1 nobody came"])
        #expect(world.log.first { $0.type == .slaBreached }?.detail(.late) == nil)
        world.standStill(for: .minutes(2))
        world.abandon(late)
        #expect(world.told(of: late).suffix(2) == ["sla_breached 3 ended", "abandoned 3"])
        #expect(world.log.last { $0.type == .slaBreached }?.detail(.reason) == .name("ended"))
        #expect(world.stands(.assign, of: late) == "breached" && world.stands(.resolution, of: late) == "breached")
        #expect(world.row(early)?.clocks.allSatisfy { $0.verdict == nil } == true)
        #expect(world.faultsOfFigures.isEmpty)
    }

    /// Of two policies, by priority.
    private static func byPriority(_ high: CompiledPlan.Promise, _ low: CompiledPlan.Promise) -> CompiledPlan {
        let policies = [("high", high), ("low", low)].map { name, promise in
            CompiledPlan.Policy(name: name, promises: [.firstResponse: promise])
        }
        return .of(
            [.channel("chat", limit: 10)],
            policies: [
                (policies[0], TestConditions.when { ($0.priority ?? 0) > 0 }), (policies[1], TestConditions.always),
            ])
    }

    @Test("asked again, a promise that was missed is not missed once more under another policy")
    func missedOnce() {
        let promise = CompiledPlan.Promise(
            target: .minutes(10),
            thresholds: [
                .init(after: .minutes(5), label: "50%", actions: []),
                .init(after: .minutes(15), label: "+5m", actions: []),
            ])
        let world = World(Self.byPriority(.init(target: .minutes(1)), promise))
        let id = world.submit(priority: 5)
        world.at(.seconds(90))
        world.update(id, priority: 0, reroutes: true)
        world.at(.minutes(20))
        #expect(world.times(.slaBreached, of: id) == [.minutes(1)])
        #expect(world.times(.slaWarned, of: id).isEmpty)
        #expect(world.times(.escalated, of: id) == [.minutes(15)])
        #expect(world.faultsOfFigures.isEmpty)
    }

    @Test("asked again, a clock goes on under the other policy, and fires what it has not passed")
    func reroutes() {
        let promise = CompiledPlan.Promise(
            target: .minutes(10),
            thresholds: [
                .init(after: .minutes(1), label: "10%", actions: []),
                .init(after: .minutes(5), label: "50%", actions: []),
            ])
        let world = World(Self.byPriority(.init(target: .minutes(30)), promise))
        let id = world.submit(priority: 5)
        world.at(.minutes(2))
        world.update(id, priority: 0, reroutes: true)
        #expect(world.clock(.firstResponse, of: id)?.due == world.start + .minutes(10))
        world.at(.minutes(20))
        #expect(world.times(.slaWarned, of: id) == [.minutes(5)])
        #expect(world.times(.slaBreached, of: id) == [.minutes(10)])
    }

    @Test("work that an escalation moves has entered the other queue, and is counted there when it is done")
    func movedAtWork() {
        let promise = CompiledPlan.Promise(
            target: .minutes(1), thresholds: [.init(after: .minutes(1), label: "100%", actions: [.move(1)])])
        let world = World(
            .promising(
                [.resolution: promise],
                queues: [CompiledPlan.Queue(name: "default"), CompiledPlan.Queue(name: "second")]))
        world.agent("kim")
        let id = world.submit()
        world.accept(id, by: "kim")
        world.at(.minutes(2))
        #expect(world.told(of: id).suffix(2) == ["sla_breached 1 kim", "queued 1"])
        #expect(world.log.last?.queue == "second" && world.place(id) == "assigned kim")
        world.requeue(id)
        world.agent("lee")
        world.accept(id, by: "lee")
        let counts = world.engine.figures(queue: 1, channel: nil, window: .today).counts
        #expect(counts[.entered] == 1 && counts[.accepted] == 1)
        #expect(world.faultsOfFigures.isEmpty)
    }

    @Test("asked again, a verdict outlives a policy that does not promise it, and what was missed unnoticed is told")
    func verdictsStay() throws {
        let policies = [
            CompiledPlan.Policy(name: "high", promises: [.firstResponse: .init(target: .minutes(1))]),
            CompiledPlan.Policy(name: "low", promises: [.resolution: .init(target: .hours(1))]),
        ]
        let world = World(
            .of(
                [.channel("chat", limit: 10)],
                policies: [
                    (policies[0], TestConditions.when { ($0.priority ?? 0) > 0 }), (policies[1], TestConditions.always),
                ]))
        let told = world.submit(priority: 5)
        let unnoticed = world.submit(priority: 5)
        world.at(.seconds(50))
        world.standStill(for: .seconds(20))
        world.update(unnoticed, priority: 0, reroutes: true)
        #expect(world.log.first { $0.type == .slaBreached }?.detail(.reason) == .name("rerouted"))
        world.fireTimers()
        for id in [told, unnoticed] {
            world.update(id, priority: 0, reroutes: true)
            try world.restart()
            world.update(id, priority: 5, reroutes: true)
            #expect(world.stands(.firstResponse, of: id) == "breached")
            world.at(.minutes(id == told ? 5 : 10))
            #expect(world.times(.slaBreached, of: id) == [.seconds(70)])
        }
        #expect(world.faultsOfFigures.isEmpty)
    }
}
