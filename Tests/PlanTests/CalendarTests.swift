import Plan
import Routing
import Simulation
import Testing

@Suite("A calendar")
struct CalendarTests {
    private static func compiled(
        _ timezone: String, _ hours: String, more: String = "", years: ClosedRange<Int> = 2024...2028
    ) throws -> CompiledCalendar {
        let text = "calendars: {team: {timezone: \(timezone), hours: {\(hours)}\(more)}}"
        let report = RoutingPlan.read(text)
        let plan = try #require(report.plan, "\(report.faultLines)")
        return try #require(CalendarCompiler(plan.calendars[0])).calendar(years: years)
    }

    private static func at(_ text: String) -> Instant { LocalTime.instant(text) }

    @Test("blocks open and close at their minutes; what touches is one interval")
    func blocks() throws {
        let calendar = try Self.compiled(
            "Asia/Seoul", #"mon: ["09:00-12:00", "13:00-18:00", "18:00-24:00"], tue: ["00:00-01:00"]"#)
        let expected: [(String, Bool)] = [
            ("2026-03-02T08:59:59+09:00", false), ("2026-03-02T09:00:00+09:00", true),
            ("2026-03-02T11:59:59+09:00", true), ("2026-03-02T12:00:00+09:00", false),
            ("2026-03-02T13:00:00+09:00", true), ("2026-03-02T23:59:59+09:00", true),
            ("2026-03-03T00:59:59+09:00", true), ("2026-03-03T01:00:00+09:00", false),
        ]
        for (moment, isOpen) in expected { #expect(calendar.isOpen(at: Self.at(moment)) == isOpen, "\(moment)") }
        #expect(
            calendar.nextChange(after: Self.at("2026-03-02T13:00:00+09:00")) == Self.at("2026-03-03T01:00:00+09:00"))
        #expect(
            calendar.nextChange(after: Self.at("2026-03-03T01:00:00+09:00")) == Self.at("2026-03-09T09:00:00+09:00"))
    }

    @Test("a block over midnight belongs to the day it begins on, for holidays as well")
    func overMidnight() throws {
        let calendar = try Self.compiled(
            "Asia/Seoul", #"mon-fri: ["22:00-06:00"]"#, more: #", holidays: ["2026-03-03"]"#)
        let expected: [(String, Bool)] = [
            ("2026-03-02T22:00:00+09:00", true), ("2026-03-03T05:59:59+09:00", true),
            ("2026-03-03T06:00:00+09:00", false), ("2026-03-03T23:00:00+09:00", false),
            ("2026-03-04T03:00:00+09:00", false), ("2026-03-04T22:00:00+09:00", true),
            ("2026-03-07T03:00:00+09:00", true), ("2026-03-07T22:00:00+09:00", false),
        ]
        for (moment, isOpen) in expected { #expect(calendar.isOpen(at: Self.at(moment)) == isOpen, "\(moment)") }
    }

    @Test("extra days replace a day's hours, also on a holiday, and close it where they have none")
    func extraDays() throws {
        let calendar = try Self.compiled(
            "UTC", #"mon-fri: ["09:00-17:00"]"#,
            more: #", holidays: ["2026-03-02..2026-03-03"], extra: {"2026-03-03": ["10:00-11:00"], "2026-03-04": []}"#)
        let start = Self.at("2026-03-02T00:00:00Z")
        #expect(calendar.due(start: start, open: .minutes(60)) == Self.at("2026-03-03T11:00:00Z"))
        #expect(calendar.due(start: start, open: .minutes(61)) == Self.at("2026-03-05T09:01:00Z"))
    }

    @Test("a due time is the end of a block where it falls on it, and no open time is due at once")
    func ends() throws {
        let calendar = try Self.compiled("UTC", #"mon-fri: ["09:00-17:00"]"#)
        let friday = Self.at("2026-03-06T16:00:00Z")
        #expect(calendar.due(start: friday, open: .hours(1)) == Self.at("2026-03-06T17:00:00Z"))
        #expect(
            calendar.due(start: friday, open: .hours(1) + TimeSpan(microseconds: 1))
                == Self.at("2026-03-09T09:00:00Z") + TimeSpan(microseconds: 1))
        let saturday = Self.at("2026-03-07T12:00:00Z")
        #expect(calendar.due(start: saturday, open: .zero) == saturday)
        #expect(calendar.open(between: friday, and: saturday) == .hours(1))
        #expect(calendar.open(between: saturday, and: friday) == .zero)
    }

    /// The clocks of New York skip 02:00 to 03:00 on 8 March 2026 and show 01:00 to 02:00 twice on 1 November.
    @Test(
        "a time that the clocks skip is not there, one that they show twice is there twice",
        arguments: [
            ("2026-03-08", "02:30-04:00", ["07:00Z-08:00Z"]), ("2026-03-08", "01:00-02:30", ["06:00Z-07:00Z"]),
            ("2026-03-08", "02:15-02:45", []), ("2026-03-08", "02:00-03:00", []),
            ("2026-03-08", "02:15-03:15", ["07:00Z-07:15Z"]), ("2026-03-08", "01:00-04:00", ["06:00Z-08:00Z"]),
            ("2026-11-01", "00:30-01:30", ["04:30Z-05:30Z", "06:00Z-06:30Z"]),
            ("2026-11-01", "01:30-02:00", ["05:30Z-06:00Z", "06:30Z-07:00Z"]),
            ("2026-11-01", "01:15-01:20", ["05:15Z-05:20Z", "06:15Z-06:20Z"]),
            ("2026-11-01", "00:00-20:00", ["04:00Z-01:00Z"]),
        ])
    func clockChange(day: String, block: String, expected: [String]) throws {
        let calendar = try Self.compiled("America/New_York", "sun: [\"\(block)\"]")
        let midnight = Self.at("\(day)T04:00:00Z") + (day == "2026-03-08" ? .hours(1) : .zero)
        let ofDay = calendar.intervals.filter { midnight.microseconds..<(midnight + .days(1)).microseconds ~= $0.start }
        #expect(ofDay.map { Self.clock($0.start) + "-" + Self.clock($0.end) } == expected)
    }

    private static func clock(_ microseconds: Int64) -> String {
        let minutes = microseconds / 60_000_000 % 1_440
        func padded(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(padded(minutes / 60)):\(padded(minutes % 60))Z"
    }

    @Test("blocks that a clock put back mixes count once, and leave out what is between them")
    func mixed() throws {
        let calendar = try Self.compiled("America/New_York", #"sun: ["01:00-01:10", "01:05-01:20", "01:40-02:10"]"#)
        let open = calendar.open(between: Self.at("2026-11-01T00:00:00Z"), and: Self.at("2026-11-02T00:00:00Z"))
        // Twice 01:00 to 01:20 and 01:40 to 02:00, once 02:00 to 02:10.
        #expect(open == .minutes(90))
    }

    @Test("a midnight that the clocks skip begins the day an hour later")
    func skippedMidnight() throws {
        // Cairo skips 00:00 to 01:00 on Friday 24 April 2026.
        let calendar = try Self.compiled("Africa/Cairo", #"thu: ["20:00-24:00"], fri: ["00:00-02:00"]"#)
        let start = Self.at("2026-04-23T20:00:00+02:00")
        #expect(calendar.due(start: start, open: .hours(5)) == Self.at("2026-04-24T02:00:00+03:00"))
    }

    @Test("a calendar grows year by year without a seam, and says where its knowledge ends")
    func extended() throws {
        for (zone, hours) in [
            ("Asia/Seoul", #"mon-sun: ["00:00-24:00"]"#), ("America/New_York", #"mon-sun: ["18:00-12:00"]"#),
            ("Pacific/Kiritimati", #"mon-fri: ["09:00-12:00", "13:00-18:00"]"#),
        ] {
            let whole = try Self.compiled(zone, hours, years: 2024...2030)
            var grown = try Self.compiled(zone, hours, years: 2024...2025)
            #expect(grown.until == Self.at("2026-01-01T00:00:00Z"))
            #expect(grown.due(start: grown.until - .hours(1), open: .hours(2)) == nil)
            for years in [2026...2026, 2027...2029, 2030...2030] {
                grown.extend(by: try Self.compiled(zone, hours, years: years))
            }
            #expect(grown == whole)
        }
    }

    @Test("around the clock it is one interval, and does not change before the end of what is known")
    func aroundTheClock() throws {
        let calendar = try Self.compiled("America/New_York", #"mon-sun: ["00:00-24:00"]"#)
        #expect(calendar.intervalCount == 1)
        #expect(calendar.nextChange(after: Self.at("2026-06-01T00:00:00Z")) == nil)
        let start = Self.at("2026-03-07T17:00:00Z")
        #expect(calendar.due(start: start, open: .hours(24)) == start + .hours(24))
    }

    @Test("it is compiled two years back and ten ahead, and asks for the next when a year has passed")
    func horizon() throws {
        let plan = try #require(RoutingPlan.read(Plans.example).plan)
        let compiler = try #require(CalendarCompiler(plan.calendars[0]))
        var calendar = compiler.calendar(around: Self.at("2026-12-31T23:00:00Z"))
        #expect(calendar.from == Self.at("2024-01-01T00:00:00Z") && calendar.until == Self.at("2037-01-01T00:00:00Z"))
        #expect(compiler.addition(to: calendar, at: Self.at("2026-12-31T23:59:59Z")) == nil)
        let addition = try #require(compiler.addition(to: calendar, at: Self.at("2027-01-01T00:00:00Z")))
        calendar.extend(by: addition)
        #expect(calendar.until == Self.at("2038-01-01T00:00:00Z"))
        #expect(compiler.addition(to: calendar, at: Self.at("2027-01-01T00:00:00Z")) == nil)
    }

    @Test(
        "a zone's offset at any moment is Foundation's",
        arguments: [
            "Asia/Seoul", "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu",
        ])
    func offsets(name: String) throws {
        let zone = try #require(ZoneOffsets(name))
        var random = SplitMix64(seed: 7)
        for _ in 0..<2_000 {
            let second = Int64(random.int(-2_208_988_800...4_102_444_799))
            #expect(zone.offset(at: second) == LocalTime.offset(of: name, at: second), "\(second)")
        }
    }

    @Test(
        "an abbreviation, an offset and a misspelt zone are none",
        arguments: ["KST", "GMT+9", "GMT+0900", "+09:00", "asia/seoul", "Asia/Soeul", "", " UTC"])
    func unknownZones(name: String) {
        #expect(ZoneOffsets(name) == nil)
    }
}
