/// What an agent fails on first, in the order in which people ask.
package enum Obstacle: UInt8, CaseIterable, Sendable {
    case signedOff
    case away
    /// Its session is gone.
    case inGrace
    case channelOff
    case team
    case skillMissing
    case levelTooLow
    /// As many items of the channel as it may have.
    case limit
    /// Too few points left.
    case noRoom
    /// What it works on bears nothing of this channel beside it.
    case notBeside
    /// It has more than its capacity.
    case overCapacity
    /// It declined or missed this inquiry.
    case excluded
    case heldForAnother
    case paused
    case draining

    package var name: String {
        switch self {
        case .signedOff: "signed_off"
        case .away: "away"
        case .inGrace: "in_grace"
        case .channelOff: "channel_off"
        case .team: "team"
        case .skillMissing: "skill_missing"
        case .levelTooLow: "level_too_low"
        case .limit: "limit"
        case .noRoom: "no_room"
        case .notBeside: "not_beside"
        case .overCapacity: "over_capacity"
        case .excluded: "excluded"
        case .heldForAnother: "held_for_another"
        case .paused: "paused"
        case .draining: "draining"
        }
    }
}

/// Where a waiting inquiry stands and what will happen next without anybody's doing.
package struct WaitingExplanation: Sendable {
    package var queue: String
    package var channel: String
    package var skills: [SkillLevel]
    /// queuedAt + target − priority × boost, in microseconds since 1970.
    package var rank: Int64
    package var queuedAt: Instant
    /// Since then, without the work of agents who handed it on.
    package var waited: TimeSpan
    package var target: TimeSpan
    package var priority: Int32
    package var boost: TimeSpan
    /// 1 + those with an earlier rank whom some agent could take who could take this one; nil above `Engine.positionMax`.
    package var place: Int?
    /// The agent for whom alone it waits; empty for none.
    package var preferred: String
    package var holdUntil: Instant?
    package var isPaused: Bool
    package var isDraining: Bool
    /// `preferred_released`, `exclusions_cleared`, `step`, `sla` (a threshold) or `expired`, and when.
    package var nextTimer: (name: String, due: Instant)?
}

/// How many agents fail on what.
package struct Tally: Sendable {
    /// By `Obstacle.rawValue`.
    package var counts = Array(repeating: 0, count: Obstacle.allCases.count)
    package var fitting = 0
    /// The agent that is looked at next.
    package var next: AgentIndex = 0

    package init() {}
}
