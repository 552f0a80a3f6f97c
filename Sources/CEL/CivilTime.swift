/// A moment as a calendar and a clock show it, in the proleptic Gregorian calendar.
struct CivilTime {
    var year: Int64
    /// 1…12.
    var month: Int64
    /// 1…31.
    var day: Int64
    var hour: Int64
    var minute: Int64
    var second: Int64

    /// - Parameter seconds: since 1970-01-01T00:00:00, without time zones.
    init(secondsSince1970 seconds: Int64) {
        let days = Self.floorDivide(seconds, by: 86_400)
        let ofDay = seconds - days * 86_400
        (year, month, day) = Self.date(daysSince1970: days)
        hour = ofDay / 3_600
        minute = ofDay / 60 % 60
        second = ofDay % 60
    }

    /// 0 for the first of January.
    var dayOfYear: Int64 {
        Self.daysSince1970(year: year, month: month, day: day) - Self.daysSince1970(year: year, month: 1, day: 1)
    }

    /// 0 for Sunday. The first of January 1970 was a Thursday.
    var dayOfWeek: Int64 {
        let days = Self.daysSince1970(year: year, month: month, day: day) + 4
        return days - Self.floorDivide(days, by: 7) * 7
    }

    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil: years begin in March, so
    /// that the leap day is the last of its year; an era is 400 years, 146,097 days.
    static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = floorDivide(marchYear, by: 400)
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Source: as above, civil_from_days.
    private static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    static func dayCount(ofMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : -((divisor - 1 - value) / divisor)
    }
}
