import Simulation

@testable import Routing

// Plans that come into force while there is work.

extension RandomWorld {
    /// Of the same family as the first: the plan in force again, or with something changed in it, or another altogether.
    mutating func anotherPlan() -> CompiledPlan {
        switch random.pick(0...5) {
        case 0: return world.plan
        case 1, 2: return changedPlan()
        default: return freshPlan()
        }
    }

    // MARK: Another altogether

    /// Its queues and channels stand in any order. Mostly it has all in which anything stands, now and then any others.
    private mutating func freshPlan() -> CompiledPlan {
        let isCareful = !random.once(in: 4)
        let queues = names(
            of: world.plan.queues.map(\.name), pool: (0...5).map { "queue\($0)" },
            kept: isCareful ? inUse(\.queueName) : [])
        let channels = names(
            of: world.plan.channels.map(\.name), pool: Self.channelNames, kept: isCareful ? inUse(\.channelName) : [])
        let isLarge = kind == .large
        var plan = Self.plan(
            &random, Self.channels(&random, channels), Self.queues(&random, queues), isLarge: isLarge,
            knowsForgotten: knowsForgotten)
        plan.defaultQueue = QueueIndex(random.pick(0...(plan.queues.count - 1)))
        if !random.once(in: 4) { Self.addEvents(to: &plan, &random, isLarge: isLarge) }
        return plan
    }

    /// Those that are kept, most of the others that there are, and a few new ones.
    private mutating func names(of present: [String], pool: [String], kept: Set<String>) -> [String] {
        var names: [String] = []
        for name in pool {
            let isThere = kept.contains(name) || (present.contains(name) ? !random.once(in: 4) : random.once(in: 5))
            if isThere { names.append(name) }
        }
        if names.isEmpty { names = [present[0]] }
        return random.once(in: 2) ? names.shuffled(using: &random) : names
    }

    /// The names under which anything is live, or an agent wraps up.
    private func inUse(_ name: KeyPath<Auditor.Shape, String>) -> Set<String> {
        var used: Set<String> = []
        for item in world.auditor.items where item.state.isLive || item.wrapUpEnds != nil {
            used.insert(world.auditor.shapes[item.shape][keyPath: name])
        }
        return used
    }

    // MARK: With something changed

    private mutating func changedPlan() -> CompiledPlan {
        var plan = world.plan
        for _ in 0..<random.pick(1...3) {
            if random.once(in: 2) {
                change(queue: random.pick(0...(plan.queues.count - 1)), of: &plan)
            } else {
                change(channel: random.pick(0...(plan.channels.count - 1)), of: &plan)
            }
        }
        return plan
    }

    private mutating func change(queue: Int, of plan: inout CompiledPlan) {
        switch random.pick(0...6) {
        case 0: plan.queues[queue].target = random.once(in: 3) ? nil : .seconds(Int64(random.pick(1...200)))
        case 1:
            plan.queues[queue].teams = [nil, ["seoul"], ["seoul", "busan"], [""]].randomElement(using: &random) ?? nil
        case 2: plan.queues[queue].skills = Self.levels(&random, most: 3)
        case 3: plan.queues[queue].selection = Self.selections.randomElement(using: &random) ?? .leastLoaded
        case 4: plan.queues[queue].lengthMax = random.once(in: 2) ? nil : Int32(random.pick(1...20))
        case 5: plan.queues[queue].steps = plan.queues[queue].steps.filter { _ in !random.once(in: 3) }
        default:
            plan.priorityBoost = random.once(in: 3) ? CompiledPlan.strictBoost : .seconds(Int64(random.pick(1...60)))
        }
    }

    private mutating func change(channel: Int, of plan: inout CompiledPlan) {
        switch random.pick(0...6) {
        case 0: plan.channels[channel].limit = Int32(random.pick(1...5))
        case 1: plan.channels[channel].weight = [10, 25, 33, 60, 100].randomElement(using: &random) ?? 25
        case 2: plan.channels[channel].holdReleases.toggle()
        case 3: plan.channels[channel].acceptsAutomatically.toggle()
        case 4: plan.channels[channel].offerTimeout = .seconds(Int64(random.pick(5...30)))
        case 5: plan.channels[channel].with = ChannelSet(bits: UInt16(random.pick(0...31)))
        default: plan.missedOffersToAway = Int32(random.pick(0...2))
        }
    }
}
