/// A moment as a client names it.
package enum InstantValue: Sendable, Equatable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    case absolute(microseconds: Int64)
    /// Microseconds from now.
    case relative(microseconds: Int64)

    /// The moment in microseconds since 1970, if it is now `now`.
    package func resolved(now: Int64) -> Int64 {
        switch self {
        case .absolute(let microseconds): return microseconds
        case .relative(let microseconds):
            let (sum, overflows) = now.addingReportingOverflow(microseconds)
            return overflows ? .max : sum
        }
    }
}

/// Instants and durations as the wire writes them, over Int64 microseconds.
package enum WireTime {
    private static let microsecondsPerDay: Int64 = 86_400_000_000

    // MARK: Instants

    /// The years 1 to 9999 in UTC: what is written in UTC has to be readable again.
    private static let writable =
        daysFromCivil(year: 1, month: 1, day: 1) * microsecondsPerDay..<daysFromCivil(year: 10_000, month: 1, day: 1)
        * microsecondsPerDay

    /// Reads RFC 3339: `2026-03-02T00:00:00Z`, with a fraction, with an offset such as `+09:00`. Nil if it is none,
    /// or not within the years 1 to 9999 in UTC.
    ///
    /// Digits of the fraction after the sixth are dropped. A leap second (`:60`) is refused: the engine's clock has
    /// none.
    package static func parseInstant(_ text: Span<UInt8>) -> Int64? {
        guard text.count >= 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            text[10] | 0x20 == UInt8(ascii: "t"), text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            let year = digits(text, 0, 4), let month = digits(text, 5, 2), let day = digits(text, 8, 2),
            let hour = digits(text, 11, 2), let minute = digits(text, 14, 2), let second = digits(text, 17, 2),
            year >= 1, month >= 1, month <= 12, day >= 1, day <= daysInMonth(year, month), hour <= 23, minute <= 59,
            second <= 59
        else { return nil }
        var index = 19
        guard let fraction = parseFraction(text, &index), let offset = parseOffset(text, index) else { return nil }
        let days = daysFromCivil(year: year, month: month, day: day)
        let seconds = hour * 3_600 + minute * 60 + second - offset
        let microseconds = days * microsecondsPerDay + seconds * 1_000_000 + fraction
        return writable.contains(microseconds) ? microseconds : nil
    }

    /// Appends `2026-03-02T00:00:00.000Z`; microseconds under the millisecond are dropped.
    package static func append(instant microseconds: Int64, to bytes: inout [UInt8]) {
        let day = floorDivide(microseconds, microsecondsPerDay)
        let ofDay = microseconds - day * microsecondsPerDay
        let (year, month, dayOfMonth) = civilFromDays(day)
        if year < 0 { bytes.append(UInt8(ascii: "-")) }
        bytes.append(decimal: year.magnitude, digitsMin: 4)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: UInt64(month), digitsMin: 2)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: UInt64(dayOfMonth), digitsMin: 2)
        bytes.append(UInt8(ascii: "T"))
        let milliseconds = UInt64(ofDay / 1_000)
        bytes.append(decimal: milliseconds / 3_600_000, digitsMin: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: milliseconds / 60_000 % 60, digitsMin: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: milliseconds / 1_000 % 60, digitsMin: 2)
        bytes.append(UInt8(ascii: "."))
        bytes.append(decimal: milliseconds % 1_000, digitsMin: 3)
        bytes.append(UInt8(ascii: "Z"))
    }

    package static func string(instant microseconds: Int64) -> String {
        var bytes: [UInt8] = []
        append(instant: microseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Durations

    /// Reads `500ms`, `20s`, `5m`, `2h`, `1d` and what is made of them, the greater unit first (`1h30m`), up to 100
    /// years. Nil if it is none.
    package static func parseDuration(_ text: Span<UInt8>) -> Int64? {
        guard text.count > 0 else { return nil }
        var total: Int64 = 0
        var index = 0
        var unitLast: Int64 = .max
        while index < text.count {
            let start = index
            var value: Int64 = 0
            while index < text.count, let digit = digits(text, index, 1) {
                // Over the longest duration in any unit already: stop before it overflows.
                guard value <= Limits.durationMicroseconds else { return nil }
                value = value * 10 + digit
                index += 1
            }
            guard index > start, let unit = parseUnit(text, &index), unit < unitLast else { return nil }
            let (part, overflows) = value.multipliedReportingOverflow(by: unit)
            guard !overflows, part <= Limits.durationMicroseconds else { return nil }
            total += part
            guard total <= Limits.durationMicroseconds else { return nil }
            unitLast = unit
        }
        return total
    }

    /// Appends `1m30s`, `500ms`, `0s`; microseconds under the millisecond are dropped.
    package static func append(duration microseconds: Int64, to bytes: inout [UInt8]) {
        var rest = microseconds.magnitude / 1_000
        guard rest > 0 else {
            bytes.append("0s")
            return
        }
        if microseconds < 0 { bytes.append(UInt8(ascii: "-")) }
        let units: [(UInt64, StaticString)] = [
            (86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms"),
        ]
        for (unit, name) in units where rest >= unit {
            bytes.append(decimal: rest / unit, digitsMin: 1)
            bytes.append(name)
            rest %= unit
        }
    }

    package static func string(duration microseconds: Int64) -> String {
        var bytes: [UInt8] = []
        append(duration: microseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `+5m` or RFC 3339.
    static func parseInstantValue(_ text: Span<UInt8>) -> InstantValue? {
        if text.count > 1, text[0] == UInt8(ascii: "+") {
            return parseDuration(text.extracting(1..<text.count)).map { .relative(microseconds: $0) }
        }
        return parseInstant(text).map { .absolute(microseconds: $0) }
    }

    // MARK: Parts

    private static func digits(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> Int64? {
        guard start + count <= text.count else { return nil }
        var value: Int64 = 0
        for index in start..<start + count {
            let digit = Int64(text[index]) - 48
            guard digit >= 0, digit <= 9 else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    private static func parseFraction(_ text: Span<UInt8>, _ index: inout Int) -> Int64? {
        guard text[index] == UInt8(ascii: ".") else { return 0 }
        index += 1
        let start = index
        var value: Int64 = 0
        var unit: Int64 = 100_000
        while index < text.count, let digit = digits(text, index, 1) {
            value += digit * unit
            unit /= 10
            index += 1
        }
        return index > start ? value : nil
    }

    /// The offset from UTC in seconds; it must end the text.
    private static func parseOffset(_ text: Span<UInt8>, _ index: Int) -> Int64? {
        guard index < text.count else { return nil }
        if text[index] | 0x20 == UInt8(ascii: "z") { return index + 1 == text.count ? 0 : nil }
        guard text.count == index + 6, text[index + 3] == UInt8(ascii: ":"), let hours = digits(text, index + 1, 2),
            let minutes = digits(text, index + 4, 2), hours <= 23, minutes <= 59
        else { return nil }
        switch text[index] {
        case UInt8(ascii: "+"): return hours * 3_600 + minutes * 60
        case UInt8(ascii: "-"): return -(hours * 3_600 + minutes * 60)
        default: return nil
        }
    }

    private static func parseUnit(_ text: Span<UInt8>, _ index: inout Int) -> Int64? {
        guard index < text.count else { return nil }
        let first = text[index]
        index += 1
        switch first {
        case UInt8(ascii: "d"): return microsecondsPerDay
        case UInt8(ascii: "h"): return 3_600_000_000
        case UInt8(ascii: "s"): return 1_000_000
        case UInt8(ascii: "m"):
            guard index < text.count, text[index] == UInt8(ascii: "s") else { return 60_000_000 }
            index += 1
            return 1_000
        default: return nil
        }
    }

    private static func daysInMonth(_ year: Int64, _ month: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar.
    /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
    private static func daysFromCivil(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Source: the same, `civil_from_days`.
    private static func civilFromDays(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }
}
