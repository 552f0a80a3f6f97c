// What customers do after an agent took them: they write, and they rate.

extension Engine {
    /// A turn of the conversation. The customer's wakes what is held, and brings back what nobody answers.
    mutating func message(
        _ id: Int64, from party: Party, into output: inout Output
    ) throws(Rejection) -> Reply {
        let slot = try requireSlot(of: id)
        switch inquiries[slot].state {
        case .scheduled, .waiting, .offered: tellOfMessage(slot, party, into: &output)
        case .assigned, .held:
            tellOfMessage(slot, party, into: &output)
            guard party == .customer else { break }
            if agents[Int(inquiries[slot].agent)].state == .offline {
                bringBack(slot, into: &output)
            } else if inquiries[slot].state == .held {
                resume(slot, by: .customer, into: &output)
            }
        case .completed:
            guard party == .customer else { throw conflict(slot, "only the customer's message reopens an inquiry") }
            guard now <= inquiries[slot].closedAt + plan.reopenWithin else {
                throw conflict(slot, "it was completed too long ago to be reopened")
            }
            tellOfMessage(slot, party, into: &output)
            reopen(slot, into: &output)
        case .abandoned, .cancelled, .expired: throw conflict(slot, "a closed inquiry takes no message")
        }
        return reply(slot)
    }

    private mutating func tellOfMessage(_ slot: UInt32, _ party: Party, into output: inout Output) {
        let agent = inquiries[slot].state == .waiting ? none : inquiries[slot].agent
        var more = [EventDetail(.from, .name(party.name))]
        if party == .agent { more += clocksAnswered(slot, into: &output) } else { clocksAsked(slot) }
        emit(.message, inquiry: slot, agent: agent, into: &output) { $0.more = more }
    }

    /// Its agent kept it and is offline: somebody else takes it, or that agent if it is back first.
    private mutating func bringBack(_ slot: UInt32, into output: inout Output) {
        let agent = inquiries[slot].agent
        let handled = requeue(slot)
        let preference = Preference(agent: agent, length: usualHold(slot), isContinuity: false)
        prefer(preference, slot)
        let more = details(of: preference)
        emit(.requeued, inquiry: slot, agent: agent, into: &output) {
            $0.reason = .message
            $0.first = handled.microseconds
            $0.more = more
        }
        refreshRooms(agent)
        place(slot, into: &output)
    }

    /// A completed inquiry waits again, as one that has just come.
    private mutating func reopen(_ slot: UInt32, into output: inout Output) {
        let agent = inquiries[slot].agent
        let wrapsUp = inquiries[slot].wrapUpEnds != .epoch
        if wrapsUp { endWrapUp(slot, into: &output) }
        totals.completed -= 1
        forgoSurvey(slot)
        clearExclusions(slot)
        inquiries[slot].agent = none
        inquiries[slot].acceptedAt = .epoch
        if inquiries[slot].particulars != none { particulars[inquiries[slot].particulars].worked = .zero }
        inquiries[slot].closedAt = .epoch
        inquiries[slot].disposition = []
        inquiries[slot].outcome = nil
        inquiries[slot].queuedAt = now
        inquiries[slot].waitingSince = now
        inquiries[slot].hasResponse = false
        inquiries[slot].isReopened = true
        renewStay(slot)
        rerank(slot)
        setState(slot, .waiting)
        repinAnew(slot)
        if agent != none, !agents[Int(agent)].isDeleted { rememberPassed(slot, agent) }
        let preference = seekPreference(slot, explicit: none, hold: nil, lastAgent: agent == none ? nil : agent)
        let told = policyName(slot).map { [EventDetail(.policy, .name($0.string))] } ?? []
        tellOfEntry(.reopened, slot, agent: agent, preference, told, into: &output)
        count(.reopened, slot)
        guard wrapsUp else { return place(slot, into: &output) }
        // Its agent got room as well: whatever waits chooses in its order.
        refreshRooms(agent)
        settle(slot, into: &output)
        rematch(into: &output)
    }

    // MARK: Ratings

    mutating func rate(_ id: Int64, _ rating: Rating, into output: inout Output) throws(Rejection) -> Reply {
        let slot = try requireSlot(of: id)
        let particulars = particulars(of: slot)
        countRating(slot, rating, csat: self.particulars[particulars].csat, nps: self.particulars[particulars].nps)
        if let csat = rating.csat { self.particulars[particulars].csat = csat }
        if let nps = rating.nps { self.particulars[particulars].nps = nps }
        if let comment = rating.comment { self.particulars[particulars].comment = comment }
        touch(inquiry: slot, definition: true)
        emit(.rated, inquiry: slot, into: &output) {
            if let csat = rating.csat { $0.more.append(EventDetail(.csat, .integer(Int64(csat)))) }
            if let nps = rating.nps { $0.more.append(EventDetail(.nps, .integer(Int64(nps)))) }
        }
        return reply(slot)
    }
}
