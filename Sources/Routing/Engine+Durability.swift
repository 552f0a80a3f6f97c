import DequeModule

// What the store is given, and how the engine goes on from it.

extension Engine {
    /// The engine's own row, as of the last step.
    package var row: EngineRow {
        EngineRow(
            seq: seq, nextID: nextID, clock: now, totals: totals, isDraining: isDraining,
            pausedQueues: pausedQueueNames)
    }

    /// Whether anything changed since the last call of `takeChanges`, events aside.
    package var hasChanges: Bool {
        !changedInquiries.isEmpty || !changedAgents.isEmpty || !deletedAgents.isEmpty || !newKeys.isEmpty
            || !lastRows.isEmpty || figures.hasRows || agentTimes.hasRows
            || surveyMark != nil
    }

    /// Hands over the rows that changed since the last call, each once, as they are now; the events are the caller's.
    /// What was handed over before is committed by now: closed inquiries past their limit or time leave memory first,
    /// those of which the store has the last word.
    package mutating func takeChanges(into changes: inout Changes) {
        forgetClosed()
        for changed in changedInquiries.indices {
            let slot = changedInquiries[changed]
            let mark = inquiries[slot].mark
            let isWhole = mark != .changed || inquiries[slot].isReadBack
            changes.inquiries.append(inquiryRow(slot, isNew: mark == .new, whole: isWhole, forStore: true))
            inquiries[slot].mark = .clean
            // A live one stands where live ones stand, and stays there until it is closed and released anew.
            if inquiries[slot].state.isLive { inquiries[slot].isReadBack = false }
        }
        changedInquiries.removeAll()
        for changed in changedAgents.indices {
            let agent = changedAgents[changed]
            changes.agents.append(agentRow(agent, whole: agents[Int(agent)].mark == .new))
            agents[Int(agent)].mark = .clean
        }
        changedAgents.removeAll()
        changes.deletedAgents += deletedAgents
        deletedAgents.removeAll(keepingCapacity: true)
        changes.keys.append(contentsOf: newKeys)
        newKeys.removeAll(keepingCapacity: true)
        changes.inquiries += lastRows
        lastRows.removeAll()
        if let mark = surveyMark { changes.surveyMark = mark }
        surveyMark = nil
        changes.figures += figures.takeRows()
        for (agent, tally) in agentTimes.takeRows() {
            changes.agentFigures.append(AgentFigureRow(agent: agentTexts[Int(agent)].id, tally: tally))
        }
        changes.released += released
        released.removeAll(keepingCapacity: true)
    }

    /// Drops what closed long ago, unless the store still has to be told of it: who fetches it back from there must not
    /// get it as it was before.
    private mutating func forgetClosed() {
        while let entry = closed.first {
            guard closed.count > Limits.closedInquiries || entry.at + Limits.closedWindow < now else { return }
            // One that was reopened since is listed anew when it is closed again.
            let isClosed =
                inquiries.contains(entry.slot) && inquiries[entry.slot].id == entry.id
                && !inquiries[entry.slot].state.isLive && inquiries[entry.slot].closedAt == entry.at
            if isClosed && (inquiries[entry.slot].wrapUpEnds != .epoch || inquiries[entry.slot].mark != .clean) {
                return
            }
            closed.removeFirst()
            if isClosed { forget(entry.slot) }
        }
    }

    mutating func forget(_ slot: UInt32) {
        released.append(ClosedInquiry(id: inquiries[slot].id, closedAt: inquiries[slot].closedAt))
        inquiryIndex.remove(inquiries[slot].id)
        if inquiries[slot].trail != none { trails.remove(inquiries[slot].trail) }
        if inquiries[slot].particulars != none { particulars.remove(inquiries[slot].particulars) }
        if inquiries[slot].stay != none { stays.remove(inquiries[slot].stay) }
        forgetClocks(slot)
        unlinkCustomer(slot)
        release(requirement: inquiries[slot].requirement)
        inquiries.remove(slot)
        if order.count > 1_024 && order.count > 2 * inquiries.count { compactOrder() }
    }

    private mutating func compactOrder() {
        var kept = Table<OrderEntry>()
        for index in order.indices {
            let entry = order[index]
            if inquiries.contains(entry.slot) && inquiries[entry.slot].id == entry.id { kept.append(entry) }
        }
        order = kept
    }

    /// The row of an inquiry. `forStore`: as it is written, not as it is shown.
    @inline(__always)
    func inquiryRow(_ slot: UInt32, isNew: Bool = false, whole: Bool, forStore: Bool = false) -> InquiryRow {
        let requirement = Int(inquiries[slot].requirement)
        let agent = inquiries[slot].agent
        let trail = inquiries[slot].trail
        let stay = inquiries[slot].stay
        let clocks = inquiries[slot].clocks
        // Everything in one call: changing the row afterwards would copy it.
        return InquiryRow(
            id: inquiries[slot].id, isNew: isNew, definition: whole ? definition(slot) : nil,
            state: inquiries[slot].state,
            stateSince: inquiries[slot].stateSince, queueName: queueNames[Int(classes[requirement].queue)],
            priority: inquiries[slot].priority, queuedAt: inquiries[slot].queuedAt,
            waitingSince: inquiries[slot].waitingSince, rank: inquiries[slot].rank,
            agentName: agent == none ? .empty : agents[Int(agent)].name,
            offerExpires: offerExpires(slot, forStore: forStore), acceptedAt: inquiries[slot].acceptedAt.unlessEpoch,
            closedAt: inquiries[slot].closedAt.unlessEpoch, wrapUpEnds: inquiries[slot].wrapUpEnds.unlessEpoch,
            disposition: inquiries[slot].disposition, outcome: inquiries[slot].outcome,
            excluded: trail == none ? [] : trails[trail].excluded.map { agentTexts[Int($0)].id },
            excludedAt: trail == none ? nil : trails[trail].excludedAt.unlessEpoch,
            passed: trail == none ? [] : trails[trail].passed.map { agentTexts[Int($0)].id },
            decisionSeq: inquiries[slot].decisionSeq, waitedBefore: stay == none ? .zero : stays[stay].waitedBefore,
            stepsDone: stay == none ? 0 : stays[stay].stepsDone, moves: stay == none ? 0 : stays[stay].moves,
            hasResponse: inquiries[slot].hasResponse, isReopened: inquiries[slot].isReopened,
            worked: worked(slot),
            clocks: clocks == none ? [] : clockRows(clocks), isReadBack: forStore && inquiries[slot].isReadBack)
    }

    private func clockRows(_ set: UInt32) -> [ClockRow] {
        Metric.allCases.compactMap { clockSets[set].clocks[Int($0.rawValue)].row($0) }
    }

    private func offerExpires(_ slot: UInt32, forStore: Bool) -> Instant? {
        guard inquiries[slot].state == .offered else { return nil }
        let expires = inquiries[slot].offerExpires
        return inquiries[slot].isFrozen && !forStore ? now + (expires - .epoch) : expires
    }

    private func definition(_ slot: UInt32) -> InquiryDefinition {
        let requirement = Int(inquiries[slot].requirement)
        var definition = InquiryDefinition(
            source: inquiries[slot].source, channel: channelName(slot).string, skills: classes[requirement].levels,
            submittedAt: inquiries[slot].submittedAt, holdUntil: inquiries[slot].holdUntil.unlessEpoch,
            texts: inquiries[slot].texts)
        var preferred = inquiries[slot].preferred
        let number = inquiries[slot].particulars
        if number != none {
            definition.prefer = particulars[number].preferLevels
            definition.scheduledAt = particulars[number].scheduledAt.unlessEpoch
            definition.hold = particulars[number].hold
            definition.csat = particulars[number].csat
            definition.nps = particulars[number].nps
            definition.comment = particulars[number].comment
            definition.failed = particulars[number].failed
            if particulars[number].agent != none { preferred = particulars[number].agent }
        }
        let stay = inquiries[slot].stay
        if stay != none {
            // In an order of their own: that of a class goes by the numbers of skills, which a start gives anew.
            definition.parts = stays[stay].parts.map {
                PartRow(skill: skillNames[$0.skill], level: $0.level, source: $0.source)
            }
            definition.parts = definition.parts.enumerated()
                .sorted { ($0.element.skill, $0.offset) < ($1.element.skill, $1.offset) }.map(\.element)
        }
        let clocks = inquiries[slot].clocks
        if clocks != none {
            definition.policy = policies[Int(clockSets[clocks].policy)].name.string
            definition.policyVersion = policies[Int(clockSets[clocks].policy)].version
        }
        if preferred != none { definition.preferred = agentTexts[Int(preferred)].id }
        return definition
    }

    func agentRow(_ agent: AgentIndex, whole: Bool) -> AgentRow {
        let record = agents[Int(agent)]
        let texts = agentTexts[Int(agent)]
        return AgentRow(
            id: texts.id, number: texts.number, definition: whole ? texts.definition : nil, state: record.state,
            awayReason: texts.awayReason, stateSince: record.stateSince, channelsOn: channelsOnNames(agent),
            idleSince: record.idleSince, missedInRow: record.missedInRow, time: agentTimes.row(of: agent))
    }

    /// nil: all of them.
    func channelsOnNames(_ agent: AgentIndex) -> [String]? {
        let on = agents[Int(agent)].channelsOn
        if on == .all { return nil }
        return plan.channels.indices.filter { on.contains(ChannelIndex($0)) }.map { plan.channels[$0].name }
    }

    // MARK: Recovery

    /// An engine that goes on where the store says that another stopped.
    ///
    /// Signed-on agents are in grace from `now` on; their open offers stand still, with what was left of them at the
    /// last committed batch, until they are back. Throws when the plan lacks a channel or queue that is in use.
    /// - Parameter earlier: the versions of the plan whose policies some of the inquiries still go by.
    package init(
        plan: CompiledPlan, earlier: [CompiledPlan] = [], recovered: Recovered, at now: Instant
    ) throws(Rejection) {
        self.init(plan: plan, at: max(now, recovered.engine.clock))
        for version in earlier { takeOn(policiesOf: version) }
        seq = recovered.engine.seq
        nextID = recovered.engine.nextID
        totals = recovered.engine.totals
        isDraining = recovered.engine.isDraining
        for row in recovered.agents { try restore(row, stoppedAt: recovered.engine.clock) }
        restoreFigures(recovered.days)
        for name in recovered.engine.pausedQueues {
            if let queue = queue(named: ArraySlice(name.utf8)) { paused[Int(queue)] = true }
        }
        var waiting = ContiguousArray<UInt32>()
        for row in recovered.inquiries {
            let slot = try restore(row, stoppedAt: recovered.engine.clock)
            if row.state == .waiting || row.state == .offered { waiting.append(slot) }
        }
        waiting.sort {
            (inquiries[$0].waitingSince, inquiries[$0].id) < (inquiries[$1].waitingSince, inquiries[$1].id)
        }
        for slot in waiting {
            linkLane(slot)
            watchSteps(slot)
        }
        for slot in 0..<inquiries.end where inquiries.contains(slot) {
            if inquiries[slot].clocks != none && inquiries[slot].state.isLive { watchClocks(slot) }
        }
        for row in recovered.keys { keys.insert(row) }
        restoreSurveys(recovered.surveys, isMarked: recovered.hasSurveyMark)
        for agent in agents.indices where !agents[agent].isDeleted {
            if agents[agent].state != .offline { startGrace(AgentIndex(agent)) }
            refreshRooms(AgentIndex(agent))
            updateActivity(AgentIndex(agent))
        }
    }

    private mutating func restoreFigures(_ days: [DayFigures]) {
        figures.restore(days) { [queueNames, channelNames, stride] row in
            guard let queue = queueNames.firstIndex(of: row.queue),
                let channel = channelNames.firstIndex(of: row.channel)
            else { return nil }
            return queue * stride + channel
        }
    }

    private mutating func restore(_ row: AgentRow, stoppedAt: Instant) throws(Rejection) {
        precondition(row.number >= nextAgentNumber, "agents come back in the order of their creation")
        let definition = row.definition ?? AgentDefinition()
        let profile = try joinProfile(
            skills: requirements(of: definition), channels: channelSet(of: definition), team: definition.team)
        let agent = addAgent(row.id, number: row.number, profile: profile)
        define(agent, definition)
        agents[Int(agent)].state = row.state
        agentTexts[Int(agent)].awayReason = row.awayReason
        agents[Int(agent)].stateSince = row.stateSince
        agents[Int(agent)].idleSince = row.idleSince
        agents[Int(agent)].missedInRow = row.missedInRow
        if row.time.activity != .none {
            figures.add(row.time.activity, from: row.time.since, until: stoppedAt)
            touch(agent: agent)
        }
        agentTimes.restore(row.time, of: agent, stoppedAt: stoppedAt, at: now)
        if let on = row.channelsOn {
            var set = ChannelSet.none
            for name in on {
                if let channel = channel(named: ArraySlice(name.utf8)) { set.insert(channel) }
            }
            agents[Int(agent)].channelsOn = set
        }
    }

    /// Longer than any offer may last.
    private static var offerTimeoutMax: TimeSpan { .days(1) }

    /// Puts a row of the store into memory: a live one to its place, a closed one for questions.
    private mutating func restore(_ row: InquiryRow, stoppedAt: Instant) throws(Rejection) -> UInt32 {
        guard let definition = row.definition else { preconditionFailure("a row from the store is whole") }
        guard let channel = channel(named: ArraySlice(definition.channel.utf8)) else {
            throw Rejection(.badArgument, "the plan lacks channel \(definition.channel) of inquiry \(row.id)")
        }
        guard let queue = queue(named: ArraySlice(row.queue.utf8)) else {
            throw Rejection(.badArgument, "the plan lacks queue \(row.queue) of inquiry \(row.id)")
        }
        let skills = try requirements(definition.skills)
        let requirement = try internClass(queue: queue, channel: channel, skills: Array(skills))
        retain(requirement: requirement)
        var record = Inquiry(
            id: row.id, rank: row.rank, waitingSince: row.waitingSince, queuedAt: row.queuedAt,
            stateSince: row.stateSince, requirement: requirement, state: row.state, priority: row.priority,
            texts: definition.texts, source: definition.source, submittedAt: definition.submittedAt)
        record.acceptedAt = row.acceptedAt ?? .epoch
        record.closedAt = row.closedAt ?? .epoch
        record.disposition = row.disposition
        record.outcome = row.outcome
        record.decisionSeq = row.decisionSeq
        record.isReadBack = !row.state.isLive
        record.hasResponse = row.hasResponse
        record.isReopened = row.isReopened
        if !row.agent.isEmpty { record.agent = agent(orGhost: row.agent) }
        let slot = insert(record)
        try restoreParticulars(of: definition, slot)
        if row.worked > .zero {
            let particulars = particulars(of: slot)
            self.particulars[particulars].worked = row.worked
        }
        try restoreStay(of: row, definition, slot)
        restoreClocks(of: row, definition, slot)
        restoreTrail(of: row, slot)
        restorePlace(of: row, slot, stoppedAt: stoppedAt)
        return slot
    }

    mutating func requirements(_ levels: [SkillLevel]) throws(Rejection) -> ContiguousArray<SkillRequirement> {
        var skills = ContiguousArray<SkillRequirement>()
        for entry in levels {
            guard let skill = skill(named: entry.skill) else {
                throw Rejection(.limit, "\(Limits.skills) skills are in use already", field: "skills")
            }
            skills.append(SkillRequirement(skill: skill, level: entry.level))
        }
        skills.sort { $0.skill < $1.skill }
        return skills
    }

    /// The agent of that name, deleted or not.
    private mutating func agent(orGhost name: String) -> AgentIndex {
        if let known = agentNames.find(name) { return known }
        let hash = StableHash.of(name.utf8)
        if let ghost = ghosts.find(hash: hash, where: { agentTexts[Int($0)].id == name }) { return ghost }
        guard agents.count < 2 * Limits.agents else { return none }
        let ghost = addAgent(name, number: nextAgentNumber, profile: none)
        nextAgentNumber -= 1
        agentsAlive -= 1
        agents[Int(ghost)].isDeleted = true
        agentNames.forget(ghost)
        bury(ghost)
        return ghost
    }

    private mutating func restoreParticulars(of definition: InquiryDefinition, _ slot: UInt32) throws(Rejection) {
        let agent = definition.preferred.isEmpty ? none : agentNames.find(definition.preferred) ?? none
        if inquiries[slot].state == .scheduled {
            let particulars = particulars(of: slot)
            self.particulars[particulars].scheduledAt = definition.scheduledAt ?? .epoch
            self.particulars[particulars].agent = agent
            self.particulars[particulars].hold = definition.hold
        } else if agent != none {
            inquiries[slot].preferred = agent
            inquiries[slot].holdUntil = definition.holdUntil ?? .epoch
        }
        if !definition.prefer.isEmpty { setPrefer(slot, Array(try requirements(definition.prefer))) }
        if !definition.failed.isEmpty {
            let particulars = particulars(of: slot)
            self.particulars[particulars].failed = definition.failed
        }
        if definition.csat != nil || definition.nps != nil || !definition.comment.isEmpty {
            let particulars = particulars(of: slot)
            self.particulars[particulars].csat = definition.csat
            self.particulars[particulars].nps = definition.nps
            self.particulars[particulars].comment = definition.comment
        }
    }

    private mutating func restoreStay(
        of row: InquiryRow, _ definition: InquiryDefinition, _ slot: UInt32
    ) throws(Rejection) {
        var demand = demand(of: slot)
        if !definition.parts.isEmpty {
            demand.parts = []
            for part in definition.parts {
                guard let skill = skill(named: part.skill) else {
                    throw Rejection(.limit, "\(Limits.skills) skills are in use already", field: "skills")
                }
                demand.parts.append(RequirementPart(skill: skill, level: part.level, source: part.source))
            }
        }
        let isPlain = definition.parts.isEmpty && row.stepsDone == 0 && row.moves == 0
        if isPlain && !hasSteps(demand.queue) { return }
        let stay = stay(of: slot)
        stays[stay].parts = demand.parts
        stays[stay].waitedBefore = row.waitedBefore
        stays[stay].stepsDone = row.stepsDone
        stays[stay].moves = row.moves
    }

    private mutating func restoreTrail(of row: InquiryRow, _ slot: UInt32) {
        guard !row.excluded.isEmpty || !row.passed.isEmpty || row.excludedAt != nil else { return }
        let trail = trail(of: slot)
        trails[trail].excluded = ContiguousArray(row.excluded.compactMap { agentNames.find($0) })
        trails[trail].passed = ContiguousArray(row.passed.compactMap { agentNames.find($0) })
        trails[trail].excludedAt = row.excludedAt ?? .epoch
        if row.state.isLive && !trails[trail].excluded.isEmpty {
            trails[trail].excludingPosition = UInt32(excluding.count)
            excluding.append(slot)
        }
    }

    private mutating func restorePlace(of row: InquiryRow, _ slot: UInt32, stoppedAt: Instant) {
        let agent = inquiries[slot].agent
        figures.enter(row.state, lane: lane(of: slot))
        switch row.state {
        case .scheduled:
            let due = particulars[inquiries[slot].particulars].scheduledAt
            inquiries[slot].timer = startTimer(.scheduled, owner: slot, id: row.id, due: due)
        case .waiting:
            if inquiries[slot].preferred != none {
                standForPreferred(slot)
            } else {
                inquiries[slot].linedAt = inquiries[slot].waitingSince
                enqueue(slot)
            }
        case .offered:
            takeUp(slot, agent)
            inquiries[slot].isFrozen = true
            let expires = row.offerExpires ?? stoppedAt
            let wasFrozen = expires < .epoch + Self.offerTimeoutMax
            inquiries[slot].offerExpires = wasFrozen ? expires : .epoch + max(expires - stoppedAt, .zero)
            touch(inquiry: slot)
        case .assigned, .held:
            takeUp(slot, agent)
            if occupies(slot) { agents[Int(agent)].busyCount += 1 }
        case .completed:
            if let ends = row.wrapUpEnds {
                takeUp(slot, agent)
                agents[Int(agent)].busyCount += 1
                agents[Int(agent)].wrapUps += 1
                inquiries[slot].wrapUpEnds = ends
                inquiries[slot].timer = startTimer(.wrapUp, owner: slot, id: row.id, due: ends)
            }
            closed.append(ClosedEntry(id: row.id, slot: slot, at: inquiries[slot].closedAt))
        case .abandoned, .cancelled, .expired:
            closed.append(ClosedEntry(id: row.id, slot: slot, at: inquiries[slot].closedAt))
        }
    }

    /// Takes in a closed inquiry that had left memory, so that a command or a question about it finds it.
    package mutating func recall(_ row: InquiryRow) {
        guard slot(of: row.id) == nil, !row.state.isLive else { return }
        // A plan that has dropped the row's channel or queue leaves it unknown here: the answer is `not_found`.
        _ = try? restore(row, stoppedAt: now)
    }
}

extension Instant {
    /// nil where the epoch stands for "not yet".
    var unlessEpoch: Instant? { self == .epoch ? nil : self }
}
