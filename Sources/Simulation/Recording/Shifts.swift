/// When an agent was signed on, told from nothing but their calls.
package enum Shifts {
    /// A pause between two calls longer than this is a break: the agent was signed off.
    package static let breakMinimum: Int64 = 30 * 60 * microsecondsPerSecond

    /// The times signed on, from calls given as spans of service in any order: from the start of the first call to the
    /// end of the last, without the breaks. The spans that come back are in order and do not touch.
    package static func signedOn(calls: [Range<Int64>], breakMinimum: Int64 = Self.breakMinimum) -> [Range<Int64>] {
        var result: [Range<Int64>] = []
        for call in calls.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            if let last = result.last, call.lowerBound - last.upperBound <= breakMinimum {
                let end = max(last.upperBound, call.upperBound)
                result[result.count - 1] = last.lowerBound..<end
            } else {
                result.append(call)
            }
        }
        return result
    }

    /// The time covered by at least one of the spans.
    package static func union(_ spans: [Range<Int64>]) -> Int64 {
        signedOn(calls: spans, breakMinimum: 0).reduce(0) { $0 + $1.upperBound - $1.lowerBound }
    }
}
