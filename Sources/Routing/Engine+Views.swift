// What can be asked of the engine without changing it.

/// An agent as the floor sees it.
package struct AgentView: Sendable {
    package var row: AgentRow
    package var definition: AgentDefinition
    /// Its session is gone and it has not signed off yet.
    package var isInGrace: Bool
    /// Points of all its work.
    package var used: Int32
    /// Offers, assignments and wrap-ups of each channel that it has any of, with its limit.
    package var work: [(channel: String, count: Int32, limit: Int32)]
}

/// One item of an agent's work.
package struct WorkView: Sendable {
    package enum Kind: Sendable {
        case offered(expires: Instant?)
        case assigned
        case held
        case wrapUp(ends: Instant)
    }

    package var id: Int64
    package var channel: String
    package var since: Instant
    package var kind: Kind
}

/// How many of each thing there are.
package struct Census: Sendable {
    package var waiting = 0
    package var offered = 0
    package var assigned = 0
    package var held = 0
    package var scheduled = 0
    /// Of those that wait, for one agent alone.
    package var forPreferred = 0
    package var closedInMemory = 0
    package var withExclusions = 0
    package var agents = 0
    package var ready = 0
    package var away = 0
    package var classes = 0
    package var profiles = 0
    package var timers = 0
    package var keys = 0
    package var totals = Totals()
}

/// Which inquiries a listing shows; nil shows all.
package struct InquiryFilter: Sendable {
    /// nil: the live ones.
    package var state: InquiryState?
    package var queue: QueueIndex?
    package var channel: ChannelIndex?
    package var agent: AgentIndex?
    package var customer: [UInt8]?

    package init() {}
}

extension Engine {
    /// Every live inquiry has a record; the closed ones are in `closed` as well.
    var liveCount: Int {
        Int(totals.submitted - totals.completed - totals.abandoned - totals.cancelled - totals.expired)
    }

    // MARK: Inquiries

    package func knows(_ id: Int64) -> Bool { slot(of: id) != nil }

    /// Whether an inquiry of that id was ever submitted.
    package func wasSubmitted(_ id: Int64) -> Bool { id > 0 && id < nextID }

    package func inquiry(_ id: Int64) -> InquiryRow? { slot(of: id).map { inquiryRow($0, whole: true) } }

    package func state(of id: Int64) -> InquiryState? { slot(of: id).map { inquiries[$0].state } }

    package func source(of id: Int64) -> Int32? { slot(of: id).map { inquiries[$0].source } }

    package func agent(of id: Int64) -> AgentIndex? {
        guard let slot = slot(of: id), inquiries[slot].agent != none else { return nil }
        return inquiries[slot].agent
    }

    package func texts(of id: Int64) -> InquiryTexts? { slot(of: id).map { inquiries[$0].texts } }

    package func wrapUpEnds(of id: Int64) -> Instant? {
        guard let slot = slot(of: id), inquiries[slot].wrapUpEnds != .epoch else { return nil }
        return inquiries[slot].wrapUpEnds
    }

    package func queueName(of id: Int64) -> String? {
        slot(of: id).map { plan.queues[Int(classes[Int(inquiries[$0].requirement)].queue)].name }
    }

    package func priority(of id: Int64) -> Int32? { slot(of: id).map { inquiries[$0].priority } }

    /// The inquiry that a key made.
    package func inquiry(withKey fingerprint: Digest128) -> Int64? {
        keys.find(fingerprint, since: now - Limits.keyWindow)?.inquiry
    }

    package static var positionMax: Int { 100 }

    /// 1 + those of its class with a smaller rank, counted to `positionMax`; nil if it does not wait.
    package func position(of id: Int64) -> Int? {
        guard let slot = slot(of: id), inquiries[slot].state == .waiting else { return nil }
        let requirement = Int(inquiries[slot].requirement)
        let key = waitKey(slot)
        var ahead = classes[requirement].waiting.countSmaller(than: key, limit: Self.positionMax)
        for other in classes[requirement].aside where ahead < Self.positionMax && waitKey(other) < key { ahead += 1 }
        return ahead + 1
    }

    /// How long the inquiry will probably wait from now on (see `WaitingLine`); nil when nobody who could take it is
    /// signed on, or before anybody has left the line of its class.
    package func estimatedWait(of id: Int64) -> TimeSpan? {
        guard let slot = slot(of: id), let place = position(of: id) else { return nil }
        let requirement = Int(inquiries[slot].requirement)
        let channel = Int(classes[requirement].channel)
        guard classes[requirement].able.contains(where: { profiles[Int($0)].signedOn[channel] > 0 }) else { return nil }
        let since = inquiries[slot].linedAt == .epoch ? inquiries[slot].waitingSince : inquiries[slot].linedAt
        return classes[requirement].line.wait(place: place > Self.positionMax ? nil : place, since: since, at: now)
    }

    /// How many records a page of a listing looks at before it ends early.
    package static var examinedMax: Int { 100_000 }

    /// Inquiries in memory by rising id, at most `limit`, after id `after`; `next` is where another page begins.
    package func inquiries(
        _ filter: InquiryFilter, after: Int64, limit: Int
    ) -> (rows: [InquiryRow], next: Int64?) {
        var rows: [InquiryRow] = []
        var position = firstOrder(after: after)
        var examined = 0
        var last = after
        while position < order.count {
            if rows.count == limit || examined == Self.examinedMax { return (rows, last) }
            let entry = order[position]
            position += 1
            examined += 1
            last = entry.id
            if isListed(entry, filter) { rows.append(inquiryRow(entry.slot, whole: true)) }
        }
        return (rows, nil)
    }

    private func firstOrder(after id: Int64) -> Int {
        var low = 0
        var high = order.count
        while low < high {
            let middle = (low + high) / 2
            if order[middle].id <= id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func isListed(_ entry: OrderEntry, _ filter: InquiryFilter) -> Bool {
        guard inquiries.contains(entry.slot), inquiries[entry.slot].id == entry.id else { return false }
        let state = inquiries[entry.slot].state
        guard filter.state.map({ $0 == state }) ?? state.isLive else { return false }
        let requirement = Int(inquiries[entry.slot].requirement)
        if let queue = filter.queue, classes[requirement].queue != queue { return false }
        if let channel = filter.channel, classes[requirement].channel != channel { return false }
        if let agent = filter.agent, inquiries[entry.slot].agent != agent { return false }
        if let customer = filter.customer, !inquiries[entry.slot].texts.customer.elementsEqual(customer) {
            return false
        }
        return true
    }

    // MARK: Agents

    /// One more than the highest number of an agent; some of those below are deleted.
    package var agentCount: Int { agents.count }

    package func isDeleted(_ agent: AgentIndex) -> Bool { agents[Int(agent)].isDeleted }

    /// What admins say of the agents there are. O(agents).
    package var agentDefinitions: [AgentDefinition] {
        agents.indices.filter { !agents[$0].isDeleted }.map { agentTexts[$0].definition }
    }

    package func name(of agent: AgentIndex) -> String { agentTexts[Int(agent)].id }

    package func state(of agent: AgentIndex) -> AgentState { agents[Int(agent)].state }

    package func team(of agent: AgentIndex) -> String { agentTexts[Int(agent)].definition.team }

    package func view(of agent: AgentIndex) -> AgentView {
        let record = agents[Int(agent)]
        var work: [(channel: String, count: Int32, limit: Int32)] = []
        for (index, channel) in plan.channels.enumerated() {
            let position = Int(agent) * stride + index
            if counts[position] > 0 { work.append((channel.name, counts[position], limits[position])) }
        }
        return AgentView(
            row: agentRow(agent, whole: false), definition: agentTexts[Int(agent)].definition,
            isInGrace: record.isInGrace,
            used: record.used, work: work)
    }

    /// What the agent has: offers, assigned and held work and wrap-ups, by rising id.
    package func workViews(of agent: AgentIndex) -> [WorkView] {
        work(of: agent).map { slot in
            let record = inquiries[slot]
            let kind: WorkView.Kind =
                switch record.state {
                case .offered: .offered(expires: record.isFrozen ? nil : record.offerExpires)
                case .completed: .wrapUp(ends: record.wrapUpEnds)
                case .held: .held
                case .assigned, .scheduled, .waiting, .abandoned, .cancelled, .expired: .assigned
                }
            let channel = plan.channels[Int(classes[Int(record.requirement)].channel)].name
            return WorkView(id: record.id, channel: channel, since: record.stateSince, kind: kind)
        }
    }

    /// The offer of a restart that waits for its agent stands still; others run.
    package func offers(of agent: AgentIndex) -> [(id: Int64, queue: String, channel: String, expires: Instant)] {
        work(of: agent).compactMap { slot in
            let record = inquiries[slot]
            guard record.state == .offered, !record.isFrozen else { return nil }
            let requirement = Int(record.requirement)
            return (
                record.id, plan.queues[Int(classes[requirement].queue)].name,
                plan.channels[Int(classes[requirement].channel)].name, record.offerExpires
            )
        }
    }

    /// Whether the agent has that skill, at whatever level.
    package func has(_ agent: AgentIndex, skill: String) -> Bool {
        agentTexts[Int(agent)].definition.skills.contains { $0.skill == skill }
    }

    package func census() -> Census {
        var census = Census()
        for lane in figures.lanes.indices {
            census.waiting += Int(figures.count(.waiting, lane: lane))
            census.offered += Int(figures.count(.offered, lane: lane))
            census.assigned += Int(figures.count(.assigned, lane: lane))
            census.held += Int(figures.count(.held, lane: lane))
            census.scheduled += Int(figures.count(.scheduled, lane: lane))
        }
        census.closedInMemory = closed.count
        census.withExclusions = excluding.count
        for list in wanted { census.forPreferred += list.count }
        census.agents = agentsAlive
        for agent in agents.indices {
            if agents[agent].state == .ready { census.ready += 1 }
            if agents[agent].state == .away { census.away += 1 }
        }
        census.classes = classIndex.count
        census.profiles = profileIndex.count
        census.timers = timers.count
        census.keys = keys.count
        census.totals = totals
        return census
    }
}

extension Engine {
    package var isDrainingNow: Bool { isDraining }

    /// Whether the agent may be given work of the channel at all.
    package func isAllowed(_ agent: AgentIndex, on channel: ChannelIndex) -> Bool {
        limits[Int(agent) * stride + Int(channel)] > 0
    }
}
