/// A load made from a seed: Poisson streams of calls, and crews who serve them. Lengths are microseconds.
package struct SyntheticLoad: Sendable {
    /// Calls of one kind and one priority code.
    package struct Stream: Sendable {
        package var kind: String
        /// As in a recording: what plans see as `inquiry.attrs.priority_code`.
        package var priorityCode: Int
        /// Mean number of calls in an hour.
        package var callsPerHour: Double
        /// Mean time from acceptance to completion; exponential.
        package var handling: Int64
        /// Mean patience, exponential; nil: everybody stays.
        package var patience: Int64?

        package init(
            kind: String, priorityCode: Int = 1, callsPerHour: Double, handling: Int64, patience: Int64? = nil
        ) {
            self.kind = kind
            self.priorityCode = priorityCode
            self.callsPerHour = callsPerHour
            self.handling = handling
            self.patience = patience
        }
    }

    /// Agents alike.
    package struct Crew: Sendable {
        package var count: Int
        package var kinds: [String]
        package var shift: Range<Int64>

        package init(count: Int, kinds: [String], shift: Range<Int64>) {
            self.count = count
            self.kinds = kinds
            self.shift = shift
        }
    }

    package var streams: [Stream]
    package var crews: [Crew]
    /// For how long calls come.
    package var length: Int64

    package init(streams: [Stream], crews: [Crew], length: Int64) {
        self.streams = streams
        self.crews = crews
        self.length = length
    }

    /// The same seed gives the same calls. Agents stay for those who will not give up.
    package func scenario(seed: UInt64) -> Scenario {
        var random = SplitMix64(seed: seed)
        var inquiries: [PlannedInquiry] = []
        for stream in streams {
            let gap = 3600 * Double(microsecondsPerSecond) / stream.callsPerHour
            var arrival = random.exponential(mean: gap)
            while arrival < Double(length) {
                inquiries.append(Self.inquiry(stream, arrival: Int64(arrival), &random))
                arrival += random.exponential(mean: gap)
            }
        }
        // Equal arrivals stand by stream: `sort` does not promise to be stable.
        let order = inquiries.indices.sorted { (inquiries[$0].arrival, $0) < (inquiries[$1].arrival, $1) }
        return Scenario(agents: agents, inquiries: order.map { inquiries[$0] }, overtime: true)
    }

    private static func inquiry(_ stream: Stream, arrival: Int64, _ random: inout SplitMix64) -> PlannedInquiry {
        let handling = Int64(random.exponential(mean: Double(stream.handling)))
        let patience = stream.patience.map { Int64(random.exponential(mean: Double($0))) }
        return PlannedInquiry(
            arrival: arrival, kind: stream.kind, channel: "voice", skills: [PlannedSkill(stream.kind)],
            attributes: "{\"kind\":\"\(stream.kind)\",\"priority_code\":\(stream.priorityCode)}", patience: patience,
            handling: handling)
    }

    private var agents: [PlannedAgent] {
        var agents: [PlannedAgent] = []
        for crew in crews {
            for _ in 0..<crew.count {
                let id = "agent\(agents.count + 1)"
                agents.append(
                    PlannedAgent(
                        id: id, name: id, skills: crew.kinds.map { PlannedSkill($0) }, channels: "voice:1",
                        kinds: crew.kinds, shifts: [crew.shift]))
            }
        }
        return agents
    }
}
