// What agents say of themselves, what admins say of agents, and what their connections do.

extension Engine {
    // MARK: Presence

    mutating func ready(_ agent: AgentIndex, channels: ChannelSet?, into output: inout Output) {
        output.reply = .agent(agent)
        let on = channels ?? .all
        let old = agents[Int(agent)]
        guard old.state != .ready || old.channelsOn != on else { return }
        if old.state == .offline {
            agents[Int(agent)].idleSince = now
            endExclusions(of: agent)
        }
        setPresence(agent, .ready, awayReason: "")
        agents[Int(agent)].channelsOn = on
        emit(.agentReady, agent: agent, into: &output) { [names = channelsOnNames(agent)] in
            if let names {
                $0.more.append(EventDetail(.channels, .limits(names.map { ChannelLimit(channel: $0, limit: nil) })))
            }
        }
        refreshRooms(agent)
        let misfits = withdrawMisfits(agent, into: &output) + releaseMisfits(of: agent, into: &output)
        place(all: misfits, into: &output)
        fill(agent, isFresh: true, into: &output)
    }

    mutating func away(_ agent: AgentIndex, reason: String, into output: inout Output) {
        output.reply = .agent(agent)
        guard agents[Int(agent)].state != .away || agentTexts[Int(agent)].awayReason != reason else { return }
        if agents[Int(agent)].state == .offline {
            agents[Int(agent)].idleSince = now
            endExclusions(of: agent)
        }
        let returned = becomeAway(agent, why: reason, reason: .away, into: &output)
        refreshRooms(agent)
        place(all: returned, into: &output)
    }

    /// Puts the agent away; its offers come back and stand in no heap yet. The rooms are the caller's.
    mutating func becomeAway(
        _ agent: AgentIndex, why: String, reason: Reason, into output: inout Output
    ) -> ContiguousArray<UInt32> {
        setPresence(agent, .away, awayReason: why)
        // Being put away is what the row leads to; going away by oneself does not end it.
        if reason == .missed { agents[Int(agent)].missedInRow = 0 }
        emit(.agentAway, agent: agent, into: &output) { $0.text = Array(why.utf8) }
        return withdrawOffers(agent, reason: .away, into: &output) + releaseWanted(by: agent, .away, into: &output)
    }

    mutating func offline(_ agent: AgentIndex, into output: inout Output) {
        output.reply = .agent(agent)
        guard agents[Int(agent)].state != .offline else { return }
        signOff(agent, reason: .offline, into: &output)
    }

    /// Offers are withdrawn for `reason`, wrap-ups end, assigned work stays or returns as its channel says.
    private mutating func signOff(_ agent: AgentIndex, reason: Reason, into output: inout Output) {
        setPresence(agent, .offline, awayReason: "")
        cancelTimer(agents[Int(agent)].graceTimer)
        agents[Int(agent)].graceSince = .epoch
        emit(.agentOffline, agent: agent, into: &output) { $0.reason = reason == .disconnected ? reason : nil }
        var returned = withdrawOffers(agent, reason: reason, into: &output)
        returned += releaseWanted(by: agent, .offline, into: &output)
        for slot in work(of: agent) {
            if inquiries[slot].state == .completed {
                endWrapUp(slot, into: &output)
            } else if inquiries[slot].state == .assigned, !keepsWork(slot) {
                let handled = requeue(slot)
                emit(.requeued, inquiry: slot, agent: agent, into: &output) {
                    $0.reason = .offline
                    $0.first = handled.microseconds
                }
                returned.append(slot)
            }
        }
        refreshRooms(agent)
        place(all: returned, into: &output)
    }

    /// Whether assigned work of its channel stays with an agent who signs off.
    private func keepsWork(_ slot: UInt32) -> Bool {
        plan.channels[Int(classes[Int(inquiries[slot].requirement)].channel)].keepsWorkOffline
    }

    // MARK: Connections

    mutating func connected(_ agent: AgentIndex, into output: inout Output) {
        output.reply = .agent(agent)
        guard agents[Int(agent)].isInGrace else { return }
        cancelTimer(agents[Int(agent)].graceTimer)
        agents[Int(agent)].graceSince = .epoch
        emit(.agentReconnected, agent: agent, into: &output)
        for slot in work(of: agent) where inquiries[slot].isFrozen { thaw(slot) }
        fill(agent, into: &output)
        updateActivity(agent)
    }

    mutating func disconnected(_ agent: AgentIndex, into output: inout Output) {
        output.reply = .agent(agent)
        guard agents[Int(agent)].state != .offline, !agents[Int(agent)].isInGrace else { return }
        startGrace(agent)
        emit(.agentDisconnected, agent: agent, into: &output)
        let returned = withdrawOffers(agent, reason: .disconnected, into: &output)
        refreshRooms(agent)
        place(all: returned, into: &output)
    }

    mutating func startGrace(_ agent: AgentIndex) {
        agents[Int(agent)].graceSince = now
        agents[Int(agent)].graceTimer = startTimer(
            .grace, owner: agent, id: Int64(agent), due: now + plan.disconnectGrace)
        updateActivity(agent)
    }

    mutating func graceEnded(_ agent: AgentIndex, into output: inout Output) {
        signOff(agent, reason: .disconnected, into: &output)
    }

    /// An offer that stood still since the restart runs again with what was left of it.
    private mutating func thaw(_ slot: UInt32) {
        let expires = now + (inquiries[slot].offerExpires - .epoch)
        inquiries[slot].isFrozen = false
        inquiries[slot].offerExpires = expires
        inquiries[slot].timer = startTimer(.offer, owner: slot, id: inquiries[slot].id, due: expires)
        touch(inquiry: slot)
    }

    // MARK: Admins

    mutating func putAgent(_ change: AgentChange, into output: inout Output) throws(Rejection) -> Reply {
        let known = agentNames.find(change.id)
        guard known != nil || (agentsAlive < Limits.agents && agents.count < 2 * Limits.agents) else {
            throw Rejection(
                .limit, "there are \(Limits.agents) agents already, or as many were deleted since the start")
        }
        var definition = known.map { agentTexts[Int($0)].definition } ?? AgentDefinition()
        if case .set(let name) = change.name { definition.name = name }
        if case .set(let team) = change.team { definition.team = team }
        if case .set(let skills) = change.skills { definition.skills = skills.sorted { $0.skill < $1.skill } }
        if case .set(let channels) = change.channels { definition.channels = channels }
        if case .set(let capacity) = change.capacity { definition.capacity = capacity }
        if let known, agentTexts[Int(known)].definition == definition { return .agent(known) }

        if case .set(let channels?) = change.channels { try checkChannels(channels) }
        let channels = channelSet(of: definition)
        let profile = try joinProfile(
            skills: requirements(of: definition), channels: channels, team: definition.team)
        let agent: AgentIndex
        if let known {
            agent = known
            clearRooms(agent)
            leaveProfile(agents[Int(agent)].profile)
            agents[Int(agent)].profile = profile
        } else {
            agent = addAgent(change.id, number: nextAgentNumber, profile: profile)
        }
        let isLessRoom = narrows(agent, definition)
        define(agent, definition)
        touch(agent: agent, definition: true)
        emit(.agentChanged, agent: agent, into: &output) { $0.more = Self.details(of: definition) }
        refreshRooms(agent)
        var misfits = withdrawMisfits(agent, into: &output) + releaseMisfits(of: agent, into: &output)
        if isLessRoom { misfits += withdrawExcess(agent, into: &output) }
        if misfits.isEmpty {
            fill(agent, isFresh: true, into: &output)
        } else {
            // The agent may have got room as well: whatever waits chooses in its order.
            for slot in misfits { settle(slot, into: &output) }
            rematch(into: &output)
        }
        return .agent(agent)
    }

    mutating func addAgent(_ id: String, number: Int32, profile: UInt32) -> AgentIndex {
        let agent = agentNames.intern(id)
        agents.append(Agent(name: Name(id), profile: profile, stateSince: now, idleSince: now, capacity: 0))
        agentTexts.append(AgentTexts(id: id, number: number))
        wanted.append([])
        nextAgentNumber = max(nextAgentNumber, number + 1)
        agentsAlive += 1
        for _ in 0..<stride {
            counts.append(0)
            limits.append(0)
        }
        loadPositions.grow(to: agents.count * stride)
        idlePositions.grow(to: agents.count * stride)
        agentTimes.addAgent(at: now)
        return agent
    }

    mutating func define(_ agent: AgentIndex, _ definition: AgentDefinition) {
        agentTexts[Int(agent)].definition = definition
        agents[Int(agent)].capacity = definition.capacity
        for channel in 0..<stride {
            limits[Int(agent) * stride + channel] = limit(of: definition, on: channel)
        }
    }

    private static func details(of definition: AgentDefinition) -> [EventDetail] {
        var details: [EventDetail] = []
        if !definition.name.isEmpty { details.append(EventDetail(.name, .name(definition.name))) }
        if !definition.team.isEmpty { details.append(EventDetail(.team, .name(definition.team))) }
        details.append(EventDetail(.skills, .levels(definition.skills)))
        if let channels = definition.channels { details.append(EventDetail(.channels, .limits(channels))) }
        details.append(EventDetail(.capacity, .integer(Int64(definition.capacity))))
        return details
    }

    /// How many items of the channel the definition allows; 0 for a channel that is not the agent's.
    private func limit(of definition: AgentDefinition, on channel: Int) -> Int32 {
        let settings = plan.channels[channel]
        guard let listed = definition.channels else { return settings.limit }
        return listed.first { $0.channel == settings.name }.map { $0.limit ?? settings.limit } ?? 0
    }

    /// Whether the definition allows less than the agent has been allowed.
    private func narrows(_ agent: AgentIndex, _ definition: AgentDefinition) -> Bool {
        if definition.capacity < agents[Int(agent)].capacity { return true }
        return (0..<stride).contains { limit(of: definition, on: $0) < limits[Int(agent) * stride + $0] }
    }

    private func checkChannels(_ listed: [ChannelLimit]) throws(Rejection) {
        for entry in listed where channel(named: ArraySlice(entry.channel.utf8)) == nil {
            throw Rejection(.badArgument, "no channel \(entry.channel) in the plan", field: "channels")
        }
    }

    /// A channel that a later plan has dropped means nothing, until another brings it back.
    func channelSet(of definition: AgentDefinition) -> ChannelSet {
        guard let listed = definition.channels else { return ChannelSet(bits: UInt16((1 << stride) - 1)) }
        var set = ChannelSet.none
        for entry in listed {
            if let channel = channel(named: ArraySlice(entry.channel.utf8)) { set.insert(channel) }
        }
        return set
    }

    mutating func requirements(
        of definition: AgentDefinition
    ) throws(Rejection) -> ContiguousArray<SkillRequirement> {
        try requirements(definition.skills)
    }

    /// An agent without work is gone for good.
    mutating func deleteAgent(_ agent: AgentIndex, into output: inout Output) throws(Rejection) -> Reply {
        guard agents[Int(agent)].firstWork == none else {
            throw Rejection(
                .conflict, "\(agentTexts[Int(agent)].id) still has work", state: agents[Int(agent)].state.name)
        }
        if agents[Int(agent)].state != .offline { signOff(agent, reason: .offline, into: &output) }
        emit(.agentChanged, agent: agent, into: &output) { $0.more.append(EventDetail(.deleted, .flag(true))) }
        forgetExclusions(of: agent)
        forgetSchedules(of: agent)
        clearRooms(agent)
        closeTimes(of: agent)
        leaveProfile(agents[Int(agent)].profile)
        agents[Int(agent)].profile = none
        agents[Int(agent)].isDeleted = true
        agentNames.forget(agent)
        bury(agent)
        agentsAlive -= 1
        deletedAgents.append(agentTexts[Int(agent)].id)
        if agents[Int(agent)].mark != .clean {
            changedAgents.removeAll { $0 == agent }
            agents[Int(agent)].mark = .clean
        }
        return .agent(agent)
    }

    /// Lets closed inquiries find the name of an agent that is gone.
    mutating func bury(_ agent: AgentIndex) {
        let name = agentTexts[Int(agent)].id
        let hash = StableHash.of(name.utf8)
        if let older = ghosts.find(hash: hash, where: { agentTexts[Int($0)].id == name }) {
            ghosts.remove(hash: hash, value: older)
        }
        ghosts.insert(hash: hash, value: agent)
    }

    /// Scheduled inquiries that were for the agent are for anybody.
    private mutating func forgetSchedules(of agent: AgentIndex) {
        for number in 0..<particulars.end where particulars.contains(number) && particulars[number].agent == agent {
            particulars[number].agent = none
            touch(inquiry: particulars[number].owner, definition: true)
        }
    }

    // MARK: Stalls

    /// Gives offers, wrap-ups, graces and holds for preferred agents back the part of a stall that they lived through.
    mutating func stalled(since: Instant, into output: inout Output) {
        output.reply = .done
        guard since < now else { return }
        for entry in timers.all {
            let timer = timerSlots[entry.item]
            let began: Instant
            switch timer.kind {
            case .offer: began = inquiries[timer.owner].stateSince
            case .wrapUp: began = inquiries[timer.owner].closedAt
            case .grace: began = agents[Int(timer.owner)].graceSince
            case .preferred: began = inquiries[timer.owner].stateSince
            case .exclusions, .scheduled, .maxAge, .step, .clock, .survey: continue
            }
            let due = entry.key.due + (now - max(since, began))
            var key = entry.key
            key.due = due
            timers.update(key, item: entry.item, positions: &timerPositions)
            switch timer.kind {
            case .offer:
                inquiries[timer.owner].offerExpires = due
                touch(inquiry: timer.owner)
            case .wrapUp:
                inquiries[timer.owner].wrapUpEnds = due
                touch(inquiry: timer.owner)
            case .preferred:
                inquiries[timer.owner].holdUntil = due
                touch(inquiry: timer.owner, definition: true)
            case .exclusions, .grace, .scheduled, .maxAge, .step, .clock, .survey: break
            }
        }
        emit(.stalled, into: &output) { [lasted = now - since] in $0.first = lasted.microseconds }
    }

    // MARK: Small steps

    private mutating func setPresence(_ agent: AgentIndex, _ state: AgentState, awayReason: String) {
        agents[Int(agent)].state = state
        agentTexts[Int(agent)].awayReason = awayReason
        agents[Int(agent)].stateSince = now
        if state != .ready { agents[Int(agent)].channelsOn = .all }
        touch(agent: agent)
        updateActivity(agent)
    }

    /// The agent's work by rising id.
    func work(of agent: AgentIndex) -> ContiguousArray<UInt32> {
        var slots = ContiguousArray<UInt32>()
        var slot = agents[Int(agent)].firstWork
        while slot != none {
            slots.append(slot)
            slot = inquiries[slot].nextWork
        }
        slots.sort { inquiries[$0].id < inquiries[$1].id }
        return slots
    }

    /// Ends every open offer of the agent; the inquiries stand in no heap yet.
    private mutating func withdrawOffers(
        _ agent: AgentIndex, reason: Reason, into output: inout Output
    ) -> ContiguousArray<UInt32> {
        var returned = ContiguousArray<UInt32>()
        for slot in work(of: agent) where inquiries[slot].state == .offered {
            withdraw(slot, reason: reason, into: &output)
            returned.append(slot)
        }
        return returned
    }

    /// Ends the offers whose requirement the agent does not meet any more, or whose channel it has switched off.
    mutating func withdrawMisfits(
        _ agent: AgentIndex, into output: inout Output
    ) -> ContiguousArray<UInt32> {
        var returned = ContiguousArray<UInt32>()
        for slot in work(of: agent) where inquiries[slot].state == .offered {
            let requirement = Int(inquiries[slot].requirement)
            let isOn = agents[Int(agent)].channelsOn.contains(classes[requirement].channel)
            if isOn && meets(profile: Int(agents[Int(agent)].profile), requirement: requirement) { continue }
            withdraw(slot, reason: .changed, into: &output)
            returned.append(slot)
        }
        if !returned.isEmpty { refreshRooms(agent) }
        return returned
    }

    /// Ends the offers for which there is no room any more, the least urgent first. Assigned work is kept.
    mutating func withdrawExcess(
        _ agent: AgentIndex, into output: inout Output
    ) -> ContiguousArray<UInt32> {
        var offers = work(of: agent).filter { inquiries[$0].state == .offered }
        offers.sort { waitKey($1) < waitKey($0) }
        var returned = ContiguousArray<UInt32>()
        for slot in offers where !hasSpaceAgain(for: slot, agent) {
            withdraw(slot, reason: .changed, into: &output)
            returned.append(slot)
        }
        if !returned.isEmpty { refreshRooms(agent) }
        return returned
    }
}
