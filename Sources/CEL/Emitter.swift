/// Makes code of a checked tree.
struct Emitter {
    let checked: Checker
    private(set) var instructions: ContiguousArray<Instruction> = []
    private(set) var operands: ContiguousArray<Int32> = []
    private(set) var constants: ContiguousArray<Value> = []
    private(set) var names: ContiguousArray<String> = []
    /// Looked up only.
    private var nameIndices: [MapKey: Int32] = [:]
    private(set) var sets: ContiguousArray<ConstantSet> = []
    private(set) var patterns: ContiguousArray<Pattern> = []
    private(set) var builtIns: ContiguousArray<BuiltIn> = []
    /// The macros around the node that is emitted.
    private var localCount: Int32 = 0

    private typealias Node = SyntaxTree.Index

    static func emit(_ checked: Checker) -> Code {
        var emitter = Emitter(checked: checked)
        let root = emitter.emit(checked.tree.root)
        return Code(emitter, root: root)
    }

    private init(checked: Checker) { self.checked = checked }

    // MARK: tables

    private mutating func add(
        _ operation: Operation, _ node: Node, _ first: Int32 = 0, _ second: Int32 = 0, _ third: Int32 = 0
    ) -> Int32 {
        let offset = Int32(checked.tree.nodes[node].offset)
        instructions.append(
            Instruction(operation: operation, first: first, second: second, third: third, offset: offset))
        return Int32(instructions.count - 1)
    }

    private mutating func constant(_ value: Value) -> Int32 {
        constants.append(value)
        return Int32(constants.count - 1)
    }

    private mutating func name(_ name: String) -> Int32 {
        if let index = nameIndices[.string(name)] { return index }
        let index = Int32(names.count)
        names.append(name)
        nameIndices[.string(name)] = index
        return index
    }

    /// Emits parts and then lists them.
    private mutating func list(_ nodes: [Node]) -> (start: Int32, count: Int32) {
        let parts = nodes.map { emit($0) }
        operands.append(contentsOf: parts)
        return (Int32(operands.count - parts.count), Int32(parts.count))
    }

    // MARK: nodes

    private mutating func emit(_ node: Node) -> Int32 {
        if let value = constantValue(node) { return add(.constant, node, constant(value)) }
        switch checked.references[node] {
        case .variable(let number):
            if case .has = checked.tree.nodes[node].form { return add(.hasVariable, node, Int32(number)) }
            return add(.variable, node, Int32(number))
        case .local(let number): return add(.local, node, Int32(number))
        case .unknown(let unknown): return add(.unknown, node, name(unknown))
        case .none, .type, .builtIn, .host: return emitForm(node)
        }
    }

    private mutating func emitForm(_ node: Node) -> Int32 {
        switch checked.tree.nodes[node].form {
        case .literal, .identifier: preconditionFailure("literals are constants; names have references")
        case .select(let operand, let field): return select(operand, field, node, .entry, .select)
        case .has(let operand, let field): return select(operand, field, node, .hasEntry, .has)
        case .index(let operand, let index): return self.index(operand, index, node)
        case .call(_, let receiver, let arguments): return call((receiver.map { [$0] } ?? []) + arguments, node)
        case .unary(let unaryOperator, let operand):
            return add(unaryOperator == .not ? .not : .negate, node, emit(operand))
        case .binary(let binaryOperator, let left, let right): return binary(binaryOperator, left, right, node)
        case .logical(let isAnd, let parts):
            let (start, count) = list(parts)
            return add(isAnd ? .and : .or, node, start, count)
        case .conditional(let condition, let then, let otherwise):
            return add(.conditional, node, emit(condition), emit(then), emit(otherwise))
        case .list(let elements):
            let (start, count) = list(elements)
            return add(.list, node, start, count)
        case .map(let entries):
            let (start, count) = list(entries.flatMap { [$0.key, $0.value] })
            return add(.map, node, start, count)
        case .comprehension(let comprehension): return self.comprehension(comprehension, node)
        }
    }

    /// The variable that a node is, if it is a map with string keys: its entries can be asked for one by one.
    private func mapVariable(_ node: Node) -> Int32? {
        guard case .variable(let number) = checked.references[node],
            case .map(.string, _) = checked.declarations.variables[number].type
        else { return nil }
        if case .has = checked.tree.nodes[node].form { return nil }
        return Int32(number)
    }

    private mutating func select(
        _ operand: Node, _ field: String, _ node: Node, _ ofVariable: Operation, _ ofValue: Operation
    ) -> Int32 {
        let field = name(field)
        if let variable = mapVariable(operand) { return add(ofVariable, node, variable, field) }
        return add(ofValue, node, emit(operand), field)
    }

    private mutating func index(_ operand: Node, _ index: Node, _ node: Node) -> Int32 {
        guard let variable = mapVariable(operand) else { return add(.index, node, emit(operand), emit(index)) }
        if case .literal(.string(let key)) = checked.tree.nodes[index].form {
            return add(.entry, node, variable, name(key))
        }
        return add(.entryAt, node, variable, emit(index))
    }

    private mutating func binary(
        _ binaryOperator: BinaryOperator, _ left: Node, _ right: Node, _ node: Node
    ) -> Int32 {
        switch binaryOperator {
        case .equal: return equality(.equal, .equalConstant, left, right, node)
        case .notEqual: return equality(.notEqual, .notEqualConstant, left, right, node)
        case .in: return membership(left, right, node)
        case .less: return add(.less, node, emit(left), emit(right))
        case .lessOrEqual: return add(.lessOrEqual, node, emit(left), emit(right))
        case .greater: return add(.greater, node, emit(left), emit(right))
        case .greaterOrEqual: return add(.greaterOrEqual, node, emit(left), emit(right))
        case .add: return add(.add, node, emit(left), emit(right))
        case .subtract: return add(.subtract, node, emit(left), emit(right))
        case .multiply: return add(.multiply, node, emit(left), emit(right))
        case .divide: return add(.divide, node, emit(left), emit(right))
        case .remainder: return add(.remainder, node, emit(left), emit(right))
        }
    }

    private mutating func equality(
        _ operation: Operation, _ withConstant: Operation, _ left: Node, _ right: Node, _ node: Node
    ) -> Int32 {
        if let value = constantValue(right) { return add(withConstant, node, emit(left), constant(value)) }
        if let value = constantValue(left) { return add(withConstant, node, emit(right), constant(value)) }
        return add(operation, node, emit(left), emit(right))
    }

    private mutating func membership(_ left: Node, _ right: Node, _ node: Node) -> Int32 {
        if case .list(let elements)? = constantValue(right), let set = ConstantSet(elements) {
            sets.append(set)
            let index = Int32(sets.count - 1)
            return add(.isInSet, node, emit(left), index)
        }
        if let variable = mapVariable(right) { return add(.isKey, node, emit(left), variable) }
        return add(.isElement, node, emit(left), emit(right))
    }

    private mutating func call(_ parts: [Node], _ node: Node) -> Int32 {
        switch checked.references[node] {
        case .host(let number):
            let (start, count) = list(parts)
            return add(.hostCall, node, start, count, Int32(number))
        case .builtIn(.matches) where pattern(parts[1]) != nil:
            if let pattern = pattern(parts[1]) { patterns.append(pattern) }
            let index = Int32(patterns.count - 1)
            return add(.matches, node, emit(parts[0]), index)
        case .builtIn(let builtIn):
            let (start, count) = list(parts)
            builtIns.append(builtIn)
            return add(.call, node, start, count, Int32(builtIns.count - 1))
        case .none, .variable, .local, .type, .unknown: preconditionFailure("a call refers to a function")
        }
    }

    private func pattern(_ node: Node) -> Pattern? {
        guard case .literal(.string(let text)) = checked.tree.nodes[node].form else { return nil }
        return try? Pattern(text)
    }

    private mutating func comprehension(_ comprehension: SyntaxTree.Comprehension, _ node: Node) -> Int32 {
        let range = emit(comprehension.range)
        let local = localCount
        localCount += 1
        defer { localCount -= 1 }
        let condition = comprehension.condition.map { emit($0) }
        let transform = comprehension.transform.map { emit($0) }
        switch comprehension.macro {
        case .all: return add(.all, node, range, local, condition ?? 0)
        case .exists: return add(.exists, node, range, local, condition ?? 0)
        case .existsOne: return add(.existsOne, node, range, local, condition ?? 0)
        case .filter: return add(.filter, node, range, local, condition ?? 0)
        case .map:
            guard let condition else { return add(.transform, node, range, local, transform ?? 0) }
            operands.append(contentsOf: [range, condition, transform ?? 0])
            return add(.transformWhere, node, Int32(operands.count - 3), local)
        }
    }

    // MARK: constants

    /// The value of what does not depend on the surroundings: literals, lists and maps of them, names of types, and
    /// timestamps and durations that are written out. Nil for everything else and for what fails.
    private func constantValue(_ node: Node) -> Value? {
        if case .type(let kind) = checked.references[node] { return .type(kind) }
        switch checked.tree.nodes[node].form {
        case .literal(let value): return value
        case .list(let elements):
            var values: [Value] = []
            for element in elements {
                guard let value = constantValue(element) else { return nil }
                values.append(value)
            }
            return .list(values)
        case .map(let entries):
            var map = MapValue()
            for entry in entries {
                guard let key = constantValue(entry.key), let value = constantValue(entry.value),
                    case .done = map.insert(key, value)
                else { return nil }
            }
            return .map(map)
        case .call(_, _, let arguments):
            guard arguments.count == 1, case .literal(.string(let text)) = checked.tree.nodes[arguments[0]].form else {
                return nil
            }
            if case .builtIn(.timestamp) = checked.references[node] { return Timestamp(text).map(Value.timestamp) }
            if case .builtIn(.duration) = checked.references[node] {
                return DurationText.parse(text).map(Value.duration)
            }
            return nil
        case .identifier, .select, .has, .index, .unary, .binary, .logical, .conditional, .comprehension: return nil
        }
    }
}
