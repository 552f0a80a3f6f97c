import Postgres
import Routing

/// Which rows of a batch go with which statement, and how they are written into its parameters.
struct JournalRows {
    let batch: JournalBatch
    let term: LeaseTerm
    private var insertedInquiries: [Int] = []
    /// Of the inserted ones those that the store has, in either table.
    private var readBackInquiries: [Int] = []
    private var updatedInquiries: [Int] = []
    private var rewrittenInquiries: [Int] = []
    private var putAgents: [Int] = []
    private var updatedAgents: [Int] = []
    /// By place among `figures`.
    private var promises: [(row: Int, place: Int)] = []
    private var spans: [(row: Int, span: Span, place: Int)] = []
    private var json = RowJSON()

    init(_ batch: JournalBatch, _ term: LeaseTerm) {
        self.batch = batch
        self.term = term
        for (index, row) in batch.changes.inquiries.enumerated() {
            if row.isNew {
                insertedInquiries.append(index)
            } else if row.isReadBack {
                readBackInquiries.append(index)
                insertedInquiries.append(index)
            } else if row.definition == nil {
                updatedInquiries.append(index)
            } else {
                rewrittenInquiries.append(index)
            }
        }
        for (index, row) in batch.changes.agents.enumerated() {
            if row.definition != nil { putAgents.append(index) } else { updatedAgents.append(index) }
        }
        for (index, row) in batch.changes.figures.enumerated() {
            promises += row.promises.indices.map { (index, $0) }
            for (span, histogram) in zip(Span.allCases, row.spans) {
                spans += histogram.entries.indices.map { (index, span, $0) }
            }
        }
    }

    /// The places of the statement's rows in their list.
    func rows(of statement: JournalStatement) -> [Int] {
        switch statement {
        case .fence: []
        case .lockClosed, .takeOutSwept, .takeOutUnswept: readBackInquiries
        case .insertInquiries: insertedInquiries
        case .updateInquiries: updatedInquiries
        case .rewriteInquiries: rewrittenInquiries
        case .deleteAgents: Array(batch.changes.deletedAgents.indices)
        case .putAgents: putAgents
        case .updateAgents: updatedAgents
        case .putKeys: Array(batch.changes.keys.indices)
        case .insertEvents: Array(batch.changes.events.indices)
        case .addFigures: Array(batch.changes.figures.indices)
        case .addPromiseFigures: Array(promises.indices)
        case .addSpanFigures: Array(spans.indices)
        case .addAgentFigures: Array(batch.changes.agentFigures.indices)
        case .putSurveyMark: batch.changes.surveyMark == nil ? [] : [0]
        case .putTokens: Array(batch.tokens.indices)
        case .putPlans: Array(batch.plans.indices)
        }
    }

    /// What a person calls one of the statement's rows.
    func name(of row: Int, in statement: JournalStatement) -> String {
        switch statement {
        case .fence: "the fence of batch \(batch.number)"
        case .lockClosed: "the lock of closed inquiries"
        case .takeOutSwept, .takeOutUnswept, .insertInquiries, .updateInquiries, .rewriteInquiries:
            "inquiry \(batch.changes.inquiries[row].id)"
        case .deleteAgents: "agent \(batch.changes.deletedAgents[row])"
        case .putAgents, .updateAgents: "agent \(batch.changes.agents[row].id)"
        case .putKeys: "the key of inquiry \(batch.changes.keys[row].inquiry)"
        case .insertEvents: "event \(batch.changes.events[row].seq)"
        case .addFigures: "the figures of queue \(batch.changes.figures[row].queue.string)"
        case .addPromiseFigures: "the promises of queue \(batch.changes.figures[promises[row].row].queue.string)"
        case .addSpanFigures: "the spans of queue \(batch.changes.figures[spans[row].row].queue.string)"
        case .putSurveyMark: "the mark of surveys"
        case .addAgentFigures: "the figures of agent \(batch.changes.agentFigures[row].agent)"
        case .putTokens: "token \(batch.tokens[row].id)"
        case .putPlans: "version \(batch.plans[row].version) of the plan"
        }
    }

    /// Writes the parameters of a statement for some of its rows.
    mutating func encode(_ statement: JournalStatement, _ rows: [Int], into parameters: inout Parameters) {
        parameters.removeAll()
        switch statement {
        case .fence: encodeFence(&parameters)
        case .lockClosed: parameters.add(term.site)
        case .takeOutSwept, .takeOutUnswept:
            let inquiries = batch.changes.inquiries
            parameters.column(.bigint, rows) { $0.append(inquiries[$1].id) }
        case .insertInquiries, .rewriteInquiries:
            encodeInquiries(rows, &parameters)
            encodeDefinitions(rows, &parameters)
        case .updateInquiries: encodeInquiries(rows, &parameters)
        case .deleteAgents:
            let ids = batch.changes.deletedAgents
            parameters.column(.text, rows) { $0.append(ids[$1]) }
        case .putAgents: encodeAgents(rows, isDefining: true, &parameters)
        case .updateAgents: encodeAgents(rows, isDefining: false, &parameters)
        case .putKeys: encodeKeys(rows, &parameters)
        case .insertEvents: encodeEvents(rows, &parameters)
        case .addFigures: encodeFigures(rows, &parameters)
        case .addPromiseFigures: encodePromiseFigures(rows, &parameters)
        case .addSpanFigures: encodeSpanFigures(rows, &parameters)
        case .addAgentFigures: encodeAgentFigures(rows, &parameters)
        case .putSurveyMark:
            parameters.add(term.site)
            if let until = batch.changes.surveyMark?.until {
                parameters.add(timestamp: until.microseconds)
            } else {
                parameters.addNull()
            }
        case .putTokens: encodeTokens(rows, &parameters)
        case .putPlans: encodePlans(rows, &parameters)
        }
    }

    private func encodeFence(_ parameters: inout Parameters) {
        parameters.add(term.site)
        parameters.add(term.epoch)
        parameters.add(batch.number)
        parameters.add(batch.engine.seq)
        parameters.add(batch.engine.nextID)
        parameters.add(timestamp: batch.engine.clock.microseconds)
        parameters.add(batch.engine.totals.submitted)
        parameters.add(batch.engine.totals.completed)
        parameters.add(batch.engine.totals.abandoned)
        parameters.add(batch.engine.totals.cancelled)
        parameters.add(batch.engine.totals.expired)
        parameters.add(batch.engine.isDraining)
        let paused = batch.engine.pausedQueues
        if paused.isEmpty {
            parameters.addNull()
        } else {
            parameters.column(.text, Array(paused.indices)) { $0.append(paused[$1]) }
        }
        parameters.add(interval: term.lengthMicroseconds)
    }

    /// `InquiryColumn.changing`: what all three statements of inquiries have.
    private mutating func encodeInquiries(_ indices: [Int], _ parameters: inout Parameters) {
        let rows = batch.changes.inquiries
        parameters.column(.bigint, indices) { $0.append(rows[$1].id) }
        parameters.column(.text, indices) { $0.append(rows[$1].state.name) }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].stateSince) }
        parameters.column(.text, indices) { $0.append(orNull: rows[$1].queueName) }
        parameters.column(.integer, indices) { $0.append(rows[$1].priority) }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].queuedAt) }
        parameters.column(.bigint, indices) { $0.append(rows[$1].rank) }
        parameters.column(.text, indices) { $0.append(orNull: rows[$1].agentName) }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].offerExpires) }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].acceptedAt) }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].closedAt) }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].wrapUpEnds) }
        parameters.column(.text, indices) { $0.append(orNull: rows[$1].disposition[...]) }
        parameters.column(.text, indices) { $0.append(orNull: rows[$1].outcome?.name ?? "") }
        parameters.column(.text, indices) {
            let excluded = rows[$1].excluded
            $0.append(orNull: excluded.isEmpty ? "" : arrayLiteral(excluded))
        }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].excludedAt) }
        parameters.column(.text, indices) {
            let passed = rows[$1].passed
            $0.append(orNull: passed.isEmpty ? "" : arrayLiteral(passed))
        }
        parameters.column(.bigint, indices) { parameters, index in
            let seq = rows[index].decisionSeq
            if seq == 0 { parameters.appendNull() } else { parameters.append(seq) }
        }
        parameters.column(.timestamptz, indices) { parameters, index in
            let since = rows[index].waitingSince
            if since == rows[index].queuedAt { parameters.appendNull() } else { parameters.append(since) }
        }
        parameters.column(.json, indices) { append(stayOf: rows[$1], to: &$0) }
        parameters.column(.json, indices) { append(clocksOf: rows[$1], to: &$0) }
        parameters.column(.bool, indices) { $0.append(rows[$1].hasResponse) }
        parameters.column(.bool, indices) { $0.append(rows[$1].isReopened) }
        parameters.column(.bigint, indices) { parameters, index in
            let worked = rows[index].worked.microseconds
            if worked == 0 { parameters.appendNull() } else { parameters.append(worked) }
        }
    }

    /// The rest of `InquiryColumn.all`: the definition.
    private mutating func encodeDefinitions(_ indices: [Int], _ parameters: inout Parameters) {
        let definitions = indices.map { index in
            guard let definition = batch.changes.inquiries[index].definition else {
                preconditionFailure("an inquiry is inserted with its definition")
            }
            return definition
        }
        let places = Array(definitions.indices)
        parameters.column(.timestamptz, places) { $0.append(definitions[$1].submittedAt) }
        parameters.column(.integer, places) { $0.append(definitions[$1].source) }
        parameters.column(.text, places) { $0.append(definitions[$1].channel) }
        parameters.column(.json, places) { append(levels: definitions[$1].skills, to: &$0) }
        parameters.column(.json, places) { append(levels: definitions[$1].prefer, to: &$0) }
        parameters.column(.timestamptz, places) { $0.append(definitions[$1].scheduledAt) }
        parameters.column(.text, places) { $0.append(orNull: definitions[$1].preferred) }
        parameters.column(.bigint, places) { parameters, place in
            if let hold = definitions[place].hold {
                parameters.append(hold.microseconds)
            } else {
                parameters.appendNull()
            }
        }
        parameters.column(.timestamptz, places) { $0.append(definitions[$1].holdUntil) }
        parameters.column(.smallint, places) { $0.append(definitions[$1].csat) }
        parameters.column(.smallint, places) { $0.append(definitions[$1].nps) }
        parameters.column(.text, places) { $0.append(orNull: definitions[$1].comment[...]) }
        parameters.column(.text, places) { $0.append(orNull: definitions[$1].texts.key) }
        parameters.column(.text, places) { $0.append(orNull: definitions[$1].texts.customer) }
        parameters.column(.text, places) { $0.append(orNull: definitions[$1].texts.subject) }
        parameters.column(.json, places) { $0.append(orNull: definitions[$1].texts.attributes) }
        parameters.column(.text, places) {
            let parts = definitions[$1].parts.map { "\($0.skill):\($0.level) \($0.source.text)" }
            $0.append(orNull: parts.isEmpty ? "" : arrayLiteral(parts))
        }
        parameters.column(.text, places) { $0.append(orNull: definitions[$1].policy) }
        parameters.column(.integer, places) { parameters, place in
            let version = definitions[place].policyVersion
            if version == 0 { parameters.appendNull() } else { parameters.append(version) }
        }
        parameters.column(.text, places) {
            let failed = definitions[$1].failed
            $0.append(orNull: failed.isEmpty ? "" : arrayLiteral(failed))
        }
    }

    private mutating func append(stayOf row: InquiryRow, to parameters: inout Parameters) {
        if row.waitedBefore == .zero && row.stepsDone == 0 && row.moves == 0 { return parameters.appendNull() }
        json.removeAll()
        json.append(numbers: [
            ("waited", row.waitedBefore.microseconds), ("steps", Int64(row.stepsDone)), ("moves", Int64(row.moves)),
        ])
        parameters.append(bytes: json.bytes)
    }

    /// `{"assign":12000000,"assign.since":1772442000000000,"assign.fired":1,"assign.verdict":1}`: what it
    /// has run, in microseconds, since when it runs where it does, and its verdict; `.on` where it stands still.
    private mutating func append(clocksOf row: InquiryRow, to parameters: inout Parameters) {
        if row.clocks.isEmpty { return parameters.appendNull() }
        var numbers: [(String, Int64)] = []
        for clock in row.clocks {
            let name = clock.metric.name
            numbers.append((name, clock.consumed.microseconds))
            if let since = clock.since { numbers.append((name + ".since", since.microseconds)) }
            if clock.isOn && clock.since == nil { numbers.append((name + ".on", 1)) }
            if clock.fired > 0 { numbers.append((name + ".fired", Int64(clock.fired))) }
            if let verdict = clock.verdict { numbers.append((name + ".verdict", Int64(verdict.rawValue))) }
        }
        json.removeAll()
        json.append(numbers: numbers)
        parameters.append(bytes: json.bytes)
    }

    private mutating func encodeAgents(_ indices: [Int], isDefining: Bool, _ parameters: inout Parameters) {
        let rows = batch.changes.agents
        parameters.column(.text, indices) { $0.append(rows[$1].id) }
        if isDefining { parameters.column(.integer, indices) { $0.append(rows[$1].number) } }
        parameters.column(.text, indices) { $0.append(rows[$1].state.name) }
        parameters.column(.text, indices) { $0.append(orNull: rows[$1].awayReason) }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].stateSince) }
        parameters.column(.text, indices) { $0.append(orNull: rows[$1].channelsOn.map(arrayLiteral) ?? "") }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].idleSince) }
        parameters.column(.integer, indices) { $0.append(rows[$1].missedInRow) }
        parameters.column(.text, indices) { $0.append(rows[$1].time.activity.name) }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].time.since) }
        parameters.column(.json, indices) { append(tally: rows[$1].time.tally, to: &$0) }
        if !isDefining { return }

        let definitions = indices.map { rows[$0].definition ?? AgentDefinition() }
        let places = Array(definitions.indices)
        parameters.column(.text, places) { $0.append(orNull: definitions[$1].name) }
        parameters.column(.text, places) { $0.append(orNull: definitions[$1].team) }
        parameters.column(.json, places) { parameters, place in
            append(levels: definitions[place].skills, to: &parameters)
        }
        parameters.column(.json, places) { parameters, place in
            guard let channels = definitions[place].channels else { return parameters.appendNull() }
            json.removeAll()
            json.append(limits: channels)
            parameters.append(bytes: json.bytes)
        }
        parameters.column(.integer, places) { $0.append(definitions[$1].capacity) }
    }

    private func encodeKeys(_ indices: [Int], _ parameters: inout Parameters) {
        let rows = batch.changes.keys
        parameters.column(.uuid, indices) {
            $0.append(high: rows[$1].fingerprint.high, low: rows[$1].fingerprint.low)
        }
        parameters.column(.uuid, indices) { $0.append(high: rows[$1].request.high, low: rows[$1].request.low) }
        parameters.column(.bigint, indices) { $0.append(rows[$1].inquiry) }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].at) }
    }

    private mutating func encodeEvents(_ indices: [Int], _ parameters: inout Parameters) {
        let rows = batch.changes.events
        parameters.add(term.site)
        parameters.column(.bigint, indices) { $0.append(rows[$1].seq) }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].at) }
        parameters.column(.text, indices) { $0.append(rows[$1].type.name) }
        parameters.column(.bigint, indices) { parameters, index in
            if rows[index].inquiry == 0 { parameters.appendNull() } else { parameters.append(rows[index].inquiry) }
        }
        parameters.column(.text, indices) { $0.append(orNull: rows[$1].agentName) }
        parameters.column(.text, indices) { $0.append(orNull: rows[$1].queueName) }
        parameters.column(.json, indices) { parameters, index in
            let details = rows[index].details
            if details.isEmpty { return parameters.appendNull() }
            json.removeAll()
            json.append(details: details)
            parameters.append(bytes: json.bytes)
        }
    }

    // MARK: Figures

    private func encodeFigures(_ indices: [Int], _ parameters: inout Parameters) {
        let rows = batch.changes.figures
        parameters.column(.integer, indices) { $0.append(rows[$1].day) }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].at) }
        parameters.column(.text, indices) { $0.append(bytes: rows[$1].queue.bytes) }
        parameters.column(.text, indices) { $0.append(bytes: rows[$1].channel.bytes) }
        for figure in Figure.allCases { parameters.column(.bigint, indices) { $0.append(rows[$1].counts[figure]) } }
    }

    private func encodePromiseFigures(_ indices: [Int], _ parameters: inout Parameters) {
        let rows = batch.changes.figures
        let kept = promises.map { rows[$0.row].promises[$0.place] }
        parameters.column(.integer, indices) { $0.append(rows[promises[$1].row].day) }
        parameters.column(.timestamptz, indices) { $0.append(rows[promises[$1].row].at) }
        parameters.column(.text, indices) { $0.append(bytes: rows[promises[$1].row].queue.bytes) }
        parameters.column(.text, indices) { $0.append(bytes: rows[promises[$1].row].channel.bytes) }
        parameters.column(.text, indices) { $0.append(bytes: kept[$1].policy.bytes) }
        parameters.column(.text, indices) { $0.append(kept[$1].metric.name) }
        parameters.column(.bigint, indices) { $0.append(kept[$1].met) }
        parameters.column(.bigint, indices) { $0.append(kept[$1].breached) }
        parameters.column(.bigint, indices) { $0.append(kept[$1].late) }
        parameters.column(.bigint, indices) { $0.append(kept[$1].lateness.microseconds) }
        parameters.column(.bigint, indices) { $0.append(kept[$1].longest.microseconds) }
    }

    private func encodeSpanFigures(_ indices: [Int], _ parameters: inout Parameters) {
        let rows = batch.changes.figures
        let entries = spans.map { rows[$0.row].spans[Int($0.span.rawValue)].entries[$0.place] }
        parameters.column(.integer, indices) { $0.append(rows[spans[$1].row].day) }
        parameters.column(.text, indices) { $0.append(bytes: rows[spans[$1].row].queue.bytes) }
        parameters.column(.text, indices) { $0.append(bytes: rows[spans[$1].row].channel.bytes) }
        parameters.column(.text, indices) { $0.append(spans[$1].span.name) }
        parameters.column(.smallint, indices) { $0.append(entries[$1].bucket) }
        parameters.column(.bigint, indices) { $0.append(entries[$1].count) }
    }

    private func encodeAgentFigures(_ indices: [Int], _ parameters: inout Parameters) {
        let rows = batch.changes.agentFigures
        parameters.column(.integer, indices) { $0.append(rows[$1].tally.day) }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].tally.at) }
        parameters.column(.text, indices) { $0.append(rows[$1].agent) }
        let numbers = rows.map(\.tally.numbers)
        for place in AgentTally().numbers.indices {
            if place < AgentTally.spanCount {
                parameters.column(.bigint, indices) { $0.append(numbers[$1][place].value) }
            } else {
                parameters.column(.integer, indices) { $0.append(Int32(clamping: numbers[$1][place].value)) }
            }
        }
    }

    private mutating func append(tally: AgentTally, to parameters: inout Parameters) {
        if tally.isEmpty { return parameters.appendNull() }
        json.removeAll()
        json.append(
            numbers: [("at", tally.at.microseconds), ("day", Int64(tally.day))] + tally.numbers.filter { $0.value != 0 }
        )
        parameters.append(bytes: json.bytes)
    }

    private func encodeTokens(_ indices: [Int], _ parameters: inout Parameters) {
        let rows = batch.tokens
        parameters.column(.integer, indices) { $0.append(rows[$1].id) }
        parameters.column(.text, indices) { $0.append(rows[$1].role) }
        parameters.column(.text, indices) { $0.append(orNull: rows[$1].agent) }
        parameters.column(.text, indices) { $0.append(orNull: rows[$1].name) }
        parameters.column(.text, indices) { $0.append(orNull: rows[$1].teams.map(arrayLiteral) ?? "") }
        parameters.column(.bytea, indices) { $0.append(bytes: rows[$1].digest) }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].createdAt) }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].expiresAt) }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].revokedAt) }
    }

    private func encodePlans(_ indices: [Int], _ parameters: inout Parameters) {
        let rows = batch.plans
        parameters.column(.integer, indices) { $0.append(rows[$1].version) }
        parameters.column(.timestamptz, indices) { $0.append(rows[$1].at) }
        parameters.column(.text, indices) { $0.append(orNull: rows[$1].author) }
        parameters.column(.text, indices) { $0.append(orNull: rows[$1].note) }
        parameters.column(.json, indices) { $0.append(bytes: rows[$1].body) }
    }

    private mutating func append(levels: [SkillLevel], to parameters: inout Parameters) {
        if levels.isEmpty { return parameters.appendNull() }
        json.removeAll()
        json.append(levels: levels)
        parameters.append(bytes: json.bytes)
    }
}

extension Parameters {
    /// One array of an `unnest`, a row an element.
    fileprivate mutating func column(
        _ type: ElementType, _ rows: [Int], _ append: (inout Parameters, Int) -> Void
    ) {
        openArray(of: type)
        for row in rows { append(&self, row) }
        closeColumn()
    }

    fileprivate mutating func append(_ instant: Instant) { append(timestamp: instant.microseconds) }

    fileprivate mutating func append(_ instant: Instant?) {
        if let instant { append(instant) } else { appendNull() }
    }

    fileprivate mutating func append(_ mark: UInt8?) {
        if let mark { append(Int16(mark)) } else { appendNull() }
    }

    /// An absent text is NULL.
    fileprivate mutating func append(orNull text: String) {
        if text.isEmpty { appendNull() } else { append(text) }
    }

    fileprivate mutating func append(orNull name: Name) {
        if name.isEmpty { appendNull() } else { append(bytes: name.bytes) }
    }

    fileprivate mutating func append(orNull text: ArraySlice<UInt8>) {
        if text.isEmpty { appendNull() } else { append(bytes: text) }
    }
}
