/// Time zones as accessors of timestamps are given them.
enum ZoneOffset {
    /// Seconds ahead of UTC of a zone at a moment, or nil for an unknown zone.
    ///
    /// - Parameter zone: `UTC`, an offset (`+09:00`, `-02:30`, `02:00`) or a name that `zones` knows.
    static func seconds(of zone: String, at moment: Timestamp, in zones: (any TimeZones)?) -> Int? {
        if Text.areEqual(zone, "UTC") || zone.isEmpty { return 0 }
        if let fixed = fixedSeconds(Array(zone.utf8)) { return fixed }
        return zones?.offset(of: zone, at: moment.seconds)
    }

    /// `[+-]hh:mm`, hours to 23, minutes to 59.
    private static func fixedSeconds(_ bytes: [UInt8]) -> Int? {
        let isBehind = bytes.first == UInt8(ascii: "-")
        let unsigned = isBehind || bytes.first == UInt8(ascii: "+") ? Array(bytes.dropFirst()) : bytes
        guard unsigned.count == 5, unsigned[2] == UInt8(ascii: ":"),
            let hours = twoDigits(unsigned[0...1]), let minutes = twoDigits(unsigned[3...4]), hours < 24, minutes < 60
        else { return nil }
        return (isBehind ? -1 : 1) * (hours * 3_600 + minutes * 60)
    }

    private static func twoDigits(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.allSatisfy(NumberText.isDigit) else { return nil }
        return bytes.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}
