import Testing

@testable import Routing

/// What each command answers in each state. Kim had the offer; Lee never did.
@Suite("The table of states and commands")
struct StateTableTests {
    enum Situation: String, CaseIterable, Sendable {
        case unknown, waiting, offered, declined, withdrawn, assigned, wrappingUp, completed, abandoned, cancelled
        case cancelledWork
    }

    enum Act: String, CaseIterable, Sendable {
        case accept, acceptByLee, decline, declineByLee, complete, completeInOtherWords, completeByLee
        case wrapped, wrappedByLee, abandon, cancel
    }

    /// In the order of `Act.allCases`.
    static let table: [(Situation, [Answer])] = [
        (.unknown, Array(repeating: .notFound, count: 11)),
        (
            .waiting,
            [waiting, waiting, waiting, waiting, waiting, waiting, waiting, waiting, waiting, left, taken]
        ),
        (
            .offered,
            [.ok(.assigned), offered, .ok(.waiting), offered, offered, offered, offered, offered, offered, left, taken]
        ),
        (
            .declined,
            [.gone, waiting, .gone, waiting, waiting, waiting, waiting, waiting, waiting, left, taken]
        ),
        (
            .withdrawn,
            [.gone, waiting, .gone, waiting, waiting, waiting, waiting, waiting, waiting, left, taken]
        ),
        (
            .assigned,
            [
                .ok(.assigned), assigned, .gone, assigned, .ok(.completed), .ok(.completed), assigned, assigned,
                assigned, assigned, taken,
            ]
        ),
        (
            .wrappingUp,
            [
                .gone, completed, .gone, completed, .ok(.completed), completed, completed, .ok(.completed), completed,
                completed, completed,
            ]
        ),
        (
            .completed,
            [
                .gone, completed, .gone, completed, .ok(.completed), completed, completed, .ok(.completed), completed,
                completed, completed,
            ]
        ),
        (
            .abandoned,
            [
                .gone, abandoned, .gone, abandoned, abandoned, abandoned, abandoned, abandoned, abandoned, left,
                abandoned,
            ]
        ),
        (
            .cancelled,
            [
                .gone, cancelled, .gone, cancelled, cancelled, cancelled, cancelled, cancelled, cancelled, cancelled,
                taken,
            ]
        ),
        (
            .cancelledWork,
            [
                .gone, cancelled, .gone, cancelled, cancelled, cancelled, cancelled, cancelled, cancelled, cancelled,
                taken,
            ]
        ),
    ]

    private static let waiting = Answer.conflict("waiting")
    private static let offered = Answer.conflict("offered")
    private static let assigned = Answer.conflict("assigned")
    private static let completed = Answer.conflict("completed")
    private static let abandoned = Answer.conflict("abandoned")
    private static let cancelled = Answer.conflict("cancelled")
    private static let left = Answer.ok(.abandoned)
    private static let taken = Answer.ok(.cancelled)

    /// A world in which inquiry 1 is in that situation.
    private func world(_ situation: Situation) -> World {
        let wrapUp: TimeSpan = situation == .wrappingUp ? .seconds(30) : .zero
        let world = World(.of([.channel("voice", weight: 100, limit: 1, wrapUp: wrapUp)]))
        world.agent("kim", ready: situation != .waiting)
        world.agent("lee", ready: false)
        guard situation != .unknown else { return world }
        let id = world.submit("voice")
        switch situation {
        case .unknown, .waiting, .offered: break
        case .declined: world.decline(id, by: "kim")
        case .withdrawn: world.away("kim")
        case .abandoned: world.abandon(id)
        case .cancelled: world.cancel(id)
        case .assigned: world.accept(id, by: "kim")
        case .cancelledWork:
            world.accept(id, by: "kim")
            world.cancel(id)
        case .wrappingUp, .completed:
            world.accept(id, by: "kim")
            world.complete(id, by: "kim", disposition: "refund", outcome: .resolved)
        }
        return world
    }

    private func answer(_ act: Act, _ world: World) -> Answer {
        switch act {
        case .accept: world.accept(1, by: "kim")
        case .acceptByLee: world.accept(1, by: "lee")
        case .decline: world.decline(1, by: "kim")
        case .declineByLee: world.decline(1, by: "lee")
        case .complete: world.complete(1, by: "kim", disposition: "refund", outcome: .resolved)
        case .completeInOtherWords: world.complete(1, by: "kim", disposition: "refund", outcome: .unresolved)
        case .completeByLee: world.complete(1, by: "lee", disposition: "refund", outcome: .resolved)
        case .wrapped: world.wrapped(1, by: "kim")
        case .wrappedByLee: world.wrapped(1, by: "lee")
        case .abandon: world.abandon(1)
        case .cancel: world.cancel(1)
        }
    }

    @Test("each command answers what the table says", arguments: table)
    func answers(situation: Situation, expected: [Answer]) {
        for (act, expected) in zip(Act.allCases, expected) {
            let world = world(situation)
            let before = world.log.count
            let found = answer(act, world)
            #expect(found == expected, "\(act) in \(situation)")
            switch found {
            case .ok(let state):
                #expect(world.state(1) == state, "\(act) in \(situation)")
            case .id, .done, .conflict, .gone, .notFound, .limit, .badArgument:
                #expect(world.log.count == before, "a refusal of \(act) in \(situation) makes no event")
            }
        }
    }

    @Test(
        "asking again for the state that it has makes no event",
        arguments: [
            (Situation.assigned, Act.accept), (.completed, .complete), (.wrappingUp, .complete), (.completed, .wrapped),
            (.abandoned, .abandon), (.cancelled, .cancel), (.cancelledWork, .cancel),
        ])
    func repeats(situation: Situation, act: Act) {
        let world = world(situation)
        let before = world.log.count
        #expect(answer(act, world) == world.state(1).map { .ok($0) })
        #expect(world.log.count == before)
    }

    @Test("wrapping up twice makes one event")
    func wrappedTwice() {
        let world = world(.wrappingUp)
        let before = world.log.count
        #expect(world.wrapped(1, by: "kim") == .ok(.completed))
        #expect(world.wrapped(1, by: "kim") == .ok(.completed))
        #expect(world.told(since: before) == ["wrapped 1 kim"])
    }

    @Test("whose exclusion was cleared is still told that the offer is gone")
    func goneAfterClearing() {
        let world = World(.of([.channel("voice", weight: 100, limit: 1)]))
        world.agent("kim")
        world.agent("lee")
        let call = world.submit("voice")
        world.decline(call, by: "kim")
        world.decline(call, by: "lee")
        world.pass(.seconds(30))
        #expect(world.place(call) == "offered kim")
        #expect(world.accept(call, by: "lee") == .gone)
        world.offline("lee")
        world.ready("lee")
        #expect(world.accept(call, by: "lee") == .gone)
    }
}
