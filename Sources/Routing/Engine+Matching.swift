// Who gets whom: an inquiry looks for an agent when it comes or comes back, an agent for an inquiry when it gets room.

extension Engine {
    /// Gives a waiting inquiry that stands in no heap to the best agent whom it fits, or lets it wait.
    mutating func place(_ slot: UInt32, into output: inout Output) {
        if inquiries[slot].preferred != none, placePreferred(slot, into: &output) { return }
        if let choice = bestAgent(for: slot) {
            give(slot, to: choice, into: &output)
        } else {
            enqueue(slot)
        }
    }

    /// Places several that came back at once, the most urgent first.
    mutating func place(all slots: ContiguousArray<UInt32>, into output: inout Output) {
        var keyed = ContiguousArray<(key: WaitKey, slot: UInt32)>()
        for slot in slots { keyed.append((waitKey(slot), slot)) }
        keyed.sort { $0.key < $1.key }
        for entry in keyed { place(entry.slot, into: &output) }
    }

    /// Gives the agent what it may be given, the most urgent first, and brings its rooms up to date.
    ///
    /// Nobody looks at the agent's rooms meanwhile, so they are refreshed once, at the end. `isFresh`: they are up to
    /// date before.
    mutating func fill(_ agent: AgentIndex, isFresh: Bool = false, into output: inout Output) {
        var isFresh = isFresh
        if agents[Int(agent)].isAvailable && !isDraining {
            while let slot = mostUrgent(for: agent) {
                dequeue(slot)
                hand(slot, to: inquiries[slot].preferred == agent ? .preferred(agent) : .single(agent), into: &output)
                isFresh = false
            }
        }
        if !isFresh { refreshRooms(agent) }
    }

    /// Everything that waits looks for an agent, the most urgent first.
    /// O(classes + matches × log of classes).
    mutating func rematch(into output: inout Output) {
        var open = IndexedHeap<WaitKey>()
        var positions = HeapPositions()
        positions.grow(to: classes.count)
        for requirement in classes.indices where heads[requirement] != .never {
            open.insert(heads[requirement], item: UInt32(requirement), positions: &positions)
        }
        var apart = ContiguousArray<(key: WaitKey, slot: UInt32)>()
        for requirement in asideClasses {
            for slot in classes[Int(requirement)].aside { apart.append((waitKey(slot), slot)) }
        }
        for agent in wanted.indices {
            for slot in wanted[agent] { apart.append((waitKey(slot), slot)) }
        }
        apart.sort { $0.key < $1.key }
        var nextApart = apart.startIndex
        while true {
            let head = open.head
            if nextApart < apart.endIndex, apart[nextApart].key < head?.key ?? .never {
                let slot = apart[nextApart].slot
                nextApart += 1
                if let choice = choice(for: slot) {
                    dequeue(slot)
                    give(slot, to: choice, into: &output)
                }
                continue
            }
            guard let head else { return }
            let requirement = Int(head.item)
            guard let slot = classes[requirement].waiting.head?.item, let choice = bestAgent(for: slot) else {
                // Those behind the head ask the same of agents: none of them fits anybody either.
                open.remove(item: head.item, positions: &positions)
                continue
            }
            dequeue(slot)
            give(slot, to: choice, into: &output)
            if heads[requirement] == .never {
                open.remove(item: head.item, positions: &positions)
            } else {
                open.update(heads[requirement], item: head.item, positions: &positions)
            }
        }
    }

    /// Whom an inquiry that waits could be given to now.
    private func choice(for slot: UInt32) -> Choice? {
        if inquiries[slot].place == .wanted { return fitsPreferred(slot) ? .preferred(inquiries[slot].preferred) : nil }
        return bestAgent(for: slot)
    }

    /// For whom an agent may pull what it would not be given.
    enum Pull {
        /// The agent does not ask: it gets what it is ready for.
        case none
        /// On the channels that it has on, ready or away.
        case any
        case channel(ChannelIndex)
    }

    /// The inquiry of least rank among those that fit the agent.
    /// O(classes that its profile meets on channels with room + those that wait with exclusions or for the agent).
    @inline(__always)
    func mostUrgent(for agent: AgentIndex, pull: Pull = .none) -> UInt32? {
        let profile = Int(agents[Int(agent)].profile)
        var best = WaitKey.never
        var bestSlot: UInt32?
        var bestClass: UInt32?
        var rooms = ChannelSet.none
        var rest = profiles[profile].channels.bits
        while rest != 0 {
            let index = rest.trailingZeroBitCount
            let channel = ChannelIndex(index)
            rest &= rest - 1
            switch pull {
            case .none: guard hasRoom(agent, on: channel) else { continue }
            case .any:
                guard agents[Int(agent)].channelsOn.contains(channel), !isDraining, hasSpace(agent, on: channel)
                else { continue }
            case .channel(let wanted):
                guard channel == wanted, !isDraining, hasSpace(agent, on: channel) else { continue }
            }
            rooms.insert(channel)
            for requirement in profiles[profile].classes[index] where heads[Int(requirement)] < best {
                best = heads[Int(requirement)]
                bestClass = requirement
            }
        }
        if let bestClass { bestSlot = classes[Int(bestClass)].waiting.head?.item }
        for slot in wanted[Int(agent)] where waitKey(slot) < best {
            let requirement = Int(inquiries[slot].requirement)
            guard rooms.contains(classes[requirement].channel), !paused[Int(classes[requirement].queue)] else {
                continue
            }
            best = waitKey(slot)
            bestSlot = slot
        }
        for requirement in asideClasses where rooms.contains(classes[Int(requirement)].channel) {
            guard !paused[Int(classes[Int(requirement)].queue)], meets(profile: profile, requirement: Int(requirement))
            else { continue }
            for slot in classes[Int(requirement)].aside where waitKey(slot) < best && !isExcluded(slot, agent) {
                best = waitKey(slot)
                bestSlot = slot
            }
        }
        return bestSlot
    }

    @inline(__always)
    func waitKey(_ slot: UInt32) -> WaitKey { WaitKey(rank: inquiries[slot].rank, id: inquiries[slot].id) }

    /// Lets it wait in its class: in the heap, or beside it if somebody is excluded from it.
    mutating func enqueue(_ slot: UInt32) {
        let requirement = inquiries[slot].requirement
        let trail = inquiries[slot].trail
        joinLine(slot)
        if trail != none && !trails[trail].excluded.isEmpty {
            if classes[Int(requirement)].aside.isEmpty { asideClasses.append(requirement) }
            trails[trail].asidePosition = UInt32(classes[Int(requirement)].aside.count)
            classes[Int(requirement)].aside.append(slot)
            inquiries[slot].place = .aside
            watchExclusions(slot)
        } else {
            classes[Int(requirement)].waiting.insert(waitKey(slot), item: slot, positions: &waitPositions)
            inquiries[slot].place = .heap
            refreshHead(requirement)
        }
    }

    /// Takes a waiting inquiry out of where it stands.
    mutating func dequeue(_ slot: UInt32) {
        let requirement = inquiries[slot].requirement
        switch inquiries[slot].place {
        case .nowhere: preconditionFailure("what is dequeued waits somewhere")
        case .heap:
            classes[Int(requirement)].waiting.remove(item: slot, positions: &waitPositions)
            refreshHead(requirement)
        case .aside: leaveAside(slot, requirement)
        case .wanted:
            cancelTimer(inquiries[slot].timer)
            wanted[Int(inquiries[slot].preferred)].removeAll { $0 == slot }
        }
        inquiries[slot].place = .nowhere
    }

    private mutating func leaveAside(_ slot: UInt32, _ requirement: UInt32) {
        let position = Int(trails[inquiries[slot].trail].asidePosition)
        trails[inquiries[slot].trail].asidePosition = none
        let last = classes[Int(requirement)].aside.removeLast()
        if last != slot {
            classes[Int(requirement)].aside[position] = last
            trails[inquiries[last].trail].asidePosition = UInt32(position)
        }
        if classes[Int(requirement)].aside.isEmpty { asideClasses.removeAll { $0 == requirement } }
    }

    /// Brings the dense copy of the first in a class's heap up to date; a paused queue shows none.
    @inline(__always)
    mutating func refreshHead(_ requirement: UInt32) {
        let isPaused = paused[Int(classes[Int(requirement)].queue)]
        heads[Int(requirement)] = isPaused ? .never : classes[Int(requirement)].waiting.head?.key ?? .never
    }

    // MARK: Giving

    /// Offers the inquiry to the agent, or assigns it where the channel does not ask.
    mutating func give(_ slot: UInt32, to choice: Choice, into output: inout Output) {
        hand(slot, to: choice, into: &output)
        refreshRooms(choice.agent)
    }

    /// The same; the agent's rooms are the caller's.
    private mutating func hand(_ slot: UInt32, to choice: Choice, into output: inout Output) {
        let agent = choice.agent
        let channel = Int(classes[Int(inquiries[slot].requirement)].channel)
        if plan.channels[channel].acceptsAutomatically {
            return assign(slot, to: choice, .auto, isOver: false, into: &output)
        }
        inquiries[slot].agent = agent
        takeUp(slot, agent)
        setState(slot, .offered)
        let expires = now + plan.channels[channel].offerTimeout
        inquiries[slot].offerExpires = expires
        inquiries[slot].timer = startTimer(.offer, owner: slot, id: inquiries[slot].id, due: expires)
        tellOfChoice(.offered, slot, choice, isOver: false, first: expires.microseconds, into: &output)
        count(.offered, slot)
    }

    /// Makes the inquiry, which stands nowhere, the agent's work without asking. The agent's rooms are the caller's.
    mutating func assign(
        _ slot: UInt32, to choice: Choice, _ how: Assignment, isOver: Bool, into output: inout Output
    ) {
        let agent = choice.agent
        inquiries[slot].agent = agent
        forgetPreference(slot)
        takeUp(slot, agent)
        setState(slot, .assigned)
        assigned(slot, agent)
        count(agent) { $0.assigned += 1 }
        let told = clocksAssigned(slot, into: &output)
        tellOfChoice(
            .assigned, slot, choice, how, isOver: isOver, first: waited(slot).microseconds, told,
            into: &output)
    }

    private mutating func tellOfChoice(
        _ type: EventType, _ slot: UInt32, _ choice: Choice, _ how: Assignment? = nil, isOver: Bool, first: Int64,
        _ told: [EventDetail] = [], into output: inout Output
    ) {
        let agent = choice.agent
        let channel = channelName(slot)
        let position = Int(agent) * stride + Int(classes[Int(inquiries[slot].requirement)].channel)
        let isOver =
            isOver || agents[Int(agent)].used > agents[Int(agent)].capacity || counts[position] > limits[position]
        let runnerUp = choice.runnerUp == .nobody ? .empty : agents[Int(choice.runnerUp.room.agent)].name
        let version = plan.version
        inquiries[slot].decisionSeq = seq + 1
        emit(type, inquiry: slot, agent: agent, into: &output) {
            $0.channelName = channel
            $0.first = first
            $0.flag = isOver
            $0.how = how
            $0.choice = choice
            $0.plan = version
            $0.runnerUpName = runnerUp
            $0.more = told
        }
    }

    /// What acceptance and assignment have in common.
    mutating func assigned(_ slot: UInt32, _ agent: AgentIndex) {
        inquiries[slot].acceptedAt = now
        agents[Int(agent)].idleSince = now
        countBusy(agent, 1)
        touch(agent: agent)
        leaveLine(slot, accepted: true)
        countAccepted(slot, after: waited(slot))
    }
}
