/// What can be asked of the engine. Everything is resolved to indices; what the engine does not hold is inside.
package enum Command: Sendable {
    case submit(Submission)
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
    case putAgent(AgentChange)
    /// The agent's session is there (again): ends its grace.
    case connected(AgentIndex)
    /// The agent's session is gone.
    case disconnected(AgentIndex)
    /// Storage (or the whole machine) stood still since `since`: what agents could not answer gets its time back.
    case stalled(since: Instant)
    case drain(Bool)
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
    package var texts: InquiryTexts
    package var key: SubmissionKey?

    package init(
        source: Int32, channel: ChannelIndex, queue: QueueIndex? = nil, priority: Int32? = nil,
        skills: [SkillRequirement] = [], texts: InquiryTexts = InquiryTexts(), key: SubmissionKey? = nil
    ) {
        self.source = source
        self.channel = channel
        self.queue = queue
        self.priority = priority
        self.skills = skills
        self.texts = texts
        self.key = key
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
    package enum Field<Value: Sendable>: Sendable {
        case keep
        case set(Value)
    }

    package var id: String
    package var name: Field<String> = .keep
    package var team: Field<String> = .keep
    package var skills: Field<[SkillLevel]> = .keep
    /// nil: every channel of the plan.
    package var channels: Field<[ChannelLimit]?> = .keep
    package var capacity: Field<Int32> = .keep

    package init(id: String) { self.id = id }
}

/// What the engine answers to one command.
package enum Reply: Sendable {
    /// About one inquiry, as it is now.
    case inquiry(id: Int64, InquiryState)
    case submitted(id: Int64, duplicate: Bool)
    case agent(AgentIndex)
    case done
    case rejected(Rejection)
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

    package init(_ code: Code, _ message: String, field: String? = nil, state: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
        self.state = state
    }
}

/// What happened, in the engine's own numbers. `Engine.row(of:)` gives it its names.
package struct Event: Sendable {
    package var seq: Int64
    package var at: Instant
    package var type: EventType
    package var reason: Reason?
    package var channel: ChannelIndex = 0
    package var queue: QueueIndex?
    package var agent: AgentIndex?
    /// 0 for none.
    package var inquiry: Int64
    /// The record of `inquiry`; valid until the next step.
    var slot: UInt32 = .max
    package var first: Int64 = 0
    package var second: Int64 = 0
    package var third: Int64 = 0
    package var text: [UInt8] = []
    package var outcome: Outcome?
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
