// Which of the agents whom an inquiry fits gets it: each queue has its own order.

extension Engine {
    /// The agent whom the inquiry fits and whom its queue's selection puts first.
    /// O(able profiles); with exclusions at most O(agents with room) more.
    @inline(__always)
    func bestAgent(for slot: UInt32) -> Choice? {
        let requirement = Int(inquiries[slot].requirement)
        let queue = Int(classes[requirement].queue)
        if paused[queue] { return nil }
        let trail = inquiries[slot].trail
        if trail != none && !trails[trail].excluded.isEmpty { return bestOfAll(for: slot) }
        switch plan.queues[queue].selection {
        case .leastLoaded: return firstOfHeads(requirement, byLoad: true)
        case .longestIdle: return firstOfHeads(requirement, byLoad: false)
        case .mostSkilled, .leastSkilled: return bestOfAll(for: slot)
        }
    }

    /// The least of the heads of the able profiles. The usual case, kept apart because it is the hot path.
    @inline(__always)
    private func firstOfHeads(_ requirement: Int, byLoad: Bool) -> Choice? {
        let channel = Int(classes[requirement].channel)
        var best = RoomKey.nobody
        var second = RoomKey.nobody
        var bestPosition = 0
        var candidates: UInt32 = 0
        for profile in classes[requirement].able {
            let position = Int(profile) * stride + channel
            let head = byLoad ? loadHeads[position] : idleHeads[position]
            candidates += head.count
            if head.key < best {
                second = best
                best = head.key
                bestPosition = position
            } else if head.key < second {
                second = head.key
            }
        }
        guard best != .nobody else { return nil }
        let behind = byLoad ? loadRooms[bestPosition].secondKey : idleRooms[bestPosition].secondKey
        if let behind, behind < second { second = behind }
        return Choice(
            agent: best.agent, candidates: Int32(candidates), selection: byLoad ? .leastLoaded : .longestIdle,
            winner: CandidateKey(room: best), runnerUp: second == .nobody ? .nobody : CandidateKey(room: second))
    }

    /// The same where profiles differ in skills, or where some agents are excluded.
    private func bestOfAll(for slot: UInt32) -> Choice? {
        let requirement = Int(inquiries[slot].requirement)
        let channel = Int(classes[requirement].channel)
        let selection = plan.queues[Int(classes[requirement].queue)].selection
        let byLoad = selection == .leastLoaded || selection == .mostSkilled
        var best = CandidateKey.nobody
        var second = CandidateKey.nobody
        var candidates: Int32 = 0
        for profile in classes[requirement].able {
            let position = Int(profile) * stride + channel
            let score = score(of: Int(profile), for: slot, selection)
            let (first, next, count) =
                if byLoad {
                    firstTwo(in: loadRooms[position], for: slot)
                } else {
                    firstTwo(in: idleRooms[position], for: slot)
                }
            candidates += count
            for room in [first, next] where room != .nobody {
                let key = CandidateKey(major: score.major, minor: score.minor, room: room)
                if key < best {
                    second = best
                    best = key
                } else if key < second {
                    second = key
                }
            }
        }
        guard best != .nobody else { return nil }
        return Choice(
            agent: best.room.agent, candidates: candidates, selection: selection, winner: best, runnerUp: second)
    }

    /// The first two of a heap who are not excluded from the inquiry, and how many there are.
    private func firstTwo(
        in heap: borrowing IndexedHeap<RoomKey>, for slot: UInt32
    ) -> (first: RoomKey, second: RoomKey, count: Int32) {
        let trail = inquiries[slot].trail
        guard trail != none, !trails[trail].excluded.isEmpty else {
            return (heap.head?.key ?? .nobody, heap.secondKey ?? .nobody, Int32(heap.count))
        }
        var first = RoomKey.nobody
        var second = RoomKey.nobody
        var count: Int32 = 0
        for position in heap.entries.indices {
            let entry = heap.entries[position]
            if trails[trail].excluded.contains(entry.key.agent) { continue }
            count += 1
            if entry.key < first {
                second = first
                first = entry.key
            } else if entry.key < second {
                second = entry.key
            }
        }
        return (first, second, count)
    }

    /// What the queue's selection looks at before load and idle time; the same for all agents of a profile.
    private func score(of profile: Int, for slot: UInt32, _ selection: Selection) -> (major: Int32, minor: Int32) {
        let required = Int(inquiries[slot].requirement)
        switch selection {
        case .leastLoaded, .longestIdle: return (0, 0)
        case .mostSkilled:
            let levels = sumOfLevels(profile, over: classes[required].skills)
            let known = inquiries[slot].particulars
            let nice = known == none ? 0 : sumOfLevels(profile, over: particulars[known].prefer)
            return (-levels, -nice)
        case .leastSkilled:
            let channels = profiles[profile].channels.bits.nonzeroBitCount
            return (
                Int32(profiles[profile].skills.count * channels),
                sumOfLevels(profile, over: classes[required].skills)
            )
        }
    }

    /// The profile's levels in those skills, added up. Both are sorted by skill.
    private func sumOfLevels(_ profile: Int, over skills: ContiguousArray<SkillRequirement>) -> Int32 {
        var sum: Int32 = 0
        var position = 0
        let count = profiles[profile].skills.count
        for wanted in skills {
            while position < count && profiles[profile].skills[position].skill < wanted.skill { position += 1 }
            guard position < count else { break }
            if profiles[profile].skills[position].skill == wanted.skill {
                sum += Int32(profiles[profile].skills[position].level)
            }
        }
        return sum
    }
}
