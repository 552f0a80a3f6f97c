/// What is strange about a recording. It is replayed all the same; the report names it, so that nobody takes the
/// recording's own figures for cleaner than they are.
package struct Oddities: Hashable, Sendable {
    /// Calls that began while the agent named was, by the recording, still in another.
    package var agentInTwoCalls = 0
    /// Callers who left in the second in which they arrived: with nobody free or not, no router can win these.
    package var abandonedAtZero = 0
    /// Answered calls shorter than ten seconds: known to be agents who hung up.
    package var answeredUnderTenSeconds = 0
    package var answeredByNobodyNamed = 0
    package var outOfOrder = 0

    package init() {}

    package init(_ recording: Recording) {
        outOfOrder = recording.outOfOrder
        var busyUntil: [String: Int64] = [:]
        for call in recording.calls.sorted(by: { $0.serviceStart < $1.serviceStart }) {
            guard call.answered else {
                if call.waited == 0 { abandonedAtZero += 1 }
                continue
            }
            if call.service < 10 * microsecondsPerSecond { answeredUnderTenSeconds += 1 }
            guard let agent = call.agent else {
                answeredByNobodyNamed += 1
                continue
            }
            let until = busyUntil[agent] ?? .min
            if call.serviceStart < until { agentInTwoCalls += 1 }
            busyUntil[agent] = max(until, call.serviceEnd)
        }
    }

    /// One sentence each, only those that occur.
    package var sentences: [String] {
        var result: [String] = []
        func tell(_ count: Int, _ text: String) {
            if count > 0 { result.append("\(count) \(text)") }
        }
        tell(agentInTwoCalls, "calls began while their agent was still in another (an agent in two calls at once)")
        tell(abandonedAtZero, "callers left in the second in which they arrived (abandoned at 0 s)")
        tell(answeredUnderTenSeconds, "answered calls lasted under 10 s (agents who hung up)")
        tell(answeredByNobodyNamed, "answered calls name no agent; whoever is free serves them here")
        tell(outOfOrder, "records of the file stood out of order and were sorted")
        return result
    }
}
