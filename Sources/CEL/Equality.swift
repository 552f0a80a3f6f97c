/// When values are equal, and which comes first.
enum Equality {
    /// CEL's `==`: numbers by their amount across types, NaN unequal to itself, lists in order, maps by key, values of
    /// different kinds unequal.
    ///
    /// Source: CEL language definition, "Equality". Charges a step for each element and for text.
    static func areEqual(_ left: Value, _ right: Value, _ meter: inout Meter, depth: Int = 0) throws(Failure) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)):
            try meter.charge(bytes: min(left.utf8.count, right.utf8.count))
            return Text.areEqual(left, right)
        case (.int(let left), .int(let right)): return left == right
        case (.bool(let left), .bool(let right)): return left == right
        case (.null, .null): return true
        case (.bytes(let left), .bytes(let right)):
            try meter.charge(bytes: min(left.count, right.count))
            return left == right
        case (.timestamp(let left), .timestamp(let right)): return left == right
        case (.duration(let left), .duration(let right)): return left == right
        case (.type(let left), .type(let right)): return left == right
        case (.list(let left), .list(let right)): return try areEqual(left, right, &meter, depth: depth + 1)
        case (.map(let left), .map(let right)): return try areEqual(left, right, &meter, depth: depth + 1)
        default:
            if case .equal? = compareNumbers(left, right) { return true }
            return false
        }
    }

    private static func areEqual(
        _ left: [Value], _ right: [Value], _ meter: inout Meter, depth: Int
    ) throws(Failure) -> Bool {
        guard left.count == right.count else { return false }
        guard depth <= EvaluationLimits.valueDepthMax else { throw Failure(.depthLimit) }
        for index in left.indices {
            try meter.charge()
            guard try areEqual(left[index], right[index], &meter, depth: depth) else { return false }
        }
        return true
    }

    private static func areEqual(
        _ left: MapValue, _ right: MapValue, _ meter: inout Meter, depth: Int
    ) throws(Failure) -> Bool {
        guard left.count == right.count else { return false }
        guard depth <= EvaluationLimits.valueDepthMax else { throw Failure(.depthLimit) }
        for entry in left.entries {
            try meter.charge()
            guard let other = right.value(of: entry.key),
                try areEqual(entry.value, other, &meter, depth: depth)
            else { return false }
        }
        return true
    }

    enum Order {
        case less
        case equal
        case greater
        /// One of them is NaN.
        case none

        var isLessOrEqual: Bool { self == .less || self == .equal }
        var isGreaterOrEqual: Bool { self == .greater || self == .equal }
    }

    /// The order of two values that have one, or nil where there is none for their types.
    ///
    /// Charges for text.
    static func order(_ left: Value, _ right: Value, _ meter: inout Meter) throws(Failure) -> Order? {
        switch (left, right) {
        case (.string(let left), .string(let right)):
            try meter.charge(bytes: min(left.utf8.count, right.utf8.count))
            if Text.isOrderedBefore(left, right) { return .less }
            return Text.areEqual(left, right) ? .equal : .greater
        case (.bytes(let left), .bytes(let right)):
            try meter.charge(bytes: min(left.count, right.count))
            if left.lexicographicallyPrecedes(right) { return .less }
            return left == right ? .equal : .greater
        case (.bool(let left), .bool(let right)): return order(left ? 1 : 0, right ? 1 : 0)
        case (.timestamp(let left), .timestamp(let right)): return order(left, right)
        case (.duration(let left), .duration(let right)): return order(left, right)
        default: return compareNumbers(left, right)
        }
    }

    /// The order of two numbers, or nil if one of them is none.
    ///
    /// Where one is a double the other is rounded to one, as the conformance tests have it.
    private static func compareNumbers(_ left: Value, _ right: Value) -> Order? {
        switch (left, right) {
        case (.int(let left), .int(let right)): order(left, right)
        case (.uint(let left), .uint(let right)): order(left, right)
        case (.double(let left), .double(let right)): order(left, right)
        case (.int(let left), .uint(let right)): left < 0 ? .less : order(UInt64(left), right)
        case (.uint(let left), .int(let right)): right < 0 ? .greater : order(left, UInt64(right))
        case (.int(let left), .double(let right)): order(Double(left), right)
        case (.double(let left), .int(let right)): order(left, Double(right))
        case (.uint(let left), .double(let right)): order(Double(left), right)
        case (.double(let left), .uint(let right)): order(left, Double(right))
        default: nil
        }
    }

    private static func order<Operand: Comparable>(_ left: Operand, _ right: Operand) -> Order {
        if left < right { return .less }
        if left == right { return .equal }
        return left > right ? .greater : .none
    }
}
