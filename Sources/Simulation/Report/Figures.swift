/// One customer's wait and how it ended. Microseconds.
package struct WaitSample: Hashable, Sendable {
    package var kind: String
    package var waited: Int64
    /// Else abandoned.
    package var answered: Bool

    package init(kind: String, waited: Int64, answered: Bool) {
        self.kind = kind
        self.waited = waited
        self.answered = answered
    }
}

/// The figures of a group of inquiries. Shares and means are nil where nothing is divided by.
package struct Figures: Hashable, Sendable {
    package var answered = 0
    package var abandoned = 0
    /// Mean wait of the answered (ASA), microseconds.
    package var meanWait: Double?
    /// Waits of the answered, microseconds; by the nearest rank.
    package var median: Int64?
    package var percentile95: Int64?
    package var percentile99: Int64?
    package var longest: Int64?
    /// (answered within the target) / (answered + abandoned after the target).
    package var serviceLevel: Double?
    package var meanWaitOfAbandoned: Double?

    package var offered: Int { answered + abandoned }

    /// - Parameter target: the T of the service level, in microseconds.
    package init(_ samples: [WaitSample], target: Int64 = 20 * microsecondsPerSecond) {
        let waits = samples.filter(\.answered).map(\.waited).sorted()
        let given = samples.filter { !$0.answered }.map(\.waited)
        answered = waits.count
        abandoned = given.count
        meanWait = Self.mean(waits)
        meanWaitOfAbandoned = Self.mean(given)
        median = Self.percentile(50, of: waits)
        percentile95 = Self.percentile(95, of: waits)
        percentile99 = Self.percentile(99, of: waits)
        longest = waits.last
        let inTime = waits.count { $0 <= target }
        let counted = waits.count + given.count { $0 > target }
        serviceLevel = counted == 0 ? nil : Double(inTime) / Double(counted)
    }

    /// The nearest-rank percentile of sorted values: the least of them that at least `rank` per cent do not exceed.
    package static func percentile(_ rank: Int, of sorted: [Int64]) -> Int64? {
        guard !sorted.isEmpty else { return nil }
        return sorted[max(0, (sorted.count * rank + 99) / 100 - 1)]
    }

    private static func mean(_ values: [Int64]) -> Double? {
        values.isEmpty ? nil : Double(values.reduce(0, +)) / Double(values.count)
    }
}

/// Time busy as a share of time signed on, both in microseconds.
package struct Occupancy: Hashable, Sendable {
    package var busy: Int64
    package var signedOn: Int64

    package init(busy: Int64, signedOn: Int64) {
        self.busy = busy
        self.signedOn = signedOn
    }

    package var share: Double? { signedOn == 0 ? nil : Double(busy) / Double(signedOn) }
}
