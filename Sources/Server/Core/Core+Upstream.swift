import LineProtocol
import Routing

// What upstream systems ask: SUBMIT, GET, UPDATE, MESSAGE, RATE, ABANDON, CANCEL.

extension Core {
    func submit(_ request: Request, _ session: Session) {
        // What the store was asked for this request is good for this request only.
        let lastAgent = session.lastAgent
        session.lastAgent = nil
        guard let name = request.value(.channel), let channel = engine.channel(named: name) else {
            let name = request.word(.channel) ?? ""
            return refuse(session, request, .badArgument, "no channel \(name) in the plan", field: "channel")
        }
        var submission = Submission(source: session.source, channel: channel)
        if request.value(.queue) != nil {
            guard let queue = namedQueue(request, session) else { return }
            submission.queue = queue
        }
        if request.value(.agent) != nil {
            guard let agent = namedAgent(request, session) else { return }
            submission.agent = agent
        }
        guard let skills = requirements(.skills, request, session), let prefer = requirements(.prefer, request, session)
        else { return }
        submission.skills = skills
        submission.prefer = prefer
        submission.priority = request.integer(.priority).map { Int32($0) }
        submission.hold = request.duration(.hold).map { TimeSpan(microseconds: $0) }
        if let at = request.instant(.at) {
            let at = Instant(microseconds: at.resolved(now: clock.last.microseconds))
            guard at <= clock.last + Routing.Limits.scheduleAhead else {
                let most = WireTime.string(duration: Routing.Limits.scheduleAhead.microseconds)
                return refuse(session, request, .badArgument, "at= lies more than \(most) ahead", field: "at")
            }
            submission.at = at
        }
        if let text = request.value(.key) {
            let fingerprint = KeyDigest.fingerprint(source: session.source, key: text)
            if let known = engine.inquiry(withKey: fingerprint) {
                if isForgotten(known) { return recall(known, request, session) }
            } else if lastAgent == nil, asksForLastAgent(submission, request, session) {
                return
            }
            submission.key = SubmissionKey(fingerprint: fingerprint, request: KeyDigest.request(request.canonical))
        } else if lastAgent == nil, asksForLastAgent(submission, request, session) {
            return
        }
        if let lastAgent { submission.lastAgent = engine.agent(named: ArraySlice(lastAgent.utf8)) }
        submission.texts = InquiryTexts(
            key: Array(request.value(.key) ?? []), customer: Array(request.value(.customer) ?? []),
            subject: Array(request.value(.subject) ?? []), attributes: Array(request.json(.attrs) ?? []))
        switch perform(.submit(submission)) {
        case .submitted(let id, let duplicate): answerSubmission(id, isDuplicate: duplicate, request, session)
        case .rejected(let rejection): refuse(session, request, rejection)
        case .inquiry, .agent, .nothing, .done: preconditionFailure("a submission is answered as one")
        }
    }

    private func answerSubmission(_ id: Int64, isDuplicate: Bool, _ request: Request, _ session: Session) {
        ok(session, request) { line in
            line.field("id", integer: id)
            line.field("state", text: engine.state(of: id)?.name ?? "")
            line.field("queue", text: engine.queueName(of: id) ?? "")
            line.field("priority", integer: Int64(engine.priority(of: id) ?? 0))
            if let at = engine.inquiry(id)?.definition?.scheduledAt, engine.state(of: id) == .scheduled {
                line.field("at", instantMicroseconds: at.microseconds)
            }
            writePlace(of: id, to: &line)
            if isDuplicate { line.field("duplicate", text: "true") }
        }
    }

    /// `position=` and `ewt=`, only while it waits.
    func writePlace(of id: Int64, to line: inout LineWriter) {
        guard let position = engine.position(of: id) else { return }
        line.field("position", text: position > Engine.positionMax ? "\(Engine.positionMax)+" : "\(position)")
        guard let wait = engine.estimatedWait(of: id) else { return line.field("ewt", text: "unknown") }
        if wait < .seconds(1) { return line.field("ewt", text: "soon") }
        line.field("ewt", durationMicroseconds: wait.microseconds / 1_000_000 * 1_000_000)
    }

    func get(_ request: Request, _ session: Session) {
        let id: Int64
        if let given = request.positionalInteger {
            guard !request.has(.key), !request.has(.source) else {
                return refuse(
                    session, request, .badArgument, "an id needs no key= or source=",
                    field: request.has(.key) ? "key" : "source")
            }
            id = given
        } else {
            guard let key = request.value(.key) else {
                return refuse(session, request, .badArgument, "an id or key= is needed", field: "id")
            }
            let own = session.source
            let source = request.integer(.source).map { Int32(clamping: $0) } ?? own
            let fingerprint = KeyDigest.fingerprint(source: source, key: key)
            guard let known = engine.inquiry(withKey: fingerprint) else {
                return refuse(session, request, .notFound, "no inquiry has that key")
            }
            id = known
        }
        if isForgotten(id) { return recall(id, request, session) }
        guard let inquiry = engine.inquiry(id), maySee(inquiry, session) else {
            return refuse(session, request, .notFound, "there is no inquiry \(id)")
        }
        ok(session, request) { describe(inquiry, to: &$0) }
    }

    func abandon(_ request: Request, _ session: Session) {
        guard let id = ownInquiry(request, session) else { return }
        answerState(perform(.abandon(id: id)), request, session)
    }

    func cancel(_ request: Request, _ session: Session) {
        guard let id = ownInquiry(request, session) else { return }
        answerState(perform(.cancel(id: id, reason: Array(request.value(.reason) ?? []))), request, session)
    }

    /// Answers `id= state=`, or why not.
    func answerState(
        _ reply: Reply, _ request: Request, _ session: Session, more: (inout LineWriter) -> Void = { _ in }
    ) {
        switch reply {
        case .inquiry(let id, let state):
            ok(session, request) {
                $0.field("id", integer: id)
                $0.field("state", text: state.name)
                more(&$0)
            }
        case .rejected(let rejection): refuse(session, request, rejection)
        case .submitted, .agent, .nothing, .done:
            preconditionFailure("a verb about an inquiry is answered with its state")
        }
    }

    /// The inquiry that the request is about, if it is there and the session's; else the request is answered.
    func ownInquiry(_ request: Request, _ session: Session) -> Int64? {
        let id = request.positionalInteger ?? 0
        if isForgotten(id) {
            recall(id, request, session)
            return nil
        }
        guard let source = engine.source(of: id), session.role == .admin || source == session.source else {
            refuse(session, request, .notFound, "there is no inquiry \(id)")
            return nil
        }
        return id
    }

    private func maySee(_ inquiry: InquiryRow, _ session: Session) -> Bool {
        switch session.role {
        case .admin: true
        case .supervisor: isOfTeams(inquiry, session)
        case .gateway: inquiry.definition?.source == session.source || isWork(inquiry, of: session)
        case .upstream: inquiry.definition?.source == session.source
        case .agent: session.boundAgent.map { engine.name(of: $0) == inquiry.agent } ?? false
        case nil: false
        }
    }

    /// Whether an agent for whom the session speaks has the inquiry.
    private func isWork(_ inquiry: InquiryRow, of session: Session) -> Bool {
        guard let agent = engine.agent(named: ArraySlice(inquiry.agent.utf8)) else { return false }
        return session.boundAgent == agent || session.agents.contains(agent)
    }
}
