/// Macros over the elements of lists and the keys of maps.
extension Evaluation {
    /// `all`, which a false element decides, and `exists`, which a true one does, whatever fails beside it.
    mutating func quantified(_ instruction: Instruction, stopsAt decisive: Bool) throws(Failure) -> Bool {
        let range = try range(instruction.first, instruction)
        var absorbed: (failure: Failure, position: Int)?
        for place in 0..<range.count {
            try take(range[place], instruction)
            do {
                if try condition(instruction.third) == decisive { return decisive }
            } catch {
                if error.code.isLimit { throw error }
                if absorbed == nil { absorbed = (error, position) }
            }
        }
        guard let absorbed else { return !decisive }
        moveBack(to: absorbed.position)
        throw absorbed.failure
    }

    mutating func existsOne(_ instruction: Instruction) throws(Failure) -> Bool {
        let range = try range(instruction.first, instruction)
        var count = 0
        for place in 0..<range.count {
            try take(range[place], instruction)
            if try condition(instruction.third) { count += 1 }
        }
        return count == 1
    }

    /// What `filter` and `map` make.
    mutating func elements(_ instruction: Instruction) throws(Failure) -> [Value] {
        var (rangeNode, conditionNode, transformNode) = (instruction.first, instruction.third, instruction.third)
        if case .transformWhere = instruction.operation {
            let first = Int(instruction.first)
            (rangeNode, conditionNode, transformNode) = (
                code.operands[first], code.operands[first + 1], code.operands[first + 2]
            )
        }
        let range = try range(rangeNode, instruction)
        var made: [Value] = []
        for place in 0..<range.count {
            try take(range[place], instruction)
            switch instruction.operation {
            case .filter: if try condition(conditionNode) { made.append(range[place]) }
            case .transform: made.append(try evaluate(transformNode))
            default: if try condition(conditionNode) { made.append(try evaluate(transformNode)) }
            }
            guard made.count <= sizeMax else { throw at(instruction, Failure(.sizeLimit, "\(sizeMax) elements")) }
        }
        return made
    }

    /// Makes an element the value of the macro's variable.
    private mutating func take(_ element: Value, _ instruction: Instruction) throws(Failure) {
        enter(instruction)
        try meter.charge()
        locals[Int(instruction.second)] = element
    }

    private mutating func range(_ node: Int32, _ instruction: Instruction) throws(Failure) -> [Value] {
        let value = try evaluate(node)
        enter(instruction)
        switch value {
        case .list(let list): return list
        case .map(let map):
            try meter.charge(map.count)
            return map.entries.map(\.key)
        default: throw .noOverload("a macro over", value)
        }
    }
}
