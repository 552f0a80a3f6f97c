/// Counts the steps of one evaluation and stops it at its limit.
struct Meter {
    private(set) var remaining: Int
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
        remaining = limit
    }

    @inline(__always)
    mutating func charge(_ steps: Int = 1) throws(Failure) {
        remaining &-= steps
        if remaining < 0 { throw exhausted }
    }

    /// Charges for text that is read or written.
    @inline(__always)
    mutating func charge(bytes: Int) throws(Failure) {
        try charge(bytes / EvaluationLimits.bytesPerStep)
    }

    /// Charges for a key that is looked up.
    @inline(__always)
    mutating func charge(key: Value) throws(Failure) {
        if case .string(let text) = key { try charge(bytes: text.utf8.count) }
    }

    @inline(never)
    private var exhausted: Failure { Failure(.costLimit, "\(limit)") }
}
