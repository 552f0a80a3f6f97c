/// One evaluation of a program.
///
/// Recursion is as deep as the expression, which `ExpressionLimits.depthMax` bounds; everything else the meter bounds.
struct Evaluation {
    let code: Code
    let bindings: any Bindings
    let sizeMax: Int
    var meter: Meter
    /// Where the last failure came about, in bytes from the beginning of the source.
    private(set) var position = 0
    /// The values of the macros' variables.
    var locals: [Value]

    init(_ code: Code, _ bindings: any Bindings, _ limits: EvaluationLimits) {
        self.code = code
        self.bindings = bindings
        sizeMax = limits.size
        meter = Meter(limit: limits.cost)
        locals = code.localCount == 0 ? [] : Array(repeating: .null, count: code.localCount)
    }

    mutating func evaluate(_ node: Int32) throws(Failure) -> Value {
        let instruction = code.instructions[Int(node)]
        try meter.charge()
        switch instruction.operation {
        case .constant: return code.constants[Int(instruction.first)]
        case .variable: return try variable(instruction)
        case .local: return locals[Int(instruction.first)]
        case .entry: return try entry(instruction)
        case .entryAt: return try entryAt(instruction)
        case .select: return try field(instruction)
        case .index: return try element(instruction)
        case .conditional:
            return try evaluate(try condition(instruction.first) ? instruction.second : instruction.third)
        case .negate: return try negation(instruction)
        case .add: return try sum(instruction)
        case .subtract: return try arithmetic(instruction, Arithmetic.subtract)
        case .multiply: return try arithmetic(instruction, Arithmetic.multiply)
        case .divide: return try arithmetic(instruction, Arithmetic.divide)
        case .remainder: return try arithmetic(instruction, Arithmetic.remainder)
        case .list: return .list(try arguments(instruction))
        case .map: return try map(instruction)
        case .call: return try builtInCall(instruction)
        case .hostCall: return try hostCall(instruction)
        case .filter: return .list(try filtered(instruction))
        case .transform: return .list(try transformed(instruction, instruction.first, nil, instruction.third))
        case .transformWhere:
            let parts = Int(instruction.first)
            return .list(
                try transformed(
                    instruction, code.operands[parts], code.operands[parts + 1], code.operands[parts + 2]))
        case .unknown: throw at(instruction, Failure(.unknownName, code.names[Int(instruction.first)]))
        case .hasVariable, .hasEntry, .isKey, .has, .and, .or, .not, .equal, .notEqual, .equalConstant,
            .notEqualConstant, .less, .lessOrEqual, .greater, .greaterOrEqual, .isElement, .isInSet, .matches, .all,
            .exists, .existsOne:
            return .bool(try truth(instruction))
        }
    }

    /// Evaluates what must be a bool.
    mutating func condition(_ node: Int32) throws(Failure) -> Bool {
        let instruction = code.instructions[Int(node)]
        switch instruction.operation {
        case .hasVariable, .hasEntry, .isKey, .has, .and, .or, .not, .equal, .notEqual, .equalConstant,
            .notEqualConstant, .less, .lessOrEqual, .greater, .greaterOrEqual, .isElement, .isInSet, .matches, .all,
            .exists, .existsOne:
            try meter.charge()
            return try truth(instruction)
        case .constant, .variable, .local, .entry, .entryAt, .select, .index, .conditional, .negate, .add, .subtract,
            .multiply, .divide, .remainder, .list, .map, .call, .hostCall, .filter, .transform, .transformWhere,
            .unknown:
            let value = try evaluate(node)
            guard case .bool(let bool) = value else { throw at(instruction, .noOverload("a condition", value)) }
            return bool
        }
    }

    /// Notes where a failure comes about.
    mutating func at(_ instruction: Instruction, _ failure: Failure) -> Failure {
        position = Int(instruction.offset)
        return failure
    }

    /// Notes where the failures of what follows come about.
    mutating func enter(_ instruction: Instruction) { position = Int(instruction.offset) }

    mutating func moveBack(to position: Int) { self.position = position }

    // MARK: what yields a bool

    private mutating func truth(_ instruction: Instruction) throws(Failure) -> Bool {
        let (first, second) = (instruction.first, instruction.second)
        switch instruction.operation {
        case .and: return try logical(instruction, isAnd: true)
        case .or: return try logical(instruction, isAnd: false)
        case .not: return try !condition(first)
        case .equalConstant: return try isEqualToConstant(instruction)
        case .notEqualConstant: return try !isEqualToConstant(instruction)
        case .equal: return try areEqual(instruction)
        case .notEqual: return try !areEqual(instruction)
        case .less: return try order(instruction) == .less
        case .lessOrEqual: return try order(instruction).isLessOrEqual
        case .greater: return try order(instruction) == .greater
        case .greaterOrEqual: return try order(instruction).isGreaterOrEqual
        case .isInSet: return try isInSet(instruction)
        case .isElement: return try isElement(instruction)
        case .isKey:
            guard case .string(let key) = try evaluate(first) else { return false }
            return bindings.entry(of: Int(second), key: key) != nil
        case .hasVariable: return bindings.value(of: Int(first)) != nil
        case .hasEntry: return bindings.entry(of: Int(first), key: code.names[Int(second)]) != nil
        case .has: return try hasField(instruction)
        case .matches: return try matches(instruction)
        case .all: return try quantified(instruction, stopsAt: false)
        case .exists: return try quantified(instruction, stopsAt: true)
        case .existsOne: return try existsOne(instruction)
        case .constant, .variable, .local, .entry, .entryAt, .select, .index, .conditional, .negate, .add, .subtract,
            .multiply, .divide, .remainder, .list, .map, .call, .hostCall, .filter, .transform, .transformWhere,
            .unknown:
            preconditionFailure("the operation yields a bool")
        }
    }

    /// A part that decides it makes up for others that fail, wherever it stands.
    private mutating func logical(_ instruction: Instruction, isAnd: Bool) throws(Failure) -> Bool {
        var absorbed: (failure: Failure, position: Int)?
        for place in Int(instruction.first)..<Int(instruction.first + instruction.second) {
            do {
                if try condition(code.operands[place]) != isAnd { return !isAnd }
            } catch {
                if error.code.isLimit { throw error }
                if absorbed == nil { absorbed = (error, position) }
            }
        }
        guard let absorbed else { return isAnd }
        position = absorbed.position
        throw absorbed.failure
    }

    private mutating func isEqualToConstant(_ instruction: Instruction) throws(Failure) -> Bool {
        let value = try evaluate(instruction.first)
        enter(instruction)
        return try Equality.areEqual(value, code.constants[Int(instruction.second)], &meter)
    }

    private mutating func areEqual(_ instruction: Instruction) throws(Failure) -> Bool {
        let left = try evaluate(instruction.first)
        let right = try evaluate(instruction.second)
        enter(instruction)
        return try Equality.areEqual(left, right, &meter)
    }

    private mutating func order(_ instruction: Instruction) throws(Failure) -> Equality.Order {
        let left = try evaluate(instruction.first)
        let right = try evaluate(instruction.second)
        enter(instruction)
        guard let order = try Equality.order(left, right, &meter) else { throw .noOverload("comparing", left, right) }
        return order
    }

    private mutating func isInSet(_ instruction: Instruction) throws(Failure) -> Bool {
        let value = try evaluate(instruction.first)
        enter(instruction)
        try meter.charge(key: value)
        return code.sets[Int(instruction.second)].contains(value)
    }

    private mutating func isElement(_ instruction: Instruction) throws(Failure) -> Bool {
        let element = try evaluate(instruction.first)
        let container = try evaluate(instruction.second)
        enter(instruction)
        switch container {
        case .list(let list):
            for other in list {
                try meter.charge()
                if try Equality.areEqual(element, other, &meter) { return true }
            }
            return false
        case .map(let map):
            try meter.charge(key: element)
            return map.value(of: element) != nil
        default: throw .noOverload("in", element, container)
        }
    }

    private mutating func hasField(_ instruction: Instruction) throws(Failure) -> Bool {
        let value = try evaluate(instruction.first)
        guard case .map(let map) = value else { throw at(instruction, .noOverload("has", value)) }
        return map.value(of: code.names[Int(instruction.second)]) != nil
    }

    private mutating func matches(_ instruction: Instruction) throws(Failure) -> Bool {
        let value = try evaluate(instruction.first)
        enter(instruction)
        guard case .string(let text) = value else { throw .noOverload("matches", value) }
        return try code.patterns[Int(instruction.second)].matches(text, &meter)
    }
}
