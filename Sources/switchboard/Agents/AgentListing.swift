import Client
import Plan

/// Writes agents as files that can be imported: every field of each, so that importing it later undoes what was changed
/// meanwhile.
enum AgentListing {
    static func csv(_ rows: [Fields]) -> String {
        var text = (["id"] + AgentFile.fields).joined(separator: ",") + "\r\n"
        for row in rows {
            let cells = [
                row["agent"] ?? "", row["name"] ?? "", (row["skills"] ?? "").replacing(",", with: ";"),
                (row["channels"] ?? "").replacing(",", with: ";"), row["capacity"] ?? "", row["team"] ?? "",
            ]
            text += cells.map { cell($0) }.joined(separator: ",") + "\r\n"
        }
        return text
    }

    private static func cell(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { ![0x22, 0x2C, 0x0A, 0x0D].contains($0) }
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    static func yaml(_ rows: [Fields]) -> String {
        rows.map { row in
            let node = PlanNode.object([
                ("id", .text(row["agent"] ?? "")), ("name", text(row["name"])), ("skills", entries(row["skills"])),
                ("channels", entries(row["channels"])),
                ("capacity", .integer(Int32(row.integer("capacity") ?? 100))), ("team", text(row["team"])),
            ])
            return "- \(node.flowYAML)\n"
        }.joined()
    }

    private static func text(_ text: String?) -> PlanNode { text.map { .text($0) } ?? .null }

    private static func entries(_ list: String?) -> PlanNode {
        guard let list, !list.isEmpty else { return .null }
        return .object(
            list.split(separator: ",").map { entry in
                let (name, number) = AgentFile.splitEntry(entry)
                return (name, number.flatMap { Int32($0) }.map { .integer($0) } ?? .null)
            })
    }
}
