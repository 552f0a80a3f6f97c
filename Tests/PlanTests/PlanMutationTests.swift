import Plan
import Simulation
import Testing

/// Texts that somebody has spoilt: none may end the program, and each has a plan or a fault.
@Suite("Spoilt plans")
struct PlanMutationTests {
    private static let scraps: [String] = [
        "", " ", "  ", "\n", "\n  ", "\t", ":", ": ", "- ", "? ", ",", "[", "]", "{", "}", "[]", "{}", "\"", "'", "#",
        " #", "&a ",
        "*a", "!x ", "|", ">", "%", "@", "~", "null", "true", "no", "0", "-1", "99999999999999999999", "1e9", "0s",
        "100000d",
        "9999999999999999999d", "=5", "=99999999999", "101%", "-0m", "+0s", "2026-02-31", "9999-12-31", "24:00-24:00",
        "23:59-00:00", "default", "vip", "name", "queues", "\u{301}", "한", "\u{0}", "\u{FEFF}", "\r", "---", "...",
        "<<: ",
    ]

    private static func spoilt(_ text: String, _ random: inout SplitMix64) -> String {
        var bytes = Array(text.utf8)
        for _ in 0..<random.int(1...4) {
            let start = random.int(0...bytes.count)
            let end = min(bytes.count, start + random.int(0...random.pick([0, 1, 3, 10, 80])))
            switch random.int(1...4) {
            case 1: bytes.removeSubrange(start..<end)
            case 2: bytes.insert(contentsOf: Array(random.pick(scraps).utf8), at: start)
            case 3: bytes.replaceSubrange(start..<end, with: Array(random.pick(scraps).utf8))
            default: bytes.insert(contentsOf: bytes[start..<end], at: random.int(0...bytes.count))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("have a plan that is read back as it is, or faults with advice", arguments: 1...20 as ClosedRange<UInt64>)
    func mutations(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let plan = try #require(RoutingPlan.read(Plans.example).plan)
        let texts = [Plans.example, plan.yaml, String(decoding: plan.document, as: UTF8.self)]
        for _ in 0..<25 {
            let text = Self.spoilt(random.pick(texts), &random)
            for format in [PlanFormat.detected, .yaml, .json] {
                let report = RoutingPlan.read(text, format: format)
                #expect((report.plan == nil) == !report.faults.isEmpty, "\(text)")
                #expect(report.faults.allSatisfy { !$0.message.isEmpty })
                guard let plan = report.plan else { continue }
                #expect(RoutingPlan.read(plan.yaml).plan == plan, "\(text)")
                #expect(RoutingPlan.read(plan.document).plan == plan, "\(text)")
            }
        }
    }
}
