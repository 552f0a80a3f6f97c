import Foundation
package import Routing

/// How far an IANA zone's clocks are from UTC, at any moment: a table of its changes from 1900 to 2100, so that a
/// look-up is a binary search of plain numbers that any thread may do.
///
/// Before the table its first offset holds, after it its last.
package struct ZoneOffsets: Sendable {
    package let name: String
    /// Seconds since 1970 from which each offset but the first holds.
    private let changes: [Int64]
    /// Seconds east of UTC; one more than changes.
    private let offsets: [Int32]

    /// 1900-01-01 and 2100-01-01 in seconds since 1970.
    private static let window: ClosedRange<Int64> = -2_208_988_800...4_102_444_800

    /// Nil if there is no such zone. Takes about a millisecond: keep what it makes.
    package init?(_ name: String) {
        guard Self.isKnown(name), let zone = TimeZone(identifier: name) else { return nil }
        self.name = name
        var changes: [Int64] = []
        var now = Date(timeIntervalSince1970: TimeInterval(Self.window.lowerBound))
        var offsets = [Int32(zone.secondsFromGMT(for: now))]
        while let change = zone.nextDaylightSavingTimeTransition(after: now), change > now {
            let second = Int64(change.timeIntervalSince1970.rounded())
            guard second < Self.window.upperBound else { break }
            // Some changes are of the name or the kind of time only.
            let offset = Int32(zone.secondsFromGMT(for: change))
            if offset != offsets.last {
                changes.append(second)
                offsets.append(offset)
            }
            now = change
        }
        self.changes = changes
        self.offsets = offsets
    }

    /// Whether it is the name of a zone in the IANA database, and no abbreviation or offset.
    package static func isKnown(_ name: String) -> Bool {
        if name == "UTC" || name == "GMT" { return true }
        guard !name.hasPrefix("GMT"), let zone = TimeZone(identifier: name) else { return false }
        return zone.identifier == name
    }

    /// The names for advice, in order.
    package static var names: [String] { (["UTC"] + TimeZone.knownTimeZoneIdentifiers).sorted() }

    /// Seconds east of UTC at a moment in seconds since 1970. O(log changes).
    package func offset(at second: Int64) -> Int64 { Int64(offsets[changesBy(second)]) }

    /// How many changes there were up to a moment: the place of its offset.
    private func changesBy(_ second: Int64) -> Int {
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= second { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Hands over, in order and in seconds since 1970, when the zone's clocks show a time of that range, which is in
    /// seconds since 1970 as if they were UTC: one stretch but near a change. Of a range that they skip there is none, and
    /// of one that they show twice there are two. O(log changes).
    func eachStretch(ofLocal local: Range<Int64>, _ take: (Range<Int64>) -> Void) {
        // No clock is a day off.
        for place in changesBy(local.lowerBound - 86_400)...changesBy(local.upperBound + 86_400) {
            let from = place == 0 ? Int64.min : changes[place - 1]
            let until = place == changes.count ? Int64.max : changes[place]
            let offset = Int64(offsets[place])
            let stretch = (local.lowerBound - offset..<local.upperBound - offset).clamped(to: from..<until)
            if !stretch.isEmpty { take(stretch) }
        }
    }

    /// The moment at which the zone's clocks show a time, in seconds since 1970 as if they were UTC.
    ///
    /// A time that they show twice is meant the first time; one that they skip is as much later as they skip.
    package func second(ofLocal local: Int64) -> Int64 {
        // No zone changes its offset twice within two days.
        let before = offset(at: local - 86_400)
        let after = offset(at: local + 86_400)
        let early = local - before
        if before == after || offset(at: early) == before { return early }
        let late = local - after
        return offset(at: late) == after ? late : early
    }
}

extension ZoneOffsets: CivilDays {
    package func day(of instant: Instant) -> CivilDay {
        let second = instant.microseconds / 1_000_000
        let number = (second + offset(at: second)) / 86_400
        let next = self.second(ofLocal: (number + 1) * 86_400)
        return CivilDay(number: Int32(number), ends: Instant(microseconds: next * 1_000_000))
    }
}
