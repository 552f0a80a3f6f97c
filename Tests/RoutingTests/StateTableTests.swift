import Testing

@testable import Routing

/// What each command answers in each state. Kim had the offer, Lee never did and is offline, Mia is away.
@Suite("The table of states and commands")
struct StateTableTests {
    enum Situation: String, CaseIterable, Sendable {
        case unknown, scheduled, waiting, offered, declined, withdrawn, assigned, held, wrappingUp, completed
        case abandoned, cancelled, cancelledWork, expired

        /// What a refusal names.
        var state: String {
            switch self {
            case .declined, .withdrawn: "waiting"
            case .wrappingUp: "completed"
            case .cancelledWork: "cancelled"
            default: rawValue
            }
        }
    }

    enum Act: String, CaseIterable, Sendable {
        case accept, acceptByLee, decline, declineByLee, complete, completeInOtherWords, completeByLee
        case wrapped, wrappedByLee, abandon, cancel
        case hold, holdByLee, resume, resumeByLee, transfer, transferByLee, requeue, update
        case messageFromCustomer, messageFromAgent, rate, assignToMia, assignToLee, nextOfMia
    }

    /// What is not listed is `conflict state=`, of an unknown inquiry `not_found`.
    static let table: [(Situation, [Act: Answer])] = [
        (.unknown, [.nextOfMia: .nothing]),
        (
            .scheduled,
            [
                .cancel: taken, .update: .ok(.scheduled), .messageFromCustomer: .ok(.scheduled),
                .messageFromAgent: .ok(.scheduled), .rate: .ok(.scheduled), .nextOfMia: .nothing,
            ]
        ),
        (.waiting, whileWaiting),
        (
            .offered,
            [
                .accept: .ok(.assigned), .decline: .ok(.waiting), .abandon: left, .cancel: taken,
                .requeue: .ok(.waiting), .update: .ok(.offered), .messageFromCustomer: .ok(.offered),
                .messageFromAgent: .ok(.offered), .rate: .ok(.offered), .assignToMia: .ok(.assigned),
                .assignToLee: .conflict("agent"), .nextOfMia: .nothing,
            ]
        ),
        (.declined, whileWaiting.merging([.accept: .gone, .decline: .gone]) { $1 }),
        (.withdrawn, whileWaiting.merging([.accept: .gone, .decline: .gone]) { $1 }),
        (
            .assigned,
            [
                .accept: .ok(.assigned), .decline: .gone, .complete: .ok(.completed),
                .completeInOtherWords: .ok(.completed), .cancel: taken, .hold: .ok(.held), .resume: .ok(.assigned),
                .transfer: .ok(.waiting), .requeue: .ok(.waiting), .update: .ok(.assigned),
                .messageFromCustomer: .ok(.assigned), .messageFromAgent: .ok(.assigned), .rate: .ok(.assigned),
                .nextOfMia: .nothing,
            ]
        ),
        (
            .held,
            [
                .accept: .gone, .decline: .gone, .complete: .ok(.completed),
                .completeInOtherWords: .ok(.completed), .cancel: taken, .hold: .ok(.held), .resume: .ok(.assigned),
                .transfer: .ok(.waiting), .requeue: .ok(.waiting), .update: .ok(.held),
                .messageFromCustomer: .ok(.assigned), .messageFromAgent: .ok(.held), .rate: .ok(.held),
                .nextOfMia: .nothing,
            ]
        ),
        (.wrappingUp, onceCompleted),
        (.completed, onceCompleted),
        (.abandoned, onceClosed.merging([.abandon: left, .rate: .ok(.abandoned)]) { $1 }),
        (.cancelled, onceClosed.merging([.cancel: taken, .rate: .ok(.cancelled)]) { $1 }),
        (.cancelledWork, onceClosed.merging([.cancel: taken, .rate: .ok(.cancelled)]) { $1 }),
        (.expired, onceClosed.merging([.rate: .ok(.expired)]) { $1 }),
    ]

    private static let whileWaiting: [Act: Answer] = [
        .abandon: left, .cancel: taken, .requeue: .ok(.waiting), .update: .ok(.waiting),
        .messageFromCustomer: .ok(.waiting), .messageFromAgent: .ok(.waiting), .rate: .ok(.waiting),
        .assignToMia: .ok(.assigned), .assignToLee: .conflict("agent"), .nextOfMia: .ok(.assigned),
    ]

    /// Kim, who is free again, is offered what is reopened.
    private static let onceCompleted: [Act: Answer] = [
        .accept: .gone, .decline: .gone, .complete: .ok(.completed), .wrapped: .ok(.completed),
        .messageFromCustomer: .ok(.offered), .rate: .ok(.completed), .nextOfMia: .nothing,
    ]

    private static let onceClosed: [Act: Answer] = [.accept: .gone, .decline: .gone, .nextOfMia: .nothing]

    private static let left = Answer.ok(.abandoned)
    private static let taken = Answer.ok(.cancelled)

    /// A world in which inquiry 1 is in that situation.
    private func world(_ situation: Situation) -> World {
        let wrapUp: TimeSpan = situation == .wrappingUp ? .seconds(30) : .zero
        let world = World(
            .of(
                [.channel("voice", weight: 100, limit: 1, offerTimeout: .hours(1), wrapUp: wrapUp)],
                queues: [.init(name: "default"), .init(name: "two")], maxAge: .minutes(30)))
        world.agent("kim", ready: situation != .waiting && situation != .scheduled)
        world.agent("lee", ready: false)
        world.agent("mia", ready: false)
        world.away("mia")
        guard situation != .unknown else { return world }
        let id = world.submit("voice", at: situation == .scheduled ? .hours(1) : nil)
        switch situation {
        case .unknown, .scheduled, .waiting, .offered: break
        case .declined: world.decline(id, by: "kim")
        case .withdrawn: world.away("kim")
        case .abandoned: world.abandon(id)
        case .cancelled: world.cancel(id)
        case .assigned: world.accept(id, by: "kim")
        case .held:
            world.accept(id, by: "kim")
            world.hold(id, by: "kim")
        case .cancelledWork:
            world.accept(id, by: "kim")
            world.cancel(id)
        case .wrappingUp, .completed:
            world.accept(id, by: "kim")
            world.complete(id, by: "kim", disposition: "refund", outcome: .resolved)
        case .expired: world.at(.minutes(30))
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
        case .hold: world.hold(1, by: "kim")
        case .holdByLee: world.hold(1, by: "lee")
        case .resume: world.resume(1, by: "kim")
        case .resumeByLee: world.resume(1, by: "lee")
        case .transfer: world.transfer(1, by: "kim", queue: "two")
        case .transferByLee: world.transfer(1, by: "lee", queue: "two")
        case .requeue: world.requeue(1)
        case .update: world.update(1, priority: 7)
        case .messageFromCustomer: world.message(1, from: .customer)
        case .messageFromAgent: world.message(1, from: .agent)
        case .rate: world.rate(1, csat: 5)
        case .assignToMia: world.assign(1, to: "mia", force: true)
        case .assignToLee: world.assign(1, to: "lee", force: true)
        case .nextOfMia: world.tryNext("mia")
        }
    }

    @Test("each command answers what the table says", arguments: table)
    func answers(situation: Situation, listed: [Act: Answer]) {
        for act in Act.allCases {
            let world = world(situation)
            let before = world.log.count
            let found = answer(act, world)
            let expected = listed[act] ?? (situation == .unknown ? .notFound : .conflict(situation.state))
            #expect(found == expected, "\(act) in \(situation)")
            switch found {
            case .ok(let state):
                #expect(world.state(1) == state, "\(act) in \(situation)")
            case .id, .done, .nothing, .conflict, .gone, .notFound, .limit, .badArgument:
                #expect(world.log.count == before, "a refusal of \(act) in \(situation) makes no event")
            }
        }
    }

    @Test(
        "asking again for the state that it has makes no event",
        arguments: [
            (Situation.assigned, Act.accept), (.assigned, .resume), (.held, .hold), (.waiting, .requeue),
            (.completed, .complete), (.wrappingUp, .complete), (.completed, .wrapped), (.abandoned, .abandon),
            (.cancelled, .cancel), (.cancelledWork, .cancel),
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
