import Routing

/// Makes a plan of a tree: keys, kinds and spellings. What the values may be and whether they fit together is the
/// checker's (`PlanChecker`), so that a plan that was not read from a text is checked as well.
///
/// Never stops at a fault: what cannot be read keeps its default.
struct PlanReader {
    private(set) var faults: [PlanFault] = []
    private(set) var warnings: [PlanFault] = []
    /// Where each path stands in the text.
    private(set) var positions: [String: PlanPosition] = [:]
    /// The paths below which nothing was read, because neither an object nor a list stood there.
    private(set) var unread: Set<String> = []

    mutating func fault(_ path: String, _ message: String, at position: PlanPosition?) {
        faults.append(PlanFault(path: path, message: message, position: position))
    }

    mutating func warn(_ path: String, _ message: String, at position: PlanPosition?) {
        warnings.append(PlanFault(path: path, message: message, position: position))
    }

    // MARK: Objects and lists

    /// The members of an object whose keys are known words. Unknown keys are faults.
    /// - Parameter elsewhere: Keys that people look for here, and the advice on each.
    mutating func fields(
        _ node: PlanNode, _ path: String, keys: [String], elsewhere: [String: String] = [:]
    ) -> Fields? {
        guard let members = members(node, path) else { return nil }
        var known: [(key: String, node: PlanNode)] = []
        for member in members {
            let key = member.key.text
            let below = PlanPath.key(key, under: path)
            if keys.contains(key) {
                positions[below] = member.value.position
                known.append((key, member.value))
            } else if let advice = elsewhere[key] {
                fault(below, advice, at: member.keyPosition)
            } else {
                let advice = Nearest.advice(on: key, among: keys, plural: "keys")
                fault(below, "unknown key; \(advice)", at: member.keyPosition)
            }
        }
        return Fields(path: path, position: node.position, members: known)
    }

    /// The members of an object whose keys are names that the admin gave. A key that is no text is a fault, and taken
    /// for the text that was meant, so that nothing that refers to it is a fault as well.
    mutating func named(_ node: PlanNode, _ path: String) -> [(name: String, node: PlanNode, path: String)] {
        guard let members = members(node, path) else { return [] }
        var named: [(name: String, node: PlanNode, path: String)] = []
        for member in members {
            let name = normalized(member.key.text)
            let below = PlanPath.key(name, under: path)
            if member.key.kind != .text { fault(below, Self.quoteAdvice(member.key), at: member.keyPosition) }
            positions[below] = member.keyPosition
            named.append((name, member.value, below))
        }
        return named
    }

    private mutating func members(_ node: PlanNode, _ path: String) -> [PlanNode.Member]? {
        guard case .object(let members) = node.value else {
            fault(path, "an object (keys and values) belongs here, not \(node.described)", at: node.position)
            unread.insert(path)
            return nil
        }
        return members
    }

    mutating func list(_ node: PlanNode, _ path: String) -> [(node: PlanNode, path: String)]? {
        guard case .list(let items) = node.value else {
            fault(path, "a list belongs here, not \(node.described)", at: node.position)
            unread.insert(path)
            return nil
        }
        return items.enumerated().map { index, item in
            let below = PlanPath.item(index, of: path)
            positions[below] = item.position
            return (item, below)
        }
    }

    // MARK: Single values

    mutating func bool(_ node: PlanNode, _ path: String) -> Bool? {
        if case .scalar(let scalar) = node.value, scalar.kind == .bool { return scalar.text.lowercased() == "true" }
        fault(path, "true or false, not \(node.described)", at: node.position)
        return nil
    }

    /// A whole number. What no Int32 holds is out of every range that a plan has.
    mutating func integer(_ node: PlanNode, _ path: String, in range: ClosedRange<Int32>) -> Int32? {
        if case .scalar(let scalar) = node.value, scalar.kind == .integer, let value = Int32(scalar.text) {
            return value
        }
        fault(
            path, "a whole number from \(range.lowerBound) to \(range.upperBound), not \(node.described)",
            at: node.position)
        return nil
    }

    mutating func duration(_ node: PlanNode, _ path: String) -> TimeSpan? {
        guard case .scalar(let scalar) = node.value, scalar.kind == .text, let span = TimeSpan(text: scalar.text) else {
            fault(path, "a duration such as 500ms, 20s, 5m, 1h30m or 14d, not \(node.described)", at: node.position)
            return nil
        }
        return span
    }

    /// A text; a number or a truth value has to be quoted.
    mutating func text(_ node: PlanNode, _ path: String) -> String? {
        guard case .scalar(let scalar) = node.value else {
            fault(path, "a text belongs here, not \(node.described)", at: node.position)
            return nil
        }
        switch scalar.kind {
        case .text: return scalar.text
        case .null:
            fault(path, "nothing stands here; give it a value or leave the key out", at: node.position)
            return nil
        case .integer, .number, .bool, .ambiguous:
            fault(path, Self.quoteAdvice(scalar), at: node.position)
            return scalar.text
        }
    }

    /// A name in NFC.
    mutating func name(_ node: PlanNode, _ path: String) -> String? {
        text(node, path).map(normalized)
    }

    mutating func names(_ node: PlanNode, _ path: String) -> [String]? {
        guard let items = list(node, path) else { return nil }
        // One that cannot be read stays, so that those behind it keep their numbers.
        return items.map { name($0.node, $0.path) ?? "" }
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: PlanNode, _ path: String, as: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        let known = Choice.allCases.map(\.rawValue)
        guard case .scalar(let scalar) = node.value, scalar.kind != .null else {
            fault(path, "one of \(known.joined(separator: ", ")), not \(node.described)", at: node.position)
            return nil
        }
        if let choice = Choice(rawValue: scalar.text) { return choice }
        let near = Nearest.word(to: scalar.text, among: known).map { "; did you mean \($0)?" } ?? ""
        fault(path, "one of \(known.joined(separator: ", ")), not \(node.described)\(near)", at: node.position)
        return nil
    }

    mutating func choices<Choice: RawRepresentable & CaseIterable>(
        _ node: PlanNode, _ path: String, as: Choice.Type
    ) -> [Choice]? where Choice.RawValue == String {
        guard let items = list(node, path) else { return nil }
        var choices: [Choice] = []
        for (node, path) in items {
            guard let choice = choice(node, path, as: Choice.self) else { continue }
            if choices.contains(where: { $0.rawValue == choice.rawValue }) {
                fault(path, "\(choice.rawValue) stands there twice", at: node.position)
            } else {
                choices.append(choice)
            }
        }
        return choices
    }

    /// Skills and levels: `{billing: 3}`.
    mutating func levels(_ node: PlanNode, _ path: String) -> [RoutingPlan.SkillLevel]? {
        guard case .object = node.value else {
            fault(path, "skills and their levels, such as {billing: 3}, not \(node.described)", at: node.position)
            return nil
        }
        var levels: [RoutingPlan.SkillLevel] = []
        for (name, node, path) in named(node, path) {
            if let level = integer(node, path, in: PlanLimits.level) {
                positions[path] = node.position
                levels.append(RoutingPlan.SkillLevel(name, level))
            }
        }
        return levels
    }

    static func quoteAdvice(_ scalar: PlanNode.Scalar) -> String {
        scalar.kind == .null
            ? "a name belongs here, not nothing"
            : "\(scalar.text) without quotes is a \(scalar.kindName); quote it: \"\(scalar.text)\""
    }
}

extension PlanNode.Scalar {
    fileprivate var kindName: String {
        switch kind {
        case .bool: "truth value"
        case .ambiguous where text.first?.isLetter == true: "truth value to some programs"
        case .ambiguous: "number to some programs"
        case .integer, .number, .null, .text: "number"
        }
    }
}

/// The members of an object that have known keys, and where it stands.
struct Fields {
    let path: String
    let position: PlanPosition?
    let members: [(key: String, node: PlanNode)]

    func path(of key: String) -> String { PlanPath.key(key, under: path) }

    func has(_ key: String) -> Bool { members.contains { $0.key == key } }

    /// What `read` makes of a member; nil where there is none, or it has a fault.
    func read<Value>(
        _ key: String, _ reader: inout PlanReader, _ read: (inout PlanReader, PlanNode, String) -> Value?
    ) -> Value? {
        guard let member = members.first(where: { $0.key == key }) else { return nil }
        return read(&reader, member.node, path(of: key))
    }

    /// Sets what is there and has no fault.
    func set<Value>(
        _ key: String, _ target: inout Value, _ reader: inout PlanReader,
        _ read: (inout PlanReader, PlanNode, String) -> Value?
    ) {
        if let value = self.read(key, &reader, read) { target = value }
    }

    func set<Value>(
        _ key: String, _ target: inout Value?, _ reader: inout PlanReader,
        _ read: (inout PlanReader, PlanNode, String) -> Value?
    ) {
        if let value = self.read(key, &reader, read) { target = value }
    }
}
