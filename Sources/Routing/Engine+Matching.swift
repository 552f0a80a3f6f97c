// Who gets whom: an inquiry looks for an agent when it comes or comes back, an agent for an inquiry when it gets room.

extension Engine {
    /// Gives a waiting inquiry that stands in no heap to the best agent whom it fits, or lets it wait.
    mutating func place(_ slot: UInt32, into output: inout Output) {
        if let agent = bestAgent(for: slot) {
            give(slot, to: agent, into: &output)
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

    /// Gives the agent what it may be given, the most urgent first.
    mutating func fill(_ agent: AgentIndex, into output: inout Output) {
        guard agents[Int(agent)].isAvailable, !isDraining else { return }
        while let slot = mostUrgent(for: agent) {
            dequeue(slot)
            give(slot, to: agent, into: &output)
        }
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
        var aside = ContiguousArray<(key: WaitKey, slot: UInt32)>()
        for requirement in asideClasses {
            for slot in classes[Int(requirement)].aside { aside.append((waitKey(slot), slot)) }
        }
        aside.sort { $0.key < $1.key }
        var nextAside = aside.startIndex
        while true {
            let head = open.head
            if nextAside < aside.endIndex, aside[nextAside].key < head?.key ?? .never {
                let slot = aside[nextAside].slot
                nextAside += 1
                if let agent = bestAgent(for: slot) {
                    dequeue(slot)
                    give(slot, to: agent, into: &output)
                }
                continue
            }
            guard let head else { return }
            let requirement = Int(head.item)
            guard let slot = classes[requirement].waiting.head?.item, let agent = bestAgent(for: slot) else {
                // Those behind the head ask the same of agents: none of them fits anybody either.
                open.remove(item: head.item, positions: &positions)
                continue
            }
            dequeue(slot)
            give(slot, to: agent, into: &output)
            if heads[requirement] == .never {
                open.remove(item: head.item, positions: &positions)
            } else {
                open.update(heads[requirement], item: head.item, positions: &positions)
            }
        }
    }

    /// The agent whom the inquiry fits and whom its queue's selection puts first.
    /// O(able profiles); with exclusions at most O(agents with room) more.
    @inline(__always)
    func bestAgent(for slot: UInt32) -> AgentIndex? {
        let requirement = Int(inquiries[slot].requirement)
        let channel = Int(classes[requirement].channel)
        let selection = plan.queues[Int(classes[requirement].queue)].selection
        let trail = inquiries[slot].trail
        let hasExclusions = trail != none && !trails[trail].excluded.isEmpty
        var best = RoomKey.nobody
        for profile in classes[requirement].able {
            let position = Int(profile) * stride + channel
            let head =
                switch selection {
                case .leastLoaded, .mostSkilled: loadHeads[position]
                case .longestIdle, .leastSkilled: idleHeads[position]
                }
            guard head < best else { continue }
            if !hasExclusions || !trails[trail].excluded.contains(head.agent) {
                best = head
                continue
            }
            let heap =
                switch selection {
                case .leastLoaded, .mostSkilled: loadRooms[position]
                case .longestIdle, .leastSkilled: idleRooms[position]
                }
            for entry in heap.entries where entry.key < best && !trails[trail].excluded.contains(entry.key.agent) {
                best = entry.key
            }
        }
        return best == .nobody ? nil : best.agent
    }

    /// The inquiry of least rank among those that fit the agent.
    /// O(classes that its profile meets on channels with room + those that wait with exclusions).
    @inline(__always)
    private func mostUrgent(for agent: AgentIndex) -> UInt32? {
        let profile = Int(agents[Int(agent)].profile)
        var best = WaitKey.never
        var bestSlot: UInt32?
        var bestClass: UInt32?
        var rooms = ChannelSet.none
        for channel in 0..<stride where hasRoom(agent, on: ChannelIndex(channel)) {
            rooms.insert(ChannelIndex(channel))
            for requirement in profiles[profile].classes[channel] where heads[Int(requirement)] < best {
                best = heads[Int(requirement)]
                bestClass = requirement
            }
        }
        if let bestClass { bestSlot = classes[Int(bestClass)].waiting.head?.item }
        for requirement in asideClasses where rooms.contains(classes[Int(requirement)].channel) {
            guard meets(profile: profile, requirement: Int(requirement)) else { continue }
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
        if trail != none && !trails[trail].excluded.isEmpty {
            if classes[Int(requirement)].aside.isEmpty { asideClasses.append(requirement) }
            classes[Int(requirement)].aside.append(slot)
            watchExclusions(slot)
        } else {
            classes[Int(requirement)].waiting.insert(waitKey(slot), item: slot, positions: &waitPositions)
            heads[Int(requirement)] = classes[Int(requirement)].waiting.head?.key ?? .never
        }
    }

    /// Takes a waiting inquiry out of its class.
    mutating func dequeue(_ slot: UInt32) {
        let requirement = inquiries[slot].requirement
        if waitPositions.contains(slot) {
            classes[Int(requirement)].waiting.remove(item: slot, positions: &waitPositions)
            heads[Int(requirement)] = classes[Int(requirement)].waiting.head?.key ?? .never
        } else {
            classes[Int(requirement)].aside.removeAll { $0 == slot }
            if classes[Int(requirement)].aside.isEmpty { asideClasses.removeAll { $0 == requirement } }
        }
    }

    /// Offers the inquiry to the agent, or assigns it where the channel does not ask.
    private mutating func give(_ slot: UInt32, to agent: AgentIndex, into output: inout Output) {
        let channel = Int(classes[Int(inquiries[slot].requirement)].channel)
        inquiries[slot].agent = agent
        takeUp(slot, agent)
        let isOver = agents[Int(agent)].used > agents[Int(agent)].capacity
        if plan.channels[channel].acceptsAutomatically {
            setState(slot, .assigned)
            assigned(slot, agent)
            emit(.assigned, inquiry: slot, agent: agent, into: &output) {
                [name = channelName(slot), waited = now - inquiries[slot].queuedAt] in
                $0.channel = name
                $0.first = waited.microseconds
                $0.flag = isOver
                $0.how = .auto
            }
        } else {
            setState(slot, .offered)
            let expires = now + plan.channels[channel].offerTimeout
            inquiries[slot].offerExpires = expires
            inquiries[slot].timer = startTimer(.offer, owner: slot, id: inquiries[slot].id, due: expires)
            emit(.offered, inquiry: slot, agent: agent, into: &output) { [name = channelName(slot)] in
                $0.channel = name
                $0.first = expires.microseconds
                $0.flag = isOver
            }
        }
        refreshRooms(agent)
    }

    /// What acceptance and assignment have in common.
    mutating func assigned(_ slot: UInt32, _ agent: AgentIndex) {
        inquiries[slot].acceptedAt = now
        agents[Int(agent)].idleSince = now
        agents[Int(agent)].busyCount += 1
        updateActivity(agent)
        touch(agent: agent)
        let requirement = Int(inquiries[slot].requirement)
        classes[requirement].departures.leave(at: now)
        figures.accepted(
            lane: lane(of: slot), waited: now - inquiries[slot].queuedAt, target: target(of: slot))
    }
}
