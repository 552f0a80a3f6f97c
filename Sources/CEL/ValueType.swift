/// The type of an expression, as far as it is known before the expression is evaluated.
package indirect enum ValueType: Hashable, Sendable, CustomStringConvertible {
    /// Known only when it is evaluated. Goes with everything.
    case dyn
    case null
    case bool
    case int
    case uint
    case double
    case string
    case bytes
    case timestamp
    case duration
    /// The type of a type, as `type(1)` has it.
    case type
    case list(ValueType)
    case map(ValueType, ValueType)

    package var description: String {
        switch self {
        case .dyn: "dyn"
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .type: "type"
        case .list(.dyn): "list"
        case .map(.dyn, .dyn): "map"
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        }
    }

    /// Whether one value could be of both types. O(the smaller type's depth).
    func goesWith(_ other: ValueType) -> Bool {
        switch (self, other) {
        case (.dyn, _), (_, .dyn): true
        case (.list(let left), .list(let right)): left.goesWith(right)
        case (.map(let leftKey, let leftValue), .map(let rightKey, let rightValue)):
            leftKey.goesWith(rightKey) && leftValue.goesWith(rightValue)
        default: self == other
        }
    }

    /// The type of what is the one or the other; where they do not agree, nothing is known.
    func joined(with other: ValueType) -> ValueType {
        switch (self, other) {
        case (.list(let left), .list(let right)): .list(left.joined(with: right))
        case (.map(let leftKey, let leftValue), .map(let rightKey, let rightValue)):
            .map(leftKey.joined(with: rightKey), leftValue.joined(with: rightValue))
        default: self == other ? self : .dyn
        }
    }

    /// Whether a map may have keys of the type.
    var mayBeKey: Bool {
        switch self {
        case .dyn, .bool, .int, .uint, .string: true
        case .null, .double, .bytes, .timestamp, .duration, .type, .list, .map: false
        }
    }
}
