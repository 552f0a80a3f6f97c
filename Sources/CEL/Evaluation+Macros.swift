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

    mutating func filtered(_ instruction: Instruction) throws(Failure) -> [Value] {
        let range = try range(instruction.first, instruction)
        var kept: [Value] = []
        for place in 0..<range.count {
            try take(range[place], instruction)
            if try condition(instruction.third) { try add(range[place], to: &kept, instruction) }
        }
        return kept
    }

    /// What `map` makes of the elements, or of those for which the condition holds.
    mutating func transformed(
        _ instruction: Instruction, _ rangeNode: Int32, _ conditionNode: Int32?, _ transformNode: Int32
    ) throws(Failure) -> [Value] {
        let range = try range(rangeNode, instruction)
        var made: [Value] = []
        for place in 0..<range.count {
            try take(range[place], instruction)
            if let conditionNode, try !condition(conditionNode) { continue }
            try add(try evaluate(transformNode), to: &made, instruction)
        }
        return made
    }

    private mutating func add(
        _ value: Value, to list: inout [Value], _ instruction: Instruction
    ) throws(Failure) {
        guard list.count < sizeMax else { throw at(instruction, Failure(.sizeLimit, "\(sizeMax) elements")) }
        list.append(value)
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
