// Work is handed on, taken back, changed, given by hand or pulled.

extension Engine {
    // MARK: TRANSFER

    /// The agent hands its work on. It keeps its age; the giver does not get it back for a while.
    mutating func hand(
        on id: Int64, _ giver: AgentIndex, _ transfer: Transfer, into output: inout Output
    ) throws(Rejection) -> Reply {
        let slot = try requireWork(id, of: giver)
        if let receiver = transfer.agent, receiver == giver {
            throw Rejection(.badArgument, "the receiver has it already", field: "agent")
        }
        let demand = demand(of: slot, queue: transfer.queue, skills: transfer.skills)
        let requirement = try requirement(of: demand, on: classes[Int(inquiries[slot].requirement)].channel)
        let entersQueue = classes[Int(requirement)].queue != classes[Int(inquiries[slot].requirement)].queue
        let changes = requirement != inquiries[slot].requirement
        if changes { retain(requirement: requirement) }
        let handled = requeue(slot)
        if changes { clearExclusions(slot) }
        adopt(demand, requirement, slot)
        exclude(slot, giver)
        rerank(slot)
        var more: [EventDetail] = []
        if transfer.skills != nil { more.append(EventDetail(.skills, .levels(classes[Int(requirement)].levels))) }
        if let receiver = transfer.agent {
            unexclude(slot, receiver)
            let preference = Preference(agent: receiver, length: usualHold(slot), isContinuity: false)
            prefer(preference, slot)
            more += details(of: preference)
        }
        emit(.transferred, inquiry: slot, agent: giver, into: &output) {
            $0.text = transfer.reason
            $0.first = handled.microseconds
            $0.more = more
        }
        if entersQueue { tellOfEntry(.queued, slot, nil, into: &output) }
        refreshRooms(giver)
        place(slot, into: &output)
        fill(giver, isFresh: true, into: &output)
        return reply(slot)
    }

    // MARK: REQUEUE

    /// A supervisor takes an inquiry back to its queue; whoever had it does not get it back for a while.
    mutating func takeBack(
        _ id: Int64, priority: Int32?, into output: inout Output
    ) throws(Rejection) -> Reply {
        let slot = try requireSlot(of: id)
        let agent = inquiries[slot].agent
        var handled = TimeSpan.zero
        switch inquiries[slot].state {
        case .waiting:
            var change = InquiryChange()
            if let priority { change.priority = .set(priority) }
            return try update(id, change, into: &output)
        case .offered: withdraw(slot, reason: .forced, into: &output)
        case .assigned, .held: handled = requeue(slot)
        case .scheduled, .completed, .abandoned, .cancelled, .expired:
            throw conflict(slot, "only an inquiry that waits, is offered, assigned or held can be requeued")
        }
        exclude(slot, agent)
        if inquiries[slot].preferred != none { release(slot, .forced, into: &output) }
        var more: [EventDetail] = []
        if let priority {
            inquiries[slot].priority = priority
            rerank(slot)
            more.append(EventDetail(.priority, .integer(Int64(priority))))
        }
        emit(.requeued, inquiry: slot, agent: agent, into: &output) {
            $0.reason = .forced
            $0.first = handled.microseconds
            $0.more = more
        }
        refreshRooms(agent)
        place(slot, into: &output)
        fill(agent, isFresh: true, into: &output)
        return reply(slot)
    }

    // MARK: UPDATE

    mutating func update(_ id: Int64, _ change: InquiryChange, into output: inout Output) throws(Rejection) -> Reply {
        let slot = try requireSlot(of: id)
        guard inquiries[slot].state.isLive else { throw conflict(slot, "a closed inquiry cannot be changed") }
        let old = inquiries[slot].requirement
        var queue: QueueIndex?
        if case .set(let wanted) = change.queue { queue = wanted }
        var skills: [SkillRequirement]?
        if case .set(let wanted) = change.skills { skills = wanted }
        var change = change
        var more: [EventDetail] = []
        var demand = demand(of: slot, queue: queue, skills: skills)
        let input = change.reroutes ? resubmission(of: slot, demand, change) : nil
        if let input {
            let admission = reroute(input, slot, &demand)
            change.priority = .set(admission.priority)
            change.prefer = .set(admission.prefer)
            if inquiries[slot].particulars != none { particulars[inquiries[slot].particulars].failed = [] }
            rememberFailed(admission.failed.map { "rule:" + $0 }, slot)
            more = details(of: admission)
        }
        let requirement = try requirement(of: demand, on: classes[Int(old)].channel)
        let entersQueue = classes[Int(requirement)].queue != classes[Int(old)].queue
        let waits = inquiries[slot].state == .waiting
        if requirement != old { retain(requirement: requirement) }
        if waits { dequeue(slot) }
        if requirement != old { clearExclusions(slot) }
        adopt(demand, requirement, slot)
        if case .set(let priority) = change.priority, priority != inquiries[slot].priority {
            inquiries[slot].priority = priority
            more.append(EventDetail(.priority, .integer(Int64(priority))))
        }
        if classes[Int(old)].skills != classes[Int(requirement)].skills {
            more.append(EventDetail(.skills, .levels(classes[Int(requirement)].levels)))
        }
        more += apply(change, to: slot)
        if let input {
            more.insert(EventDetail(.reroute, .flag(true)), at: 0)
            repin(slot, input, into: &output)
            if let policy = policyName(slot) { more.append(EventDetail(.policy, .name(policy.string))) }
        }
        if !more.isEmpty || entersQueue {
            touch(inquiry: slot, definition: true)
            rerank(slot)
            emit(.updated, inquiry: slot, into: &output) { $0.more = more }
            if entersQueue, inquiries[slot].state != .scheduled {
                tellOfEntry(.queued, slot, nil, into: &output)
            }
        }
        if waits {
            place(slot, into: &output)
        } else if inquiries[slot].state == .offered {
            withdrawMisfit(slot, into: &output)
        }
        return reply(slot)
    }

    /// The inquiry as if it came now. What it asks for by itself or by hand beats the rules, as at its submission.
    func resubmission(of slot: UInt32, _ demand: Demand, _ change: InquiryChange) -> Submission {
        let requirement = Int(inquiries[slot].requirement)
        let own = demand.parts.filter { $0.source == .request || $0.source == .hand }
        var submission = Submission(
            source: inquiries[slot].source, channel: classes[requirement].channel,
            skills: Demand(queue: demand.queue, parts: ContiguousArray(own)).skills, texts: inquiries[slot].texts)
        let known = inquiries[slot].particulars
        if known != none { submission.prefer = Array(particulars[known].prefer) }
        if case .set(let queue) = change.queue { submission.queue = queue }
        if case .set(let priority) = change.priority { submission.priority = priority }
        if case .set(let prefer) = change.prefer { submission.prefer = prefer }
        if case .set(let texts) = change.texts {
            let old = inquiries[slot].texts
            submission.texts = InquiryTexts(
                key: Array(old.key), customer: Array(old.customer), subject: Array(texts.subject),
                attributes: Array(texts.attributes))
        }
        return submission
    }

    /// What rules and queue make of it now. What no rule gives stays as it is.
    private mutating func reroute(_ submission: Submission, _ slot: UInt32, _ demand: inout Demand) -> Admission {
        let own = demand.parts
        let admission = admit(byRules: submission, else: demand.queue, inquiries[slot].priority)
        demand = admission.demand
        for part in demand.parts.indices where demand.parts[part].source == .request {
            let skill = demand.parts[part].skill
            if own.contains(where: { $0.skill == skill && $0.source == .hand }) { demand.parts[part].source = .hand }
        }
        return admission
    }

    /// Takes in what does not change the requirement. Returns what is told of it.
    private mutating func apply(_ change: InquiryChange, to slot: UInt32) -> [EventDetail] {
        var more: [EventDetail] = []
        if case .set(let prefer) = change.prefer {
            let levels = names(of: prefer)
            let known = inquiries[slot].particulars
            if levels != (known == none ? [] : particulars[known].preferLevels) {
                setPrefer(slot, prefer)
                more.append(EventDetail(.prefer, .levels(levels)))
            }
        }
        if case .set(let texts) = change.texts {
            let old = inquiries[slot].texts
            var fields: [String] = []
            if texts.subject != old.subject { fields.append("subject") }
            if texts.attributes != old.attributes { fields.append("attrs") }
            if !fields.isEmpty {
                inquiries[slot].texts = InquiryTexts(
                    key: Array(old.key), customer: Array(old.customer), subject: Array(texts.subject),
                    attributes: Array(texts.attributes))
                more.append(EventDetail(.fields, .name(fields.joined(separator: ","))))
            }
        }
        return more
    }

    /// Withdraws the offer if its agent does not meet the requirement any more.
    mutating func withdrawMisfit(_ slot: UInt32, into output: inout Output) {
        let agent = inquiries[slot].agent
        let requirement = Int(inquiries[slot].requirement)
        let isPaused = paused[Int(classes[requirement].queue)]
        if !isPaused, meets(profile: Int(agents[Int(agent)].profile), requirement: requirement) { return }
        withdraw(slot, reason: isPaused ? .paused : .changed, into: &output)
        refreshRooms(agent)
        place(slot, into: &output)
        fill(agent, isFresh: true, into: &output)
    }

    // MARK: NEXT and ASSIGN

    /// The agent pulls the best that fits it; being away does not hinder.
    mutating func next(
        _ agent: AgentIndex, channel: ChannelIndex?, into output: inout Output
    ) throws(Rejection) -> Reply {
        try requirePresence(agent)
        guard let slot = mostUrgent(for: agent, pull: channel.map { .channel($0) } ?? .any) else { return .nothing }
        dequeue(slot)
        assign(slot, to: .single(agent), .next, isOver: false, into: &output)
        refreshRooms(agent)
        return reply(slot)
    }

    /// A supervisor gives the inquiry to an agent who can do it; `force` passes over room and over being away.
    mutating func assign(
        _ id: Int64, _ agent: AgentIndex, force: Bool, into output: inout Output
    ) throws(Rejection) -> Reply {
        let slot = try requireSlot(of: id)
        guard inquiries[slot].state == .waiting || inquiries[slot].state == .offered else {
            throw conflict(slot, "only an inquiry that waits or is offered can be assigned")
        }
        try requirePresence(agent)
        let requirement = Int(inquiries[slot].requirement)
        let name = agentTexts[Int(agent)].id
        guard meets(profile: Int(agents[Int(agent)].profile), requirement: requirement) else {
            throw Rejection(.conflict, "\(name) does not meet what the inquiry requires", field: "agent")
        }
        let holder = inquiries[slot].agent
        let channel = classes[requirement].channel
        // What is offered to the agent has its room already.
        let hasSpace = holder == agent || hasSpace(agent, on: channel)
        let isOpen = agents[Int(agent)].state == .ready && agents[Int(agent)].channelsOn.contains(channel)
        guard force || (hasSpace && isOpen) else {
            throw Rejection(
                .conflict, isOpen ? "\(name) has no room" : "\(name) takes no such work now", field: "agent")
        }
        if inquiries[slot].state == .waiting {
            dequeue(slot)
        } else if holder == agent {
            cancelTimer(inquiries[slot].timer)
            inquiries[slot].isFrozen = false
            endOffer(slot)
        } else {
            withdraw(slot, reason: .forced, into: &output)
        }
        assign(slot, to: .single(agent), force ? .force : .assign, isOver: !hasSpace, into: &output)
        refreshRooms(agent)
        if holder != none, holder != agent { fill(holder, into: &output) }
        return reply(slot)
    }

    /// By hand nothing is given to who is not there.
    private func requirePresence(_ agent: AgentIndex) throws(Rejection) {
        let name = agentTexts[Int(agent)].id
        if agents[Int(agent)].state == .offline { throw Rejection(.conflict, "\(name) is offline", field: "agent") }
        if agents[Int(agent)].isInGrace {
            throw Rejection(.conflict, "\(name) has lost the connection", field: "agent")
        }
    }
}
