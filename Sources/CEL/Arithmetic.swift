/// Sums and products. Numbers of different types do not mix; what does not fit in 64 bits is an error.
///
/// Source: CEL language definition, "Numeric Values" and "Timestamps and Durations".
enum Arithmetic {
    static func negate(_ value: Value) throws(Failure) -> Value {
        switch value {
        case .int(let int):
            guard int != .min else { throw Failure(.overflow, "the negation of the least int") }
            return .int(-int)
        case .double(let double): return .double(-double)
        default: throw .noOverload("-", value)
        }
    }

    /// Charges for the texts and lists that it joins.
    static func add(
        _ left: Value, _ right: Value, sizeMax: Int, _ meter: inout Meter
    ) throws(Failure) -> Value {
        switch (left, right) {
        case (.int(let left), .int(let right)): return .int(try checked(left.addingReportingOverflow(right), "int"))
        case (.uint(let left), .uint(let right)): return .uint(try checked(left.addingReportingOverflow(right), "uint"))
        case (.double(let left), .double(let right)): return .double(left + right)
        case (.string(let left), .string(let right)):
            let size = left.utf8.count + right.utf8.count
            guard size <= sizeMax else { throw Failure(.sizeLimit, "\(sizeMax) bytes") }
            try meter.charge(bytes: size)
            return .string(left + right)
        case (.bytes(let left), .bytes(let right)):
            guard left.count + right.count <= sizeMax else { throw Failure(.sizeLimit, "\(sizeMax) bytes") }
            try meter.charge(bytes: left.count + right.count)
            return .bytes(left + right)
        case (.list(let left), .list(let right)):
            guard left.count + right.count <= sizeMax else { throw Failure(.sizeLimit, "\(sizeMax) elements") }
            try meter.charge(left.count + right.count)
            return .list(left + right)
        case (.duration(let left), .duration(let right)):
            return .duration(try checked(left.addingReportingOverflow(right), "duration"))
        case (.timestamp(let timestamp), .duration(let duration)), (.duration(let duration), .timestamp(let timestamp)):
            return try moved(timestamp, duration)
        default: throw .noOverload("+", left, right)
        }
    }

    static func subtract(_ left: Value, _ right: Value) throws(Failure) -> Value {
        switch (left, right) {
        case (.int(let left), .int(let right)):
            return .int(try checked(left.subtractingReportingOverflow(right), "int"))
        case (.uint(let left), .uint(let right)):
            return .uint(try checked(left.subtractingReportingOverflow(right), "uint"))
        case (.double(let left), .double(let right)): return .double(left - right)
        case (.duration(let left), .duration(let right)):
            return .duration(try checked(left.subtractingReportingOverflow(right), "duration"))
        case (.timestamp(let timestamp), .duration(let duration)):
            guard duration != .min else { throw Failure(.overflow, "timestamp") }
            return try moved(timestamp, -duration)
        case (.timestamp(let left), .timestamp(let right)):
            guard let duration = left.nanoseconds(since: right) else { throw Failure(.overflow, "duration") }
            return .duration(duration)
        default: throw .noOverload("-", left, right)
        }
    }

    static func multiply(_ left: Value, _ right: Value) throws(Failure) -> Value {
        switch (left, right) {
        case (.int(let left), .int(let right)):
            return .int(try checked(left.multipliedReportingOverflow(by: right), "int"))
        case (.uint(let left), .uint(let right)):
            return .uint(try checked(left.multipliedReportingOverflow(by: right), "uint"))
        case (.double(let left), .double(let right)): return .double(left * right)
        default: throw .noOverload("*", left, right)
        }
    }

    static func divide(_ left: Value, _ right: Value) throws(Failure) -> Value {
        switch (left, right) {
        case (.int, .int(0)), (.uint, .uint(0)): throw Failure(.divisionByZero)
        case (.int(let left), .int(let right)):
            return .int(try checked(left.dividedReportingOverflow(by: right), "int"))
        case (.uint(let left), .uint(let right)): return .uint(left / right)
        case (.double(let left), .double(let right)): return .double(left / right)
        default: throw .noOverload("/", left, right)
        }
    }

    /// The remainder has the sign of the dividend.
    static func remainder(_ left: Value, _ right: Value) throws(Failure) -> Value {
        switch (left, right) {
        case (.int, .int(0)), (.uint, .uint(0)): throw Failure(.divisionByZero)
        // The remainder of the least int by -1 would be 0, but the division overflows; cel-go and cel-cpp say so, too.
        case (.int(let left), .int(let right)):
            return .int(try checked(left.remainderReportingOverflow(dividingBy: right), "int"))
        case (.uint(let left), .uint(let right)): return .uint(left % right)
        default: throw .noOverload("%", left, right)
        }
    }

    private static func checked<Number>(
        _ result: (partialValue: Number, overflow: Bool), _ type: String
    ) throws(Failure) -> Number {
        guard !result.overflow else { throw Failure(.overflow, type) }
        return result.partialValue
    }

    private static func moved(_ timestamp: Timestamp, _ duration: Int64) throws(Failure) -> Value {
        guard let moved = timestamp.advanced(byNanoseconds: duration) else { throw Failure(.overflow, "timestamp") }
        return .timestamp(moved)
    }
}
