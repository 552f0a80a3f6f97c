@testable import Routing

// Recomputes from scratch what the engine's structures keep, and tells the differences.

extension Engine {
    func structureFaults() -> [String] {
        var faults: [String] = []
        faults += classFaults()
        faults += ableFaults()
        faults += roomFaults()
        faults += workFaults()
        faults += timerFaults()
        faults += laneFaults()
        faults += wantedFaults()
        faults += customerFaults()
        faults += stayFaults()
        faults += policyFaults()
        faults += explanationFaults()
        return faults
    }

    private var slots: [UInt32] { (0..<inquiries.end).filter { inquiries.contains($0) } }

    /// Each waiting inquiry stands in its class once: in the heap, or beside it with exclusions.
    private func classFaults() -> [String] {
        var faults: [String] = []
        var references = Array(repeating: 0, count: classes.count)
        var waiting = Array(repeating: 0, count: classes.count)
        for slot in slots {
            let requirement = Int(inquiries[slot].requirement)
            references[requirement] += 1
            let stands = waitPositions.contains(slot)
            let isAside = classes[requirement].aside.filter { $0 == slot }.count
            let trail = inquiries[slot].trail
            let isExcluding = trail != none && !trails[trail].excluded.isEmpty
            let waits = inquiries[slot].state == .waiting && inquiries[slot].preferred == none
            if waits { waiting[requirement] += 1 }
            if stands != (waits && !isExcluding) || isAside != (waits && isExcluding ? 1 : 0) {
                faults.append("inquiry \(inquiries[slot].id) stands in the wrong place of its class")
            }
            let place: Place =
                inquiries[slot].state != .waiting ? .nowhere : !waits ? .wanted : isExcluding ? .aside : .heap
            if inquiries[slot].place != place { faults.append("inquiry \(inquiries[slot].id) stands elsewhere") }
            if isAside == 1, classes[requirement].aside[Int(trails[trail].asidePosition)] != slot {
                faults.append("inquiry \(inquiries[slot].id) is aside elsewhere")
            }
            if isExcluding && inquiries[slot].state.isLive, excluding[Int(trails[trail].excludingPosition)] != slot {
                faults.append("inquiry \(inquiries[slot].id) is excluding elsewhere")
            }
            let isListed = excluding.filter { $0 == slot }.count
            if isListed != (isExcluding && inquiries[slot].state.isLive ? 1 : 0) {
                faults.append("inquiry \(inquiries[slot].id) is listed \(isListed) times as excluding")
            }
            if self.slot(of: inquiries[slot].id) != slot { faults.append("inquiry \(inquiries[slot].id) is not found") }
        }
        for requirement in classes.indices {
            faults += heapFaults(classes[requirement].waiting, waitPositions, "class \(requirement)") { waitKey($0) }
            let isPaused = paused[Int(classes[requirement].queue)]
            if heads[requirement] != (isPaused ? .never : classes[requirement].waiting.head?.key ?? .never) {
                faults.append("head of class \(requirement)")
            }
            if classes[requirement].waiting.count + classes[requirement].aside.count != waiting[requirement] {
                faults.append("class \(requirement) does not hold its inquiries")
            }
            if classes[requirement].references != references[requirement] {
                faults.append("references of class \(requirement)")
            }
            let isIdle = idleClasses.contains(UInt32(requirement))
            if references[requirement] == 0 && !isIdle && !freeClasses.contains(UInt32(requirement)) {
                faults.append("class \(requirement) is nobody's and stays")
            }
            let isAside = asideClasses.filter { $0 == UInt32(requirement) }.count
            if isAside != (classes[requirement].aside.isEmpty ? 0 : 1) {
                faults.append("class \(requirement) aside \(isAside) times")
            }
        }
        return faults
    }

    private func heapFaults<Key>(
        _ heap: borrowing IndexedHeap<Key>, _ positions: borrowing HeapPositions, _ name: String,
        _ key: (UInt32) -> Key?
    ) -> [String] {
        var faults: [String] = []
        for (position, entry) in heap.all.enumerated() {
            if positions[entry.item] != UInt32(position) { faults.append("\(name): a position is wrong") }
            if position > 0, entry.key < heap.entries[(position - 1) / 4].key { faults.append("\(name): the order") }
            if key(entry.item) != entry.key { faults.append("\(name): the key of \(entry.item) is stale") }
        }
        return faults
    }

    /// A class lists a profile, and the profile the class, exactly when the one meets the other.
    private func ableFaults() -> [String] {
        var faults: [String] = []
        let freed = Set(freeClasses)
        for requirement in classes.indices {
            for profile in profiles.indices {
                let channel = Int(classes[requirement].channel)
                let isAble =
                    profiles[profile].agents > 0 && !freed.contains(UInt32(requirement))
                    && meetsNaively(profile, requirement)
                let listed = classes[requirement].able.filter { $0 == UInt32(profile) }.count
                let lists = profiles[profile].classes[channel].filter { $0 == UInt32(requirement) }.count
                if listed != (isAble ? 1 : 0) || lists != listed {
                    faults.append("class \(requirement) and profile \(profile) are listed \(listed) and \(lists) times")
                }
            }
        }
        return faults
    }

    private func meetsNaively(_ profile: Int, _ requirement: Int) -> Bool {
        profiles[profile].channels.contains(classes[requirement].channel)
            && plan.queues[Int(classes[requirement].queue)].teams?.contains(profiles[profile].team) ?? true
            && classes[requirement].skills.allSatisfy { needed in
                profiles[profile].skills.contains { $0.skill == needed.skill && $0.level >= needed.level }
            }
    }

    /// The heaps of a profile hold its agents with room, and nobody else.
    private func roomFaults() -> [String] {
        var faults: [String] = []
        for profile in profiles.indices {
            let members = agents.indices.filter { Int(agents[$0].profile) == profile }
            if profiles[profile].agents != members.count { faults.append("members of profile \(profile)") }
            for channel in 0..<stride {
                let rooms = Set(
                    members.filter { hasRoom(AgentIndex($0), on: ChannelIndex(channel)) }
                        .filter { _ in profiles[profile].channels.contains(ChannelIndex(channel)) }
                        .map { UInt32($0 * stride + channel) })
                let signedOn = members.filter { member in
                    agents[member].state == .ready && agents[member].channelsOn.contains(ChannelIndex(channel))
                        && profiles[profile].channels.contains(ChannelIndex(channel))
                }
                let name = "profile \(profile) channel \(channel)"
                let roomy = members.filter { agents[$0].roomy.contains(ChannelIndex(channel)) }
                if Set(roomy.map { UInt32($0 * stride + channel) }) != rooms { faults.append("\(name): roomy") }
                if profiles[profile].signedOn[channel] != signedOn.count { faults.append("\(name): signed on") }
                if usesLoad {
                    let room = profile * stride + channel
                    if Set(loadRooms[room].all.map(\.item)) != rooms { faults.append("\(name): who has room, by load") }
                    faults += heapFaults(loadRooms[room], loadPositions, name) { roomKey($0, byLoad: true) }
                    let head = loadHeads[room]
                    if head.key != loadRooms[room].head?.key ?? .nobody || head.count != loadRooms[room].count {
                        faults.append("\(name) head")
                    }
                }
                if usesIdle {
                    let room = profile * stride + channel
                    if Set(idleRooms[room].all.map(\.item)) != rooms { faults.append("\(name): who has room, by idle") }
                    faults += heapFaults(idleRooms[room], idlePositions, name) { roomKey($0, byLoad: false) }
                    let head = idleHeads[room]
                    if head.key != idleRooms[room].head?.key ?? .nobody || head.count != idleRooms[room].count {
                        faults.append("\(name) head")
                    }
                }
            }
        }
        return faults
    }

    private func roomKey(_ item: UInt32, byLoad: Bool) -> RoomKey {
        let agent = Int(item) / stride
        let record = agents[agent]
        var load: UInt32 = 0
        if byLoad {
            let points = Int64(record.used) * 1_073_741_824 / Int64(record.capacity)
            let items = Int64(counts[Int(item)]) * 1_073_741_824 / Int64(limits[Int(item)])
            load = UInt32(min(max(points, items), 1_073_741_824))
        }
        return RoomKey(load: load, agent: UInt32(agent), idleSince: record.idleSince.microseconds)
    }

    /// Counts and points are those of the offers, assignments and wrap-ups.
    private func workFaults() -> [String] {
        var faults: [String] = []
        for agent in agents.indices {
            let mine = slots.filter { slot in
                guard inquiries[slot].agent == UInt32(agent) else { return false }
                let state = inquiries[slot].state
                return state == .offered || state == .assigned || state == .held || inquiries[slot].wrapUpEnds != .epoch
            }
            let occupying = mine.filter { slot in
                let channel = plan.channels[Int(classes[Int(inquiries[slot].requirement)].channel)]
                return inquiries[slot].state != .held || !channel.holdReleases
            }
            let name = agentTexts[agent].id
            if Set(work(of: UInt32(agent))) != Set(mine) { faults.append("the work of \(name)") }
            let busy = occupying.filter { inquiries[$0].state != .offered }.count
            if Int(agents[agent].busyCount) != busy { faults.append("how busy \(name) is") }
            var used: Int32 = 0
            for channel in 0..<stride {
                let count = occupying.filter { Int(classes[Int(inquiries[$0].requirement)].channel) == channel }.count
                if Int(counts[agent * stride + channel]) != count { faults.append("\(name)'s count of \(channel)") }
                used += Int32(count) * plan.channels[channel].weight
            }
            for channel in 0..<stride
            where agents[agent].working.contains(ChannelIndex(channel)) != (counts[agent * stride + channel] > 0) {
                faults.append("\(name) works on channel \(channel) or not")
            }
            if agents[agent].used != used { faults.append("\(name)'s points") }
        }
        return faults
    }

    /// Every timer has its owner, and every owner its timer.
    private func timerFaults() -> [String] {
        var faults = heapFaults(timers, timerPositions, "timers") { item in
            timers.entries[Int(timerPositions[item])].key
        }
        var expected = 0
        for slot in slots {
            let record = inquiries[slot]
            let due: Instant? =
                switch record.state {
                case .offered: record.isFrozen ? nil : record.offerExpires
                case .completed: record.wrapUpEnds == .epoch ? nil : record.wrapUpEnds
                case .scheduled: particulars[record.particulars].scheduledAt
                case .waiting: record.preferred == none ? nil : record.holdUntil
                case .assigned, .held, .abandoned, .cancelled, .expired: nil
                }
            if due != self.due(of: record.timer) { faults.append("the timer of inquiry \(record.id)") }
            if due != nil { expected += 1 }
            if dueStep(slot) != (record.stay == none ? nil : self.due(of: stays[record.stay].timer)) {
                faults.append("the step of inquiry \(record.id)")
            }
            if dueStep(slot) != nil { expected += 1 }
            if record.clocks != none, clockSets[record.clocks].timer != none {
                expected += 1
                if !record.state.isLive { faults.append("the clocks of inquiry \(record.id)") }
            }
            if record.trail != none, trails[record.trail].timer != none {
                expected += 1
                if trails[record.trail].excluded.isEmpty { faults.append("exclusions of \(record.id)") }
            }
        }
        for number in agents.indices where agents[number].graceTimer != none {
            expected += 1
            if !agents[number].isInGrace { faults.append("the grace of \(agentTexts[number].id)") }
        }
        for lane in laneTimers.indices {
            let first = figures.lanes[lane].first
            if laneTimers[lane] != none { expected += 1 }
            guard first != none else { continue }
            let isWatched = due(of: laneTimers[lane]).map { $0 <= inquiries[first].waitingSince + plan.maxAge } ?? false
            if !isWatched { faults.append("nobody watches the age of lane \(lane)") }
        }
        let survey = plan.surveyAfter.flatMap { after in surveys.first.map { $0.closedAt + after } }
        if survey != due(of: surveyTimer) { faults.append("the timer of surveys") }
        if survey != nil { expected += 1 }
        if timers.count != expected || timerSlots.count != expected { faults.append("\(timers.count) timers") }
        return faults
    }

    /// Each inquiry counts once for its policy.
    private func policyFaults() -> [String] {
        var counts = [Int](repeating: 0, count: policies.count)
        var faults: [String] = []
        for set in 0..<clockSets.end where clockSets.contains(set) {
            counts[Int(clockSets[set].policy)] += 1
            let owner = clockSets[set].owner
            if !inquiries.contains(owner) || inquiries[owner].clocks != set {
                faults.append("clocks \(set) are nobody's")
            }
        }
        for policy in policies.indices where policies[policy].references != counts[policy] {
            faults.append("policy \(policies[policy].name.string) has \(counts[policy]) inquiries")
        }
        return faults
    }

    /// When the next step of its queue is due: while it waits or is offered, and one is left.
    private func dueStep(_ slot: UInt32) -> Instant? {
        let record = inquiries[slot]
        guard record.stay != none, record.state == .waiting || record.state == .offered else { return nil }
        let steps = plan.queues[Int(classes[Int(record.requirement)].queue)].steps
        let done = Int(stays[record.stay].stepsDone)
        guard done < steps.count else { return nil }
        return record.waitingSince + (steps[done].after - stays[record.stay].waitedBefore)
    }

    /// Those have a stay, and no others, of whom it tells more than the request does; its parts make the class.
    private func stayFaults() -> [String] {
        var faults: [String] = []
        for stay in 0..<stays.end where stays.contains(stay) {
            let owner = stays[stay].owner
            if !inquiries.contains(owner) || inquiries[owner].stay != stay { faults.append("stay \(stay) is nobody's") }
        }
        for slot in slots {
            let record = inquiries[slot]
            let requirement = Int(record.requirement)
            let queue = plan.queues[Int(classes[requirement].queue)]
            guard record.stay != none else {
                // What has waited since another plan keeps the skills that it required then.
                // So does one of which an escalation has dropped what the queue required.
                let isPlain =
                    queue.steps.isEmpty
                    && (queue.skills.isEmpty || plan.version > 1 || record.clocks != none)
                if record.state.isLive && !isPlain { faults.append("inquiry \(record.id) has no stay") }
                continue
            }
            guard stays.contains(record.stay), stays[record.stay].owner == slot else {
                faults.append("inquiry \(record.id) has another's stay")
                continue
            }
            let parts = stays[record.stay].parts
            let isPlain = parts.allSatisfy { $0.source == .request || $0.source == .hand } && queue.steps.isEmpty
            let isOfThisPlan = record.state.isLive || plan.version == 1
            if isPlain && isOfThisPlan && stays[record.stay].moves == 0 {
                faults.append("inquiry \(record.id) needs no stay")
            }
            let highest = Dictionary(parts.map { ($0.skill, $0.level) }) { max($0, $1) }
            let needed = Dictionary(uniqueKeysWithValues: classes[requirement].skills.map { ($0.skill, $0.level) })
            if highest != needed { faults.append("inquiry \(record.id) is not of the class of its parts") }
            if plan.version > 1 { continue }
            let wanted = Set(queue.skills), own = Set(names(of: parts.filter { $0.source == .queue }))
            if !own.allSatisfy({ part in wanted.contains { $0.skill == part.skill && $0.level >= part.level } }) {
                faults.append("inquiry \(record.id) has parts of another queue")
            }
        }
        return faults
    }

    private func names(of parts: ContiguousArray<RequirementPart>) -> [SkillLevel] {
        names(of: parts.map { SkillRequirement(skill: $0.skill, level: $0.level) })
    }

    private func due(of timer: UInt32) -> Instant? {
        timer == none ? nil : timers.entries[Int(timerPositions[timer])].key.due
    }

    /// The lists of those that wait or are offered, by the time since which they wait, and the counts of each state.
    private func laneFaults() -> [String] {
        var faults: [String] = []
        for lane in figures.lanes.indices {
            let mine = slots.filter { self.lane(of: $0) == lane }
            let expected = mine.filter { inquiries[$0].state == .waiting || inquiries[$0].state == .offered }
                .sorted {
                    (inquiries[$0].waitingSince, inquiries[$0].id) < (inquiries[$1].waitingSince, inquiries[$1].id)
                }
            var found: [UInt32] = []
            var slot = figures.lanes[lane].first
            while slot != none, found.count <= expected.count {
                found.append(slot)
                slot = inquiries[slot].nextInLane
            }
            if found != expected { faults.append("the order of lane \(lane)") }
            if figures.lanes[lane].last != expected.last ?? none { faults.append("the end of lane \(lane)") }
            for state in InquiryState.allCases where state.isLive {
                let count = mine.filter { inquiries[$0].state == state }.count
                if count != Int(figures.count(state, lane: lane)) { faults.append("\(state) in lane \(lane)") }
            }
        }
        return faults
    }

    /// Whoever waits for one agent stands in that agent's list, once.
    private func wantedFaults() -> [String] {
        var faults: [String] = []
        if wanted.count != agents.count { faults.append("\(wanted.count) lists of wanted agents") }
        for agent in wanted.indices {
            let mine = slots.filter { inquiries[$0].state == .waiting && inquiries[$0].preferred == AgentIndex(agent) }
            if wanted[agent].sorted() != mine.sorted() { faults.append("who waits for \(agentTexts[agent].id)") }
            if agents[agent].state != .ready && !mine.isEmpty { faults.append("\(agentTexts[agent].id) is waited for") }
        }
        return faults
    }

    /// The inquiries of a customer stand in its list by id, the newest first.
    private func customerFaults() -> [String] {
        var faults: [String] = []
        var lists: [[UInt8]: [UInt32]] = [:]
        for slot in slots where !inquiries[slot].texts.customer.isEmpty {
            lists[Array(inquiries[slot].texts.customer), default: []].append(slot)
        }
        if customers.count != lists.count { faults.append("\(customers.count) customers, not \(lists.count)") }
        for (customer, members) in lists {
            var found: [UInt32] = []
            var slot =
                customers.find(hash: StableHash.of(customer)) { Array(inquiries[$0].texts.customer) == customer }
                ?? none
            while slot != none, found.count <= members.count {
                found.append(slot)
                slot = inquiries[slot].olderOfCustomer
            }
            if found != members.sorted(by: { inquiries[$0].id > inquiries[$1].id }) {
                faults.append("the inquiries of customer \(String(decoding: customer, as: UTF8.self))")
            }
        }
        return faults
    }

    /// EXPLAIN says that nothing stands in the way exactly when the inquiry fits.
    private func explanationFaults() -> [String] {
        var faults: [String] = []
        for slot in slots where inquiries[slot].state == .waiting {
            for agent in agents.indices where !agents[agent].isDeleted {
                if (obstacle(slot, AgentIndex(agent)) == nil) != fits(slot, AgentIndex(agent)) {
                    faults.append("\(agentTexts[agent].id) and inquiry \(inquiries[slot].id): the explanation is wrong")
                }
            }
        }
        return faults
    }
}
