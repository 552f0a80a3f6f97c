import Testing

@testable import Routing

@Suite("Scenario 4: dormant work")
struct DormantWorkTests {
    private let plan = CompiledPlan.of(.channel("kakao", holdReleases: true), .channel("chat"))

    private func take(_ world: World, _ channel: String, _ count: Int) -> [Int64] {
        (1...count).map { _ in
            let id = world.submit(channel)
            world.accept(id, by: "kim")
            return id
        }
    }

    @Test("four held free all room, four more are offered; one wakes: 125 used, flagged, and nothing new until room")
    func wakes() {
        let world = World(plan)
        world.agent("kim")
        let held = take(world, "kakao", 4)
        for id in held { #expect(world.hold(id, by: "kim") == .ok(.held)) }
        #expect(world.view("kim").used == 0)
        let more = take(world, "kakao", 4)
        #expect(world.view("kim").used == 100)
        let before = world.log.count
        #expect(world.message(held[0]) == .ok(.assigned))
        #expect(world.told(since: before) == ["message 1 kim", "resumed 1 kim", "over_capacity 1 kim"])
        #expect(world.log.last?.detail(.used) == .integer(125))
        #expect(world.log.last?.detail(.capacity) == .integer(100))
        let next = world.submit("kakao")
        world.complete(more[0], by: "kim")
        #expect(world.view("kim").used == 100)
        #expect(world.state(next) == .waiting)
        world.complete(more[1], by: "kim")
        #expect(world.place(next) == "offered kim")
    }

    @Test("holding one brings what waits at once")
    func fills() {
        let world = World(plan)
        world.agent("kim")
        let taken = take(world, "kakao", 4)
        let waits = world.submit("chat")
        world.hold(taken[0], by: "kim")
        #expect(world.place(waits) == "offered kim")
    }

    @Test("on another channel what is held keeps its room")
    func keeps() {
        let world = World(plan)
        world.agent("kim")
        let chats = take(world, "chat", 4)
        world.hold(chats[0], by: "kim")
        #expect(world.view("kim").used == 100)
        #expect(world.state(world.submit("chat")) == .waiting)
        world.resume(chats[0], by: "kim")
        #expect(world.told().suffix(1) == ["resumed 1 kim"])
    }

    @Test("waking is flagged for the channel's limit too, and not at the limit", arguments: [(2, false), (3, true)])
    func limit(others: Int, isFlagged: Bool) {
        let world = World(.of(.channel("kakao", weight: 1, limit: 3, holdReleases: true)))
        world.agent("kim")
        let first = take(world, "kakao", 1)[0]
        world.hold(first, by: "kim")
        _ = take(world, "kakao", others)
        world.resume(first, by: "kim")
        #expect(world.told().contains("over_capacity 1 kim") == isFlagged)
    }

    @Test("RESUME says that the agent did it, a message that the customer did")
    func by() {
        let world = World(plan)
        world.agent("kim")
        let id = take(world, "kakao", 1)[0]
        world.hold(id, by: "kim")
        #expect(world.resume(id, by: "kim") == .ok(.assigned))
        #expect(world.log.last?.detail(.by) == .name("agent"))
        world.hold(id, by: "kim")
        world.message(id, from: .agent)
        #expect(world.state(id) == .held)
        world.message(id)
        #expect(world.log.last?.detail(.by) == .name("customer"))
    }

    @Test("the wrap-up of a held one takes its room again")
    func wrapUp() {
        let world = World(.of(.channel("kakao", weight: 100, limit: 1, wrapUp: .seconds(20), holdReleases: true)))
        world.agent("kim")
        let first = take(world, "kakao", 1)[0]
        world.hold(first, by: "kim")
        #expect(world.complete(first, by: "kim") == .ok(.completed))
        #expect(world.view("kim").used == 100)
        #expect(world.state(world.submit("kakao")) == .waiting)
        world.pass(.seconds(20))
        #expect(world.place(2) == "offered kim")
    }

    @Test("which is flagged where there is none")
    func wrapUpOver() {
        let world = World(.of(.channel("kakao", weight: 100, limit: 1, wrapUp: .seconds(20), holdReleases: true)))
        world.agent("kim")
        let first = take(world, "kakao", 1)[0]
        world.hold(first, by: "kim")
        _ = take(world, "kakao", 1)
        let before = world.log.count
        world.complete(first, by: "kim")
        #expect(world.view("kim").used == 200)
        let isFlagged = world.log[before...].contains {
            $0.type == .overCapacity || $0.detail(.overCapacity) == .flag(true)
        }
        #expect(isFlagged)
    }

    @Test("holding and resuming do not touch the idle clock, completing a held one does")
    func idle() {
        let world = World(plan)
        world.agent("kim")
        let id = take(world, "kakao", 1)[0]
        let since = world.now
        world.pass(.seconds(5))
        world.hold(id, by: "kim")
        world.pass(.seconds(5))
        world.resume(id, by: "kim")
        world.hold(id, by: "kim")
        #expect(world.view("kim").row.idleSince == since)
        world.complete(id, by: "kim")
        #expect(world.view("kim").row.idleSince == world.now)
    }

    @Test("held work stays with an agent who signs off, assigned work of the channel does not")
    func offline() {
        let world = World(plan)
        world.agent("kim")
        let ids = take(world, "kakao", 2)
        world.hold(ids[0], by: "kim")
        world.offline("kim")
        #expect(world.place(ids[0]) == "held kim")
        #expect(world.state(ids[1]) == .waiting)
    }

    @Test("held work and its room survive a restart")
    func restart() throws {
        let world = World(plan)
        world.agent("kim")
        let ids = take(world, "kakao", 4)
        for id in ids.prefix(2) { world.hold(id, by: "kim") }
        try world.restart()
        world.connect("kim")
        #expect(world.view("kim").used == 50)
        #expect((1...3).map { _ in world.state(world.submit("kakao")) } == [.offered, .offered, .waiting])
        #expect(world.engine.structureFaults() == [])
    }
}
