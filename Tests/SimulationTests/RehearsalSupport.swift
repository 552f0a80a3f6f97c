import Foundation
import Plan
import Testing

@testable import Simulation

let second = microsecondsPerSecond
let minute = 60 * second
let hour = 60 * minute

/// Plans that the documentation shows.
enum DocumentedPlan: String, CaseIterable, Sendable {
    case credit = "bank-credit"
    case strict = "bank-strict"
    case targets = "bank-targets"

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The recorded bank; nil where it does not stand beside the repository.
    static func bank() throws -> Recording? {
        let file = root.deletingLastPathComponent().appendingPathComponent(
            "shared/reference/traffic/bank_february_1_14.csv")
        guard let bytes = try? Data(contentsOf: file) else {
            print("skipped: \(file.path) is not here")
            return nil
        }
        return try Recording(csv: Array(bytes))
    }

    func read() throws -> RoutingPlan {
        let report = RoutingPlan.read(
            Array(try Self.text("docs/plans/\(rawValue).yaml").utf8), conditions: ConditionLanguage())
        #expect(report.faults.isEmpty && report.warnings.isEmpty)
        return try #require(report.plan)
    }

    /// Worked out from the words of the plan, not by the engine: who is answered first has the least of it.
    func rank(submittedAt: Int64, kind: String, priorityCode: Int) -> (Int, Int64) {
        let credit = priorityCode == 2 ? 90 * second : 0
        switch self {
        case .credit: return (0, submittedAt - credit)
        case .strict: return (priorityCode == 2 ? 0 : 1, submittedAt)
        case .targets:
            let targets = ["prospect": 10 * second, "stock": 20 * second, "internet": 180 * second]
            return (0, submittedAt + targets[kind, default: 60 * second] - credit)
        }
    }
}

func plan(_ text: String) throws -> RoutingPlan {
    let report = RoutingPlan.read(Array(text.utf8), conditions: ConditionLanguage())
    #expect(report.faults.isEmpty)
    return try #require(report.plan)
}

/// A busy morning of four kinds and three priority codes, some agents able for all of them and some for one.
func busyMorning(seed: UInt64) -> Scenario {
    var streams: [SyntheticLoad.Stream] = []
    for (kind, calls) in [("regular", 60.0), ("prospect", 25), ("stock", 12), ("internet", 8)] {
        for (code, share) in [(0, 0.4), (1, 0.3), (2, 0.3)] {
            streams.append(
                .init(
                    kind: kind, priorityCode: code, callsPerHour: calls * share, handling: 200 * second,
                    patience: code == 0 ? 300 * second : nil))
        }
    }
    return SyntheticLoad(
        streams: streams,
        crews: [
            .init(count: 3, kinds: ["regular", "prospect", "stock", "internet"], shift: 0..<3 * hour),
            .init(count: 2, kinds: ["regular"], shift: 0..<3 * hour),
            .init(count: 1, kinds: ["prospect", "stock"], shift: hour..<3 * hour),
        ], length: 3 * hour
    ).scenario(seed: seed)
}

/// One inquiry a line: arrival, handling, patience.
func calls(_ rows: [(at: Int64, handling: Int64, patience: Int64?, code: Int)]) -> [PlannedInquiry] {
    rows.map { row in
        PlannedInquiry(
            arrival: row.at * second, kind: "a", channel: "voice", skills: [PlannedSkill("a")],
            attributes: "{\"kind\":\"a\",\"priority_code\":\(row.code)}", patience: row.patience.map { $0 * second },
            handling: row.handling * second)
    }
}

func oneAgent(_ shift: Range<Int64> = 0..<hour) -> PlannedAgent {
    PlannedAgent(
        id: "kim", name: "Kim", skills: [PlannedSkill("a")], channels: "voice:1", kinds: ["a"], shifts: [shift])
}
