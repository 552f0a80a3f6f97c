/// Microseconds in a second: the unit of every time and length in this module.
package let microsecondsPerSecond: Int64 = 1_000_000

/// Calendar arithmetic on the proleptic Gregorian calendar without a time zone: a recording's local times.
package enum CivilTime {
    /// Days from 1970-01-01 to the given date.
    ///
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
    package static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Reads `1999-02-01T07:00:17`, a space instead of the T and a fraction of a second allowed, as microseconds from
    /// 1970-01-01T00:00:00 of the same local clock; nil where it is not such a time.
    package static func microseconds(_ text: String) -> Int64? {
        var digits = Digits(text.utf8[...])
        guard let day = digits.date(), digits.take("T") || digits.take(" ") else { return nil }
        guard let time = digits.timeOfDay(), digits.isAtEnd else { return nil }
        return Int64(day) * 86_400 * microsecondsPerSecond + time
    }

    /// Reads `1999-02-01` as days from 1970-01-01.
    package static func day(_ text: String) -> Int? {
        var digits = Digits(text.utf8[...])
        guard let day = digits.date(), digits.isAtEnd else { return nil }
        return day
    }

    /// Reads `07:30` or `07:30:15` as microseconds from midnight; `24:00` is the end of the day.
    package static func timeOfDay(_ text: String) -> Int64? {
        if text == "24:00" { return 86_400 * microsecondsPerSecond }
        var digits = Digits(text.utf8[...])
        guard let hour = digits.number(2), hour < 24, digits.take(":"), let minute = digits.number(2), minute < 60
        else { return nil }
        var second = 0
        if digits.take(":") {
            guard let value = digits.number(2), value < 60 else { return nil }
            second = value
        }
        guard digits.isAtEnd else { return nil }
        return Int64(hour * 3600 + minute * 60 + second) * microsecondsPerSecond
    }

    /// The whole days of a local time.
    package static func dayNumber(_ microseconds: Int64) -> Int {
        let length = 86_400 * microsecondsPerSecond
        return Int(microseconds >= 0 ? microseconds / length : (microseconds - length + 1) / length)
    }
}

/// A cursor over ASCII digits.
private struct Digits {
    private var rest: Substring.UTF8View

    init(_ text: Substring.UTF8View) {
        rest = text
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func number(_ count: Int) -> Int? {
        guard rest.count >= count else { return nil }
        var value = 0
        for byte in rest.prefix(count) {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        rest = rest.dropFirst(count)
        return value
    }

    mutating func date() -> Int? {
        guard let year = number(4), take("-"), let month = number(2), (1...12).contains(month), take("-"),
            let day = number(2), day >= 1
        else { return nil }
        let next = month == 12 ? (year + 1, 1) : (year, month + 1)
        let length =
            CivilTime.days(year: next.0, month: next.1, day: 1) - CivilTime.days(year: year, month: month, day: 1)
        guard day <= length else { return nil }
        return CivilTime.days(year: year, month: month, day: day)
    }

    /// A leap second is taken as the second after it.
    mutating func timeOfDay() -> Int64? {
        guard let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60, take(":"),
            let second = number(2), second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if take(".") {
            var scale = microsecondsPerSecond
            guard rest.first.map({ (48...57).contains($0) }) == true else { return nil }
            while let digit = rest.first, (48...57).contains(digit) {
                scale /= 10
                fraction += Int64(digit - 48) * scale
                rest = rest.dropFirst()
            }
        }
        return Int64(hour * 3600 + minute * 60 + second) * microsecondsPerSecond + fraction
    }
}
