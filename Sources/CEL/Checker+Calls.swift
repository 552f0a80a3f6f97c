/// Operators and functions.
extension Checker {
    mutating func unary(
        _ unaryOperator: UnaryOperator, _ operand: SyntaxTree.Index, _ node: SyntaxTree.Index
    ) throws(Fault) -> ValueType {
        let type = try type(of: operand)
        switch (unaryOperator, type) {
        case (.not, .bool), (.not, .dyn): return .bool
        case (.negate, .int), (.negate, .double), (.negate, .dyn): return type
        case (.not, _): return try report("'!' negates a condition, not a value of type \(type)", at: node)
        case (.negate, _): return try report("'-' negates an int or a double, not a value of type \(type)", at: node)
        }
    }

    mutating func binary(
        _ binaryOperator: BinaryOperator, _ left: SyntaxTree.Index, _ right: SyntaxTree.Index, _ node: SyntaxTree.Index
    ) throws(Fault) -> ValueType {
        let (leftType, rightType) = (try type(of: left), try type(of: right))
        switch binaryOperator {
        case .equal, .notEqual:
            if leftType.goesWith(rightType) || Self.mayBeNull(leftType, rightType) { return .bool }
        case .in:
            if Self.isMember(leftType, of: rightType) { return .bool }
        case .add, .subtract, .multiply, .divide, .remainder, .less, .lessOrEqual, .greater, .greaterOrEqual:
            if let type = result(of: binaryOperator, leftType, rightType) { return type }
        }
        _ = try report(
            "'\(binaryOperator.rawValue)' does not go with \(leftType) and \(rightType)"
                + Self.advice(leftType, rightType), at: node)
        return .dyn
    }

    /// Timestamps and durations are messages in CEL, which may be compared with null.
    private static func mayBeNull(_ left: ValueType, _ right: ValueType) -> Bool {
        switch (left, right) {
        case (.null, .timestamp), (.null, .duration), (.timestamp, .null), (.duration, .null): true
        default: false
        }
    }

    private static func isMember(_ element: ValueType, of container: ValueType) -> Bool {
        switch container {
        case .dyn: true
        case .list(let type): element.goesWith(type)
        case .map(let key, _): element.goesWith(key)
        default: false
        }
    }

    private static func advice(_ left: ValueType, _ right: ValueType) -> String {
        let numbers: [ValueType] = [.int, .uint, .double]
        guard numbers.contains(left), numbers.contains(right), left != right else { return "" }
        return "; make one of them the other's type: \(left)(…) or \(right)(…)"
    }

    private func result(of binaryOperator: BinaryOperator, _ left: ValueType, _ right: ValueType) -> ValueType? {
        var results = Overloads.of(binaryOperator).filter { $0.takes([left, right]) }.map(\.result)
        if binaryOperator == .add {
            switch (left, right) {
            case (.list, .list) where left.goesWith(right): results.append(left.joined(with: right))
            case (.list, .dyn), (.dyn, .list): results.append(.list(.dyn))
            case (.dyn, .dyn): results.append(.dyn)
            default: break
            }
        }
        return Self.common(results)
    }

    /// The one type of several meanings, or `dyn` if they differ.
    private static func common(_ results: [ValueType]) -> ValueType? {
        guard let first = results.first else { return nil }
        return results.allSatisfy { $0 == first } ? first : .dyn
    }

    mutating func call(
        _ name: String, _ receiver: SyntaxTree.Index?, _ arguments: [SyntaxTree.Index], _ node: SyntaxTree.Index
    ) throws(Fault) -> ValueType {
        if receiver == nil, let type = try hostCall(name, arguments, node) { return type }
        guard let builtIn = BuiltIn(rawValue: name) else {
            refer(node, to: .unknown(name))
            return try report("there is no function \(name)()", at: node)
        }
        let operands = (receiver.map { [$0] } ?? []) + arguments
        var types: [ValueType] = []
        for operand in operands { types.append(try type(of: operand)) }
        refer(node, to: .builtIn(builtIn))
        let overloads = Overloads.of(builtIn)
        let fitting = overloads.filter { $0.isMethod == (receiver != nil) && $0.takes(types) }
        guard let type = Self.common(fitting.map(\.result)) else {
            refer(node, to: .unknown(name))
            return try report(Self.mismatch(name, overloads, types, isMethod: receiver != nil), at: node)
        }
        try checkLiterals(builtIn, operands)
        return type
    }

    private static func mismatch(
        _ name: String, _ overloads: [Overload], _ types: [ValueType], isMethod: Bool
    ) -> String {
        let forms = overloads.map { form(name, $0.parameters, isMethod: $0.isMethod) }
        return "\(form(name, types, isMethod: isMethod)) does not exist; there is \(forms.joined(separator: ", "))"
    }

    private static func form(_ name: String, _ types: [ValueType], isMethod: Bool) -> String {
        let arguments = types.dropFirst(isMethod ? 1 : 0).map(\.description).joined(separator: ", ")
        return isMethod ? "\(types[0]).\(name)(\(arguments))" : "\(name)(\(arguments))"
    }

    private mutating func hostCall(
        _ name: String, _ arguments: [SyntaxTree.Index], _ node: SyntaxTree.Index
    ) throws(Fault) -> ValueType? {
        guard let number = declarations.functions.firstIndex(where: { $0.name == name }) else { return nil }
        let function = declarations.functions[number]
        var types: [ValueType] = []
        for argument in arguments { types.append(try type(of: argument)) }
        guard Overload(parameters: function.parameters, result: function.result).takes(types) else {
            refer(node, to: .unknown(name))
            let form = Self.form(name, function.parameters, isMethod: false)
            return try report("\(Self.form(name, types, isMethod: false)) does not exist; there is \(form)", at: node)
        }
        refer(node, to: .host(number))
        for argument in arguments {
            guard case .literal(let value) = tree.nodes[argument].form else { continue }
            if let message = function.checkLiteral?(value) { _ = try report(message, at: argument) }
        }
        return function.result
    }

    /// What can be seen to fail whenever it is evaluated is a fault at once.
    private func checkLiterals(_ builtIn: BuiltIn, _ operands: [SyntaxTree.Index]) throws(Fault) {
        guard let last = operands.last, case .literal(.string(let text)) = tree.nodes[last].form else { return }
        switch builtIn {
        case .timestamp:
            if Timestamp(text) == nil {
                _ = try report(#"a timestamp is written "2026-01-31T09:00:00Z" or with "+09:00" for "Z""#, at: last)
            }
        case .duration:
            if DurationText.parse(text) == nil {
                _ = try report(#"a duration is written "1h30m", "90s" or "1.5s""#, at: last)
            }
        case .matches:
            do { _ = try Pattern(text) } catch { _ = try report("the pattern is none: \(error.message)", at: last) }
        case .getFullYear, .getMonth, .getDate, .getDayOfMonth, .getDayOfWeek, .getDayOfYear, .getHours, .getMinutes,
            .getSeconds, .getMilliseconds:
            guard operands.count == 2, let epoch = Timestamp(seconds: 0) else { return }
            if ZoneOffset.seconds(of: text, at: epoch, in: declarations.timeZones) == nil {
                _ = try report("'\(text)' is no time zone; write it as Asia/Seoul, UTC or +09:00", at: last)
            }
        case .size, .startsWith, .endsWith, .contains, .bool, .int, .uint, .double, .string, .bytes, .type, .dyn: return
        }
    }
}
