/// Variables, parts of values, arithmetic, lists, maps and calls.
extension Evaluation {
    mutating func variable(_ instruction: Instruction) throws(Failure) -> Value {
        if let value = bindings.value(of: Int(instruction.first)) { return value }
        throw at(instruction, Failure(.missing, code.variables[Int(instruction.first)].name))
    }

    mutating func entry(_ instruction: Instruction) throws(Failure) -> Value {
        let key = code.names[Int(instruction.second)]
        if let value = bindings.entry(of: Int(instruction.first), key: key) { return value }
        throw at(instruction, Failure(.missing, key))
    }

    mutating func entryAt(_ instruction: Instruction) throws(Failure) -> Value {
        let key = try evaluate(instruction.second)
        enter(instruction)
        guard case .string(let name) = key, let value = bindings.entry(of: Int(instruction.first), key: name) else {
            throw .missing(key)
        }
        return value
    }

    mutating func field(_ instruction: Instruction) throws(Failure) -> Value {
        let value = try evaluate(instruction.first)
        let name = code.names[Int(instruction.second)]
        enter(instruction)
        guard case .map(let map) = value else { throw .noOverload(".\(name) of", value) }
        guard let part = map.value(of: name) else { throw Failure(.missing, name) }
        return part
    }

    mutating func element(_ instruction: Instruction) throws(Failure) -> Value {
        let value = try evaluate(instruction.first)
        let index = try evaluate(instruction.second)
        enter(instruction)
        try meter.charge(key: index)
        return try Self.element(of: value, at: index)
    }

    private static func element(of value: Value, at index: Value) throws(Failure) -> Value {
        switch value {
        case .map(let map):
            guard let element = map.value(of: index) else { throw .missing(index) }
            return element
        case .list(let list):
            let place: Int? =
                switch index {
                case .int(let int): Int(exactly: int)
                case .uint(let uint): Int(exactly: uint)
                case .double(let double): Int(exactly: double)
                default: throw .noOverload("index of", value, index)
                }
            guard let place, list.indices.contains(place) else {
                throw Failure(.index, "no such index in a list of \(list.count)")
            }
            return list[place]
        default: throw .noOverload("index of", value, index)
        }
    }

    mutating func negation(_ instruction: Instruction) throws(Failure) -> Value {
        let value = try evaluate(instruction.first)
        enter(instruction)
        return try Arithmetic.negate(value)
    }

    mutating func sum(_ instruction: Instruction) throws(Failure) -> Value {
        let left = try evaluate(instruction.first)
        let right = try evaluate(instruction.second)
        enter(instruction)
        return try Arithmetic.add(left, right, sizeMax: sizeMax, &meter)
    }

    mutating func arithmetic(
        _ instruction: Instruction, _ operation: (Value, Value) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let left = try evaluate(instruction.first)
        let right = try evaluate(instruction.second)
        enter(instruction)
        return try operation(left, right)
    }

    mutating func map(_ instruction: Instruction) throws(Failure) -> Value {
        let values = try arguments(instruction)
        enter(instruction)
        var map = MapValue()
        for place in stride(from: 0, to: values.count, by: 2) {
            try meter.charge(key: values[place])
            switch map.insert(values[place], values[place + 1]) {
            case .done: continue
            case .repeated: throw Failure(.key, "a key stands twice in the map")
            case .notAKey: throw Failure(.key, "a value of type \(values[place].kind.name) is no key")
            }
        }
        return .map(map)
    }

    mutating func arguments(_ instruction: Instruction) throws(Failure) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(Int(instruction.second))
        for place in Int(instruction.first)..<Int(instruction.first + instruction.second) {
            values.append(try evaluate(code.operands[place]))
        }
        return values
    }

    mutating func hostCall(_ instruction: Instruction) throws(Failure) -> Value {
        let values = try arguments(instruction)
        enter(instruction)
        let function = code.hostFunctions[Int(instruction.third)]
        for (value, parameter) in zip(values, function.parameters) where !parameter.admits(value.kind) {
            throw .noOverload(function.name, value)
        }
        guard let result = bindings.call(Int(instruction.third), values) else {
            throw Failure(.host, "\(function.name)() has no result")
        }
        return result
    }

    mutating func builtInCall(_ instruction: Instruction) throws(Failure) -> Value {
        let function = code.builtIns[Int(instruction.third)]
        let first = try evaluate(code.operands[Int(instruction.first)])
        let second = instruction.second > 1 ? try evaluate(code.operands[Int(instruction.first) + 1]) : nil
        enter(instruction)
        switch function {
        case .size: return .int(Int64(try Functions.size(of: first, &meter)))
        case .startsWith, .endsWith, .contains, .matches:
            return .bool(try Functions.test(function, first, second ?? .null, &meter))
        case .getFullYear, .getMonth, .getDate, .getDayOfMonth, .getDayOfWeek, .getDayOfYear, .getHours, .getMinutes,
            .getSeconds, .getMilliseconds:
            if second != nil { try meter.charge(EvaluationLimits.zoneCost) }
            return .int(try Functions.read(function, of: first, zone: second, code.timeZones))
        case .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration, .type, .dyn:
            return try Conversion.convert(first, with: function, &meter)
        }
    }
}

extension ValueType {
    /// Whether a value of the kind can be of the type; elements are not looked at.
    fileprivate func admits(_ kind: Kind) -> Bool {
        switch self {
        case .dyn: true
        case .null: kind == .null
        case .bool: kind == .bool
        case .int: kind == .int
        case .uint: kind == .uint
        case .double: kind == .double
        case .string: kind == .string
        case .bytes: kind == .bytes
        case .timestamp: kind == .timestamp
        case .duration: kind == .duration
        case .type: kind == .type
        case .list: kind == .list
        case .map: kind == .map
        }
    }
}
