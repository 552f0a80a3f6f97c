@testable import Routing

// The rules of DESIGN §4 and §9, as plainly as they can be said.

extension Auditor {
    /// Points of all that the agent works on.
    func used(_ agent: String) -> Int {
        guard let person = people[agent] else { return 0 }
        return zip(person.counts, plan.channels).reduce(0) { $0 + $1.0 * Int($1.1.weight) }
    }

    /// The part of `fits` that looks at the agent and the channel.
    func hasRoom(_ person: Person, _ channel: Int) -> Bool {
        let settings = plan.channels[channel]
        guard person.state == .ready, !person.isInGrace, !isDraining else { return false }
        guard person.limits[channel] > 0, person.channelsOn?.contains(channel) ?? true else { return false }
        guard person.counts[channel] < person.limits[channel], used(person.id) <= person.capacity else { return false }
        var points = Int(settings.weight)
        for other in plan.channels.indices where person.counts[other] > 0 {
            let works = plan.channels[other]
            if other != channel && !works.with.contains(ChannelIndex(channel)) { return false }
            let isInterrupted = other != channel && works.interruptedBy.contains(ChannelIndex(channel))
            if !isInterrupted { points += person.counts[other] * Int(works.weight) }
        }
        return points <= person.capacity
    }

    func meets(_ item: Item, _ person: Person) -> Bool {
        person.limits[item.channel] > 0
            && item.skills.allSatisfy { skill, level in (person.skills[skill] ?? 0) >= level }
    }

    func fits(_ item: Item, _ person: Person) -> Bool {
        meets(item, person) && !item.excluded.contains(person.id) && hasRoom(person, item.channel)
    }

    /// Judges that the item goes to the agent, before it goes: the item is the most urgent of those that fit the
    /// agent, and the agent the best of those whom the item fits.
    mutating func judgeChoice(of item: Item, agent: String) {
        guard let chosen = people[agent] else { return violate("\(item.id) went to nobody known") }
        if !fits(item, chosen) { violate("\(item.id) went to \(agent), whom it does not fit") }
        for id in waiting {
            guard let other = items[id], (other.rank, other.id) < (item.rank, item.id), fits(other, chosen) else {
                continue
            }
            violate("\(agent) got \(item.id) before \(other.id)")
        }
        for person in people.values where person.id != agent && fits(item, person) {
            if isBetter(person, than: chosen, for: item) { violate("\(item.id) went to \(agent), not \(person.id)") }
        }
    }

    private func isBetter(_ person: Person, than chosen: Person, for item: Item) -> Bool {
        let selection = plan.queues.first { $0.name == item.queue }?.selection ?? .leastLoaded
        if selection == .leastLoaded {
            let one = load(person, item.channel)
            let other = load(chosen, item.channel)
            if one.points * other.of != other.points * one.of { return one.points * other.of < other.points * one.of }
        }
        return (person.idleSince, person.number) < (chosen.idleSince, chosen.number)
    }

    /// max(used/capacity, count/limit), at most 1, as an exact fraction.
    private func load(_ person: Person, _ channel: Int) -> (points: Int, of: Int) {
        let used = used(person.id)
        let count = person.counts[channel]
        let limit = person.limits[channel]
        if used >= person.capacity || count >= limit { return (1, 1) }
        return used * limit > count * person.capacity ? (used, person.capacity) : (count, limit)
    }

    /// A signed-on agent (ready, busy or not) who meets the requirement and is not excluded.
    func unexcluded(_ item: Item) -> String? {
        people.values.first {
            $0.state == .ready && $0.channelsOn?.contains(item.channel) ?? true && meets(item, $0)
                && !item.excluded.contains($0.id)
        }?.id
    }

    // MARK: After each step

    /// Compares the model with the rows that changed and looks for what nobody may ever see.
    mutating func judge(_ changes: Changes, engine: EngineRow, at now: Instant, isSettled: Bool) -> [String] {
        found = []
        if engine.seq != seq { violate("the engine's seq is \(engine.seq), the log's \(seq)") }
        if engine.totals != totals { violate("the totals differ: \(engine.totals), \(totals)") }
        if engine.nextID != totals.submitted + 1 { violate("next id \(engine.nextID)") }
        for row in changes.inquiries { compare(row) }
        for row in changes.agents { compare(row) }
        lookForFits()
        if isSettled { lookForOverdue(at: now) }
        return found
    }

    /// No waiting inquiry and agent fit.
    private mutating func lookForFits() {
        for person in people.values where person.state == .ready && !person.isInGrace {
            let rooms = plan.channels.indices.map { hasRoom(person, $0) }
            guard rooms.contains(true) else { continue }
            for id in waiting {
                guard let item = items[id], rooms[item.channel], fits(item, person) else { continue }
                violate("\(item.id) waits though \(person.id) is there")
            }
        }
    }

    /// Nothing that is due has been left standing.
    private mutating func lookForOverdue(at now: Instant) {
        for id in waiting {
            guard let item = items[id], let last = item.excludedAt, !item.excluded.isEmpty else { continue }
            let due = last + plan.channels[item.channel].offerTimeout
            if due <= now && unexcluded(item) == nil { violate("\(id) keeps its exclusions though nobody is left") }
        }
        for person in people.values {
            for id in person.work {
                if let expires = items[id]?.expires, expires <= now { violate("the offer of \(id) is overdue") }
                if let ends = items[id]?.wrapUpEnds, ends <= now { violate("the wrap-up of \(id) is overdue") }
            }
        }
    }

    // MARK: Rows

    private mutating func same<Value: Equatable>(_ what: String, _ row: Value, _ model: Value) {
        if row != model { violate("\(what): the row says \(row), the events \(model)") }
    }

    mutating func compare(_ row: InquiryRow) {
        guard let item = items[row.id] else { return violate("row of inquiry \(row.id), which nobody submitted") }
        let name = "inquiry \(row.id)"
        same("\(name) state", row.state, item.state)
        same("\(name) since", row.stateSince, item.stateSince)
        same("\(name) queue", row.queue, item.queue)
        same("\(name) priority", row.priority, item.priority)
        same("\(name) queued at", row.queuedAt, item.queuedAt)
        same("\(name) rank", row.rank, item.rank)
        same("\(name) agent", row.agent, item.agent ?? "")
        same("\(name) expires", row.offerExpires, item.expires ?? item.left.map { .epoch + $0 })
        same("\(name) accepted at", row.acceptedAt, item.acceptedAt)
        same("\(name) closed at", row.closedAt, item.closedAt)
        same("\(name) wrap-up", row.wrapUpEnds, item.wrapUpEnds)
        same("\(name) disposition", row.disposition, item.disposition)
        same("\(name) outcome", row.outcome, item.outcome)
        same("\(name) exclusions", row.excluded, item.excluded)
        same("\(name) exclusions at", row.excludedAt, item.excludedAt)
        let had = Set(row.excluded + row.passed + (row.agent.isEmpty ? [] : [row.agent]))
        if item.had.count <= Limits.exclusions { same("\(name) had", had, item.had) }
        if let submission = row.definition {
            same("\(name) channel", submission.channel, plan.channels[item.channel].name)
            var skills: [String: UInt8] = [:]
            for level in submission.skills { skills[level.skill] = level.level }
            same("\(name) skills", skills, item.skills)
        }
    }

    mutating func compare(_ row: AgentRow) {
        guard let person = people[row.id] else { return violate("row of agent \(row.id), whom nobody made") }
        let name = "agent \(row.id)"
        same("\(name) number", Int(row.number), person.number)
        same("\(name) state", row.state, person.state)
        same("\(name) reason", row.awayReason, person.awayReason)
        same("\(name) since", row.stateSince, person.stateSince)
        same("\(name) idle since", row.idleSince, person.idleSince)
        same("\(name) missed", row.missedInRow, person.missedInRow)
        let on = row.channelsOn.map { Set($0.compactMap { name in plan.channels.firstIndex { $0.name == name } }) }
        same("\(name) channels on", on, person.channelsOn)
    }

    /// Compares everything, also what no step has touched for long.
    mutating func compareAll(_ store: Store) -> [String] {
        found = []
        for row in store.inquiries.values { compare(row) }
        for row in store.agents.values { compare(row) }
        same("inquiries", store.inquiries.count, items.count)
        same("agents", store.agents.count, people.count)
        return found
    }
}
