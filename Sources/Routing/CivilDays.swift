/// The days by which figures are kept. The engine knows no time zones: whoever compiles a plan brings this.
package protocol CivilDays: Sendable {
    /// The day that a moment falls on, and when the next one begins.
    func day(of instant: Instant) -> CivilDay
}

package struct CivilDay: Hashable, Sendable {
    /// Since 1970-01-01.
    package var number: Int32
    package var ends: Instant

    package init(number: Int32, ends: Instant) {
        self.number = number
        self.ends = ends
    }
}

/// The days of UTC.
package struct UTCDays: CivilDays {
    package init() {}

    package func day(of instant: Instant) -> CivilDay {
        let number = instant.microseconds / 86_400_000_000
        return CivilDay(number: Int32(number), ends: Instant(microseconds: (number + 1) * 86_400_000_000))
    }
}
