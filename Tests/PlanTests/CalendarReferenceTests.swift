import Plan
import Routing
import TestSupport
import Testing

@Suite("Calendars against an independent counter of minutes")
struct CalendarReferenceTests {
    @Test(
        "every case of the reference is exact, forwards and backwards",
        .enabled(if: Reference.exists(CalendarReference.path), "shared/reference is not beside this repository"))
    func reference() throws {
        let file = try CalendarReference.read()
        let calendars = try file.schedules.mapValues(Self.compiled)
        #expect(file.cases.count >= CalendarReference.casesMin)
        for item in file.cases {
            let calendar = try #require(calendars[item.schedule])
            let start = LocalTime.instant(item.start)
            let span = TimeSpan.minutes(item.minutes)
            let due = calendar.due(start: start, open: span)
            #expect(due == LocalTime.instant(item.deadline), "\(item)")
            if let due { #expect(calendar.open(between: start, and: due) == span, "\(item)") }
        }
    }

    private static func compiled(_ schedule: CalendarReference.Schedule) throws -> CompiledCalendar {
        var calendar = BusinessCalendar("reference", timezone: schedule.tz)
        for (day, blocks) in schedule.hours {
            let weekday = try #require(Int(day))
            calendar.week[weekday] = blocks.map { BusinessCalendar.Block(start: $0[0], end: $0[1]) }
        }
        calendar.holidays = try schedule.holidays.map {
            let date = try #require(CivilDate($0))
            return BusinessCalendar.Days(date, date)
        }
        return try #require(CalendarCompiler(calendar)).calendar(years: 2023...2030)
    }
}
