import DequeModule

/// Decides who answers what. Commands and a time go in, events and a reply come out; the same input gives the same
/// output, byte for byte. One thread owns it; it never waits, reads no clock and knows no I/O.
///
/// What waits stands in the heap of its requirement class, agents with room in the heaps of their profile; a decision
/// compares a few heads, whatever the backlog.
///
/// A call that only borrows the engine from within a mutating one makes the compiler copy its 600 bytes to the stack.
/// Therefore the small questions of the hot path are `@inline(__always)`.
package struct Engine: ~Copyable {
    package private(set) var plan: CompiledPlan
    /// What is of any type has no fixed layout, so the compiler passes the engine by its address. Without it every call
    /// that only borrows the engine from within a mutating one copies all of it to the stack.
    private let passedByAddress: any Sendable = ()
    /// Channels of the plan: the stride of `counts` and `limits`.
    private(set) var stride: Int
    /// By channel and by queue.
    private(set) var channelNames: [Name]
    private(set) var queueNames: [Name]
    /// By queue: what it requires; empty for most.
    private(set) var queueParts: [ContiguousArray<RequirementPart>] = []
    /// By queue: there are no rules, and it requires nothing, has no steps and no end.
    private(set) var isPlain: [Bool]
    /// By rule: its name, and how often it could not be evaluated.
    private(set) var ruleNames: [Name]
    var ruleFailures: [Int64]
    var policyFailures: [Int64]
    /// Those of the plan, and earlier ones that inquiries still go by.
    var policies: ContiguousArray<PinnedPolicy>
    /// By policy of the plan: where it stands in `policies`.
    var policyNumbers: [UInt32]
    /// Those of the plan; at a start with a plan that lacks one, those that inquiries are timed by as well.
    var calendars: ContiguousArray<CompiledPlan.Calendar>
    /// By channel: its points; the others beside which an agent may not be given it; the others whose points it interrupts.
    private(set) var weights: [Int32]
    private(set) var barring: [ChannelSet]
    private(set) var interrupted: [ChannelSet]
    /// Which heaps of rooms some queue selects by; the others are not kept.
    private(set) var usesLoad: Bool
    private(set) var usesIdle: Bool

    var inquiries = Slab<Inquiry>()
    var inquiryIndex = IdentifierMap()
    /// Every record in memory by rising id; those that are gone stay until the next compaction.
    var order = Table<OrderEntry>()
    /// Those that are closed, the oldest first.
    var closed = Deque<ClosedEntry>()
    var trails = Slab<Trail>()
    var stays = Slab<Stay>()
    var clockSets = Slab<ClockSet>()
    var particulars = Slab<Particulars>()
    /// Live inquiries from which somebody is excluded, in no order.
    var excluding = ContiguousArray<UInt32>()
    /// Of each customer the newest inquiry in memory, by the hash of the customer.
    var customers = HashIndex()
    /// By agent: the inquiries that wait for it alone, in no order.
    var wanted = ContiguousArray<ContiguousArray<UInt32>>()
    /// By queue.
    var paused: ContiguousArray<Bool>
    /// By lane: the timer of the first that waits in it.
    var laneTimers: ContiguousArray<UInt32>

    var agents = Table<Agent>()
    /// What decisions do not look at, kept apart so that reading an agent counts no references.
    var agentTexts = Table<AgentTexts>()
    var agentNames = NameTable()
    /// Agents that are gone, by the hash of their name, for rows that still name them.
    var ghosts = HashIndex()
    var nextAgentNumber: Int32 = 0
    var agentsAlive = 0
    var skillNames = NameTable()
    /// By agent × stride + channel: how much work, and how much is allowed (0: not this channel).
    var counts = Table<Int32>()
    var limits = Table<Int32>()

    var classes = Table<RequirementClass>()
    var classIndex = HashIndex()
    var freeClasses = ContiguousArray<UInt32>()
    /// Classes that nobody refers to, oldest first, kept a while because most come back.
    var idleClasses = Deque<UInt32>()
    /// Of each class the first that waits; dense, because a decision reads many.
    var heads = Table<WaitKey>()
    /// Classes in which somebody waits with exclusions.
    var asideClasses = ContiguousArray<UInt32>()
    /// Where each waiting inquiry stands in its class.
    var waitPositions = HeapPositions()

    var profiles = Table<AgentProfile>()
    var profileIndex = HashIndex()
    var freeProfiles = ContiguousArray<UInt32>()
    /// By profile × stride + channel: the agents with room.
    var loadRooms = Table<IndexedHeap<RoomKey>>()
    var idleRooms = Table<IndexedHeap<RoomKey>>()
    /// The first of each; dense, because a decision reads many.
    var loadHeads = Table<RoomHead>()
    var idleHeads = Table<RoomHead>()
    /// By agent × stride + channel: where it stands in its profile's heap.
    var loadPositions = HeapPositions()
    var idlePositions = HeapPositions()

    var timers = IndexedHeap<TimerKey>()
    var timerPositions = HeapPositions()
    var timerSlots = Slab<Timer>()

    var keys = KeyMemory()
    var figures: Figures
    var agentTimes: AgentTimes
    /// Completed ones whose survey is to come, in order of completion.
    var surveys = Deque<SurveyRow>()
    var surveyTimer = none
    /// How far surveys are told of, where the store does not know it yet.
    var surveyMark: SurveyMark?
    var isDraining = false
    var seq: Int64 = 0
    var nextID: Int64 = 1
    var totals = Totals()
    package private(set) var now: Instant

    var changedInquiries = Table<UInt32>()
    var changedAgents = Table<AgentIndex>()
    var deletedAgents: [String] = []
    var newKeys: [KeyRow] = []
    /// Rows of inquiries that have left memory before the store was given them.
    var lastRows: [InquiryRow] = []
    /// Closed inquiries that have left memory since the store was last given anything.
    var released: [ClosedInquiry] = []
    /// How many inquiries have lost their personal data, ever.
    package internal(set) var forgottenCount: Int64 = 0

    /// An engine without inquiries or agents.
    package init(plan: CompiledPlan, at now: Instant) {
        self.plan = plan
        stride = plan.channels.count
        channelNames = plan.channels.map { Name($0.name) }
        queueNames = plan.queues.map { Name($0.name) }
        isPlain = plan.queues.map {
            plan.rules.isEmpty && $0.skills.isEmpty && $0.steps.isEmpty && $0.lengthMax == nil
        }
        ruleNames = plan.rules.map { Name($0.name) }
        ruleFailures = plan.rules.map { _ in 0 }
        policyFailures = plan.policies.map { _ in 0 }
        policies = ContiguousArray(
            plan.policies.map {
                PinnedPolicy(
                    $0, version: plan.version, queueNames: plan.queues.map(\.name), calendar: $0.calendar)
            })
        policyNumbers = plan.policies.indices.map { UInt32($0) }
        calendars = ContiguousArray(plan.calendars)
        weights = plan.channels.map(\.weight)
        barring = plan.channels.indices.map { channel in
            plan.channels(besides: channel) { !$0.with.contains(ChannelIndex(channel)) }
        }
        interrupted = plan.channels.indices.map { channel in
            plan.channels(besides: channel) { $0.interruptedBy.contains(ChannelIndex(channel)) }
        }
        usesLoad = plan.queues.contains { $0.selection == .leastLoaded || $0.selection == .mostSkilled }
        usesIdle = plan.queues.contains { $0.selection == .longestIdle || $0.selection == .leastSkilled }
        paused = ContiguousArray(repeating: false, count: plan.queues.count)
        laneTimers = ContiguousArray(repeating: none, count: plan.queues.count * plan.channels.count)
        self.now = now
        figures = Figures(plan: plan, at: now)
        agentTimes = AgentTimes(plan: plan, at: now)
        learnQueueParts()
    }

    private mutating func learnQueueParts() {
        queueParts = []
        for queue in plan.queues {
            queueParts.append(ContiguousArray(requirements(ofPlan: queue.skills).map { Self.part($0, .queue) }))
        }
    }

    /// Takes over what is laid out by channels and queues, for the new plan and empty. `publish` fills it.
    mutating func adoptLayout(of plan: CompiledPlan) {
        var fresh = Engine(plan: plan, at: now)
        self.plan = plan
        stride = fresh.stride
        channelNames = fresh.channelNames
        queueNames = fresh.queueNames
        isPlain = fresh.isPlain
        ruleNames = fresh.ruleNames
        ruleFailures = fresh.ruleFailures
        policyFailures = fresh.policyFailures
        weights = fresh.weights
        barring = fresh.barring
        interrupted = fresh.interrupted
        usesLoad = fresh.usesLoad
        usesIdle = fresh.usesIdle
        swap(&paused, &fresh.paused)
        swap(&laneTimers, &fresh.laneTimers)
        swap(&profiles, &fresh.profiles)
        swap(&profileIndex, &fresh.profileIndex)
        swap(&freeProfiles, &fresh.freeProfiles)
        swap(&counts, &fresh.counts)
        swap(&limits, &fresh.limits)
        swap(&loadRooms, &fresh.loadRooms)
        swap(&idleRooms, &fresh.idleRooms)
        swap(&loadHeads, &fresh.loadHeads)
        swap(&idleHeads, &fresh.idleHeads)
        swap(&loadPositions, &fresh.loadPositions)
        swap(&idlePositions, &fresh.idlePositions)
        learnQueueParts()
    }

    /// Takes one command. `now` must not be before the last step's.
    package mutating func apply(_ command: Command, at now: Instant, into output: inout Output) {
        advance(to: now)
        do throws(Rejection) {
            switch command {
            case .submit(let submission): output.reply = try submit(submission, into: &output)
            case .abandon(let id): output.reply = try abandon(id, into: &output)
            case .cancel(let id, let reason): output.reply = try cancel(id, reason: reason, into: &output)
            case .ready(let agent, let channels): ready(agent, channels: channels, into: &output)
            case .away(let agent, let reason): away(agent, reason: reason, into: &output)
            case .offline(let agent): offline(agent, into: &output)
            case .accept(let id, let agent): output.reply = try accept(id, agent, into: &output)
            case .decline(let id, let agent, let reason):
                output.reply = try decline(id, agent, reason: reason, into: &output)
            case .complete(let id, let agent, let disposition, let outcome):
                output.reply = try complete(id, agent, disposition: disposition, outcome: outcome, into: &output)
            case .wrapped(let id, let agent): output.reply = try wrapped(id, agent, into: &output)
            case .putAgent(let change): output.reply = try putAgent(change, into: &output)
            case .connected(let agent): connected(agent, into: &output)
            case .disconnected(let agent): disconnected(agent, into: &output)
            case .stalled(let since): stalled(since: since, into: &output)
            case .drain(let on): drain(on, into: &output)
            case .update(let id, let change): output.reply = try update(id, change, into: &output)
            case .message(let id, let party): output.reply = try message(id, from: party, into: &output)
            case .rate(let id, let rating): output.reply = try rate(id, rating, into: &output)
            case .hold(let id, let agent): output.reply = try hold(id, agent, into: &output)
            case .resume(let id, let agent): output.reply = try resume(id, agent, into: &output)
            case .transfer(let id, let agent, let transfer):
                output.reply = try hand(on: id, agent, transfer, into: &output)
            case .next(let agent, let channel): output.reply = try next(agent, channel: channel, into: &output)
            case .assign(let id, let agent, let force):
                output.reply = try assign(id, agent, force: force, into: &output)
            case .requeue(let id, let priority): output.reply = try takeBack(id, priority: priority, into: &output)
            case .pauseQueue(let queue, let on): pause(queue, on, into: &output)
            case .deleteAgent(let agent): output.reply = try deleteAgent(agent, into: &output)
            case .publish(let plan): output.reply = try publish(plan, into: &output)
            case .forget(let customer, let limit): forget(customer: customer, limit: limit)
            }
        } catch {
            output.reply = .rejected(error)
        }
    }

    /// Fires at most `limit` timers that are due, in order of their time; their effects happen at `now`.
    ///
    /// None that is due after `answeredUntil`, the last moment at which storage is known to have been good, is taken: no
    /// agent shall be blamed for what could not have been committed, and what is late waits for the same answer.
    /// Returns how many fired.
    @discardableResult
    package mutating func expire(
        at now: Instant, answeredUntil: Instant = .distantFuture, limit: Int = 1_000, into output: inout Output
    ) -> Int {
        advance(to: now)
        let horizon = min(now, answeredUntil)
        var fired = 0
        while fired < limit, let head = timers.head, head.key.due <= horizon {
            let timer = timerSlots[head.item]
            cancelTimer(head.item)
            switch timer.kind {
            case .offer: offerExpired(timer.owner, into: &output)
            case .wrapUp: wrapUpEnded(timer.owner, into: &output)
            case .exclusions: exclusionsDue(timer.owner, into: &output)
            case .grace: graceEnded(timer.owner, into: &output)
            case .preferred: holdEnded(timer.owner, into: &output)
            case .scheduled: enter(timer.owner, into: &output)
            case .maxAge: laneIsDue(timer.owner, into: &output)
            case .step: stepDue(timer.owner, into: &output)
            case .clock: clockDue(timer.owner, into: &output)
            case .survey: surveyDue(into: &output)
            }
            fired += 1
        }
        return fired
    }

    /// When the next timer is due.
    package var nextDeadline: Instant? { timers.head?.key.due }

    /// The number of the last event.
    package var lastSeq: Int64 { seq }

    /// Time passes, and nothing happens.
    package mutating func advance(to now: Instant) {
        precondition(now >= self.now, "the engine's time does not go back")
        self.now = now
        figures.advance(to: now)
    }

    mutating func restoreClock(to now: Instant) { self.now = now }

    // MARK: Timers

    mutating func startTimer(_ kind: TimerKind, owner: UInt32, id: Int64, due: Instant) -> UInt32 {
        let timer = timerSlots.insert(Timer(kind: kind, owner: owner))
        timerPositions.grow(to: Int(timerSlots.end))
        timers.insert(TimerKey(due: due, kind: kind, id: id), item: timer, positions: &timerPositions)
        return timer
    }

    /// Takes a timer out and clears its owner's handle.
    mutating func cancelTimer(_ timer: UInt32) {
        guard timer != none else { return }
        timers.remove(item: timer, positions: &timerPositions)
        let owner = timerSlots[timer].owner
        switch timerSlots[timer].kind {
        case .offer, .wrapUp, .preferred, .scheduled: inquiries[owner].timer = none
        case .exclusions: trails[inquiries[owner].trail].timer = none
        case .grace: agents[Int(owner)].graceTimer = none
        case .maxAge: laneTimers[Int(owner)] = none
        case .step: stays[inquiries[owner].stay].timer = none
        case .clock: clockSets[inquiries[owner].clocks].timer = none
        case .survey: surveyTimer = none
        }
        timerSlots.remove(timer)
    }

    // MARK: Marks for the store

    mutating func touch(inquiry slot: UInt32, definition: Bool = false) {
        switch inquiries[slot].mark {
        case .clean:
            inquiries[slot].mark = definition ? .redefined : .changed
            changedInquiries.append(slot)
        case .changed: if definition { inquiries[slot].mark = .redefined }
        case .redefined, .new: break
        }
    }

    mutating func touch(agent: AgentIndex, definition: Bool = false) {
        if agents[Int(agent)].mark == .clean { changedAgents.append(agent) }
        if definition || agents[Int(agent)].mark == .clean {
            agents[Int(agent)].mark = definition ? .new : .changed
        }
    }

    // MARK: Events

    /// Tells that something happened to an inquiry; `fill` adds what the type needs beyond its place.
    @inline(__always)
    mutating func emit(
        _ type: EventType, inquiry slot: UInt32, agent: AgentIndex = none, into output: inout Output,
        _ fill: (inout Event) -> Void = { _ in }
    ) {
        seq += 1
        output.events.append(
            Event(
                seq: seq, at: now, type: type, inquiry: inquiries[slot].id,
                queue: queueNames[Int(classes[Int(inquiries[slot].requirement)].queue)], agent: agent,
                agentName: agent == none ? .empty : agents[Int(agent)].name))
        fill(&output.events[output.events.count - 1])
    }

    /// Tells that something happened to an agent, to a queue or to everybody.
    mutating func emit(
        _ type: EventType, agent: AgentIndex = none, into output: inout Output, _ fill: (inout Event) -> Void = { _ in }
    ) {
        seq += 1
        output.events.append(
            Event(
                seq: seq, at: now, type: type, inquiry: 0, queue: .empty, agent: agent,
                agentName: agent == none ? .empty : agents[Int(agent)].name))
        fill(&output.events[output.events.count - 1])
    }

    @inline(__always)
    func channelName(_ slot: UInt32) -> Name {
        channelNames[Int(classes[Int(inquiries[slot].requirement)].channel)]
    }
}

struct OrderEntry {
    var id: Int64
    var slot: UInt32
}

struct ClosedEntry {
    var id: Int64
    var slot: UInt32
    var at: Instant
}
