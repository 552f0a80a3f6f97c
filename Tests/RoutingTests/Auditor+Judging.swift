@testable import Routing

// What nobody may ever see after a step (DESIGN §9), and what the rows have to say.

extension Auditor {
    /// Compares the model with the rows that changed and looks for what nobody may ever see.
    mutating func judge(_ changes: Changes, engine: EngineRow, at now: Instant, isSettled: Bool) -> [String] {
        found = []
        judgeEntering()
        endWithdrawals()
        publication = .none
        if let id = owesFlag { violate("\(id) exceeds its agent's room without a flag") }
        for owed in owes { violate("\(owed.id): no \(owed.type.name) came") }
        for notice in owedNotices { violate("\(notice.id): nobody was told \(notice.name)") }
        grantUntold()
        owes = []
        owedNotices = []
        endedByStep = nil
        owesFlag = nil
        pull = nil
        lastOfStep = nil
        if engine.seq != seq { violate("the engine's seq is \(engine.seq), the log's \(seq)") }
        if engine.totals != totals { violate("the totals differ: \(engine.totals), \(totals)") }
        if engine.nextID != totals.submitted + 1 { violate("next id \(engine.nextID)") }
        if engine.isDraining != isDraining { violate("draining: \(engine.isDraining)") }
        let names = plan.queues.indices.filter { paused.contains($0) }.map { plan.queues[$0].name }
        if engine.pausedQueues != names { violate("paused: \(engine.pausedQueues), not \(names)") }
        for row in changes.inquiries { compare(row) }
        for row in changes.agents { compare(row) }
        for name in changes.deletedAgents where !deletedNames.contains(name) { violate("\(name) was not deleted") }
        guard judges else { return found }
        judged += 1
        lookForFits()
        lookAtPreferences(at: now, isSettled: isSettled)
        lookAtPeople(at: now, isSettled: isSettled)
        if isSettled { lookForOverdue(at: now) }
        return found
    }

    /// No waiting inquiry and agent fit.
    private mutating func lookForFits() {
        if isDraining { return }
        for number in people.indices where people[number].state == .ready && !people[number].isInGrace {
            let rooms = plan.channels.indices.map { hasRoom(number, $0) }
            guard rooms.contains(true) else { continue }
            for shape in openShapes where rooms[shapes[shape].channel] && isAble(number, shape) {
                if paused.contains(shapes[shape].queue) { continue }
                violate("\(shapes[shape].plain[0].id) waits though \(name(number)) is there")
            }
            for id in special where fits(items[Int(id) - 1], number) {
                violate("\(id) waits though \(name(number)) is there")
            }
        }
    }

    /// Whoever waits for an agent has reason to.
    private mutating func lookAtPreferences(at now: Instant, isSettled: Bool) {
        var standing: [PersonNumber: Int] = [:]
        for id in special {
            let item = items[Int(id) - 1]
            guard let preferred = item.preferred else { continue }
            standing[preferred, default: 0] += 1
            if !isEligible(preferred, item) { violate("\(id) still waits for \(name(preferred))") }
            if isSettled, let until = item.holdUntil, until <= now { violate("the hold of \(id) is overdue") }
        }
        for (number, count) in standing where count > Limits.heldForAgent {
            violate("\(count) wait for \(name(number))")
        }
    }

    /// Nobody keeps what they may not have; no timer of theirs has been left standing.
    private mutating func lookAtPeople(at now: Instant, isSettled: Bool) {
        for number in people.indices where !people[number].isDeleted {
            let person = people[number]
            let isPardoned = person.pardoned > 0 && person.missedInRow == person.pardoned
            let isDue = plan.missedOffersToAway > 0 && person.missedInRow >= plan.missedOffersToAway
            if isDue, !isPardoned, person.state == .ready {
                violate("\(person.id) is not put away after \(person.missedInRow)")
            }
            if isSettled, let ends = person.graceEnds, ends <= now { violate("\(person.id)'s grace is overdue") }
            for id in person.work {
                let item = items[Int(id) - 1]
                if person.state == .offline && (item.state == .offered || item.wrapUpEnds != nil) {
                    violate("\(person.id) is offline and has \(id)")
                }
                if item.state == .offered && paused.contains(shapes[item.shape].queue) {
                    violate("\(id) is offered out of a paused queue")
                }
                if item.state == .offered && !isAble(number, item.shape) {
                    violate("\(id) is offered to \(person.id), who does not meet what it asks")
                }
                if person.state == .away && item.state == .offered { violate("\(person.id) is away, offered \(id)") }
                guard isSettled else { continue }
                if let expires = item.expires, expires <= now { violate("the offer of \(id) is overdue") }
                if let ends = item.wrapUpEnds, ends <= now { violate("the wrap-up of \(id) is overdue") }
                if item.state == .offered, item.waitingSince + plan.maxAge <= now { violate("\(id) is too old") }
            }
        }
    }

    /// Nothing that is due has been left standing.
    private mutating func lookForOverdue(at now: Instant) {
        for id in special {
            let item = items[Int(id) - 1]
            guard let last = item.excludedAt, !item.excluded.isEmpty else { continue }
            let due = last + plan.channels[shapes[item.shape].channel].offerTimeout
            if due <= now && unexcluded(item) == nil { violate("\(id) keeps its exclusions though nobody is left") }
        }
        for id in scheduled {
            if let at = items[Int(id) - 1].scheduledAt, at <= now { violate("\(id) is due") }
        }
        lookForOverdueSteps(at: now)
        lookForOverdueClocks(at: now)
        guard judged % 8 == 0 else { return }
        lookForOverdueSurveys(at: now)
        for id in waiting where items[Int(id) - 1].waitingSince + plan.maxAge <= now { violate("\(id) is too old") }
    }

    // MARK: Rows

    private mutating func same<Value: Equatable>(
        _ name: @autoclosure () -> String, _ what: String, _ row: Value, _ model: Value
    ) {
        if row != model { violate("\(name()) \(what): the row says \(row), the events \(model)") }
    }

    mutating func compare(_ row: InquiryRow) {
        guard let item = item(row.id) else { return violate("row of inquiry \(row.id), which nobody submitted") }
        let shape = shapes[item.shape]
        func name() -> String { "inquiry \(row.id)" }
        same(name(), "state", row.state, item.state)
        same(name(), "since", row.stateSince, item.stateSince)
        same(name(), "queue", row.queue, shape.queueName)
        same(name(), "priority", row.priority, item.priority)
        if item.wasQueued {
            same(name(), "queued at", row.queuedAt, item.queuedAt)
            same(name(), "rank", row.rank, item.rank)
            same(name(), "waiting since", row.waitingSince, item.waitingSince)
        }
        same(name(), "steps done", row.stepsDone, Int32(item.stepsDone))
        same(name(), "moves", row.moves, item.moves)
        same(name(), "worked", row.worked, item.worked)
        compareClocks(row, item)
        // Where the queue has no steps, or had none while it was live, nobody needs to know.
        let isOfThisPlan = item.closedAt.map { $0 > plannedAt } ?? true
        let hasSteps = isOfThisPlan && !shape.isGone && !plan.queues[shape.queue].steps.isEmpty
        if hasSteps { same(name(), "waited before", row.waitedBefore, item.waitedBefore) }
        same(name(), "agent", row.agent, self.name(item.agent))
        same(name(), "expires", row.offerExpires, item.expires ?? item.left.map { .epoch + $0 })
        same(name(), "accepted at", row.acceptedAt, item.acceptedAt)
        same(name(), "closed at", row.closedAt, item.closedAt)
        same(name(), "wrap-up", row.wrapUpEnds, item.wrapUpEnds)
        same(name(), "disposition", row.disposition, item.disposition)
        same(name(), "outcome", row.outcome, item.outcome)
        let excluded = item.excluded.map { self.name($0) }
        if deletedNames.isEmpty {
            same(name(), "exclusions", row.excluded, excluded)
        } else {
            let kept = row.excluded.filter { !deletedNames.contains($0) }
            same(name(), "exclusions", kept, excluded.filter { !deletedNames.contains($0) })
        }
        if !excluded.isEmpty { same(name(), "exclusions at", row.excludedAt, item.excludedAt) }
        if item.had.count <= Limits.exclusions {
            let had = Set(row.excluded + row.passed + (row.agent.isEmpty ? [] : [row.agent]))
            let model = Set(item.had.map { self.name($0) })
            same(name(), "had", had.subtracting(deletedNames), model.subtracting(deletedNames))
        }
        if item.agent != nil && item.state != .cancelled {
            same(name(), "decision", row.decisionSeq, item.decisionSeq)
        }
        if let definition = row.definition { compare(definition, item) }
    }

    private mutating func compare(_ row: InquiryDefinition, _ item: Item) {
        let shape = shapes[item.shape]
        func name() -> String { "inquiry \(item.id)" }
        same(name(), "channel", row.channel, shape.channelName)
        same(name(), "skills", skills(row.skills), shape.skills)
        compare(row.parts, item)
        same(name(), "prefer", skills(row.prefer), item.prefer)
        same(name(), "scheduled at", row.scheduledAt, item.scheduledAt)
        same(name(), "csat", row.csat, item.csat)
        same(name(), "nps", row.nps, item.nps)
        switch item.state {
        case .scheduled:
            if item.wanted.map({ people[$0].isDeleted }) ?? false { break }
            same(name(), "preferred", row.preferred, self.name(item.wanted))
        case .waiting, .offered:
            same(name(), "preferred", row.preferred, self.name(item.preferred))
            same(name(), "hold until", row.holdUntil, item.holdUntil)
        case .assigned, .held: same(name(), "preferred", row.preferred, "")
        case .completed, .abandoned, .cancelled, .expired: break
        }
    }

    /// The request's own part is not told where it is all; nor does it matter whether people have changed it since.
    private mutating func compare(_ rows: [PartRow], _ item: Item) {
        func name() -> String { "inquiry \(item.id)" }
        let parts = item.parts.map(\.asStated)
        if rows.isEmpty {
            let others = parts.filter { $0.source != "request" }
            return same(name(), "parts", [], others)
        }
        var told: [Part] = []
        for row in rows {
            for (skill, level) in skills([SkillLevel(skill: row.skill, level: row.level)]) {
                told.append(Part(skill: skill, level: level, source: row.source.text).asStated)
            }
        }
        same(name(), "parts", told.sorted(), parts.sorted())
    }

    mutating func compare(_ row: AgentRow) {
        guard let number = numbers[row.id] else { return violate("row of agent \(row.id), whom nobody made") }
        let person = people[number]
        func name() -> String { "agent \(row.id)" }
        same(name(), "state", row.state, person.state)
        same(name(), "reason", row.awayReason, person.awayReason)
        same(name(), "since", row.stateSince, person.stateSince)
        same(name(), "idle since", row.idleSince, person.idleSince)
        same(name(), "missed", row.missedInRow, person.missedInRow)
        let on = row.channelsOn.map { Set($0.compactMap { name in plan.channels.firstIndex { $0.name == name } }) }
        same(name(), "channels on", on, person.channelsOn)
        guard let definition = row.definition else { return }
        same(name(), "team", definition.team, person.team)
        same(name(), "capacity", Int(definition.capacity), person.capacity)
        same(name(), "skills", skills(definition.skills), person.skills)
    }

    /// Compares everything, also what no step has touched for long.
    mutating func compareAll(_ store: Store) -> [String] {
        found = []
        for row in store.inquiries.values { compare(row) }
        for row in store.agents.values { compare(row) }
        same("all", "inquiries", store.inquiries.count, items.count)
        let present = people.filter { !$0.isDeleted }
        same("all", "agents", Set(store.agents.keys), Set(present.map(\.id)))
        let byNumber = store.agents.values.sorted { $0.number < $1.number }.map(\.id)
        same("all", "order of creation", byNumber, present.sorted { $0.number < $1.number }.map(\.id))
        let live = items.filter(\.state.isLive).count
        same(
            "all", "submitted", totals.submitted,
            totals.completed + totals.abandoned + totals.cancelled + totals.expired + Int64(live))
        return found
    }
}
