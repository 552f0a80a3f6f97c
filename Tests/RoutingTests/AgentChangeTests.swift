import Testing

@testable import Routing

@Suite("An agent is changed while at work")
struct AgentChangeTests {
    @Test("an offer whose skill is taken away is withdrawn and offered elsewhere")
    func skillTakenAway() {
        let world = World()
        world.agent("kim", skills: "billing:5")
        let call = world.submit("voice", skills: "billing:3")
        world.agent("lee", skills: "billing:5")
        world.change("kim", skills: "sales:5")
        #expect(
            world.told(of: call) == ["submitted 1", "offered 1 kim", "withdrawn 1 kim changed", "offered 1 lee"])
        #expect(world.row(call)?.excluded == [])
    }

    @Test(
        "so is one whose level falls below, and not one whose level still suffices", arguments: [(3, true), (2, false)])
    func levelFalls(level: Int, stays: Bool) {
        let world = World()
        world.agent("kim", skills: "billing:5")
        let call = world.submit("voice", skills: "billing:3")
        world.change("kim", skills: "billing:\(level)")
        #expect(world.place(call) == (stays ? "offered kim" : "waiting"))
    }

    @Test("so is one whose channel is taken away or switched off")
    func channelTakenAway() {
        let world = World()
        world.agent("kim")
        let chat = world.submit("chat")
        world.change("kim", channels: "voice")
        #expect(world.told(of: chat).last == "withdrawn 1 kim changed")
        let call = world.submit("voice")
        world.ready("kim", channels: "email")
        #expect(world.told(of: call).last == "withdrawn 2 kim changed")
    }

    @Test("assigned work is kept whatever is taken away")
    func workIsKept() {
        let world = World()
        world.agent("kim", skills: "billing")
        let call = world.submit("chat", skills: "billing")
        world.accept(call, by: "kim")
        world.change("kim", skills: "", channels: "voice", capacity: 1)
        #expect(world.place(call) == "assigned kim")
        #expect(world.complete(call, by: "kim") == .ok(.completed))
        #expect(world.engine.structureFaults() == [])
    }

    @Test("a skill that is given brings the waiting work at once, the most urgent first")
    func skillGiven() {
        let world = World()
        world.agent("kim")
        let late = world.submit("voice", priority: -5, skills: "billing")
        let early = world.submit("voice", skills: "billing")
        world.change("kim", skills: "billing")
        #expect(world.place(early) == "offered kim")
        #expect(world.state(late) == .waiting)
    }

    @Test("under a lowered limit the least urgent offers are withdrawn, and nothing new comes until there is room")
    func limitLowered() {
        let world = World()
        world.agent("kim", channels: "chat:4")
        let chats = (1...4).map { _ in world.submit("chat") }
        world.accept(chats[3], by: "kim")
        world.change("kim", channels: "chat:2")
        #expect(chats.map { world.place($0) } == ["offered kim", "waiting", "waiting", "assigned kim"])
        world.accept(chats[0], by: "kim")
        world.complete(chats[0], by: "kim")
        #expect(world.place(chats[1]) == "offered kim")
        #expect(world.state(chats[2]) == .waiting)
    }

    @Test("work above a lowered limit is kept and has to end first")
    func workAboveLimit() {
        let world = World()
        world.agent("kim", channels: "chat:3")
        let chats = (1...4).map { _ in world.submit("chat") }
        for id in chats.prefix(3) { world.accept(id, by: "kim") }
        world.change("kim", channels: "chat:1")
        #expect(world.view("kim").work.map(\.count) == [3])
        world.complete(chats[0], by: "kim")
        world.complete(chats[1], by: "kim")
        #expect(world.state(chats[3]) == .waiting)
        world.complete(chats[2], by: "kim")
        #expect(world.place(chats[3]) == "offered kim")
    }

    @Test("a raised limit or capacity brings what waits at once")
    func raised() {
        let world = World()
        world.agent("kim", channels: "chat:1", capacity: 50)
        let chats = (1...4).map { _ in world.submit("chat") }
        world.change("kim", channels: "chat:4")
        #expect(chats.map { world.state($0) } == [.offered, .offered, .waiting, .waiting])
        world.change("kim", capacity: 75)
        #expect(chats.map { world.state($0) } == [.offered, .offered, .offered, .waiting])
    }

    @Test("under a lowered capacity offers without room are withdrawn and work is kept")
    func capacityLowered() {
        let world = World()
        world.agent("kim")
        let chats = (1...3).map { _ in world.submit("chat") }
        world.accept(chats[0], by: "kim")
        world.change("kim", capacity: 50)
        #expect(chats.map { world.place($0) } == ["assigned kim", "offered kim", "waiting"])
        world.change("kim", capacity: 10)
        #expect(chats.map { world.place($0) } == ["assigned kim", "waiting", "waiting"])
        world.change("kim", capacity: 100)
        #expect(chats.map { world.place($0) } == ["assigned kim", "offered kim", "offered kim"])
    }

    @Test("a change of name alone withdraws nothing, even beside an interrupting call")
    func nameAlone() {
        let world = World(
            .of(
                .channel("voice", weight: 100, limit: 1),
                .channel("email", weight: 25, limit: 4, interruptedBy: ["voice"])))
        world.agent("kim")
        let work = [world.submit("email"), world.submit("voice")]
        var change = AgentChange(id: "kim")
        change.name = .set("Kim")
        world.apply(.putAgent(change))
        #expect(work.map { world.place($0) } == ["offered kim", "offered kim"])
    }

    @Test("the same definition again changes nothing")
    func sameAgain() {
        let world = World()
        world.agent("kim", skills: "billing:5")
        let before = world.log.count
        #expect(world.change("kim", skills: "billing:5") == .done)
        #expect(world.log.count == before)
    }

    @Test("a channel that the plan lacks is refused and nothing changes")
    func unknownChannel() {
        let world = World()
        world.agent("kim", channels: "chat")
        let before = world.log.count
        #expect(world.change("kim", channels: "fax") == .badArgument("channels"))
        #expect(world.log.count == before)
        #expect(world.state(world.submit("chat")) == .offered)
    }

    @Test("a channel's own limit may exceed the plan's")
    func limitAbovePlan() {
        let world = World(.of(.channel("chat", weight: 1, limit: 2)))
        world.agent("kim", channels: "chat:3")
        #expect((1...4).map { _ in world.state(world.submit("chat")) } == [.offered, .offered, .offered, .waiting])
    }
}
