/// Where an inquiry is. Each accepted inquiry is in exactly one of these.
package enum InquiryState: UInt8, CaseIterable, Sendable {
    /// Enters its queue at a time to come.
    case scheduled
    /// In a queue, seen by whoever has room.
    case waiting
    /// Reserved for one agent until the offer expires.
    case offered
    /// An agent works on it.
    case assigned
    /// Its agent waits for the customer.
    case held
    /// Ended by its agent.
    case completed
    /// The customer left before an agent took it.
    case abandoned
    /// Taken back by the upstream system.
    case cancelled
    /// Waited longer than the plan lets anything wait.
    case expired

    package var name: String {
        switch self {
        case .scheduled: "scheduled"
        case .waiting: "waiting"
        case .offered: "offered"
        case .assigned: "assigned"
        case .held: "held"
        case .completed: "completed"
        case .abandoned: "abandoned"
        case .cancelled: "cancelled"
        case .expired: "expired"
        }
    }

    package init?(name: String) {
        guard let state = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = state
    }

    package var isLive: Bool {
        switch self {
        case .scheduled, .waiting, .offered, .assigned, .held: true
        case .completed, .abandoned, .cancelled, .expired: false
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

/// Who wrote a message.
package enum Party: UInt8, CaseIterable, Sendable {
    case customer
    case agent

    package var name: String {
        switch self {
        case .customer: "customer"
        case .agent: "agent"
        }
    }

    package init?(name: String) {
        guard let party = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = party
    }
}

/// How an inquiry came to be assigned without an offer.
package enum Assignment: UInt8, CaseIterable, Sendable {
    /// The channel does not ask.
    case auto
    /// The agent pulled it.
    case next
    /// By a supervisor.
    case assign
    /// By a supervisor, over the agent's room.
    case force

    package var name: String {
        switch self {
        case .auto: "auto"
        case .next: "next"
        case .assign: "assign"
        case .force: "force"
        }
    }
}

/// Why something ended, or went back to its queue, without its agent saying so.
package enum Reason: UInt8, CaseIterable, Sendable {
    case abandoned
    case away
    case cancelled
    /// What the agent can do, or what the inquiry asks for, changed: they do not go together any more.
    case changed
    case declined
    case disconnected
    case expired
    /// By a supervisor.
    case forced
    /// The agent has as many inquiries held for it as may be.
    case full
    /// It waited as long as the plan lets anything wait.
    case maxAge
    /// The customer wrote while the agent was offline.
    case message
    case missed
    case offline
    case paused
    /// The time was over.
    case timeout

    package var name: String {
        switch self {
        case .abandoned: "abandoned"
        case .away: "away"
        case .cancelled: "cancelled"
        case .changed: "changed"
        case .declined: "declined"
        case .disconnected: "disconnected"
        case .expired: "expired"
        case .forced: "forced"
        case .full: "full"
        case .maxAge: "max_age"
        case .message: "message"
        case .missed: "missed"
        case .offline: "offline"
        case .paused: "paused"
        case .timeout: "timeout"
        }
    }
}
