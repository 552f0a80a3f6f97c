import Foundation
import Routing

/// Foundation's own arithmetic, which the calendars do not use: what they are compared with.
enum LocalTime {
    /// The moment of `2026-02-14T09:00:00Z` or with another offset.
    static func instant(_ text: String) -> Instant {
        guard let date = try? Date(text, strategy: .iso8601) else { preconditionFailure("\(text) is no moment") }
        return Instant(microseconds: Int64(date.timeIntervalSince1970) * 1_000_000)
    }

    static func text(_ instant: Instant) -> String {
        Date(timeIntervalSince1970: TimeInterval(instant.microseconds / 1_000_000)).formatted(.iso8601)
    }

    /// Seconds east of UTC.
    static func offset(of zone: String, at second: Int64) -> Int64 {
        guard let zone = TimeZone(identifier: zone) else { preconditionFailure("\(zone) is no zone") }
        return Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(second))))
    }
}
