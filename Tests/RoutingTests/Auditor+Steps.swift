@testable import Routing

// What happens to what waits long, and to what people change: requirements by their parts, and the steps of queues
// (DESIGN §4, "Timed actions"; PLAN, "Actions").

extension Auditor {
    /// Its time in the queue runs.
    func waits(_ item: Item) -> Bool { item.state == .waiting || item.state == .offered }

    // MARK: What is asked for

    /// Takes over a queue and the parts of a requirement. Exclusions end if that asks for something else; tells whether
    /// the queue is new.
    mutating func demand(_ index: Int, queue: Int, _ parts: [Part]) -> Bool {
        let old = shapes[items[index].shape]
        let shape = shape(queue: queue, channel: old.channel, skills: Part.merged(parts))
        if shape != items[index].shape { items[index].excluded = [] }
        items[index].shape = shape
        items[index].parts = parts
        guard queue != old.queue else { return false }
        items[index].waitedBefore = .zero
        items[index].stepsDone = 0
        return true
    }

    /// Gives the inquiry what UPDATE or TRANSFER asked for. Tells whether the queue is new.
    mutating func grant(_ index: Int, _ row: Event) -> Bool {
        guard case .change(let wish) = asked, wish.id == row.inquiry else {
            violate("\(World.line(row)), which nobody asked for")
            return false
        }
        asked = .nothing
        let (queue, parts) = wanted(wish, of: items[index])
        if self.queue(row.queue) != queue { violate("\(World.line(row)): queue \(row.queue)") }
        return demand(index, queue: queue, parts)
    }

    /// What is asked for and changes nothing that is told may still change who says so.
    mutating func grantUntold() {
        defer { asked = .nothing }
        if case .publication = asked { violate("another plan is in force and nothing is told") }
        guard case .change(let wish) = asked, let item = item(wish.id) else { return }
        let (queue, parts) = wanted(wish, of: item)
        let shape = shapes[item.shape]
        guard queue == shape.queue, Part.merged(parts) == shape.skills else {
            return violate("\(wish.id) was changed and nothing is told")
        }
        items[Int(wish.id) - 1].parts = parts
    }

    /// People replace what the request and the rules ask for; a queue's own goes with the queue.
    private mutating func wanted(_ wish: Wish, of item: Item) -> (queue: Int, parts: [Part]) {
        let old = shapes[item.shape].queue
        var parts = item.parts
        if let skills = wish.skills { parts = parts.filter(\.isOfQueue) + self.parts(skills, "hand") }
        let queue = wish.queue ?? old
        if queue != old { parts = parts.filter { !$0.isOfQueue } + self.parts(ofQueue: queue) }
        return (queue, parts)
    }

    /// It enters its queue as if it had never been there.
    mutating func enterAnew(_ index: Int) {
        let queue = shapes[items[index].shape].queue
        _ = demand(index, queue: queue, items[index].parts.filter { !$0.isOfQueue } + parts(ofQueue: queue))
        items[index].waitedBefore = .zero
        items[index].stepsDone = 0
    }

    // MARK: Steps

    /// What a step makes of an inquiry.
    private struct Effect {
        var queue: Int
        var parts: [Part]
        var priority: Int32
        var moves: Int32 = 0
        var notices: [String] = []
        var end: String?
        /// Why not all of it was done.
        var obstacle: String?
    }

    /// When the next step of its queue is due; nil if its time there does not run, or no step is left.
    func nextStep(_ item: Item) -> Instant? {
        let steps = plan.queues[shapes[item.shape].queue].steps
        guard waits(item), item.stepsDone < steps.count else { return nil }
        return item.waitingSince + (steps[item.stepsDone].after - item.waitedBefore)
    }

    mutating func stepped(_ index: Int, _ told: Told) {
        let row = told.row
        let item = items[index]
        let old = shapes[item.shape]
        guard let due = nextStep(item) else { return violate("\(World.line(row)), which it does not have") }
        let step = plan.queues[old.queue].steps[item.stepsDone]
        if due > row.at { violate("\(World.line(row)) before its time") }
        if told.flag(.late) != (row.at - due > .seconds(1)) { violate("\(World.line(row)): late, or not") }
        if told.span(.after) != step.after { violate("\(World.line(row)): not the next") }
        if queue(row.queue) != old.queue { violate("\(World.line(row)): another queue") }
        items[index].stepsDone += 1
        act(step.actions, "step:\(step.after.microseconds)", index, told)
    }

    /// Does the actions of a step or of a threshold, and judges what the event tells of them.
    mutating func act(_ actions: [CompiledPlan.Action], _ source: String, _ index: Int, _ told: Told) {
        let row = told.row
        let item = items[index]
        let old = shapes[item.shape]
        let effect = effect(of: actions, source, on: item)
        let kind = String(source.prefix { $0 != ":" })
        owedNotices += effect.notices.map { (row.inquiry, $0, kind) }
        if let reason = effect.end, waits(item) {
            owes.append((row.inquiry, .expired))
            endedByStep = (row.inquiry, reason)
        } else {
            take(effect, index, row)
        }
        let skills = shapes[items[index].shape].skills
        if levels(told, .skills) != (skills == old.skills ? nil : skills) { violate("\(World.line(row)): skills") }
        let priority = items[index].priority
        if told.integer(.priority) != (priority == item.priority ? nil : Int64(priority)) {
            violate("\(World.line(row)): priority")
        }
        if told.reason != effect.obstacle { violate("\(World.line(row)): not \(effect.obstacle ?? "stuck")") }
    }

    /// A move by itself makes the rank no later; a point of priority is worth its boost.
    private mutating func take(_ effect: Effect, _ index: Int, _ row: Event) {
        let points = Int64(effect.priority) - Int64(items[index].priority)
        items[index].priority = effect.priority
        items[index].rank -= points * plan.priorityBoost.microseconds
        items[index].moves += effect.moves
        if demand(index, queue: effect.queue, effect.parts) {
            items[index].rank = min(items[index].rank, rankAnew(items[index]))
            if waits(items[index]) { items[index].waitingSince = row.at }
            owes.append((row.inquiry, .queued))
        }
        guard items[index].state == .offered else { return }
        let isOfferable = items[index].agent.map { isAble($0, items[index].shape) } ?? true
        if !isOfferable || items[index].agent != nil && paused.contains(effect.queue) {
            owes.append((row.inquiry, .withdrawn))
        }
    }

    /// The actions, one after the other.
    private mutating func effect(of actions: [CompiledPlan.Action], _ source: String, on item: Item) -> Effect {
        let before = Effect(queue: shapes[item.shape].queue, parts: item.parts, priority: item.priority)
        var effect = before
        for action in actions {
            switch action {
            case .raisePriority(let points): effect.priority = Self.clamped(Int64(effect.priority) + Int64(points))
            case .setPriority(let priority): effect.priority = Self.clamped(Int64(priority))
            case .require(let levels): effect.parts += parts(levels, source)
            case .relax(let levels): relax(&effect, to: skills(levels))
            case .drop(let names):
                let dropped = Set(skills(names.map { SkillLevel(skill: $0, level: 1) }).keys)
                effect.parts.removeAll { dropped.contains($0.skill) }
            case .move(let queue): move(&effect, to: Int(queue), before: item.moves)
            case .notify(let name): effect.notices.append(name)
            case .expire(let reason): effect.end = reason
            }
        }
        if Part.merged(effect.parts).count > Limits.skillsRequired {
            (effect.queue, effect.parts, effect.moves) = (before.queue, before.parts, 0)
            effect.obstacle = "limit"
        }
        return effect
    }

    private func relax(_ effect: inout Effect, to levels: [Int: UInt8]) {
        for index in effect.parts.indices {
            guard let level = levels[effect.parts[index].skill] else { continue }
            effect.parts[index].level = min(effect.parts[index].level, level)
        }
    }

    /// At most so many times by itself.
    private mutating func move(_ effect: inout Effect, to queue: Int, before: Int32) {
        if queue == effect.queue { return }
        if before + effect.moves >= Limits.automaticMoves {
            effect.obstacle = "moves"
            return
        }
        effect.moves += 1
        effect.queue = queue
        effect.parts = effect.parts.filter { !$0.isOfQueue } + parts(ofQueue: queue)
    }

    /// What an action tells by name.
    mutating func escalated(_ index: Int, _ told: Told) {
        let row = told.row
        if told[.metric] != nil { return threshold(index, told) }
        guard let owed = owedNotices.first, owed.id == row.inquiry, owed.name == told.name(.name) else {
            return violate("\(World.line(row)), which no step says")
        }
        owedNotices.removeFirst()
        if told.name(.by) != owed.by { violate("\(World.line(row)): by whom?") }
    }

    /// No step of what waits or is offered has been left standing.
    mutating func lookForOverdueSteps(at now: Instant) {
        guard plan.queues.contains(where: { !$0.steps.isEmpty }) else { return }
        let offered = people.flatMap { person in person.work.filter { items[Int($0) - 1].state == .offered } }
        for id in waiting + offered {
            if let due = nextStep(items[Int(id) - 1]), due <= now { violate("a step of \(id) is overdue") }
        }
    }
}
