// What an agent does with its work: completes it, wraps up, holds it and resumes.

extension Engine {
    // MARK: Completion and wrap-up

    mutating func complete(
        _ id: Int64, _ agent: AgentIndex, disposition: [UInt8], outcome: Outcome?, into output: inout Output
    ) throws(Rejection) -> Reply {
        let slot = try requireSlot(of: id)
        guard inquiries[slot].agent == agent else {
            throw conflict(slot, "inquiry \(id) is not this agent's")
        }
        switch inquiries[slot].state {
        case .completed:
            guard inquiries[slot].disposition == disposition && inquiries[slot].outcome == outcome else {
                throw conflict(slot, "it was completed in other words")
            }
        case .assigned, .held:
            complete(slot, agent, disposition: disposition, outcome: outcome, into: &output)
        case .scheduled, .waiting, .offered, .abandoned, .cancelled, .expired:
            throw conflict(slot, "only assigned or held work can be completed")
        }
        return reply(slot)
    }

    private mutating func complete(
        _ slot: UInt32, _ agent: AgentIndex, disposition: [UInt8], outcome: Outcome?, into output: inout Output
    ) {
        // One who completes kept work after signing off has no slot to hold.
        let wrapUp =
            agents[Int(agent)].state == .offline
            ? .zero : plan.channels[Int(classes[Int(inquiries[slot].requirement)].channel)].wrapUp
        inquiries[slot].disposition = disposition
        inquiries[slot].outcome = outcome
        let handled = now - inquiries[slot].acceptedAt
        let told = clocksCompleted(slot, into: &output)
        countCompleted(slot, agent, after: handled, wrapsUp: wrapUp > .zero)
        emit(.completed, inquiry: slot, agent: agent, into: &output) {
            $0.first = handled.microseconds
            $0.second = wrapUp.microseconds
            $0.text = disposition
            $0.outcome = outcome
            $0.more = told
        }
        agents[Int(agent)].idleSince = now
        touch(agent: agent)
        if wrapUp > .zero {
            let wakes = !occupies(slot)
            if wakes { occupy(slot, agent) }
            finish(slot, as: .completed)
            inquiries[slot].wrapUpEnds = now + wrapUp
            inquiries[slot].timer = startTimer(.wrapUp, owner: slot, id: inquiries[slot].id, due: now + wrapUp)
            agents[Int(agent)].wrapUps += 1
            updateActivity(agent)
            if wakes { tellIfOver(slot, agent, into: &output) }
        } else {
            finishWork(slot)
            finish(slot, as: .completed)
        }
        awaitSurvey(slot, agent, into: &output)
        fill(agent, into: &output)
    }

    mutating func wrapped(_ id: Int64, _ agent: AgentIndex, into output: inout Output) throws(Rejection) -> Reply {
        let slot = try requireSlot(of: id)
        guard inquiries[slot].agent == agent, inquiries[slot].state == .completed else {
            throw conflict(slot, "inquiry \(id) is not in this agent's wrap-up")
        }
        if inquiries[slot].wrapUpEnds != .epoch { wrapUpEnded(slot, into: &output) }
        return reply(slot)
    }

    mutating func wrapUpEnded(_ slot: UInt32, into output: inout Output) {
        let agent = inquiries[slot].agent
        endWrapUp(slot, into: &output)
        fill(agent, into: &output)
    }

    /// Frees the slot; the agent's room is the caller's.
    mutating func endWrapUp(_ slot: UInt32, into output: inout Output) {
        let agent = inquiries[slot].agent
        cancelTimer(inquiries[slot].timer)
        inquiries[slot].wrapUpEnds = .epoch
        touch(inquiry: slot)
        agents[Int(agent)].wrapUps -= 1
        finishWork(slot)
        let lasted = now - inquiries[slot].closedAt
        countWrapped(slot, agent, after: lasted)
        emit(.wrapped, inquiry: slot, agent: agent, into: &output) { $0.first = lasted.microseconds }
    }

    // MARK: Waiting for the customer

    mutating func hold(_ id: Int64, _ agent: AgentIndex, into output: inout Output) throws(Rejection) -> Reply {
        let slot = try requireWork(id, of: agent)
        if inquiries[slot].state == .held { return reply(slot) }
        if releasesWhenHeld(slot) { vacate(slot, agent) }
        setState(slot, .held)
        emit(.held, inquiry: slot, agent: agent, into: &output)
        fill(agent, into: &output)
        return reply(slot)
    }

    mutating func resume(_ id: Int64, _ agent: AgentIndex, into output: inout Output) throws(Rejection) -> Reply {
        let slot = try requireWork(id, of: agent)
        if inquiries[slot].state == .held { resume(slot, by: .agent, into: &output) }
        return reply(slot)
    }

    mutating func resume(_ slot: UInt32, by party: Party, into output: inout Output) {
        let agent = inquiries[slot].agent
        if !occupies(slot) { occupy(slot, agent) }
        setState(slot, .assigned)
        emit(.resumed, inquiry: slot, agent: agent, into: &output) {
            $0.more.append(EventDetail(.by, .name(party.name)))
        }
        tellIfOver(slot, agent, into: &output)
        refreshRooms(agent)
    }

    /// The record of what the agent works on, assigned or held.
    func requireWork(_ id: Int64, of agent: AgentIndex) throws(Rejection) -> UInt32 {
        let slot = try requireSlot(of: id)
        guard inquiries[slot].state == .assigned || inquiries[slot].state == .held else {
            throw conflict(slot, "inquiry \(id) is neither assigned nor held")
        }
        guard inquiries[slot].agent == agent else { throw conflict(slot, "inquiry \(id) is not this agent's") }
        return slot
    }

    /// Tells when what has woken is more than the agent has room for.
    private mutating func tellIfOver(_ slot: UInt32, _ agent: AgentIndex, into output: inout Output) {
        let channel = Int(classes[Int(inquiries[slot].requirement)].channel)
        let position = Int(agent) * stride + channel
        let used = agents[Int(agent)].used
        let capacity = agents[Int(agent)].capacity
        guard used > capacity || counts[position] > limits[position] else { return }
        emit(.overCapacity, inquiry: slot, agent: agent, into: &output) {
            $0.first = Int64(used)
            $0.second = Int64(capacity)
        }
    }

    // MARK: Small steps

    /// Assigned or held work goes back to its queue, in its old place; it stands nowhere yet. Returns for how long its
    /// agent had it.
    mutating func requeue(_ slot: UInt32) -> TimeSpan {
        let agent = inquiries[slot].agent
        let handled = now - inquiries[slot].acceptedAt
        countHandedOn(slot, agent, after: handled)
        let particulars = particulars(of: slot)
        self.particulars[particulars].worked = self.particulars[particulars].worked + handled
        finishWork(slot)
        inquiries[slot].agent = none
        inquiries[slot].acceptedAt = .epoch
        inquiries[slot].waitingSince = now
        setState(slot, .waiting)
        rememberPassed(slot, agent)
        return handled
    }

    /// For how long it has waited, or had, since it was queued; the work of those who handed it on is left out.
    @inline(__always)
    func waited(_ slot: UInt32) -> TimeSpan { now - inquiries[slot].queuedAt - worked(slot) }

    /// For how long agents had it since it was queued, until they handed it on.
    @inline(__always)
    func worked(_ slot: UInt32) -> TimeSpan {
        let particulars = inquiries[slot].particulars
        return particulars == none ? .zero : self.particulars[particulars].worked
    }

    /// The end of assigned or held work, or of wrap-up: the agent is free of it.
    mutating func finishWork(_ slot: UInt32) {
        let agent = inquiries[slot].agent
        putDown(slot)
        agents[Int(agent)].idleSince = now
        touch(agent: agent)
    }

    /// Held work of some channels takes no room.
    func releasesWhenHeld(_ slot: UInt32) -> Bool {
        plan.channels[Int(classes[Int(inquiries[slot].requirement)].channel)].holdReleases
    }

    /// Whether this item of an agent's work takes room.
    func occupies(_ slot: UInt32) -> Bool { !(inquiries[slot].state == .held && releasesWhenHeld(slot)) }

    /// Adds the inquiry to its agent's work.
    mutating func takeUp(_ slot: UInt32, _ agent: AgentIndex) {
        let first = agents[Int(agent)].firstWork
        inquiries[slot].previousWork = none
        inquiries[slot].nextWork = first
        if first != none { inquiries[first].previousWork = slot }
        agents[Int(agent)].firstWork = slot
        if occupies(slot) { addPoints(slot, agent, 1) }
    }

    /// Takes the inquiry out of its agent's work. `inquiry.agent` stays. Call it while the state still is the work's.
    mutating func putDown(_ slot: UInt32) {
        let agent = inquiries[slot].agent
        let previous = inquiries[slot].previousWork
        let next = inquiries[slot].nextWork
        if previous == none { agents[Int(agent)].firstWork = next } else { inquiries[previous].nextWork = next }
        if next != none { inquiries[next].previousWork = previous }
        inquiries[slot].previousWork = none
        inquiries[slot].nextWork = none
        guard occupies(slot) else { return }
        addPoints(slot, agent, -1)
        if inquiries[slot].state != .offered { countBusy(agent, -1) }
    }

    /// Held work that took no room takes it again.
    private mutating func occupy(_ slot: UInt32, _ agent: AgentIndex) {
        addPoints(slot, agent, 1)
        countBusy(agent, 1)
    }

    private mutating func vacate(_ slot: UInt32, _ agent: AgentIndex) {
        addPoints(slot, agent, -1)
        countBusy(agent, -1)
    }

    @inline(__always)
    mutating func addPoints(_ slot: UInt32, _ agent: AgentIndex, _ items: Int32) {
        let channel = Int(classes[Int(inquiries[slot].requirement)].channel)
        agents[Int(agent)].used += items * weights[channel]
        counts[Int(agent) * stride + channel] += items
        agents[Int(agent)].working.set(
            ChannelIndex(channel), counts[Int(agent) * stride + channel] > 0)
    }

    /// Keeps how many items make the agent busy: assigned, wrap-up, and held ones that take room.
    mutating func countBusy(_ agent: AgentIndex, _ items: Int32) {
        agents[Int(agent)].busyCount += items
        updateActivity(agent)
    }
}
