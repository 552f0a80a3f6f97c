// Why an inquiry waits: asks every agent, a slice at a time, what it fails on first.

extension Engine {
    package func waitingExplanation(_ id: Int64) -> WaitingExplanation? {
        guard let slot = slot(of: id), inquiries[slot].state == .waiting else { return nil }
        let requirement = Int(inquiries[slot].requirement)
        let queue = Int(classes[requirement].queue)
        let preferred = inquiries[slot].preferred
        return WaitingExplanation(
            queue: plan.queues[queue].name, channel: channelName(slot).string, skills: classes[requirement].levels,
            rank: inquiries[slot].rank, queuedAt: inquiries[slot].queuedAt, waited: waited(slot),
            target: target(of: slot),
            priority: inquiries[slot].priority, boost: plan.priorityBoost, place: placeAmongRivals(slot),
            preferred: preferred == none ? "" : agentTexts[Int(preferred)].id,
            holdUntil: inquiries[slot].holdUntil.unlessEpoch, isPaused: paused[queue], isDraining: isDraining,
            nextTimer: nextTimer(of: slot))
    }

    private func nextTimer(of slot: UInt32) -> (name: String, due: Instant)? {
        var next = (name: "expired", due: inquiries[slot].waitingSince + plan.maxAge)
        if inquiries[slot].place == .wanted { next = ("preferred_released", inquiries[slot].holdUntil) }
        let trail = inquiries[slot].trail
        if trail != none, trails[trail].timer != none {
            let due = timers.entries[Int(timerPositions[trails[trail].timer])].key.due
            if due < next.due { next = ("exclusions_cleared", due) }
        }
        let stay = inquiries[slot].stay
        if stay != none, stays[stay].timer != none {
            let due = timers.entries[Int(timerPositions[stays[stay].timer])].key.due
            if due < next.due { next = ("step", due) }
        }
        let set = inquiries[slot].clocks
        if set != none, clockSets[set].timer != none {
            let due = timers.entries[Int(timerPositions[clockSets[set].timer])].key.due
            if due < next.due { next = ("sla", due) }
        }
        return next
    }

    /// 1 + those with a smaller key in all classes that share an able profile, counted to `positionMax`.
    /// O(classes with an earlier head × able profiles).
    private func placeAmongRivals(_ slot: UInt32) -> Int? {
        let requirement = Int(inquiries[slot].requirement)
        let key = waitKey(slot)
        var isAble = Array(repeating: false, count: profiles.count)
        for profile in classes[requirement].able { isAble[Int(profile)] = true }
        var ahead = 0
        for rival in classes.indices {
            let isEarlier = heads[rival] < key || classes[rival].aside.contains { waitKey($0) < key }
            guard isEarlier, rival == requirement || classes[rival].able.contains(where: { isAble[Int($0)] }) else {
                continue
            }
            ahead += classes[rival].waiting.countSmaller(than: key, limit: Self.positionMax - ahead)
            for other in classes[rival].aside where waitKey(other) < key { ahead += 1 }
            if ahead >= Self.positionMax { return nil }
        }
        return ahead + 1
    }

    /// Counts what at most `limit` agents from `tally.next` on fail on. O(limit × skills).
    package func tally(_ id: Int64, _ tally: inout Tally, limit: Int) {
        guard let slot = slot(of: id) else { return }
        let end = min(agents.count, Int(tally.next) + limit)
        for agent in Int(tally.next)..<end where !agents[agent].isDeleted {
            if let obstacle = obstacle(slot, AgentIndex(agent)) {
                tally.counts[Int(obstacle.rawValue)] += 1
            } else {
                tally.fitting += 1
            }
        }
        tally.next = AgentIndex(end)
    }

    /// What the agent fails on first, with the numbers that tell why; nil if the inquiry fits it.
    package func obstacle(
        _ id: Int64, agent: AgentIndex
    ) -> (obstacle: Obstacle, details: [(key: String, value: String)])? {
        guard let slot = slot(of: id), let obstacle = obstacle(slot, agent) else { return nil }
        return (obstacle, details(of: obstacle, slot, agent))
    }

    /// The rule of `fits`, one question after the other: nil exactly when it fits.
    func obstacle(_ slot: UInt32, _ agent: AgentIndex) -> Obstacle? {
        let requirement = Int(inquiries[slot].requirement)
        let channel = classes[requirement].channel
        switch agents[Int(agent)].state {
        case .offline: return .signedOff
        case .away: return .away
        case .ready: break
        }
        if agents[Int(agent)].isInGrace { return .inGrace }
        let profile = Int(agents[Int(agent)].profile)
        let isOn = profiles[profile].channels.contains(channel) && agents[Int(agent)].channelsOn.contains(channel)
        if !isOn { return .channelOff }
        let queue = Int(classes[requirement].queue)
        if let teams = plan.queues[queue].teams, !teams.contains(profiles[profile].team) { return .team }
        if let (_, has) = missingSkill(profile, requirement) { return has == 0 ? .skillMissing : .levelTooLow }
        if let obstacle = spaceObstacle(agent, channel) { return obstacle }
        if isExcluded(slot, agent) { return .excluded }
        if inquiries[slot].place == .wanted && inquiries[slot].preferred != agent { return .heldForAnother }
        if paused[queue] { return .paused }
        return isDraining ? .draining : nil
    }

    /// The first required skill that the profile lacks or has too little of, and its level there; 0 for none.
    private func missingSkill(_ profile: Int, _ requirement: Int) -> (needed: SkillRequirement, has: UInt8)? {
        var tooLow: (needed: SkillRequirement, has: UInt8)?
        for needed in classes[requirement].skills {
            let has = profiles[profile].skills.first { $0.skill == needed.skill }?.level ?? 0
            if has == 0 { return (needed, 0) }
            if has < needed.level && tooLow == nil { tooLow = (needed, has) }
        }
        return tooLow
    }

    private func spaceObstacle(_ agent: AgentIndex, _ channel: ChannelIndex) -> Obstacle? {
        if hasSpace(agent, on: channel) { return nil }
        let position = Int(agent) * stride + Int(channel)
        if counts[position] >= limits[position] { return .limit }
        if pointsBeside(agent, channel) + plan.channels[Int(channel)].weight > agents[Int(agent)].capacity {
            return .noRoom
        }
        return otherChannel(agent, beside: channel) == nil ? .overCapacity : .notBeside
    }

    /// A channel that the agent works on and that bears nothing of this one beside it.
    private func otherChannel(_ agent: AgentIndex, beside channel: ChannelIndex) -> Int? {
        (0..<stride).first {
            $0 != Int(channel) && counts[Int(agent) * stride + $0] > 0 && !plan.channels[$0].with.contains(channel)
        }
    }

    private func details(of obstacle: Obstacle, _ slot: UInt32, _ agent: AgentIndex) -> [(key: String, value: String)] {
        let requirement = Int(inquiries[slot].requirement)
        let channel = Int(classes[requirement].channel)
        let position = Int(agent) * stride + channel
        switch obstacle {
        case .away:
            let reason = agentTexts[Int(agent)].awayReason
            return reason.isEmpty ? [] : [("away_reason", reason)]
        case .channelOff: return [("channel", plan.channels[channel].name)]
        case .team:
            let allowed = plan.queues[Int(classes[requirement].queue)].teams ?? []
            return [
                ("team", profiles[Int(agents[Int(agent)].profile)].team), ("allowed", allowed.joined(separator: ",")),
            ]
        case .skillMissing, .levelTooLow:
            guard let missing = missingSkill(Int(agents[Int(agent)].profile), requirement) else { return [] }
            return [
                ("skill", skillNames[missing.needed.skill]), ("needed", "\(missing.needed.level)"),
                ("has", "\(missing.has)"),
            ]
        case .limit:
            return [
                ("channel", plan.channels[channel].name), ("count", "\(counts[position])"),
                ("limit", "\(limits[position])"),
            ]
        case .noRoom, .overCapacity:
            return [
                ("used", "\(agents[Int(agent)].used)"), ("weight", "\(plan.channels[channel].weight)"),
                ("capacity", "\(agents[Int(agent)].capacity)"),
            ]
        case .notBeside:
            let other = otherChannel(agent, beside: ChannelIndex(channel))
            return other.map { [("works_on", plan.channels[$0].name)] } ?? []
        case .heldForAnother: return [("held_for", agentTexts[Int(inquiries[slot].preferred)].id)]
        case .paused: return [("queue", plan.queues[Int(classes[requirement].queue)].name)]
        case .signedOff, .inGrace, .excluded, .draining: return []
        }
    }
}
