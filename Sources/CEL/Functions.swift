/// Functions of texts, lists, maps, timestamps and durations.
enum Functions {
    /// Code points, bytes, elements or entries.
    static func size(of value: Value, _ meter: inout Meter) throws(Failure) -> Int {
        switch value {
        case .string(let text):
            try meter.charge(bytes: text.utf8.count)
            return Text.codePointCount(text)
        case .bytes(let bytes): return bytes.count
        case .list(let list): return list.count
        case .map(let map): return map.count
        default: throw .noOverload("size", value)
        }
    }

    /// What the functions that ask about two texts say.
    static func test(
        _ function: BuiltIn, _ left: Value, _ right: Value, _ meter: inout Meter
    ) throws(Failure) -> Bool {
        guard case .string(let text) = left, case .string(let part) = right else {
            throw .noOverload(function.rawValue, left, right)
        }
        try meter.charge(bytes: part.utf8.count)
        switch function {
        case .startsWith: return Text.hasPrefix(text, part)
        case .endsWith: return Text.hasSuffix(text, part)
        case .contains:
            try meter.charge(bytes: text.utf8.count)
            return Text.contains(text, part)
        case .matches: return try compile(part, &meter).matches(text, &meter)
        default: preconditionFailure("the function asks about two texts")
        }
    }

    /// A pattern that is not written out in the expression.
    private static func compile(_ text: String, _ meter: inout Meter) throws(Failure) -> Pattern {
        try meter.charge(min(text.utf8.count, ExpressionLimits.patternBytesMax))
        let pattern: Pattern
        do {
            pattern = try Pattern(text)
        } catch {
            // It may have been given up just before it was finished.
            try meter.charge(ExpressionLimits.patternStateCountMax)
            throw Failure(.argument, "the pattern is none: \(error.message)")
        }
        try meter.charge(pattern.states.count)
        return pattern
    }

    /// What an accessor reads of a timestamp or a duration.
    static func read(
        _ function: BuiltIn, of value: Value, zone: Value?, _ zones: (any TimeZones)?
    ) throws(Failure) -> Int64 {
        switch (value, zone) {
        case (.timestamp(let timestamp), nil): return read(function, of: timestamp, offset: 0)
        case (.timestamp(let timestamp), .string(let zone)?):
            guard let offset = ZoneOffset.seconds(of: zone, at: timestamp, in: zones) else {
                throw Failure(.argument, "there is no such time zone")
            }
            return read(function, of: timestamp, offset: offset)
        case (.duration(let duration), nil):
            switch function {
            case .getHours: return duration / 3_600_000_000_000
            case .getMinutes: return duration / 60_000_000_000
            case .getSeconds: return duration / 1_000_000_000
            // The part below a second, unlike the others.
            case .getMilliseconds: return duration / 1_000_000 % 1_000
            default: throw .noOverload(function.rawValue, value)
            }
        default: throw .noOverload(function.rawValue, value)
        }
    }

    /// Months, days of the month, the week and the year count from 0; `getDate` counts days of the month from 1.
    private static func read(_ function: BuiltIn, of timestamp: Timestamp, offset: Int) -> Int64 {
        let civil = timestamp.civil(offset: offset)
        return switch function {
        case .getFullYear: civil.year
        case .getMonth: civil.month - 1
        case .getDate: civil.day
        case .getDayOfMonth: civil.day - 1
        case .getDayOfWeek: civil.dayOfWeek
        case .getDayOfYear: civil.dayOfYear
        case .getHours: civil.hour
        case .getMinutes: civil.minute
        case .getSeconds: civil.second
        case .getMilliseconds: Int64(timestamp.nanoseconds / 1_000_000)
        default: preconditionFailure("the function reads a timestamp")
        }
    }
}
