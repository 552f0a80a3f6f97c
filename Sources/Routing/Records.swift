import DequeModule

/// No record, no agent, no timer.
let none = UInt32.max

/// One inquiry in memory: while it is live, while its agent wraps up, and for a while after.
///
/// What a decision looks at comes first: with a large backlog nothing costs as much as the memory that is touched.
struct Inquiry {
    var id: Int64
    var rank: Int64
    /// Since when it has waited in its queue: it entered it, or came back to it from work. Offers do not move it.
    var waitingSince: Instant
    var queuedAt: Instant
    var stateSince: Instant
    /// Requirement class. It stays counted while the inquiry is in memory.
    var requirement: UInt32
    var agent: AgentIndex = none
    /// Neighbours in the agent's list of work.
    var previousWork = none
    var nextWork = none
    /// Neighbours in the lane's list of those that wait, by `waitingSince`.
    var previousInLane = none
    var nextInLane = none
    /// Schedule, hold for a preferred agent, offer or wrap-up, as its state has it.
    var timer = none
    /// The agent whom it is for, while it waits or is offered.
    var preferred: AgentIndex = none
    /// What few inquiries have.
    var particulars = none
    /// Agents who declined or missed it, or whose offer passed.
    var trail = none
    /// What becomes of it in its queue, where anything does.
    var stay = none
    /// What it is promised, where a policy covers it.
    var clocks = none
    var state: InquiryState
    var outcome: Outcome?
    /// An offer that stands still after a restart until its agent is back.
    var isFrozen = false
    /// It was closed already when it was read from the store: its row may stand among those of closed inquiries.
    var isReadBack = false
    /// It has had its first response, so the customer's next message is waited on anew.
    var hasResponse = false
    /// It has come back from its end.
    var isReopened = false
    var place = Place.nowhere
    var mark = Mark.clean
    var priority: Int32
    /// The number of the event that gave it to its agent; 0 before.
    var decisionSeq: Int64 = 0
    /// `Instant.epoch`: not yet.
    var acceptedAt = Instant.epoch
    var closedAt = Instant.epoch
    /// While offered; after a restart, while `isFrozen`, what is left of the offer after `Instant.epoch`.
    var offerExpires = Instant.epoch
    /// Since when it has stood in the line of its class; `Instant.epoch` while it did not have to.
    var linedAt = Instant.epoch
    /// `Instant.epoch`: no wrap-up.
    var wrapUpEnds = Instant.epoch
    /// Reason of a decline or cancel, disposition of a completion.
    var disposition: [UInt8] = []
    /// The inquiries of the same customer, by id.
    var olderOfCustomer = none
    var newerOfCustomer = none
    var texts: InquiryTexts
    var source: Int32
    var submittedAt: Instant
    /// Until when it waits for `preferred`.
    var holdUntil = Instant.epoch
}

/// Where a waiting inquiry stands.
enum Place: UInt8 {
    /// It does not wait, or is just being placed.
    case nowhere
    /// In the heap of its class.
    case heap
    /// Beside that heap, since somebody is excluded from it.
    case aside
    /// In the list of its preferred agent.
    case wanted
}

/// What few inquiries have.
struct Particulars {
    /// Whose they are.
    var owner: UInt32
    /// What would be nice to have, by skill.
    var prefer: ContiguousArray<SkillRequirement> = []
    /// The same in names, by name.
    var preferLevels: [SkillLevel] = []
    /// `Instant.epoch`: not scheduled any more.
    var scheduledAt = Instant.epoch
    /// Of a scheduled one: whom it will be for.
    var agent: AgentIndex = none
    /// For how long it waits for that agent, where the request said so.
    var hold: TimeSpan?
    var csat: UInt8?
    var nps: UInt8?
    var comment: [UInt8] = []
    /// What could not be evaluated when it was routed: `rule:gold customers`, `policy:vip`.
    var failed: [String] = []
    /// For how long agents had worked on it since it was queued, until they handed it on: that is no waiting.
    var worked = TimeSpan.zero
}

/// What the store does not know yet of a record.
enum Mark: UInt8 {
    case clean
    /// Columns that change.
    case changed
    /// Its definition, too.
    case redefined
    /// The whole row.
    case new
}

/// Whom an inquiry was offered to in vain. Most inquiries have none.
struct Trail {
    /// Whose it is.
    var owner: UInt32
    /// Where it stands in `excluding`, and among those aside in its class.
    var excludingPosition = none
    var asidePosition = none
    /// Who declined or missed it, oldest first.
    var excluded: ContiguousArray<AgentIndex> = []
    var excludedAt = Instant.epoch
    /// Clears the exclusions. `none` while it has fired and some able agent was left.
    var timer = none
    /// Whose offer was withdrawn, oldest first: their late accept is told `gone`.
    var passed: ContiguousArray<AgentIndex> = []
}

/// The names and words of an agent.
struct AgentTexts {
    var id: String
    /// The durable order of creation; rises with the index.
    var number: Int32
    var definition = AgentDefinition()
    var awayReason = ""
}

struct Agent {
    /// For rows and events.
    var name: Name
    var profile: UInt32
    var state = AgentState.offline
    var stateSince: Instant
    var idleSince: Instant
    /// Since when its session has been gone; `Instant.epoch` while it is there.
    var graceSince = Instant.epoch
    var graceTimer = none
    var channelsOn = ChannelSet.all
    /// The channels of which it has any work.
    var working = ChannelSet.none
    /// The channels on which its profile counts it as signed on.
    var counted = ChannelSet.none
    /// The channels on which it stands in its profile's heaps: it has room there.
    var roomy = ChannelSet.none
    var capacity: Int32
    /// Points of all its work.
    var used: Int32 = 0
    var missedInRow: Int32 = 0
    var firstWork = none
    /// Assigned or in wrap-up: busy.
    var busyCount: Int32 = 0
    /// Of these, wrap-ups.
    var wrapUps: Int32 = 0
    /// Only its name is left, for what it once worked on.
    var isDeleted = false
    var mark = Mark.clean

    var isInGrace: Bool { graceSince != .epoch }
    /// Ready, with a session.
    var isAvailable: Bool { state == .ready && !isInGrace }
}

/// What an agent asks of the others: inquiries with equal queue, channel and skills are served by rank alone.
struct RequirementClass: ~Copyable {
    var queue: QueueIndex
    var channel: ChannelIndex
    /// By skill.
    var skills: ContiguousArray<SkillRequirement>
    /// The same in names, by name: made once, for rows and events.
    var levels: [SkillLevel]
    /// The same for the events of those that enter; nil where nothing is required.
    var entry: Event.Extra?
    var hash: UInt64
    /// Inquiries in memory that are of this class.
    var references = 0
    /// How often it stands in the list of idle classes.
    var idleEntries = 0
    /// Those that wait and have no exclusions.
    var waiting = IndexedHeap<WaitKey>()
    /// Those that wait and have some: searched to the end.
    var aside: ContiguousArray<UInt32> = []
    /// Profiles that meet it.
    var able: ContiguousArray<UInt32> = []
    /// How fast it moves, for the estimate of a wait.
    var line: WaitingLine
}

/// What agents have in common: same skills and levels, same channels, same team.
struct AgentProfile {
    /// By skill.
    var skills: ContiguousArray<SkillRequirement>
    var channels: ChannelSet
    var team: String
    var hash: UInt64
    var agents = 0
    /// Requirement classes that it meets, by channel.
    var classes: ContiguousArray<ContiguousArray<UInt32>>
    /// Available agents with the channel on, by channel, with room or not.
    var signedOn: ContiguousArray<Int32>
}

/// Least rank first, then the lower id.
struct WaitKey: Comparable {
    var rank: Int64
    var id: Int64

    static let never = WaitKey(rank: .max, id: .max)

    @inline(__always)
    static func < (left: WaitKey, right: WaitKey) -> Bool {
        left.rank < right.rank || (left.rank == right.rank && left.id < right.id)
    }
}

/// Lowest load first, then longest idle, then the older agent. In the heaps by idle time the load is 0.
struct RoomKey: Comparable, Hashable {
    /// Thousand-millionths of full, so that fractions of numbers up to 10,000 stay distinct.
    var load: UInt32
    var agent: AgentIndex
    var idleSince: Int64

    static let nobody = RoomKey(load: .max, agent: none, idleSince: .max)

    @inline(__always)
    static func < (left: RoomKey, right: RoomKey) -> Bool {
        if left.load != right.load { return left.load < right.load }
        if left.idleSince != right.idleSince { return left.idleSince < right.idleSince }
        return left.agent < right.agent
    }
}

/// The first of a heap of rooms, and how many stand in it.
struct RoomHead {
    var key = RoomKey.nobody
    var count: UInt32 = 0
}

/// What fires at a time. Equal times fire by kind, then by id, so that a restart does not change the order.
/// In this order its fields leave room for a heap's item: 24 bytes an entry.
struct TimerKey: Comparable {
    var due: Instant
    var id: Int64
    var kind: TimerKind

    init(due: Instant, kind: TimerKind, id: Int64) {
        self.due = due
        self.id = id
        self.kind = kind
    }

    static func < (left: TimerKey, right: TimerKey) -> Bool {
        if left.due != right.due { return left.due < right.due }
        if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
        return left.id < right.id
    }
}

enum TimerKind: UInt8 {
    case offer
    case wrapUp
    case exclusions
    case grace
    case preferred
    case scheduled
    /// Of a lane: the first in it has waited as long as anything may.
    case maxAge
    /// The next step of its queue.
    case step
    /// The next threshold of its clocks.
    case clock
    /// The next survey of all. It has no owner.
    case survey
}

/// What a timer is about: an inquiry's record, an agent, or a lane.
struct Timer {
    var kind: TimerKind
    var owner: UInt32
}
