import Plan
import Routing
import Simulation
import Testing

@Suite("Random calendars")
struct CalendarPropertyTests {
    private static func instant(minute: Int) -> Instant { Instant(microseconds: Int64(minute) * 60_000_000) }

    @Test("due times and open times are those of a counter of minutes", arguments: 1...40 as ClosedRange<UInt64>)
    func minuteCounter(seed: UInt64) throws {
        var source = RandomCalendars(seed: seed)
        let calendar = source.next()
        let counter = MinuteCounter(calendar: calendar)
        let compiled = try #require(CalendarCompiler(calendar)).calendar(years: 2025...2028)
        for _ in 0..<3 {
            let start =
                Int(LocalTime.instant("2026-01-01T00:00:00Z").microseconds / 60_000_000)
                + source.random.int(0...525_600)
            let wanted = source.random.int(1...3_000)
            var (minute, open) = (start, 0)
            while open < wanted, minute < start + 60_000 {
                let isOpen = counter.isOpen(minute)
                // Every change of the counter is one of the calendar.
                if minute == start || isOpen != counter.isOpen(minute - 1) {
                    #expect(compiled.isOpen(at: Self.instant(minute: minute)) == isOpen, "\(calendar) \(minute)")
                }
                open += isOpen ? 1 : 0
                minute += 1
            }
            #expect(
                compiled.open(between: Self.instant(minute: start), and: Self.instant(minute: minute))
                    == .minutes(Int64(open)), "\(calendar) \(start) \(minute)")
            if open == wanted {
                let due = compiled.due(start: Self.instant(minute: start), open: .minutes(Int64(wanted)))
                #expect(due == Self.instant(minute: minute), "\(calendar) \(start) \(wanted)")
            }
        }
    }

    @Test("due and open invert each other, to the microsecond", arguments: 1...100 as ClosedRange<UInt64>)
    func inverse(seed: UInt64) throws {
        var source = RandomCalendars(seed: seed)
        let calendar = source.next()
        let compiled = try #require(CalendarCompiler(calendar)).calendar(years: 2025...2032)
        let from = LocalTime.instant("2026-01-01T00:00:00Z").microseconds
        for _ in 0..<50 {
            let start = Instant(microseconds: from + Int64(source.random.int(0...31_536_000_000_000)))
            let span = TimeSpan(microseconds: Int64(source.random.int(1...3_000_000_000_000)))
            let due = try #require(compiled.due(start: start, open: span), "\(calendar)")
            #expect(compiled.open(between: start, and: due) == span, "\(calendar)")
            let almost = due - TimeSpan(microseconds: 1)
            #expect(compiled.open(between: start, and: almost) < span, "\(calendar)")
            let end = Instant(microseconds: start.microseconds + Int64(source.random.int(0...3_000_000_000_000)))
            let open = compiled.open(between: start, and: end)
            let back = try #require(compiled.due(start: start, open: open), "\(calendar)")
            #expect(back <= end && compiled.open(between: back, and: end) == .zero, "\(calendar)")
        }
    }

    @Test(
        "intervals are in order and never touch; changes lead from each to the next",
        arguments: 1...50 as ClosedRange<UInt64>)
    func order(seed: UInt64) throws {
        var source = RandomCalendars(seed: seed)
        let calendar = source.next()
        let compiled = try #require(CalendarCompiler(calendar)).calendar(years: 2026...2026)
        var now = compiled.from - TimeSpan(microseconds: 1)
        var changes: [Int64] = []
        while let next = compiled.nextChange(after: now) {
            #expect(next > now, "\(calendar)")
            changes.append(next.microseconds)
            now = next
        }
        let ends = compiled.intervals.flatMap { [$0.start, $0.end] }
        #expect(zip(ends, ends.dropFirst()).allSatisfy { $0 < $1 }, "\(calendar)")
        #expect(changes == ends.filter { $0 < compiled.until.microseconds }, "\(calendar)")
    }

    @Test("a calendar compiled in pieces is the calendar compiled at once", arguments: 1...50 as ClosedRange<UInt64>)
    func pieces(seed: UInt64) throws {
        var source = RandomCalendars(seed: seed)
        let compiler = try #require(CalendarCompiler(source.next()))
        var grown = compiler.calendar(years: 2025...2025)
        for year in 2026...2029 { grown.extend(by: compiler.calendar(years: year...year)) }
        #expect(grown == compiler.calendar(years: 2025...2029))
    }

    @Test(
        "of one calendar compiled in different years the hours are the same; of another they are not",
        arguments: 1...20 as ClosedRange<UInt64>)
    func sameHours(seed: UInt64) throws {
        var source = RandomCalendars(seed: seed)
        var calendar = source.next()
        let known = try #require(CalendarCompiler(calendar)).calendar(years: 2024...2027)
        let later = try #require(CalendarCompiler(calendar)).calendar(years: 2025...2029)
        #expect(known != later && known.hasHours(of: later) && later.hasHours(of: known))
        let day = CivilDate(year: 2026, month: 7, day: 1)
        calendar.extra.removeAll { $0.date == day }
        let isOpen = known.isOpen(at: LocalTime.instant("2026-07-01T12:00:00Z"))
        calendar.extra.append(.init(day, isOpen ? [] : [.init(start: 0, end: 1_440)]))
        calendar.holidays.append(.init(CivilDate(day: day.day - 1), CivilDate(day: day.day - 1)))
        let other = try #require(CalendarCompiler(calendar)).calendar(years: 2025...2029)
        #expect(!known.hasHours(of: other) && !other.hasHours(of: known))
    }

    @Test(
        "whether it is open now is what the compiled calendar says, also where the clocks change",
        arguments: 1...60 as ClosedRange<UInt64>)
    func openNow(seed: UInt64) throws {
        var source = RandomCalendars(seed: seed)
        let calendar = source.next()
        let compiler = try #require(CalendarCompiler(calendar))
        let compiled = compiler.calendar(years: 2025...2027)
        var moments = (0..<400).map { _ in
            Instant(
                microseconds: LocalTime.instant("2026-01-01T00:00:00Z").microseconds
                    + Int64(source.random.int(0...31_536_000)) * 1_000_000)
        }
        let edges = compiled.intervals.flatMap { [$0.start, $0.end] }
        moments += edges.flatMap { [Instant(microseconds: $0), Instant(microseconds: $0 - 1)] }
        for moment in moments where moment >= compiled.from && moment < compiled.until {
            #expect(compiler.isOpen(at: moment) == compiled.isOpen(at: moment), "\(calendar) \(LocalTime.text(moment))")
        }
    }
}
