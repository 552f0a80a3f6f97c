/// What can be asked of the engine. Everything is resolved to indices; what the engine does not hold is inside.
package enum Command: Sendable {
    case submit(Submission)
    case update(id: Int64, InquiryChange)
    /// A turn of the conversation.
    case message(id: Int64, from: Party)
    case rate(id: Int64, Rating)
    case abandon(id: Int64)
    case cancel(id: Int64, reason: [UInt8])
    /// `channels` nil: all of the agent's.
    case ready(AgentIndex, channels: ChannelSet?)
    case away(AgentIndex, reason: String)
    case offline(AgentIndex)
    case accept(id: Int64, AgentIndex)
    case decline(id: Int64, AgentIndex, reason: [UInt8])
    case complete(id: Int64, AgentIndex, disposition: [UInt8], outcome: Outcome?)
    case wrapped(id: Int64, AgentIndex)
    case hold(id: Int64, AgentIndex)
    case resume(id: Int64, AgentIndex)
    /// The agent hands its work on.
    case transfer(id: Int64, AgentIndex, Transfer)
    /// The agent pulls what is best for it, of one channel or of any.
    case next(AgentIndex, channel: ChannelIndex?)
    /// A supervisor gives it to that agent; `force` passes over room.
    case assign(id: Int64, AgentIndex, force: Bool)
    /// A supervisor takes it back to its queue.
    case requeue(id: Int64, priority: Int32?)
    case pauseQueue(QueueIndex, Bool)
    case putAgent(AgentChange)
    case deleteAgent(AgentIndex)
    /// The agent's session is there (again): ends its grace.
    case connected(AgentIndex)
    /// The agent's session is gone.
    case disconnected(AgentIndex)
    /// Storage (or the whole machine) stood still since `since`: what agents could not answer gets its time back.
    case stalled(since: Instant)
    case drain(Bool)
    /// Another version of the plan is in force from now on, for what waits as for what comes.
    indirect case publish(CompiledPlan)
    /// The personal data of a customer's inquiries goes, of at most so many, the newest first.
    case forget(customer: [UInt8], limit: Int)
}

/// A new inquiry.
package struct Submission: Sendable {
    package var source: Int32
    package var channel: ChannelIndex
    /// nil: the plan's default.
    package var queue: QueueIndex?
    package var priority: Int32?
    /// At most `Limits.skillsPerInquiry`, each skill once.
    package var skills: [SkillRequirement]
    /// What would be nice to have; at most `Limits.skillsPerInquiry`, each skill once.
    package var prefer: [SkillRequirement]
    /// The agent who should get it.
    package var agent: AgentIndex?
    /// For how long it waits for a preferred agent; nil: as the plan says.
    package var hold: TimeSpan?
    /// When it enters its queue; nil or a time gone by: now.
    package var at: Instant?
    /// The last agent of the customer, where the plan wants to know and the engine does not (`lacksLastAgent`).
    package var lastAgent: AgentIndex?
    package var texts: InquiryTexts
    package var key: SubmissionKey?

    package init(
        source: Int32, channel: ChannelIndex, queue: QueueIndex? = nil, priority: Int32? = nil,
        skills: [SkillRequirement] = [], prefer: [SkillRequirement] = [], agent: AgentIndex? = nil,
        hold: TimeSpan? = nil, at: Instant? = nil, lastAgent: AgentIndex? = nil,
        texts: InquiryTexts = InquiryTexts(), key: SubmissionKey? = nil
    ) {
        self.source = source
        self.channel = channel
        self.queue = queue
        self.priority = priority
        self.skills = skills
        self.prefer = prefer
        self.agent = agent
        self.hold = hold
        self.at = at
        self.lastAgent = lastAgent
        self.texts = texts
        self.key = key
    }
}

/// A field that may be left as it is.
package enum Change<Value: Sendable>: Sendable {
    case keep
    case set(Value)
}

/// What of an inquiry is to be changed.
package struct InquiryChange: Sendable {
    package var priority: Change<Int32> = .keep
    package var queue: Change<QueueIndex> = .keep
    package var skills: Change<[SkillRequirement]> = .keep
    package var prefer: Change<[SkillRequirement]> = .keep
    /// Subject and attributes as they will be; key and customer do not change.
    package var texts: Change<InquiryTexts> = .keep
    /// The rules and the policies of the present plan are asked again.
    package var reroutes = false

    package init() {}
}

/// Where work is handed on to; at least one of the three.
package struct Transfer: Sendable {
    package var queue: QueueIndex?
    package var skills: [SkillRequirement]?
    /// The receiver.
    package var agent: AgentIndex?
    package var reason: [UInt8]

    package init(
        queue: QueueIndex? = nil, skills: [SkillRequirement]? = nil, agent: AgentIndex? = nil, reason: [UInt8] = []
    ) {
        self.queue = queue
        self.skills = skills
        self.agent = agent
        self.reason = reason
    }
}

/// A customer's answer to a survey; what is nil stays.
package struct Rating: Sendable {
    /// 1…5
    package var csat: UInt8?
    /// 0…10
    package var nps: UInt8?
    package var comment: [UInt8]?

    package init(csat: UInt8? = nil, nps: UInt8? = nil, comment: [UInt8]? = nil) {
        self.csat = csat
        self.nps = nps
        self.comment = comment
    }
}

/// An idempotency key, digested by the caller.
package struct SubmissionKey: Hashable, Sendable {
    /// Of source and key.
    package var fingerprint: Digest128
    /// Of all fields of the request.
    package var request: Digest128

    package init(fingerprint: Digest128, request: Digest128) {
        self.fingerprint = fingerprint
        self.request = request
    }
}

package struct SkillRequirement: Hashable, Sendable {
    package var skill: SkillIndex
    /// 1…10
    package var level: UInt8

    package init(skill: SkillIndex, level: UInt8) {
        self.skill = skill
        self.level = level
    }
}

/// Creates an agent or changes the fields that are given.
package struct AgentChange: Sendable {
    package var id: String
    package var name: Change<String> = .keep
    package var team: Change<String> = .keep
    package var skills: Change<[SkillLevel]> = .keep
    /// nil: every channel of the plan.
    package var channels: Change<[ChannelLimit]?> = .keep
    package var capacity: Change<Int32> = .keep

    package init(id: String) { self.id = id }
}

/// What the engine answers to one command.
package enum Reply: Sendable {
    /// About one inquiry, as it is now.
    case inquiry(id: Int64, InquiryState)
    case submitted(id: Int64, duplicate: Bool)
    case agent(AgentIndex)
    /// Nothing fits the agent who pulls.
    case nothing
    case done
    indirect case rejected(Rejection)
}

/// Why a command was refused; nothing was changed.
package struct Rejection: Error, Hashable, Sendable {
    package enum Code: UInt8, Sendable {
        case badArgument
        case notFound
        case conflict
        case gone
        case limit
    }

    package var code: Code
    /// For people: what was wrong and what would be right.
    package var message: String
    /// The field at fault.
    package var field: String?
    /// The state that does not allow it.
    package var state: String?
    /// How many stand in the way.
    package var count: Int?

    package init(_ code: Code, _ message: String, field: String? = nil, state: String? = nil, count: Int? = nil) {
        self.code = code
        self.message = message
        self.field = field
        self.state = state
        self.count = count
    }
}

/// What a step gives back. The caller keeps one and clears it between steps.
package struct Output: Sendable {
    package var events: ContiguousArray<Event> = []
    package var reply: Reply = .done

    package init() {}

    package mutating func clear() {
        events.removeAll(keepingCapacity: true)
        reply = .done
    }
}
