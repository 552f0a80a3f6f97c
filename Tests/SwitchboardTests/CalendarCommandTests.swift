import Foundation
import LineProtocol
import Plan
import TestSupport
import Testing

@Suite("The commands of calendars", .blocking)
struct CalendarCommandTests {
    private static let plan = """
        calendars:
          서울:
            timezone: Asia/Seoul
            hours: {mon-fri: ["09:00-12:00", "13:00-18:00"], sat: ["10:00-14:30"]}
            holidays: ["2026-10-03", "2026-10-05", "2026-10-09"]
            extra: {"2026-10-24": ["10:00-16:15"], "2026-10-30": []}
          night: {timezone: America/New_York, hours: {mon-sun: ["22:00-06:00"]}}
          once: {timezone: UTC, extra: {"2020-01-01": ["10:00-16:00"]}}

        """

    private func withPlan(_ text: String = plan, _ body: (String) throws -> Void) throws {
        let folder = try makeTemporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/plan.yaml"))
        try body(folder)
    }

    private func calendar(_ folder: String, _ arguments: String..., input: String = "") throws -> ProgramRun {
        try ProgramRun(["calendar"] + arguments + ["--plan", "plan.yaml"], input: Array(input.utf8), folder: folder)
    }

    @Test("show draws a month: bars, blocks, holidays with their names, extra days")
    func show() throws {
        try withPlan { folder in
            let run = try calendar(folder, "show", "서울", "--month", "2026-10")
            let lines = run.output.components(separatedBy: "\n")
            #expect(
                lines.prefix(9) == [
                    "서울, 2026-10, Asia/Seoul",
                    "",
                    "         0     6     12    18      open",
                    " 1  thu  ·········███·█████······  09:00-12:00 13:00-18:00",
                    " 2  fri  ·········███·█████······  09:00-12:00 13:00-18:00",
                    " 3  sat  ························  -                        holiday 개천절",
                    " 4  sun  ························  -",
                    "",
                    " 5  mon  ························  -                        holiday 대체공휴일(개천절)",
                ], "\(run)")
            #expect(lines.contains("10  sat  ··········████▌·········  10:00-14:30"))
            #expect(lines.contains("24  sat  ··········██████▒·······  10:00-16:15              extra day"))
            #expect(lines.contains("30  fri  ························  -                        extra day"))
            // 19 weekdays of 8 h, three Saturdays of 4.5 h, one of 6.25 h.
            #expect(lines.contains("23 days with open hours, 171h 45m in all"))
            #expect(lines.count { $0.contains("█") || $0.contains("······") } == 31)
        }
    }

    @Test(
        "show notes when the clocks change, and the sum counts real time",
        arguments: [
            // 30 nights of 8 h, 31 for March; an hour more, and one less.
            ("2026-11", "clocks go back, 02:00 → 01:00", "241h in all"),
            ("2026-03", "clocks go forward, 02:00 → 03:00", "247h in all"),
            ("2026-12", "", "248h in all"),
        ])
    func clocks(month: String, note: String, sum: String) throws {
        try withPlan { folder in
            let run = try calendar(folder, "show", "night", "--month", month)
            #expect((note.isEmpty || run.output.contains(note)) && run.output.contains(sum), "\(run.output)")
            #expect(run.output.contains("clocks") == !note.isEmpty)
        }
    }

    @Test("due answers one question, or a line each, and goes on after what cannot be answered")
    func due() throws {
        try withPlan { folder in
            let one = try calendar(folder, "due", "서울", "2026-10-02T17:00", "4h")
            #expect(one.output == "2026-10-06T12:00:00+09:00\n")
            let lines = [
                "서울 2026-10-02T17:00:00+09:00 4h", "night 2026-10-31T22:00 5h30m", "x 2026-10-31T22:00 1h",
                "서울 2026 3h", "서울 2026-10-02T17:00 x", "once 2026-10-02T17:00 1m", "", "once",
                "once 2020-01-01T00:00:00Z 0s", "once 2020-01-01T00:00:00.25Z 90s",
            ]
            let run = try calendar(folder, "due", input: lines.joined(separator: "\n"))
            #expect(
                run.output.components(separatedBy: "\n") == [
                    "2026-10-06T12:00:00+09:00", "2026-11-01T02:30:00-05:00",
                    "error: no calendar x in the plan; the calendars are 서울, night, once",
                    "error: 2026 is no time; use one such as 2026-10-02T17:00:00+09:00, or 2026-10-02T17:00 there",
                    "error: x is no duration; use one such as 30m, 4h or 1h30m",
                    "error: once is not open for 1m within 60 years",
                    "error: a line is NAME START DURATION, such as seoul 2026-10-02T17:00:00+09:00 4h",
                    "2020-01-01T00:00:00Z", "2020-01-01T10:01:30Z", "",
                ], "\(run)")
            #expect(run.code == 0)
            let unknown = try calendar(folder, "show", "nigt")
            #expect(unknown.code == 1 && unknown.errors.contains("did you mean night?"))
            #expect(try calendar(folder, "due", "night").code == 64)
            #expect(try calendar(folder, "show", "night", "--month", "2026-13").code == 64)
        }
    }

    @Test("without --plan the daemon's plan is asked")
    func daemon() async throws {
        let site = try await Site.make()
        defer { site.removeFolder() }
        let plan = RoutingPlan.read(Array(Self.plan.utf8)).plan
        try await DaemonUnderTest.start(at: site, plan: plan).use { daemon in
            let run = try CommandRun(
                ["calendar", "due", "서울", "2026-10-02T17:00", "4h", "--connect", daemon.socketPath])
            #expect(run == CommandRun(0, "2026-10-06T12:00:00+09:00\n"))
        }
    }

    @Test("docs/plan.md shows what due answers")
    func documentation() throws {
        let path = URL(fileURLWithPath: #filePath).appending(path: "../../../docs/plan.md").standardizedFileURL.path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let section = try #require(text.components(separatedBy: "\n### calendars\n").last)
        let blocks = section.components(separatedBy: "```")
        #expect(blocks[1].hasPrefix("yaml\n") && blocks[3].hasPrefix("console\n"))
        let asked = blocks[3].split(separator: "\n").dropFirst()
        try withPlan(String(blocks[1].dropFirst(5))) { folder in
            for (command, shown) in zip(asked, asked.dropFirst()) where command.hasPrefix("$ switchboard ") {
                let arguments = command.dropFirst(14).split(separator: " ").map(String.init)
                let run = try ProgramRun(arguments, folder: folder)
                #expect(run.output == shown + "\n", "\(command) \(run)")
            }
        }
        #expect(asked.count == 4)
    }

    // MARK: Holidays

    @Test(
        "holidays are printed as a part of a calendar that a plan takes",
        arguments: [(2024, 19), (2025, 19), (2026, 22), (2027, 24), (2028, 18)])
    func holidays(year: Int, count: Int) throws {
        let run = try CommandRun(["calendar", "holidays", "kr", "\(year)"])
        let block = run.output.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        let text = "calendars:\n  seoul:\n    timezone: Asia/Seoul\n    hours: {mon-fri: [\"09:00-18:00\"]}\n" + block
        let report = RoutingPlan.read(Array(text.utf8))
        let days = try #require(report.plan, "\(report.faults)").calendars[0].holidays
        #expect(days.count == count)
        #expect(days.allSatisfy { $0.first == $0.last && $0.first.year == year })
        #expect(run.output.contains("# KR \(year). Source: ") && run.output.contains("추석"))
    }

    @Test("a year or a country that is not known is said so")
    func unknownYear() throws {
        let run = try ProgramRun(["calendar", "holidays", "KR", "2026", "2029"])
        let known = "for 2029, only for 2024, 2025, 2026, 2027, 2028"
        #expect(run.code == 1 && run.output.isEmpty && run.errors.contains(known))
        #expect(try CommandRun(["calendar", "holidays", "XX", "2026"]).code == 1)
    }

    // MARK: References

    @Test(
        "every case of the reference comes out through due",
        .enabled(if: Reference.exists(CalendarReference.path), "shared/reference is not beside this repository"))
    func reference() throws {
        let file = try CalendarReference.read()
        func clock(_ minutes: Int) -> String {
            [minutes / 60, minutes % 60].map { ($0 < 10 ? "0" : "") + "\($0)" }.joined(separator: ":")
        }
        let calendars = file.schedules.map { name, schedule in
            let hours = schedule.hours.map { day, blocks in
                let day = Weekday.allCases[Int(day) ?? 0].rawValue
                return "\(day): [\(blocks.map { "\"\(clock($0[0]))-\(clock($0[1]))\"" }.joined(separator: ", "))]"
            }
            let holidays = schedule.holidays.map { "\"\($0)\"" }.joined(separator: ", ")
            return
                "  \(name): {timezone: \(schedule.tz), hours: {\(hours.joined(separator: ", "))}, holidays: [\(holidays)]}\n"
        }
        try withPlan("calendars:\n" + calendars.joined()) { folder in
            let lines = file.cases.map { "\($0.schedule) \($0.start) \($0.minutes)m\n" }
            let run = try calendar(folder, "due", input: lines.joined())
            let answers = run.output.split(separator: "\n")
            #expect(answers.count == file.cases.count && answers.count >= CalendarReference.casesMin, "\(run.errors)")
            for (item, answer) in zip(file.cases, answers) {
                let due = WireTime.parseInstant(Array(answer.utf8).span)
                #expect(
                    due != nil && due == WireTime.parseInstant(Array(item.deadline.utf8).span), "\(item) \(answer)")
            }
        }
    }

    @Test(
        "the holidays are those of another list",
        .enabled(if: Reference.exists("calendar/kr_holidays.json"), "shared/reference is not beside this repository"))
    func otherList() throws {
        struct List: Decodable {
            struct Day: Decodable { var date: String }
            var days: [Day]
        }
        let data = try Data(contentsOf: Reference.file("calendar/kr_holidays.json"))
        let listed = try JSONDecoder().decode(List.self, from: data).days.map(\.date)
        for year in 2024...2027 {
            let known = try #require(PublicHolidays.year(year, of: "KR")).days.map(\.date.text)
            #expect(known == listed.filter { $0.hasPrefix("\(year)-") })
        }
    }
}
