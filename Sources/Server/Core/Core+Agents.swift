import LineProtocol
import Routing

// What agents say: READY, AWAY, OFFLINE, MINE, ACCEPT, DECLINE, HOLD, RESUME, COMPLETE, WRAPPED, TRANSFER, NEXT; each
// acts for the agent that the session is bound to, or that `as=` names.

extension Core {
    func ready(_ request: Request, _ session: Session) {
        guard let agent = actingAgent(request, session) else { return }
        var channels: ChannelSet?
        if let names = request.list(.channels), !names.isEmpty {
            var set = ChannelSet.none
            for name in names {
                guard let channel = engine.channel(named: ArraySlice(name.utf8)) else {
                    return refuse(session, request, .badArgument, "no channel \(name) in the plan", field: "channels")
                }
                guard engine.isAllowed(agent, on: channel) else {
                    return refuse(
                        session, request, .badArgument, "agent \(engine.name(of: agent)) is not given channel \(name)",
                        field: "channels")
                }
                set.insert(channel)
            }
            channels = set
        }
        signOn(agent, session)
        answerAgent(perform(.ready(agent, channels: channels)), request, session)
    }

    func away(_ request: Request, _ session: Session) {
        guard let agent = actingAgent(request, session) else { return }
        signOn(agent, session)
        answerAgent(perform(.away(agent, reason: request.word(.reason) ?? "")), request, session)
    }

    func offline(_ request: Request, _ session: Session) {
        guard let agent = actingAgent(request, session) else { return }
        answerAgent(perform(.offline(agent)), request, session)
    }

    func mine(_ request: Request, _ session: Session) {
        guard let agent = actingAgent(request, session) else { return }
        let work = engine.workViews(of: agent)
        for item in work {
            row(session, request) {
                $0.field("id", integer: item.id)
                switch item.kind {
                case .offered: $0.field("state", text: "offered")
                case .assigned: $0.field("state", text: "assigned")
                case .held: $0.field("state", text: "held")
                case .wrapUp: $0.field("state", text: "wrap_up")
                }
                $0.field("channel", text: item.channel)
                $0.field("since", instantMicroseconds: item.since.microseconds)
                switch item.kind {
                case .offered(let expires?): $0.field("expires", instantMicroseconds: expires.microseconds)
                case .wrapUp(let ends): $0.field("expires", instantMicroseconds: ends.microseconds)
                case .offered(nil), .assigned, .held: break
                }
            }
        }
        ok(session, request) { $0.field("count", integer: Int64(work.count)) }
    }

    func accept(_ request: Request, _ session: Session) {
        guard let (agent, id) = actingOn(request, session) else { return }
        answerState(perform(.accept(id: id, agent)), request, session)
    }

    func decline(_ request: Request, _ session: Session) {
        guard let (agent, id) = actingOn(request, session) else { return }
        answerState(
            perform(.decline(id: id, agent, reason: Array(request.value(.reason) ?? []))), request, session)
    }

    func complete(_ request: Request, _ session: Session) {
        guard let (agent, id) = actingOn(request, session) else { return }
        let reply = perform(
            .complete(
                id: id, agent, disposition: Array(request.value(.disposition) ?? []),
                outcome: request.word(.outcome).flatMap { Outcome(name: $0) }))
        answerState(reply, request, session) { line in
            guard let ends = engine.wrapUpEnds(of: id) else { return }
            line.field("wrap_up", durationMicroseconds: (ends - clock.last).microseconds)
        }
    }

    func wrapped(_ request: Request, _ session: Session) {
        guard let (agent, id) = actingOn(request, session) else { return }
        answerState(perform(.wrapped(id: id, agent)), request, session)
    }

    func hold(_ request: Request, _ session: Session) {
        guard let (agent, id) = actingOn(request, session) else { return }
        answerState(perform(.hold(id: id, agent)), request, session)
    }

    func resume(_ request: Request, _ session: Session) {
        guard let (agent, id) = actingOn(request, session) else { return }
        answerState(perform(.resume(id: id, agent)), request, session)
    }

    func transfer(_ request: Request, _ session: Session) {
        guard let (agent, id) = actingOn(request, session) else { return }
        var transfer = Transfer(reason: Array(request.value(.reason) ?? []))
        if request.value(.queue) != nil {
            guard let queue = namedQueue(request, session) else { return }
            transfer.queue = queue
        }
        if request.has(.skills) {
            guard let skills = requirements(.skills, request, session) else { return }
            transfer.skills = skills
        }
        if let name = request.value(.agent) {
            // To whom is not cut by team: work is handed over to other teams too.
            guard let receiver = engine.agent(named: name) else {
                return refuse(
                    session, request, .notFound, "there is no agent \(request.word(.agent) ?? "")", field: "agent")
            }
            transfer.agent = receiver
        }
        answerState(perform(.transfer(id: id, agent, transfer)), request, session)
    }

    func next(_ request: Request, _ session: Session) {
        guard let agent = actingAgent(request, session) else { return }
        var channel: ChannelIndex?
        if let name = request.value(.channel) {
            channel = engine.channel(named: name)
            guard let channel else { return refuseUnknown(.channel, "channel", request, session) }
            guard engine.isAllowed(agent, on: channel) else {
                let words = "agent \(engine.name(of: agent)) is not given channel \(request.word(.channel) ?? "")"
                return refuse(session, request, .badArgument, words, field: "channel")
            }
        }
        let reply = perform(.next(agent, channel: channel))
        guard case .nothing = reply else {
            // No event tells the agent what it has got: this answer does.
            return answerState(reply, request, session) { line in
                guard case .inquiry(let id, _) = reply, let inquiry = engine.inquiry(id) else { return }
                writeWork(inquiry, to: &line)
            }
        }
        ok(session, request) { $0.field("id", text: "none") }
    }

    private func answerAgent(_ reply: Reply, _ request: Request, _ session: Session) {
        guard case .agent(let agent) = reply else { preconditionFailure("presence is answered with the agent") }
        ok(session, request) {
            $0.field("agent", text: engine.name(of: agent))
            $0.field("state", text: engine.state(of: agent).name)
        }
    }

    /// A session that signs an agent on is that agent's, unless another one has it: a supervisor who puts somebody
    /// away does not take over. The same token on a new connection does: its old connection is probably dead.
    private func signOn(_ agent: AgentIndex, _ session: Session) {
        if let holder = agentSessions[agent], holder !== session {
            guard holder.boundAgent == nil, holder.source == session.source else { return }
        }
        claim(agent, by: session)
    }

    // MARK: Who acts on what

    /// The agent for whom the session acts; else the request is answered.
    func actingAgent(_ request: Request, _ session: Session) -> AgentIndex? {
        guard let name = request.value(.as) else {
            if let bound = session.boundAgent { return bound }
            refuse(session, request, .badArgument, "which agent? name it with as=", field: "as")
            return nil
        }
        let agent = engine.agent(named: name)
        if session.role == .agent {
            if let agent, agent == session.boundAgent { return agent }
            refuse(session, request, .forbidden, "an agent acts for itself", field: "as")
            return nil
        }
        guard let agent, isOfTeams(agent, session) else {
            refuse(session, request, .notFound, "there is no agent \(request.word(.as) ?? "")", field: "as")
            return nil
        }
        return agent
    }

    func actingOn(_ request: Request, _ session: Session) -> (AgentIndex, Int64)? {
        guard let agent = actingAgent(request, session) else { return nil }
        let id = request.positionalInteger ?? 0
        if isForgotten(id) {
            recall(id, request, session)
            return nil
        }
        return (agent, id)
    }
}
