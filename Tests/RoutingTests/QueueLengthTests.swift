import Testing

@testable import Routing

@Suite("How many may wait in a queue")
struct QueueLengthTests {
    private func plan(_ overflow: QueueIndex?, _ otherMax: Int32? = nil, skills: [SkillLevel] = []) -> CompiledPlan {
        .of(
            [.channel("chat", weight: 100, limit: 1), .channel("email", weight: 100, limit: 1)],
            queues: [
                .init(name: "one", skills: skills, lengthMax: 2, overflow: overflow),
                .init(name: "two", lengthMax: otherMax, overflow: 2), .init(name: "three"),
            ])
    }

    @Test("on all channels together; only what would wait is refused")
    func wouldWait() {
        let world = World(plan(nil))
        world.agent("kim", skills: "a")
        let first = world.submit("chat", skills: "b")
        world.submit("email", skills: "b")
        #expect(world.tryToSubmit("chat", skills: "b") == .limit)
        let third = world.submit("chat", skills: "a")
        #expect(world.place(third) == "offered kim")
        // The offer comes back where as many wait as may.
        world.decline(third, by: "kim")
        #expect(world.place(third) == "waiting")
        #expect(world.tryToSubmit("chat", queue: "two") == .id(4, duplicate: false))
        world.abandon(first)
        #expect(world.tryToSubmit("chat", skills: "b") == .limit)
        world.abandon(third)
        #expect(world.tryToSubmit("chat", skills: "b") == .id(5, duplicate: false))
    }

    @Test("neither a paused queue nor a drained daemon gives anything away")
    func paused() {
        for isPaused in [true, false] {
            let world = World(plan(nil))
            world.submit("chat", skills: "b")
            world.submit("chat", skills: "b")
            if isPaused { world.pause("one") } else { world.drain(true) }
            world.agent("kim")
            #expect(world.tryToSubmit("chat") == .limit)
        }
    }

    @Test("the overflow is one hop, whose own limit counts, and what the full queue requires does not go with it")
    func oneHop() {
        let world = World(plan(1, 1, skills: [SkillLevel(skill: "billing", level: 3)]))
        for _ in 1...2 { world.submit("chat") }
        let third = world.submit("chat")
        #expect(world.row(third)?.queue == "two")
        #expect(world.skills(third) == [])
        #expect(world.tryToSubmit("chat") == .limit)
        // As many wait in the overflow as may, but this one would not.
        world.agent("kim")
        #expect(world.place(third) == "offered kim")
        world.agent("lee", channels: "email")
        #expect(world.row(world.submit("email"))?.queue == "two")
    }

    @Test("what comes from elsewhere is not refused: a scheduled one, a move, a requeue")
    func others() {
        let world = World(plan(nil))
        for _ in 1...2 { world.submit("chat") }
        let later = world.submit("chat", at: .seconds(5))
        let moved = world.submit("chat", queue: "two")
        #expect(world.update(moved, queue: "one") == .ok(.waiting))
        world.at(.seconds(5))
        #expect([later, moved].map { world.row($0)?.queue } == ["one", "one"])
        #expect(world.engine.census().waiting == 4)
    }

    @Test("a refusal leaves nothing behind, however different the requests")
    func nothingStays() {
        let world = World(plan(nil))
        for _ in 1...2 { world.submit("chat") }
        let mark = world.log.count
        for number in 1...50 { #expect(world.tryToSubmit("chat", skills: "s\(number)") == .limit) }
        #expect(world.log.count == mark)
        #expect(world.engine.structureFaults() == [])
        #expect(world.submit("chat", queue: "two") == 3)
    }
}
