import Foundation
import Plan
import Routing
import Testing

private let path = "calendar/business_minutes.json"

@Suite("Calendars against an independent counter of minutes")
struct CalendarReferenceTests {
    struct File: Decodable {
        struct Schedule: Decodable {
            var tz: String
            /// By weekday, 0 is Monday: minutes from and to.
            var hours: [String: [[Int]]]
            var holidays: [String]
        }

        struct Case: Decodable {
            var schedule: String
            var start: String
            var minutes: Int64
            var deadline: String

            enum CodingKeys: String, CodingKey {
                case schedule
                case start
                case minutes = "add_open_minutes"
                case deadline = "deadline_utc"
            }
        }

        var schedules: [String: Schedule]
        var cases: [Case]
    }

    @Test(
        "every case of the reference is exact, forwards and backwards",
        .enabled(if: Reference.exists(path), "shared/reference/\(path) is not beside this repository"))
    func reference() throws {
        let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: Reference.file(path)))
        let calendars = try file.schedules.mapValues(Self.compiled)
        #expect(file.cases.count >= 117)
        for item in file.cases {
            let calendar = try #require(calendars[item.schedule])
            let start = LocalTime.instant(item.start)
            let span = TimeSpan.minutes(item.minutes)
            let due = calendar.due(start: start, open: span)
            #expect(due == LocalTime.instant(item.deadline), "\(item)")
            if let due { #expect(calendar.open(between: start, and: due) == span, "\(item)") }
        }
    }

    private static func compiled(_ schedule: File.Schedule) throws -> CompiledCalendar {
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
