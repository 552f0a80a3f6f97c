/// Names, alone and with dots.
extension Checker {
    /// Names of types that are values. Source: CEL language definition, "Values", "Types".
    private static let typeNames: [String: Kind] = Dictionary(
        uniqueKeysWithValues: Kind.allCases.map { ($0.name, $0) })

    mutating func identifier(
        _ name: String, _ isRooted: Bool, _ node: SyntaxTree.Index
    ) throws(Fault) -> ValueType {
        if !isRooted, let number = local(name) {
            refer(node, to: .local(number))
            return localType(number)
        }
        if let type = declared(name, node) { return type }
        return try unknown(name, node)
    }

    /// A declared variable or a type of the whole name.
    private mutating func declared(_ name: String, _ node: SyntaxTree.Index) -> ValueType? {
        if let number = declarations.variableNumbers[name] {
            refer(node, to: .variable(number))
            return declarations.variables[number].type
        }
        if let kind = Self.typeNames[name] {
            refer(node, to: .type(kind))
            return .type
        }
        return nil
    }

    private mutating func unknown(_ name: String, _ node: SyntaxTree.Index) throws(Fault) -> ValueType {
        refer(node, to: .unknown(name))
        let fields = declarations.fields(of: name)
        guard fields.isEmpty else {
            return try report(
                "'\(name)' is no value of its own; read one of its fields: \(fields.joined(separator: ", "))", at: node)
        }
        let names = declarations.variables.map { $0.name.prefix { $0 != "." } }
        var known: [Substring] = []
        for name in names where !known.contains(name) { known.append(name) }
        let hint = known.isEmpty ? "" : "; there is \(known.joined(separator: ", "))"
        return try report("'\(name)' is not known here (a text is written \"\(name)\")\(hint)", at: node)
    }

    /// The name with dots that a node may be: `a.b.c`, unless `a` is the variable of a macro.
    private func qualifiedName(_ node: SyntaxTree.Index) -> String? {
        switch tree.nodes[node].form {
        case .identifier(let name, let isRooted): !isRooted && local(name) != nil ? nil : name
        case .select(let operand, let field): qualifiedName(operand).map { "\($0).\(field)" }
        case .literal, .has, .index, .call, .unary, .binary, .logical, .conditional, .list, .map, .comprehension: nil
        }
    }

    mutating func select(
        _ operand: SyntaxTree.Index, _ field: String, _ node: SyntaxTree.Index
    ) throws(Fault) -> ValueType {
        if let name = qualifiedName(node) {
            if let type = declared(name, node) { return type }
            if !declarations.fields(of: name).isEmpty { return try unknown(name, node) }
        }
        return try fieldType(operand, field, node)
    }

    mutating func has(
        _ operand: SyntaxTree.Index, _ field: String, _ node: SyntaxTree.Index
    ) throws(Fault) -> ValueType {
        if let name = qualifiedName(operand), let number = declarations.variableNumbers["\(name).\(field)"] {
            refer(node, to: .variable(number))
        } else {
            _ = try fieldType(operand, field, node)
        }
        return .bool
    }

    /// The type of a field of a value, or of something that is none but has fields.
    private mutating func fieldType(
        _ operand: SyntaxTree.Index, _ field: String, _ node: SyntaxTree.Index
    ) throws(Fault) -> ValueType {
        if let name = qualifiedName(operand), declarations.variableNumbers[name] == nil {
            let fields = declarations.fields(of: name)
            if !fields.isEmpty {
                refer(node, to: .unknown("\(name).\(field)"))
                return try report(
                    "'\(name)' has no field '\(field)'; it has \(fields.joined(separator: ", "))", at: node)
            }
        }
        let type = try type(of: operand)
        switch type {
        case .dyn: return .dyn
        case .map(let key, let value) where key.goesWith(.string): return value
        default: return try report("a value of type \(type) has no fields", at: node)
        }
    }
}
