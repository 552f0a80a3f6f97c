/// Figures as people read them.
package enum Numbers {
    /// `12.3` for 12,345,678 microseconds.
    package static func seconds(_ microseconds: Double) -> String {
        decimal(microseconds / Double(microsecondsPerSecond), places: 1)
    }

    /// `87.5%`.
    package static func percent(_ share: Double) -> String {
        decimal(share * 100, places: 1) + "%"
    }

    /// Rounded to so many places, halves away from zero.
    package static func decimal(_ value: Double, places: Int) -> String {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = Int64((abs(value) * scale).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return sign + "\(scaled)" }
        let fraction = String(scaled % Int64(scale))
        return sign + "\(scaled / Int64(scale))." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// `1:04:05`, `4:05`, `0:05`.
    package static func clock(_ microseconds: Int64) -> String {
        let seconds = microseconds / microsecondsPerSecond
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let minutes = seconds / 60 % 60
        let hours = seconds / 3600
        return (hours > 0 ? "\(hours):\(two(minutes))" : "\(minutes)") + ":" + two(seconds % 60)
    }

    /// `1h 04m`, `4m 05s`, `5s`.
    package static func length(_ microseconds: Int64) -> String {
        let seconds = microseconds / microsecondsPerSecond
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        if seconds >= 3600 { return "\(seconds / 3600)h \(two(seconds / 60 % 60))m" }
        if seconds >= 60 { return "\(seconds / 60)m \(two(seconds % 60))s" }
        return "\(seconds)s"
    }
}
