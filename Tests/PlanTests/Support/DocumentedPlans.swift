import Foundation

/// The plans that docs/plan.md shows, as they stand there.
enum DocumentedPlans {
    struct Example {
        /// The heading above it, `Bot first, then a human`.
        let heading: String
        /// Of the first line of the plan, from 1.
        let line: Int
        let text: String
    }

    /// In their order. Throws where the document cannot be read.
    static func all() throws -> [Example] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let document = try String(contentsOf: root.appendingPathComponent("docs/plan.md"), encoding: .utf8)
        var examples: [Example] = []
        var heading = ""
        var block: (line: Int, lines: [String])?
        for (index, line) in document.components(separatedBy: "\n").enumerated() {
            if let open = block {
                if line == "```" {
                    examples.append(
                        Example(heading: heading, line: open.line, text: open.lines.joined(separator: "\n") + "\n"))
                    block = nil
                } else {
                    block = (open.line, open.lines + [line])
                }
            } else if line == "```yaml" {
                block = (index + 2, [])
            } else if line.hasPrefix("#") {
                heading = String(line.drop { $0 == "#" || $0 == " " })
            }
        }
        return examples
    }
}
