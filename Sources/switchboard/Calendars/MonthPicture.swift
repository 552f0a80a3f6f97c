import Plan
import Routing
import Simulation

/// A month of a calendar as lines for a terminal: a line a day, its hours as a bar.
struct MonthPicture {
    /// A line and what it is, for its colour.
    struct Line {
        var text: String
        var isHoliday: Bool
        var isExtra: Bool
    }

    private static let hours = "0     6     12    18    "

    let title: String
    let header: String
    /// nil: between two weeks.
    let lines: [Line?]
    let sum: String

    init?(_ calendar: BusinessCalendar, year: Int, month: Int) {
        guard let drawn = CalendarMonth(calendar, year: year, month: month) else { return nil }
        title = "\(calendar.name), \(year)-\(month < 10 ? "0" : "")\(month), \(calendar.timezone)"
        var table = TextTable([.init("", .right), .init(""), .init(Self.hours), .init("open"), .init("")])
        table.cellWidthMaximum = 200
        for day in drawn.days {
            let blocks = day.blocks.map(\.text).joined(separator: " ")
            table.add([
                "\(day.date.dayOfMonth)", day.date.weekday.rawValue, Self.bar(day.isOpen),
                blocks.isEmpty ? "-" : blocks,
                Self.notes(day, calendar).joined(separator: ", "),
            ])
        }
        header = table.lines[0]
        var lines: [Line?] = []
        for (day, text) in zip(drawn.days, table.lines.dropFirst()) {
            if day.date.weekday == .monday, !lines.isEmpty { lines.append(nil) }
            lines.append(Line(text: text, isHoliday: day.isHoliday, isExtra: day.isExtra))
        }
        self.lines = lines
        let openDays = drawn.days.count { $0.isOpen.contains(true) }
        sum = "\(openDays) days with open hours, \(Self.length(drawn.openTotal.microseconds)) in all"
    }

    /// A character an hour: full, a half, or a part of it.
    private static func bar(_ isOpen: [Bool]) -> String {
        (0..<24).map { hour in
            let first = isOpen[hour * 60..<hour * 60 + 30].count { $0 }
            let second = isOpen[hour * 60 + 30..<hour * 60 + 60].count { $0 }
            return switch (first, second) {
            case (0, 0): "·"
            case (30, 30): "█"
            case (30, 0): "▌"
            case (0, 30): "▐"
            default: "▒"
            }
        }.joined()
    }

    private static func notes(_ day: CalendarMonth.Day, _ calendar: BusinessCalendar) -> [String] {
        var notes: [String] = []
        if day.isHoliday {
            let name = calendar.timezone == "Asia/Seoul" ? publicHoliday(day.date) : nil
            notes.append("holiday" + (name.map { " \($0)" } ?? ""))
        }
        if day.isExtra { notes.append("extra day") }
        if let change = day.clockChange {
            let way = change.after > change.before ? "forward" : "back"
            notes.append(
                "clocks go \(way), \(CalendarClock.minute(change.before)) → \(CalendarClock.minute(change.after))")
        }
        return notes
    }

    private static func publicHoliday(_ date: CivilDate) -> String? {
        PublicHolidays.year(date.year, of: "KR")?.days.first { $0.date == date }?.name
    }

    private static func length(_ microseconds: Int64) -> String {
        let minutes = microseconds / 60_000_000
        return minutes % 60 == 0 ? "\(minutes / 60)h" : "\(minutes / 60)h \(minutes % 60)m"
    }
}
