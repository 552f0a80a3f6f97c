// The agent whom an inquiry is for: named by the request, or known to the customer. It waits for that agent alone for a
// while, if that agent can be waited for; then it is anybody's.

/// Whom an inquiry is for, and for how long it waits for that agent.
struct Preference {
    var agent: AgentIndex
    var length: TimeSpan
    /// Found by the customer, not named by the request.
    var isContinuity: Bool
}

extension Engine {
    /// Gives the inquiry, which enters its queue, a preferred agent if there is one.
    mutating func seekPreference(
        _ slot: UInt32, explicit: AgentIndex, hold: TimeSpan?, lastAgent: AgentIndex?
    ) -> Preference? {
        let agent = explicit != none ? explicit : knownAgent(of: slot, lastAgent: lastAgent)
        guard agent != none else { return nil }
        let preference = Preference(
            agent: agent, length: hold ?? usualHold(slot), isContinuity: explicit == none)
        prefer(preference, slot)
        return preference
    }

    mutating func prefer(_ preference: Preference, _ slot: UInt32) {
        inquiries[slot].preferred = preference.agent
        inquiries[slot].holdUntil = now + preference.length
        touch(inquiry: slot, definition: true)
    }

    func usualHold(_ slot: UInt32) -> TimeSpan {
        min(plan.continuityHold, TimeSpan(microseconds: target(of: slot).microseconds / 2))
    }

    func details(of preference: Preference) -> [EventDetail] {
        var details = [EventDetail(.preferred, .name(agentTexts[Int(preference.agent)].id))]
        if preference.isContinuity { details.append(EventDetail(.continuity, .flag(true))) }
        details.append(EventDetail(.hold, .span(preference.length)))
        return details
    }

    /// Gives the inquiry to its preferred agent, or lets it wait for that agent. False: it is anybody's now.
    mutating func placePreferred(_ slot: UInt32, into output: inout Output) -> Bool {
        let agent = inquiries[slot].preferred
        if fitsPreferred(slot) {
            give(slot, to: .preferred(agent), into: &output)
            return true
        }
        return waitForPreferred(slot, into: &output)
    }

    private mutating func waitForPreferred(_ slot: UInt32, into output: inout Output) -> Bool {
        if let reason = whyNotHeld(slot, inquiries[slot].preferred) {
            release(slot, reason, into: &output)
            return false
        }
        standForPreferred(slot)
        return true
    }

    /// Lets it wait for its preferred agent alone.
    mutating func standForPreferred(_ slot: UInt32) {
        wanted[Int(inquiries[slot].preferred)].append(slot)
        inquiries[slot].place = .wanted
        inquiries[slot].timer = startTimer(
            .preferred, owner: slot, id: inquiries[slot].id, due: inquiries[slot].holdUntil)
    }

    /// Lets it wait where it belongs without looking for an agent: the caller does that for all. One that its preferred
    /// agent could get now waits for its turn there, though its hold may be over.
    mutating func settle(_ slot: UInt32, into output: inout Output) {
        if inquiries[slot].preferred != none {
            if fitsPreferred(slot) { return standForPreferred(slot) }
            if waitForPreferred(slot, into: &output) { return }
        }
        enqueue(slot)
    }

    /// Whether it can be given to its preferred agent now.
    func fitsPreferred(_ slot: UInt32) -> Bool {
        let agent = inquiries[slot].preferred
        let requirement = Int(inquiries[slot].requirement)
        return !paused[Int(classes[requirement].queue)] && hasRoom(agent, on: classes[requirement].channel)
            && meets(profile: Int(agents[Int(agent)].profile), requirement: requirement) && !isExcluded(slot, agent)
    }

    /// Why the inquiry need not wait for its preferred agent; nil if it is worth waiting.
    private func whyNotHeld(_ slot: UInt32, _ agent: AgentIndex) -> Reason? {
        switch agents[Int(agent)].state {
        case .offline: return .offline
        case .away: return .away
        case .ready: break
        }
        let requirement = Int(inquiries[slot].requirement)
        guard agents[Int(agent)].channelsOn.contains(classes[requirement].channel),
            meets(profile: Int(agents[Int(agent)].profile), requirement: requirement)
        else { return .changed }
        if isExcluded(slot, agent) { return .declined }
        if inquiries[slot].holdUntil <= now { return .timeout }
        return wanted[Int(agent)].count < Limits.heldForAgent ? nil : .full
    }

    /// The inquiry is anybody's from now on. It stands nowhere.
    mutating func release(_ slot: UInt32, _ reason: Reason, into output: inout Output) {
        let agent = inquiries[slot].preferred
        forgetPreference(slot)
        emit(.preferredReleased, inquiry: slot, agent: agent, into: &output) { $0.reason = reason }
    }

    mutating func forgetPreference(_ slot: UInt32) {
        guard inquiries[slot].preferred != none else { return }
        inquiries[slot].preferred = none
        inquiries[slot].holdUntil = .epoch
        touch(inquiry: slot, definition: true)
    }

    mutating func holdEnded(_ slot: UInt32, into output: inout Output) {
        dequeue(slot)
        release(slot, .timeout, into: &output)
        place(slot, into: &output)
    }

    /// The agent cannot be waited for any more, at least not by those whom `isOver` names. They stand nowhere afterwards.
    mutating func releaseWanted(
        by agent: AgentIndex, _ reason: Reason, into output: inout Output,
        where isOver: (borrowing Engine, UInt32) -> Bool = { _, _ in true }
    ) -> ContiguousArray<UInt32> {
        if wanted[Int(agent)].isEmpty { return [] }
        var released = ContiguousArray<UInt32>()
        for slot in wanted[Int(agent)] where isOver(self, slot) { released.append(slot) }
        released.sort { inquiries[$0].id < inquiries[$1].id }
        for slot in released {
            dequeue(slot)
            release(slot, reason, into: &output)
        }
        return released
    }

    /// Those whose requirement the agent does not meet any more, or whose channel it has switched off.
    mutating func releaseMisfits(of agent: AgentIndex, into output: inout Output) -> ContiguousArray<UInt32> {
        releaseWanted(by: agent, .changed, into: &output) { engine, slot in
            let requirement = Int(engine.inquiries[slot].requirement)
            return
                !(engine.agents[Int(agent)].channelsOn.contains(engine.classes[requirement].channel)
                && engine.meets(profile: Int(engine.agents[Int(agent)].profile), requirement: requirement))
        }
    }
}
