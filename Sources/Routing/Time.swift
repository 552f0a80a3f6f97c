/// A moment: microseconds since 1970-01-01T00:00:00Z.
///
/// The engine never asks what time it is; the caller stamps every step with one of these.
package struct Instant: Hashable, Comparable, Sendable {
    package var microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }

    /// Later than any moment that can be asked for.
    package static let distantFuture = Instant(microseconds: .max)
    package static let epoch = Instant(microseconds: 0)

    package static func < (left: Instant, right: Instant) -> Bool {
        left.microseconds < right.microseconds
    }

    package static func + (instant: Instant, span: TimeSpan) -> Instant {
        Instant(microseconds: instant.microseconds &+ span.microseconds)
    }

    package static func - (instant: Instant, span: TimeSpan) -> Instant {
        Instant(microseconds: instant.microseconds &- span.microseconds)
    }

    package static func - (later: Instant, earlier: Instant) -> TimeSpan {
        TimeSpan(microseconds: later.microseconds &- earlier.microseconds)
    }
}

/// A length of time in microseconds.
package struct TimeSpan: Hashable, Comparable, Sendable {
    package var microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }

    package static let zero = TimeSpan(microseconds: 0)

    package static func milliseconds(_ count: Int64) -> TimeSpan {
        TimeSpan(microseconds: count * 1_000)
    }
    package static func seconds(_ count: Int64) -> TimeSpan {
        TimeSpan(microseconds: count * 1_000_000)
    }
    package static func minutes(_ count: Int64) -> TimeSpan { .seconds(count * 60) }
    package static func hours(_ count: Int64) -> TimeSpan { .seconds(count * 3_600) }
    package static func days(_ count: Int64) -> TimeSpan { .seconds(count * 86_400) }

    package static func < (left: TimeSpan, right: TimeSpan) -> Bool {
        left.microseconds < right.microseconds
    }
    package static func + (left: TimeSpan, right: TimeSpan) -> TimeSpan {
        TimeSpan(microseconds: left.microseconds + right.microseconds)
    }
    package static func - (left: TimeSpan, right: TimeSpan) -> TimeSpan {
        TimeSpan(microseconds: left.microseconds - right.microseconds)
    }
    package static func * (span: TimeSpan, factor: Int64) -> TimeSpan {
        TimeSpan(microseconds: span.microseconds * factor)
    }
}
