/// A value of the rule language.
///
/// There is no `==`: what CEL holds for equal (`1 == 1.0` in a `dyn`, NaN unequal to itself) is `Equality`'s business.
package enum Value: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case timestamp(Timestamp)
    /// In nanoseconds: at most 292 years.
    case duration(Int64)
    case list([Value])
    case map(MapValue)
    case type(Kind)

    package var kind: Kind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .timestamp: .timestamp
        case .duration: .duration
        case .list: .list
        case .map: .map
        case .type: .type
        }
    }

    /// The value of a JSON number as it is written: an int where it is a whole number in range, else a double.
    ///
    /// `3` and `3.0` are told apart by how they are written; as they meet in `dyn`, they compare equal all the same.
    /// Nil for what is no JSON number and for what is too large for a double.
    package init?(jsonNumber text: String) {
        guard NumberText.isJSON(text) else { return nil }
        if let integer = Int64(text) {
            self = .int(integer)
        } else if let double = Double(text), double.isFinite {
            self = .double(double)
        } else {
            return nil
        }
    }
}
