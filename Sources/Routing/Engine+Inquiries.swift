import DequeModule

// The life of an inquiry: submission, offers and their ends, work and its end.

extension Engine {
    // MARK: Submission

    mutating func submit(_ submission: Submission, into output: inout Output) throws(Rejection) -> Reply {
        keys.forget(before: now - Limits.keyWindow)
        if let key = submission.key, let known = keys.find(key.fingerprint, since: now - Limits.keyWindow) {
            guard known.request == key.request else {
                throw Rejection(
                    .conflict, "this key was used for another request, inquiry \(known.inquiry)", field: "key")
            }
            return .submitted(id: known.inquiry, duplicate: true)
        }
        guard liveCount < Limits.liveInquiries else {
            throw Rejection(.limit, "\(Limits.liveInquiries) inquiries are open already")
        }
        guard submission.key == nil || keys.count < Limits.keys else {
            throw Rejection(.limit, "\(Limits.keys) keys of the last 7 days are remembered already", field: "key")
        }
        let queue = submission.queue ?? plan.defaultQueue
        let priority = submission.priority ?? plan.defaultPriority
        let requirement = try internClass(
            queue: queue, channel: submission.channel,
            skills: ContiguousArray(submission.skills.sorted { $0.skill < $1.skill }))
        retain(requirement: requirement)

        let id = nextID
        nextID += 1
        totals.submitted += 1
        let slot = insert(
            Inquiry(
                id: id,
                rank: plan.rank(queuedAt: now, queue: queue, channel: submission.channel, priority: priority),
                submittedAt: now, queuedAt: now, stateSince: now, texts: submission.texts,
                source: submission.source, priority: priority, requirement: requirement, state: .waiting,
                mark: .new))
        changedInquiries.append(slot)
        if let key = submission.key {
            let row = KeyRow(fingerprint: key.fingerprint, request: key.request, inquiry: id, at: now)
            keys.insert(row)
            newKeys.append(row)
        }
        figures.enter(.waiting, lane: lane(of: slot))
        linkLane(slot)
        emit(.submitted, inquiry: slot, into: &output) {
            [name = channelName(slot), skills = classes[Int(requirement)].levels] in
            $0.channel = name
            $0.first = Int64(priority)
            $0.skills = skills
        }
        place(slot, into: &output)
        return .submitted(id: id, duplicate: false)
    }

    /// Puts a record into memory and under its id.
    mutating func insert(_ inquiry: consuming Inquiry) -> UInt32 {
        let id = inquiry.id
        let slot = inquiries.insert(inquiry)
        waitPositions.grow(to: Int(inquiries.end))
        inquiryIndex.insert(id, slot: slot)
        if order.last.map({ $0.id < id }) ?? true { order.append(OrderEntry(id: id, slot: slot)) }
        return slot
    }

    @inline(__always)
    func slot(of id: Int64) -> UInt32? { inquiryIndex.find(id) }

    @inline(__always)
    func requireSlot(of id: Int64) throws(Rejection) -> UInt32 {
        guard let slot = slot(of: id) else { throw Rejection(.notFound, "there is no inquiry \(id)") }
        return slot
    }

    // MARK: The customer leaves, or upstream takes it back

    mutating func abandon(_ id: Int64, into output: inout Output) throws(Rejection) -> Reply {
        let slot = try requireSlot(of: id)
        switch inquiries[slot].state {
        case .abandoned: break
        case .waiting, .offered:
            let waited = now - inquiries[slot].queuedAt
            figures.abandoned(lane: lane(of: slot), waited: waited, target: target(of: slot))
            close(slot, as: .abandoned, reason: .abandoned, into: &output) { engine, output in
                engine.emit(.abandoned, inquiry: slot, into: &output) { $0.first = waited.microseconds }
            }
        case .scheduled, .assigned, .held, .completed, .cancelled, .expired:
            throw conflict(slot, "only an inquiry that waits or is offered can be abandoned")
        }
        return reply(slot)
    }

    mutating func cancel(_ id: Int64, reason: [UInt8], into output: inout Output) throws(Rejection) -> Reply {
        let slot = try requireSlot(of: id)
        switch inquiries[slot].state {
        case .cancelled: break
        case .scheduled, .waiting, .offered, .assigned, .held:
            inquiries[slot].disposition = reason
            close(slot, as: .cancelled, reason: .cancelled, into: &output) { engine, output in
                engine.emit(.cancelled, inquiry: slot, agent: engine.assignee(slot), into: &output) { $0.text = reason }
            }
        case .completed, .abandoned, .expired:
            throw conflict(slot, "a closed inquiry cannot be cancelled")
        }
        return reply(slot)
    }

    /// The agent that works on it.
    private func assignee(_ slot: UInt32) -> AgentIndex {
        inquiries[slot].state == .assigned ? inquiries[slot].agent : none
    }

    /// Ends an inquiry that is not completed. An open offer is withdrawn first, for `reason`; `announce` tells of the
    /// end while the record still shows where it was. The agent's room is filled at last.
    private mutating func close(
        _ slot: UInt32, as state: InquiryState, reason: Reason, into output: inout Output,
        announce: (inout Engine, inout Output) -> Void
    ) {
        let agent = inquiries[slot].agent
        switch inquiries[slot].state {
        case .waiting: dequeue(slot)
        case .offered: withdraw(slot, reason: reason, into: &output)
        default: break
        }
        announce(&self, &output)
        if inquiries[slot].state == .assigned { finishWork(slot) }
        finish(slot, as: state)
        if agent != none {
            refreshRooms(agent)
            fill(agent, into: &output)
        }
    }

    // MARK: Answers to an offer

    mutating func accept(_ id: Int64, _ agent: AgentIndex, into output: inout Output) throws(Rejection) -> Reply {
        let slot = try requireSlot(of: id)
        if inquiries[slot].agent == agent {
            if inquiries[slot].state == .assigned { return reply(slot) }
            if inquiries[slot].state == .offered {
                cancelTimer(inquiries[slot].timer)
                inquiries[slot].isFrozen = false
                setState(slot, .assigned)
                agents[Int(agent)].missedInRow = 0
                assigned(slot, agent)
                emit(.accepted, inquiry: slot, agent: agent, into: &output) {
                    [waited = now - inquiries[slot].queuedAt] in
                    $0.first = waited.microseconds
                }
                refreshRooms(agent)
                return reply(slot)
            }
        }
        throw passedOrNever(slot, agent)
    }

    mutating func decline(
        _ id: Int64, _ agent: AgentIndex, reason: [UInt8], into output: inout Output
    ) throws(Rejection) -> Reply {
        let slot = try requireSlot(of: id)
        guard inquiries[slot].agent == agent, inquiries[slot].state == .offered else {
            throw passedOrNever(slot, agent)
        }
        emit(.declined, inquiry: slot, agent: agent, into: &output) { $0.text = reason }
        endOffer(slot)
        exclude(slot, agent)
        refreshRooms(agent)
        place(slot, into: &output)
        fill(agent, into: &output)
        return reply(slot)
    }

    /// An agent that answers what it does not have: `gone` if it had the offer, else `conflict`.
    private func passedOrNever(_ slot: UInt32, _ agent: AgentIndex) -> Rejection {
        let trail = inquiries[slot].trail
        let had =
            inquiries[slot].agent == agent
            || (trail != none && (trails[trail].passed.contains(agent) || trails[trail].excluded.contains(agent)))
        let state = inquiries[slot].state.name
        return had
            ? Rejection(.gone, "the offer of inquiry \(inquiries[slot].id) has passed", state: state)
            : Rejection(.conflict, "inquiry \(inquiries[slot].id) is not offered to this agent", state: state)
    }

    mutating func offerExpired(_ slot: UInt32, into output: inout Output) {
        let agent = inquiries[slot].agent
        emit(.missed, inquiry: slot, agent: agent, into: &output)
        endOffer(slot)
        exclude(slot, agent)
        agents[Int(agent)].missedInRow += 1
        touch(agent: agent)
        var returned: ContiguousArray = [slot]
        if plan.missedOffersToAway > 0 && agents[Int(agent)].missedInRow >= plan.missedOffersToAway {
            returned += becomeAway(agent, why: "missed", reason: .missed, into: &output)
        }
        refreshRooms(agent)
        place(all: returned, into: &output)
        fill(agent, into: &output)
    }

    /// Ends an offer that its agent did not answer. The inquiry is in no heap afterwards, in state waiting.
    mutating func withdraw(_ slot: UInt32, reason: Reason, into output: inout Output) {
        let agent = inquiries[slot].agent
        emit(.withdrawn, inquiry: slot, agent: agent, into: &output) { $0.reason = reason }
        endOffer(slot)
        rememberPassed(slot, agent)
    }

    /// Frees the agent's slot and brings the inquiry back to waiting, in no heap yet.
    private mutating func endOffer(_ slot: UInt32) {
        cancelTimer(inquiries[slot].timer)
        inquiries[slot].isFrozen = false
        putDown(slot)
        inquiries[slot].agent = none
        setState(slot, .waiting)
    }

    // MARK: Work

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
        case .assigned:
            // One who completes kept work after signing off has no slot to hold.
            let wrapUp =
                agents[Int(agent)].state == .offline
                ? .zero : plan.channels[Int(classes[Int(inquiries[slot].requirement)].channel)].wrapUp
            inquiries[slot].disposition = disposition
            inquiries[slot].outcome = outcome
            emit(.completed, inquiry: slot, agent: agent, into: &output) {
                [handled = now - inquiries[slot].acceptedAt] in
                $0.first = handled.microseconds
                $0.second = wrapUp.microseconds
                $0.text = disposition
                $0.outcome = outcome
            }
            agents[Int(agent)].idleSince = now
            touch(agent: agent)
            if wrapUp > .zero {
                finish(slot, as: .completed)
                inquiries[slot].wrapUpEnds = now + wrapUp
                inquiries[slot].timer = startTimer(.wrapUp, owner: slot, id: id, due: now + wrapUp)
            } else {
                finishWork(slot)
                finish(slot, as: .completed)
            }
            refreshRooms(agent)
            fill(agent, into: &output)
        case .scheduled, .waiting, .offered, .held, .abandoned, .cancelled, .expired:
            throw conflict(slot, "only assigned work can be completed")
        }
        return reply(slot)
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
        refreshRooms(agent)
        fill(agent, into: &output)
    }

    /// Frees the slot; the agent's room is the caller's.
    mutating func endWrapUp(_ slot: UInt32, into output: inout Output) {
        let agent = inquiries[slot].agent
        cancelTimer(inquiries[slot].timer)
        inquiries[slot].wrapUpEnds = .epoch
        touch(inquiry: slot)
        finishWork(slot)
        agents[Int(agent)].idleSince = now
        touch(agent: agent)
        emit(.wrapped, inquiry: slot, agent: agent, into: &output) { [lasted = now - inquiries[slot].closedAt] in
            $0.first = lasted.microseconds
        }
    }

    /// Assigned work goes back to its queue, in its old place; in no heap yet.
    mutating func requeue(_ slot: UInt32, reason: Reason, into output: inout Output) {
        let agent = inquiries[slot].agent
        emit(.requeued, inquiry: slot, agent: agent, into: &output) { $0.reason = reason }
        finishWork(slot)
        inquiries[slot].agent = none
        inquiries[slot].acceptedAt = .epoch
        setState(slot, .waiting)
        rememberPassed(slot, agent)
    }

    /// The end of assigned work or wrap-up: the agent is free of it.
    private mutating func finishWork(_ slot: UInt32) {
        let agent = inquiries[slot].agent
        putDown(slot)
        agents[Int(agent)].busyCount -= 1
        agents[Int(agent)].idleSince = now
        touch(agent: agent)
        updateActivity(agent)
    }

    private mutating func finish(_ slot: UInt32, as state: InquiryState) {
        setState(slot, state)
        inquiries[slot].closedAt = now
        stopWatchingExclusions(slot)
        closed.append(ClosedEntry(id: inquiries[slot].id, slot: slot, at: now))
        switch state {
        case .completed: totals.completed += 1
        case .abandoned: totals.abandoned += 1
        case .cancelled: totals.cancelled += 1
        case .expired: totals.expired += 1
        case .scheduled, .waiting, .offered, .assigned, .held:
            preconditionFailure("only a closed state finishes an inquiry")
        }
    }

    // MARK: Small steps

    @inline(__always)
    func reply(_ slot: UInt32) -> Reply { .inquiry(id: inquiries[slot].id, inquiries[slot].state) }

    func conflict(_ slot: UInt32, _ message: String) -> Rejection {
        Rejection(.conflict, message, state: inquiries[slot].state.name)
    }

    @inline(__always)
    func lane(of slot: UInt32) -> Int {
        let requirement = Int(inquiries[slot].requirement)
        return Int(classes[requirement].queue) * stride + Int(classes[requirement].channel)
    }

    /// The T of service level.
    @inline(__always)
    func target(of slot: UInt32) -> TimeSpan {
        let requirement = Int(inquiries[slot].requirement)
        return plan.queues[Int(classes[requirement].queue)].target
            ?? plan.channels[Int(classes[requirement].channel)].target
    }

    mutating func setState(_ slot: UInt32, _ state: InquiryState) {
        let old = inquiries[slot].state
        inquiries[slot].state = state
        inquiries[slot].stateSince = now
        touch(inquiry: slot)
        figures.leave(old, lane: lane(of: slot))
        figures.enter(state, lane: lane(of: slot))
        let waited = old == .waiting || old == .offered
        let waits = state == .waiting || state == .offered
        if waited && !waits { unlinkLane(slot) }
        if !waited && waits { linkLane(slot) }
    }

    /// Adds the inquiry to its agent's work.
    mutating func takeUp(_ slot: UInt32, _ agent: AgentIndex) {
        let channel = Int(classes[Int(inquiries[slot].requirement)].channel)
        let first = agents[Int(agent)].firstWork
        inquiries[slot].previousWork = none
        inquiries[slot].nextWork = first
        if first != none { inquiries[first].previousWork = slot }
        agents[Int(agent)].firstWork = slot
        agents[Int(agent)].used += plan.channels[channel].weight
        counts[Int(agent) * stride + channel] += 1
    }

    /// Takes the inquiry out of its agent's work. `inquiry.agent` stays.
    private mutating func putDown(_ slot: UInt32) {
        let agent = Int(inquiries[slot].agent)
        let channel = Int(classes[Int(inquiries[slot].requirement)].channel)
        let previous = inquiries[slot].previousWork
        let next = inquiries[slot].nextWork
        if previous == none { agents[agent].firstWork = next } else { inquiries[previous].nextWork = next }
        if next != none { inquiries[next].previousWork = previous }
        inquiries[slot].previousWork = none
        inquiries[slot].nextWork = none
        agents[agent].used -= plan.channels[channel].weight
        counts[agent * stride + channel] -= 1
    }

    /// The lane's list is ordered by `queuedAt`: new ones come last, returned ones walk in from the front, where the
    /// old ones are.
    mutating func linkLane(_ slot: UInt32) {
        let lane = lane(of: slot)
        let key = (inquiries[slot].queuedAt, inquiries[slot].id)
        let last = figures.lanes[lane].last
        var next = none
        if last != none, (inquiries[last].queuedAt, inquiries[last].id) > key {
            next = figures.lanes[lane].first
            while (inquiries[next].queuedAt, inquiries[next].id) < key { next = inquiries[next].nextInLane }
        }
        let previous = next == none ? last : inquiries[next].previousInLane
        inquiries[slot].previousInLane = previous
        inquiries[slot].nextInLane = next
        if previous == none { figures.lanes[lane].first = slot } else { inquiries[previous].nextInLane = slot }
        if next == none { figures.lanes[lane].last = slot } else { inquiries[next].previousInLane = slot }
    }

    private mutating func unlinkLane(_ slot: UInt32) {
        let lane = lane(of: slot)
        let previous = inquiries[slot].previousInLane
        let next = inquiries[slot].nextInLane
        if previous == none { figures.lanes[lane].first = next } else { inquiries[previous].nextInLane = next }
        if next == none { figures.lanes[lane].last = previous } else { inquiries[next].previousInLane = previous }
        inquiries[slot].previousInLane = none
        inquiries[slot].nextInLane = none
    }
}
