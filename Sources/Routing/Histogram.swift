/// How many spans fell where. Two of them add up to the one of all their spans, so percentiles can be told of any queues
/// and days together; the price is that a percentile is known to 1.6%, and up to 64 ms to the millisecond.
///
/// Cost: O(log buckets) to add where the bucket is known, O(buckets) else. There are at most 1,500 of them.
package struct Histogram: Sendable {
    package struct Entry: Hashable, Sendable {
        package var bucket: Int16
        package var count: Int64

        package init(bucket: Int16, count: Int64) {
            self.bucket = bucket
            self.count = count
        }
    }

    /// By rising bucket; none is empty.
    package private(set) var entries: ContiguousArray<Entry> = []

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }
    package var count: Int64 { entries.reduce(0) { $0 + $1.count } }

    // MARK: Buckets

    /// Buckets for each doubling.
    private static var perOctave: Int64 { 32 }

    /// A millisecond each up to 64 ms, then 32 for each doubling. `switchboard.span_of` turns it back in SQL.
    package static func bucket(of span: TimeSpan) -> Int16 {
        let value = max(span.microseconds, 0) / 1_000
        guard value >= perOctave else { return Int16(value) }
        // The greatest power of two in it, less the five bits that tell the bucket.
        let shift = Int64(value.bitWidth - 1 - value.leadingZeroBitCount) - 5
        return Int16(shift * perOctave + (value >> shift))
    }

    /// The middle of a bucket.
    package static func value(of bucket: Int16) -> TimeSpan {
        let bucket = Int64(bucket)
        guard bucket >= 2 * perOctave else { return TimeSpan(microseconds: bucket * 1_000) }
        let shift = bucket / perOctave - 1
        let low = (bucket - shift * perOctave) << shift
        return TimeSpan(microseconds: low * 1_000 + (1_000 << shift) / 2)
    }

    // MARK: Adding

    package mutating func add(_ span: TimeSpan) { add(Self.bucket(of: span), 1) }

    package mutating func add(_ bucket: Int16, _ count: Int64) {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].bucket < bucket { low = middle + 1 } else { high = middle }
        }
        if low < entries.count && entries[low].bucket == bucket {
            entries[low].count += count
        } else {
            entries.insert(Entry(bucket: bucket, count: count), at: low)
        }
    }

    package mutating func add(_ other: Histogram) {
        for entry in other.entries { add(entry.bucket, entry.count) }
    }

    // MARK: Reading

    /// The nearest rank: the least value that so many hundredths of them do not exceed. nil where there is none.
    package func percentile(_ hundredths: Int64) -> TimeSpan? {
        let wanted = (count * hundredths + 99) / 100
        var seen: Int64 = 0
        for entry in entries {
            seen += entry.count
            if seen >= wanted { return Self.value(of: entry.bucket) }
        }
        return nil
    }
}
