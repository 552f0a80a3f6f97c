/// A function of the language.
enum BuiltIn: String {
    case size
    case startsWith, endsWith, contains, matches
    case bool, int, uint, double, string, bytes, timestamp, duration, type, dyn
    case getFullYear, getMonth, getDate, getDayOfMonth, getDayOfWeek, getDayOfYear
    case getHours, getMinutes, getSeconds, getMilliseconds
}

/// One meaning of a function or operator: what it takes and what it gives.
struct Overload {
    /// Of a method, the receiver comes first.
    let parameters: [ValueType]
    let result: ValueType
    var isMethod = false

    func takes(_ arguments: [ValueType]) -> Bool {
        parameters.count == arguments.count && zip(parameters, arguments).allSatisfy { $0.goesWith($1) }
    }
}

/// Source: CEL language definition, "List of Standard Definitions".
enum Overloads {
    /// What a function of the language takes.
    static func of(_ function: BuiltIn) -> [Overload] {
        switch function {
        case .size: sizes.flatMap { [Overload(parameters: [$0], result: .int), method([$0], .int)] }
        case .startsWith, .endsWith, .contains: [method([.string, .string], .bool)]
        case .matches: [method([.string, .string], .bool), Overload(parameters: [.string, .string], result: .bool)]
        case .bool: conversions(to: .bool, from: [.bool, .string])
        case .int: conversions(to: .int, from: [.int, .uint, .double, .string, .timestamp])
        case .uint: conversions(to: .uint, from: [.uint, .int, .double, .string])
        case .double: conversions(to: .double, from: [.double, .int, .uint, .string])
        case .string:
            conversions(
                to: .string, from: [.string, .bool, .int, .uint, .double, .bytes, .timestamp, .duration])
        case .bytes: conversions(to: .bytes, from: [.bytes, .string])
        case .timestamp: conversions(to: .timestamp, from: [.timestamp, .string, .int])
        case .duration: conversions(to: .duration, from: [.duration, .string])
        case .type: conversions(to: .type, from: [.dyn])
        case .dyn: conversions(to: .dyn, from: [.dyn])
        case .getFullYear, .getMonth, .getDate, .getDayOfMonth, .getDayOfWeek, .getDayOfYear: accessors
        case .getHours, .getMinutes, .getSeconds, .getMilliseconds: accessors + [method([.duration], .int)]
        }
    }

    private static let sizes: [ValueType] = [.string, .bytes, .list(.dyn), .map(.dyn, .dyn)]
    /// With a time zone or in UTC.
    private static let accessors = [method([.timestamp], .int), method([.timestamp, .string], .int)]

    private static func method(_ parameters: [ValueType], _ result: ValueType) -> Overload {
        Overload(parameters: parameters, result: result, isMethod: true)
    }

    private static func conversions(to result: ValueType, from types: [ValueType]) -> [Overload] {
        types.map { Overload(parameters: [$0], result: result) }
    }

    /// What an arithmetic operator takes; lists, whose sum depends on them, apart.
    static func of(_ binaryOperator: BinaryOperator) -> [Overload] {
        let numbers = [ValueType.int, .uint, .double].map { Overload(parameters: [$0, $0], result: $0) }
        switch binaryOperator {
        case .add:
            return numbers + [ValueType.string, .bytes, .duration].map { Overload(parameters: [$0, $0], result: $0) }
                + [
                    Overload(parameters: [.timestamp, .duration], result: .timestamp),
                    Overload(parameters: [.duration, .timestamp], result: .timestamp),
                ]
        case .subtract:
            return numbers + [
                Overload(parameters: [.duration, .duration], result: .duration),
                Overload(parameters: [.timestamp, .duration], result: .timestamp),
                Overload(parameters: [.timestamp, .timestamp], result: .duration),
            ]
        case .multiply, .divide: return numbers
        case .remainder: return Array(numbers.prefix(2))
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            let ordered: [ValueType] = [.bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration]
            return ordered.map { Overload(parameters: [$0, $0], result: .bool) }
        case .equal, .notEqual, .in: return []
        }
    }
}
