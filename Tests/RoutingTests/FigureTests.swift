import Testing

@testable import Routing

@Suite("Figures")
struct FigureTests {
    /// Days that begin at four o'clock UTC.
    private struct LateDays: CivilDays {
        func day(of instant: Instant) -> CivilDay {
            let number = (instant.microseconds - 4 * 3_600_000_000) / 86_400_000_000
            return CivilDay(
                number: Int32(number), ends: Instant(microseconds: (number + 1) * 86_400_000_000 + 4 * 3_600_000_000))
        }
    }

    private func figures(_ world: World, _ window: FigureWindow) -> QueueFigures {
        world.engine.figures(queue: 0, channel: nil, window: window)
    }

    private func tallies(_ world: World, _ agent: String) -> [AgentTally] {
        world.store.agentFigures.filter { $0.agent == agent }.map(\.tally)
            + [world.store.agents[agent]?.time.tally].compactMap { $0 }.filter { !$0.isEmpty }
    }

    @Test("31: service level of 100 accepted, 70 in time, and 20 abandoned, 8 in time: 70.0, 58.3 and 62.5%")
    func serviceLevels() {
        let world = World(.of(.channel("chat", limit: 200, target: .seconds(20), offerTimeout: .hours(1))))
        world.agent("kim", capacity: 10_000)
        for _ in 0..<70 { world.accept(world.submit(), by: "kim") }
        for _ in 0..<8 {
            let id = world.submit()
            world.pass(.seconds(6))
            world.abandon(id)
        }
        let late = (0..<42).map { _ in world.submit() }
        world.pass(.seconds(30))
        for id in late.prefix(30) { world.accept(id, by: "kim") }
        for id in late.dropFirst(30) { world.abandon(id) }
        let counts = figures(world, .today).counts
        #expect((counts[.accepted], counts[.abandoned], counts[.entered]) == (100, 20, 120))
        #expect(Double(counts[.acceptedInTarget]) / Double(counts[.accepted]) == 0.7)
        #expect((Double(counts[.acceptedInTarget]) / Double(counts[.entered]) * 1_000).rounded() == 583)
        #expect(figures(world, .today).serviceLevel?.tenThousandths == 6_250)
        #expect(figures(world, .today).meanLateness == .seconds(10))
        #expect(counts[.waitedLongest] == 30_000_000)
        #expect(world.faultsOfFigures.isEmpty)
    }

    @Test("windows forget, the day goes on; at its end, in the plan's zone, it begins anew")
    func windows() {
        var plan = CompiledPlan.of(.channel("chat", limit: 10))
        plan.days = LateDays()
        // The world begins at nine o'clock.
        let world = World(plan)
        world.agent("kim")
        world.accept(world.submit(), by: "kim")
        world.at(.minutes(6))
        #expect(figures(world, .fiveMinutes).counts[.accepted] == 0)
        #expect(figures(world, .thirtyMinutes).counts[.accepted] == 1)
        world.at(.minutes(31))
        #expect(figures(world, .thirtyMinutes).counts[.accepted] == 0)
        #expect(figures(world, .today).counts[.accepted] == 1)
        let untilFour = TimeSpan.hours(19)
        world.at(untilFour - .minutes(1))
        #expect(figures(world, .today).counts[.accepted] == 1)
        world.at(untilFour)
        world.fireTimers()
        #expect(figures(world, .today).counts[.accepted] == 0)
        world.accept(world.submit(), by: "kim")
        #expect(Set(world.store.figures.days).count == 2)
    }

    @Test("there is a number of each figure; two rows add up, but for what is a maximum")
    func counts() {
        #expect(FigureCounts().values.count == Figure.allCases.count)
        var sum = FigureCounts()
        var other = FigureCounts()
        for figure in Figure.allCases {
            sum[figure] = 2
            other[figure] = Int64(3 + figure.rawValue)
        }
        sum.add(other)
        for figure in Figure.allCases {
            #expect(sum[figure] == Int64(3 + figure.rawValue) + (figure == .waitedLongest ? 0 : 2))
        }
    }

    @Test("a lane remembers no more minutes than windows ask for")
    func minutesKept() {
        let world = World(.of(.channel("chat", limit: 10)))
        world.agent("kim")
        for minute in 0..<40 {
            world.at(.minutes(Int64(minute)))
            let id = world.submit()
            world.accept(id, by: "kim")
            world.complete(id, by: "kim")
        }
        world.at(.minutes(40))
        let kept = world.engine.figures.lanes[0].minutes.count
        #expect(kept == Figures.minutesKept)
        #expect(figures(world, .thirtyMinutes).counts[.accepted] == 29)
        #expect(figures(world, .today).counts[.accepted] == 40)
    }

    @Test("of a clock that jumps, no more than the last week counts, for the agent and for the floor")
    func jump() {
        let world = World(.of(.channel("chat", limit: 10)))
        world.agent("kim")
        world.standStill(for: .days(10))
        world.fireTimers()
        world.offline("kim")
        let idle = tallies(world, "kim").reduce(TimeSpan.zero) { $0 + $1.idle }
        #expect(idle == .days(7))
        // The world begins at nine o'clock.
        let today = world.engine.figures.floorTime(window: .today).idle
        #expect(today == TimeSpan.hours(9).microseconds)
    }

    @Test("an agent's time is idle, busy, in wrap-up, away or nobody's, and stands in the quarter in which it passed")
    func agentTimes() {
        let world = World(.of(.channel("chat", limit: 10, wrapUp: .minutes(2))))
        world.agent("kim")
        world.at(.minutes(10))
        let id = world.submit()
        world.accept(id, by: "kim")
        world.at(.minutes(20))
        world.complete(id, by: "kim")
        world.at(.minutes(22))
        world.at(.minutes(25))
        world.away("kim")
        world.at(.minutes(40))
        world.offline("kim")
        world.at(.minutes(50))
        world.ready("kim")
        world.at(.minutes(51))
        world.offline("kim")
        let quarters = tallies(world, "kim")
        #expect(quarters.map { ($0.at - world.start) } == [.zero, .minutes(15), .minutes(30), .minutes(45)])
        #expect(quarters.map(\.idle) == [.minutes(10), .minutes(3), .zero, .minutes(1)])
        #expect(quarters.map(\.busy) == [.minutes(5), .minutes(5), .zero, .zero])
        #expect(quarters.map(\.wrapUp) == [.zero, .minutes(2), .zero, .zero])
        #expect(quarters.map(\.away) == [.zero, .minutes(5), .minutes(10), .zero])
        #expect(quarters.map(\.completed) == [0, 1, 0, 0])
        #expect(quarters.map(\.handled) == [.zero, .minutes(10), .zero, .zero])
        #expect(quarters.map(\.wrapUpTook) == [.zero, .minutes(2), .zero, .zero])
        #expect(quarters.map(\.accepted) == [1, 0, 0, 0])
    }

    @Test("the round books quarters of agents who do nothing, so many at a time, each once")
    func round() {
        let world = World(.of(.channel("chat", limit: 1)))
        for number in 1...7 { world.agent("a\(number)") }
        world.agent("gone")
        world.offline("gone")
        #expect(!world.isRoundDue)
        world.standStill(for: .minutes(16))
        var rounds = 0
        while world.isRoundDue {
            world.bookAgents(limit: 3)
            rounds += 1
        }
        #expect(rounds == 3)
        for number in 1...7 {
            #expect(tallies(world, "a\(number)").map(\.idle) == [.minutes(15), .minutes(1)])
        }
        #expect(tallies(world, "gone").isEmpty)
        world.standStill(for: .minutes(15))
        world.bookAgents(limit: 500)
        #expect(tallies(world, "a3").map(\.idle) == [.minutes(15), .minutes(15), .minutes(1)])
    }

    @Test("a start goes on with the day and with what agents did until the stop; the time between is nobody's")
    func recovery() throws {
        let world = World(.of(.channel("chat", limit: 10)))
        world.agent("kim")
        world.at(.minutes(4))
        world.accept(world.submit(), by: "kim")
        world.pass(.minutes(3))
        world.agent("lee")
        try world.restart(after: .minutes(20))
        world.pass(.minutes(1))
        #expect(figures(world, .today).counts[.accepted] == 1)
        #expect(figures(world, .today).waits.count == 1)
        world.deleteAgent("lee")
        let sums = tallies(world, "kim").reduce(into: (idle: TimeSpan.zero, busy: TimeSpan.zero)) {
            $0.idle = $0.idle + $1.idle
            $0.busy = $0.busy + $1.busy
        }
        #expect(sums.idle == .minutes(4))
        // Until the grace was over it had its work, though its session was gone.
        #expect(sums.busy == .minutes(3) + .seconds(30))
        #expect(world.faultsOfFigures.isEmpty)
    }

    @Test("the first response is acceptance where the channel is live, else the agent's first message; once a cycle")
    func firstResponse() {
        var chat = TestChannel.channel("chat", limit: 10)
        chat.isLive = true
        let world = World(.of(chat, .channel("email", limit: 10)))
        world.agent("kim")
        let live = world.submit("chat")
        let mail = world.submit("email")
        world.pass(.seconds(10))
        world.accept(live, by: "kim")
        world.accept(mail, by: "kim")
        world.pass(.seconds(10))
        for id in [live, mail, mail] { world.message(id, from: .agent) }
        let counts = figures(world, .today).counts
        #expect(counts[.responded] == 2)
        #expect(counts[.responseTook] == 30_000_000)
        world.complete(mail, by: "kim")
        world.message(mail, from: .customer)
        world.accept(mail, by: "kim")
        world.message(mail, from: .agent)
        #expect(figures(world, .today).counts[.responded] == 3)
        #expect(world.store.inquiries[mail]?.isReopened == true && world.store.inquiries[live]?.isReopened == false)
        #expect(world.faultsOfFigures.isEmpty)
    }

    @Test("a rating that replaces another takes it back")
    func ratings() {
        let world = World(.of(.channel("chat", limit: 10)))
        let id = world.submit()
        world.rate(id, csat: 5, nps: 9)
        world.rate(id, csat: 2)
        world.rate(world.submit(), csat: 4, nps: 3)
        #expect(figures(world, .today).csat?.tenThousandths == 5_000)
        #expect(figures(world, .today).nps?.tenThousandths == 0)
        #expect(world.faultsOfFigures.isEmpty)
    }

    @Test("a mark that is taken back in another window leaves shares within their bounds")
    func ratingsOfAnotherTime() {
        let world = World(.of(.channel("chat", limit: 10)))
        let id = world.submit()
        world.rate(id, csat: 5, nps: 10)
        world.at(.hours(1))
        world.rate(id, csat: 2, nps: 0)
        world.rate(world.submit(), csat: 1, nps: 1)
        let figures = figures(world, .fiveMinutes)
        #expect(figures.counts[.csatGood] == -1)
        #expect(figures.csat?.tenThousandths == 0 && figures.nps?.tenThousandths == -10_000)
    }

    @Test(
        "a share is rounded to four decimals as numeric is, halves away from zero",
        arguments: [
            (57, 800, 713), (69, 800, 863), (-57, 800, -713), (1, 3, 3_333), (2, 3, 6_667), (0, 5, 0),
            (Int64.max / 2, Int64.max / 2, 10_000), (1, 20_001, 0),
        ] as [(Int64, Int64, Int64)])
    func shares(part: Int64, whole: Int64, tenThousandths: Int64) {
        #expect(Share(part, of: whole)?.tenThousandths == tenThousandths)
        #expect(Share(part, of: 0) == nil)
    }

    @Test("after a start, today's time of agents is what was today; of the day before it is told by neither")
    func startAfterMidnight() throws {
        // The world begins at nine o'clock; the day ends fifteen hours later.
        let world = World(.of(.channel("chat", limit: 10)))
        world.at(.hours(15) - .minutes(10))
        world.agent("kim")
        world.pass(.minutes(7))
        world.agent("lee", ready: false)
        try world.restart(after: .minutes(10))
        #expect(world.engine.figures.floorTime(window: .today).idle == 0)
        world.connect("kim")
        world.pass(.minutes(5))
        world.deleteAgent("lee")
        try world.restart(after: .minutes(1))
        #expect(world.engine.figures.floorTime(window: .today).idle == TimeSpan.minutes(5).microseconds)
    }

    @Test("an agent who is away and has no session is nobody's time")
    func awayWithoutSession() {
        let world = World(.of(.channel("chat", limit: 10)))
        world.agent("kim")
        world.away("kim")
        world.at(.minutes(5))
        world.disconnect("kim")
        world.at(.minutes(5) + .seconds(20))
        world.connect("kim")
        world.at(.minutes(7))
        world.offline("kim")
        #expect(tallies(world, "kim").map(\.away) == [.minutes(7) - .seconds(20)])
    }

    @Test("what agents did before they handed it on is handle time of theirs and of the queue then, and no waiting")
    func handedOn() throws {
        let queues = [CompiledPlan.Queue(name: "default"), CompiledPlan.Queue(name: "second")]
        let world = World(
            .of([.channel("chat", limit: 10, target: .seconds(20), offerTimeout: .hours(1))], queues: queues))
        world.agent("kim")
        let id = world.submit()
        world.pass(.seconds(5))
        world.accept(id, by: "kim")
        world.pass(.minutes(10))
        world.transfer(id, by: "kim", queue: "second")
        #expect(world.log.last { $0.type == .transferred }?.span(.handled) == .minutes(10))
        world.pass(.seconds(4))
        try world.restart()
        world.agent("lee")
        world.accept(id, by: "lee")
        #expect(world.log.last { $0.type == .accepted }?.span(.waited) == .seconds(9))
        world.pass(.minutes(1))
        world.complete(id, by: "lee")
        func counts(_ queue: QueueIndex) -> FigureCounts {
            world.engine.figures(queue: queue, channel: nil, window: .today).counts
        }
        #expect(counts(0)[.handled] == TimeSpan.minutes(10).microseconds && counts(0)[.completed] == 0)
        #expect(counts(1)[.handled] == TimeSpan.minutes(1).microseconds && counts(1)[.completed] == 1)
        #expect(counts(1)[.acceptedInTarget] == 1 && counts(1)[.waited] == TimeSpan.seconds(9).microseconds)
        #expect(tallies(world, "kim").map(\.handled).reduce(.zero, +) == .minutes(10))
        #expect(tallies(world, "lee").map(\.handled).reduce(.zero, +) == .minutes(1))
        // The whole of it is what it took.
        let handle = world.handleTimes(of: "second")
        #expect(handle == [Histogram.bucket(of: .minutes(11))])
        // Whoever comes back from the end waits anew.
        world.message(id, from: .customer)
        #expect(world.row(id)?.worked == .zero)
        #expect(world.faultsOfFigures.isEmpty)
    }
}
