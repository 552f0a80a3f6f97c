import Plan

// A list of objects, or an object of them by id, with the same fields as on the port.

extension AgentFile {
    mutating func readYAML(_ bytes: [UInt8]) {
        let document = DocumentTree(bytes)
        for problem in document.faults { fault(Self.place(problem.position), problem.message) }
        guard let root = document.root, faults.isEmpty else { return }
        switch root.value {
        case .list(let items):
            for item in items {
                guard let members = members(item, "an agent") else { continue }
                guard let member = members.first(where: { $0.key.text == "id" }) else {
                    fault(Self.place(item.position), "an agent needs an id")
                    continue
                }
                guard let id = word(member.value, "an id") else { continue }
                readAgent(id, at: item.position, idAt: member.value.position, members.filter { $0.key.text != "id" })
            }
        case .object(let members):
            for member in members {
                guard let id = word(PlanNode(.scalar(member.key), at: member.keyPosition), "an id") else { continue }
                let fields = member.value.isNull ? [] : self.members(member.value, "an agent") ?? []
                readAgent(id, at: member.keyPosition, idAt: member.keyPosition, fields)
            }
        case .scalar: fault(Self.place(root.position), "agents are a list of objects, or an object of them by id")
        }
    }

    private static func place(_ position: PlanPosition?) -> String {
        position.map { "line \($0.line), column \($0.column)" } ?? ""
    }

    private mutating func members(_ node: PlanNode, _ what: String) -> [PlanNode.Member]? {
        if case .object(let members) = node.value { return members }
        fault(Self.place(node.position), "\(what) is an object such as {id: kim, skills: {billing: 5}}")
        return nil
    }

    /// A text; nil once anything else is a fault.
    private mutating func word(_ node: PlanNode, _ what: String) -> String? {
        if case .scalar(let scalar) = node.value {
            if scalar.kind == .text { return scalar.text }
            if scalar.kind != .null {
                fault(Self.place(node.position), "\(what) is a text; quote it: \"\(scalar.text)\"")
                return nil
            }
        }
        fault(Self.place(node.position), "\(what) is a text")
        return nil
    }

    private mutating func readAgent(
        _ id: String, at position: PlanPosition?, idAt: PlanPosition?, _ members: [PlanNode.Member]
    ) {
        var agent = Agent(
            id: Self.normal(id), fields: [], places: ["": Self.place(position), "id": Self.place(idAt)])
        for member in members {
            let key = member.key.text
            agent.places[key] = Self.place(member.value.position ?? member.keyPosition)
            guard Self.fields.contains(key) else {
                let advice = Nearest.advice(on: key, among: ["id"] + Self.fields, plural: "keys")
                fault(Self.place(member.keyPosition), "unknown key \(key); \(advice)")
                continue
            }
            if member.value.isNull {
                agent.fields.append((key, "null"))
            } else if let json = value(member.value, key) {
                agent.fields.append((key, json))
            }
        }
        agents.append(agent)
    }

    private mutating func value(_ node: PlanNode, _ key: String) -> String? {
        switch key {
        case "skills", "channels": return entries(node, key == "skills" ? "level" : "limit")
        case "capacity":
            if case .scalar(let scalar) = node.value, scalar.kind == .integer, let number = Int32(scalar.text) {
                return "\(number)"
            }
            fault(Self.place(node.position), "capacity is a whole number")
            return nil
        default: return word(node, key).map { JSONOutput.string($0) }
        }
    }

    /// `{billing: 5, korean: null}`, or `[billing:5, korean]`.
    private mutating func entries(_ node: PlanNode, _ what: String) -> String? {
        var entries: [(name: String, number: String?)] = []
        switch node.value {
        case .object(let members):
            for member in members {
                guard let name = word(PlanNode(.scalar(member.key), at: member.keyPosition), "a name") else {
                    return nil
                }
                guard case .scalar(let scalar) = member.value.value, [.integer, .null].contains(scalar.kind) else {
                    fault(Self.place(member.value.position), "the \(what) of \(name) is a whole number")
                    return nil
                }
                entries.append((name, scalar.kind == .null ? nil : scalar.text))
            }
        case .list(let items):
            for item in items {
                guard let text = word(item, "a name") else { return nil }
                entries.append(Self.splitEntry(text))
            }
        case .scalar:
            fault(
                Self.place(node.position), "this is an object such as {billing: 5}, or a list such as [billing, korean]"
            )
            return nil
        }
        if let json = Self.object(entries) { return json }
        fault(Self.place(node.position), "a \(what) is a whole number")
        return nil
    }
}
