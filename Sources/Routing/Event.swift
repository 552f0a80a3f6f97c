/// What happened. The wire and the event log use `name`.
package enum EventType: UInt8, CaseIterable, Sendable {
    case submitted
    case offered
    case accepted
    case assigned
    case declined
    case missed
    case withdrawn
    case exclusionsCleared
    case requeued
    case completed
    case wrapped
    case abandoned
    case cancelled
    case agentReady
    case agentAway
    case agentOffline
    case agentDisconnected
    case agentReconnected
    case agentChanged
    case stalled
    case planPublished
    case drain

    package var name: String {
        switch self {
        case .submitted: "submitted"
        case .offered: "offered"
        case .accepted: "accepted"
        case .assigned: "assigned"
        case .declined: "declined"
        case .missed: "missed"
        case .withdrawn: "withdrawn"
        case .exclusionsCleared: "exclusions_cleared"
        case .requeued: "requeued"
        case .completed: "completed"
        case .wrapped: "wrapped"
        case .abandoned: "abandoned"
        case .cancelled: "cancelled"
        case .agentReady: "agent_ready"
        case .agentAway: "agent_away"
        case .agentOffline: "agent_offline"
        case .agentDisconnected: "agent_disconnected"
        case .agentReconnected: "agent_reconnected"
        case .agentChanged: "agent_changed"
        case .stalled: "stalled"
        case .planPublished: "plan_published"
        case .drain: "drain"
        }
    }

    package init?(name: String) {
        guard let type = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = type
    }
}

/// One entry of an event's details: its name on the wire and in the log's JSON is `key.name`.
package enum DetailKey: UInt8, CaseIterable, Sendable {
    case channel
    case priority
    case skills
    case expires
    case reason
    case waited
    case handled
    case wrapUp
    case disposition
    case outcome
    case channels
    case capacity
    case team
    case name
    case duration
    case version
    case off
    case overCapacity
    case late

    package var name: String {
        switch self {
        case .channel: "channel"
        case .priority: "priority"
        case .skills: "skills"
        case .expires: "expires"
        case .reason: "reason"
        case .waited: "waited"
        case .handled: "handled"
        case .wrapUp: "wrap_up"
        case .disposition: "disposition"
        case .outcome: "outcome"
        case .channels: "channels"
        case .capacity: "capacity"
        case .team: "team"
        case .name: "name"
        case .duration: "duration"
        case .version: "version"
        case .off: "off"
        case .overCapacity: "over_capacity"
        case .late: "late"
        }
    }
}

/// The value of a detail. Log and wire render the same value in the same words.
package enum DetailValue: Hashable, Sendable {
    case name(String)
    /// Free text, UTF-8.
    case text([UInt8])
    case integer(Int64)
    /// On the wire RFC 3339 with milliseconds.
    case instant(Instant)
    /// On the wire a duration (`1m30s`).
    case span(TimeSpan)
    case flag(Bool)
    /// On the wire `billing:3,korean:1`; in the log an object.
    case levels([SkillLevel])
    /// On the wire `voice:1,chat`; in the log an object, null where the plan's limit holds.
    case limits([ChannelLimit])
}

package struct EventDetail: Hashable, Sendable {
    package var key: DetailKey
    package var value: DetailValue

    package init(_ key: DetailKey, _ value: DetailValue) {
        self.key = key
        self.value = value
    }
}

/// One entry of the event log.
package struct EventRow: Hashable, Sendable {
    /// Rises by one, in commit order, without gaps.
    package var seq: Int64
    package var at: Instant
    package var type: EventType
    /// 0 for none.
    package var inquiry: Int64
    /// Empty for none.
    package var agent: String
    /// Empty for none.
    package var queue: String
    /// In the order in which they are rendered.
    package var details: [EventDetail]

    package init(
        seq: Int64, at: Instant, type: EventType, inquiry: Int64, agent: String, queue: String,
        details: [EventDetail]
    ) {
        self.seq = seq
        self.at = at
        self.type = type
        self.inquiry = inquiry
        self.agent = agent
        self.queue = queue
        self.details = details
    }
}
