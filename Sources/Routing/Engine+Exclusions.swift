// Whom an inquiry is not offered to again for a while: those who declined or missed it.

extension Engine {
    /// The inquiry's trail, made at first need.
    mutating func trail(of slot: UInt32) -> UInt32 {
        if inquiries[slot].trail == none { inquiries[slot].trail = trails.insert(Trail(owner: slot)) }
        return inquiries[slot].trail
    }

    /// Keeps in mind that the agent had an offer that passed: a late answer to it is told `gone`.
    mutating func rememberPassed(_ slot: UInt32, _ agent: AgentIndex) {
        let trail = trail(of: slot)
        Self.remember(&trails[trail].passed, agent)
    }

    /// Appends to a bounded list in which each agent stands once. Returns whom it pushed out.
    @discardableResult
    private static func remember(_ list: inout ContiguousArray<AgentIndex>, _ agent: AgentIndex) -> AgentIndex? {
        list.removeAll { $0 == agent }
        let dropped = list.count == Limits.exclusions ? list.removeFirst() : nil
        list.append(agent)
        return dropped
    }

    /// The inquiry stands in no heap.
    mutating func exclude(_ slot: UInt32, _ agent: AgentIndex) {
        let trail = trail(of: slot)
        if trails[trail].excludingPosition == none {
            trails[trail].excludingPosition = UInt32(excluding.count)
            excluding.append(slot)
        }
        if let dropped = Self.remember(&trails[trail].excluded, agent) { rememberPassed(slot, dropped) }
        trails[trail].excludedAt = now
        cancelTimer(trails[trail].timer)
        touch(inquiry: slot)
    }

    /// Sees to it that somebody asks, one offer timeout after the last exclusion, whether any agent is left.
    mutating func watchExclusions(_ slot: UInt32) {
        let trail = inquiries[slot].trail
        guard trails[trail].timer == none else { return }
        let channel = Int(classes[Int(inquiries[slot].requirement)].channel)
        let due = trails[trail].excludedAt + plan.channels[channel].offerTimeout
        trails[trail].timer = startTimer(.exclusions, owner: slot, id: inquiries[slot].id, due: max(due, now))
    }

    /// Clears the exclusions if no signed-on agent is left whom the inquiry could go to; else waits for the next
    /// agent who leaves (`lostAgent`).
    mutating func exclusionsDue(_ slot: UInt32, into output: inout Output) {
        guard inquiries[slot].place == .aside, !hasUnexcludedAgent(slot) else { return }
        dequeue(slot)
        clearExclusions(slot)
        emit(.exclusionsCleared, inquiry: slot, into: &output)
        place(slot, into: &output)
    }

    /// An agent of that profile is not signed on any more: whoever waited for it may have nobody left.
    mutating func lostAgent(ofProfile profile: UInt32) {
        for requirement in asideClasses where meets(profile: Int(profile), requirement: Int(requirement)) {
            for slot in classes[Int(requirement)].aside { watchExclusions(slot) }
        }
    }

    /// The agent signs on: what it declined or missed before may come again.
    mutating func endExclusions(of agent: AgentIndex) {
        for slot in excluding.filter({ isExcluded($0, agent) }) {
            let isAside = inquiries[slot].place == .aside
            if isAside { dequeue(slot) }
            unexclude(slot, agent)
            if isAside { enqueue(slot) }
        }
    }

    mutating func clearExclusions(_ slot: UInt32) {
        let trail = inquiries[slot].trail
        guard trail != none, !trails[trail].excluded.isEmpty else { return }
        for agent in trails[trail].excluded { rememberPassed(slot, agent) }
        trails[trail].excluded.removeAll()
        touch(inquiry: slot)
        stopWatchingExclusions(slot)
    }

    /// The inquiry has no exclusions any more, or is closed. Its trail is kept for late answers.
    mutating func stopWatchingExclusions(_ slot: UInt32) {
        let trail = inquiries[slot].trail
        guard trail != none else { return }
        cancelTimer(trails[trail].timer)
        let position = trails[trail].excludingPosition
        guard position != none else { return }
        trails[trail].excludingPosition = none
        let last = excluding.removeLast()
        if last != slot {
            excluding[Int(position)] = last
            trails[inquiries[last].trail].excludingPosition = position
        }
    }

    /// It was handed to that agent: what the agent declined or missed before does not count. The inquiry stands nowhere.
    mutating func unexclude(_ slot: UInt32, _ agent: AgentIndex) {
        guard isExcluded(slot, agent) else { return }
        let trail = inquiries[slot].trail
        trails[trail].excluded.removeAll { $0 == agent }
        rememberPassed(slot, agent)
        touch(inquiry: slot)
        if trails[trail].excluded.isEmpty { stopWatchingExclusions(slot) }
    }

    /// The agent is deleted: nothing remembers it.
    mutating func forgetExclusions(of agent: AgentIndex) {
        for trail in 0..<trails.end where trails.contains(trail) {
            let slot = trails[trail].owner
            if trails[trail].excluded.contains(agent) {
                let isAside = inquiries[slot].place == .aside
                if isAside { dequeue(slot) }
                trails[trail].excluded.removeAll { $0 == agent }
                if trails[trail].excluded.isEmpty { stopWatchingExclusions(slot) }
                if isAside { enqueue(slot) }
                touch(inquiry: slot)
            }
            if trails[trail].passed.contains(agent) {
                trails[trail].passed.removeAll { $0 == agent }
                touch(inquiry: slot)
            }
        }
    }

    /// Whether a signed-on agent who meets the requirement and has the channel on is not excluded: with room or not, and
    /// in grace too, who may be back in a moment.
    /// O(able profiles + exclusions).
    private func hasUnexcludedAgent(_ slot: UInt32) -> Bool {
        let requirement = Int(inquiries[slot].requirement)
        let channel = Int(classes[requirement].channel)
        var left: Int32 = 0
        for profile in classes[requirement].able { left += profiles[Int(profile)].signedOn[channel] }
        for agent in trails[inquiries[slot].trail].excluded where isSignedOn(agent, channel: channel) {
            if meets(profile: Int(agents[Int(agent)].profile), requirement: requirement) { left -= 1 }
        }
        return left > 0
    }

    func isSignedOn(_ agent: AgentIndex, channel: Int) -> Bool {
        let record = agents[Int(agent)]
        return record.state == .ready && record.channelsOn.contains(ChannelIndex(channel))
    }
}
