/// What an agent is preferred by over others: the least comes first.
struct CandidateKey: Comparable, Hashable {
    /// Of `most_skilled` the levels over what is required, negated; of `least_skilled` skills × channels; else 0.
    var major: Int32 = 0
    /// Of `most_skilled` the levels over what is preferred, negated; of `least_skilled` those over what is required.
    var minor: Int32 = 0
    var room: RoomKey

    static let nobody = CandidateKey(major: .max, minor: .max, room: .nobody)

    @inline(__always)
    static func < (left: CandidateKey, right: CandidateKey) -> Bool {
        if left.major != right.major { return left.major < right.major }
        if left.minor != right.minor { return left.minor < right.minor }
        return left.room < right.room
    }
}

/// Why an agent was chosen, in numbers; `words` says it to people.
struct Choice: Hashable {
    var agent: AgentIndex
    /// How many agents it fitted.
    var candidates: Int32
    /// nil where there was nothing to compare: the agent asked for work, was preferred, or was named.
    var selection: Selection?
    var winner = CandidateKey.nobody
    /// The one who would have got it otherwise.
    var runnerUp = CandidateKey.nobody
    var isPreferred = false

    /// The agent got room, or was named: nobody else was asked.
    static func single(_ agent: AgentIndex) -> Choice { Choice(agent: agent, candidates: 1, selection: nil) }

    static func preferred(_ agent: AgentIndex) -> Choice {
        Choice(agent: agent, candidates: 1, selection: nil, isPreferred: true)
    }

    /// What was compared, for people: `load=25.0%,idle=312s`.
    static func words(_ key: CandidateKey, _ selection: Selection, at now: Instant) -> String {
        let idle = "idle=\((now.microseconds - key.room.idleSince) / 1_000_000)s"
        let permille = (UInt64(key.room.load) * 1_000 + 1 << 29) >> 30
        let load = "load=\(permille / 10).\(permille % 10)%"
        switch selection {
        case .leastLoaded: return "\(load),\(idle)"
        case .longestIdle: return idle
        case .mostSkilled: return "levels=\(-key.major),prefer=\(-key.minor),\(load),\(idle)"
        case .leastSkilled: return "breadth=\(key.major),levels=\(key.minor),\(idle)"
        }
    }
}
