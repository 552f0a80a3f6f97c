@testable import Routing

// Another plan comes into force: what it changes at once for what is there, and what stays (PLAN, "A plan that changes").

extension Auditor {
    /// How far the step that puts a plan into force has come.
    enum Publication {
        case none
        /// Offers that do not fit any more come back.
        case withdrawing
        /// What waits looks for agents.
        case matching
    }

    // MARK: What stands in the way

    /// A refusal for what stands in the way is right, and says what.
    mutating func judgeRefusal(of new: CompiledPlan, _ rejection: Rejection) {
        guard let obstacle = obstacle(to: new) else { return violate("refused to publish: \(rejection.message)") }
        let isRight =
            rejection.code == .conflict && rejection.count == obstacle.count
            && rejection.message.hasPrefix(obstacle.path + " ")
        if !isRight { violate("refused to publish: \(rejection.message), not for \(obstacle)") }
    }

    /// The first queue, else the first channel, that the plan lacks and in which something is live or its agent wraps up;
    /// else the first calendar by which something live is timed.
    func obstacle(to new: CompiledPlan) -> (path: String, count: Int)? {
        let used = items.filter { $0.state.isLive || $0.wrapUpEnds != nil }.map { shapes[$0.shape] }
        for queue in plan.queues where !new.queues.contains(where: { $0.name == queue.name }) {
            let count = used.filter { $0.queueName == queue.name }.count
            if count > 0 { return ("queues.\(queue.name)", count) }
        }
        for channel in plan.channels where !new.channels.contains(where: { $0.name == channel.name }) {
            let count = used.filter { $0.channelName == channel.name }.count
            if count > 0 { return ("channels.\(channel.name)", count) }
        }
        for calendar in plan.calendars where !new.calendars.contains(where: { $0.name == calendar.name }) {
            let count = items.filter { $0.state.isLive && $0.promised?.calendarName == calendar.name }.count
            if count > 0 { return ("calendars.\(calendar.name)", count) }
        }
        return nil
    }

    // MARK: The plan comes into force

    mutating func published(_ told: Told) {
        guard case .publication(let new) = asked else {
            return violate("\(World.line(told.row)), which nobody asked for")
        }
        asked = .nothing
        if told.integer(.version) != Int64(new.version) { violate("\(World.line(told.row)): which version?") }
        if let obstacle = obstacle(to: new) { return violate("published though \(obstacle) stand in the way") }
        offersThatFitted = Set(people.indices.flatMap { offers(to: $0, thatFit: true) })
        replan(to: new)
        publication = .withdrawing
    }

    /// Puts whatever has a number by the plan under its number by the new one, and judges by that from here on.
    private mutating func replan(to new: CompiledPlan) {
        let old = plan
        plan = new
        plannedAt = clock
        if new.surveyAfter == nil { surveysSince = nil } else if old.surveyAfter == nil { surveysSince = clock }
        paused = Set(paused.compactMap { queue(old.queues[$0].name) })
        renumberShapes()
        for index in items.indices { replan(item: index, from: old) }
        for number in people.indices { replan(person: number, from: old) }
        relistAll()
    }

    private mutating func renumberShapes() {
        shapeNumbers = [:]
        for number in shapes.indices {
            let name = shapes[number].channelName
            shapes[number].queue = queue(shapes[number].queueName) ?? Shape.gone
            shapes[number].channel = plan.channels.firstIndex { $0.name == name } ?? Shape.gone
            if shapes[number].isGone { continue }
            let key = ShapeKey(
                queue: shapes[number].queue, channel: shapes[number].channel, skills: shapes[number].skills)
            shapeNumbers[key] = number
        }
    }

    /// What is live is ranked anew and has the steps still to come; closed ones of what is gone leave memory.
    private mutating func replan(item index: Int, from old: CompiledPlan) {
        let item = items[index]
        let shape = shapes[item.shape]
        guard item.state.isLive else {
            if shape.isGone { items[index].mayBeForgotten = true }
            return
        }
        if item.state != .scheduled { items[index].rank = rankAnew(item) }
        replanClocks(index)
        let steps = old.queues.first { $0.name == shape.queueName }?.steps ?? []
        if item.stepsDone > 0 {
            let last = steps[item.stepsDone - 1].after
            items[index].stepsDone = plan.queues[shape.queue].steps.prefix { $0.after <= last }.count
        }
        // Where there were no steps nobody has counted how long it waited before it was somebody's work.
        if steps.isEmpty || plan.queues[shape.queue].steps.isEmpty { items[index].waitedBefore = .zero }
    }

    /// Agents keep their work, which counts by the new plan, and what they are allowed by name.
    private mutating func replan(person number: PersonNumber, from old: CompiledPlan) {
        people[number].channelsOn = people[number].channelsOn.map { on in
            Set(on.compactMap { entry in plan.channels.firstIndex { $0.name == old.channels[entry].name } })
        }
        people[number].limits = limits(people[number].listed)
        people[number].counts = Array(repeating: 0, count: plan.channels.count)
        people[number].used = 0
        people[number].able = []
        people[number].rooms = nil
        people[number].pardoned = people[number].missedInRow
        for id in people[number].work {
            let index = Int(id) - 1
            let releases = plan.channels[shapes[items[index].shape].channel].holdReleases
            items[index].takesRoom = false
            if items[index].state != .held || !releases { occupy(index) }
        }
    }

    /// By channel; one that the plan does not have means nothing.
    func limits(_ listed: [ChannelLimit]?) -> [Int] {
        guard let listed else { return plan.channels.map { Int($0.limit) } }
        return plan.channels.map { channel in
            listed.first { $0.channel == channel.name }.map { Int($0.limit ?? channel.limit) } ?? 0
        }
    }

    private mutating func relistAll() {
        for shape in openShapes { shapes[shape].plain = [] }
        openShapes = []
        special = []
        for index in items.indices { items[index].listed = nil }
        let waiting = items.filter { $0.state == .waiting }.sorted { place($0) < place($1) }
        for item in waiting { relist(Int(item.id) - 1) }
    }

    // MARK: Offers

    /// Before anything is given, whoever may not have an offer any more has lost it.
    mutating func endWithdrawals() {
        guard publication == .withdrawing else { return }
        publication = .matching
        for number in people.indices {
            // One that did not fit before either was interrupted, or somebody was forced on its agent.
            for id in offers(to: number, thatFit: false) where offersThatFitted.contains(id) {
                violate("\(id) stays offered to \(name(number)), whom it does not fit any more")
            }
        }
    }

    private mutating func offers(to number: PersonNumber, thatFit: Bool) -> [Int64] {
        people[number].work.sorted().filter { id in
            items[Int(id) - 1].state == .offered && keeps(number, Int(id) - 1) == thatFit
        }
    }

    /// An offer comes back for the plan's sake.
    mutating func judgeReturn(_ index: Int, _ agent: PersonNumber, _ row: Event) {
        if publication == .matching { violate("\(World.line(row)) after others were given") }
        if keeps(agent, index) { violate("\(World.line(row)): it fits still") }
    }

    /// The agent would have the offer's room, were it without it.
    private mutating func keeps(_ agent: PersonNumber, _ index: Int) -> Bool {
        let channel = shapes[items[index].shape].channel
        var person = people[agent]
        person.counts[channel] -= 1
        person.used -= Int(plan.channels[channel].weight)
        return isOn(agent, channel) && isAble(agent, items[index].shape) && hasSpaceAnew(person, channel)
    }
}
