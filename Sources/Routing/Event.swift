/// What happened. The wire and the event log use `name`.
package enum EventType: UInt8, CaseIterable, Sendable {
    case submitted
    case scheduled
    case queued
    case offered
    case accepted
    case assigned
    case declined
    case missed
    case withdrawn
    case exclusionsCleared
    case preferredReleased
    case held
    case resumed
    case message
    case updated
    case transferred
    case requeued
    case step
    case escalated
    case slaWarned
    case slaBreached
    case overCapacity
    case completed
    case wrapped
    case reopened
    case abandoned
    case cancelled
    case expired
    case rated
    case surveyDue
    case agentReady
    case agentAway
    case agentOffline
    case agentDisconnected
    case agentReconnected
    case agentChanged
    case stalled
    case planPublished
    case queuePaused
    case queueResumed
    case drain

    package var name: String {
        switch self {
        case .submitted: "submitted"
        case .scheduled: "scheduled"
        case .queued: "queued"
        case .offered: "offered"
        case .accepted: "accepted"
        case .assigned: "assigned"
        case .declined: "declined"
        case .missed: "missed"
        case .withdrawn: "withdrawn"
        case .exclusionsCleared: "exclusions_cleared"
        case .preferredReleased: "preferred_released"
        case .held: "held"
        case .resumed: "resumed"
        case .message: "message"
        case .updated: "updated"
        case .transferred: "transferred"
        case .requeued: "requeued"
        case .step: "step"
        case .escalated: "escalated"
        case .slaWarned: "sla_warned"
        case .slaBreached: "sla_breached"
        case .overCapacity: "over_capacity"
        case .completed: "completed"
        case .wrapped: "wrapped"
        case .reopened: "reopened"
        case .abandoned: "abandoned"
        case .cancelled: "cancelled"
        case .expired: "expired"
        case .rated: "rated"
        case .surveyDue: "survey_due"
        case .agentReady: "agent_ready"
        case .agentAway: "agent_away"
        case .agentOffline: "agent_offline"
        case .agentDisconnected: "agent_disconnected"
        case .agentReconnected: "agent_reconnected"
        case .agentChanged: "agent_changed"
        case .stalled: "stalled"
        case .planPublished: "plan_published"
        case .queuePaused: "queue_paused"
        case .queueResumed: "queue_resumed"
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
    case prefer
    case preferred
    case continuity
    case hold
    case at
    case expires
    case reason
    case waited
    case handled
    case wrapUp
    case disposition
    case outcome
    case channels
    case capacity
    case used
    case team
    case name
    case duration
    case version
    case off
    case overCapacity
    case late
    case from
    case by
    case to
    case how
    case fields
    case csat
    case nps
    case deleted
    case after
    case rules
    case failedRules
    case metric
    case threshold
    case policy
    case due
    case met
    case reroute
    case plan
    case candidates
    case winnerKey
    case runnerUp
    case runnerUpKey

    package var name: String {
        switch self {
        case .channel: "channel"
        case .priority: "priority"
        case .skills: "skills"
        case .prefer: "prefer"
        case .preferred: "preferred"
        case .continuity: "continuity"
        case .hold: "hold"
        case .at: "at"
        case .expires: "expires"
        case .reason: "reason"
        case .waited: "waited"
        case .handled: "handled"
        case .wrapUp: "wrap_up"
        case .disposition: "disposition"
        case .outcome: "outcome"
        case .channels: "channels"
        case .capacity: "capacity"
        case .used: "used"
        case .team: "team"
        case .name: "name"
        case .duration: "duration"
        case .version: "version"
        case .off: "off"
        case .overCapacity: "over_capacity"
        case .late: "late"
        case .from: "from"
        case .by: "by"
        case .to: "to"
        case .how: "how"
        case .fields: "fields"
        case .csat: "csat"
        case .nps: "nps"
        case .deleted: "deleted"
        case .after: "after"
        case .rules: "rules"
        case .failedRules: "failed_rules"
        case .metric: "metric"
        case .threshold: "threshold"
        case .policy: "policy"
        case .due: "due"
        case .met: "met"
        case .reroute: "reroute"
        case .plan: "plan"
        case .candidates: "candidates"
        case .winnerKey: "winner_key"
        case .runnerUp: "runner_up"
        case .runnerUpKey: "runner_up_key"
        }
    }

    /// Kept in the log for EXPLAIN, and no part of what is pushed.
    package var isForExplanation: Bool {
        self == .plan || self == .candidates || self == .winnerKey || self == .runnerUp || self == .runnerUpKey
    }
}

/// The value of a detail. Log and wire render the same value in the same words.
package enum DetailValue: Hashable, Sendable {
    case name(String)
    /// In any order; on the wire `a,b`, or a JSON array where a name has a comma or a space; in the log an array.
    case names([String])
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

/// One entry of the event log. It names what it speaks of, so it means the same to whoever reads it later.
///
/// Most events carry a few numbers; `details` puts names to them where they are read, off the engine's thread.
package struct Event: Sendable {
    /// Rises by one, in commit order, without gaps.
    package var seq: Int64
    package var at: Instant
    /// 0 for none.
    package var inquiry: Int64
    /// Empty for none.
    package var agentName = Name.empty
    /// Empty for none.
    package var queueName = Name.empty
    /// Empty for none.
    package var channelName = Name.empty
    /// What they mean depends on the type: see `details`.
    var first: Int64 = 0
    var second: Int64 = 0
    /// Of an offer or an assignment: why this agent, and who would have got it otherwise.
    var choice: Choice?
    var runnerUpName = Name.empty
    /// Of an offer or an assignment: the version of the plan that it was made by.
    var plan: Int32 = 0
    /// The agent's number while the engine lives that told of it; nil for none.
    package var agentIndex: AgentIndex?
    package var type: EventType
    package var reason: Reason?
    package var outcome: Outcome?
    var how: Assignment?
    var flag = false
    /// The details are those in `more` and no others.
    private let isSpelledOut: Bool
    /// What only some events have. The only reference in an event: most copies are of plain memory.
    private var extra: Extra?

    /// Made once and shared by the copies, and what an entry requires by all entries of its class.
    final class Extra: Sendable {
        let skills: [SkillLevel]
        let text: [UInt8]
        let more: [EventDetail]

        init(skills: [SkillLevel] = [], text: [UInt8] = [], more: [EventDetail] = []) {
            self.skills = skills
            self.text = text
            self.more = more
        }
    }

    /// What an entry requires; nil for nothing.
    mutating func require(_ skills: Extra?) { extra = skills }

    private var skills: [SkillLevel] { extra?.skills ?? [] }

    /// A reason or a disposition, in somebody's own words.
    var text: [UInt8] {
        get { extra?.text ?? [] }
        set { if !newValue.isEmpty { extra = Extra(skills: skills, text: newValue, more: more) } }
    }

    /// What only some events of the type have; they follow the others.
    var more: [EventDetail] {
        get { extra?.more ?? [] }
        set { if !newValue.isEmpty { extra = Extra(skills: skills, text: text, more: newValue) } }
    }

    package var agent: String {
        get { agentName.string }
        set { agentName = Name(newValue) }
    }

    package var queue: String {
        get { queueName.string }
        set { queueName = Name(newValue) }
    }

    @inline(__always)
    init(
        seq: Int64, at: Instant, type: EventType, inquiry: Int64, queue: Name, agent: AgentIndex, agentName: Name
    ) {
        self.seq = seq
        self.at = at
        self.type = type
        self.inquiry = inquiry
        queueName = queue
        self.agentName = agentName
        agentIndex = agent == none ? nil : agent
        isSpelledOut = false
    }

    /// An event with its details as they are, in the order in which they are rendered.
    package init(
        seq: Int64, at: Instant, type: EventType, inquiry: Int64, agent: String, queue: String, details: [EventDetail]
    ) {
        self.seq = seq
        self.at = at
        self.type = type
        self.inquiry = inquiry
        agentName = Name(agent)
        queueName = Name(queue)
        isSpelledOut = true
        more = details
    }

    /// In the order in which they are rendered.
    package var details: [EventDetail] {
        if isSpelledOut { return more }
        var list: [EventDetail] = []
        list.reserveCapacity(8)
        func add(_ key: DetailKey, _ value: DetailValue) { list.append(EventDetail(key, value)) }
        if !channelName.isEmpty { add(.channel, .name(channelName.string)) }
        switch type {
        case .submitted, .queued, .reopened:
            add(.priority, .integer(first))
            if !skills.isEmpty { add(.skills, .levels(skills)) }
        case .offered:
            add(.expires, .instant(Instant(microseconds: first)))
        case .accepted, .abandoned, .expired: add(.waited, .span(TimeSpan(microseconds: first)))
        case .assigned:
            add(.waited, .span(TimeSpan(microseconds: first)))
            if let how { add(.how, .name(how.name)) }
        case .completed:
            add(.handled, .span(TimeSpan(microseconds: first)))
            if second > 0 { add(.wrapUp, .span(TimeSpan(microseconds: second))) }
        case .transferred, .requeued: if first > 0 { add(.handled, .span(TimeSpan(microseconds: first))) }
        case .wrapped, .stalled: add(.duration, .span(TimeSpan(microseconds: first)))
        case .planPublished: add(.version, .integer(first))
        case .drain: add(.off, .flag(first == 0))
        case .overCapacity:
            add(.used, .integer(first))
            add(.capacity, .integer(second))
        case .scheduled, .declined, .missed, .withdrawn, .exclusionsCleared, .preferredReleased, .held, .resumed,
            .message,
            .updated, .step, .escalated, .slaWarned, .slaBreached, .cancelled, .rated,
            .surveyDue, .agentReady, .agentAway,
            .agentOffline,
            .agentDisconnected, .agentReconnected, .agentChanged, .queuePaused, .queueResumed:
            break
        }
        if let reason { add(.reason, .name(reason.name)) }
        if !text.isEmpty { add(type == .completed ? .disposition : .reason, .text(text)) }
        if let outcome { add(.outcome, .name(outcome.name)) }
        if flag { add(.overCapacity, .flag(true)) }
        if let choice { tell(choice, to: &list) }
        list += more
        return list
    }

    private func tell(_ choice: Choice, to list: inout [EventDetail]) {
        list.append(EventDetail(.plan, .integer(Int64(plan))))
        list.append(EventDetail(.candidates, .integer(Int64(choice.candidates))))
        if choice.isPreferred { list.append(EventDetail(.winnerKey, .name("preferred"))) }
        guard let selection = choice.selection else { return }
        list.append(EventDetail(.winnerKey, .name(Choice.words(choice.winner, selection, at: at))))
        guard !runnerUpName.isEmpty else { return }
        list.append(EventDetail(.runnerUp, .name(runnerUpName.string)))
        list.append(EventDetail(.runnerUpKey, .name(Choice.words(choice.runnerUp, selection, at: at))))
    }
}

extension Event: Equatable {
    /// Whether two logs tell the same.
    package static func == (left: Event, right: Event) -> Bool {
        left.seq == right.seq && left.at == right.at && left.type == right.type && left.inquiry == right.inquiry
            && left.agentName == right.agentName && left.queueName == right.queueName && left.details == right.details
    }
}
