/// What a value is while an expression is evaluated, and what `type(value)` returns.
package enum Kind: UInt8, CaseIterable, Sendable {
    case null
    case bool
    case int
    case uint
    case double
    case string
    case bytes
    case timestamp
    case duration
    case list
    case map
    case type

    /// The name that stands for it in an expression. Source: CEL language definition, "Values".
    package var name: String {
        switch self {
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .list: "list"
        case .map: "map"
        case .type: "type"
        }
    }
}
