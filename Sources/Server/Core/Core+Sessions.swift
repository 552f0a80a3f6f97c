import LineProtocol
import Routing

// Connections come and go, say who they are, and ask.

extension Core {
    enum Status: String {
        case starting
        case serving
        case standby
        case storageAway = "storage_away"
        case draining
    }

    var status: Status {
        switch phase {
        case .starting: .starting
        case .standby: .standby
        case .serving, .stopping:
            storage.isAway(at: .now) ? .storageAway : engine.isDrainingNow ? .draining : .serving
        }
    }

    // MARK: Coming and going

    func open(_ link: Link) {
        let session = Session(link: link)
        sessions[link.id] = session
        // They submit as the first token.
        if link.isOwner {
            session.role = .admin
            session.source = 1
        }
    }

    func close(_ id: UInt64) {
        guard let session = sessions.removeValue(forKey: id) else { return }
        session.isClosed = true
        session.queued = []
        watching[id] = nil
        output.clear()
        for agent in session.agents.sorted() where agentSessions[agent] === session {
            agentSessions[agent] = nil
            _ = perform(.disconnected(agent))
        }
        harvest(cause: nil)
    }

    /// Closes the connection after what it is still owed.
    func end(_ session: Session) {
        session.change = .close
        session.isParked = true
        session.queued = []
        speaks(session)
    }

    // MARK: Requests

    func receive(_ incoming: Incoming, from session: Session) {
        guard !session.isParked else {
            session.queued.append(incoming)
            return
        }
        guard phase != .stopping else { return }
        output.clear()
        atOnceIfAway(session) {
            switch incoming {
            case .fault(let fault):
                session.out.error(tag: fault.tag, code: fault.code, message: fault.message)
                if let field = fault.field { session.out.field("field", text: field) }
                finishAnswer(session)
            case .request(let request): answer(request, session)
            }
        }
        harvest(cause: session)
    }

    /// What `body` says to the session goes out at once if storage is away and nothing of it, nor anything that the
    /// session waits for, hangs on a commit; else it goes with the batch.
    func atOnceIfAway(_ session: Session, _ body: () -> Void) {
        let mayOvertake = phase == .serving && storage.isAway(at: .now) && session.unreleased == 0 && !session.hasOutput
        let before = commandsTaken
        session.answersUncommitted = mayOvertake
        body()
        session.answersUncommitted = false
        if mayOvertake && commandsTaken == before && session.hasOutput {
            Link.hand(over: [session.takeDelivery()])
        }
    }

    /// Takes up the request for which the session was parked, and what queued behind it unless it parks once more.
    func takeUp(_ request: Request, _ session: Session) {
        session.isParked = false
        receive(.request(request), from: session)
        if !session.isParked { unpark(session.link.id) }
    }

    func unpark(_ id: UInt64) {
        guard let session = sessions[id] else { return }
        session.isParked = false
        let queued = session.queued
        session.queued = []
        for incoming in queued { receive(incoming, from: session) }
    }

    private func answer(_ request: Request, _ session: Session) {
        let spec = VerbTable.spec(request.verb)
        guard spec.beforeHello || session.role != nil else {
            return refuse(session, request, .unauthorized, "say HELLO first")
        }
        if let role = session.role, !spec.roles.allows(role) {
            return refuse(session, request, .forbidden, "\(spec.words) is not for role \(role.rawValue)")
        }
        guard spec.beforeHello || phase == .serving else { return refuseUnavailable(session, request) }
        if spec.changesState {
            guard !isFull || !storage.isAway(at: .now) else { return refuseUnavailable(session, request) }
            formingCommands += 1
            formingBytes += request.bytes.count
        }
        session.saysCommitted = spec.changesState || spec.beforeHello
        dispatch(request, session)
        session.saysCommitted = true
    }

    private func dispatch(_ request: Request, _ session: Session) {
        switch request.verb {
        case .hello: hello(request, session)
        case .ping: ping(request, session)
        case .help: help(request, session)
        case .quit: quit(request, session)
        case .submit: submit(request, session)
        case .get: get(request, session)
        case .update: update(request, session)
        case .message: message(request, session)
        case .rate: rate(request, session)
        case .abandon: abandon(request, session)
        case .cancel: cancel(request, session)
        case .ready: ready(request, session)
        case .away: away(request, session)
        case .offline: offline(request, session)
        case .mine: mine(request, session)
        case .accept: accept(request, session)
        case .decline: decline(request, session)
        case .hold: hold(request, session)
        case .resume: resume(request, session)
        case .complete: complete(request, session)
        case .wrapped: wrapped(request, session)
        case .transfer: transfer(request, session)
        case .next: next(request, session)
        case .agentPut: agentPut(request, session)
        case .agentGet: agentGet(request, session)
        case .agentDelete: agentDelete(request, session)
        case .agents: listAgents(request, session)
        case .agentsPut: agentsPut(request, session)
        case .queues: listQueues(request, session)
        case .inquiries: listInquiries(request, session)
        case .stats: stats(request, session)
        case .explain: explain(request, session)
        case .assign: assign(request, session)
        case .requeue: requeue(request, session)
        case .queuePause: pauseQueue(request, session, true)
        case .queueResume: pauseQueue(request, session, false)
        case .watch: watch(request, session)
        case .unwatch: unwatch(request, session)
        case .tokenCreate: tokenCreate(request, session)
        case .tokenList: tokenList(request, session)
        case .tokenRevoke: tokenRevoke(request, session)
        case .customerForget: forgetCustomer(request, session)
        case .drain: drain(request, session)
        case .info: info(request, session)
        case .planGet: planGet(request, session)
        case .planCheck: planCheck(request, session)
        case .planPut: planPut(request, session)
        case .planPatch: planPatch(request, session)
        case .planHistory: planHistory(request, session)
        case .planRollback: planRollback(request, session)
        }
    }

    // MARK: Answers

    /// Writes `OK`, the fields that `fill` adds, and the end of the line.
    func ok(_ session: Session, _ request: Request, _ fill: (inout LineWriter) -> Void = { _ in }) {
        session.out.ok(tag: request.tag)
        fill(&session.out)
        finishAnswer(session)
    }

    func row(_ session: Session, _ request: Request, _ fill: (inout LineWriter) -> Void) {
        session.out.row(tag: request.tag)
        fill(&session.out)
        session.out.end()
    }

    func refuse(
        _ session: Session, _ request: Request, _ code: ErrorCode, _ message: String, field: String? = nil,
        state: String? = nil
    ) {
        session.out.error(tag: request.tag, code: code, message: message)
        if let field { session.out.field("field", text: field) }
        if let state { session.out.field("state", text: state) }
        finishAnswer(session)
    }

    func refuse(_ session: Session, _ request: Request, _ rejection: Rejection) {
        let code: ErrorCode =
            switch rejection.code {
            case .badArgument: .badArgument
            case .notFound: .notFound
            case .conflict: .conflict
            case .gone: .gone
            case .limit: .limit
            }
        session.out.error(tag: request.tag, code: code, message: rejection.message)
        if let field = rejection.field { session.out.field("field", text: field) }
        if let state = rejection.state { session.out.field("state", text: state) }
        if let count = rejection.count { session.out.field("count", integer: Int64(count)) }
        if code == .limit {
            session.out.field("retry_after", durationMicroseconds: ServerLimits.retryAfterMicroseconds)
        }
        finishAnswer(session)
    }

    func refuseUnavailable(_ session: Session, _ request: Request) {
        let (message, role): (String, String?) =
            switch status {
            case .starting: ("the server is starting", nil)
            case .standby: ("another daemon serves this database; this one stands by", "standby")
            case .storageAway: ("PostgreSQL is away and enough is waiting for it", nil)
            case .serving, .draining: ("the server is stopping", nil)
            }
        session.out.error(tag: request.tag, code: .unavailable, message: message)
        if let role { session.out.field("role", text: role) }
        session.out.field("retry_after", durationMicroseconds: ServerLimits.retryAfterMicroseconds)
        finishAnswer(session)
    }

    /// What only PostgreSQL has cannot be had now.
    func refuseAway(_ session: Session, _ request: Request, _ message: String) {
        atOnceIfAway(session) {
            session.out.error(tag: request.tag, code: .unavailable, message: message)
            session.out.field("retry_after", durationMicroseconds: ServerLimits.retryAfterMicroseconds)
            finishAnswer(session)
        }
    }

    func finishAnswer(_ session: Session) {
        if session.answersUncommitted && !session.saysCommitted { session.out.field("committed", text: "false") }
        session.out.end()
        session.answered += 1
        speaks(session)
    }

    // MARK: PING, HELP, QUIT

    private func ping(_ request: Request, _ session: Session) {
        ok(session, request) {
            // Before the state is read nobody knows what a faster clock will show.
            let time = phase == .serving ? clock.last : WallClock.now()
            $0.field("time", instantMicroseconds: time.microseconds)
            $0.field("status", text: status.rawValue)
        }
    }

    private func quit(_ request: Request, _ session: Session) {
        ok(session, request)
        end(session)
    }

    private func help(_ request: Request, _ session: Session) {
        if let wanted = request.word(.id) {
            guard let verb = VerbTable.verb(named: wanted) else {
                return refuse(session, request, .notFound, "there is no verb \(wanted); HELP alone lists them")
            }
            return describe(VerbTable.spec(verb), request, session)
        }
        var count: Int64 = 0
        for spec in VerbTable.all where session.role.map({ spec.roles.allows($0) }) ?? spec.beforeHello {
            row(session, request) {
                $0.field("verb", text: spec.words)
                $0.field("usage", text: spec.usage)
            }
            count += 1
        }
        ok(session, request) { $0.field("count", integer: count) }
    }

    private func describe(_ spec: VerbSpec, _ request: Request, _ session: Session) {
        row(session, request) {
            $0.field("verb", text: spec.words)
            $0.field("usage", text: spec.usage)
            $0.field("summary", text: spec.summary)
            $0.field("roles", text: spec.roles.names.joined(separator: ","))
            $0.field("errors", text: spec.errors.map(\.name).joined(separator: ","))
        }
        ok(session, request) { $0.field("count", integer: 1) }
    }

    // MARK: HELLO

    private func hello(_ request: Request, _ session: Session) {
        guard phase == .serving else {
            refuseUnavailable(session, request)
            return end(session)
        }
        if session.saidHello {
            return refuse(session, request, .conflict, "this session has said HELLO already", state: "identified")
        }
        guard let secret = request.value(.token), let token = tokens.find(secret: secret, at: clock.last) else {
            return refuseToken(request, session)
        }
        let wanted = token.agent.isEmpty ? request.word(.agent) : token.agent
        var bound: AgentIndex?
        if let wanted {
            guard let agent = engine.agent(named: ArraySlice(wanted.utf8)) else {
                return refuse(session, request, .notFound, "there is no agent \(wanted)", field: "agent")
            }
            guard mayBind(token, agent, asked: request.word(.agent)) else {
                return refuse(
                    session, request, .forbidden,
                    "this token may not act for agent \(request.word(.agent) ?? wanted)", field: "agent")
            }
            bound = agent
        }
        session.saidHello = true
        // What was watched under the rights of the socket's file ends with them.
        session.watcher = nil
        watching[session.link.id] = nil
        session.role = token.role
        session.source = token.id
        session.teams = token.teams
        session.boundAgent = bound
        session.change = .identified(token.role, boundToAgent: bound != nil)
        ok(session, request) {
            $0.field("version", integer: 1)
            $0.field("role", text: token.role.rawValue)
            $0.field("server", text: settings.version)
            $0.field("session", integer: Int64(session.link.id))
            if let bound { $0.field("agent", text: engine.name(of: bound)) }
        }
        watchPromises(session)
        if let bound { claim(bound, by: session) }
    }

    private func mayBind(_ token: TokenRecord, _ agent: AgentIndex, asked: String?) -> Bool {
        switch token.role {
        case .admin, .gateway: true
        case .supervisor: token.teams.isEmpty || token.teams.contains(engine.team(of: agent))
        case .agent: asked.map { $0 == token.agent } ?? true
        case .upstream: false
        }
    }

    /// A wrong token is answered late, and only so often, so that guessing is not worth it.
    private func refuseToken(_ request: Request, _ session: Session) {
        session.failedHellos += 1
        session.isParked = true
        let isLast = session.failedHellos >= ServerLimits.failedHellos
        session.link.post(
            .wrongToken(session.link.id, tag: request.tag, closes: isLast), to: mailbox,
            afterSeconds: ServerLimits.failedHelloDelaySeconds)
    }

    func wrongToken(_ id: UInt64, tag: [UInt8], closes: Bool) {
        guard let session = sessions[id] else { return }
        atOnceIfAway(session) {
            session.out.error(tag: tag, code: .unauthorized, message: "this token is not valid")
            finishAnswer(session)
            if closes { end(session) }
        }
        if !closes { unpark(id) }
    }

    /// Tokens that were revoked or have expired take their sessions with them.
    func checkTokens(at real: ContinuousClock.Instant) {
        guard real - lastTokenCheck > .seconds(1) else { return }
        lastTokenCheck = real
        for session in sessions.values where session.saidHello {
            guard let token = tokens.token(session.source), !TokenBook.isValid(token, at: clock.last) else { continue }
            end(session)
        }
    }

    func endSessions(ofToken id: Int32) {
        for session in sessions.values where session.saidHello && session.source == id { end(session) }
    }

    // MARK: Whose session an agent has

    /// Makes this session the agent's. Another one that had it is told; if it was bound, it is closed.
    func claim(_ agent: AgentIndex, by session: Session) {
        if let old = agentSessions[agent], old !== session {
            old.agents.remove(agent)
            old.out.event("session_taken")
            old.out.field("agent", text: engine.name(of: agent))
            old.out.end()
            speaks(old)
            if old.boundAgent == agent { end(old) }
        }
        let isNew = agentSessions[agent] !== session
        agentSessions[agent] = session
        session.agents.insert(agent)
        _ = perform(.connected(agent))
        guard isNew else { return }
        // Shown after the answer; what the return itself brought is an event of its own.
        let made = Set(output.events.filter { $0.type == .offered }.map(\.inquiry))
        reshown += openOffers(of: agent).filter { !made.contains($0.inquiry) }.map { ($0, session) }
    }
}

extension RoleSet {
    func allows(_ role: Role) -> Bool {
        switch role {
        case .admin: contains(.admin)
        case .supervisor: contains(.supervisor)
        case .gateway: contains(.gateway)
        case .upstream: contains(.upstream)
        case .agent: contains(.agent)
        }
    }
}
