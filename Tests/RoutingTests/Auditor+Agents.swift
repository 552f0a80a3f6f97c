@testable import Routing

// What an event about an agent, or about everything, does to the model; and the small steps of both.

extension Auditor {
    mutating func follow(agent told: Told) {
        let row = told.row
        switch row.type {
        case .agentChanged:
            if told.flag(.deleted) { deleted(row) } else { changed(told) }
        case .agentReady:
            signOn(row)
            setPresence(row, .ready)
            if case .limits(let on) = told[.channels], let agent = person(row) {
                people[agent].channelsOn = Set(on.map { channel($0.channel) })
            }
        case .agentAway:
            signOn(row)
            setPresence(row, .away)
            guard let agent = person(row) else { return }
            people[agent].awayReason = told.reason ?? ""
            if told.reason == "missed" { judgePutAway(agent, row) }
        case .agentOffline:
            guard let agent = person(row) else { return }
            if told.reason == "disconnected", people[agent].graceEnds.map({ $0 > row.at }) ?? true {
                violate("\(World.line(row)) before its time")
            }
            setPresence(row, .offline)
            people[agent].graceEnds = nil
        case .agentDisconnected:
            guard let agent = person(row) else { return }
            people[agent].graceEnds = row.at + plan.disconnectGrace
            people[agent].graceSince = row.at
        case .agentReconnected: reconnected(row)
        case .stalled: stalled(told)
        case .drain: isDraining = told[.off] == .flag(false)
        case .queuePaused, .queueResumed:
            guard let queue = queue(row.queue) else { return violate("\(World.line(row)): which queue?") }
            let isNew = row.type == .queuePaused ? paused.insert(queue).inserted : paused.remove(queue) != nil
            if !isNew { violate("\(World.line(row)) again") }
        case .planPublished: published(told)
        case .submitted, .scheduled, .queued, .offered, .accepted, .assigned, .declined, .missed, .withdrawn,
            .exclusionsCleared, .preferredReleased, .held, .resumed, .message, .updated, .transferred, .requeued, .step,
            .escalated, .slaWarned, .slaBreached, .overCapacity, .completed, .wrapped, .reopened, .abandoned,
            .cancelled, .expired, .rated, .surveyDue:
            violate("\(World.line(row)) names no inquiry")
        }
    }

    private mutating func changed(_ told: Told) {
        let row = told.row
        let number = numbers[row.agent] ?? people.count
        if number == people.count {
            people.append(
                Person(
                    id: row.agent, number: number, limits: [], stateSince: row.at, idleSince: row.at,
                    counts: Array(repeating: 0, count: plan.channels.count)))
            numbers[row.agent] = number
        }
        people[number].team = told.name(.team) ?? ""
        people[number].skills = levels(told, .skills) ?? [:]
        people[number].listed = nil
        if case .limits(let listed) = told[.channels] { people[number].listed = listed }
        people[number].limits = limits(people[number].listed)
        people[number].capacity = Int(told.integer(.capacity) ?? 0)
        people[number].able = []
        people[number].rooms = nil
    }

    private mutating func deleted(_ row: Event) {
        guard let agent = person(row) else { return }
        if people[agent].state != .offline { violate("\(World.line(row)) while \(people[agent].state.name)") }
        if !people[agent].work.isEmpty { violate("\(World.line(row)) with \(people[agent].work.count) at work") }
        people[agent].isDeleted = true
        forgetExclusions(of: agent)
        numbers[row.agent] = nil
        deletedNames.insert(row.agent)
    }

    /// The idle clock starts with the session, and what was declined or missed before may come again.
    private mutating func signOn(_ row: Event) {
        guard let agent = person(row), people[agent].state == .offline else { return }
        people[agent].idleSince = row.at
        forgetExclusions(of: agent)
    }

    private mutating func forgetExclusions(of agent: PersonNumber) {
        for index in items.indices where items[index].state.isLive && items[index].excluded.contains(agent) {
            items[index].excluded.removeAll { $0 == agent }
            relist(index)
        }
    }

    private mutating func setPresence(_ row: Event, _ state: AgentState) {
        guard let agent = person(row) else { return }
        people[agent].state = state
        people[agent].stateSince = row.at
        people[agent].awayReason = ""
        people[agent].channelsOn = nil
    }

    /// Put away by misses: the row is full, and begins anew.
    private mutating func judgePutAway(_ agent: PersonNumber, _ row: Event) {
        if plan.missedOffersToAway == 0 || people[agent].missedInRow < plan.missedOffersToAway {
            violate("\(World.line(row)) after \(people[agent].missedInRow)")
        }
        people[agent].missedInRow = 0
        people[agent].pardoned = 0
    }

    private mutating func reconnected(_ row: Event) {
        guard let agent = person(row) else { return }
        if !people[agent].isInGrace { violate("\(World.line(row)) without a grace") }
        people[agent].graceEnds = nil
        for id in people[agent].work {
            guard let left = items[Int(id) - 1].left else { continue }
            items[Int(id) - 1].expires = row.at + left
            items[Int(id) - 1].left = nil
        }
    }

    /// Offers, wrap-ups, graces and preferred holds get back the part of the stall that they lived through.
    private mutating func stalled(_ told: Told) {
        let row = told.row
        guard let duration = told.span(.duration) else { return violate("a stall without its duration") }
        let since = row.at - duration
        for number in people.indices where !people[number].isDeleted {
            if let ends = people[number].graceEnds {
                people[number].graceEnds = ends + (row.at - max(since, people[number].graceSince))
            }
            for id in people[number].work {
                let part = row.at - max(since, items[Int(id) - 1].stateSince)
                if let expires = items[Int(id) - 1].expires { items[Int(id) - 1].expires = expires + part }
                if let ends = items[Int(id) - 1].wrapUpEnds { items[Int(id) - 1].wrapUpEnds = ends + part }
            }
        }
        for id in special {
            guard let until = items[Int(id) - 1].holdUntil else { continue }
            items[Int(id) - 1].holdUntil = until + (row.at - max(since, items[Int(id) - 1].stateSince))
        }
    }

    /// A kill and a start: sessions are gone, open offers stand still, closed inquiries are out of memory.
    mutating func restarted(at now: Instant, stoppedAt: Instant) {
        for number in people.indices where !people[number].isDeleted && people[number].state != .offline {
            people[number].graceEnds = now + plan.disconnectGrace
            people[number].graceSince = now
        }
        for index in items.indices {
            if !items[index].state.isLive || items[index].lastDone != nil { items[index].mayBeForgotten = true }
            guard items[index].state == .offered, let expires = items[index].expires else { continue }
            items[index].left = max(expires - stoppedAt, .zero)
            items[index].expires = nil
        }
    }

    // MARK: Small steps

    /// The agent whom the event names.
    mutating func person(_ row: Event) -> PersonNumber? {
        if let number = numbers[row.agent] { return number }
        violate("\(World.line(row)): who?")
        return nil
    }

    @discardableResult
    mutating func expect(_ index: Int, _ state: InquiryState, _ row: Event) -> Bool {
        let item = items[index]
        guard item.state == state else {
            violate("\(World.line(row)) in state \(item.state.name)")
            return false
        }
        switch state {
        case .offered, .assigned, .held, .completed:
            if name(item.agent) != row.agent { violate("\(World.line(row)): it is \(name(item.agent))'s") }
        case .scheduled, .waiting, .abandoned, .cancelled, .expired: break
        }
        return true
    }

    mutating func enter(_ index: Int, _ state: InquiryState) {
        let hasWaited = waits(items[index])
        items[index].state = state
        if hasWaited && !waits(items[index]) {
            items[index].waitedBefore = items[index].waitedBefore + (clock - items[index].waitingSince)
        }
        items[index].stateSince = clock
        clocksFollow(index)
        if state != .offered {
            items[index].expires = nil
            items[index].left = nil
        }
    }

    mutating func back(_ index: Int) {
        items[index].agent = nil
        enter(index, .waiting)
    }

    mutating func close(_ index: Int, _ state: InquiryState) {
        enter(index, state)
        items[index].closedAt = clock
        items[index].scheduledAt = nil
        items[index].preferred = nil
        items[index].holdUntil = nil
        items[index].mayBeForgotten = false
        switch state {
        case .completed: totals.completed += 1
        case .abandoned: totals.abandoned += 1
        case .cancelled: totals.cancelled += 1
        case .expired: totals.expired += 1
        case .scheduled, .waiting, .offered, .assigned, .held: violate("closed as \(state.name)")
        }
    }

    mutating func exclude(_ index: Int, _ agent: PersonNumber) {
        items[index].excluded.removeAll { $0 == agent }
        if items[index].excluded.count == Limits.exclusions { items[index].excluded.removeFirst() }
        items[index].excluded.append(agent)
        items[index].excludedAt = clock
    }

    mutating func pickUp(_ index: Int, _ agent: PersonNumber) {
        items[index].agent = agent
        people[agent].work.insert(items[index].id)
        occupy(index)
    }

    mutating func putDown(_ index: Int, keepsAgent: Bool = false) {
        guard let agent = items[index].agent else { return }
        release(index)
        if people[agent].work.remove(items[index].id) == nil { violate("\(items[index].id) was nobody's work") }
        if !keepsAgent { items[index].agent = nil }
    }

    /// Takes the item's room. False if it has it already.
    @discardableResult
    mutating func occupy(_ index: Int) -> Bool {
        guard !items[index].takesRoom, let agent = items[index].agent else { return false }
        items[index].takesRoom = true
        let channel = shapes[items[index].shape].channel
        people[agent].counts[channel] += 1
        people[agent].used += Int(plan.channels[channel].weight)
        people[agent].rooms = nil
        return true
    }

    mutating func release(_ index: Int) {
        guard items[index].takesRoom, let agent = items[index].agent else { return }
        items[index].takesRoom = false
        let channel = shapes[items[index].shape].channel
        people[agent].counts[channel] -= 1
        people[agent].used -= Int(plan.channels[channel].weight)
        people[agent].rooms = nil
    }

    mutating func levels(_ told: Told, _ key: DetailKey) -> [Int: UInt8]? {
        if case .levels(let levels) = told[key] { skills(levels) } else { nil }
    }
}
