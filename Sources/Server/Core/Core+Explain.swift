import LineProtocol
import Routing

// EXPLAIN: why an inquiry waits, and why it went where it went.

/// An inquiry that waits, and of how many agents it is known already why they do not get it.
struct Explaining {
    let link: UInt64
    let request: Request
    let id: Int64
    var tally = Tally()
}

extension Core {
    func explain(_ request: Request, _ session: Session) {
        guard let id = supervisedInquiry(request, session), let inquiry = engine.inquiry(id) else { return }
        if request.value(.agent) != nil {
            guard let agent = namedAgent(request, session) else { return }
            return explain(inquiry, agent, request, session)
        }
        switch inquiry.state {
        case .waiting:
            session.isParked = true
            explaining.append(Explaining(link: session.link.id, request: request, id: id))
        case .scheduled:
            writeParts(of: inquiry, request, session)
            ok(session, request) {
                writeRequirement(inquiry, to: &$0)
                if let at = inquiry.definition?.scheduledAt {
                    $0.field("next", text: "queued")
                    $0.field("next_at", instantMicroseconds: at.microseconds)
                }
            }
        case .offered, .assigned, .held, .completed, .abandoned, .cancelled, .expired:
            explainDecision(of: inquiry, request, session)
        }
    }

    // MARK: What is required, and who says so

    /// A row a part, where the request is not all of it; and one for each condition that could not be evaluated.
    private func writeParts(of inquiry: InquiryRow, _ request: Request, _ session: Session) {
        for part in inquiry.definition?.parts ?? [] {
            row(session, request) {
                $0.field("skill", text: part.skill)
                $0.field("level", integer: Int64(part.level))
                $0.field("by", text: part.source.kind)
                switch part.source {
                case .rule(let name), .escalation(let name): $0.field("name", text: name.string)
                case .step(let after): $0.field("after", durationMicroseconds: after.microseconds)
                case .request, .queue, .hand: break
                }
            }
        }
        for failed in inquiry.definition?.failed ?? [] {
            let colon = failed.firstIndex(of: ":") ?? failed.endIndex
            row(session, request) {
                $0.field("failed", text: String(failed[..<colon]))
                $0.field("name", text: String(failed[colon...].dropFirst()))
            }
        }
    }

    // MARK: One agent

    private func explain(_ inquiry: InquiryRow, _ agent: AgentIndex, _ request: Request, _ session: Session) {
        guard inquiry.state == .waiting || inquiry.state == .offered else {
            return refuse(
                session, request, .conflict, "only of what waits or is offered can be said whom it fits",
                state: inquiry.state.name)
        }
        let obstacle = engine.obstacle(inquiry.id, agent: agent)
        ok(session, request) {
            $0.field("id", integer: inquiry.id)
            $0.field("state", text: inquiry.state.name)
            $0.field("agent", text: engine.name(of: agent))
            $0.field("fits", flag: obstacle == nil)
            guard let (reason, details) = obstacle else { return }
            $0.field("reason", text: reason.name)
            for (key, value) in details { $0.field(key, text: value) }
        }
    }

    // MARK: What waits

    /// Looks at the next agents for the first inquiry that is being explained. Of what waits behind it each gets its
    /// turn when the one before it is answered.
    func explainSlice() {
        guard phase == .serving, !explaining.isEmpty else { return }
        guard sessions[explaining[0].link] != nil else {
            explaining.removeFirst()
            return
        }
        if engine.state(of: explaining[0].id) == .waiting {
            engine.tally(explaining[0].id, &explaining[0].tally, limit: ServerLimits.explainedAgents)
            guard Int(explaining[0].tally.next) >= engine.agentCount else { return }
        }
        finishExplaining(explaining.removeFirst())
    }

    private func finishExplaining(_ done: Explaining) {
        guard let session = sessions[done.link] else { return }
        // It went somewhere meanwhile: that is the answer.
        guard let waiting = engine.waitingExplanation(done.id), let inquiry = engine.inquiry(done.id) else {
            return takeUp(done.request, session)
        }
        output.clear()
        atOnceIfAway(session) {
            session.saysCommitted = false
            writeParts(of: inquiry, done.request, session)
            for obstacle in Obstacle.allCases where done.tally.counts[Int(obstacle.rawValue)] > 0 {
                row(session, done.request) {
                    $0.field("reason", text: obstacle.name)
                    $0.field("agents", integer: done.tally.counts[Int(obstacle.rawValue)])
                }
            }
            ok(session, done.request) {
                writeRequirement(inquiry, to: &$0)
                write(waiting, to: &$0)
                $0.field("agents", integer: done.tally.counts.reduce(0, +) + done.tally.fitting)
                $0.field("fitting", integer: done.tally.fitting)
            }
            session.saysCommitted = true
        }
        unpark(done.link)
    }

    private func writeRequirement(_ inquiry: InquiryRow, to line: inout LineWriter) {
        guard let definition = inquiry.definition else { return }
        line.field("id", integer: inquiry.id)
        line.field("state", text: inquiry.state.name)
        line.field("queue", text: inquiry.queue)
        line.field("channel", text: definition.channel)
        if !definition.skills.isEmpty { line.field("skills", levels: definition.skills.map { ($0.skill, $0.level) }) }
        line.field("priority", integer: Int64(inquiry.priority))
    }

    private func write(_ waiting: WaitingExplanation, to line: inout LineWriter) {
        line.field("queued", instantMicroseconds: waiting.queuedAt.microseconds)
        line.field("waited", durationMicroseconds: waiting.waited.microseconds)
        line.field("target", durationMicroseconds: waiting.target.microseconds)
        if waiting.boost == CompiledPlan.strictBoost {
            line.field("boost", text: "strict")
        } else {
            line.field("boost", durationMicroseconds: waiting.boost.microseconds)
            line.field("rank", instantMicroseconds: waiting.rank)
        }
        line.field("place", text: waiting.place.map { "\($0)" } ?? "\(Engine.positionMax)+")
        if !waiting.preferred.isEmpty { line.field("preferred", text: waiting.preferred) }
        if let until = waiting.holdUntil { line.field("hold_until", instantMicroseconds: until.microseconds) }
        if waiting.isPaused { line.field("paused", flag: true) }
        if waiting.isDraining { line.field("draining", flag: true) }
        if let next = waiting.nextTimer {
            line.field("next", text: next.name)
            line.field("next_at", instantMicroseconds: next.due.microseconds)
        }
    }

    // MARK: What went somewhere

    private func explainDecision(of inquiry: InquiryRow, _ request: Request, _ session: Session) {
        let seq = inquiry.decisionSeq
        guard seq != 0 else { return answer(inquiry, decided: nil, request, session) }
        if let event = recentEvent(seq) {
            return answer(inquiry, decided: Decision(event), request, session)
        }
        guard let eventLog else { return refuseUnavailable(session, request) }
        session.isParked = true
        let link = session.link.id
        eventLog.entries(after: seq - 1, limit: 1) { [mailbox] in
            mailbox.post(.decisionRead(link, request, seq: seq, $0))
        }
    }

    /// What the log may not have yet: an event of the batch that forms or of the one that is being committed.
    private func recentEvent(_ seq: Int64) -> Event? {
        for events in [changes.events, inFlightEvents] {
            guard let first = events.first, seq >= first.seq, seq - first.seq < events.count else { continue }
            return events[Int(seq - first.seq)]
        }
        return nil
    }

    func decisionRead(
        _ link: UInt64, _ request: Request, seq: Int64, _ result: Result<[LogEntry], LogFailure>
    ) {
        guard let session = sessions[link] else { return }
        output.clear()
        switch result {
        case .success(let entries):
            guard let id = request.positionalInteger, let inquiry = engine.inquiry(id), inquiry.decisionSeq == seq
            else {
                // It went on meanwhile: what holds now is the answer.
                return takeUp(request, session)
            }
            // The log may be kept for less long than the inquiry.
            let entry = entries.first { $0.seq == seq }
            atOnceIfAway(session) {
                session.saysCommitted = false
                answer(inquiry, decided: entry.map { Decision($0) }, request, session)
                session.saysCommitted = true
            }
        case .failure: refuseAway(session, request, "PostgreSQL is away, and the log with it")
        }
        unpark(link)
    }

    private func answer(_ inquiry: InquiryRow, decided: Decision?, _ request: Request, _ session: Session) {
        writeParts(of: inquiry, request, session)
        ok(session, request) { line in
            writeRequirement(inquiry, to: &line)
            if !inquiry.agent.isEmpty { line.field("agent", text: inquiry.agent) }
            line.field("queued", instantMicroseconds: inquiry.queuedAt.microseconds)
            if let closed = inquiry.closedAt { line.field("closed", instantMicroseconds: closed.microseconds) }
            guard let decided else { return }
            line.field("seq", integer: decided.seq)
            line.field("decided", instantMicroseconds: decided.at.microseconds)
            line.field("by", text: decided.type)
            line.field("to", text: decided.agent)
            if let queue = engine.queue(named: ArraySlice(decided.queue.utf8)) {
                line.field("select", text: engine.plan.queues[Int(queue)].selection.name)
            }
            switch decided.details {
            case .spoken(let details):
                for detail in details where Self.isTold(detail.key.name) { write(detail, to: &line) }
            case .written(let details):
                for (key, value) in parseFlatObject(details) ?? [] where Self.isTold(key) {
                    write(key, value, to: &line)
                }
            }
        }
    }

    /// What of the event's details says why: the rest is told otherwise, or of no matter here.
    private static func isTold(_ key: String) -> Bool {
        DetailKey.allCases.contains { $0.name == key && ($0.isForExplanation || $0 == .how || $0 == .waited) }
    }
}

/// The event that gave an inquiry to its agent.
private struct Decision {
    enum Details {
        case spoken([EventDetail])
        case written([UInt8])
    }

    let seq: Int64
    let at: Instant
    let type: String
    let agent: String
    let queue: String
    let details: Details

    init(_ event: Event) {
        (seq, at, type, agent, queue) = (event.seq, event.at, event.type.name, event.agent, event.queue)
        details = .spoken(event.details)
    }

    init(_ entry: LogEntry) {
        (seq, at, type, agent, queue) = (entry.seq, entry.at, entry.type, entry.agent, entry.queue)
        details = .written(entry.details)
    }
}
