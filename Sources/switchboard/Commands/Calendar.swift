import ArgumentParser
import Client
import Plan
import Routing

/// Everything about the calendars of a plan.
struct CalendarCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar", abstract: "Show calendars, compute deadlines on them, list public holidays.",
        subcommands: [CalendarShow.self, CalendarDueCommand.self, CalendarHolidays.self])
}

/// Where calendars are looked for.
struct CalendarSource: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions

    @Option(help: ArgumentHelp("The plan; without it the daemon's.", valueName: "file"))
    var plan: String?

    func calendars() async throws -> [BusinessCalendar] {
        if let plan { return try PlanFile.plan(plan).calendars }
        var found: [BusinessCalendar] = []
        try await connection.withClient { found = try await PlanFile.plan(of: $0, version: nil).calendars }
        return found
    }

    /// What was asked wrongly is told, and ends the program with code 1.
    static func complaining<Value>(_ body: () throws(CalendarDue.Complaint) -> Value) throws -> Value {
        do throws(CalendarDue.Complaint) {
            return try body()
        } catch {
            Terminal.complain(error.message)
            throw Failure.refused
        }
    }
}

/// Draws a month.
struct CalendarShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Draw a month of a calendar: when it is open, day by day.",
        discussion: """
            A line a day. In the bar a character is an hour: open (█), half of it open (▌▐), another part (▒), closed (·). \
            All times are those of the calendar's zone; the sum counts real time.
            """)

    @OptionGroup var source: CalendarSource

    @Argument(help: "The calendar.")
    var name: String

    @Option(help: "Such as 2026-10; this month.")
    var month: String?

    func run() async throws {
        let wanted = try firstDay()
        let calendars = try await source.calendars()
        let calendar = try CalendarSource.complaining { () throws(CalendarDue.Complaint) in
            try CalendarDue.calendar(name, among: calendars)
        }
        let first = wanted ?? CalendarClock.today(in: calendar.timezone)
        guard let picture = MonthPicture(calendar, year: first.year, month: first.month) else {
            Terminal.complain("the time zone \(calendar.timezone) is not known here")
            throw Failure.refused
        }
        Terminal.line(Terminal.bold(picture.title))
        Terminal.line("")
        Terminal.line(Terminal.dim(picture.header))
        for line in picture.lines {
            guard let line else {
                Terminal.line("")
                continue
            }
            Terminal.line(
                line.isExtra ? Terminal.green(line.text) : line.isHoliday ? Terminal.red(line.text) : line.text)
        }
        Terminal.line("")
        Terminal.line(picture.sum)
    }

    private func firstDay() throws -> CivilDate? {
        guard let month else { return nil }
        guard let day = CivilDate(month + "-01"), (1_971...2_098).contains(day.year) else {
            throw ValidationError("--month \(month): use one such as 2026-10.")
        }
        return day
    }
}

/// Computes deadlines.
struct CalendarDueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "due", abstract: "Compute when a calendar has been open for so long.",
        discussion: """
            START is in RFC 3339, or without an offset by the calendar's own clocks; a day of DURATION is 24 open hours. \
            Without arguments each line of standard input is NAME START DURATION and gets one line: the time, or \
            "error: " and what is wrong.
            """)

    @OptionGroup var source: CalendarSource

    @Argument(help: "The calendar.")
    var name: String?

    @Argument(help: "Such as 2026-10-02T17:00:00+09:00.")
    var start: String?

    @Argument(help: "Such as 30m, 4h, 1h30m.")
    var duration: String?

    func validate() throws {
        if name != nil, duration == nil { throw ValidationError("NAME, START and DURATION, or none of them.") }
        if name == nil, source.plan == "-" { throw ValidationError("Standard input is the questions, not the plan.") }
    }

    func run() async throws {
        var book = CalendarDue(try await source.calendars())
        if let name, let start, let duration {
            let due = try CalendarSource.complaining { () throws(CalendarDue.Complaint) in
                try book.due(name, start: start, span: duration)
            }
            return Terminal.line(due)
        }
        while let line = readLine() {
            if AgentFile.trimmed(line).isEmpty { continue }
            do throws(CalendarDue.Complaint) {
                Terminal.line(try book.due(line: line))
            } catch {
                Terminal.line("error: \(error.message)")
            }
        }
    }
}

/// Lists public holidays for a plan.
struct CalendarHolidays: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holidays", abstract: "Print a country's public holidays as a part of a calendar, to be pasted.",
        discussion: """
            Each year says what it is from: the announcement, or for years ahead the law, by which they are computed. What \
            is decided later has to be added by hand.
            """)

    @Argument(help: "The country, such as KR.")
    var country: String

    @Argument(help: "The years, such as 2026.")
    var years: [Int]

    func run() throws {
        let code = country.uppercased()
        guard let known = PublicHolidays.years(of: code) else {
            Terminal.complain(
                "holidays of \(country) are not known here, only of \(PublicHolidays.countries.joined(separator: ", "))"
            )
            throw Failure.refused
        }
        var text = ""
        for year in years {
            guard let found = PublicHolidays.year(year, of: code) else {
                let listed = known.map(String.init).joined(separator: ", ")
                Terminal.complain("holidays of \(code) are not known here for \(year), only for \(listed)")
                throw Failure.refused
            }
            text += "  # \(code) \(year). Source: \(found.source)\n"
            for day in found.days { text += "  - \"\(day.date.text)\"  # \(day.date.weekday.rawValue), \(day.name)\n" }
        }
        Terminal.write("holidays:\n" + text)
    }
}
