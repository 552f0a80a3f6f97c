import LineProtocol

extension PlanNode {
    /// Compact JSON.
    var json: [UInt8] {
        var out: [UInt8] = []
        appendJSON(to: &out)
        return out
    }

    private func appendJSON(to out: inout [UInt8]) {
        switch value {
        case .scalar(let scalar):
            switch scalar.kind {
            case .text, .ambiguous: Self.append(quoted: scalar.text, to: &out)
            case .integer, .number, .bool, .null: out.append(contentsOf: scalar.text.utf8)
            }
        case .list(let items):
            out.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                item.appendJSON(to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                Self.append(quoted: member.key.text, to: &out)
                out.append(UInt8(ascii: ":"))
                member.value.appendJSON(to: &out)
            }
            out.append(UInt8(ascii: "}"))
        }
    }

    /// A JSON string with the escapes that the line protocol's output has.
    static func append(quoted text: String, to out: inout [UInt8]) {
        var writer = JSONWriter()
        writer.begin()
        writer.field("", text: text)
        // Behind `{"":`.
        out.append(contentsOf: writer.bytes.dropFirst(4))
    }
}

extension RoutingPlan {
    /// The plan as one compact JSON object, everything spelled out, keys in the order of PLAN.md. Reading it gives the
    /// same plan, and that the same bytes.
    package var document: [UInt8] { tree(.full).json }
}
