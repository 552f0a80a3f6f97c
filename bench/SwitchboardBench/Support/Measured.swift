import Foundation

enum Measured {
    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    /// The value below which that share of them lies; they are sorted.
    static func share(_ values: [Double], _ share: Double) -> Double {
        values.isEmpty ? .nan : values[Int(Double(values.count - 1) * share)]
    }

    /// `values` in seconds, sorted.
    static func percentiles(_ values: [Double], of what: String) -> String {
        let p50 = share(values, 0.5) * 1e3
        let p99 = share(values, 0.99) * 1e3
        return String(format: "\(what) p50 %.2f ms, p99 %.2f ms", p50, p99)
    }
}
