import LineProtocol
import Routing

// What upstream systems ask: SUBMIT, GET, ABANDON, CANCEL.

extension Core {
    func submit(_ request: Request, _ session: Session) {
        guard let name = request.value(.channel), let channel = engine.channel(named: name) else {
            let name = request.word(.channel) ?? ""
            return refuse(session, request, .badArgument, "no channel \(name) in the plan", field: "channel")
        }
        var queue: QueueIndex?
        if let name = request.value(.queue) {
            queue = engine.queue(named: name)
            guard queue != nil else {
                return refuse(
                    session, request, .badArgument, "no queue \(request.word(.queue) ?? "") in the plan",
                    field: "queue")
            }
        }
        var skills: [SkillRequirement] = []
        for (name, level) in request.levels(.skills) ?? [] {
            guard let skill = engine.skill(named: name) else {
                let rejection = Rejection(.limit, "too many different skills are in use", field: "skills")
                return refuse(session, request, rejection)
            }
            skills.append(SkillRequirement(skill: skill, level: level))
        }
        var key: SubmissionKey?
        if let text = request.value(.key) {
            let fingerprint = KeyDigest.fingerprint(source: session.source, key: text)
            if let known = engine.inquiry(withKey: fingerprint), isForgotten(known) {
                return recall(known, request, session)
            }
            key = SubmissionKey(fingerprint: fingerprint, request: KeyDigest.request(request.canonical))
        }
        let texts = InquiryTexts(
            key: Array(request.value(.key) ?? []), customer: Array(request.value(.customer) ?? []),
            subject: Array(request.value(.subject) ?? []), attributes: Array(request.json(.attrs) ?? []))
        let reply = perform(
            .submit(
                Submission(
                    source: session.source, channel: channel, queue: queue,
                    priority: request.integer(.priority).map { Int32($0) }, skills: skills, texts: texts, key: key)))
        switch reply {
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
    private func ownInquiry(_ request: Request, _ session: Session) -> Int64? {
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

    /// A supervisor of some teams sees what nobody has and what an agent of theirs has.
    func isOfTeams(_ inquiry: InquiryRow, _ session: Session) -> Bool {
        isOfTeams(inquiry.agent, session)
    }

    // MARK: What has left memory

    /// Closed so long ago that only the store knows it.
    func isForgotten(_ id: Int64) -> Bool { engine.wasSubmitted(id) && !engine.knows(id) }

    /// Has the row fetched; the request is answered when it is there, and those behind it wait.
    func recall(_ id: Int64, _ request: Request, _ session: Session) {
        guard let eventLog else { return refuse(session, request, .notFound, "there is no inquiry \(id)") }
        session.isParked = true
        let link = session.link.id
        eventLog.inquiry(id) { [mailbox] in mailbox.post(.recalled(link, request, $0)) }
    }

    func recalled(_ link: UInt64, _ request: Request, _ result: Result<InquiryRow?, LogFailure>) {
        guard let session = sessions[link] else { return }
        switch result {
        case .success(let row?):
            engine.recall(row)
            session.isParked = false
            if engine.knows(row.id) {
                receive(.request(request), from: session)
            } else {
                refuse(session, request, .notFound, "inquiry \(row.id) is of a channel or queue that the plan lacks")
            }
        case .success(nil):
            refuse(session, request, .notFound, "that inquiry is not kept any more")
        case .failure: refuseAway(session, request, "PostgreSQL is away, and old inquiries with it")
        }
        unpark(link)
    }

    // MARK: An inquiry in words

    func describe(_ inquiry: InquiryRow, to line: inout LineWriter) {
        guard let submission = inquiry.definition else { return }
        line.field("id", integer: inquiry.id)
        line.field("state", text: inquiry.state.name)
        line.field("queue", text: inquiry.queue)
        line.field("channel", text: submission.channel)
        line.field("priority", integer: Int64(inquiry.priority))
        if !submission.skills.isEmpty { line.field("skills", levels: submission.skills.map { ($0.skill, $0.level) }) }
        line.field("source", integer: Int64(submission.source))
        if !submission.texts.key.isEmpty { line.field("key", text: submission.texts.key) }
        if !submission.texts.customer.isEmpty { line.field("customer", text: submission.texts.customer) }
        if !submission.texts.subject.isEmpty { line.field("subject", text: submission.texts.subject) }
        if !inquiry.agent.isEmpty { line.field("agent", text: inquiry.agent) }
        line.field("submitted", instantMicroseconds: submission.submittedAt.microseconds)
        line.field("queued", instantMicroseconds: inquiry.queuedAt.microseconds)
        line.field("since", instantMicroseconds: inquiry.stateSince.microseconds)
        let times: [(StaticString, Instant?)] = [
            ("expires", inquiry.offerExpires), ("accepted", inquiry.acceptedAt), ("closed", inquiry.closedAt),
            ("wrap_up_ends", inquiry.wrapUpEnds),
        ]
        for (name, time) in times {
            if let time { line.field(name, instantMicroseconds: time.microseconds) }
        }
        writePlace(of: inquiry.id, to: &line)
        if !inquiry.disposition.isEmpty {
            line.field(inquiry.state == .cancelled ? "reason" : "disposition", text: inquiry.disposition[...])
        }
        if let outcome = inquiry.outcome { line.field("outcome", text: outcome.name) }
        if !inquiry.excluded.isEmpty { line.field("excluded", text: inquiry.excluded.joined(separator: ",")) }
        if !submission.texts.attributes.isEmpty { line.field("attrs", json: submission.texts.attributes) }
    }
}
