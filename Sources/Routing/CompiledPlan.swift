/// Numbers of channels and queues, as the plan lists them.
package typealias ChannelIndex = UInt8
package typealias QueueIndex = UInt16
/// An agent's number in order of creation.
package typealias AgentIndex = UInt32
package typealias SkillIndex = UInt32

/// A set of channels.
package struct ChannelSet: Hashable, Sendable {
    package var bits: UInt16

    package init(bits: UInt16) { self.bits = bits }
    package static let none = ChannelSet(bits: 0)
    package static let all = ChannelSet(bits: .max)

    @inline(__always)
    package func contains(_ channel: ChannelIndex) -> Bool { bits >> channel & 1 == 1 }
    package mutating func insert(_ channel: ChannelIndex) { bits |= 1 << channel }
    @inline(__always)
    mutating func set(_ channel: ChannelIndex, _ isThere: Bool) {
        bits = bits & ~(1 << channel) | (isThere ? 1 << channel : 0)
    }
    package func intersection(_ other: ChannelSet) -> ChannelSet { ChannelSet(bits: bits & other.bits) }
}

/// How an inquiry picks among the agents that it fits.
package enum Selection: UInt8, Sendable {
    /// Lowest load, then longest idle, then the older agent.
    case leastLoaded
    /// Longest idle, then the older agent.
    case longestIdle
    /// Highest sum of levels over what is required, then over what is preferred, then least loaded.
    case mostSkilled
    /// Fewest skills × channels, then lowest sum of levels over what is required, then longest idle.
    case leastSkilled

    package var name: String {
        switch self {
        case .leastLoaded: "least_loaded"
        case .longestIdle: "longest_idle"
        case .mostSkilled: "most_skilled"
        case .leastSkilled: "least_skilled"
        }
    }
}

/// How an inquiry finds the agent who knows its customer.
package enum Continuity: UInt8, Sendable {
    /// Who works on another inquiry of the customer.
    case openAgent
    /// Who worked on the customer's last one.
    case lastAgent
}

/// The routing plan in the form that the engine works on: indices instead of names, nothing left to default.
package struct CompiledPlan: Sendable {
    package struct Channel: Sendable {
        package var name: String
        package var weight: Int32
        package var limit: Int32
        package var target: TimeSpan
        package var offerTimeout: TimeSpan
        package var wrapUp: TimeSpan
        /// Assigned without asking the agent.
        package var acceptsAutomatically: Bool
        /// Assigned work stays with an agent who signs off.
        package var keepsWorkOffline: Bool
        /// Held work of the channel takes no room.
        package var holdReleases: Bool
        /// Whoever accepts has answered: the customer is there, as in a call.
        package var isLive: Bool
        /// The other channels that an agent working on this one may also be given.
        package var with: ChannelSet
        /// The channels for which this one's points count as free.
        package var interruptedBy: ChannelSet

        package init(
            name: String, weight: Int32, limit: Int32, target: TimeSpan, offerTimeout: TimeSpan,
            wrapUp: TimeSpan = .zero, acceptsAutomatically: Bool = false, keepsWorkOffline: Bool = false,
            holdReleases: Bool = false, isLive: Bool = false, with: ChannelSet = .all,
            interruptedBy: ChannelSet = .none
        ) {
            self.name = name
            self.weight = weight
            self.limit = limit
            self.target = target
            self.offerTimeout = offerTimeout
            self.wrapUp = wrapUp
            self.acceptsAutomatically = acceptsAutomatically
            self.keepsWorkOffline = keepsWorkOffline
            self.holdReleases = holdReleases
            self.isLive = isLive
            self.with = with
            self.interruptedBy = interruptedBy
        }
    }

    package struct Queue: Sendable {
        package var name: String
        /// nil: the channel's.
        package var target: TimeSpan?
        package var selection: Selection
        /// The teams whose agents serve it; nil: any.
        package var teams: [String]?
        /// Required of the agents of whatever waits in it.
        package var skills: [SkillLevel]
        /// New submissions that find so many waiting go to `overflow`, or are refused; nil: any number.
        package var lengthMax: Int32?
        package var overflow: QueueIndex?
        /// By the time after which they come, each of which is another.
        package var steps: [Step]

        package init(
            name: String, target: TimeSpan? = nil, selection: Selection = .leastLoaded, teams: [String]? = nil,
            skills: [SkillLevel] = [], lengthMax: Int32? = nil, overflow: QueueIndex? = nil, steps: [Step] = []
        ) {
            self.name = name
            self.target = target
            self.selection = selection
            self.teams = teams
            self.skills = skills
            self.lengthMax = lengthMax
            self.overflow = overflow
            self.steps = steps
        }
    }

    /// What happens to an inquiry that has waited so long in its queue. Each fires once.
    package struct Step: Sendable {
        package var after: TimeSpan
        package var actions: [Action]

        package init(after: TimeSpan, actions: [Action]) {
            self.after = after
            self.actions = actions
        }
    }

    /// What a step or an escalation does.
    package enum Action: Hashable, Sendable {
        /// So much more urgent; a negative number less.
        case raisePriority(Int32)
        case setPriority(Int32)
        /// Asks for more.
        case require([SkillLevel])
        /// Asks for no more than these levels.
        case relax([SkillLevel])
        /// Does not ask for these skills any more, whoever wanted them.
        case drop([String])
        case move(QueueIndex)
        /// Tells whoever listens, by that name.
        case notify(String)
        case expire(reason: String)
    }

    /// What a submission of that kind is given. `RuleConditions` says which rules match.
    package struct Rule: Sendable {
        package var name: String
        package var queue: QueueIndex?
        package var priority: Int32?
        package var skills: [SkillLevel]
        package var prefer: [SkillLevel]
        /// Beats what the request says.
        package var force: Bool
        /// No rule behind it is looked at.
        package var stop: Bool

        package init(
            name: String, queue: QueueIndex? = nil, priority: Int32? = nil, skills: [SkillLevel] = [],
            prefer: [SkillLevel] = [], force: Bool = false, stop: Bool = false
        ) {
            self.name = name
            self.queue = queue
            self.priority = priority
            self.skills = skills
            self.prefer = prefer
            self.force = force
            self.stop = stop
        }
    }

    package var version: Int32
    package var channels: [Channel]
    package var queues: [Queue]
    package var defaultQueue: QueueIndex
    package var defaultPriority: Int32
    /// How much waiting one point of priority is worth.
    package var priorityBoost: TimeSpan
    package var disconnectGrace: TimeSpan
    /// 0: never.
    package var missedOffersToAway: Int32
    /// In which order the customer's agents are looked for.
    package var continuity: [Continuity]
    /// How long an inquiry waits for its preferred agent, or half its target if that is less.
    package var continuityHold: TimeSpan
    /// How long ago the customer's last agent may have ended.
    package var continuityWithin: TimeSpan
    /// How long after its completion the customer's message brings an inquiry back.
    package var reopenWithin: TimeSpan
    /// What waits longer expires.
    package var maxAge: TimeSpan
    /// Those that there are; nil: any. Whoever takes requests refuses the others.
    package var skills: Set<String>?
    /// Looked at in this order when an inquiry is submitted.
    package var rules: [Rule]
    /// The first that matches an inquiry, after the rules, is the one by which it is timed.
    package var policies: [Policy]
    /// Those that policies name.
    package var calendars: [Calendar]
    package var conditions: (any RuleConditions)?
    /// By which figures are kept.
    package var days: any CivilDays
    /// How long after its completion a customer is to be asked; nil: never.
    package var surveyAfter: TimeSpan?

    package init(
        version: Int32, channels: [Channel], queues: [Queue], defaultQueue: QueueIndex,
        defaultPriority: Int32, priorityBoost: TimeSpan, disconnectGrace: TimeSpan,
        missedOffersToAway: Int32, continuity: [Continuity] = [.openAgent],
        continuityHold: TimeSpan = .seconds(30), continuityWithin: TimeSpan = .days(30),
        reopenWithin: TimeSpan = .hours(24), maxAge: TimeSpan = .days(14), skills: Set<String>? = nil,
        rules: [Rule] = [],
        policies: [Policy] = [], calendars: [Calendar] = [], conditions: (any RuleConditions)? = nil,
        days: any CivilDays = UTCDays(), surveyAfter: TimeSpan? = nil
    ) {
        precondition(channels.count <= Limits.channels && queues.count <= Limits.queues, "a plan within its limits")
        self.version = version
        self.channels = channels
        self.queues = queues
        self.defaultQueue = defaultQueue
        self.defaultPriority = defaultPriority
        self.priorityBoost = priorityBoost
        self.disconnectGrace = disconnectGrace
        self.missedOffersToAway = missedOffersToAway
        self.continuity = continuity
        self.continuityHold = continuityHold
        self.continuityWithin = continuityWithin
        self.reopenWithin = reopenWithin
        self.maxAge = maxAge
        self.skills = skills
        self.rules = rules
        self.policies = policies
        self.calendars = calendars
        self.conditions = conditions
        self.days = days
        self.surveyAfter = surveyAfter
    }

    /// What `strict` priority means in numbers: a point outweighs any wait that the clock can express beside it.
    /// 1,000 years × 200 points still fits an Int64 of microseconds.
    package static let strictBoost = TimeSpan.days(365_000)

    /// The other channels of that kind.
    func channels(besides channel: Int, where isOfKind: (Channel) -> Bool) -> ChannelSet {
        var set = ChannelSet.none
        for other in channels.indices where other != channel && isOfKind(channels[other]) {
            set.insert(ChannelIndex(other))
        }
        return set
    }

    /// The virtual deadline: queued_at + target − priority × boost.
    func rank(queuedAt: Instant, queue: QueueIndex, channel: ChannelIndex, priority: Int32) -> Int64 {
        let target = queues[Int(queue)].target ?? channels[Int(channel)].target
        return queuedAt.microseconds + target.microseconds - Int64(priority) * priorityBoost.microseconds
    }
}

/// What the engine refuses to exceed; each has its answer where it is checked.
package enum Limits {
    package static let skillsPerInquiry = 16
    /// What the request, the rules and the queue require together.
    package static let skillsRequired = 64
    /// Steps and escalations that move one inquiry to another queue.
    package static let automaticMoves: Int32 = 16
    package static let skillsPerAgent = 64
    package static let skills = 65_536
    package static let classes = 65_536
    package static let profiles = 16_384
    package static let channels = 16
    package static let queues = 1_024
    package static let agents = 100_000
    package static let liveInquiries = 4_000_000
    /// Exclusions and passed offers remembered of one inquiry; the oldest is dropped.
    package static let exclusions = 64
    /// Inquiries that wait for one preferred agent; the next one goes to everybody.
    package static let heldForAgent = 64
    /// Inquiries of one customer that are looked at, the newest first.
    package static let customerHistory = 64
    /// How far ahead an inquiry can be scheduled.
    package static let scheduleAhead = TimeSpan.days(400)
    /// How long an inquiry can be held for a preferred agent.
    package static let preferredHold = TimeSpan.days(30)
    /// Completed inquiries whose survey is to come; past it the oldest is told of early.
    package static let surveys = 1_000_000
    /// Closed inquiries that stay in memory.
    package static let closedInquiries = 100_000
    /// Inquiries that a published plan may change: they are one transaction.
    package static let replanned = 200_000
    package static let priority: ClosedRange<Int32> = -100...100
    /// The nearest priority that there is.
    static func clamp(_ points: Int64) -> Int32 {
        Int32(min(max(points, Int64(priority.lowerBound)), Int64(priority.upperBound)))
    }
    /// How long a key is remembered.
    package static let keyWindow = TimeSpan.days(7)
    /// Keys remembered at once; past it a submission with a new key is refused.
    package static let keys = 16_000_000
    /// How long a closed inquiry stays in memory.
    package static let closedWindow = TimeSpan.hours(24)
}
