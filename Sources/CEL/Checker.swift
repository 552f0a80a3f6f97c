/// Finds what the names of an expression stand for, and whether its parts go together.
struct Checker {
    /// What a node's name stands for.
    enum Reference {
        case none
        case variable(Int)
        /// The variable of a macro, by the number of macros around it.
        case local(Int)
        case type(Kind)
        case builtIn(BuiltIn)
        case host(Int)
        /// Found by a check that lets faults pass.
        case unknown(String)
    }

    let tree: SyntaxTree
    let declarations: Declarations
    /// Whether faults are left to the evaluation, which fails where it meets them.
    let isLenient: Bool
    private(set) var references: [Reference]
    private(set) var types: [ValueType]
    private(set) var localCountMax = 0
    /// The variables of the macros around the node that is looked at.
    private var locals: [(name: String, type: ValueType)] = []

    /// - Throws: the first fault.
    static func check(
        _ tree: SyntaxTree, _ declarations: Declarations, isLenient: Bool
    ) throws(Fault) -> Checker {
        var checker = Checker(tree, declarations, isLenient)
        _ = try checker.type(of: tree.root)
        return checker
    }

    private init(_ tree: SyntaxTree, _ declarations: Declarations, _ isLenient: Bool) {
        self.tree = tree
        self.declarations = declarations
        self.isLenient = isLenient
        references = Array(repeating: .none, count: tree.nodes.count)
        types = Array(repeating: .dyn, count: tree.nodes.count)
    }

    /// Checks a node and what is below it.
    mutating func type(of node: SyntaxTree.Index) throws(Fault) -> ValueType {
        let type = try findType(of: node)
        types[node] = type
        return type
    }

    /// The message points at the node; the type stands for what could not be found out.
    func report(_ message: String, at node: SyntaxTree.Index) throws(Fault) -> ValueType {
        if isLenient { return .dyn }
        throw Fault(message, at: tree.nodes[node].offset, in: tree.source)
    }

    mutating func refer(_ node: SyntaxTree.Index, to reference: Reference) { references[node] = reference }

    private mutating func findType(of node: SyntaxTree.Index) throws(Fault) -> ValueType {
        switch tree.nodes[node].form {
        case .literal(let value): return Self.type(of: value)
        case .identifier(let name, let isRooted): return try identifier(name, isRooted, node)
        case .select(let operand, let field): return try select(operand, field, node)
        case .has(let operand, let field): return try has(operand, field, node)
        case .index(let operand, let index): return try self.index(operand, index, node)
        case .call(let name, let receiver, let arguments): return try call(name, receiver, arguments, node)
        case .unary(let unaryOperator, let operand): return try unary(unaryOperator, operand, node)
        case .binary(let binaryOperator, let left, let right): return try binary(binaryOperator, left, right, node)
        case .logical(let isAnd, let parts):
            for part in parts { try condition(part, "'\(isAnd ? "&&" : "||")' joins conditions") }
            return .bool
        case .conditional(let condition, let then, let otherwise):
            return try conditional(condition, then, otherwise, node)
        case .list(let elements): return .list(try joinedType(of: elements))
        case .map(let entries): return try map(entries)
        case .comprehension(let comprehension): return try self.comprehension(comprehension)
        }
    }

    private static func type(of literal: Value) -> ValueType {
        switch literal {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .timestamp: .timestamp
        case .duration: .duration
        case .type: .type
        case .list: .list(.dyn)
        case .map: .map(.dyn, .dyn)
        }
    }

    /// Checks that a part is a condition.
    private mutating func condition(_ node: SyntaxTree.Index, _ why: String) throws(Fault) {
        let type = try type(of: node)
        if !type.goesWith(.bool) { _ = try report("\(why); this is a value of type \(type)", at: node) }
    }

    private mutating func conditional(
        _ condition: SyntaxTree.Index, _ then: SyntaxTree.Index, _ otherwise: SyntaxTree.Index, _ node: SyntaxTree.Index
    ) throws(Fault) -> ValueType {
        try self.condition(condition, "before '?' stands a condition")
        let (left, right) = (try type(of: then), try type(of: otherwise))
        guard left.goesWith(right) else {
            return try report("'?' gives two values of one type, not \(left) or \(right)", at: node)
        }
        return left.joined(with: right)
    }

    private mutating func joinedType(of nodes: [SyntaxTree.Index]) throws(Fault) -> ValueType {
        var joined: ValueType?
        for node in nodes {
            let type = try type(of: node)
            joined = joined?.joined(with: type) ?? type
        }
        return joined ?? .dyn
    }

    private mutating func map(
        _ entries: [(key: SyntaxTree.Index, value: SyntaxTree.Index)]
    ) throws(Fault) -> ValueType {
        for entry in entries {
            let type = try type(of: entry.key)
            if !type.mayBeKey {
                _ = try report("a key of a map is a bool, int, uint or string, not \(type)", at: entry.key)
            }
        }
        return .map(try joinedType(of: entries.map(\.key)), try joinedType(of: entries.map(\.value)))
    }

    private mutating func index(
        _ operand: SyntaxTree.Index, _ index: SyntaxTree.Index, _ node: SyntaxTree.Index
    ) throws(Fault) -> ValueType {
        let (operandType, indexType) = (try type(of: operand), try type(of: index))
        switch operandType {
        case .dyn: return .dyn
        case .list(let element):
            guard indexType.goesWith(.int) else {
                return try report("a list is indexed with an int, not \(indexType)", at: index)
            }
            return element
        case .map(let key, let value):
            guard indexType.goesWith(key) else {
                return try report("the keys of this map are of type \(key), not \(indexType)", at: index)
            }
            return value
        default:
            return try report("only lists and maps have an index; this is a value of type \(operandType)", at: node)
        }
    }

    private mutating func comprehension(_ comprehension: SyntaxTree.Comprehension) throws(Fault) -> ValueType {
        let name = comprehension.macro.rawValue
        let element = try elementType(of: comprehension.range, name)
        locals.append((comprehension.variable, element))
        defer { locals.removeLast() }
        localCountMax = max(localCountMax, locals.count)
        if let condition = comprehension.condition { try self.condition(condition, "\(name)() asks for a condition") }
        let transformed: ValueType =
            if let transform = comprehension.transform { try type(of: transform) } else { .dyn }
        return switch comprehension.macro {
        case .all, .exists, .existsOne: .bool
        case .map: .list(transformed)
        case .filter: .list(element)
        }
    }

    private mutating func elementType(of range: SyntaxTree.Index, _ macro: String) throws(Fault) -> ValueType {
        let type = try type(of: range)
        switch type {
        case .dyn: return .dyn
        case .list(let element): return element
        case .map(let key, _): return key
        default: return try report("\(macro)() walks over a list or the keys of a map, not over \(type)", at: range)
        }
    }

    /// The number of a macro's variable; the innermost of the name.
    func local(_ name: String) -> Int? {
        locals.lastIndex { $0.name == name }
    }

    func localType(_ number: Int) -> ValueType { locals[number].type }
}
