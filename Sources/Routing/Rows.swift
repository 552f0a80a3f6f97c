/// The durable image of the engine: what `Changes` hands to the store and what the store hands back at a start.
///
/// Names, not indices: a row means the same before and after a restart.

/// A skill with a level from 1 to 10.
package struct SkillLevel: Hashable, Sendable {
    package var skill: String
    package var level: UInt8

    package init(skill: String, level: UInt8) {
        self.skill = skill
        self.level = level
    }
}

/// A channel that an agent may be given; a `limit` of nil is the plan's.
package struct ChannelLimit: Hashable, Sendable {
    package var channel: String
    package var limit: Int32?

    package init(channel: String, limit: Int32?) {
        self.channel = channel
        self.limit = limit
    }
}

/// The texts of an inquiry in one buffer: key, customer, subject, then the attributes as a compact JSON object.
/// An absent text is an empty one; none of the four may be empty when given.
package struct InquiryTexts: Hashable, Sendable {
    package let bytes: [UInt8]
    private let keyEnd: UInt32
    private let customerEnd: UInt32
    private let subjectEnd: UInt32

    package init(
        key: [UInt8] = [], customer: [UInt8] = [], subject: [UInt8] = [], attributes: [UInt8] = []
    ) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(key.count + customer.count + subject.count + attributes.count)
        bytes.append(contentsOf: key)
        bytes.append(contentsOf: customer)
        bytes.append(contentsOf: subject)
        bytes.append(contentsOf: attributes)
        self.init(
            bytes, keyLength: key.count, customerLength: customer.count, subjectLength: subject.count)
    }

    /// - Parameter bytes: the four, one behind the other.
    package init(_ bytes: [UInt8], keyLength: Int, customerLength: Int, subjectLength: Int) {
        self.bytes = bytes
        keyEnd = UInt32(keyLength)
        customerEnd = keyEnd + UInt32(customerLength)
        subjectEnd = customerEnd + UInt32(subjectLength)
    }

    package var key: ArraySlice<UInt8> { bytes[0..<Int(keyEnd)] }
    package var customer: ArraySlice<UInt8> { bytes[Int(keyEnd)..<Int(customerEnd)] }
    package var subject: ArraySlice<UInt8> { bytes[Int(customerEnd)..<Int(subjectEnd)] }
    package var attributes: ArraySlice<UInt8> { bytes[Int(subjectEnd)...] }
}

/// A part of what an inquiry requires, and who says so.
package struct PartRow: Hashable, Sendable {
    package var skill: String
    package var level: UInt8
    package var source: PartSource

    package init(skill: String, level: UInt8, source: PartSource) {
        self.skill = skill
        self.level = level
        self.source = source
    }
}

/// What seldom changes of an inquiry: what is asked for, and what customers say.
package struct InquiryDefinition: Hashable, Sendable {
    /// The id of the token that submitted it.
    package var source: Int32
    package var channel: String
    /// What an agent must have, by skill name.
    package var skills: [SkillLevel]
    /// The parts that this is made of, where the request is not all of it; else empty.
    package var parts: [PartRow]
    /// What would be nice to have, by skill name.
    package var prefer: [SkillLevel]
    package var submittedAt: Instant
    /// Set while scheduled: when it enters its queue.
    package var scheduledAt: Instant?
    /// The agent whom it is for, while it waits or is offered; empty for anybody.
    package var preferred: String
    /// For how long it waits for that agent, where the request said so.
    package var hold: TimeSpan?
    /// Until when it waits for that agent; set once it is in its queue.
    package var holdUntil: Instant?
    /// 1…5
    package var csat: UInt8?
    /// 0…10
    package var nps: UInt8?
    package var comment: [UInt8]
    /// The SLA policy that covers it, and the version of the plan that it is of; empty for none.
    package var policy: String
    package var policyVersion: Int32
    /// What could not be evaluated when it was routed: `rule:gold customers`, `policy:vip`.
    package var failed: [String]
    package var texts: InquiryTexts

    package init(
        source: Int32, channel: String, skills: [SkillLevel] = [], parts: [PartRow] = [], prefer: [SkillLevel] = [],
        submittedAt: Instant,
        scheduledAt: Instant? = nil, preferred: String = "", hold: TimeSpan? = nil, holdUntil: Instant? = nil,
        csat: UInt8? = nil, nps: UInt8? = nil, comment: [UInt8] = [], policy: String = "",
        policyVersion: Int32 = 0, failed: [String] = [], texts: InquiryTexts = InquiryTexts()
    ) {
        self.source = source
        self.channel = channel
        self.skills = skills
        self.parts = parts
        self.prefer = prefer
        self.submittedAt = submittedAt
        self.scheduledAt = scheduledAt
        self.preferred = preferred
        self.hold = hold
        self.holdUntil = holdUntil
        self.csat = csat
        self.nps = nps
        self.comment = comment
        self.policy = policy
        self.policyVersion = policyVersion
        self.failed = failed
        self.texts = texts
    }
}

/// One inquiry. In `Changes`, `definition` is there only when it is new or changed; from the store it is always there.
package struct InquiryRow: Hashable, Sendable {
    package var id: Int64
    /// Of a row in `Changes`: the store does not have it yet.
    package var isNew: Bool
    package var definition: InquiryDefinition?
    package var state: InquiryState
    package var stateSince: Instant
    package var queueName: Name
    package var priority: Int32
    /// The age that counts for its rank; decline, miss and withdrawal keep it.
    package var queuedAt: Instant
    /// Since when it has waited in its queue: it entered it, or came back to it from work.
    package var waitingSince: Instant
    /// The virtual deadline: the earliest is served first.
    package var rank: Int64
    /// Offered to, assigned to, or who completed it; empty for nobody.
    package var agentName: Name
    /// Set while offered. In the store, an offer that stands still since a restart says how much is left of it as a
    /// time after `Instant.epoch`, so that it has no less after another restart.
    package var offerExpires: Instant?
    package var acceptedAt: Instant?
    package var closedAt: Instant?
    /// Set while its agent's slot is in wrap-up.
    package var wrapUpEnds: Instant?
    /// Why it was cancelled, or how it was completed; free text.
    package var disposition: [UInt8]
    package var outcome: Outcome?
    /// Agents who declined or missed it, oldest first.
    package var excluded: [String]
    /// When the last exclusion was made.
    package var excludedAt: Instant?
    /// Agents whose offer of it was withdrawn, oldest first: their late answer is told `gone`.
    package var passed: [String]
    /// The number of the event that gave it to its agent, which says why; 0 before.
    package var decisionSeq: Int64
    /// For how long it had waited in its queue before `waitingSince`. Of the three, only inquiries with parts or in a
    /// queue with steps have any.
    package var waitedBefore: TimeSpan
    /// Steps of its queue that have fired.
    package var stepsDone: Int32
    /// How often it was moved to another queue by itself.
    package var moves: Int32
    /// It has had its first response. Of the two, only inquiries with a policy have any.
    package var hasResponse: Bool
    package var isReopened: Bool
    /// For how long agents had worked on it since `queuedAt`, until they handed it on.
    package var worked: TimeSpan
    /// Those that were ever on, by metric.
    package var clocks: [ClockRow]
    /// Of a row in `Changes`, which is whole then: the store may have it among the closed ones.
    package var isReadBack: Bool

    package init(
        id: Int64, isNew: Bool = false, definition: InquiryDefinition?, state: InquiryState, stateSince: Instant,
        queueName: Name,
        priority: Int32, queuedAt: Instant, waitingSince: Instant? = nil, rank: Int64, agentName: Name = .empty,
        offerExpires: Instant? = nil,
        acceptedAt: Instant? = nil, closedAt: Instant? = nil, wrapUpEnds: Instant? = nil,
        disposition: [UInt8] = [], outcome: Outcome? = nil, excluded: [String] = [],
        excludedAt: Instant? = nil, passed: [String] = [], decisionSeq: Int64 = 0, waitedBefore: TimeSpan = .zero,
        stepsDone: Int32 = 0, moves: Int32 = 0, hasResponse: Bool = false, isReopened: Bool = false,
        worked: TimeSpan = .zero, clocks: [ClockRow] = [],
        isReadBack: Bool = false
    ) {
        self.id = id
        self.isNew = isNew
        self.definition = definition
        self.state = state
        self.stateSince = stateSince
        self.queueName = queueName
        self.priority = priority
        self.queuedAt = queuedAt
        self.waitingSince = waitingSince ?? queuedAt
        self.rank = rank
        self.agentName = agentName
        self.offerExpires = offerExpires
        self.acceptedAt = acceptedAt
        self.closedAt = closedAt
        self.wrapUpEnds = wrapUpEnds
        self.disposition = disposition
        self.outcome = outcome
        self.excluded = excluded
        self.excludedAt = excludedAt
        self.passed = passed
        self.decisionSeq = decisionSeq
        self.waitedBefore = waitedBefore
        self.stepsDone = stepsDone
        self.moves = moves
        self.hasResponse = hasResponse
        self.isReopened = isReopened
        self.worked = worked
        self.clocks = clocks
        self.isReadBack = isReadBack
    }

    package var queue: String {
        get { queueName.string }
        set { queueName = Name(newValue) }
    }

    package var agent: String {
        get { agentName.string }
        set { agentName = Name(newValue) }
    }
}

/// What an admin says of an agent.
package struct AgentDefinition: Hashable, Sendable {
    package var name: String
    package var team: String
    package var skills: [SkillLevel]
    /// nil: every channel of the plan, at the plan's limits.
    package var channels: [ChannelLimit]?
    package var capacity: Int32

    package init(
        name: String = "", team: String = "", skills: [SkillLevel] = [], channels: [ChannelLimit]? = nil,
        capacity: Int32 = 100
    ) {
        self.name = name
        self.team = team
        self.skills = skills
        self.channels = channels
        self.capacity = capacity
    }
}

/// One agent. In `Changes`, `definition` is there only when it is new or changed; from the store it is always there.
package struct AgentRow: Hashable, Sendable {
    package var id: String
    /// Order of creation from 0; the last word between equal agents.
    package var number: Int32
    package var definition: AgentDefinition?
    package var state: AgentState
    package var awayReason: String
    package var stateSince: Instant
    /// nil: all channels of the definition.
    package var channelsOn: [String]?
    package var idleSince: Instant
    package var missedInRow: Int32
    package var time: AgentTime

    package init(
        id: String, number: Int32, definition: AgentDefinition?, state: AgentState, awayReason: String,
        stateSince: Instant, channelsOn: [String]?, idleSince: Instant, missedInRow: Int32,
        time: AgentTime = AgentTime()
    ) {
        self.id = id
        self.number = number
        self.definition = definition
        self.state = state
        self.awayReason = awayReason
        self.stateSince = stateSince
        self.channelsOn = channelsOn
        self.idleSince = idleSince
        self.missedInRow = missedInRow
        self.time = time
    }
}

/// A 128-bit digest.
package struct Digest128: Hashable, Sendable {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// An idempotency key: which request of which source made which inquiry.
package struct KeyRow: Hashable, Sendable {
    /// Of source and key.
    package var fingerprint: Digest128
    /// Of all fields of the request.
    package var request: Digest128
    package var inquiry: Int64
    package var at: Instant

    package init(fingerprint: Digest128, request: Digest128, inquiry: Int64, at: Instant) {
        self.fingerprint = fingerprint
        self.request = request
        self.inquiry = inquiry
        self.at = at
    }
}

/// How many inquiries there ever were and how they ended: `submitted` = the four ends + what is live.
package struct Totals: Hashable, Sendable {
    package var submitted: Int64 = 0
    /// Without those that were reopened since.
    package var completed: Int64 = 0
    package var abandoned: Int64 = 0
    package var cancelled: Int64 = 0
    package var expired: Int64 = 0

    package init() {}
}

/// The engine's own row: numbers that must never go back.
package struct EngineRow: Hashable, Sendable {
    /// The last event's number.
    package var seq: Int64
    package var nextID: Int64
    /// The engine's clock at the last step.
    package var clock: Instant
    package var totals: Totals
    /// Nothing is offered.
    package var isDraining: Bool
    /// By name, in the order of the plan.
    package var pausedQueues: [String]

    package init(
        seq: Int64, nextID: Int64, clock: Instant, totals: Totals, isDraining: Bool = false, pausedQueues: [String] = []
    ) {
        self.seq = seq
        self.nextID = nextID
        self.clock = clock
        self.totals = totals
        self.isDraining = isDraining
        self.pausedQueues = pausedQueues
    }
}

/// Everything that one batch changes. Each row appears at most once, as it is at the end of the batch.
package struct Changes: Sendable {
    package var inquiries: [InquiryRow] = []
    package var agents: [AgentRow] = []
    /// The ids of those that were deleted; none of them is in `agents`, unless it was made anew since.
    package var deletedAgents: [String] = []
    package var keys: [KeyRow] = []
    package var events: [Event] = []
    /// Closed ones that have left memory. They change nothing: once this is committed they may go where closed rows go.
    package var released: [ClosedInquiry] = []
    package var figures: [FigureRow] = []
    package var agentFigures: [AgentFigureRow] = []
    /// How far surveys are told of now, if that has changed.
    package var surveyMark: SurveyMark?

    package init() {}

    package var isEmpty: Bool {
        inquiries.isEmpty && agents.isEmpty && deletedAgents.isEmpty && keys.isEmpty && events.isEmpty
            && figures.isEmpty && agentFigures.isEmpty && surveyMark == nil
    }
}

/// Everything that the engine needs to go on where it stopped.
package struct Recovered: Sendable {
    package var engine: EngineRow
    /// In order of `number`.
    package var agents: [AgentRow]
    /// Live ones, and completed ones in wrap-up, in order of `id`.
    package var inquiries: [InquiryRow]
    /// Within the key window, in order of `at`.
    package var keys: [KeyRow]
    /// Of the days around `engine.clock`: which of them is today the plan's zone says.
    package var days: [DayFigures]
    /// Completed after the survey mark, in order of completion; and whether there is one.
    package var surveys: [SurveyRow] = []
    package var hasSurveyMark = false

    package init(
        engine: EngineRow, agents: [AgentRow], inquiries: [InquiryRow], keys: [KeyRow],
        days: [DayFigures] = []
    ) {
        self.engine = engine
        self.agents = agents
        self.inquiries = inquiries
        self.keys = keys
        self.days = days
    }
}
