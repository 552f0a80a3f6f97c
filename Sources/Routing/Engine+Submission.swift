// An inquiry comes: it is taken in, scheduled or put into its queue.

extension Engine {
    mutating func submit(_ submission: Submission, into output: inout Output) throws(Rejection) -> Reply {
        keys.forget(before: now - Limits.keyWindow)
        if let key = submission.key, let known = keys.find(key.fingerprint, since: now - Limits.keyWindow) {
            guard known.request == key.request else {
                throw Rejection(
                    .conflict, "this key was used for another request, inquiry \(known.inquiry)", field: "key")
            }
            return .submitted(id: known.inquiry, duplicate: true)
        }
        try checkLimits(submission)
        // Most plans have no rules, and most queues ask for nothing.
        let isPlain = isPlain[Int(submission.queue ?? plan.defaultQueue)]
        let admission = isPlain ? nil : try admit(submission)
        let requirement =
            if let admission {
                try requirement(of: admission.demand, on: submission.channel)
            } else {
                try internClass(
                    queue: submission.queue ?? plan.defaultQueue, channel: submission.channel,
                    skills: submission.skills)
            }
        retain(requirement: requirement)
        let id = nextID
        nextID += 1
        totals.submitted += 1
        let input = plan.policies.isEmpty ? nil : ruleInput(of: submission)
        let queue = classes[Int(requirement)].queue
        let priority = admission?.priority ?? submission.priority ?? plan.defaultPriority
        let isScheduled = submission.at.map { $0 > now } ?? false
        let slot = insert(
            Inquiry(
                id: id,
                rank: plan.rank(queuedAt: now, queue: queue, channel: submission.channel, priority: priority),
                waitingSince: now, queuedAt: now, stateSince: now, requirement: requirement,
                state: isScheduled ? .scheduled : .waiting, mark: .new, priority: priority, texts: submission.texts,
                source: submission.source, submittedAt: now))
        changedInquiries.append(slot)
        if let key = submission.key {
            let row = KeyRow(fingerprint: key.fingerprint, request: key.request, inquiry: id, at: now)
            keys.insert(row)
            newKeys.append(row)
        }
        let prefer = admission?.prefer ?? submission.prefer
        if !prefer.isEmpty { setPrefer(slot, prefer) }
        if let admission {
            keep(admission.demand, slot)
            rememberFailed(admission.failed.map { "rule:" + $0 }, slot)
        }
        var told = admission.map { details(of: $0) } ?? []
        if let input {
            pinPolicy(slot, policyInput(of: slot, input))
            if let policy = policyName(slot) { told.append(EventDetail(.policy, .name(policy.string))) }
        }
        figures.enter(inquiries[slot].state, lane: lane(of: slot))
        if isScheduled, let at = submission.at {
            schedule(slot, submission, told, at: at, into: &output)
        } else {
            linkLane(slot)
            if !isPlain { watchSteps(slot) }
            startClocks(slot)
            let preference = seekPreference(
                slot, explicit: submission.agent ?? none, hold: submission.hold, lastAgent: submission.lastAgent)
            tellOfEntry(.submitted, slot, preference, told, into: &output)
            place(slot, into: &output)
        }
        return .submitted(id: id, duplicate: false)
    }

    private func checkLimits(_ submission: Submission) throws(Rejection) {
        guard liveCount < Limits.liveInquiries else {
            throw Rejection(.limit, "\(Limits.liveInquiries) inquiries are open already")
        }
        guard submission.key == nil || keys.count < Limits.keys else {
            throw Rejection(.limit, "\(Limits.keys) keys of the last 7 days are remembered already", field: "key")
        }
        if let at = submission.at, at > now + Limits.scheduleAhead {
            throw Rejection(
                .badArgument,
                "an inquiry can be scheduled \(Limits.scheduleAhead.microseconds / 86_400_000_000) days ahead",
                field: "at")
        }
    }

    /// Where a submission goes and what it asks for; to the queue's overflow where as many wait as may.
    private mutating func admit(_ submission: Submission) throws(Rejection) -> Admission {
        var admission = admit(byRules: submission, else: plan.defaultQueue, plan.defaultPriority)
        let full = admission.demand.queue
        if let at = submission.at, at > now { return admission }
        guard isFull(full), try !hasAgent(for: admission.demand, on: submission.channel) else { return admission }
        guard let overflow = plan.queues[Int(full)].overflow else { throw fullQueue(full) }
        move(&admission.demand, to: overflow)
        if isFull(overflow), try !hasAgent(for: admission.demand, on: submission.channel) { throw fullQueue(overflow) }
        return admission
    }

    /// As many wait in the queue as the plan lets. O(channels).
    private func isFull(_ queue: QueueIndex) -> Bool {
        guard let most = plan.queues[Int(queue)].lengthMax else { return false }
        var waiting: Int32 = 0
        for channel in 0..<stride { waiting += figures.count(.waiting, lane: Int(queue) * stride + channel) }
        return waiting >= most
    }

    private func fullQueue(_ queue: QueueIndex) -> Rejection {
        let name = plan.queues[Int(queue)].name
        return Rejection(.limit, "as many wait in queue \(name) as may", field: "queue")
    }

    /// Whether any agent could be given now what asks for that. O(able profiles).
    private mutating func hasAgent(for demand: Demand, on channel: ChannelIndex) throws(Rejection) -> Bool {
        let requirement = try requirement(of: demand, on: channel)
        // A class that nobody comes to refer to is kept for a while only.
        retain(requirement: requirement)
        defer { release(requirement: requirement) }
        if paused[Int(classes[Int(requirement)].queue)] || isDraining { return false }
        let channel = Int(classes[Int(requirement)].channel)
        return classes[Int(requirement)].able.contains {
            let room = Int($0) * stride + channel
            return usesLoad ? loadHeads[room].count > 0 : idleHeads[room].count > 0
        }
    }

    /// Puts a record into memory, under its id and its customer.
    mutating func insert(_ inquiry: consuming Inquiry) -> UInt32 {
        let id = inquiry.id
        let slot = inquiries.insert(inquiry)
        waitPositions.grow(to: Int(inquiries.end))
        inquiryIndex.insert(id, slot: slot)
        if order.last.map({ $0.id < id }) ?? true { order.append(OrderEntry(id: id, slot: slot)) }
        linkCustomer(slot)
        return slot
    }

    // MARK: Schedules

    private mutating func schedule(
        _ slot: UInt32, _ submission: Submission, _ told: [EventDetail], at: Instant, into output: inout Output
    ) {
        let particulars = particulars(of: slot)
        self.particulars[particulars].scheduledAt = at
        self.particulars[particulars].agent = submission.agent ?? none
        self.particulars[particulars].hold = submission.hold
        inquiries[slot].timer = startTimer(.scheduled, owner: slot, id: inquiries[slot].id, due: at)
        var preference: Preference?
        if let agent = submission.agent {
            preference = Preference(
                agent: agent, length: submission.hold ?? usualHold(slot), isContinuity: false)
        }
        tellOfEntry(.submitted, slot, preference, told, into: &output)
        emit(.scheduled, inquiry: slot, into: &output) { $0.more.append(EventDetail(.at, .instant(at))) }
    }

    /// The time of a scheduled inquiry has come.
    mutating func enter(_ slot: UInt32, into output: inout Output) {
        let particulars = particulars(of: slot)
        let agent = self.particulars[particulars].agent
        // As old as if it had been submitted then, also where nobody was there to see it.
        inquiries[slot].queuedAt = min(now, self.particulars[particulars].scheduledAt)
        self.particulars[particulars].scheduledAt = .epoch
        self.particulars[particulars].agent = none
        inquiries[slot].waitingSince = now
        setState(slot, .waiting)
        touch(inquiry: slot, definition: true)
        rerank(slot)
        startClocks(slot)
        let hold = self.particulars[particulars].hold
        self.particulars[particulars].hold = nil
        let preference = seekPreference(slot, explicit: agent, hold: hold, lastAgent: nil)
        tellOfEntry(.queued, slot, preference, into: &output)
        place(slot, into: &output)
    }

    // MARK: Small steps

    /// Tells that the inquiry entered its queue, with all that its rank and its requirement are made of.
    mutating func tellOfEntry(
        _ type: EventType, _ slot: UInt32, agent: AgentIndex = none, _ preference: Preference?,
        _ told: [EventDetail] = [], into output: inout Output
    ) {
        let channel = channelName(slot)
        let priority = inquiries[slot].priority
        let required = classes[Int(inquiries[slot].requirement)].entry
        var more: [EventDetail] = []
        if type == .submitted, inquiries[slot].particulars != none {
            let levels = particulars[inquiries[slot].particulars].preferLevels
            if !levels.isEmpty { more.append(EventDetail(.prefer, .levels(levels))) }
        }
        if let preference { more += details(of: preference) }
        more += told
        if inquiries[slot].state != .scheduled { count(.entered, slot) }
        emit(type, inquiry: slot, agent: agent, into: &output) {
            $0.channelName = channel
            $0.first = Int64(priority)
            if type == .submitted { $0.require(required) }
            $0.more = more
        }
    }

    /// Computes the virtual deadline anew. The inquiry stands in no heap.
    mutating func rerank(_ slot: UInt32) {
        let requirement = Int(inquiries[slot].requirement)
        inquiries[slot].rank = plan.rank(
            queuedAt: inquiries[slot].queuedAt, queue: classes[requirement].queue,
            channel: classes[requirement].channel,
            priority: inquiries[slot].priority)
    }

    /// The inquiry's particulars, made at first need.
    mutating func particulars(of slot: UInt32) -> UInt32 {
        if inquiries[slot].particulars == none {
            inquiries[slot].particulars = particulars.insert(Particulars(owner: slot))
        }
        return inquiries[slot].particulars
    }

    mutating func setPrefer(_ slot: UInt32, _ prefer: [SkillRequirement]) {
        let particulars = particulars(of: slot)
        let sorted = prefer.sorted { $0.skill < $1.skill }
        self.particulars[particulars].prefer = ContiguousArray(sorted)
        self.particulars[particulars].preferLevels = names(of: sorted)
    }

    /// By name.
    func names(of skills: [SkillRequirement]) -> [SkillLevel] {
        skills.map { SkillLevel(skill: skillNames[$0.skill], level: $0.level) }.sorted { $0.skill < $1.skill }
    }

    @inline(__always)
    func slot(of id: Int64) -> UInt32? { inquiryIndex.find(id) }

    @inline(__always)
    func requireSlot(of id: Int64) throws(Rejection) -> UInt32 {
        guard let slot = slot(of: id) else { throw Rejection(.notFound, "there is no inquiry \(id)") }
        return slot
    }
}
