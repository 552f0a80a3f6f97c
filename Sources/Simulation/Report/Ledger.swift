/// An event as a ledger reads it from `WATCH`. `time` is microseconds since 1970 UTC, by the daemon's clock.
package struct LedgerEvent: Hashable, Sendable {
    package var seq: Int64
    package var type: String
    package var time: Int64
    package var inquiry: Int64?
    package var agent: String?
    package var channel: String?

    package init(seq: Int64, type: String, time: Int64, inquiry: Int64?, agent: String?, channel: String? = nil) {
        self.seq = seq
        self.type = type
        self.time = time
        self.inquiry = inquiry
        self.agent = agent
        self.channel = channel
    }
}

/// What the event log says happened, kept apart from what a driver believes, so that the one can check the other.
package struct Ledger: Sendable {
    package enum State: Hashable, Sendable {
        case waiting
        case offered
        case assigned
        case completed
        case abandoned
        case cancelled
        case expired
    }

    package struct Entry: Hashable, Sendable {
        package var submittedAt: Int64
        package var channel: String?
        package var state = State.waiting
        package var agent: String?
        /// When it was last accepted or assigned.
        package var acceptedAt: Int64?
        /// For how long agents had it until they handed it on: that is no waiting.
        package var worked: Int64 = 0
        package var endedAt: Int64?
        package var offers = 0
        package var acceptances = 0
        package var endings = 0

        package init(submittedAt: Int64, channel: String?) {
            self.submittedAt = submittedAt
            self.channel = channel
        }

        package func waited(until time: Int64) -> Int64 { time - submittedAt - worked }
    }

    package struct Agent: Hashable, Sendable {
        package var presence = "offline"
        package var signedOnSince: Int64?
        package var signedOn: Int64 = 0
        package var workCount = 0
        package var busySince: Int64?
        package var busy: Int64 = 0

        package init() {}
    }

    package private(set) var entries: [Int64: Entry] = [:]
    package private(set) var agents: [String: Agent] = [:]
    /// The last event's number; 0 before the first.
    package private(set) var lastSeq: Int64 = 0
    package private(set) var eventCount = 0
    package private(set) var missed = 0
    /// Numbers left out, and numbers that came twice: both are faults of the port.
    package private(set) var gaps = 0
    package private(set) var repeats = 0
    /// Inquiries accepted while they were somebody's already: must stay 0.
    package private(set) var doubleAssignments = 0

    package init() {}

    package mutating func record(_ event: LedgerEvent) {
        if lastSeq > 0 {
            if event.seq <= lastSeq {
                repeats += 1
                return
            }
            if event.seq > lastSeq + 1 { gaps += 1 }
        }
        lastSeq = event.seq
        eventCount += 1
        if let id = event.inquiry { recordInquiry(id, event) }
        if let agent = event.agent { recordPresence(agent, event) }
    }

    private mutating func recordInquiry(_ id: Int64, _ event: LedgerEvent) {
        if event.type == "submitted" {
            entries[id] = Entry(submittedAt: event.time, channel: event.channel)
            return
        }
        guard var entry = entries[id] else { return }
        switch event.type {
        case "offered":
            entry.state = .offered
            entry.offers += 1
        case "accepted", "assigned":
            if entry.state == .assigned { doubleAssignments += 1 }
            endWork(entry, at: event.time)
            entry.state = .assigned
            entry.agent = event.agent
            entry.acceptedAt = event.time
            entry.acceptances += 1
            beginWork(entry, at: event.time)
        case "declined", "missed", "withdrawn":
            if event.type == "missed" { missed += 1 }
            if entry.state == .offered { entry.state = .waiting }
        case "requeued", "transferred":
            endWork(entry, at: event.time)
            if entry.state == .assigned, let acceptedAt = entry.acceptedAt { entry.worked += event.time - acceptedAt }
            entry.state = .waiting
        case "completed": finish(&entry, .completed, at: event.time)
        case "abandoned": finish(&entry, .abandoned, at: event.time)
        case "cancelled": finish(&entry, .cancelled, at: event.time)
        case "expired": finish(&entry, .expired, at: event.time)
        default: break
        }
        entries[id] = entry
    }

    private mutating func finish(_ entry: inout Entry, _ state: State, at time: Int64) {
        endWork(entry, at: time)
        entry.state = state
        entry.endedAt = time
        entry.endings += 1
    }

    private mutating func beginWork(_ entry: Entry, at time: Int64) {
        guard let name = entry.agent else { return }
        var agent = agents[name] ?? Agent()
        if agent.workCount == 0 { agent.busySince = time }
        agent.workCount += 1
        agents[name] = agent
    }

    private mutating func endWork(_ entry: Entry, at time: Int64) {
        guard entry.state == .assigned, let name = entry.agent, var agent = agents[name] else { return }
        agent.workCount -= 1
        if agent.workCount == 0, let since = agent.busySince {
            agent.busy += time - since
            agent.busySince = nil
        }
        agents[name] = agent
    }

    private mutating func recordPresence(_ name: String, _ event: LedgerEvent) {
        let presence: String
        switch event.type {
        case "agent_ready": presence = "ready"
        case "agent_away": presence = "away"
        case "agent_offline": presence = "offline"
        default: return
        }
        var agent = agents[name] ?? Agent()
        agent.presence = presence
        if presence == "offline" {
            if let since = agent.signedOnSince { agent.signedOn += event.time - since }
            agent.signedOnSince = nil
        } else if agent.signedOnSince == nil {
            agent.signedOnSince = event.time
        }
        agents[name] = agent
    }

    /// Of all agents; spans that are still open do not count.
    package var occupancy: Occupancy {
        agents.values.reduce(into: Occupancy(busy: 0, signedOn: 0)) { result, agent in
            result.busy += agent.busy
            result.signedOn += agent.signedOn
        }
    }

    /// The wait and the ending of an inquiry; nil while it is open. One that was handed on counts to its last
    /// acceptance, without the work of those who had it before.
    package func sample(id: Int64, kind: String) -> WaitSample? {
        guard let entry = entries[id] else { return nil }
        switch entry.state {
        case .completed:
            guard let acceptedAt = entry.acceptedAt else { return nil }
            return WaitSample(kind: kind, waited: entry.waited(until: acceptedAt), answered: true)
        case .abandoned:
            guard let endedAt = entry.endedAt else { return nil }
            return WaitSample(kind: kind, waited: entry.waited(until: endedAt), answered: false)
        case .waiting, .offered, .assigned, .cancelled, .expired: return nil
        }
    }
}
