import Testing

@testable import Routing

// Every command in names.

extension World {
    // MARK: Agents

    /// Creates an agent and signs it on.
    @discardableResult
    func agent(
        _ id: String, skills: String = "", channels: String? = nil, capacity: Int32 = 100, team: String = "",
        ready: Bool = true
    ) -> AgentIndex {
        var change = AgentChange(id: id)
        change.skills = .set(Self.levels(skills, usual: 5))
        change.channels = .set(channels.map(Self.limits))
        change.capacity = .set(capacity)
        change.team = .set(team)
        apply(.putAgent(change))
        if ready { self.ready(id) }
        return index(id)
    }

    /// Changes an agent; what is left out stays.
    @discardableResult
    func change(
        _ id: String, skills: String? = nil, channels: String? = nil, capacity: Int32? = nil, team: String? = nil
    ) -> Answer {
        var change = AgentChange(id: id)
        if let skills { change.skills = .set(Self.levels(skills, usual: 5)) }
        if let channels { change.channels = .set(Self.limits(channels)) }
        if let capacity { change.capacity = .set(capacity) }
        if let team { change.team = .set(team) }
        return Answer(apply(.putAgent(change)))
    }

    @discardableResult
    func deleteAgent(_ id: String) -> Answer { Answer(apply(.deleteAgent(index(id)))) }

    func ready(_ id: String, channels: String? = nil) { apply(.ready(index(id), channels: channels.map(set))) }
    func away(_ id: String, reason: String = "") { apply(.away(index(id), reason: reason)) }
    func offline(_ id: String) { apply(.offline(index(id))) }
    func connect(_ id: String) { apply(.connected(index(id))) }
    func disconnect(_ id: String) { apply(.disconnected(index(id))) }
    func drain(_ on: Bool) { apply(.drain(on)) }

    /// The best that fits the agent, or nil if nothing does.
    @discardableResult
    func next(_ agent: String, channel: String? = nil) -> Int64? {
        switch pull(agent, channel: channel) {
        case .inquiry(let id, _): return id
        case .nothing: return nil
        case .submitted, .agent, .done, .rejected:
            Issue.record("\(agent) may not pull")
            return nil
        }
    }

    func tryNext(_ agent: String, channel: String? = nil) -> Answer { Answer(pull(agent, channel: channel)) }

    // MARK: Queues

    @discardableResult
    func pause(_ queue: String) -> Answer { Answer(apply(.pauseQueue(queueIndex(queue), true))) }

    @discardableResult
    func resumeQueue(_ queue: String) -> Answer { Answer(apply(.pauseQueue(queueIndex(queue), false))) }

    // MARK: Figures

    var isRoundDue: Bool { engine.isRoundDue(at: now) }

    /// Books quarters that are over.
    func bookAgents(limit: Int) {
        engine.bookAgents(at: now, limit: limit)
        fireTimers()
    }

    // MARK: The plan

    /// Publishes a plan as the next version.
    @discardableResult
    func publish(_ plan: CompiledPlan) -> Answer {
        var plan = plan
        plan.version = self.plan.version + 1
        return Answer(apply(.publish(plan)))
    }

    // MARK: Submitting

    /// Submits an inquiry and gives its id; `at` is a time since the start.
    @discardableResult
    func submit(
        _ channel: String = "chat", queue: String? = nil, priority: Int32? = nil, skills: String = "",
        prefer: String = "", customer: String = "", agent: String? = nil, hold: TimeSpan? = nil, at: TimeSpan? = nil,
        key: SubmissionKey? = nil
    ) -> Int64 {
        let answer = tryToSubmit(
            channel, queue: queue, priority: priority, skills: skills, prefer: prefer, customer: customer,
            agent: agent, hold: hold, at: at, key: key)
        guard case .id(let id, _) = answer else {
            Issue.record("the submission was refused: \(answer)")
            return 0
        }
        return id
    }

    func tryToSubmit(
        _ channel: String = "chat", queue: String? = nil, priority: Int32? = nil, skills: String = "",
        prefer: String = "", customer: String = "", agent: String? = nil, hold: TimeSpan? = nil, at: TimeSpan? = nil,
        key: SubmissionKey? = nil
    ) -> Answer {
        Answer(
            apply(
                .submit(
                    Submission(
                        source: 1, channel: channelIndex(channel), queue: queue.map(queueIndex),
                        priority: priority, skills: required(skills), prefer: required(prefer),
                        agent: agent.map(index), hold: hold, at: at.map { start + $0 },
                        lastAgent: lastAgent(of: customer), texts: InquiryTexts(customer: Array(customer.utf8)),
                        key: key))))
    }

    /// What a caller finds in the store for the engine: who completed the customer's newest inquiry.
    private func lastAgent(of customer: String) -> AgentIndex? {
        guard engine.lacksLastAgent(ofCustomer: ArraySlice(customer.utf8)) else { return nil }
        for id in (auditor.customers[Array(customer.utf8)] ?? []).reversed() {
            guard let row = store.inquiries[id], row.state == .completed, let closed = row.closedAt,
                now - closed <= plan.continuityWithin
            else { continue }
            return engine.agent(named: ArraySlice(row.agent.utf8))
        }
        return nil
    }

    func required(_ text: String) -> [SkillRequirement] {
        Self.levels(text, usual: 1).map { entry in
            guard let skill = engine.skill(named: entry.skill) else { preconditionFailure("room for a skill") }
            return SkillRequirement(skill: skill, level: entry.level)
        }
    }

    // MARK: Inquiries

    /// Changes an inquiry; what is left out stays.
    @discardableResult
    func update(
        _ id: Int64, priority: Int32? = nil, queue: String? = nil, skills: String? = nil, prefer: String? = nil,
        subject: String? = nil, reroutes: Bool = false
    ) -> Answer {
        var change = InquiryChange()
        change.reroutes = reroutes
        if let priority { change.priority = .set(priority) }
        if let queue { change.queue = .set(queueIndex(queue)) }
        if let skills { change.skills = .set(required(skills)) }
        if let prefer { change.prefer = .set(required(prefer)) }
        if let subject, let old = engine.texts(of: id) {
            change.texts = .set(
                InquiryTexts(
                    key: Array(old.key), customer: Array(old.customer), subject: Array(subject.utf8),
                    attributes: Array(old.attributes)))
        }
        return Answer(apply(.update(id: id, change)))
    }

    @discardableResult
    func message(_ id: Int64, from party: Party = .customer) -> Answer {
        Answer(apply(.message(id: id, from: party)))
    }

    @discardableResult
    func rate(_ id: Int64, csat: UInt8? = nil, nps: UInt8? = nil, comment: String? = nil) -> Answer {
        Answer(apply(.rate(id: id, Rating(csat: csat, nps: nps, comment: comment.map { Array($0.utf8) }))))
    }

    @discardableResult
    func accept(_ id: Int64, by agent: String) -> Answer { Answer(apply(.accept(id: id, index(agent)))) }

    @discardableResult
    func decline(_ id: Int64, by agent: String, reason: String = "") -> Answer {
        Answer(apply(.decline(id: id, index(agent), reason: Array(reason.utf8))))
    }

    @discardableResult
    func hold(_ id: Int64, by agent: String) -> Answer { Answer(apply(.hold(id: id, index(agent)))) }

    @discardableResult
    func resume(_ id: Int64, by agent: String) -> Answer { Answer(apply(.resume(id: id, index(agent)))) }

    @discardableResult
    func transfer(
        _ id: Int64, by agent: String, queue: String? = nil, skills: String? = nil, to receiver: String? = nil,
        reason: String = ""
    ) -> Answer {
        let transfer = Transfer(
            queue: queue.map(queueIndex), skills: skills.map(required), agent: receiver.map(index),
            reason: Array(reason.utf8))
        return Answer(apply(.transfer(id: id, index(agent), transfer)))
    }

    @discardableResult
    func assign(_ id: Int64, to agent: String, force: Bool = false) -> Answer {
        Answer(apply(.assign(id: id, index(agent), force: force)))
    }

    @discardableResult
    func requeue(_ id: Int64, priority: Int32? = nil) -> Answer { Answer(apply(.requeue(id: id, priority: priority))) }

    @discardableResult
    func complete(_ id: Int64, by agent: String, disposition: String = "", outcome: Outcome? = nil) -> Answer {
        Answer(
            apply(.complete(id: id, index(agent), disposition: Array(disposition.utf8), outcome: outcome)))
    }

    @discardableResult
    func wrapped(_ id: Int64, by agent: String) -> Answer { Answer(apply(.wrapped(id: id, index(agent)))) }

    @discardableResult
    func abandon(_ id: Int64) -> Answer { Answer(apply(.abandon(id: id))) }

    @discardableResult
    func cancel(_ id: Int64, reason: String = "") -> Answer {
        Answer(apply(.cancel(id: id, reason: Array(reason.utf8))))
    }
}
