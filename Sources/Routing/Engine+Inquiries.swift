import DequeModule

// How an inquiry ends without being answered, and the small steps that all of its life is made of.

extension Engine {
    // MARK: The customer leaves, or upstream takes it back

    mutating func abandon(_ id: Int64, into output: inout Output) throws(Rejection) -> Reply {
        let slot = try requireSlot(of: id)
        switch inquiries[slot].state {
        case .abandoned: break
        case .waiting, .offered:
            let waited = waited(slot)
            countAbandoned(slot, after: waited)
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
                engine.count(.cancelled, slot)
            }
        case .completed, .abandoned, .expired:
            throw conflict(slot, "a closed inquiry cannot be cancelled")
        }
        return reply(slot)
    }

    /// The agent that works on it.
    private func assignee(_ slot: UInt32) -> AgentIndex {
        inquiries[slot].state == .assigned || inquiries[slot].state == .held ? inquiries[slot].agent : none
    }

    /// Ends an inquiry that is not completed. An open offer is withdrawn first, for `reason`; `announce` tells of the
    /// end while the record still shows where it was. The agent's room is filled at last.
    mutating func close(
        _ slot: UInt32, as state: InquiryState, reason: Reason, into output: inout Output,
        announce: (inout Engine, inout Output) -> Void
    ) {
        let agent = inquiries[slot].agent
        switch inquiries[slot].state {
        case .scheduled:
            cancelTimer(inquiries[slot].timer)
            particulars[inquiries[slot].particulars].scheduledAt = .epoch
            particulars[inquiries[slot].particulars].agent = none
            touch(inquiry: slot, definition: true)
        case .waiting:
            dequeue(slot)
            leaveLine(slot, accepted: false)
        case .offered:
            withdraw(slot, reason: reason, into: &output)
            leaveLine(slot, accepted: false)
        case .assigned, .held, .completed, .abandoned, .cancelled, .expired: break
        }
        tellMissed(slot, reason: "ended", into: &output)
        announce(&self, &output)
        if inquiries[slot].state == .assigned || inquiries[slot].state == .held { finishWork(slot) }
        finish(slot, as: state)
        if agent != none { fill(agent, into: &output) }
    }

    // MARK: Small steps

    @inline(__always)
    func reply(_ slot: UInt32) -> Reply { .inquiry(id: inquiries[slot].id, inquiries[slot].state) }

    func conflict(_ slot: UInt32, _ message: String) -> Rejection {
        Rejection(.conflict, message, state: inquiries[slot].state.name)
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
        if waited && !waits {
            unlinkLane(slot)
            pauseSteps(slot)
        }
        if !waited && waits {
            linkLane(slot)
            watchSteps(slot)
        }
        if inquiries[slot].clocks != none { clocksFollow(slot, from: old) }
    }

    /// Gives the inquiry another requirement class, wherever it stands but in a heap. The caller, `adopt`, has the class
    /// retained.
    mutating func changeRequirement(_ slot: UInt32, to requirement: UInt32) {
        let old = inquiries[slot].requirement
        let state = inquiries[slot].state
        let waits = state == .waiting || state == .offered
        let changesLane =
            classes[Int(old)].queue != classes[Int(requirement)].queue
        if changesLane {
            if waits { unlinkLane(slot) }
            figures.leave(state, lane: lane(of: slot))
        }
        leaveLine(slot, accepted: false)
        inquiries[slot].requirement = requirement
        touch(inquiry: slot, definition: true)
        if changesLane {
            figures.enter(state, lane: lane(of: slot))
            if waits {
                inquiries[slot].waitingSince = now
                linkLane(slot)
            }
        }
        release(requirement: old)
    }

    // MARK: The end

    mutating func finish(_ slot: UInt32, as state: InquiryState) {
        forgetPreference(slot)
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
}
