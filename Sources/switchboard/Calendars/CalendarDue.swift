import LineProtocol
import Plan
import Routing

/// Computes deadlines on the calendars of a plan; keeps what it compiles.
struct CalendarDue {
    /// What is wrong with a question; a sentence for people.
    struct Complaint: Error {
        let message: String
    }

    /// Years that are compiled at once, and after how many a deadline is not looked for any more.
    private static let yearsAtOnce = 12
    private static let yearsMaximum = 60

    private struct Window: Hashable {
        var calendar: String
        var year: Int
        var length: Int
    }

    private let calendars: [BusinessCalendar]
    private var compilers: [String: (compiler: CalendarCompiler, zone: ZoneOffsets)] = [:]
    private var windows: [Window: CompiledCalendar] = [:]

    init(_ calendars: [BusinessCalendar]) {
        self.calendars = calendars
    }

    /// `NAME START DURATION`.
    mutating func due(line: String) throws(Complaint) -> String {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count == 3 else {
            throw Complaint(message: "a line is NAME START DURATION, such as seoul 2026-10-02T17:00:00+09:00 4h")
        }
        return try due(words[0], start: words[1], span: words[2])
    }

    /// The moment in RFC 3339 by which the calendar has been open for so long, on the clocks of its zone.
    mutating func due(_ name: String, start: String, span: String) throws(Complaint) -> String {
        let (compiler, zone) = try parts(of: name)
        guard let duration = WireTime.parseDuration(Array(span.utf8).span) else {
            throw Complaint(message: "\(span) is no duration; use one such as 30m, 4h or 1h30m")
        }
        let moment = try Self.moment(start, zone)
        guard moment >= .epoch else { throw Complaint(message: "\(start) is before 1970, where calendars begin") }
        let year = CivilDate(day: Int(moment.microseconds / 86_400_000_000)).year
        var length = Self.yearsAtOnce
        while true {
            let window = Window(calendar: name, year: year, length: length)
            let compiled = windows[window] ?? compiler.calendar(years: year...year + length - 1)
            windows[window] = compiled
            let due = compiled.due(start: moment, open: TimeSpan(microseconds: duration))
            if let due { return CalendarClock.text(due, zone) }
            guard length < Self.yearsMaximum else {
                throw Complaint(message: "\(name) is not open for \(span) within \(Self.yearsMaximum) years")
            }
            length = Self.yearsMaximum
        }
    }

    private mutating func parts(of name: String) throws(Complaint) -> (CalendarCompiler, ZoneOffsets) {
        if let known = compilers[name] { return known }
        let calendar = try Self.calendar(name, among: calendars)
        guard let compiler = CalendarCompiler(calendar), let zone = ZoneOffsets(calendar.timezone) else {
            throw Complaint(message: "the time zone \(calendar.timezone) is not known here")
        }
        compilers[name] = (compiler, zone)
        return (compiler, zone)
    }

    static func calendar(
        _ name: String, among calendars: [BusinessCalendar]
    ) throws(Complaint) -> BusinessCalendar {
        let normal = normalizedName(name)
        if let found = calendars.first(where: { $0.name == normal }) { return found }
        let advice = Nearest.advice(on: normal, among: calendars.map(\.name), plural: "calendars")
        throw Complaint(message: "no calendar \(name) in the plan; \(advice)")
    }

    /// RFC 3339, or the same without an offset: what the clocks of the calendar's zone show.
    private static func moment(_ text: String, _ zone: ZoneOffsets) throws(Complaint) -> Instant {
        if let microseconds = WireTime.parseInstant(Array(text.utf8).span) {
            return Instant(microseconds: microseconds)
        }
        for rest in ["Z", ":00Z"] {
            if let local = WireTime.parseInstant(Array((text + rest).utf8).span) {
                let second = zone.second(ofLocal: local / 1_000_000)
                return Instant(microseconds: second * 1_000_000 + local % 1_000_000)
            }
        }
        throw Complaint(
            message: "\(text) is no time; use one such as 2026-10-02T17:00:00+09:00, or 2026-10-02T17:00 there")
    }
}

/// Times as the clocks of a zone show them.
enum CalendarClock {
    /// The day that it is there now; where the zone is not known, in UTC.
    static func today(in zone: String) -> CivilDate {
        let second = Instant.current.microseconds / 1_000_000
        return CivilDate(day: Int((second + (ZoneOffsets(zone)?.offset(at: second) ?? 0)) / 86_400))
    }

    /// RFC 3339 with the zone's offset at that moment; parts of a second where there are any.
    static func text(_ instant: Instant, _ zone: ZoneOffsets) -> String {
        let (seconds, rest) = instant.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let offset = zone.offset(at: seconds)
        var text = WireTime.string(instant: (seconds + offset) * 1_000_000 + rest)
        text.removeLast()
        if text.hasSuffix(".000") { text.removeLast(4) }
        if offset == 0 { return text + "Z" }
        let minutes = abs(offset) / 60
        return text + (offset < 0 ? "-" : "+") + minute(Int(minutes))
    }

    /// `09:05`, also past midnight.
    static func minute(_ minutes: Int) -> String {
        func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(padded(minutes / 60)):\(padded(minutes % 60))"
    }
}
