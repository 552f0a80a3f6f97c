// Another version of the plan comes into force under live work.

extension Engine {
    /// Applies to what waits at once: room, targets, selection, teams, steps still to come. Inquiries keep the skills and
    /// the priority that they have; agents keep their work. Nothing is changed where the plan lacks a queue or a channel
    /// in which live inquiries stand.
    /// O(inquiries + agents).
    mutating func publish(_ new: CompiledPlan, into output: inout Output) throws(Rejection) -> Reply {
        let old = plan
        let queues = old.queues.map { queue in new.queues.firstIndex { $0.name == queue.name } }
        let channels = old.channels.map { channel in new.channels.firstIndex { $0.name == channel.name } }
        try checkNothingStands(queues, channels)
        try checkNothingIsTimed(byWhatIsMissingIn: new)
        try checkSize(of: new, queues, channels)
        forgetClosed(queues, channels)
        let pausedNames = pausedQueueNames
        let changesHours = changesHours(new)
        freezeClocks(changesHours)
        let oldLimits = agents.indices.map { agent in (0..<stride).map { limits[agent * stride + $0] } }
        cancelLaneTimers()
        adoptLayout(of: new)
        for queue in plan.queues.indices where pausedNames.contains(plan.queues[queue].name) { paused[queue] = true }
        carryPolicies()
        carryLanes(from: old, queues, channels)
        carryClasses(queues, channels)
        carryAgents(channels)
        carryInquiries(from: old, queues)
        replanSurveys(from: old.surveyAfter)
        emit(.planPublished, into: &output) { $0.first = Int64(new.version) }
        judgeAnew(narrowed(oldLimits, from: old, channels), into: &output)
        return .done
    }

    // MARK: What stands in the way

    private func checkNothingStands(_ queues: [Int?], _ channels: [Int?]) throws(Rejection) {
        guard queues.contains(nil) || channels.contains(nil) else { return }
        var inQueues = queues.map { _ in 0 }
        var onChannels = channels.map { _ in 0 }
        for slot in 0..<inquiries.end where inquiries.contains(slot) && isInUse(slot) {
            let requirement = Int(inquiries[slot].requirement)
            inQueues[Int(classes[requirement].queue)] += 1
            onChannels[Int(classes[requirement].channel)] += 1
        }
        for queue in queues.indices where queues[queue] == nil && inQueues[queue] > 0 {
            throw stands(inQueues[queue], "queues.\(plan.queues[queue].name)")
        }
        for channel in channels.indices where channels[channel] == nil && onChannels[channel] > 0 {
            throw stands(onChannels[channel], "channels.\(plan.channels[channel].name)")
        }
    }

    private func checkNothingIsTimed(byWhatIsMissingIn new: CompiledPlan) throws(Rejection) {
        for calendar in calendars.indices where !new.calendars.contains(where: { $0.name == calendars[calendar].name })
        {
            var count = 0
            for set in 0..<clockSets.end where clockSets.contains(set) {
                let isTimed = policies[Int(clockSets[set].policy)].calendar == calendar
                if isTimed && inquiries[clockSets[set].owner].state.isLive { count += 1 }
            }
            guard count > 0 else { continue }
            throw Rejection(
                .conflict,
                "calendars.\(calendars[calendar].name) cannot be removed: \(count) live inquiries are timed by it",
                field: "body", count: count)
        }
    }

    /// Whoever gets another rank, or its first steps, is a row of one batch, which has to be committed in time.
    private func checkSize(of new: CompiledPlan, _ queues: [Int?], _ channels: [Int?]) throws(Rejection) {
        var count = 0
        let changesHours = changesHours(new)
        for slot in 0..<inquiries.end where inquiries.contains(slot) && inquiries[slot].state.isLive {
            let requirement = Int(inquiries[slot].requirement)
            guard let queue = queues[Int(classes[requirement].queue)],
                let channel = channels[Int(classes[requirement].channel)]
            else { continue }
            let rank = new.rank(
                queuedAt: inquiries[slot].queuedAt, queue: QueueIndex(queue), channel: ChannelIndex(channel),
                priority: inquiries[slot].priority)
            let getsSteps = inquiries[slot].stay == none && !new.queues[queue].steps.isEmpty
            if rank != inquiries[slot].rank || getsSteps || isChanged(slot, changesHours) { count += 1 }
        }
        guard count <= Limits.replanned else {
            throw Rejection(
                .limit,
                "\(count) live inquiries would be ranked anew, get steps or be timed by other hours, at most \(Limits.replanned) can",
                field: "body", count: count)
        }
    }

    private func stands(_ count: Int, _ path: String) -> Rejection {
        Rejection(
            .conflict, "\(path) cannot be removed: \(count) live inquiries stand in it", field: "body", count: count)
    }

    /// Live, or its agent wraps up.
    private func isInUse(_ slot: UInt32) -> Bool {
        inquiries[slot].state.isLive || inquiries[slot].wrapUpEnds != .epoch
    }

    /// Closed inquiries of what the plan lacks leave memory; the store has them.
    private mutating func forgetClosed(_ queues: [Int?], _ channels: [Int?]) {
        guard queues.contains(nil) || channels.contains(nil) else { return }
        var gone = Set<UInt32>()
        for slot in 0..<inquiries.end where inquiries.contains(slot) {
            let requirement = Int(inquiries[slot].requirement)
            let isKept =
                queues[Int(classes[requirement].queue)] != nil && channels[Int(classes[requirement].channel)] != nil
            if isKept { continue }
            let mark = inquiries[slot].mark
            if mark != .clean {
                let isWhole = mark != .changed || inquiries[slot].isReadBack
                lastRows.append(inquiryRow(slot, isNew: mark == .new, whole: isWhole, forStore: true))
            }
            gone.insert(slot)
        }
        changedInquiries.removeAll { gone.contains($0) }
        for slot in gone.sorted() { forget(slot) }
        closed.removeAll { gone.contains($0.slot) }
    }

    private mutating func cancelLaneTimers() {
        for lane in laneTimers.indices { cancelTimer(laneTimers[lane]) }
    }

    // MARK: The layout by channels and queues

    private mutating func carryLanes(from old: CompiledPlan, _ queues: [Int?], _ channels: [Int?]) {
        var origins = [Int?](repeating: nil, count: plan.queues.count * stride)
        for (queue, newQueue) in queues.enumerated() {
            for (channel, newChannel) in channels.enumerated() {
                guard let newQueue, let newChannel else { continue }
                origins[newQueue * stride + newChannel] = queue * old.channels.count + channel
            }
        }
        figures.lay(out: origins, days: plan.days)
        agentTimes.adopt(plan.days)
    }

    /// Classes keep their numbers and what waits in them; which profiles can serve them is found out with the profiles.
    private mutating func carryClasses(_ queues: [Int?], _ channels: [Int?]) {
        classIndex = HashIndex()
        let freed = Set(freeClasses)
        idleClasses.removeAll()
        for requirement in classes.indices {
            classes[requirement].able = []
            classes[requirement].idleEntries = 0
            let wasFree = freed.contains(UInt32(requirement))
            if !wasFree, let queue = queues[Int(classes[requirement].queue)],
                let channel = channels[Int(classes[requirement].channel)]
            {
                classes[requirement].queue = QueueIndex(queue)
                classes[requirement].channel = ChannelIndex(channel)
                relist(class: UInt32(requirement))
            } else {
                // Its numbers may not be any more.
                classes[requirement].queue = 0
                classes[requirement].channel = 0
                if !wasFree { freeClasses.append(UInt32(requirement)) }
            }
        }
    }

    private mutating func carryAgents(_ channels: [Int?]) {
        for agent in agents.indices {
            for _ in 0..<stride {
                counts.append(0)
                limits.append(0)
            }
            guard !agents[agent].isDeleted else { continue }
            let definition = agentTexts[agent].definition
            // There was room for the profiles of all agents, and there are no more of them now.
            let skills = (try? requirements(of: definition)) ?? []
            let set = channelSet(of: definition)
            if let profile = try? joinProfile(skills: skills, channels: set, team: definition.team) {
                agents[agent].profile = profile
            }
            define(AgentIndex(agent), definition)
            agents[agent].counted = .none
            agents[agent].roomy = .none
            let on = agents[agent].channelsOn
            agents[agent].channelsOn = Self.carry(on, channels)
            // A channel that comes back later is not on by itself.
            if on != .all, channels.indices.contains(where: { channels[$0] == nil && on.contains(ChannelIndex($0)) }) {
                touch(agent: AgentIndex(agent))
            }
            recount(AgentIndex(agent))
        }
        loadPositions.grow(to: agents.count * stride)
        idlePositions.grow(to: agents.count * stride)
    }

    private static func carry(_ set: ChannelSet, _ channels: [Int?]) -> ChannelSet {
        if set == .all { return .all }
        var carried = ChannelSet.none
        for (old, new) in channels.enumerated() where set.contains(ChannelIndex(old)) {
            if let new { carried.insert(ChannelIndex(new)) }
        }
        return carried
    }

    /// Counts the agent's work by the weights of the plan.
    private mutating func recount(_ agent: AgentIndex) {
        agents[Int(agent)].used = 0
        agents[Int(agent)].working = .none
        agents[Int(agent)].busyCount = 0
        agents[Int(agent)].wrapUps = 0
        var slot = agents[Int(agent)].firstWork
        while slot != none {
            if inquiries[slot].state == .completed { agents[Int(agent)].wrapUps += 1 }
            if occupies(slot) {
                addPoints(slot, agent, 1)
                if inquiries[slot].state != .offered { agents[Int(agent)].busyCount += 1 }
            }
            slot = inquiries[slot].nextWork
        }
        updateActivity(agent)
    }

    // MARK: What waits

    private mutating func carryInquiries(from old: CompiledPlan, _ queues: [Int?]) {
        for slot in 0..<inquiries.end where inquiries.contains(slot) && inquiries[slot].state.isLive {
            let rank = inquiries[slot].rank
            if inquiries[slot].state != .scheduled { rerank(slot) }
            if inquiries[slot].rank != rank {
                touch(inquiry: slot)
                if inquiries[slot].place == .heap {
                    let requirement = Int(inquiries[slot].requirement)
                    classes[requirement].waiting.update(waitKey(slot), item: slot, positions: &waitPositions)
                }
            }
            carryStay(slot, from: old, queues)
            if inquiries[slot].clocks != none { watchClocks(slot) }
        }
        for requirement in classes.indices { refreshHead(UInt32(requirement)) }
        for lane in laneTimers.indices { watchLaneAnew(lane) }
    }

    /// Steps up to the time of the last that has fired count as done.
    private mutating func carryStay(_ slot: UInt32, from old: CompiledPlan, _ queues: [Int?]) {
        let queue = classes[Int(inquiries[slot].requirement)].queue
        if inquiries[slot].stay == none && !hasSteps(queue) { return }
        if inquiries[slot].stay != none { cancelTimer(stays[inquiries[slot].stay].timer) }
        // Where nothing is left to remember there is no stay, and one where the queue has got steps.
        keep(demand(of: slot), slot)
        let stay = inquiries[slot].stay
        guard stay != none else { return }
        let origin = queues.firstIndex(of: Int(queue))
        let hadSteps = origin.map { !old.queues[$0].steps.isEmpty } ?? false
        if !(hadSteps && hasSteps(queue)), stays[stay].waitedBefore != .zero {
            stays[stay].waitedBefore = .zero
            touch(inquiry: slot)
        }
        let done = stays[stay].stepsDone
        if done > 0, let origin {
            let last = old.queues[origin].steps[Int(done) - 1].after
            stays[stay].stepsDone = Int32(plan.queues[Int(queue)].steps.prefix { $0.after <= last }.count)
            if stays[stay].stepsDone != done { touch(inquiry: slot) }
        }
        if inquiries[slot].state == .waiting || inquiries[slot].state == .offered { watchSteps(slot) }
    }

    /// By agent: whether the plan allows it less beside what it has. Where it does not, an offer that does not fit was
    /// interrupted by another, or somebody was forced on its agent: that is not the plan's doing.
    private func narrowed(_ oldLimits: [[Int32]], from old: CompiledPlan, _ channels: [Int?]) -> [Bool] {
        let isNarrower = narrowsChannels(from: old, channels)
        return agents.indices.map { agent in
            isNarrower
                || channels.indices.contains { channel in
                    channels[channel].map { limits[agent * stride + $0] < oldLimits[agent][channel] } ?? false
                }
        }
    }

    private func narrowsChannels(from old: CompiledPlan, _ channels: [Int?]) -> Bool {
        for (one, newOne) in channels.enumerated() {
            guard let newOne else { continue }
            let (before, after) = (old.channels[one], plan.channels[newOne])
            if after.weight > before.weight || before.holdReleases && !after.holdReleases { return true }
            for (other, newOther) in channels.enumerated() where other != one {
                guard let newOther else { continue }
                let (index, newIndex) = (ChannelIndex(other), ChannelIndex(newOther))
                if before.with.contains(index) && !after.with.contains(newIndex) { return true }
                if before.interruptedBy.contains(index) && !after.interruptedBy.contains(newIndex) { return true }
            }
        }
        return false
    }

    /// Exclusions last as long as the plan says, and whether anybody is left is to be asked again.
    private mutating func watchExclusionsAnew() {
        for slot in excluding {
            cancelTimer(trails[inquiries[slot].trail].timer)
            if inquiries[slot].place == .aside { watchExclusions(slot) }
        }
    }

    /// Offers that the plan would not make any more come back, and everything that waits looks for an agent.
    private mutating func judgeAnew(_ isNarrowed: [Bool], into output: inout Output) {
        for agent in agents.indices where !agents[agent].isDeleted { refreshRooms(AgentIndex(agent)) }
        watchExclusionsAnew()
        for number in agents.indices where !agents[number].isDeleted {
            let agent = AgentIndex(number)
            guard agents[number].firstWork != none || !wanted[number].isEmpty else { continue }
            var misfits = withdrawMisfits(agent, into: &output) + releaseMisfits(of: agent, into: &output)
            if isNarrowed[number] { misfits += withdrawExcess(agent, into: &output) }
            for slot in misfits { settle(slot, into: &output) }
        }
        rematch(into: &output)
    }
}
