@testable import Routing

/// A naive model of the router that follows the events and judges each of them, written from DESIGN §4 and §9.
///
/// It knows events and rows only, nothing of classes, profiles or heaps. It also shows that the events alone suffice
/// to tell what the state is; only whose customer it is, which is personal, is read from the rows. Waiting inquiries
/// that ask for the same stand in one list, so that it can judge each of many thousand steps; whatever else it needs
/// it recomputes.
struct Auditor {
    /// A number in `people`; a name that is deleted and made anew is somebody else.
    typealias PersonNumber = Int

    struct Item {
        var id: Int64
        var shape: Int
        var prefer: [Int: UInt8] = [:]
        var priority: Int32
        /// Its place among all that wait: the virtual deadline.
        var rank: Int64
        /// What it requires, and who says so.
        var parts: [Part] = []
        var queuedAt: Instant
        /// Since when it has waited in its queue: it entered it, or came back from work; offers do not move it.
        var waitingSince: Instant
        /// For how long agents had it since then, until they handed it on.
        var worked = TimeSpan.zero
        /// For how long it waited in its queue, or was offered, before that.
        var waitedBefore = TimeSpan.zero
        /// Steps of its queue that have fired.
        var stepsDone = 0
        /// How often steps have moved it to another queue.
        var moves: Int32 = 0
        /// False while it is scheduled and has never been in a queue.
        var wasQueued = true
        var state = InquiryState.waiting
        var stateSince: Instant
        var scheduledAt: Instant?
        var agent: PersonNumber?
        /// Whom it is for while it waits or is offered.
        var preferred: PersonNumber?
        var holdUntil: Instant?
        /// Whom the request asked for, while it is scheduled.
        var wanted: PersonNumber?
        var excluded: [PersonNumber] = []
        var excludedAt: Instant?
        /// Everyone who was ever offered or given it.
        var had: Set<PersonNumber> = []
        var expires: Instant?
        /// What is left of an offer that stands still since a restart.
        var left: TimeSpan?
        var acceptedAt: Instant?
        /// The completion of which its survey was told.
        var surveyedAt: Instant?
        /// Of this cycle: since it came, or came back from its end.
        var hasResponse = false
        var closedAt: Instant?
        var wrapUpEnds: Instant?
        var disposition: [UInt8] = []
        var outcome: Outcome?
        var csat: UInt8?
        var nps: UInt8?
        var decisionSeq: Int64 = 0
        /// What it is promised, and how its clocks have run.
        var promised: Promised?
        /// It counts among the agent's items and points.
        var takesRoom = false
        /// Who completed it last and when, also after it was reopened.
        var lastDone: (agent: PersonNumber, at: Instant)?
        /// The engine may have forgotten it.
        var mayBeForgotten = false
        var listed: Listing?
    }

    /// Where a waiting inquiry is kept.
    enum Listing: Equatable {
        case plain(shape: Int, rank: Int64)
        /// With exclusions or a preferred agent: not everybody's.
        case special
    }

    /// What waiting inquiries ask for that ask for the same.
    struct Shape {
        /// `queue` or `channel` of what the plan in force does not have.
        static let gone = -1

        var queue: Int
        var channel: Int
        var queueName: String
        var channelName: String
        var skills: [Int: UInt8]
        /// Those whom anybody may get, the most urgent first.
        var plain: [Place] = []

        var isGone: Bool { queue == Shape.gone || channel == Shape.gone }
    }

    struct Place: Comparable {
        var rank: Int64
        var id: Int64
        static func < (left: Place, right: Place) -> Bool { (left.rank, left.id) < (right.rank, right.id) }
    }

    struct ShapeKey: Hashable {
        var queue: Int
        var channel: Int
        var skills: [Int: UInt8]
    }

    struct Person {
        var id: String
        var number: PersonNumber
        var isDeleted = false
        var team = ""
        /// By number of the skill.
        var skills: [Int: UInt8] = [:]
        /// As the definition has it; nil: every channel of the plan.
        var listed: [ChannelLimit]?
        /// By channel; 0: not this channel.
        var limits: [Int]
        var capacity = 0
        var state = AgentState.offline
        var awayReason = ""
        var stateSince: Instant
        /// nil: all.
        var channelsOn: Set<Int>?
        /// Set while in grace.
        var graceEnds: Instant?
        var graceSince = Instant.epoch
        var idleSince: Instant
        var missedInRow: Int32 = 0
        /// So many of those were missed under another plan.
        var pardoned: Int32 = 0
        /// Items of each channel that take room: offers, assignments, wrap-ups, held ones that do not release it.
        var counts: [Int]
        /// Everything of theirs, held ones that take no room too.
        var work: Set<Int64> = []
        /// Points of all that takes room; kept with `counts`.
        var used = 0
        /// By shape, where known: 1 meets it, 2 does not.
        var able: [UInt8] = []
        /// By channel, while nothing changes: whether there is room if presence is left aside.
        var rooms: [Bool]?

        var isInGrace: Bool { graceEnds != nil }
    }

    /// What no event tells.
    struct Facts {
        var customer: [UInt8] = []
        var hold: TimeSpan?
    }

    /// An event with its details taken out once.
    struct Told {
        var row: Event
        var details: [EventDetail]

        init(_ row: Event) {
            self.row = row
            details = row.details
        }

        subscript(key: DetailKey) -> DetailValue? {
            for detail in details where detail.key == key { return detail.value }
            return nil
        }
        func name(_ key: DetailKey) -> String? { if case .name(let name) = self[key] { name } else { nil } }
        func names(_ key: DetailKey) -> [String] { if case .names(let names) = self[key] { names } else { [] } }
        func integer(_ key: DetailKey) -> Int64? { if case .integer(let number) = self[key] { number } else { nil } }
        func span(_ key: DetailKey) -> TimeSpan? { if case .span(let span) = self[key] { span } else { nil } }
        func instant(_ key: DetailKey) -> Instant? { if case .instant(let at) = self[key] { at } else { nil } }
        func text(_ key: DetailKey) -> [UInt8] { if case .text(let bytes) = self[key] { bytes } else { [] } }
        func flag(_ key: DetailKey) -> Bool { self[key] == .flag(true) }
        var reason: String? {
            switch self[.reason] {
            case .name(let name): name
            case .text(let bytes): String(decoding: bytes, as: UTF8.self)
            default: nil
            }
        }
    }

    /// The plan in force.
    var plan: CompiledPlan
    /// Since when it has been, if it is not the first.
    var plannedAt = Instant.epoch
    /// What was completed after it is surveyed; nil: nothing is.
    var surveysSince: Instant?
    /// By id − 1.
    var items: [Item] = []
    var people: [Person] = []
    var numbers: [String: PersonNumber] = [:]
    var deletedNames: Set<String> = []
    var shapes: [Shape] = []
    var shapeNumbers: [ShapeKey: Int] = [:]
    var skillNumbers: [String: Int] = [:]
    /// Shapes in which anything waits.
    var openShapes: Set<Int> = []
    /// Waiting ones that are not everybody's.
    var special: Set<Int64> = []
    var scheduled: Set<Int64> = []
    var facts: [Int64: Facts] = [:]
    /// The inquiries of each customer in order of submission.
    var customers: [[UInt8]: [Int64]] = [:]
    var isDraining = false
    var paused: Set<Int> = []
    var totals = Totals()
    private(set) var seq: Int64 = 0
    private(set) var clock = Instant.epoch
    var found: [String] = []
    /// Off where the model is too slow to judge every step.
    var judges = true
    var judged = 0
    /// What the agent who pulls asked for; the event does not say.
    var pull: (agent: String, channel: Int?)?
    /// What the command under way asks for.
    var asked = Asked.nothing

    // What the events of one step still owe.
    /// The next event has to be `over_capacity` of it.
    var owesFlag: Int64?
    /// Events that have to come in this step.
    var owes: [(id: Int64, type: EventType)] = []
    /// What steps have to tell by name, in this order.
    var owedNotices: [(id: Int64, name: String, by: String)] = []
    /// Which inquiry a step ends, and why.
    var endedByStep: (id: Int64, reason: String)?
    /// Whose preference has to be judged before the next event changes anything.
    var entering: (id: Int64, told: Told)?
    var lastOfStep: Event?
    var publication = Publication.none
    /// Offers that fitted under the plan before.
    var offersThatFitted: Set<Int64> = []

    init(plan: CompiledPlan, at now: Instant) {
        self.plan = plan
        if plan.surveyAfter != nil { surveysSince = now }
    }

    mutating func violate(_ what: String) { found.append(what) }

    func item(_ id: Int64) -> Item? { id > 0 && id <= items.count ? items[Int(id) - 1] : nil }

    // MARK: Following

    /// Reads from the rows of a step what no event tells, before its events are followed.
    mutating func learn(_ changes: Changes) {
        for row in changes.inquiries {
            guard row.isNew, let customer = row.definition?.texts.customer else { continue }
            var hold: TimeSpan?
            if case .submission(let request) = asked { hold = request.hold }
            facts[row.id] = Facts(customer: Array(customer), hold: hold)
            if !customer.isEmpty { customers[Array(customer), default: []].append(row.id) }
        }
    }

    /// Follows one event. Returns what is wrong with it.
    mutating func take(_ row: Event) -> [String] {
        found = []
        if row.seq != seq + 1 { violate("event \(row.seq) follows \(seq)") }
        if row.at < clock { violate("event \(row.seq) goes back in time") }
        seq = row.seq
        clock = row.at
        if let id = owesFlag, row.type != .overCapacity || row.inquiry != id {
            violate("\(World.line(row)) instead of over_capacity \(id)")
            owesFlag = nil
        }
        let told = Told(row)
        if entering != nil {
            if row.type == .scheduled { judgeScheduled(row) } else { judgeEntering() }
        }
        if row.inquiry != 0 { follow(inquiry: told) } else { follow(agent: told) }
        if !owes.isEmpty { owes.removeAll { $0.id == row.inquiry && $0.type == row.type } }
        lastOfStep = row
        return found
    }

    private mutating func follow(inquiry told: Told) {
        let row = told.row
        if row.type == .submitted { return submitted(told) }
        guard item(row.inquiry) != nil else { return violate("\(World.line(row)) of an unknown inquiry") }
        let index = Int(row.inquiry) - 1
        switch row.type {
        case .scheduled: scheduled(index, told)
        case .queued: queued(index, told)
        case .offered, .assigned: given(index, told)
        case .accepted: accepted(index, told)
        case .declined, .missed, .withdrawn: offerEnded(index, told)
        case .exclusionsCleared: exclusionsCleared(index, told)
        case .preferredReleased: preferredReleased(index, told)
        case .held: held(index, told)
        case .resumed: resumed(index, told)
        case .overCapacity: overCapacity(index, told)
        case .message: message(index, told)
        case .updated: updated(index, told)
        case .transferred: transferred(index, told)
        case .requeued: requeued(index, told)
        case .step: stepped(index, told)
        case .escalated: escalated(index, told)
        case .slaWarned, .slaBreached: threshold(index, told)
        case .completed: completed(index, told)
        case .wrapped: wrapped(index, told)
        case .reopened: reopened(index, told)
        case .abandoned, .expired: left(index, told)
        case .cancelled: cancelled(index, told)
        case .rated: rated(index, told)
        case .surveyDue: surveyed(index, told)
        case .submitted, .agentReady, .agentAway, .agentOffline, .agentDisconnected, .agentReconnected, .agentChanged,
            .stalled, .planPublished, .queuePaused, .queueResumed, .drain:
            violate("\(World.line(row)) names an inquiry")
        }
        relist(index)
    }

    // MARK: Lists of what waits

    /// The virtual deadline of what enters its queue, or is changed by hand.
    func rankAnew(_ item: Item) -> Int64 {
        let shape = shapes[item.shape]
        let target = plan.queues[shape.queue].target ?? plan.channels[shape.channel].target
        return item.queuedAt.microseconds + target.microseconds
            - Int64(item.priority) * plan.priorityBoost.microseconds
    }

    func place(_ item: Item) -> Place { Place(rank: item.rank, id: item.id) }

    /// Puts an inquiry into the list where it belongs now.
    mutating func relist(_ index: Int) {
        let item = items[index]
        var wanted: Listing?
        if item.state == .waiting {
            let isPlain = item.excluded.isEmpty && item.preferred == nil
            wanted = isPlain ? .plain(shape: item.shape, rank: item.rank) : .special
        }
        guard wanted != item.listed else { return }
        switch item.listed {
        case .plain(let shape, let rank):
            let at = position(of: Place(rank: rank, id: item.id), in: shape)
            shapes[shape].plain.remove(at: at)
            if shapes[shape].plain.isEmpty { openShapes.remove(shape) }
        case .special: special.remove(item.id)
        case nil: break
        }
        switch wanted {
        case .plain(let shape, let rank):
            let place = Place(rank: rank, id: item.id)
            shapes[shape].plain.insert(place, at: position(of: place, in: shape))
            openShapes.insert(shape)
        case .special: special.insert(item.id)
        case nil: break
        }
        items[index].listed = wanted
    }

    private func position(of place: Place, in shape: Int) -> Int {
        var low = 0
        var high = shapes[shape].plain.count
        while low < high {
            let middle = (low + high) / 2
            if shapes[shape].plain[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The ids of all that wait, in no order that means anything.
    var waiting: [Int64] { openShapes.flatMap { shapes[$0].plain.map(\.id) } + special }

    // MARK: Names

    func channel(_ name: String) -> Int { plan.channels.firstIndex { $0.name == name } ?? 0 }
    func queue(_ name: String) -> Int? { plan.queues.firstIndex { $0.name == name } }

    mutating func skills(_ levels: [SkillLevel]) -> [Int: UInt8] {
        var skills: [Int: UInt8] = [:]
        for entry in levels {
            let number = skillNumbers[entry.skill] ?? skillNumbers.count
            skillNumbers[entry.skill] = number
            skills[number] = entry.level
        }
        return skills
    }

    mutating func shape(queue: Int, channel: Int, skills: [Int: UInt8]) -> Int {
        let key = ShapeKey(queue: queue, channel: channel, skills: skills)
        if let known = shapeNumbers[key] { return known }
        shapes.append(
            Shape(
                queue: queue, channel: channel, queueName: plan.queues[queue].name,
                channelName: plan.channels[channel].name, skills: skills))
        shapeNumbers[key] = shapes.count - 1
        return shapes.count - 1
    }

    func name(_ person: PersonNumber?) -> String { person.map { people[$0].id } ?? "" }
}
