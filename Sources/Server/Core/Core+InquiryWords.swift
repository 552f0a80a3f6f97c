import LineProtocol
import Routing

// An inquiry in words.

extension Core {
    private func writeHead(_ inquiry: InquiryRow, _ submission: InquiryDefinition, to line: inout LineWriter) {
        line.field("id", integer: inquiry.id)
        line.field("state", text: inquiry.state.name)
        line.field("queue", text: inquiry.queue)
        line.field("channel", text: submission.channel)
        line.field("priority", integer: Int64(inquiry.priority))
        if !submission.skills.isEmpty { line.field("skills", levels: submission.skills.map { ($0.skill, $0.level) }) }
    }

    /// What its policy promises: when it is due, what is left while the clock stands still, or what came of it.
    private func writePromises(of inquiry: InquiryRow, to line: inout LineWriter) {
        guard let policy = inquiry.definition?.policy, !policy.isEmpty else { return }
        line.field("policy", text: policy)
        for clock in engine.clocks(of: inquiry.id) where clock.isOn && clock.verdict == nil {
            if let due = clock.due {
                line.field(clock.metric.name + "_due", text: WireTime.string(instant: due.microseconds))
            } else if let target = clock.target {
                let left = max(target - clock.consumed, .zero)
                line.field(clock.metric.name + "_left", text: WireTime.string(duration: left.microseconds))
            }
        }
        for clock in inquiry.clocks {
            if let verdict = clock.verdict { line.field(clock.metric.name + "_sla", text: verdict.name) }
        }
    }

    /// All of it, as GET shows it.
    func describe(_ inquiry: InquiryRow, to line: inout LineWriter) {
        guard let submission = inquiry.definition else { return }
        writeHead(inquiry, submission, to: &line)
        if !submission.prefer.isEmpty { line.field("prefer", levels: submission.prefer.map { ($0.skill, $0.level) }) }
        line.field("source", integer: Int64(submission.source))
        if !submission.texts.key.isEmpty { line.field("key", text: submission.texts.key) }
        if !submission.texts.customer.isEmpty { line.field("customer", text: submission.texts.customer) }
        if !submission.texts.subject.isEmpty { line.field("subject", text: submission.texts.subject) }
        if !inquiry.agent.isEmpty { line.field("agent", text: inquiry.agent) }
        if !submission.preferred.isEmpty { line.field("preferred", text: submission.preferred) }
        line.field("submitted", instantMicroseconds: submission.submittedAt.microseconds)
        line.field("queued", instantMicroseconds: inquiry.queuedAt.microseconds)
        line.field("since", instantMicroseconds: inquiry.stateSince.microseconds)
        let times: [(StaticString, Instant?)] = [
            ("at", submission.scheduledAt), ("hold_until", submission.holdUntil), ("expires", inquiry.offerExpires),
            ("accepted", inquiry.acceptedAt), ("closed", inquiry.closedAt), ("wrap_up_ends", inquiry.wrapUpEnds),
        ]
        for (name, time) in times {
            if let time { line.field(name, instantMicroseconds: time.microseconds) }
        }
        writePlace(of: inquiry.id, to: &line)
        writePromises(of: inquiry, to: &line)
        if !inquiry.disposition.isEmpty {
            line.field(inquiry.state == .cancelled ? "reason" : "disposition", text: inquiry.disposition[...])
        }
        if let outcome = inquiry.outcome { line.field("outcome", text: outcome.name) }
        if let csat = submission.csat { line.field("csat", integer: Int64(csat)) }
        if let nps = submission.nps { line.field("nps", integer: Int64(nps)) }
        if !submission.comment.isEmpty { line.field("comment", text: submission.comment) }
        if !inquiry.excluded.isEmpty { line.field("excluded", text: inquiry.excluded.joined(separator: ",")) }
        if !submission.texts.attributes.isEmpty { line.field("attrs", json: submission.texts.attributes) }
    }

    /// The row of a listing.
    func summarize(_ inquiry: InquiryRow, to line: inout LineWriter) {
        guard let submission = inquiry.definition else { return }
        writeHead(inquiry, submission, to: &line)
        if !inquiry.agent.isEmpty { line.field("agent", text: inquiry.agent) }
        if !submission.texts.customer.isEmpty { line.field("customer", text: submission.texts.customer) }
        if !submission.texts.subject.isEmpty { line.field("subject", text: submission.texts.subject) }
        if inquiry.state == .scheduled, let at = submission.scheduledAt {
            line.field("at", instantMicroseconds: at.microseconds)
        }
        line.field("queued", instantMicroseconds: inquiry.queuedAt.microseconds)
        line.field("since", instantMicroseconds: inquiry.stateSince.microseconds)
    }

    /// What an agent is shown of work that it has taken itself.
    func writeWork(_ inquiry: InquiryRow, to line: inout LineWriter) {
        guard let submission = inquiry.definition else { return }
        line.field("queue", text: inquiry.queue)
        line.field("channel", text: submission.channel)
        if !submission.texts.customer.isEmpty { line.field("customer", text: submission.texts.customer) }
        if !submission.texts.subject.isEmpty { line.field("subject", text: submission.texts.subject) }
        writeCustomer(of: inquiry.id, to: &line)
        if !submission.texts.attributes.isEmpty { line.field("attrs", json: submission.texts.attributes) }
    }

    /// `open=` and `last=`: the customer's other open inquiries, and the one that was closed last.
    func writeCustomer(of id: Int64, to line: inout LineWriter) {
        let known = engine.customerInquiries(of: id)
        if !known.open.isEmpty {
            let list = known.open.map { String($0) }.joined(separator: ",")
            line.field("open", json: Array("[\(list)]".utf8))
        }
        if let last = known.last { line.field("last", integer: last) }
    }
}
