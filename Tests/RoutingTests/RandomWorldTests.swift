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
            [
                8, 11, 18, 28, 2004, 2183, 2232, 2242, 2378, 4841, 6198, 7600, 1_000_004, 1_000_021, 1_000_024,
                1_000_047, 2_000_012, 2_000_031, 2_000_032, 2_000_038,
            ] as [UInt64],
            [
                300, 1_400, 800, 50, 750, 2_300, 1_450, 300, 1_300, 1_400, 300, 1_400, 100, 100, 100, 100, 200, 100, 50,
                600,
            ]))
    func found(seed: UInt64, steps: Int) throws {
        var world = RandomWorld(seed: seed)
        let faults = try world.run(steps)
        #expect(faults.isEmpty, "\(world.report(faults))")
    }

    @Test(
        "breaks no rule of rules, steps and queues that end",
        arguments: (1_000_001...1_000_048 as ClosedRange<UInt64>).filter { $0 % 10 != 0 })
    func eventful(seed: UInt64) throws {
        var world = RandomWorld(seed: seed)
        let faults = try world.run(1_000)
        #expect(faults.isEmpty, "\(world.report(faults))")
    }

    @Test(
        "breaks no rule while other plans come into force",
        arguments: (2_000_001...2_000_026 as ClosedRange<UInt64>).filter { $0 % 10 != 0 })
    func replanned(seed: UInt64) throws {
        var world = RandomWorld(seed: seed)
        let faults = try world.run(600)
        #expect(faults.isEmpty, "\(world.report(faults))")
    }

    @Test("comes by plans that are refused, offers that come back, steps and rules of later plans")
    func varietyOfPlans() throws {
        var seen: [String: Int] = [:]
        for seed in [2_000_101, 2_000_102, 2_000_103, 2_000_104] as [UInt64] {
            var world = RandomWorld(seed: seed)
            let faults = try world.run(600)
            try #require(faults.isEmpty, "\(world.report(faults))")
            seen["published", default: 0] += world.plans.published
            seen["refused", default: 0] += world.plans.refused
            var isPublished = false
            for event in world.world.log {
                isPublished = isPublished || event.type == .planPublished
                if isPublished { for word in Self.words(event) { seen[word, default: 0] += 1 } }
            }
        }
        let expected = [
            "published", "refused", "withdrawn changed", "step", "submitted rules", "preferred_released changed",
            "reopened", "expired max_age",
        ]
        for word in expected { #expect(seen[word, default: 0] > 0, "\(word): \(seen)") }
    }

    @Test("comes by everything that rules, steps and queues that end can do")
    func variety() throws {
        var seen: [String: Int] = [:]
        for seed in 1_000_101...1_000_119 as ClosedRange<UInt64> where seed % 10 != 0 {
            var world = RandomWorld(seed: seed)
            let faults = try world.run(600)
            try #require(faults.isEmpty, "\(world.report(faults))")
            for event in world.world.log { for word in Self.words(event) { seen[word, default: 0] += 1 } }
            seen["refused", default: 0] += world.refused
            seen["waits again", default: 0] +=
                world.world.store.inquiries.values.filter { $0.waitedBefore > .zero }.count
        }
        let expected = [
            "step", "step skills", "step priority", "step late", "step reason", "escalated",
            "submitted rules", "submitted failed_rules", "expired step", "withdrawn changed", "refused", "waits again",
        ]
        for word in expected { #expect(seen[word, default: 0] > 0, "\(word): \(seen)") }
    }

    private static func words(_ event: Event) -> [String] {
        let name = event.type.name
        return [name, "\(name) \(event.reason ?? "")"] + event.details.map { "\(name) \($0.key.name)" }
    }

    @Test("breaks no rule with thousands that wait", arguments: [10, 20, 1_000_010, 2_000_010] as [UInt64])
    func large(seed: UInt64) throws {
        var world = RandomWorld(seed: seed)
        let faults = try world.run(2_500)
        #expect(faults.isEmpty, "\(world.report(faults))")
    }

    @Test("tells the same twice", arguments: [201, 202, 203, 1_000_201, 1_000_202, 2_000_203] as [UInt64])
    func determinism(seed: UInt64) throws {
        var first = RandomWorld(seed: seed, kind: .restarting, restartEvery: 300)
        var second = RandomWorld(seed: seed, kind: .restarting, restartEvery: 300)
        #expect(try first.run(1_000).isEmpty)
        #expect(try second.run(1_000).isEmpty)
        #expect(first.world.log == second.world.log)
        #expect(first.world.log.count > 500)
    }
}
