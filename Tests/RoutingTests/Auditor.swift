@testable import Routing

/// A naive model of the router that follows the events and judges each of them, written from DESIGN §4 and §9.
///
/// It knows events and rows only, nothing of classes, profiles or heaps: whatever it recomputes, it recomputes from
/// scratch. It also shows that the events alone suffice to tell what the state is.
struct Auditor {
    struct Item {
        var id: Int64
        var channel: Int
        var queue: String
        var skills: [String: UInt8]
        var priority: Int32
        var queuedAt: Instant
        var rank: Int64
        var state = InquiryState.waiting
        var stateSince: Instant
        var agent: String?
        var excluded: [String] = []
        var excludedAt: Instant?
        /// Everyone who was ever offered or given it.
        var had: Set<String> = []
        var expires: Instant?
        /// What is left of an offer that stands still since a restart.
        var left: TimeSpan?
        var acceptedAt: Instant?
        var closedAt: Instant?
        var wrapUpEnds: Instant?
        var disposition: [UInt8] = []
        var outcome: Outcome?
    }

    struct Person {
        var id: String
        var number: Int
        var skills: [String: UInt8] = [:]
        /// By channel; 0: not this channel.
        var limits: [Int]
        var capacity = 0
        var state = AgentState.offline
        var awayReason = ""
        var stateSince: Instant
        /// nil: all.
        var channelsOn: Set<Int>?
        var isInGrace = false
        var idleSince: Instant
        var missedInRow: Int32 = 0
        /// Items of each channel: offers, assignments, wrap-ups.
        var counts: [Int]
        var work: Set<Int64> = []
    }

    let plan: CompiledPlan
    var items: [Int64: Item] = [:]
    var waiting: Set<Int64> = []
    var people: [String: Person] = [:]
    var isDraining = false
    var totals = Totals()
    private(set) var seq: Int64 = 0
    private(set) var clock = Instant.epoch
    var found: [String] = []

    init(plan: CompiledPlan) { self.plan = plan }

    mutating func violate(_ what: String) { found.append(what) }

    // MARK: Following

    /// Follows one event. Returns what is wrong with it.
    mutating func take(_ row: Event) -> [String] {
        found = []
        if row.seq != seq + 1 { violate("event \(row.seq) follows \(seq)") }
        if row.at < clock { violate("event \(row.seq) goes back in time") }
        seq = row.seq
        clock = row.at
        if row.inquiry != 0 { follow(inquiry: row) } else { follow(agent: row) }
        return found
    }

    private mutating func follow(inquiry row: Event) {
        if row.type == .submitted { return submitted(row) }
        guard var item = items[row.inquiry] else { return violate("\(World.line(row)) of an unknown inquiry") }
        let agent = row.agent
        switch row.type {
        case .offered, .assigned:
            expect(item, .waiting, row)
            judgeChoice(of: item, agent: agent)
            waiting.remove(item.id)
            let channel = plan.channels[item.channel]
            if (row.type == .assigned) != channel.acceptsAutomatically { violate("\(World.line(row)): the other way") }
            item.agent = agent
            item.had.insert(agent)
            pickUp(item, agent)
            if row.type == .assigned {
                item.acceptedAt = row.at
                people[agent]?.idleSince = row.at
                if row.span(.waited) != row.at - item.queuedAt { violate("\(World.line(row)): wrong wait") }
            } else {
                item.expires = row.at + channel.offerTimeout
                if row.detail(.expires) != item.expires.map({ .instant($0) }) { violate("\(World.line(row)): expiry") }
            }
            let isFlagged = row.detail(.overCapacity) == .flag(true)
            if isFlagged != (used(agent) > people[agent]?.capacity ?? 0) { violate("\(World.line(row)): flag") }
            enter(&item, row.type == .assigned ? .assigned : .offered)
        case .accepted:
            expect(item, .offered, row)
            item.acceptedAt = row.at
            people[agent]?.idleSince = row.at
            people[agent]?.missedInRow = 0
            if row.span(.waited) != row.at - item.queuedAt { violate("\(World.line(row)): wrong wait") }
            enter(&item, .assigned)
        case .declined, .missed, .withdrawn:
            expect(item, .offered, row)
            if row.type == .missed {
                if item.expires.map({ $0 > row.at }) ?? true { violate("\(World.line(row)) before its time") }
                people[agent]?.missedInRow += 1
            }
            if row.type != .withdrawn { exclude(&item, agent) }
            putDown(item, agent)
            back(&item)
        case .exclusionsCleared:
            expect(item, .waiting, row)
            if let left = unexcluded(item) { violate("\(World.line(row)) though \(left) is left") }
            let due = (item.excludedAt ?? .distantFuture) + plan.channels[item.channel].offerTimeout
            if due > row.at { violate("\(World.line(row)) before its time") }
            item.excluded = []
        case .requeued:
            expect(item, .assigned, row)
            putDown(item, agent)
            people[agent]?.idleSince = row.at
            item.acceptedAt = nil
            back(&item)
        case .completed:
            expect(item, .assigned, row)
            people[agent]?.idleSince = row.at
            item.disposition = text(row, .disposition)
            if case .name(let name) = row.detail(.outcome) { item.outcome = Outcome(name: name) }
            if let wrapUp = row.span(.wrapUp) { item.wrapUpEnds = row.at + wrapUp } else { putDown(item, agent) }
            close(&item, .completed)
        case .wrapped:
            expect(item, .completed, row)
            if item.wrapUpEnds == nil { violate("\(World.line(row)) without wrap-up") }
            item.wrapUpEnds = nil
            putDown(item, agent)
            people[agent]?.idleSince = row.at
        case .abandoned:
            expect(item, .waiting, row)
            close(&item, .abandoned)
        case .cancelled:
            item.disposition = text(row, .reason)
            if item.state == .assigned {
                putDown(item, agent)
                people[agent]?.idleSince = row.at
            } else {
                expect(item, .waiting, row)
            }
            close(&item, .cancelled)
        case .submitted, .agentReady, .agentAway, .agentOffline, .agentDisconnected, .agentReconnected, .agentChanged,
            .stalled, .planPublished, .drain:
            violate("\(World.line(row)) names an inquiry")
        default: violate("not known yet")
        }
        items[item.id] = item
    }

    private mutating func follow(agent row: Event) {
        switch row.type {
        case .agentChanged: changed(row)
        case .agentReady:
            if people[row.agent]?.state == .offline { signOn(row) }
            setPresence(row, .ready)
            if case .limits(let on) = row.detail(.channels) {
                let channels = Set(on.map { channel($0.channel) })
                people[row.agent]?.channelsOn = channels
            }
        case .agentAway:
            if people[row.agent]?.state == .offline { signOn(row) }
            setPresence(row, .away)
            people[row.agent]?.awayReason = row.reason ?? ""
            people[row.agent]?.missedInRow = 0
        case .agentOffline:
            setPresence(row, .offline)
            people[row.agent]?.isInGrace = false
            people[row.agent]?.missedInRow = 0
        case .agentDisconnected: people[row.agent]?.isInGrace = true
        case .agentReconnected:
            people[row.agent]?.isInGrace = false
            for id in people[row.agent]?.work ?? [] {
                guard let left = items[id]?.left else { continue }
                items[id]?.expires = row.at + left
                items[id]?.left = nil
            }
        case .stalled: stalled(row)
        case .drain: isDraining = row.detail(.off) == .flag(false)
        case .planPublished: break
        case .submitted, .offered, .accepted, .assigned, .declined, .missed, .withdrawn, .exclusionsCleared, .requeued,
            .completed, .wrapped, .abandoned, .cancelled:
            violate("\(World.line(row)) names no inquiry")
        default: violate("not known yet")
        }
    }

    // MARK: What an event does

    private mutating func submitted(_ row: Event) {
        totals.submitted += 1
        if row.inquiry != totals.submitted { violate("inquiry \(row.inquiry) is the \(totals.submitted)th") }
        guard case .name(let name) = row.detail(.channel), case .integer(let priority) = row.detail(.priority) else {
            return violate("\(World.line(row)) lacks its inputs")
        }
        var skills: [String: UInt8] = [:]
        if case .levels(let levels) = row.detail(.skills) { for level in levels { skills[level.skill] = level.level } }
        let channel = channel(name)
        let queue = plan.queues.first { $0.name == row.queue }
        let target = queue?.target ?? plan.channels[channel].target
        let rank = row.at.microseconds + target.microseconds - priority * plan.priorityBoost.microseconds
        items[row.inquiry] = Item(
            id: row.inquiry, channel: channel, queue: row.queue, skills: skills, priority: Int32(priority),
            queuedAt: row.at, rank: rank, stateSince: row.at)
        waiting.insert(row.inquiry)
    }

    private mutating func changed(_ row: Event) {
        var person =
            people[row.agent]
            ?? Person(
                id: row.agent, number: people.count, limits: [], stateSince: row.at, idleSince: row.at,
                counts: Array(repeating: 0, count: plan.channels.count))
        person.skills = [:]
        if case .levels(let levels) = row.detail(.skills) {
            for level in levels { person.skills[level.skill] = level.level }
        }
        person.limits = plan.channels.map { Int($0.limit) }
        if case .limits(let listed) = row.detail(.channels) {
            person.limits = Array(repeating: 0, count: plan.channels.count)
            for entry in listed {
                let index = channel(entry.channel)
                person.limits[index] = Int(entry.limit ?? plan.channels[index].limit)
            }
        }
        if case .integer(let capacity) = row.detail(.capacity) { person.capacity = Int(capacity) }
        people[row.agent] = person
    }

    /// The idle clock starts with the session, and what was declined or missed before may come again.
    private mutating func signOn(_ row: Event) {
        people[row.agent]?.idleSince = row.at
        for (id, item) in items where item.state.isLive && item.excluded.contains(row.agent) {
            items[id]?.excluded.removeAll { $0 == row.agent }
        }
    }

    private mutating func setPresence(_ row: Event, _ state: AgentState) {
        people[row.agent]?.state = state
        people[row.agent]?.stateSince = row.at
        people[row.agent]?.awayReason = ""
        people[row.agent]?.channelsOn = nil
    }

    /// Offers and wrap-ups get back the part of the stall that they lived through.
    private mutating func stalled(_ row: Event) {
        guard let duration = row.span(.duration) else { return violate("a stall without its duration") }
        let since = row.at - duration
        for (id, item) in items {
            if item.state == .offered, let expires = item.expires {
                items[id]?.expires = expires + (row.at - max(since, item.stateSince))
            }
            if let ends = item.wrapUpEnds {
                items[id]?.wrapUpEnds = ends + (row.at - max(since, item.stateSince))
            }
        }
    }

    /// A kill and a start: sessions are gone, open offers stand still.
    mutating func restarted(at now: Instant, stoppedAt: Instant) {
        for (id, person) in people where person.state != .offline { people[id]?.isInGrace = true }
        for (id, item) in items where item.state == .offered {
            guard let expires = item.expires else { continue }
            items[id]?.left = max(expires - stoppedAt, .zero)
            items[id]?.expires = nil
        }
    }

    // MARK: Small steps

    private mutating func expect(_ item: Item, _ state: InquiryState, _ row: Event) {
        if item.state != state { violate("\(World.line(row)) in state \(item.state.name)") }
        if state != .waiting && item.agent != row.agent { violate("\(World.line(row)): it is \(item.agent ?? "-")'s") }
    }

    private mutating func enter(_ item: inout Item, _ state: InquiryState) {
        item.state = state
        item.stateSince = clock
        if state != .offered {
            item.expires = nil
            item.left = nil
        }
    }

    private mutating func back(_ item: inout Item) {
        item.agent = nil
        enter(&item, .waiting)
        waiting.insert(item.id)
    }

    private mutating func close(_ item: inout Item, _ state: InquiryState) {
        waiting.remove(item.id)
        enter(&item, state)
        item.closedAt = clock
        switch state {
        case .completed: totals.completed += 1
        case .abandoned: totals.abandoned += 1
        case .cancelled: totals.cancelled += 1
        case .waiting, .offered, .assigned: violate("closed as \(state.name)")
        default: violate("not known yet")
        }
    }

    private mutating func exclude(_ item: inout Item, _ agent: String) {
        item.excluded.removeAll { $0 == agent }
        if item.excluded.count == Limits.exclusions { item.excluded.removeFirst() }
        item.excluded.append(agent)
        item.excludedAt = clock
    }

    private mutating func pickUp(_ item: Item, _ agent: String) {
        people[agent]?.counts[item.channel] += 1
        people[agent]?.work.insert(item.id)
    }

    private mutating func putDown(_ item: Item, _ agent: String) {
        people[agent]?.counts[item.channel] -= 1
        if people[agent]?.work.remove(item.id) == nil { violate("\(item.id) was not \(agent)'s work") }
    }

    private func text(_ row: Event, _ key: DetailKey) -> [UInt8] {
        if case .text(let bytes) = row.detail(key) { bytes } else { [] }
    }

    private func channel(_ name: String) -> Int { plan.channels.firstIndex { $0.name == name } ?? 0 }
}
