import Client
import Simulation

/// What an AGENTS PUT answers, for people.
enum AgentDifference {
    private static let keys = ["name", "team", "skills", "channels", "capacity"]

    /// Created agents with `+`, removed ones with `-`, a line for each changed field of the others.
    static func lines(_ rows: [Fields]) -> [String] {
        rows.flatMap { row -> [String] in
            let agent = row["agent"] ?? ""
            switch row["change"] {
            case "created":
                let fields = keys.compactMap { key in row[key].map { "\(key) \($0)" } }
                return ["+ " + agent + (fields.isEmpty ? "" : ": " + fields.joined(separator: "; "))]
            case "removed": return ["- " + agent]
            default:
                return keys.compactMap { key in
                    row[key].map { "\(agent).\(key): \(shown(row[key + "_before"])) → \(shown($0))" }
                }
            }
        }.map { SafeText.visible($0) }
    }

    private static func shown(_ value: String?) -> String {
        guard let value, !value.isEmpty else { return "(default)" }
        return value
    }

    /// `1 created, 2 changed, 0 removed, 97 unchanged`.
    static func counts(_ answer: Answer) -> String {
        ["created", "changed", "removed", "unchanged"].map { "\(answer[$0] ?? "0") \($0)" }.joined(separator: ", ")
    }
}
