import LineProtocol
import Plan
import Routing
import Testing

@Suite("Random plans")
struct PlanRoundTripTests {
    private static let seeds: ClosedRange<UInt64> = 1...80

    private static func plan(_ seed: UInt64) -> RoutingPlan {
        var plans = RandomPlans(seed: seed)
        return plans.next()
    }

    @Test("have no fault, compile, and are read from their YAML and their JSON as they were", arguments: seeds)
    func roundTrip(seed: UInt64) throws {
        let plan = Self.plan(seed)
        #expect(plan.check().faults.map(\.description) == [])
        // Its conditions are texts of any kind, few of them CEL.
        var ready = plan
        for index in ready.rules.indices { ready.rules[index].condition = "true" }
        for index in ready.policies.indices { ready.policies[index].condition = nil }
        _ = try ready.compile(version: 1)
        let fromYAML = RoutingPlan.read(plan.yaml, format: .yaml)
        #expect(fromYAML.faultLines == [], "\(plan.yaml)")
        #expect(fromYAML.plan == plan, "\(plan.yaml)")
        let fromJSON = RoutingPlan.read(plan.document, format: .json)
        #expect(fromJSON.faults.map(\.description) == [])
        #expect(fromJSON.plan == plan)
        #expect(fromJSON.plan?.document == plan.document)
        #expect(plan.changes(to: fromYAML.plan ?? RoutingPlan()).isEmpty)
        // JSON is YAML, but for halves of surrogate pairs and what it need not escape.
        #expect(RoutingPlan.read(plan.document, format: .yaml).plan == plan)
    }

    @Test(
        "are JSON that the line protocol takes, and merge patches of nothing leave them",
        arguments: 1...50 as ClosedRange<UInt64>)
    func patches(seed: UInt64) throws {
        let plan = Self.plan(seed)
        #expect(throws: Never.self) { try JSONText.compact(plan.document.span) }
        #expect(JSONMergePatch.apply(Array("{}".utf8)[...], to: plan.document[...]) == plan.document)
        let patch = Array(#"{"name":"patched","queues":{"default":{"target":"7s"}}}"#.utf8)
        let patched = RoutingPlan.read(JSONMergePatch.apply(patch[...], to: plan.document[...]))
        var expected = plan
        expected.name = "patched"
        for index in expected.queues.indices where expected.queues[index].name == "default" {
            expected.queues[index].target = .seconds(7)
        }
        #expect(patched.plan == expected)
    }

    @Test("differ where their trees do, and every difference has a path and a line", arguments: seeds)
    func differences(seed: UInt64) {
        let (old, new) = (Self.plan(seed), Self.plan(seed + 1))
        let changes = old.changes(to: new)
        #expect(changes.isEmpty == (old.document == new.document))
        #expect(changes.allSatisfy { !$0.path.isEmpty && $0.line.contains($0.path) })
        #expect(old.changes(to: old).isEmpty)
    }
}
