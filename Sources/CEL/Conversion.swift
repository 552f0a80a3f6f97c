/// What `int()`, `string()` and the like make of values.
///
/// Source: CEL language definition, "List of Standard Definitions", and its conformance tests.
enum Conversion {
    static func convert(
        _ value: Value, with function: BuiltIn, _ meter: inout Meter
    ) throws(Failure) -> Value {
        if case .string(let text) = value { try meter.charge(bytes: text.utf8.count) }
        switch function {
        case .type: return .type(value.kind)
        case .dyn: return value
        case .bool: return .bool(try bool(value))
        case .int: return .int(try int(value))
        case .uint: return .uint(try uint(value))
        case .double: return .double(try double(value))
        case .timestamp: return .timestamp(try timestamp(value))
        case .duration: return .duration(try duration(value))
        case .string: return .string(try string(value, &meter))
        case .bytes:
            if case .bytes = value { return value }
            guard case .string(let text) = value else { throw .noOverload("bytes", value) }
            return .bytes(Array(text.utf8))
        case .size, .startsWith, .endsWith, .contains, .matches, .getFullYear, .getMonth, .getDate, .getDayOfMonth,
            .getDayOfWeek, .getDayOfYear, .getHours, .getMinutes, .getSeconds, .getMilliseconds:
            preconditionFailure("the function converts")
        }
    }

    private static func bool(_ value: Value) throws(Failure) -> Bool {
        switch value {
        case .bool(let bool): return bool
        case .string(let text):
            switch text.utf8.count <= 5 ? text : "" {
            case "1", "t", "T", "true", "TRUE", "True": return true
            case "0", "f", "F", "false", "FALSE", "False": return false
            default: throw Failure(.conversion, "the text is no bool")
            }
        default: throw .noOverload("bool", value)
        }
    }

    private static func int(_ value: Value) throws(Failure) -> Int64 {
        switch value {
        case .int(let int): return int
        case .uint(let uint):
            guard let int = Int64(exactly: uint) else { throw Failure(.overflow, "int") }
            return int
        case .double(let double):
            // Toward zero. What may have been rounded to the ends of the range is not within it.
            guard double > -0x1p63, double < 0x1p63 else { throw Failure(.overflow, "int") }
            return Int64(double)
        case .string(let text):
            guard let int = Int64(text) else { throw Failure(.conversion, "the text is no int") }
            return int
        case .timestamp(let timestamp): return timestamp.seconds
        default: throw .noOverload("int", value)
        }
    }

    private static func uint(_ value: Value) throws(Failure) -> UInt64 {
        switch value {
        case .uint(let uint): return uint
        case .int(let int):
            guard let uint = UInt64(exactly: int) else { throw Failure(.overflow, "uint") }
            return uint
        case .double(let double):
            guard double >= 0, double < 0x1p64 else { throw Failure(.overflow, "uint") }
            return UInt64(double)
        case .string(let text):
            guard let uint = UInt64(text) else { throw Failure(.conversion, "the text is no uint") }
            return uint
        default: throw .noOverload("uint", value)
        }
    }

    private static func double(_ value: Value) throws(Failure) -> Double {
        switch value {
        case .double(let double): return double
        case .int(let int): return Double(int)
        case .uint(let uint): return Double(uint)
        case .string(let text):
            // The longest exact decimal of a double has 767 digits.
            guard text.utf8.count <= 1_000, let double = NumberText.double(text) else {
                throw Failure(.conversion, "the text is no double")
            }
            return double
        default: throw .noOverload("double", value)
        }
    }

    private static func timestamp(_ value: Value) throws(Failure) -> Timestamp {
        switch value {
        case .timestamp(let timestamp): return timestamp
        case .int(let seconds):
            guard let timestamp = Timestamp(seconds: seconds) else { throw Failure(.overflow, "timestamp") }
            return timestamp
        case .string(let text):
            guard text.utf8.count <= 100, let timestamp = Timestamp(text) else {
                throw Failure(.conversion, #"the text is no timestamp like "2026-01-31T09:00:00Z""#)
            }
            return timestamp
        default: throw .noOverload("timestamp", value)
        }
    }

    private static func duration(_ value: Value) throws(Failure) -> Int64 {
        switch value {
        case .duration(let duration): return duration
        case .string(let text):
            guard text.utf8.count <= 100, let duration = DurationText.parse(text) else {
                throw Failure(.conversion, #"the text is no duration like "1h30m""#)
            }
            return duration
        default: throw .noOverload("duration", value)
        }
    }

    private static func string(_ value: Value, _ meter: inout Meter) throws(Failure) -> String {
        switch value {
        case .string(let text): return text
        case .bool(let bool): return bool ? "true" : "false"
        case .int(let int): return String(int)
        case .uint(let uint): return String(uint)
        case .double(let double): return NumberText.text(double)
        case .timestamp(let timestamp): return timestamp.text
        case .duration(let duration): return DurationText.text(duration)
        case .bytes(let bytes):
            try meter.charge(bytes: bytes.count)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Failure(.conversion, "the bytes are no UTF-8")
            }
            return text
        default: throw .noOverload("string", value)
        }
    }
}
