// The one rule of who may be given what, and the rooms that follow from it.

extension Engine {
    /// Whether the inquiry may be given to the agent now: room on its channel, the requirement, no exclusion, no hold for
    /// another, and its queue is not paused.
    func fits(_ slot: UInt32, _ agent: AgentIndex) -> Bool {
        let requirement = Int(inquiries[slot].requirement)
        return hasRoom(agent, on: classes[requirement].channel)
            && meets(profile: Int(agents[Int(agent)].profile), requirement: requirement)
            && !isExcluded(slot, agent) && !paused[Int(classes[requirement].queue)]
            && (inquiries[slot].place != .wanted || inquiries[slot].preferred == agent)
    }

    /// The part of the rule that does not look at the inquiry: the agent is available, has the channel on and may be
    /// given one more of it beside what it has.
    @inline(__always)
    func hasRoom(_ agent: AgentIndex, on channel: ChannelIndex) -> Bool {
        guard agents[Int(agent)].isAvailable, !isDraining, agents[Int(agent)].channelsOn.contains(channel)
        else { return false }
        return hasSpace(agent, on: channel)
    }

    /// Whether limits, points and channels that stand beside each other allow one more of the channel.
    @inline(__always)
    func hasSpace(_ agent: AgentIndex, on channel: ChannelIndex) -> Bool {
        let position = Int(agent) * stride + Int(channel)
        let used = agents[Int(agent)].used
        let capacity = agents[Int(agent)].capacity
        return counts[position] < limits[position] && used <= capacity
            && agents[Int(agent)].working.intersection(barring[Int(channel)]) == .none
            && pointsBeside(agent, channel) + weights[Int(channel)] <= capacity
    }

    /// The points of the agent's work that one more item of the channel may not interrupt.
    @inline(__always)
    func pointsBeside(_ agent: AgentIndex, _ channel: ChannelIndex) -> Int32 {
        var points = agents[Int(agent)].used
        let free = agents[Int(agent)].working.intersection(interrupted[Int(channel)])
        if free == .none { return points }
        for other in 0..<stride where free.contains(ChannelIndex(other)) {
            points -= counts[Int(agent) * stride + other] * weights[other]
        }
        return points
    }

    /// Whether the agent, were it without this item of its work, would have space for it.
    mutating func hasSpaceAgain(for slot: UInt32, _ agent: AgentIndex) -> Bool {
        addPoints(slot, agent, -1)
        defer { addPoints(slot, agent, 1) }
        return hasSpace(agent, on: classes[Int(inquiries[slot].requirement)].channel)
    }

    /// Whether channel and team are right and every required skill is there at its level. O(skills of both).
    func meets(profile: Int, requirement: Int) -> Bool {
        guard profiles[profile].channels.contains(classes[requirement].channel) else { return false }
        if let teams = plan.queues[Int(classes[requirement].queue)].teams, !teams.contains(profiles[profile].team) {
            return false
        }
        var position = 0
        let count = profiles[profile].skills.count
        for index in classes[requirement].skills.indices {
            let needed = classes[requirement].skills[index]
            while position < count && profiles[profile].skills[position].skill < needed.skill { position += 1 }
            guard position < count, profiles[profile].skills[position].skill == needed.skill,
                profiles[profile].skills[position].level >= needed.level
            else { return false }
        }
        return true
    }

    @inline(__always)
    func isExcluded(_ slot: UInt32, _ agent: AgentIndex) -> Bool {
        let trail = inquiries[slot].trail
        return trail != none && trails[trail].excluded.contains(agent)
    }

    /// Brings the agent's places in its profile's heaps up to date. Call it after any change of the agent.
    /// O(channels × log of the profile's agents).
    mutating func refreshRooms(_ agent: AgentIndex) {
        countSignedOn(agent)
        let profile = Int(agents[Int(agent)].profile)
        let open = agents[Int(agent)].isAvailable && !isDraining ? agents[Int(agent)].channelsOn : .none
        var rest = profiles[profile].channels.bits & (open.bits | agents[Int(agent)].roomy.bits)
        while rest != 0 {
            let index = rest.trailingZeroBitCount
            rest &= rest - 1
            let hasRoom = open.contains(ChannelIndex(index)) && hasSpace(agent, on: ChannelIndex(index))
            guard hasRoom || agents[Int(agent)].roomy.contains(ChannelIndex(index)) else { continue }
            agents[Int(agent)].roomy.set(ChannelIndex(index), hasRoom)
            let item = agent * UInt32(stride) + UInt32(index)
            let room = profile * stride + index
            if usesLoad {
                let key = hasRoom ? roomKey(agent, load: load(of: agent, item: item)) : .nobody
                if Self.place(key, item: item, in: &loadRooms[room], positions: &loadPositions) {
                    loadHeads[room] = Self.head(of: loadRooms[room])
                }
            }
            if usesIdle {
                let key = hasRoom ? roomKey(agent, load: 0) : .nobody
                if Self.place(key, item: item, in: &idleRooms[room], positions: &idlePositions) {
                    idleHeads[room] = Self.head(of: idleRooms[room])
                }
            }
        }
    }

    private func roomKey(_ agent: AgentIndex, load: UInt32) -> RoomKey {
        RoomKey(load: load, agent: agent, idleSince: agents[Int(agent)].idleSince.microseconds)
    }

    /// How full the agent is: by its points, or on that channel by its items; the greater counts, at most full.
    private func load(of agent: AgentIndex, item: UInt32) -> UInt32 {
        let byPoints = UInt64(agents[Int(agent)].used) << 30 / UInt64(agents[Int(agent)].capacity)
        let byItems = UInt64(counts[Int(item)]) << 30 / UInt64(limits[Int(item)])
        return UInt32(min(max(byPoints, byItems), 1 << 30))
    }

    /// Keeps the profile's count of signed-on agents, and lets those who waited for one that is gone ask again.
    private mutating func countSignedOn(_ agent: AgentIndex) {
        let profile = Int(agents[Int(agent)].profile)
        let counted = agents[Int(agent)].counted
        let channels =
            agents[Int(agent)].state == .ready
            ? agents[Int(agent)].channelsOn.intersection(profiles[profile].channels) : .none
        guard channels != counted else { return }
        for channel in 0..<stride {
            let index = ChannelIndex(channel)
            if counted.contains(index) { profiles[profile].signedOn[channel] -= 1 }
            if channels.contains(index) { profiles[profile].signedOn[channel] += 1 }
        }
        agents[Int(agent)].counted = channels
        if counted.bits & ~channels.bits != 0 { lostAgent(ofProfile: agents[Int(agent)].profile) }
    }

    @inline(__always)
    private static func head(of heap: borrowing IndexedHeap<RoomKey>) -> RoomHead {
        RoomHead(key: heap.head?.key ?? .nobody, count: UInt32(heap.count))
    }

    /// Puts the item where the key says; `nobody` takes it out. Returns whether anything changed.
    @inline(__always)
    private static func place(
        _ key: RoomKey, item: UInt32, in heap: inout IndexedHeap<RoomKey>, positions: inout HeapPositions
    ) -> Bool {
        if positions.contains(item) {
            if key.agent == none {
                heap.remove(item: item, positions: &positions)
            } else {
                if heap.entries[Int(positions[item])].key == key { return false }
                heap.update(key, item: item, positions: &positions)
            }
        } else {
            if key.agent == none { return false }
            heap.insert(key, item: item, positions: &positions)
        }
        return true
    }

    /// Takes the agent out of its profile's heaps, before it gets another profile.
    mutating func clearRooms(_ agent: AgentIndex) {
        let profile = Int(agents[Int(agent)].profile)
        for channel in 0..<stride {
            if agents[Int(agent)].counted.contains(ChannelIndex(channel)) { profiles[profile].signedOn[channel] -= 1 }
            let item = agent * UInt32(stride) + UInt32(channel)
            let room = profile * stride + channel
            if loadPositions.contains(item) {
                loadRooms[room].remove(item: item, positions: &loadPositions)
                loadHeads[room] = Self.head(of: loadRooms[room])
            }
            if idlePositions.contains(item) {
                idleRooms[room].remove(item: item, positions: &idlePositions)
                idleHeads[room] = Self.head(of: idleRooms[room])
            }
        }
        agents[Int(agent)].roomy = .none
        let wasCounted = agents[Int(agent)].counted != .none
        agents[Int(agent)].counted = .none
        if wasCounted { lostAgent(ofProfile: UInt32(profile)) }
    }
}
