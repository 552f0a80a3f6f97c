/// A day of the Gregorian calendar.
package struct CivilDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    package var day: Int

    package init(day: Int) { self.day = day }

    /// `2026-02-14`. Nil if there is no such day, or it is before 1970.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        let dash = UInt8(ascii: "-")
        guard bytes.count == 10, bytes[4] == dash, bytes[7] == dash, let year = Self.number(bytes[0..<4]),
            let month = Self.number(bytes[5..<7]), let day = Self.number(bytes[8..<10]), year >= 1_970,
            (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`, for years from 0 on.
    package init(year: Int, month: Int, day: Int) {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        self.day = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Source: the same, `civil_from_days`, for days from 0000-03-01 on.
    private var parts: (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
    }

    package var year: Int { parts.year }
    /// 1…12
    package var month: Int { parts.month }
    /// 1…31
    package var dayOfMonth: Int { parts.day }

    package var weekday: Weekday {
        // 1970-01-01 was a Thursday.
        Weekday.allCases[(day % 7 + 7 + 3) % 7]
    }

    package static func < (left: CivilDate, right: CivilDate) -> Bool { left.day < right.day }

    /// The date `2026-02-14`.
    package var text: String {
        let parts = parts
        func padded(_ value: Int, _ digits: Int) -> String {
            String(repeating: "0", count: max(0, digits - "\(value)".count)) + "\(value)"
        }
        return "\(padded(parts.year, 4))-\(padded(parts.month, 2))-\(padded(parts.day, 2))"
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard digit &- 48 <= 9 else { return nil }
            value = value * 10 + Int(digit - 48)
        }
        return value
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

package enum Weekday: String, CaseIterable, Sendable {
    case monday = "mon"
    case tuesday = "tue"
    case wednesday = "wed"
    case thursday = "thu"
    case friday = "fri"
    case saturday = "sat"
    case sunday = "sun"

    /// 0: Monday.
    package var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// `mon`, `mon-fri`, `sat-mon`, `mon,wed,fri`. Nil if it is none of these, or names a day twice.
    static func days(_ text: String) -> [Weekday]? {
        var days: [Weekday] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = trimmed(part).split(separator: "-", omittingEmptySubsequences: false).map {
                Weekday(rawValue: trimmed($0))
            }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2 else { return nil }
            var day = first
            while true {
                guard !days.contains(day) else { return nil }
                days.append(day)
                if day == last { break }
                day = allCases[(day.index + 1) % 7]
            }
        }
        return days
    }

    /// What somebody meant who wrote `Monday` or `mon-fry`; nil if that cannot be told.
    static func meant(by text: String) -> String? {
        let known = allCases.map(\.rawValue)
        var meant = ""
        var word = ""
        for character in text.lowercased() + "," {
            guard character == "," || character == "-" else {
                if character != " " { word.append(character) }
                continue
            }
            guard let day = known.first(where: word.hasPrefix) ?? Nearest.word(to: word, among: known) else {
                return nil
            }
            meant += day + String(character)
            word = ""
        }
        let days = String(meant.dropLast())
        return Self.days(days) == nil ? nil : days
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// The days, in the order of the week, as `mon-fri` or `mon,wed`: runs of three or more, and of two, with a dash.
    static func text(_ days: [Weekday]) -> String {
        var runs: [(first: Weekday, last: Weekday)] = []
        for day in days {
            if let last = runs.last, last.last.index + 1 == day.index {
                runs[runs.count - 1].last = day
            } else {
                runs.append((day, day))
            }
        }
        return runs.map { $0.first == $0.last ? $0.first.rawValue : "\($0.first.rawValue)-\($0.last.rawValue)" }
            .joined(separator: ",")
    }
}
