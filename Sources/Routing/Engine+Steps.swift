// What happens by itself to what waits long: the steps of its queue.

extension Engine {
    func hasSteps(_ queue: QueueIndex) -> Bool { !plan.queues[Int(queue)].steps.isEmpty }

    // MARK: The time spent in a queue

    /// The inquiry has entered its queue: none of its steps has fired.
    mutating func beginStay(_ slot: UInt32) {
        let stay = inquiries[slot].stay
        guard stay != none else { return }
        cancelTimer(stays[stay].timer)
        stays[stay].waitedBefore = .zero
        stays[stay].stepsDone = 0
        touch(inquiry: slot)
        if inquiries[slot].state == .waiting || inquiries[slot].state == .offered { watchSteps(slot) }
    }

    /// From now on it waits, or is offered: its time in the queue runs.
    mutating func watchSteps(_ slot: UInt32) {
        let stay = inquiries[slot].stay
        guard stay != none, stays[stay].timer == none else { return }
        let steps = plan.queues[Int(classes[Int(inquiries[slot].requirement)].queue)].steps
        let next = Int(stays[stay].stepsDone)
        guard next < steps.count else { return }
        let due = inquiries[slot].waitingSince + (steps[next].after - stays[stay].waitedBefore)
        stays[stay].timer = startTimer(.step, owner: slot, id: inquiries[slot].id, due: due)
    }

    /// It does not wait any more.
    mutating func pauseSteps(_ slot: UInt32) {
        let stay = inquiries[slot].stay
        // Where the queue has no steps nobody asks how long it has waited.
        guard stay != none, hasSteps(classes[Int(inquiries[slot].requirement)].queue) else { return }
        cancelTimer(stays[stay].timer)
        let waited = now - inquiries[slot].waitingSince
        stays[stay].waitedBefore = stays[stay].waitedBefore + waited
    }

    // MARK: Firing

    mutating func stepDue(_ slot: UInt32, into output: inout Output) {
        let stay = inquiries[slot].stay
        let queue = Int(classes[Int(inquiries[slot].requirement)].queue)
        let step = plan.queues[queue].steps[Int(stays[stay].stepsDone)]
        let due = inquiries[slot].waitingSince + (step.after - stays[stay].waitedBefore)
        stays[stay].stepsDone += 1
        touch(inquiry: slot)
        var told: [EventDetail] = [EventDetail(.after, .span(step.after))]
        if now - due > Self.lateness { told.append(EventDetail(.late, .flag(true))) }
        perform(step.actions, on: slot, source: .step(after: step.after), as: .step, told, into: &output)
        // Waiting still, or again: the next step, of this queue or of another.
        if inquiries[slot].state == .waiting || inquiries[slot].state == .offered { watchSteps(slot) }
    }

    /// What fires later than this says so.
    static var lateness: TimeSpan { .seconds(1) }

    /// What actions make of an inquiry, before any of it is done.
    private struct Effect {
        var demand: Demand
        var priority: Int32
        var notifications: [String] = []
        var expires: String?
        var moves: Int32 = 0
        /// It was moved too often.
        var isStuck = false
    }

    /// Has the actions done to an inquiry, and tells of them by an event of that type. Those that change what is required
    /// apply to work at once as well, and matter when it comes back; only what waits or is offered expires.
    mutating func perform(
        _ actions: [CompiledPlan.Action], on slot: UInt32, source: PartSource, as type: EventType,
        _ told: [EventDetail],
        into output: inout Output
    ) {
        let effect = effect(of: actions, on: slot, source)
        var more = told
        let state = inquiries[slot].state
        let holder = type == .step ? none : holder(slot)
        if effect.isStuck { more.append(EventDetail(.reason, .name("moves"))) }
        if let reason = effect.expires, state == .waiting || state == .offered {
            emit(type, inquiry: slot, agent: holder, into: &output) { $0.more = more }
            tell(effect.notifications, slot, source, into: &output)
            return expire(slot, reason: reason, into: &output)
        }
        let old = inquiries[slot].requirement
        // Too many skills, or a table of classes that is full, leave the requirement as it is: that is told.
        let channel = classes[Int(old)].channel
        let wanted = try? requirement(of: effect.demand, on: channel)
        let requirement = wanted ?? old
        let isRefused = wanted == nil
        if isRefused { more.append(EventDetail(.reason, .name("limit"))) }
        let waits = state == .waiting
        let isMoved = classes[Int(requirement)].queue != classes[Int(old)].queue
        let changes = requirement != old || effect.priority != inquiries[slot].priority
        if requirement != old { retain(requirement: requirement) }
        if waits && changes { dequeue(slot) }
        if classes[Int(old)].skills != classes[Int(requirement)].skills {
            more.append(EventDetail(.skills, .levels(classes[Int(requirement)].levels)))
        }
        if effect.priority != inquiries[slot].priority {
            more.append(EventDetail(.priority, .integer(Int64(effect.priority))))
        }
        emit(type, inquiry: slot, agent: holder, into: &output) { $0.more = more }
        if requirement != old { clearExclusions(slot) }
        if !isRefused {
            if effect.moves > 0 { stays[stay(of: slot)].moves += effect.moves }
            adopt(effect.demand, requirement, slot)
        }
        reprioritise(slot, effect.priority, isMoved: isMoved)
        tell(effect.notifications, slot, source, into: &output)
        if isMoved, state != .scheduled { tellOfEntry(.queued, slot, nil, into: &output) }
        guard changes else { return }
        if waits {
            place(slot, into: &output)
        } else if state == .offered {
            withdrawMisfit(slot, into: &output)
        }
    }

    private mutating func effect(
        of actions: [CompiledPlan.Action], on slot: UInt32, _ source: PartSource
    ) -> Effect {
        var effect = Effect(demand: demand(of: slot), priority: inquiries[slot].priority)
        for action in actions {
            switch action {
            case .raisePriority(let points): effect.priority = Limits.clamp(Int64(effect.priority) + Int64(points))
            case .setPriority(let priority): effect.priority = Limits.clamp(Int64(priority))
            case .require(let levels):
                effect.demand.parts += requirements(ofPlan: levels).map { Self.part($0, source) }
            case .relax(let levels):
                for wanted in requirements(ofPlan: levels) {
                    for part in effect.demand.parts.indices where effect.demand.parts[part].skill == wanted.skill {
                        effect.demand.parts[part].level = min(effect.demand.parts[part].level, wanted.level)
                    }
                }
            case .drop(let skills):
                let numbers = skills.compactMap { skillNames.find($0) }
                effect.demand.parts.removeAll { numbers.contains($0.skill) }
            case .move(let queue):
                guard queue != effect.demand.queue else { break }
                let moves = inquiries[slot].stay == none ? 0 : stays[inquiries[slot].stay].moves
                guard moves + effect.moves < Limits.automaticMoves else {
                    effect.isStuck = true
                    break
                }
                effect.moves += 1
                move(&effect.demand, to: queue)
            case .notify(let name): effect.notifications.append(name)
            case .expire(let reason): effect.expires = reason
            }
        }
        return effect
    }

    /// A move by itself never makes the rank later; a priority makes it later or earlier by what it is worth.
    private mutating func reprioritise(_ slot: UInt32, _ priority: Int32, isMoved: Bool) {
        let change = Int64(priority) - Int64(inquiries[slot].priority)
        inquiries[slot].priority = priority
        inquiries[slot].rank -= change * plan.priorityBoost.microseconds
        if isMoved {
            let old = inquiries[slot].rank
            rerank(slot)
            inquiries[slot].rank = min(old, inquiries[slot].rank)
        }
        touch(inquiry: slot)
    }

    private mutating func tell(
        _ notifications: [String], _ slot: UInt32, _ source: PartSource, into output: inout Output
    ) {
        for name in notifications {
            emit(.escalated, inquiry: slot, agent: holder(slot), into: &output) {
                $0.more = [EventDetail(.name, .name(name)), EventDetail(.by, .name(source.kind))]
            }
        }
    }
}
