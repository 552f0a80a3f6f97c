package import Routing

/// Turns a calendar's wall-clock hours into intervals of UTC, some years at a time.
///
/// Holds the zone's changes and the calendar's days in a form to look up, so that adding a year takes microseconds.
package struct CalendarCompiler: Sendable {
    /// Years before the present one, and with it and after it, that a calendar is compiled for at first. Ten years of
    /// open time ahead is more than any target has; one more is added whenever a year has passed.
    package static let yearsBefore = 2
    package static let yearsAhead = 10

    private let week: [[BusinessCalendar.Block]]
    /// In order, none touching the next.
    private let holidays: [BusinessCalendar.Days]
    private let extra: [CivilDate: [BusinessCalendar.Block]]
    private let zone: ZoneOffsets

    /// Nil if its zone is unknown.
    package init?(_ calendar: BusinessCalendar) {
        guard let zone = ZoneOffsets(calendar.timezone) else { return nil }
        self.zone = zone
        week = calendar.week
        holidays = Self.inOrder(calendar.holidays)
        extra = Dictionary(calendar.extra.map { ($0.date, $0.blocks) }, uniquingKeysWith: { first, _ in first })
    }

    private static func inOrder(_ holidays: [BusinessCalendar.Days]) -> [BusinessCalendar.Days] {
        var merged: [BusinessCalendar.Days] = []
        for days in holidays.sorted(by: { $0.first < $1.first }) {
            if let last = merged.last, days.first.day <= last.last.day + 1 {
                merged[merged.count - 1].last = max(last.last, days.last)
            } else {
                merged.append(days)
            }
        }
        return merged
    }

    /// The calendar around a moment: see `yearsBefore` and `yearsAhead`.
    package func calendar(around now: Instant) -> CompiledCalendar {
        let year = Self.year(of: now)
        return calendar(years: max(1_970, year - Self.yearsBefore)...year + Self.yearsAhead)
    }

    /// What to extend a calendar by at a moment; nil while it reaches far enough.
    package func addition(to calendar: CompiledCalendar, at now: Instant) -> CompiledCalendar? {
        let last = Self.year(of: now) + Self.yearsAhead
        let next = Self.year(of: calendar.until)
        return next <= last ? self.calendar(years: next...last) : nil
    }

    /// Whether it is open at that moment, whatever the year: what `CompiledCalendar` answers within its window. Asks the
    /// zone once, and looks at the blocks of two days.
    package func isOpen(at instant: Instant) -> Bool {
        let now = Self.floor(instant.microseconds, 1_000_000)
        let local = now + zone.offset(at: now)
        let today = Int(Self.floor(local, 86_400))
        let minute = Int(local - Int64(today) * 86_400) / 60
        return blocks(on: CivilDate(day: today)).contains { $0.start <= minute && minute < $0.end }
            || blocks(on: CivilDate(day: today - 1)).contains { minute + 1_440 < $0.end }
    }

    private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }

    /// Years in UTC, from 1970 on. Cost: that of sorting their blocks, which nearly are in order.
    package func calendar(years: ClosedRange<Int>) -> CompiledCalendar {
        let first = CivilDate(year: years.lowerBound, month: 1, day: 1)
        let end = CivilDate(year: years.upperBound + 1, month: 1, day: 1)
        let window = Int64(first.day) * 86_400..<Int64(end.day) * 86_400
        var open: [Range<Int64>] = []
        // A block may begin the day before and end the day after, and the zone's day is up to 14 hours off.
        for day in first.day - 3...end.day + 2 {
            let midnight = Int64(day) * 86_400
            for block in blocks(on: CivilDate(day: day)) {
                let local = midnight + Int64(block.start) * 60..<midnight + Int64(block.end) * 60
                zone.eachStretch(ofLocal: local) { stretch in
                    let known = stretch.clamped(to: window)
                    if !known.isEmpty { open.append(known) }
                }
            }
        }
        return CompiledCalendar(
            from: Instant(microseconds: window.lowerBound * 1_000_000),
            until: Instant(microseconds: window.upperBound * 1_000_000), intervals: Self.merged(open))
    }

    /// Stretches of seconds in order; what several have in common counts once.
    private static func merged(_ stretches: [Range<Int64>]) -> [CompiledCalendar.Interval] {
        var intervals: [CompiledCalendar.Interval] = []
        intervals.reserveCapacity(stretches.count)
        for stretch in stretches.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let (start, end) = (stretch.lowerBound * 1_000_000, stretch.upperBound * 1_000_000)
            if let last = intervals.last, start <= last.end {
                intervals[intervals.count - 1].end = max(last.end, end)
            } else {
                intervals.append(CompiledCalendar.Interval(start: start, end: end))
            }
        }
        return intervals
    }

    private func blocks(on date: CivilDate) -> [BusinessCalendar.Block] {
        if let blocks = extra[date] { return blocks }
        return isHoliday(date) ? [] : week[date.weekday.index]
    }

    private func isHoliday(_ date: CivilDate) -> Bool {
        var low = 0
        var high = holidays.count
        while low < high {
            let middle = (low + high) / 2
            if holidays[middle].first <= date { low = middle + 1 } else { high = middle }
        }
        return low > 0 && date <= holidays[low - 1].last
    }

    private static func year(of instant: Instant) -> Int {
        let day = instant.microseconds / 86_400_000_000
        return CivilDate(day: Int(max(0, day))).year
    }
}
