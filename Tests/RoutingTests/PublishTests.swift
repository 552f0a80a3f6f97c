import Testing

@testable import Routing

@Suite("A plan comes into force under live work")
struct PublishTests {
    private typealias Queue = CompiledPlan.Queue

    /// Publishes and looks at the engine's structures.
    private func publish(_ plan: CompiledPlan, _ world: World) -> Answer {
        let answer = world.publish(plan)
        #expect(world.engine.structureFaults() == [])
        return answer
    }

    @Test("room: a limit that is raised is used at once, one that is lowered takes offers back and keeps work")
    func room() {
        let world = World(.of(.channel("chat", limit: 2)))
        world.agent("kim")
        let chats = (0..<5).map { _ in world.submit("chat") }
        world.accept(chats[0], by: "kim")
        #expect(publish(.of(.channel("chat", limit: 4)), world) == .done)
        #expect(
            chats.map { world.place($0) } == ["assigned kim", "offered kim", "offered kim", "offered kim", "waiting"])
        #expect(publish(.of(.channel("chat", limit: 1)), world) == .done)
        #expect(chats.map { world.place($0) } == ["assigned kim"] + Array(repeating: "waiting", count: 4))
        world.complete(chats[0], by: "kim")
        // In their old order.
        #expect(world.place(chats[1]) == "offered kim")
    }

    @Test("targets and the worth of priority: what waits is ranked anew")
    func ranks() {
        let slow = Queue(name: "slow", target: .minutes(10))
        let world = World(.of(queues: [Queue(name: "default"), slow]))
        let first = world.submit("chat", queue: "slow")
        let second = world.submit("chat")
        #expect(world.engine.position(of: first) == 1)
        #expect(publish(.of(queues: [Queue(name: "default", target: .minutes(20)), slow]), world) == .done)
        world.agent("kim", channels: "chat:1")
        #expect(world.place(first) == "offered kim")
        #expect(world.row(second)?.rank == (world.start + .minutes(20)).microseconds)
        let urgent = world.submit("chat", priority: 1)
        #expect(publish(.of(queues: [Queue(name: "default"), slow], boost: CompiledPlan.strictBoost), world) == .done)
        world.complete(first, by: "kim")
        world.cancel(first)
        #expect(world.place(urgent) == "offered kim")
    }

    @Test("queues and channels may stand in another order, come and go; what waits stays where it is")
    func layout() throws {
        let world = World(
            .of(
                [.channel("voice"), .channel("chat"), .channel("fax")],
                queues: [
                    Queue(name: "default"), Queue(name: "vip"), Queue(name: "old"),
                ]))
        world.agent("kim", channels: "voice:1,fax")
        world.ready("kim", channels: "voice")
        let call = world.submit("voice", queue: "vip")
        let chat = world.submit("chat", queue: "vip", skills: "billing")
        let plain = world.submit("chat")
        world.accept(call, by: "kim")
        let plan = CompiledPlan.of(
            [.channel("email"), .channel("chat"), .channel("voice")],
            queues: [
                Queue(name: "new"), Queue(name: "vip"), Queue(name: "default"),
            ])
        #expect(publish(plan, world) == .done)
        #expect(world.place(call) == "assigned kim")
        #expect(world.row(chat)?.queue == "vip")
        #expect(world.row(chat)?.definition?.channel == "chat")
        #expect(world.row(plain)?.queue == "default")
        world.agent("lee", skills: "billing")
        #expect(world.place(chat) == "offered lee")
        #expect(world.place(plain) == "offered lee")
        world.complete(call, by: "kim")
        let mail = world.submit("email", queue: "new")
        // Kim has neither e-mail nor, any more, fax.
        #expect(world.place(mail) == "offered lee")
        #expect(world.engine.census().waiting == 0)
        // And the rows say the same to whoever starts with that plan.
        let twin = try Engine(plan: world.engine.plan, recovered: world.store.recovered, at: world.now)
        #expect(twin.inquiry(chat)?.queue == "vip")
    }

    @Test("what live inquiries stand in cannot be removed, and then nothing is changed")
    func stands() {
        let two = [Queue(name: "default"), Queue(name: "vip")]
        let world = World(.of([.channel("voice", wrapUp: .minutes(1)), .channel("chat")], queues: two))
        world.agent("kim")
        let call = world.submit("voice", queue: "vip")
        world.submit("chat", queue: "vip")
        guard case .rejected(let first) = world.apply(.publish(.of([.channel("chat"), .channel("voice")]))) else {
            return #expect(Bool(false), "it was published")
        }
        #expect(first.code == .conflict && first.count == 2)
        #expect(first.message == "queues.vip cannot be removed: 2 live inquiries stand in it")
        world.accept(call, by: "kim")
        world.complete(call, by: "kim")
        // The agent's wrap-up still is of that channel.
        guard case .rejected(let second) = world.apply(.publish(.of([.channel("chat")], queues: two))) else {
            return #expect(Bool(false), "it was published")
        }
        #expect(second.message == "channels.voice cannot be removed: 1 live inquiries stand in it")
        world.wrapped(call, by: "kim")
        #expect(publish(.of([.channel("chat")], queues: two), world) == .done)
        // The closed call has left memory with its channel.
        #expect(!world.knows(call))
        #expect(world.engine.plan.version == 2)
    }

    @Test("steps: one that has fired does not fire again, one still to come is the new plan's")
    func steps() {
        func plan(_ steps: [CompiledPlan.Step]) -> CompiledPlan { .of(queues: [Queue(name: "default", steps: steps)]) }
        let raise = [CompiledPlan.Action.raisePriority(1)]
        let world = World(
            plan([.init(after: .seconds(30), actions: raise), .init(after: .seconds(90), actions: raise)]))
        let chat = world.submit("chat")
        world.at(.seconds(60))
        #expect(world.row(chat)?.priority == 1)
        #expect(
            publish(
                plan([.init(after: .seconds(20), actions: raise), .init(after: .seconds(70), actions: raise)]), world)
                == .done)
        world.at(.milliseconds(69_999))
        #expect(world.row(chat)?.priority == 1)
        world.at(.seconds(70))
        #expect(world.row(chat)?.priority == 2)
        world.at(.minutes(10))
        #expect(world.row(chat)?.priority == 2)
        // A queue that had none gets some: what has waited for longer is past them at once.
        #expect(publish(plan([]), world) == .done)
        let late = world.submit("chat")
        world.pass(.seconds(50))
        #expect(publish(plan([.init(after: .seconds(10), actions: raise)]), world) == .done)
        world.pass(.zero)
        #expect(world.row(late)?.priority == 1)
    }

    @Test("teams and paused queues: who may not serve any more loses the offer; a pause stays")
    func teams() {
        let world = World(.of(queues: [Queue(name: "default"), Queue(name: "vip")]))
        world.agent("kim", team: "seoul")
        world.agent("lee", team: "busan", ready: false)
        let chat = world.submit("chat")
        world.pause("vip")
        let held = world.submit("chat", queue: "vip")
        #expect(world.place(chat) == "offered kim")
        #expect(publish(.of(queues: [Queue(name: "vip"), Queue(name: "default", teams: ["busan"])]), world) == .done)
        #expect(world.place(chat) == "waiting")
        world.ready("lee")
        #expect(world.place(chat) == "offered lee")
        #expect(world.place(held) == "waiting")
        world.resumeQueue("vip")
        #expect(world.state(held) == .offered)
    }

    @Test("a plan that would change more rows than one transaction can take is refused, and changes nothing")
    func size() {
        var output = Output()
        let start = Instant(microseconds: 1_772_442_000_000_000)
        var engine = Engine(plan: .of(), at: start)
        let submission = Submission(source: 1, channel: 1)
        for _ in 0...Limits.replanned {
            engine.apply(.submit(submission), at: start, into: &output)
            output.clear()
        }
        engine.apply(
            .publish(.of(queues: [.init(name: "default", target: .hours(1))])), at: start, into: &output)
        guard case .rejected(let refusal) = output.reply else { return #expect(Bool(false), "it was published") }
        #expect(refusal.code == .limit && refusal.count == Limits.replanned + 1)
        #expect(engine.plan.queues[0].target == nil && output.events.isEmpty)
        // What waits keeps its rank: there is nothing to write.
        engine.apply(.publish(.of(grace: .seconds(7))), at: start, into: &output)
        let grace = engine.plan.disconnectGrace
        #expect(grace == .seconds(7))
    }

    @Test("a plan that changes as many rows as one transaction can take is published, and all are changed")
    func sizeTaken() {
        var output = Output()
        let start = Instant(microseconds: 1_772_442_000_000_000)
        var engine = Engine(plan: .of(), at: start)
        let submission = Submission(source: 1, channel: 1)
        var changes = Changes()
        for _ in 0..<Limits.replanned {
            engine.apply(.submit(submission), at: start, into: &output)
            output.clear()
        }
        engine.takeChanges(into: &changes)
        engine.apply(
            .publish(.of(queues: [.init(name: "default", target: .hours(1))])), at: start, into: &output)
        guard case .done = output.reply else { return #expect(Bool(false), "it was refused: \(output.reply)") }
        changes = Changes()
        engine.takeChanges(into: &changes)
        let rank = (start + .hours(1)).microseconds
        #expect(changes.inquiries.count == Limits.replanned && changes.inquiries.allSatisfy { $0.rank == rank })
    }

    @Test("max_age is the new plan's")
    func age() {
        let world = World(.of(maxAge: .hours(1)))
        let chat = world.submit("chat")
        world.at(.minutes(50))
        #expect(publish(.of(maxAge: .hours(2)), world) == .done)
        world.at(.minutes(70))
        #expect(world.state(chat) == .waiting)
        world.at(.hours(2))
        #expect(world.state(chat) == .expired)
    }

    @Test("a completed inquiry that comes back finds what its queue requires and does by then")
    func reopened() {
        let world = World()
        world.agent("kim")
        let chat = world.submit("chat")
        world.accept(chat, by: "kim")
        world.complete(chat, by: "kim")
        let raise = CompiledPlan.Step(after: .seconds(10), actions: [.raisePriority(3)])
        let billing = [SkillLevel(skill: "billing", level: 2)]
        #expect(publish(.of(queues: [Queue(name: "default", skills: billing, steps: [raise])]), world) == .done)
        world.message(chat)
        #expect(world.place(chat) == "waiting")
        #expect(world.row(chat)?.definition?.skills == billing)
        world.pass(.seconds(10))
        #expect(world.row(chat)?.priority == 3)
        #expect(world.engine.structureFaults() == [])
    }

    @Test("exclusions end when the plan leaves nobody else, one offer timeout after the last")
    func exclusions() {
        let world = World(.of(.channel("chat", offerTimeout: .seconds(10))))
        world.agent("kim", team: "seoul")
        world.agent("lee", channels: "chat:1", team: "busan")
        let first = world.submit("chat")
        let second = world.submit("chat")
        #expect([first, second].map { world.place($0) } == ["offered kim", "offered lee"])
        world.accept(second, by: "lee")
        world.decline(first, by: "kim")
        world.pass(.seconds(20))
        // Lee is busy, and left.
        #expect(world.place(first) == "waiting")
        var seoul = CompiledPlan.of(.channel("chat", offerTimeout: .seconds(25)))
        seoul.queues[0].teams = ["seoul"]
        #expect(publish(seoul, world) == .done)
        world.pass(.milliseconds(4_999))
        #expect(world.place(first) == "waiting")
        world.pass(.milliseconds(1))
        #expect(world.place(first) == "offered kim")
    }

    @Test("a channel that is dropped and comes back is not on by itself, after a start neither")
    func channelsOn() throws {
        let all = CompiledPlan.of(.channel("voice"), .channel("chat"))
        let world = World(all)
        world.agent("kim")
        world.ready("kim", channels: "voice")
        #expect(publish(.of(.channel("chat")), world) == .done)
        #expect(publish(all, world) == .done)
        let call = world.submit("voice")
        #expect(world.place(call) == "waiting")
        try world.restart()
        world.connect("kim")
        #expect(world.place(call) == "waiting")
        world.ready("kim")
        #expect(world.place(call) == "offered kim")
    }

    @Test("an offer that another has interrupted stays where the plan allows no less")
    func interrupted() {
        func plan(weight: Int32, maxAge: TimeSpan = .days(14)) -> CompiledPlan {
            .of(
                [.channel("voice", weight: 100), .channel("chat", weight: weight, interruptedBy: ["voice"])],
                maxAge: maxAge)
        }
        let world = World(plan(weight: 60))
        world.agent("kim")
        let chat = world.submit("chat")
        let call = world.submit("voice")
        #expect([chat, call].map { world.place($0) } == ["offered kim", "offered kim"])
        #expect(publish(plan(weight: 60, maxAge: .days(3)), world) == .done)
        #expect([chat, call].map { world.place($0) } == ["offered kim", "offered kim"])
        #expect(publish(plan(weight: 61), world) == .done)
        #expect([chat, call].map { world.place($0) } == ["waiting", "offered kim"])
    }

    @Test("an offer beside work that the plan wants alone comes back")
    func beside() {
        let world = World(.of(.channel("voice"), .channel("chat")))
        world.agent("kim")
        let chat = world.submit("chat")
        world.accept(chat, by: "kim")
        let call = world.submit("voice")
        #expect(world.place(call) == "offered kim")
        #expect(publish(.of(.channel("voice"), .channel("chat", with: [])), world) == .done)
        #expect([chat, call].map { world.place($0) } == ["assigned kim", "waiting"])
    }

    @Test("the last rows of closed inquiries reach the store when their queue goes")
    func lastRows() {
        let two = CompiledPlan.of(queues: [Queue(name: "default"), Queue(name: "vip")])
        var world = Engine(plan: two, at: .epoch + .days(20_000))
        var output = Output()
        let texts = InquiryTexts(customer: Array("c".utf8))
        for _ in 1...2 {
            world.apply(
                .submit(Submission(source: 1, channel: 1, queue: 1, texts: texts)), at: world.now, into: &output)
        }
        world.apply(.cancel(id: 1, reason: []), at: world.now, into: &output)
        var changes = Changes()
        world.takeChanges(into: &changes)
        world.apply(.abandon(id: 2), at: world.now, into: &output)
        world.apply(.publish(.of()), at: world.now, into: &output)
        #expect(Answer(output.reply) == .done)
        #expect(!world.knows(1) && !world.knows(2))
        var last = Changes()
        world.takeChanges(into: &last)
        #expect(last.inquiries.map(\.id) == [2])
        #expect(last.inquiries.map(\.state) == [.abandoned])
        #expect(world.structureFaults() == [])
    }

    @Test("thousands that wait are in the order of the new targets, and none is lost")
    func many() {
        let names = ["default", "vip", "slow", "night"]
        func plan(_ targets: [Int64]) -> CompiledPlan {
            .of(queues: zip(names, targets).map { Queue(name: $0, target: .seconds($1)) })
        }
        let world = World(plan([60, 20, 600, 30]))
        let count = 20_000
        for number in 0..<count {
            world.submit("chat", queue: names[number % 4], priority: Int32(number * 7 % 21) - 10)
            if number % 100 == 0 { world.pass(.milliseconds(100)) }
        }
        let other = plan([600, 300, 10, 30])
        #expect(publish(other, world) == .done)
        #expect(world.engine.census().waiting == count)
        #expect(world.faultsOfAllRows() == [])
        world.agent("kim", channels: "chat:200", capacity: 10_000)
        let mark = world.log.count
        let rows = world.store.inquiries
        #expect(world.publish(other) == .done)
        #expect(world.told(since: mark) == ["plan_published"])
        #expect(world.store.inquiries == rows)
        #expect(world.engine.census().waiting == count - 200)
    }
}
