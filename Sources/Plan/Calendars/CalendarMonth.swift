package import Routing

/// A month of a calendar, day by day, as its wall clocks show it.
package struct CalendarMonth: Sendable {
    package struct Day: Sendable {
        package var date: CivilDate
        /// The blocks that begin on it, in order.
        package var blocks: [BusinessCalendar.Block]
        package var isHoliday: Bool
        /// It has blocks of its own in place of its weekday's.
        package var isExtra: Bool
        /// Where in the day it is open, by minutes; a block of the day before may go on into it.
        package var isOpen: [Bool]
        package var clockChange: ClockChange?
    }

    /// The zone's clocks are put forward or back.
    package struct ClockChange: Sendable, Equatable {
        /// What they show at that moment, in minutes since the day's midnight…
        package var before: Int
        /// …and what they show from then on.
        package var after: Int
    }

    package let days: [Day]
    /// Real time, from the first midnight to the one after the last day.
    package let openTotal: TimeSpan

    /// Nil if the calendar's zone is unknown.
    package init?(_ calendar: BusinessCalendar, year: Int, month: Int) {
        guard let compiler = CalendarCompiler(calendar), let zone = ZoneOffsets(calendar.timezone) else { return nil }
        let first = CivilDate(year: year, month: month, day: 1)
        let next = CivilDate(year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1, day: 1)
        days = (first.day..<next.day).map { number in
            let date = CivilDate(day: number)
            var isOpen = Array(repeating: false, count: 1_440)
            for block in calendar.blocks(on: CivilDate(day: number - 1)) where block.end > 1_440 {
                for minute in 0..<block.end - 1_440 { isOpen[minute] = true }
            }
            let blocks = calendar.blocks(on: date).sorted()
            for block in blocks {
                for minute in block.start..<min(block.end, 1_440) { isOpen[minute] = true }
            }
            return Day(
                date: date, blocks: blocks, isHoliday: calendar.isHoliday(date),
                isExtra: calendar.extra.contains { $0.date == date }, isOpen: isOpen,
                clockChange: Self.change(on: number, zone))
        }
        let (from, until) = (
            zone.second(ofLocal: Int64(first.day) * 86_400), zone.second(ofLocal: Int64(next.day) * 86_400)
        )
        openTotal = compiler.calendar(years: year - 1...year + 1).open(
            between: Instant(microseconds: from * 1_000_000), and: Instant(microseconds: until * 1_000_000))
    }

    private static func change(on day: Int, _ zone: ZoneOffsets) -> ClockChange? {
        let midnight = Int64(day) * 86_400
        var (low, high) = (zone.second(ofLocal: midnight) - 1, zone.second(ofLocal: midnight + 86_400) - 1)
        let (before, after) = (zone.offset(at: low), zone.offset(at: high))
        guard before != after else { return nil }
        // The first second of the new offset is `high` in the end.
        while high - low > 1 {
            let middle = (low + high) / 2
            if zone.offset(at: middle) == before { low = middle } else { high = middle }
        }
        return ClockChange(
            before: Int(high + before - midnight) / 60, after: Int(high + after - midnight) / 60)
    }
}

extension BusinessCalendar {
    /// The blocks that begin on a day: its own, none on a holiday, else its weekday's.
    package func blocks(on date: CivilDate) -> [Block] {
        if let day = extra.first(where: { $0.date == date }) { return day.blocks }
        return isHoliday(date) ? [] : week[date.weekday.index]
    }

    package func isHoliday(_ date: CivilDate) -> Bool {
        holidays.contains { $0.first <= date && date <= $0.last }
    }
}
