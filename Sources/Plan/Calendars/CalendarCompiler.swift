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
    /// zone twice, but near a change of its clocks, and looks at the blocks of two days.
    package func isOpen(at instant: Instant) -> Bool {
        let now = Self.floor(instant.microseconds, 1_000_000)
        let (before, after) = (zone.offset(at: now - 3 * 86_400), zone.offset(at: now + 3 * 86_400))
        let local = now + zone.offset(at: now)
        let today = Int(Self.floor(local, 86_400))
        // The clocks may show something else at a block's ends than now, which the block's own seconds know.
        if before != after { return (today - 2...today + 1).contains { isOpen(at: now, day: $0) } }
        let minute = Int(local - Int64(today) * 86_400) / 60
        return blocks(on: CivilDate(day: today)).contains { $0.start <= minute && minute < $0.end }
            || blocks(on: CivilDate(day: today - 1)).contains { minute + 1_440 < $0.end }
    }

    /// Whether a block of that day is open at a second.
    private func isOpen(at now: Int64, day: Int) -> Bool {
        let midnight = Int64(day) * 86_400
        return blocks(on: CivilDate(day: day)).contains { block in
            zone.second(ofLocal: midnight + Int64(block.start) * 60) <= now
                && now < zone.second(ofLocal: midnight + Int64(block.end) * 60)
        }
    }

    private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }

    /// Years in UTC, from 1970 on. Cost: linear in their days and blocks.
    package func calendar(years: ClosedRange<Int>) -> CompiledCalendar {
        let first = CivilDate(year: years.lowerBound, month: 1, day: 1)
        let end = CivilDate(year: years.upperBound + 1, month: 1, day: 1)
        let (from, until) = (Int64(first.day) * 86_400, Int64(end.day) * 86_400)
        var intervals: [CompiledCalendar.Interval] = []
        // A block may begin the day before and end the day after, and the zone's day is up to 14 hours off.
        for day in first.day - 3...end.day + 2 {
            for block in blocks(on: CivilDate(day: day)).sorted() {
                let midnight = Int64(day) * 86_400
                append(
                    max(from, zone.second(ofLocal: midnight + Int64(block.start) * 60)),
                    min(until, zone.second(ofLocal: midnight + Int64(block.end) * 60)), to: &intervals)
            }
        }
        return CompiledCalendar(
            from: Instant(microseconds: from * 1_000_000), until: Instant(microseconds: until * 1_000_000),
            intervals: intervals)
    }

    /// Adds an interval in seconds; what it has in common with those before it counts once.
    private func append(_ start: Int64, _ end: Int64, to intervals: inout [CompiledCalendar.Interval]) {
        var (start, end) = (start * 1_000_000, end * 1_000_000)
        guard start < end else { return }
        // Blocks come in order of their starts, but one that the clocks skip may be moved over later ones.
        while let last = intervals.last, last.end >= start {
            (start, end) = (min(start, last.start), max(end, last.end))
            intervals.removeLast()
        }
        intervals.append(CompiledCalendar.Interval(start: start, end: end))
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
