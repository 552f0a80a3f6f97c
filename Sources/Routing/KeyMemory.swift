import DequeModule

/// The idempotency keys of the last days, in order of their time. Find and insert are O(1).
struct KeyMemory {
    private var rows = Deque<KeyRow>()
    private var index = HashIndex()
    /// The number of `rows.first`; numbers wrap.
    private var firstNumber: UInt32 = 0

    var count: Int { rows.count }

    /// The row of that key, unless it is older: such a one may still be here, forgotten a few at a time.
    func find(_ fingerprint: Digest128, since oldest: Instant) -> KeyRow? {
        let number = index.find(hash: fingerprint.low) {
            let candidate = row($0)
            return candidate.fingerprint == fingerprint && candidate.at >= oldest
        }
        return number.map(row)
    }

    mutating func insert(_ row: KeyRow) {
        index.insert(hash: row.fingerprint.low, value: Self.wrap(firstNumber &+ UInt32(rows.count)))
        rows.append(row)
    }

    /// Forgets what is older, a few at a time.
    mutating func forget(before oldest: Instant) {
        var budget = 4
        while budget > 0, let first = rows.first, first.at < oldest {
            index.remove(hash: first.fingerprint.low, value: firstNumber)
            rows.removeFirst()
            firstNumber = Self.wrap(firstNumber &+ 1)
            budget -= 1
        }
    }

    private func row(_ number: UInt32) -> KeyRow {
        rows[Int(number >= firstNumber ? number - firstNumber : number + Self.numbers - firstNumber)]
    }

    /// Numbers stay below `UInt32.max`, which the index keeps for itself.
    private static let numbers: UInt32 = 1 << 31
    private static func wrap(_ number: UInt32) -> UInt32 { number % numbers }
}
