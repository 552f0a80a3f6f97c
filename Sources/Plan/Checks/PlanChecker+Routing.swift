import Routing

extension PlanChecker {
    // MARK: Defaults

    mutating func checkDefaults() {
        queue(plan.defaultQueue, "defaults.queue")
        range(plan.defaultPriority, Routing.Limits.priority, "defaults.priority")
        zone(plan.timezone, "defaults.timezone")
        range(plan.disconnectGrace, PlanLimits.disconnectGrace, "defaults.disconnect_grace")
        range(plan.missedOffersToAway, PlanLimits.missedOffersToAway, "defaults.missed_offers_to_away")
        range(plan.reopenWithin, PlanLimits.reopenWithin, "defaults.reopen_within")
        range(plan.maxAge, PlanLimits.maxAge, "defaults.max_age")
        range(plan.retain, PlanLimits.retain, "defaults.retain")
        if case .perPoint(let span) = plan.priorityBoost { range(span, PlanLimits.priorityBoost, "priority_boost") }
    }

    mutating func checkContinuity() {
        once(plan.continuity.prefer.map(\.rawValue), "continuity.prefer")
        range(plan.continuity.hold, PlanLimits.hold, "continuity.for")
        range(plan.continuity.within, PlanLimits.continuityWithin, "continuity.within")
    }

    mutating func zone(_ name: String, _ path: String) {
        guard !ZoneOffsets.isKnown(name) else { return }
        let near = Nearest.word(to: name, among: ZoneOffsets.names).map { "; did you mean \($0)?" } ?? ""
        fault(path, "\"\(name)\" is no IANA time zone such as UTC, Asia/Seoul or America/New_York\(near)")
    }

    // MARK: Channels

    mutating func checkChannels() {
        if plan.channels.isEmpty { fault("channels", "at least one channel; left out, there are the default ones") }
        count(plan.channels.count, atMost: Routing.Limits.channels, "channels", "channels")
        var seen: Set<String> = []
        for channel in plan.channels {
            let path = PlanPath.key(channel.name, under: "channels")
            name(channel.name, path)
            if !seen.insert(channel.name).inserted { fault(path, "\(channel.name) stands there twice") }
            check(channel, path)
        }
    }

    private mutating func check(_ channel: RoutingPlan.Channel, _ path: String) {
        range(channel.weight, PlanLimits.weight, path + ".weight")
        range(channel.limit, PlanLimits.limit, path + ".limit")
        range(channel.target, PlanLimits.target, path + ".target")
        range(channel.offerTimeout, PlanLimits.offerTimeout, path + ".offer_timeout")
        range(channel.wrapUp, PlanLimits.wrapUp, path + ".wrap_up")
        if let with = channel.with { channels(with, path + ".with") }
        // The default of e-mail names voice, which another plan may lack.
        if channel.interruptedBy != RoutingPlan.Channel(channel.name).interruptedBy {
            channels(channel.interruptedBy, path + ".interrupted_by")
            for (index, name) in channel.interruptedBy.enumerated() where name == channel.name {
                fault(PlanPath.item(index, of: path + ".interrupted_by"), "a channel cannot interrupt itself")
            }
        }
    }

    private mutating func channels(_ names: [String], _ path: String) {
        for (index, name) in names.enumerated() { channel(name, PlanPath.item(index, of: path)) }
        once(names, path)
    }

    // MARK: Skills

    mutating func checkSkills() {
        guard let skills = plan.skills else { return }
        count(skills.count, atMost: PlanLimits.skills, "skills", "skills")
        for (index, skill) in skills.enumerated() { name(skill, PlanPath.item(index, of: "skills")) }
        once(skills, "skills")
    }

    // MARK: Queues

    mutating func checkQueues() {
        count(plan.queues.count, atMost: Routing.Limits.queues, "queues", "queues")
        var seen: Set<String> = []
        for queue in plan.queues {
            let path = PlanPath.key(queue.name, under: "queues")
            name(queue.name, path)
            if !seen.insert(queue.name).inserted { fault(path, "\(queue.name) stands there twice") }
            check(queue, path)
        }
    }

    private mutating func check(_ queue: RoutingPlan.Queue, _ path: String) {
        if let target = queue.target { range(target, PlanLimits.target, path + ".target") }
        if let teams = queue.teams {
            if teams.isEmpty || teams.count > PlanLimits.teams {
                fault(path + ".teams", "1 to \(PlanLimits.teams) teams; leave it out for any team")
            }
            for (index, team) in teams.enumerated() { name(team, PlanPath.item(index, of: path + ".teams")) }
            once(teams, path + ".teams")
        }
        levels(queue.skills, path + ".skills")
        if let length = queue.lengthMax { range(length, PlanLimits.queueLength, path + ".max_length") }
        if let overflow = queue.overflow {
            self.queue(overflow, path + ".overflow")
            if overflow == queue.name { fault(path + ".overflow", "a queue cannot overflow into itself") }
            if queue.lengthMax == nil { warn(path + ".overflow", "nothing overflows without max_length") }
        }
        check(queue.steps, path + ".steps")
    }

    private mutating func check(_ steps: [RoutingPlan.Step], _ path: String) {
        count(steps.count, atMost: PlanLimits.stepsPerQueue, "steps", path)
        for (index, step) in steps.enumerated() {
            let below = PlanPath.item(index, of: path)
            range(step.after, PlanLimits.stepAfter, below + ".after")
            actions(step.actions, below + ".do")
            if index > 0, step.after < steps[index - 1].after {
                warn(below + ".after", "a step before the one above it; they happen in the order of their times")
            }
        }
    }

    // MARK: Actions

    mutating func actions(_ actions: [RoutingPlan.Action], _ path: String) {
        if actions.isEmpty { fault(path, "at least one action belongs here, such as {priority: 5}") }
        count(actions.count, atMost: PlanLimits.actionsPerStep, "actions", path)
        for (index, action) in actions.enumerated() {
            check(action, PlanPath.item(index, of: path))
            if index > 0, ends(actions[index - 1]) {
                warn(PlanPath.item(index, of: path), "nothing happens to an inquiry that has expired")
            }
        }
    }

    private func ends(_ action: RoutingPlan.Action) -> Bool {
        if case .expire = action { return true }
        return false
    }

    private mutating func check(_ action: RoutingPlan.Action, _ path: String) {
        switch action {
        case .addPriority(let change): range(change, Routing.Limits.priority, path + ".priority")
        case .setPriority(let priority): range(priority, Routing.Limits.priority, path + ".priority")
        case .require(let levels): check(levels, path, "require")
        case .relax(let levels): check(levels, path, "relax")
        case .drop(let skills):
            if skills.isEmpty { fault(path, "at least one skill belongs in drop") }
            for (index, skill) in skills.enumerated() { self.skill(skill, PlanPath.item(index, of: path + ".drop")) }
            once(skills, path + ".drop")
        case .queue(let name): queue(name, path + ".queue")
        case .notify(let name): self.name(name, path + ".notify")
        case .expire(let reason): label(reason, path + ".expire")
        }
    }

    private mutating func check(_ levels: [RoutingPlan.SkillLevel], _ path: String, _ key: String) {
        if levels.isEmpty { fault(path, "at least one skill belongs in \(key)") }
        self.levels(levels, PlanPath.key(key, under: path))
    }
}
