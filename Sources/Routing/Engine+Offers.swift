// An offer is accepted, declined, missed or withdrawn.

extension Engine {
    // MARK: Answers to an offer

    mutating func accept(_ id: Int64, _ agent: AgentIndex, into output: inout Output) throws(Rejection) -> Reply {
        let slot = try requireSlot(of: id)
        if inquiries[slot].agent == agent {
            if inquiries[slot].state == .assigned { return reply(slot) }
            if inquiries[slot].state == .offered {
                cancelTimer(inquiries[slot].timer)
                inquiries[slot].isFrozen = false
                forgetPreference(slot)
                setState(slot, .assigned)
                agents[Int(agent)].missedInRow = 0
                assigned(slot, agent)
                count(agent) { $0.accepted += 1 }
                let told = clocksAssigned(slot, into: &output)
                emit(.accepted, inquiry: slot, agent: agent, into: &output) {
                    [waited = waited(slot)] in
                    $0.first = waited.microseconds
                    $0.more = told
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
        count(.declined, slot)
        count(agent) { $0.declined += 1 }
        endOffer(slot)
        exclude(slot, agent)
        if inquiries[slot].preferred == agent { release(slot, .declined, into: &output) }
        refreshRooms(agent)
        place(slot, into: &output)
        fill(agent, isFresh: true, into: &output)
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
        count(.missed, slot)
        count(agent) { $0.missed += 1 }
        endOffer(slot)
        exclude(slot, agent)
        if inquiries[slot].preferred == agent { release(slot, .missed, into: &output) }
        agents[Int(agent)].missedInRow += 1
        touch(agent: agent)
        var returned: ContiguousArray = [slot]
        if plan.missedOffersToAway > 0 && agents[Int(agent)].missedInRow >= plan.missedOffersToAway {
            returned += becomeAway(agent, why: "missed", reason: .missed, into: &output)
        }
        refreshRooms(agent)
        place(all: returned, into: &output)
        fill(agent, isFresh: true, into: &output)
    }

    /// Ends an offer that its agent did not answer. The inquiry is in no heap afterwards, in state waiting.
    mutating func withdraw(_ slot: UInt32, reason: Reason, into output: inout Output) {
        let agent = inquiries[slot].agent
        emit(.withdrawn, inquiry: slot, agent: agent, into: &output) { $0.reason = reason }
        endOffer(slot)
        rememberPassed(slot, agent)
    }

    /// Frees the agent's slot and brings the inquiry back to waiting, in no heap yet.
    mutating func endOffer(_ slot: UInt32) {
        cancelTimer(inquiries[slot].timer)
        inquiries[slot].isFrozen = false
        putDown(slot)
        inquiries[slot].agent = none
        setState(slot, .waiting)
    }
}
