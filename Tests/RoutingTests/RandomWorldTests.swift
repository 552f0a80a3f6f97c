import Testing

@testable import Routing

@Suite("A random world")
struct RandomWorldTests {
    @Test("breaks no rule, step after step", arguments: 1...16 as ClosedRange<UInt64>)
    func invariants(seed: UInt64) throws {
        var world = RandomWorld(seed: seed)
        let faults = try world.run(1_500)
        #expect(faults.isEmpty, "\(world.report(faults))")
    }

    @Test("breaks no rule though it is killed and started again", arguments: 101...112 as ClosedRange<UInt64>)
    func restarts(seed: UInt64) throws {
        var world = RandomWorld(seed: seed, restartEvery: 40)
        let faults = try world.run(1_000)
        #expect(faults.isEmpty, "\(world.report(faults))")
    }

    @Test("tells the same twice", arguments: 201...203 as ClosedRange<UInt64>)
    func determinism(seed: UInt64) throws {
        var first = RandomWorld(seed: seed, restartEvery: 300)
        var second = RandomWorld(seed: seed, restartEvery: 300)
        #expect(try first.run(1_000).isEmpty)
        #expect(try second.run(1_000).isEmpty)
        #expect(first.world.log == second.world.log)
        #expect(first.world.log.count > 500)
    }
}
