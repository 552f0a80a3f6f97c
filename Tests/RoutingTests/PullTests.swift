import Testing

@testable import Routing

@Suite("NEXT")
struct NextTests {
    private let plan = CompiledPlan.of(
        [
            .channel("voice", weight: 100, limit: 1), .channel("chat"),
            .channel("email", weight: 10, limit: 10, isAutomatic: true),
        ], queues: [.init(name: "default"), .init(name: "other")], missedOffersToAway: 0)

    /// Kim is away; a chat of priority 0 waits, then an e-mail of priority 2.
    private func waiting() -> World {
        let world = World(plan)
        world.agent("kim", ready: false)
        world.away("kim")
        world.submit("chat")
        world.submit("email", priority: 2)
        return world
    }

    @Test("the best that fits is assigned to who is away, without an offer")
    func away() {
        let world = waiting()
        #expect(world.next("kim") == 2)
        #expect(world.next("kim") == 1)
        #expect(world.next("kim") == nil)
        #expect(world.told(of: 1) == ["submitted 1", "assigned 1 kim"])
        #expect(world.log.last?.detail(.how) == .name("next"))
        #expect(world.view("kim").row.state == .away)
        #expect(world.view("kim").row.idleSince == world.now)
    }

    @Test("of the channel asked for, where one is named, whatever is switched on")
    func channel() {
        let world = waiting()
        #expect(world.next("kim", channel: "voice") == nil)
        #expect(world.next("kim", channel: "chat") == 1)
        world.ready("kim", channels: "voice")
        #expect(world.next("kim") == nil)
        #expect(world.next("kim", channel: "email") == 2)
    }

    @Test("nothing for who is offline or in grace")
    func gone() {
        let world = waiting()
        world.disconnect("kim")
        #expect(world.tryNext("kim") == .conflict("agent"))
        world.connect("kim")
        world.offline("kim")
        #expect(world.tryNext("kim") == .conflict("agent"))
        #expect(world.state(1) == .waiting)
    }

    @Test(
        "not what is declined, held for another, of a paused queue or without room; nothing while draining",
        arguments: ["declined", "held", "paused", "full", "unskilled", "draining"])
    func not(why: String) {
        let world = World(plan)
        world.agent("kim")
        world.agent("lee")
        world.accept(world.submit("voice", agent: "lee"), by: "lee")
        if why == "full" { world.accept(world.submit("voice"), by: "kim") }
        if why != "declined" { world.away("kim") }
        let chat: Int64
        switch why {
        case "held": chat = world.submit("chat", agent: "lee", hold: .hours(1))
        case "unskilled": chat = world.submit("chat", skills: "french")
        default: chat = world.submit("chat")
        }
        switch why {
        case "declined": world.decline(chat, by: "kim")
        case "paused": world.pause("default")
        case "draining": world.drain(true)
        default: break
        }
        #expect(world.next("kim") == nil)
        #expect(world.state(chat) == .waiting)
    }

    @Test("what is held for who pulls is theirs")
    func own() {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice")
        world.accept(call, by: "kim")
        let chat = world.submit("chat", agent: "kim", hold: .hours(1))
        world.hold(call, by: "kim")
        #expect(world.next("kim") == nil)
        world.complete(call, by: "kim")
        #expect(world.place(chat) == "offered kim")
        world.away("kim")
        #expect(world.told(of: chat).last == "preferred_released 2 kim away")
        #expect(world.next("kim") == chat)
    }

    @Test("its room is taken: the next is not offered beyond it")
    func room() {
        let world = waiting()
        world.next("kim", channel: "chat")
        for _ in 1...4 { world.submit("chat") }
        for _ in 1...3 { #expect(world.next("kim", channel: "chat") != nil) }
        #expect(world.next("kim", channel: "chat") == nil)
        #expect(world.view("kim").used == 100)
    }
}

@Suite("ASSIGN")
struct AssignTests {
    private let plan = CompiledPlan.of(
        [.channel("voice", weight: 100, limit: 1), .channel("chat", with: ["chat"])], missedOffersToAway: 0)

    @Test("gives a waiting one to an agent who is ready and has room")
    func given() {
        let world = World(plan)
        world.agent("kim")
        world.drain(true)
        let call = world.submit("voice")
        #expect(world.assign(call, to: "kim") == .ok(.assigned))
        #expect(world.told(of: call) == ["submitted 1", "assigned 1 kim"])
        #expect(world.log.last?.detail(.how) == .name("assign"))
        #expect(world.log.last?.detail(.overCapacity) == nil)
    }

    @Test("over room only by force, and flagged; nothing new comes until there is room")
    func force() {
        let world = World(plan)
        world.agent("kim")
        let first = world.submit("voice")
        world.accept(first, by: "kim")
        let second = world.submit("voice")
        #expect(world.assign(second, to: "kim") == .conflict("agent"))
        #expect(world.state(second) == .waiting)
        #expect(world.assign(second, to: "kim", force: true) == .ok(.assigned))
        #expect(world.log.last?.detail(.how) == .name("force"))
        #expect(world.log.last?.detail(.overCapacity) == .flag(true))
        #expect(world.view("kim").used == 200)
        let third = world.submit("voice")
        world.complete(first, by: "kim")
        #expect(world.state(third) == .waiting)
        world.complete(second, by: "kim")
        #expect(world.place(third) == "offered kim")
    }

    @Test("force with room is not flagged")
    func forceWithRoom() {
        let world = World(plan)
        world.agent("kim")
        world.away("kim")
        let call = world.submit("voice")
        #expect(world.assign(call, to: "kim") == .conflict("agent"))
        #expect(world.assign(call, to: "kim", force: true) == .ok(.assigned))
        #expect(world.log.last?.detail(.overCapacity) == nil)
    }

    @Test("never to one who is offline, in grace or not able, not even by force", arguments: ["off", "grace", "skill"])
    func never(why: String) {
        let world = World(plan)
        world.agent("kim", skills: "french")
        if why == "off" { world.offline("kim") }
        if why == "grace" { world.disconnect("kim") }
        let call = world.submit("voice", skills: why == "skill" ? "sales" : "french")
        let before = world.log.count
        for force in [false, true] {
            #expect(world.assign(call, to: "kim", force: force) == .conflict("agent"))
        }
        #expect(world.log.count == before)
    }

    @Test("over what was declined, preferred, paused and drained", arguments: ["declined", "preferred", "paused"])
    func over(what: String) {
        let world = World(plan)
        world.agent("lee")
        world.accept(world.submit("voice"), by: "lee")
        world.agent("kim")
        let call =
            what == "preferred" ? world.submit("voice", agent: "lee", hold: .hours(1)) : world.submit("voice")
        if what == "declined" { world.decline(call, by: "kim") }
        if what == "paused" { world.pause("default") }
        #expect(world.state(call) == .waiting)
        #expect(world.assign(call, to: "kim") == .ok(.assigned))
    }

    @Test("taken from an agent who had the offer, who gets the next")
    func fromAnother() {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice")
        let next = world.submit("voice")
        world.agent("lee")
        world.decline(next, by: "lee")
        #expect(world.assign(call, to: "lee") == .ok(.assigned))
        #expect(
            world.told(of: call) == ["submitted 1", "offered 1 kim", "withdrawn 1 kim forced", "assigned 1 lee"])
        #expect(world.place(next) == "offered kim")
    }

    @Test("the offer of the same agent becomes the assignment")
    func same() {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice")
        #expect(world.assign(call, to: "kim") == .ok(.assigned))
        #expect(world.told(of: call) == ["submitted 1", "offered 1 kim", "assigned 1 kim"])
        #expect(world.view("kim").used == 100)
        #expect(world.engine.structureFaults() == [])
        world.pass(.minutes(5))
        #expect(world.place(call) == "assigned kim")
    }
}
