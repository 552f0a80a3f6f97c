/// Durations as text, both ways. Durations are nanoseconds.
enum DurationText {
    /// Source: the units of Go's time.ParseDuration, which CEL refers to.
    private static let units: [(name: [UInt8], nanoseconds: Int64)] = [
        (Array("ns".utf8), 1), (Array("us".utf8), 1_000), (Array("\u{B5}s".utf8), 1_000),
        (Array("\u{3BC}s".utf8), 1_000), (Array("ms".utf8), 1_000_000), (Array("s".utf8), 1_000_000_000),
        (Array("m".utf8), 60_000_000_000), (Array("h".utf8), 3_600_000_000_000),
    ]

    /// Reads `1h30m`, `-1.5s`, `20ms`; the units are h, m, s, ms, us and ns; `0` needs none.
    ///
    /// Nil for anything else and for what is beyond 292 years.
    static func parse(_ text: String) -> Int64? {
        var rest = Array(text.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        if rest.elementsEqual("0".utf8) { return 0 }
        guard !rest.isEmpty else { return nil }
        // Counted downwards, where there is room for one more: the least Int64 has no opposite.
        var total: Int64 = 0
        while !rest.isEmpty {
            guard let part = parsePart(&rest) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            if overflow { return nil }
            total = sum
        }
        if isNegative { return total }
        return total == .min ? nil : -total
    }

    /// One number with its unit, negated.
    private static func parsePart(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        let whole = rest.prefix(while: NumberText.isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: NumberText.isDigit)
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        let name = rest.prefix { !NumberText.isDigit($0) && $0 != UInt8(ascii: ".") }
        rest = rest.dropFirst(name.count)
        guard let unit = units.first(where: { name.elementsEqual($0.name) })?.nanoseconds else { return nil }
        return negatedNanoseconds(whole: whole, fraction: fraction, unit: unit)
    }

    private static func negatedNanoseconds(
        whole: ArraySlice<UInt8>, fraction: ArraySlice<UInt8>, unit: Int64
    ) -> Int64? {
        var total: Int64 = 0
        for digit in whole {
            let (product, overflow) = total.multipliedReportingOverflow(by: 10)
            let (difference, overflowOfDifference) = product.subtractingReportingOverflow(
                Int64(digit - UInt8(ascii: "0")))
            if overflow || overflowOfDifference { return nil }
            total = difference
        }
        let (scaled, overflow) = total.multipliedReportingOverflow(by: unit)
        if overflow { return nil }
        var part: Int64 = 0
        var place = unit
        for digit in fraction.prefix(15) {
            // Units are powers of ten, times 6 or 36: what is dropped here is less than a nanosecond.
            part += place * Int64(digit - UInt8(ascii: "0")) / 10
            place /= 10
        }
        let (difference, overflowOfDifference) = scaled.subtractingReportingOverflow(part)
        return overflowOfDifference ? nil : difference
    }

    /// Seconds with as many decimals as needed: `90s`, `-1.5s`.
    static func text(_ nanoseconds: Int64) -> String {
        let magnitude = nanoseconds.magnitude
        let sign = nanoseconds < 0 ? "-" : ""
        return "\(sign)\(magnitude / 1_000_000_000)\(fraction(Int64(magnitude % 1_000_000_000)))s"
    }

    /// `.5` for half a second in nanoseconds; nothing for none.
    static func fraction(_ nanoseconds: Int64) -> String {
        guard nanoseconds > 0 else { return "" }
        var digits = String(nanoseconds)
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return "." + digits
    }
}
