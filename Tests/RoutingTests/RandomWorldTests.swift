import Testing

@testable import Routing

/// Worlds from seeds; of which kind they are says the seed (`RandomWorld`). A seed that fails says how it is seen again.
@Suite("A random world")
struct RandomWorldTests {
    @Test("breaks no rule, step after step", arguments: (1...64 as ClosedRange<UInt64>).filter { $0 % 10 != 0 })
    func invariants(seed: UInt64) throws {
        var world = RandomWorld(seed: seed)
        let faults = try world.run(1_500)
        #expect(faults.isEmpty, "\(world.report(faults))")
    }

    @Test(
        "breaks no rule where it once did",
        arguments: zip(
            [8, 11, 18, 28, 2004, 2183, 2232, 2242, 2378, 4841, 6198, 7600] as [UInt64],
            [300, 1_400, 800, 50, 750, 2_300, 1_450, 300, 1_300, 1_400, 300, 1_400]))
    func found(seed: UInt64, steps: Int) throws {
        var world = RandomWorld(seed: seed)
        let faults = try world.run(steps)
        #expect(faults.isEmpty, "\(world.report(faults))")
    }

    @Test("breaks no rule with thousands that wait", arguments: [10, 20] as [UInt64])
    func large(seed: UInt64) throws {
        var world = RandomWorld(seed: seed)
        let faults = try world.run(2_500)
        #expect(faults.isEmpty, "\(world.report(faults))")
    }

    @Test("tells the same twice", arguments: 201...203 as ClosedRange<UInt64>)
    func determinism(seed: UInt64) throws {
        var first = RandomWorld(seed: seed, kind: .restarting, restartEvery: 300)
        var second = RandomWorld(seed: seed, kind: .restarting, restartEvery: 300)
        #expect(try first.run(1_000).isEmpty)
        #expect(try second.run(1_000).isEmpty)
        #expect(first.world.log == second.world.log)
        #expect(first.world.log.count > 500)
    }
}
