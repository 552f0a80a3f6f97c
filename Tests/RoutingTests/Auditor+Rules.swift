@testable import Routing

// The rules of DESIGN §4, as plainly as they can be said.

extension Auditor {
    // MARK: Fits

    /// Whether the agent has one more item's room on that channel, presence aside.
    mutating func hasSpace(_ number: PersonNumber, _ channel: Int) -> Bool {
        if let rooms = people[number].rooms { return rooms[channel] }
        let rooms = plan.channels.indices.map { hasSpaceAnew(people[number], $0) }
        people[number].rooms = rooms
        return rooms[channel]
    }

    func hasSpaceAnew(_ person: Person, _ channel: Int) -> Bool {
        let settings = plan.channels[channel]
        guard person.counts[channel] < person.limits[channel], person.used <= person.capacity else { return false }
        var points = Int(settings.weight)
        for other in plan.channels.indices where person.counts[other] > 0 {
            let works = plan.channels[other]
            if other != channel && !works.with.contains(ChannelIndex(channel)) { return false }
            let isInterrupted = other != channel && works.interruptedBy.contains(ChannelIndex(channel))
            if !isInterrupted { points += person.counts[other] * Int(works.weight) }
        }
        return points <= person.capacity
    }

    /// The part of `fits` that looks at the agent and the channel.
    mutating func hasRoom(_ number: PersonNumber, _ channel: Int) -> Bool {
        let person = people[number]
        guard !person.isDeleted, person.state == .ready, !person.isInGrace, !isDraining else { return false }
        return isOn(number, channel) && hasSpace(number, channel)
    }

    func isOn(_ number: PersonNumber, _ channel: Int) -> Bool {
        people[number].channelsOn?.contains(channel) ?? true
    }

    /// The agent meets the requirement: channel, team, skills.
    mutating func isAble(_ number: PersonNumber, _ shape: Int) -> Bool {
        if shape < people[number].able.count, people[number].able[shape] != 0 { return people[number].able[shape] == 1 }
        while people[number].able.count < shapes.count { people[number].able.append(0) }
        let isAble = isAbleAnew(people[number], shapes[shape])
        people[number].able[shape] = isAble ? 1 : 2
        return isAble
    }

    private func isAbleAnew(_ person: Person, _ shape: Shape) -> Bool {
        person.limits[shape.channel] > 0
            && plan.queues[shape.queue].teams?.contains(person.team) ?? true
            && shape.skills.allSatisfy { skill, level in (person.skills[skill] ?? 0) >= level }
    }

    mutating func fits(_ item: Item, _ number: PersonNumber) -> Bool {
        let shape = shapes[item.shape]
        return hasRoom(number, shape.channel) && !paused.contains(shape.queue) && isAble(number, item.shape)
            && !item.excluded.contains(number) && (item.preferred ?? number) == number
    }

    func isOver(_ number: PersonNumber, _ channel: Int) -> Bool {
        people[number].used > people[number].capacity
            || people[number].counts[channel] > people[number].limits[channel]
    }

    /// An inquiry may wait for that agent.
    mutating func isEligible(_ number: PersonNumber, _ item: Item) -> Bool {
        !people[number].isDeleted && people[number].state == .ready
            && isOn(number, shapes[item.shape].channel) && isAble(number, item.shape)
            && !item.excluded.contains(number)
    }

    func standing(for number: PersonNumber, without id: Int64) -> Int {
        special.filter { $0 != id && items[Int($0) - 1].preferred == number }.count
    }

    /// A signed-on agent (ready, busy or not) who meets the requirement and is not excluded.
    mutating func unexcluded(_ item: Item) -> PersonNumber? {
        people.indices.first { isEligible($0, item) }
    }

    // MARK: The choice

    /// Judges that the item goes to the agent, before it goes: the item is the most urgent of those that fit the
    /// agent, and the agent the best of those whom the item fits.
    mutating func judgeChoice(_ index: Int, _ agent: PersonNumber) {
        let item = items[index]
        if !fits(item, agent) { violate("\(item.id) went to \(name(agent)), whom it does not fit") }
        judgeUrgency(item, agent) { model, other in model.hasRoom(agent, other) }
        if item.preferred == agent { return }
        for number in people.indices where number != agent && fits(item, number) {
            if isBetter(number, than: agent, for: item) {
                violate("\(item.id) went to \(name(agent)), not \(name(number))")
            }
        }
    }

    /// Nothing else that the agent could be given is more urgent.
    private mutating func judgeUrgency(
        _ item: Item, _ agent: PersonNumber, isOpen: (inout Auditor, _ channel: Int) -> Bool
    ) {
        let mine = place(item)
        if let before = mostUrgent(agent, isOpen: isOpen), before < mine {
            violate("\(name(agent)) got \(item.id) before \(before.id)")
        }
    }

    /// The most urgent inquiry that meets the agent on the channels that are open.
    private mutating func mostUrgent(
        _ agent: PersonNumber, isOpen: (inout Auditor, _ channel: Int) -> Bool
    ) -> Place? {
        var best: Place?
        for shape in openShapes {
            guard let head = shapes[shape].plain.first, best.map({ head < $0 }) ?? true,
                !paused.contains(shapes[shape].queue), isAble(agent, shape), isOpen(&self, shapes[shape].channel)
            else { continue }
            best = head
        }
        for id in special {
            let item = items[Int(id) - 1]
            let shape = shapes[item.shape]
            guard (item.preferred ?? agent) == agent, !item.excluded.contains(agent), !paused.contains(shape.queue),
                best.map({ place(item) < $0 }) ?? true, isAble(agent, item.shape), isOpen(&self, shape.channel)
            else { continue }
            best = place(item)
        }
        return best
    }

    private mutating func isBetter(_ number: PersonNumber, than chosen: PersonNumber, for item: Item) -> Bool {
        let shape = shapes[item.shape]
        let (one, other) = (people[number], people[chosen])
        func sums(_ wanted: [Int: UInt8]) -> (Int, Int) {
            wanted.keys.reduce((0, 0)) { ($0.0 + Int(one.skills[$1] ?? 0), $0.1 + Int(other.skills[$1] ?? 0)) }
        }
        let isLonger = (one.idleSince, one.number) < (other.idleSince, other.number)
        func isLessLoaded() -> Bool {
            let (left, right) = (load(one, shape.channel), load(other, shape.channel))
            let difference = left.points * right.of - right.points * left.of
            return difference == 0 ? isLonger : difference < 0
        }
        switch plan.queues[shape.queue].selection {
        case .longestIdle: return isLonger
        case .leastLoaded: return isLessLoaded()
        case .mostSkilled:
            let required = sums(shape.skills)
            if required.0 != required.1 { return required.0 > required.1 }
            let preferred = sums(item.prefer)
            if preferred.0 != preferred.1 { return preferred.0 > preferred.1 }
            return isLessLoaded()
        case .leastSkilled:
            let (left, right) = (versatility(one), versatility(other))
            if left != right { return left < right }
            let required = sums(shape.skills)
            if required.0 != required.1 { return required.0 < required.1 }
            return isLonger
        }
    }

    /// Skills × channels.
    private func versatility(_ person: Person) -> Int {
        person.skills.count * person.limits.filter { $0 > 0 }.count
    }

    /// max(used/capacity, count/limit), at most 1, as an exact fraction.
    private func load(_ person: Person, _ channel: Int) -> (points: Int, of: Int) {
        let count = person.counts[channel]
        let limit = person.limits[channel]
        if person.used >= person.capacity || count >= limit { return (1, 1) }
        return person.used * limit > count * person.capacity ? (person.used, person.capacity) : (count, limit)
    }

    // MARK: NEXT and ASSIGN

    /// What the agent may pull: as if it were ready, on the channels that are on or on the one that it asked for.
    private mutating func mostUrgentToPull(_ agent: PersonNumber, channel: Int?) -> Place? {
        guard !isDraining else { return nil }
        return mostUrgent(agent) { model, other in
            (channel.map { $0 == other } ?? model.isOn(agent, other)) && model.hasSpace(agent, other)
        }
    }

    mutating func judgePull(_ index: Int, _ agent: PersonNumber) {
        let item = items[index]
        guard let asked = pull, asked.agent == name(agent) else {
            return violate("\(item.id) went to \(name(agent)), who asked for nothing")
        }
        if people[agent].state == .offline || people[agent].isInGrace { violate("\(name(agent)) pulls but is gone") }
        if let best = mostUrgentToPull(agent, channel: asked.channel) {
            if best.id != item.id { violate("\(name(agent)) pulled \(item.id), not \(best.id)") }
        } else {
            violate("\(name(agent)) pulled \(item.id), which does not fit")
        }
    }

    /// NEXT found nothing.
    mutating func judgeNothing(_ agent: String, channel: Int?) -> [String] {
        found = []
        guard let number = numbers[agent] else { return ["\(agent) pulls: who?"] }
        if let best = mostUrgentToPull(number, channel: channel) {
            violate("\(agent) pulled nothing though \(best.id) fits")
        }
        return found
    }

    mutating func judgeByHand(_ index: Int, _ agent: PersonNumber, isForced: Bool, _ row: Event) {
        let item = items[index]
        let person = people[agent]
        if person.state == .offline || person.isInGrace { violate("\(World.line(row)): it is gone") }
        if !isAble(agent, item.shape) { violate("\(World.line(row)): it is not able") }
        guard !isForced, !(item.state == .offered && item.agent == agent) else { return }
        if person.state != .ready || !hasSpace(agent, shapes[item.shape].channel) {
            violate("\(World.line(row)): there is no room")
        }
    }

    // MARK: Preference

    /// A scheduled one looks for the customer's agent when it is due, not before.
    mutating func judgeScheduled(_ row: Event) {
        guard let (id, told) = entering else { return }
        entering = nil
        if id != row.inquiry || told.flag(.continuity) { violate("\(World.line(row)): whose?") }
    }

    /// The agent whom an inquiry is for as it enters is the one asked for, else the one whom the plan says.
    mutating func judgeEntering() {
        guard let (id, told) = entering, let item = item(id) else { return }
        entering = nil
        let preferred = told.name(.preferred)
        let isFound = told.flag(.continuity)
        if let wanted = item.wanted {
            items[Int(id) - 1].wanted = nil
            if !people[wanted].isDeleted && (preferred != name(wanted) || isFound) {
                violate("\(World.line(told.row)): it was for \(name(wanted))")
            }
            return
        }
        if preferred != nil && !isFound && told.row.type == .submitted { return }
        guard let choices = continuityChoices(item, at: told.row.at) else { return }
        if !choices.contains(preferred) {
            let history = (customers[facts[id]?.customer ?? []] ?? []).suffix(10).map { id in
                let other = items[Int(id) - 1]
                return "\(id) \(other.state.name) \(name(other.agent)) \(other.closedAt?.microseconds ?? 0)"
            }
            violate(
                "\(World.line(told.row)): for \(preferred ?? "nobody"), not \(choices.map { $0 ?? "nobody" }): \(history)"
            )
        }
    }

    /// Whom the plan's continuity may find; nil: it depends on what the engine has forgotten.
    private func continuityChoices(_ item: Item, at now: Instant) -> [String?]? {
        guard let customer = facts[item.id]?.customer, !customer.isEmpty else { return [nil] }
        let all = (customers[customer] ?? []).filter { $0 <= items.count }
        // Of the newest those that the engine has forgotten do not count: it may look further back than the model.
        let newest = all.suffix(Limits.customerHistory + 1).map { items[Int($0) - 1] }
        let mayLookFurther = newest.contains { item in
            item.closedAt.map { item.mayBeForgotten || now - $0 >= Limits.closedWindow } ?? false
        }
        if all.count > Limits.customerHistory && mayLookFurther { return nil }
        // The newest 64, whether the one that enters is among them or not.
        let looks = [Limits.customerHistory, Limits.customerHistory + 1].map { count in
            continuityChoices(item, among: Array(all.suffix(count).reversed()), isAll: all.count <= count, at: now)
        }
        guard let one = looks[0], let other = looks[1] else { return nil }
        return one + other
    }

    /// `history`: the customer's inquiries, the newest first.
    private func continuityChoices(
        _ item: Item, among history: [Int64], isAll: Bool, at now: Instant
    ) -> [String?]? {
        for kind in plan.continuity {
            switch kind {
            case .openAgent:
                for other in history.map({ items[Int($0) - 1] }) where other.id != item.id {
                    if other.state == .assigned || other.state == .held, let agent = other.agent {
                        return [name(agent)]
                    }
                }
            case .lastAgent:
                // A reopened one may go back to who had it, however long ago that was.
                let own = item.lastDone.map { [name($0.agent)] } ?? []
                var done: [(agent: PersonNumber, at: Instant)] = []
                for other in history.map({ items[Int($0) - 1] }) {
                    guard let last = other.lastDone, other.state == .completed || other.id == item.id else { continue }
                    if people[last.agent].isDeleted || other.mayBeForgotten { return nil }
                    if now - last.at >= Limits.closedWindow { return nil }
                    if now - last.at <= plan.continuityWithin { done.append((last.agent, last.at)) }
                }
                if let newest = done.first, let latest = done.max(by: { $0.at < $1.at }) {
                    return [name(newest.agent), name(latest.agent)] + own
                }
                if !own.isEmpty { return own + [nil] }
                if !isAll { return nil }
            }
        }
        return [nil]
    }
}
