extension RoutingPlan {
    /// The plan as YAML for people: what differs from the defaults, keys in the order of PLAN.md. Reading it gives the
    /// same plan.
    package var yaml: String {
        var writer = YAMLWriter()
        writer.document(tree(.changes))
        return writer.text
    }
}

/// Writes a tree as YAML: what fits on a line in brackets, everything else indented.
private struct YAMLWriter {
    private static let width = 110

    private(set) var text = ""

    mutating func document(_ root: PlanNode) {
        guard case .object(let members) = root.value else { return }
        for member in members { self.member(member, indent: 0, isSection: true) }
    }

    private mutating func member(_ member: PlanNode.Member, indent: Int, isSection: Bool = false) {
        let key = String(repeating: " ", count: indent) + YAMLText.flow(member.key) + ":"
        value(member.value, after: key, indent: indent, isSection: isSection)
    }

    /// - Parameter isSection: One of the plan's top keys: its objects and the objects in its lists stand on lines of
    ///   their own, however short.
    private mutating func value(_ node: PlanNode, after beginning: String, indent: Int, isSection: Bool) {
        if case .scalar(let scalar) = node.value {
            if let lines = YAMLText.literal(scalar) {
                text += "\(beginning) |-\n"
                for line in lines {
                    text += line.isEmpty ? "\n" : String(repeating: " ", count: indent + 2) + line + "\n"
                }
            } else {
                text += "\(beginning) \(YAMLText.block(scalar))\n"
            }
            return
        }
        if !(isSection && node.holdsObjects) {
            let line = "\(beginning) \(YAMLText.flow(node))"
            if line.count <= Self.width || node.isEmpty {
                text += line + "\n"
                return
            }
        }
        text += beginning + "\n"
        switch node.value {
        case .scalar: break
        case .object(let members):
            for member in members { self.member(member, indent: indent + 2) }
        case .list(let items):
            for item in items { self.item(item, indent: indent + 2, isSection: isSection) }
        }
    }

    private mutating func item(_ node: PlanNode, indent: Int, isSection: Bool) {
        let spaces = String(repeating: " ", count: indent)
        let line = "\(spaces)- \(YAMLText.flow(node))"
        guard case .object(let members) = node.value, isSection || line.count > Self.width, !members.isEmpty else {
            text += line + "\n"
            return
        }
        for (index, member) in members.enumerated() {
            let beginning = index == 0 ? "\(spaces)- " : "\(spaces)  "
            value(
                member.value, after: beginning + YAMLText.flow(member.key) + ":", indent: indent + 2, isSection: false)
        }
    }
}

extension PlanNode {
    fileprivate var isEmpty: Bool {
        switch value {
        case .scalar: false
        case .list(let items): items.isEmpty
        case .object(let members): members.isEmpty
        }
    }

    fileprivate var holdsObjects: Bool {
        func isObject(_ node: PlanNode) -> Bool {
            if case .object = node.value { return true }
            return false
        }
        switch value {
        case .scalar: return false
        case .list(let items): return items.contains(where: isObject)
        case .object(let members): return members.contains { isObject($0.value) }
        }
    }
}

/// Single values as YAML spells them: bare where nothing can take them for anything else.
enum YAMLText {
    /// In brackets, on one line.
    static func flow(_ node: PlanNode) -> String {
        switch node.value {
        case .scalar(let scalar): flow(scalar)
        case .list(let items): "[" + items.map { flow($0) }.joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\(flow($0.key)): \(flow($0.value))" }.joined(separator: ", ") + "}"
        }
    }

    static func flow(_ scalar: PlanNode.Scalar) -> String {
        guard scalar.kind == .text else { return scalar.text }
        return isBare(scalar.text, others: "") ? scalar.text : quoted(scalar.text)
    }

    /// On a line of its own, where brackets and commas mean nothing.
    static func block(_ scalar: PlanNode.Scalar) -> String {
        guard scalar.kind == .text else { return scalar.text }
        return isBare(scalar.text, others: "()[]{},\"'&|!<>=?*") ? scalar.text : quoted(scalar.text)
    }

    /// The lines of a text that has several and can be written as they are; nil if it cannot.
    static func literal(_ scalar: PlanNode.Scalar) -> [String]? {
        guard scalar.kind == .text, scalar.text.contains("\n") else { return nil }
        let lines = scalar.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let isPlain = lines.allSatisfy { line in line.unicodeScalars.allSatisfy { isPrintable($0) && $0 != "\t" } }
        // Its first line gives the indentation, its last line break would be dropped.
        guard isPlain, let first = lines.first, let last = lines.last, !first.isEmpty, first.first != " ", !last.isEmpty
        else { return nil }
        return lines
    }

    private static func isBare(_ text: String, others: String) -> Bool {
        guard YAMLScalar.kind(ofPlain: text) == .text, let first = text.unicodeScalars.first,
            let last = text.unicodeScalars.last, last != " ", last != ":"
        else { return false }
        let isWord = first.value > 0x7F || first.properties.isAlphabetic || first.properties.numericType != nil
        let isSigned =
            (first == "+" || first == "-") && text.unicodeScalars.dropFirst().first?.properties.numericType != nil
        guard isWord || isSigned, !text.contains(": "), !text.contains(" #") else { return false }
        // 2026-01-01 is a date to some programs; an hour range, a duration and a share are not.
        if CivilDate(text) != nil || text.contains("..") || BusinessCalendar.Block(text) != nil { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            if scalar.value > 0x7F { return isPrintable(scalar) && !scalar.properties.isWhitespace }
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil { return true }
            return " _.-/+%:".unicodeScalars.contains(scalar) || others.unicodeScalars.contains(scalar)
        }
    }

    /// In single quotes where the text can stand as it is, in double ones with escapes where it cannot; in double ones
    /// too where it has single quotes and nothing to escape.
    private static func quoted(_ text: String) -> String {
        if text.unicodeScalars.allSatisfy({ isPrintable($0) && $0 != "\n" && $0 != "\t" }) {
            let needsEscape = text.contains("\"") || text.contains("\\")
            return needsEscape ? "'" + text.replacing("'", with: "''") + "'" : "\"\(text)\""
        }
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case "\r": out += "\\r"
            default:
                if isPrintable(scalar) {
                    out.unicodeScalars.append(scalar)
                } else {
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    out += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
                }
            }
        }
        return out + "\""
    }

    /// What the reader of a plan takes as it is, line breaks aside.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        PlanText.mayStand(scalar) && scalar != "\n"
    }
}
