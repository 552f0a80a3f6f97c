import LineProtocol
import Routing

// What upstream says of an inquiry that is there: UPDATE, MESSAGE, RATE.

extension Core {
    func update(_ request: Request, _ session: Session) {
        guard let id = ownInquiry(request, session) else { return }
        var change = InquiryChange()
        // An empty field returns to what it would be without it.
        if request.has(.priority) {
            change.priority = .set(request.integer(.priority).map { Int32($0) } ?? engine.plan.defaultPriority)
        }
        if request.has(.queue) {
            let queue = request.isEmpty(.queue) ? engine.plan.defaultQueue : namedQueue(request, session)
            guard let queue else { return }
            change.queue = .set(queue)
        }
        if request.has(.skills) {
            guard let skills = requirements(.skills, request, session) else { return }
            change.skills = .set(skills)
        }
        if request.has(.prefer) {
            guard let prefer = requirements(.prefer, request, session) else { return }
            change.prefer = .set(prefer)
        }
        if request.has(.subject) || request.has(.attrs) {
            guard let texts = changedTexts(of: id, request, session) else { return }
            change.texts = .set(texts)
        }
        change.reroutes = request.flag(.reroute) ?? false
        answerState(perform(.update(id: id, change)), request, session)
    }

    /// The texts as they will be; nil once the request has been refused.
    private func changedTexts(of id: Int64, _ request: Request, _ session: Session) -> InquiryTexts? {
        guard let present = engine.texts(of: id) else { preconditionFailure("an inquiry that is known has texts") }
        var attributes = Array(present.attributes)
        if let patch = request.json(.attrs) {
            attributes = JSONMergePatch.apply(patch, to: present.attributes)
            guard JSONMergePatch.writtenOutCount(attributes) <= LineProtocol.Limits.attributesBytes else {
                refuse(
                    session, request, .badArgument,
                    "attrs has at most \(LineProtocol.Limits.attributesBytes) bytes once merged", field: "attrs")
                return nil
            }
        } else if request.has(.attrs) {
            attributes = []
        }
        let texts = InquiryTexts(
            key: Array(present.key), customer: Array(present.customer),
            subject: request.has(.subject) ? Array(request.value(.subject) ?? []) : Array(present.subject),
            attributes: attributes)
        // The whole row is written anew, whatever of it the request brought.
        formingBytes += texts.bytes.count
        return texts
    }

    func message(_ request: Request, _ session: Session) {
        guard let from = request.word(.from).flatMap({ Party(name: $0) }) else {
            preconditionFailure("the parser lets nobody else speak")
        }
        let id: Int64
        if session.role == .agent || session.role == .supervisor || request.has(.as)
            || (from == .agent && session.boundAgent != nil)
        {
            guard let (agent, work) = actingOn(request, session) else { return }
            guard from == .agent else {
                return refuse(session, request, .forbidden, "an agent does not speak for the customer", field: "from")
            }
            guard isWorking(agent, on: work, request, session) else { return }
            id = work
        } else {
            guard let own = ownInquiry(request, session) else { return }
            id = own
        }
        answerState(perform(.message(id: id, from: from)), request, session)
    }

    /// Whether the agent has the inquiry, assigned or held; if not, the request is refused.
    private func isWorking(_ agent: AgentIndex, on id: Int64, _ request: Request, _ session: Session) -> Bool {
        guard let state = engine.state(of: id) else {
            refuse(session, request, .notFound, "there is no inquiry \(id)")
            return false
        }
        guard engine.agent(of: id) == agent, state == .assigned || state == .held else {
            refuse(
                session, request, .conflict, "agent \(engine.name(of: agent)) does not work on it", state: state.name)
            return false
        }
        return true
    }

    func rate(_ request: Request, _ session: Session) {
        guard let id = ownInquiry(request, session) else { return }
        var rating = Rating()
        rating.csat = request.integer(.csat).map { UInt8($0) }
        rating.nps = request.integer(.nps).map { UInt8($0) }
        if request.has(.comment) { rating.comment = Array(request.value(.comment) ?? []) }
        answerState(perform(.rate(id: id, rating)), request, session)
    }

    // MARK: What a field names

    /// The queue that `queue=` names; nil once the request has been refused.
    func namedQueue(_ request: Request, _ session: Session) -> QueueIndex? {
        if let name = request.value(.queue), let queue = engine.queue(named: name) { return queue }
        refuse(
            session, request, .badArgument, "no queue \(request.word(.queue) ?? "") in the plan", field: "queue")
        return nil
    }

    /// The agent that `agent=` names, of the session's teams; nil once the request has been refused.
    func namedAgent(_ request: Request, _ session: Session) -> AgentIndex? {
        if let name = request.value(.agent), let agent = engine.agent(named: name), isOfTeams(agent, session) {
            return agent
        }
        refuse(session, request, .notFound, "there is no agent \(request.word(.agent) ?? "")", field: "agent")
        return nil
    }

    /// The skills that a field names; nil once the request has been refused.
    func requirements(_ key: FieldKey, _ request: Request, _ session: Session) -> [SkillRequirement]? {
        var list: [SkillRequirement] = []
        for (name, level) in request.levels(key) ?? [] {
            guard isOfPlan(skill: name) else {
                refuse(skill: name, key, request, session)
                return nil
            }
            guard let skill = engine.skill(named: name) else {
                refuse(session, request, Rejection(.limit, "too many different skills are in use", field: key.name))
                return nil
            }
            list.append(SkillRequirement(skill: skill, level: level))
        }
        return list
    }

    func isOfPlan(skill: String) -> Bool { engine.plan.skills?.contains(skill) ?? true }

    func refuse(skill: String, _ key: FieldKey, _ request: Request, _ session: Session) {
        refuse(session, request, .badArgument, "no skill \(skill) in the plan", field: key.name)
    }
}
