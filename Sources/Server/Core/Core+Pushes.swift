import LineProtocol
import Routing

// What happened goes to the log, to the sessions of the agents it concerns, and to those who watch.

extension Core {
    /// Books the events of the step that has just been taken and tells whom they concern. `cause` is the session whose
    /// request made them: what it did itself it has been told by the `OK`.
    func harvest(cause: Session?) {
        for (row, session) in reshown where !session.isClosed { push(row, to: session, isItsAgents: true) }
        reshown.removeAll(keepingCapacity: true)
        for event in output.events {
            if let agent = event.agentIndex, let session = agentSessions[agent],
                concernsAgent(event, isOwn: session === cause)
            {
                push(event, to: session, isItsAgents: true)
                if !watching.isEmpty { tellWatchers(event, but: session) }
            } else if !watching.isEmpty {
                tellWatchers(event, but: nil)
            }
            if event.type == .stalled { pushStall(event) }
        }
        changes.events.append(contentsOf: output.events)
        output.events.removeAll(keepingCapacity: true)
        if !deleted.isEmpty { endSessionsOfDeleted() }
    }

    /// Whether the session of the event's agent is pushed it. What the session's own request did is told by the `OK`,
    /// as far as the `OK` tells it.
    private func concernsAgent(_ event: Event, isOwn: Bool) -> Bool {
        switch event.type {
        case .offered, .withdrawn, .missed, .requeued, .cancelled, .abandoned, .expired, .overCapacity, .slaWarned,
            .slaBreached:
            true
        case .assigned: !isOwn || !event.isPulled
        case .wrapped, .agentAway, .agentOffline, .agentChanged, .transferred, .message, .reopened, .resumed: !isOwn
        case .submitted, .scheduled, .queued, .accepted, .declined, .exclusionsCleared, .preferredReleased, .held,
            .updated, .step, .escalated, .completed, .rated, .surveyDue, .agentReady, .agentDisconnected,
            .agentReconnected,
            .stalled, .planPublished,
            .queuePaused, .queueResumed, .drain:
            false
        }
    }

    /// - Parameter isItsAgents: The session is that of the event's agent.
    private func push(_ event: Event, to session: Session, isItsAgents: Bool = false) {
        write(event, to: &session.out, withCustomer: isItsAgents && event.type.showsTexts)
        session.lastSeq = event.seq
        speaks(session)
    }

    /// After a stall the open offers come again with the time that is left of them.
    private func pushStall(_ event: Event) {
        for (agent, session) in agentSessions.sorted(by: { $0.key < $1.key }) {
            guard !engine.offers(of: agent).isEmpty else { continue }
            if session.watcher == nil { push(event, to: session) }
            for offer in openOffers(of: agent) { push(offer, to: session, isItsAgents: true) }
        }
    }

    /// The offers that an agent already has, to show them again. These lines are no entries of the log: they bear the
    /// number of its last one.
    func openOffers(of agent: AgentIndex) -> [Event] {
        engine.offers(of: agent).map { offer in
            Event(
                seq: engine.lastSeq, at: clock.last, type: .offered, inquiry: offer.id,
                agent: engine.name(of: agent), queue: offer.queue,
                details: [
                    EventDetail(.channel, .name(offer.channel)), EventDetail(.expires, .instant(offer.expires)),
                ])
        }
    }

    // MARK: An event in words

    private func write(_ event: Event, to line: inout LineWriter, withCustomer: Bool = false) {
        line.event(event.type.name)
        line.field("seq", integer: event.seq)
        line.field("time", instantMicroseconds: event.at.microseconds)
        if event.inquiry != 0 { line.field("inquiry", integer: event.inquiry) }
        if !event.agent.isEmpty { line.field("agent", text: event.agent) }
        if !event.queue.isEmpty { line.field("queue", text: event.queue) }
        let texts = event.type.showsTexts ? engine.texts(of: event.inquiry) : nil
        for detail in event.details where !detail.key.isForExplanation {
            write(detail, to: &line)
            if detail.key == .channel, let texts {
                if !texts.customer.isEmpty { line.field("customer", text: texts.customer) }
                if !texts.subject.isEmpty { line.field("subject", text: texts.subject) }
            }
        }
        if withCustomer { writeCustomer(of: event.inquiry, to: &line) }
        if let texts, !texts.attributes.isEmpty { line.field("attrs", json: texts.attributes) }
        line.end()
    }

    func write(_ detail: EventDetail, to line: inout LineWriter) {
        let name = detail.key.name
        switch detail.value {
        case .name(let text): line.field(name, text: text)
        case .names(let names): line.field(name, names: names)
        case .text(let bytes): line.field(name, text: String(decoding: bytes, as: UTF8.self))
        case .integer(let value): line.field(name, integer: value)
        case .instant(let instant): line.field(name, text: WireTime.string(instant: instant.microseconds))
        case .span(let span): line.field(name, text: WireTime.string(duration: span.microseconds))
        case .flag(let flag): line.field(name, text: flag ? "true" : "false")
        case .levels(let levels):
            line.field(name, text: levels.map { "\($0.skill):\($0.level)" }.joined(separator: ","))
        case .limits(let limits):
            line.field(
                name,
                text: limits.map { entry in entry.limit.map { "\(entry.channel):\($0)" } ?? entry.channel }
                    .joined(separator: ","))
        }
    }

    /// An entry of the log in the words in which it was pushed when it happened.
    private func write(_ entry: LogEntry, to line: inout LineWriter) {
        line.event(entry.type)
        line.field("seq", integer: entry.seq)
        line.field("time", instantMicroseconds: entry.at.microseconds)
        if entry.inquiry != 0 { line.field("inquiry", integer: entry.inquiry) }
        if !entry.agent.isEmpty { line.field("agent", text: entry.agent) }
        if !entry.queue.isEmpty { line.field("queue", text: entry.queue) }
        let showsTexts = EventType(name: entry.type)?.showsTexts ?? false
        for (key, value) in parseFlatObject(entry.details) ?? [] where !Self.keysForExplanation.contains(key) {
            write(key, value, to: &line)
            if key == DetailKey.channel.name && showsTexts {
                if !entry.customer.isEmpty { line.field("customer", text: entry.customer) }
                if !entry.subject.isEmpty { line.field("subject", text: entry.subject) }
            }
        }
        if showsTexts, !entry.attributes.isEmpty { line.field("attrs", json: entry.attributes) }
        line.end()
    }

    private static let keysForExplanation = Set(DetailKey.allCases.filter(\.isForExplanation).map(\.name))

    /// A detail of the log in the words in which it was pushed.
    func write(_ key: String, _ value: JSONValue, to line: inout LineWriter) {
        switch value {
        case .string(let text): line.field(key, text: text)
        case .integer(let number): line.field(key, integer: number)
        case .bool(let flag): line.field(key, text: flag ? "true" : "false")
        case .null: line.field(key, text: "")
        case .raw(let json):
            if let names = parseArray(json) {
                line.field(key, names: names.map { if case .string(let name) = $0 { name } else { "" } })
            } else {
                line.field(key, text: Self.flatten(json))
            }
        }
    }

    /// `{"billing":3,"chat":null}` as the wire has it: `billing:3,chat`.
    private static func flatten(_ json: [UInt8]) -> String {
        (parseFlatObject(json) ?? []).map { key, value in
            if case .integer(let number) = value { return "\(key):\(number)" }
            return key
        }
        .joined(separator: ",")
    }

    // MARK: WATCH

    func watch(_ request: Request, _ session: Session) {
        var watcher = Watcher()
        if let types = request.list(.types), !types.isEmpty {
            for type in types where EventType(name: type) == nil {
                return refuse(session, request, .badArgument, "there is no event type \(type)", field: "types")
            }
            watcher.types = Set(types)
        }
        if let queue = request.value(.queue) {
            guard engine.queue(named: queue) != nil else {
                return refuse(
                    session, request, .badArgument, "there is no queue \(request.word(.queue) ?? "")", field: "queue")
            }
            watcher.queue = request.word(.queue)
        }
        watcher.inquiry = request.integer(.inquiry)
        if session.role == .upstream || session.role == .gateway { watcher.source = session.source }
        guard let from = request.integer(.from) else {
            start(watcher, session)
            return ok(session, request) { $0.field("seq", integer: engine.lastSeq) }
        }
        guard from <= engine.lastSeq else {
            return refuse(
                session, request, .badArgument, "the last event is \(engine.lastSeq)", field: "from")
        }
        guard let eventLog else { return refuseUnavailable(session, request) }
        watcher.pace = .replaying(position: from, joinsAt: nil)
        // What an earlier WATCH asked for ends here, not between the answer to this one and its first event.
        endWatch(session)
        session.isParked = true
        let link = session.link.id
        eventLog.firstSeq { [mailbox, watcher] in mailbox.post(.logStart(link, request, watcher, $0)) }
    }

    func unwatch(_ request: Request, _ session: Session) {
        endWatch(session)
        watchPromises(session)
        ok(session, request)
    }

    /// A supervisor is told of promises in danger unasked, as long as it watches nothing else.
    func watchPromises(_ session: Session) {
        guard session.role == .supervisor else { return }
        var watcher = Watcher()
        watcher.types = [EventType.slaWarned.name, EventType.slaBreached.name]
        start(watcher, session)
    }

    private func endWatch(_ session: Session) {
        session.watcher = nil
        session.held.removeAll()
        watching[session.link.id] = nil
    }

    private func start(_ watcher: Watcher, _ session: Session) {
        session.watcher = watcher
        session.held.removeAll()
        watching[session.link.id] = session
    }

    /// `told` has the event already, as its agent's session.
    private func tellWatchers(_ event: Event, but told: Session?) {
        var source: Int32?
        for session in watching.values where session !== told {
            guard let watcher = session.watcher else { continue }
            if watcher.source != nil && source == nil { source = engine.source(of: event.inquiry) }
            guard isOfTeams(agent: event.agent, queue: event.queue, session),
                watcher.wants(type: event.type.name, queue: event.queue, inquiry: event.inquiry, source: source)
            else { continue }
            switch watcher.pace {
            case .live: push(event, to: session)
            case .replaying(let position, let joinsAt?) where event.seq > joinsAt:
                hold(event, for: session, position: position)
            case .replaying: break
            }
        }
    }

    /// The log has been read nearly to its end: what happens meanwhile waits here, as long as it fits. A reader that
    /// is too slow even for that goes on from the log.
    private func hold(_ event: Event, for session: Session, position: Int64) {
        if session.held.bytes.count < ServerLimits.pendingPushBytes {
            write(event, to: &session.held)
            session.heldLastSeq = event.seq
        } else {
            session.held.removeAll()
            session.watcher?.pace = .replaying(position: position, joinsAt: nil)
        }
    }

    func logStart(
        _ link: UInt64, _ request: Request, _ watcher: Watcher, _ result: Result<Int64, LogFailure>
    ) {
        guard let session = sessions[link] else { return }
        switch result {
        case .success(let first):
            if case .replaying(let position, _) = watcher.pace, first > position + 1 {
                session.out.error(
                    tag: request.tag, code: .gone, message: "events before \(first) are not kept any more")
                session.out.field("first", integer: first)
                finishAnswer(session)
            } else {
                start(watcher, session)
                ok(session, request) { $0.field("seq", integer: engine.lastSeq) }
                readLog(for: link)
            }
        case .failure:
            session.watcher = nil
            watchPromises(session)
            refuseAway(session, request, "PostgreSQL is away, and the log with it")
        }
        unpark(link)
    }

    /// Asks for the next page of a replay.
    func readLog(for link: UInt64) {
        guard let eventLog, let session = sessions[link], !session.isReadingLog, let watcher = session.watcher,
            case .replaying(let position, _) = watcher.pace
        else { return }
        session.isReadingLog = true
        eventLog.entries(after: position, limit: ServerLimits.logPageEntries) { [mailbox] in
            mailbox.post(.logPage(link, after: position, $0))
        }
    }

    func logPage(_ link: UInt64, after: Int64, _ result: Result<[LogEntry], LogFailure>) {
        guard let session = sessions[link] else { return }
        session.isReadingLog = false
        guard var watcher = session.watcher, case .replaying(var position, var joinsAt) = watcher.pace else { return }
        // Another WATCH came meanwhile: this page is not its.
        guard position == after else { return readLog(for: link) }
        guard case .success(let entries) = result else {
            // The log is away with PostgreSQL; ask again in a while.
            return session.link.post(.drained(link), to: mailbox, afterSeconds: 1)
        }
        var page = LineWriter()
        var lastShown: Int64 = 0
        for entry in entries {
            // What came after the joining point is in `held` already.
            if let joinsAt, entry.seq > joinsAt { break }
            position = entry.seq
            let source = entry.source == 0 ? nil : entry.source
            guard isOfTeams(agent: entry.agent, queue: entry.queue, session),
                watcher.wants(type: entry.type, queue: entry.queue, inquiry: entry.inquiry, source: source)
            else { continue }
            write(entry, to: &page)
            lastShown = entry.seq
        }
        if joinsAt == nil && entries.count < ServerLimits.logPageEntries { joinsAt = engine.lastSeq }
        watcher.pace = .replaying(position: position, joinsAt: joinsAt)
        if let joinsAt, position >= joinsAt { watcher.pace = .live }
        session.watcher = watcher
        deliver(page, lastSeq: lastShown, to: session)
        guard case .live = watcher.pace, !session.held.bytes.isEmpty else { return }
        // Not yet committed perhaps: it goes out with its batch, before whatever comes next.
        session.out.bytes.append(contentsOf: session.held.bytes)
        session.lastSeq = session.heldLastSeq
        session.held.removeAll()
        speaks(session)
    }

    /// Sends what is committed already; the next page is read when this one has left. Answers that the session is still
    /// owed, that to WATCH among them, go first.
    private func deliver(_ page: LineWriter, lastSeq: Int64, to session: Session) {
        if session.hasOutput || session.unreleased > 0 {
            session.out.bytes.append(contentsOf: page.bytes)
            if lastSeq > 0 { session.lastSeq = lastSeq }
            session.isPaced = true
            return speaks(session)
        }
        Link.hand(
            over: [Delivery(link: session.link, bytes: page.bytes, lastSeq: lastSeq, isPaced: true)])
    }
}

extension Event {
    /// The agent asked for it by NEXT.
    var isPulled: Bool { details.contains { $0.key == .how && $0.value == .name(Assignment.next.name) } }
}

extension EventType {
    /// Whether its line shows the texts of the inquiry's row.
    var showsTexts: Bool { self == .offered || self == .assigned }
}
