/// A moment from 0001-01-01T00:00:00Z to the end of the year 9999, to the nanosecond.
///
/// Source: google/protobuf/timestamp.proto, which gives CEL its range.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Since 1970-01-01T00:00:00Z.
    package let seconds: Int64
    /// 0…999,999,999, counted forward also before 1970.
    package let nanoseconds: Int32

    static let secondsRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
    private static let nanosecondsPerSecond: Int64 = 1_000_000_000

    /// Nil outside of the range.
    package init?(seconds: Int64, nanoseconds: Int32 = 0) {
        guard Self.secondsRange.contains(seconds), 0..<1_000_000_000 ~= nanoseconds else { return nil }
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// Nil outside of the range.
    package init?(microseconds: Int64) {
        let (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let isBefore = fraction < 0
        self.init(
            seconds: isBefore ? seconds - 1 : seconds,
            nanoseconds: Int32(isBefore ? fraction + 1_000_000 : fraction) * 1_000)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// The moment so many nanoseconds later, or earlier if negative. Nil outside of the range.
    func advanced(byNanoseconds duration: Int64) -> Timestamp? {
        var fraction = Int64(nanoseconds) + duration % Self.nanosecondsPerSecond
        var whole = seconds + duration / Self.nanosecondsPerSecond
        if fraction < 0 {
            fraction += Self.nanosecondsPerSecond
            whole -= 1
        } else if fraction >= Self.nanosecondsPerSecond {
            fraction -= Self.nanosecondsPerSecond
            whole += 1
        }
        return Timestamp(seconds: whole, nanoseconds: Int32(fraction))
    }

    /// Nanoseconds from another moment to this one. Nil beyond 292 years.
    func nanoseconds(since other: Timestamp) -> Int64? {
        let (whole, overflow) = (seconds - other.seconds).multipliedReportingOverflow(by: Self.nanosecondsPerSecond)
        let (sum, overflowOfSum) = whole.addingReportingOverflow(Int64(nanoseconds) - Int64(other.nanoseconds))
        return overflow || overflowOfSum ? nil : sum
    }

    /// What a calendar and a clock show that are so many seconds ahead of UTC.
    func civil(offset: Int = 0) -> CivilTime {
        CivilTime(secondsSince1970: seconds + Int64(offset))
    }
}

extension Timestamp {
    /// Reads `2026-01-02T03:04:05Z`, with a fraction of the second or without, with `+09:00` instead of `Z`.
    ///
    /// Source: RFC 3339, 5.6, without leap seconds and small letters; digits of the fraction after the ninth are dropped.
    package init?(_ text: String) {
        var reader = DigitReader(Array(text.utf8))
        guard
            let year = reader.digits(4), reader.skip("-"), let month = reader.digits(2), reader.skip("-"),
            let day = reader.digits(2), reader.skip("T"), let hour = reader.digits(2), reader.skip(":"),
            let minute = reader.digits(2), reader.skip(":"), let second = reader.digits(2),
            let nanoseconds = reader.fraction(), let offset = reader.zone(), reader.isAtEnd,
            1...12 ~= month, 1...CivilTime.dayCount(ofMonth: month, year: year) ~= day, hour < 24, minute < 60,
            second < 60
        else { return nil }
        let days = CivilTime.daysSince1970(year: year, month: month, day: day)
        let ofDay = hour * 3_600 + minute * 60 + second
        self.init(seconds: days * 86_400 + ofDay - offset, nanoseconds: Int32(nanoseconds))
    }

    /// RFC 3339 in UTC; the fraction has as many digits as it needs.
    package var text: String {
        let civil = civil()
        let date = "\(Self.padded(civil.year, 4))-\(Self.padded(civil.month, 2))-\(Self.padded(civil.day, 2))"
        let time = "\(Self.padded(civil.hour, 2)):\(Self.padded(civil.minute, 2)):\(Self.padded(civil.second, 2))"
        return "\(date)T\(time)\(DurationText.fraction(Int64(nanoseconds)))Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// Reads fields of fixed width.
private struct DigitReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard let next, UInt32(next) == mark.value else { return false }
        index += 1
        return true
    }

    mutating func digits(_ count: Int) -> Int64? {
        var number: Int64 = 0
        for _ in 0..<count {
            guard let next, NumberText.isDigit(next) else { return nil }
            number = number * 10 + Int64(next - UInt8(ascii: "0"))
            index += 1
        }
        return number
    }

    /// Nanoseconds; 0 where there is no point.
    mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        var number: Int64 = 0
        var count = 0
        while let digit = digits(1) {
            if count < 9 { number = number * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in min(count, 9)..<9 { number *= 10 }
        return number
    }

    /// Seconds ahead of UTC.
    mutating func zone() -> Int64? {
        if skip("Z") { return 0 }
        let isBehind = next == UInt8(ascii: "-")
        guard skip("+") || skip("-"), let hour = digits(2), skip(":"), let minute = digits(2), hour < 24, minute < 60
        else { return nil }
        return (isBehind ? -1 : 1) * (hour * 3_600 + minute * 60)
    }
}
