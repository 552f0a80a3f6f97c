/// Where an inquiry is. Each accepted inquiry is in exactly one of these.
package enum InquiryState: UInt8, CaseIterable, Sendable {
    /// In a queue, seen by whoever has room.
    case waiting
    /// Reserved for one agent until the offer expires.
    case offered
    /// An agent works on it.
    case assigned
    /// Ended by its agent.
    case completed
    /// The customer left before an agent took it.
    case abandoned
    /// Taken back by the upstream system.
    case cancelled

    package var name: String {
        switch self {
        case .waiting: "waiting"
        case .offered: "offered"
        case .assigned: "assigned"
        case .completed: "completed"
        case .abandoned: "abandoned"
        case .cancelled: "cancelled"
        }
    }

    package init?(name: String) {
        guard let state = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = state
    }

    package var isLive: Bool {
        switch self {
        case .waiting, .offered, .assigned: true
        case .completed, .abandoned, .cancelled: false
        }
    }
}

/// What an agent has said of itself.
package enum AgentState: UInt8, CaseIterable, Sendable {
    case offline
    case ready
    case away

    package var name: String {
        switch self {
        case .offline: "offline"
        case .ready: "ready"
        case .away: "away"
        }
    }

    package init?(name: String) {
        guard let state = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = state
    }
}

/// How an agent says that a completed inquiry ended.
package enum Outcome: UInt8, CaseIterable, Sendable {
    case resolved
    case unresolved

    package var name: String {
        switch self {
        case .resolved: "resolved"
        case .unresolved: "unresolved"
        }
    }

    package init?(name: String) {
        guard let outcome = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = outcome
    }
}

/// Why an offer ended, or an inquiry went back to its queue, without its agent saying so.
package enum Reason: UInt8, CaseIterable, Sendable {
    case abandoned
    case away
    case cancelled
    /// The agent's skills, channels, limits or capacity changed and the offer no longer fits.
    case changed
    case disconnected
    case missed
    case offline

    package var name: String {
        switch self {
        case .abandoned: "abandoned"
        case .away: "away"
        case .cancelled: "cancelled"
        case .changed: "changed"
        case .disconnected: "disconnected"
        case .missed: "missed"
        case .offline: "offline"
        }
    }
}
