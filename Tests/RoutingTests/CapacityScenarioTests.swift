import Testing

@testable import Routing

// The scenarios of "Capacity", by their numbers.

@Suite("Scenario 1: weighted units")
struct WeightedUnitsTests {
    private let plan = CompiledPlan.of(
        .channel("voice", weight: 100, limit: 1), .channel("chat", weight: 20, limit: 10))

    @Test("of six chats at weight 20 five are offered and the sixth waits")
    func sixChats() {
        let world = World(plan)
        world.agent("kim")
        let chats = (1...6).map { _ in world.submit("chat") }
        #expect(chats.map { world.state($0) } == [.offered, .offered, .offered, .offered, .offered, .waiting])
        #expect(world.view("kim").used == 100)
    }

    @Test("with one chat open a call is not offered")
    func chatThenCall() {
        let world = World(plan)
        world.agent("kim")
        let chat = world.submit("chat")
        let call = world.submit("voice")
        #expect(world.state(call) == .waiting)
        world.accept(chat, by: "kim")
        #expect(world.state(call) == .waiting)
        world.complete(chat, by: "kim")
        #expect(world.place(call) == "offered kim")
    }

    @Test("with a call open no chat is offered")
    func callThenChat() {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice")
        world.accept(call, by: "kim")
        let chat = world.submit("chat")
        #expect(world.state(chat) == .waiting)
        world.complete(call, by: "kim")
        #expect(world.place(chat) == "offered kim")
    }

    @Test("with 2 chats and 2 e-mails open, 40 points, a call of 60 is offered and a third chat is not")
    func exactlyFull() {
        let world = World(
            .of(
                .channel("voice", weight: 60), .channel("chat", weight: 10, limit: 2),
                .channel("email", weight: 10, limit: 2)))
        world.agent("kim")
        for channel in ["chat", "chat", "email", "email"] { world.accept(world.submit(channel), by: "kim") }
        #expect(world.view("kim").used == 40)
        let third = world.submit("chat")
        #expect(world.state(third) == .waiting)
        let call = world.submit("voice")
        #expect(world.place(call) == "offered kim")
        #expect(world.view("kim").used == 100)
    }

    @Test("a call of 61 points beside 40 is not offered")
    func onePointTooMuch() {
        let world = World(.of(.channel("voice", weight: 61), .channel("chat", weight: 40)))
        world.agent("kim")
        world.submit("chat")
        #expect(world.state(world.submit("voice")) == .waiting)
    }
}

@Suite("Scenario 2: channels beside each other")
struct BesideEachOtherTests {
    private let plan = CompiledPlan.of(
        .channel("chat", weight: 1, limit: 2, with: []), .channel("task", weight: 1, limit: 1),
        .channel("voice", weight: 1, limit: 1, with: []))

    @Test("an agent on a chat gets no task, but a second chat")
    func chatStandsAlone() {
        let world = World(plan)
        world.agent("kim")
        let first = world.submit("chat")
        let task = world.submit("task")
        #expect(world.state(task) == .waiting)
        let second = world.submit("chat")
        #expect(world.place(second) == "offered kim")
        world.accept(first, by: "kim")
        world.accept(second, by: "kim")
        world.complete(first, by: "kim")
        #expect(world.state(task) == .waiting)
        world.complete(second, by: "kim")
        #expect(world.place(task) == "offered kim")
    }

    @Test("a task lets anything join; a call waits for the chat to end, a new task for the call and the first task")
    func taskLetsAnythingJoin() {
        let world = World(plan)
        world.agent("kim")
        let task = world.submit("task")
        let chat = world.submit("chat")
        #expect(world.place(chat) == "offered kim")
        let call = world.submit("voice")
        #expect(world.state(call) == .waiting)
        for id in [task, chat] { world.accept(id, by: "kim") }
        world.complete(chat, by: "kim")
        #expect(world.place(call) == "offered kim")
        world.accept(call, by: "kim")
        let other = world.submit("task")
        world.complete(call, by: "kim")
        #expect(world.state(other) == .waiting)
        world.complete(task, by: "kim")
        #expect(world.place(other) == "offered kim")
    }

    @Test("a new task waits for the call too, when the first task ends before it")
    func taskWaitsForCall() {
        let world = World(plan)
        world.agent("kim")
        let task = world.submit("task")
        let call = world.submit("voice")
        for id in [task, call] { world.accept(id, by: "kim") }
        let other = world.submit("task")
        world.complete(task, by: "kim")
        #expect(world.state(other) == .waiting)
        world.complete(call, by: "kim")
        #expect(world.place(other) == "offered kim")
    }
}

@Suite("Scenario 3: interruption")
struct InterruptionTests {
    private let plan = CompiledPlan.of(
        .channel("voice", weight: 100, limit: 1), .channel("chat", weight: 25),
        .channel("email", weight: 25, limit: 4, interruptedBy: ["voice"]))

    @Test("a call is offered at once beside four e-mails that fill the agent, and is flagged")
    func callInterrupts() {
        let world = World(plan)
        world.agent("kim")
        for _ in 1...4 { world.accept(world.submit("email"), by: "kim") }
        #expect(world.view("kim").used == 100)
        let call = world.submit("voice")
        #expect(world.place(call) == "offered kim")
        #expect(world.log.last?.detail(.overCapacity) == .flag(true))
    }

    @Test("beside the four e-mails neither a fifth nor a chat is offered, nor beside the call")
    func nothingElse() {
        let world = World(plan)
        world.agent("kim")
        let emails = (1...4).map { _ in world.submit("email") }
        for id in emails { world.accept(id, by: "kim") }
        let fifth = world.submit("email")
        let chat = world.submit("chat")
        #expect(world.state(fifth) == .waiting)
        #expect(world.state(chat) == .waiting)
        let call = world.submit("voice")
        world.accept(call, by: "kim")
        world.complete(emails[0], by: "kim")
        #expect(world.state(fifth) == .waiting)
        #expect(world.state(chat) == .waiting)
        world.complete(call, by: "kim")
        #expect(world.place(fifth) == "offered kim")
    }
}

@Suite("Scenario 5: backlog follows room at once")
struct BacklogFollowsRoomTests {
    @Test("the fourth chat is offered when one completes, before a fifth that arrives later")
    func fourthFirst() {
        let world = World(.of(.channel("chat", weight: 25, limit: 3)))
        world.agent("kim")
        let chats = (1...4).map { _ in world.submit("chat") }
        for id in chats.prefix(3) { world.accept(id, by: "kim") }
        world.pass(.minutes(3))
        #expect(world.state(chats[3]) == .waiting)
        let fifth = world.submit("chat")
        world.complete(chats[0], by: "kim")
        #expect(world.place(chats[3]) == "offered kim")
        #expect(world.state(fifth) == .waiting)
    }
}

@Suite("Scenario 6: no race past the limit")
struct NoRaceTests {
    @Test("of 100 submissions to 5 agents with room for 4 exactly 20 are offered and 80 wait")
    func exactlyTwenty() {
        let world = World(.of(.channel("chat", weight: 25, limit: 4)))
        for name in ["ann", "ben", "cho", "dan", "eve"] { world.agent(name) }
        for _ in 1...100 { world.submit("chat") }
        let census = world.engine.census()
        #expect(census.offered == 20)
        #expect(census.waiting == 80)
        for name in ["ann", "ben", "cho", "dan", "eve"] { #expect(world.view(name).work.map(\.count) == [4]) }
    }
}
