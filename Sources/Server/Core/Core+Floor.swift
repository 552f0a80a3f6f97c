import LineProtocol
import Routing

// What supervisors and admins do by hand: ASSIGN, REQUEUE, QUEUE PAUSE, QUEUE RESUME, AGENT DELETE.

extension Core {
    func assign(_ request: Request, _ session: Session) {
        guard let id = supervisedInquiry(request, session), let agent = namedAgent(request, session) else { return }
        let force = request.flag(.force) ?? false
        answerState(perform(.assign(id: id, agent, force: force)), request, session) {
            $0.field("agent", text: engine.name(of: agent))
        }
    }

    func requeue(_ request: Request, _ session: Session) {
        guard let id = supervisedInquiry(request, session) else { return }
        var priority = request.integer(.priority).map { Int32($0) }
        if request.isEmpty(.priority) { priority = engine.plan.defaultPriority }
        answerState(perform(.requeue(id: id, priority: priority)), request, session)
    }

    func pauseQueue(_ request: Request, _ session: Session, _ pauses: Bool) {
        guard let name = request.value(.id), let queue = engine.queue(named: name), serves(queue, session) else {
            return refuse(session, request, .notFound, "there is no queue \(request.word(.id) ?? "")")
        }
        guard servesAlone(queue, session) else {
            return refuse(session, request, .forbidden, "other teams serve queue \(request.word(.id) ?? "") too")
        }
        if case .rejected(let rejection) = perform(.pauseQueue(queue, pauses)) {
            return refuse(session, request, rejection)
        }
        ok(session, request) {
            $0.field("queue", text: engine.plan.queues[Int(queue)].name)
            $0.field("paused", flag: pauses)
        }
    }

    func agentDelete(_ request: Request, _ session: Session) {
        let name = request.word(.id) ?? ""
        guard let agent = engine.agent(named: ArraySlice(name.utf8)) else {
            return refuse(session, request, .notFound, "there is no agent \(name)")
        }
        if case .rejected(let rejection) = perform(.deleteAgent(agent)) { return refuse(session, request, rejection) }
        deleted.append(agent)
        ok(session, request) {
            $0.field("agent", text: name)
            $0.field("deleted", flag: true)
        }
    }

    /// Ends the sessions of deleted agents, once what became of them has been written. A session that is not bound to
    /// the agent only loses it.
    func endSessionsOfDeleted() {
        for agent in deleted {
            guard let session = agentSessions.removeValue(forKey: agent) else { continue }
            session.agents.remove(agent)
            if session.boundAgent == agent { end(session) }
        }
        deleted.removeAll()
    }

    /// The inquiry that the request is about, if it is there and of the supervisor's teams; else the request is
    /// answered, or will be once the store has said what it knows.
    func supervisedInquiry(_ request: Request, _ session: Session) -> Int64? {
        let id = request.positionalInteger ?? 0
        if isForgotten(id) {
            recall(id, request, session)
            return nil
        }
        guard let inquiry = engine.inquiry(id), isOfTeams(inquiry, session) else {
            refuse(session, request, .notFound, "there is no inquiry \(id)")
            return nil
        }
        return id
    }
}
