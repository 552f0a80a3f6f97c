import LineProtocol

/// What a session owes its client: for each line one final line, in order, under its tag, with a code that the verb may
/// answer; rows only before the final line of their own answer, and no push among them.
package struct AnswerBook {
    private enum Debt {
        /// The answer is known before it comes.
        case refusal(RequestFault)
        case request(Request)

        var tag: [UInt8] {
            switch self {
            case .refusal(let fault): fault.tag
            case .request(let request): request.tag
            }
        }
    }

    private var debts: [Debt] = []
    private var firstDebt = 0
    private var rows = 0
    private let limit: Int
    /// The server has said that it closes the connection: nothing is owed any more.
    package private(set) var isClosing = false
    /// The server may close the connection without another word.
    package private(set) var mayClose = false
    package private(set) var acceptedCount = 0
    package private(set) var refusedCount = 0

    /// - Parameter limit: The longest line of the session's role.
    package init(limit: Int) { self.limit = limit }

    package var isSettled: Bool { isClosing || firstDebt == debts.count }

    /// What has not come, for a message.
    package var owed: String {
        guard firstDebt < debts.count else { return "nothing" }
        let first =
            switch debts[firstDebt] {
            case .refusal(let fault): "the refusal \(fault)"
            case .request(let request): "the answer to \(VerbTable.spec(request.verb).words) \(text(request.bytes))"
            }
        return "\(debts.count - firstDebt) of \(debts.count), first \(first)"
    }

    /// What the session was sent: whole lines.
    package mutating func sent(_ stream: [UInt8]) {
        for line in ReferenceFramer.lines(stream, limit: limit) {
            switch line {
            case .unreadable(let code, let tag): debts.append(.refusal(RequestFault(code: code, message: "", tag: tag)))
            case .text(let text):
                switch RequestParser.parse(text) {
                case .success(let request): debts.append(.request(request))
                case .failure(let fault): debts.append(.refusal(fault))
                }
            }
        }
    }

    /// Takes one line that came, without its end; says what is wrong with it.
    package mutating func took(_ bytes: [UInt8]) -> String? {
        if let ill = AnswerGrammar.fault(of: bytes) { return ill }
        guard let line = AnswerLine(bytes) else { return "no line that a client reads" }
        if case .event(let type) = line.kind {
            if type == "overflow" { isClosing = true }
            // A session that is bound to the agent is closed then, another one only loses it.
            if type == "session_taken" { mayClose = true }
            return rows == 0 ? nil : "a push among rows"
        }
        guard firstDebt < debts.count else { return "an answer to nothing" }
        let debt = debts[firstDebt]
        guard line.tag == debt.tag else { return "not under the tag \(text(debt.tag))" }
        switch (line.kind, debt) {
        case (.row, .request(let request)):
            rows += 1
            // EXPLAIN has a row a reason, never many.
            let hasRows = VerbTable.spec(request.verb).isPaged || request.verb == .explain
            return hasRows ? nil : "a row of a verb that has none"
        case (.ok, .request(let request)):
            acceptedCount += 1
            return settle { $0.fault(ofOK: line, request) }
        case (.err(let code, _), .request(let request)):
            refusedCount += 1
            return settle { _ in Self.fault(ofCode: code, request) }
        case (.err(let code, let message), .refusal(let fault)):
            refusedCount += 1
            // The words of what the framer refuses are not known here.
            let isSame = code == fault.code.name && (fault.message.isEmpty || line.string("field") == fault.field)
            return settle { _ in isSame ? nil : "not \(fault): \(message)" }
        case (_, .refusal(let fault)): return "taken, which is \(fault)"
        case (.event, _): return nil
        }
    }

    private mutating func settle(_ check: (inout Self) -> String?) -> String? {
        let ill = check(&self)
        rows = 0
        firstDebt += 1
        return ill
    }

    private mutating func fault(ofOK line: AnswerLine, _ request: Request) -> String? {
        if request.verb == .quit { isClosing = true }
        if Self.counting.contains(request.verb), line.integer("count") != Int64(rows) {
            return "count= is not the \(rows) rows that came"
        }
        switch request.verb {
        case .submit, .get, .update, .message, .rate, .abandon, .cancel, .accept, .decline, .hold, .resume, .complete,
            .wrapped, .transfer, .explain, .assign, .requeue:
            return line.fields.prefix(2).map(\.key) == ["id", "state"] ? nil : "does not begin id= state="
        default: return nil
        }
    }

    /// Their `OK` counts their rows. That of EXPLAIN tells of the inquiry, those of plans and of AGENTS PUT what was done.
    private static let counting: Set<Verb> = [
        .help, .mine, .agents, .queues, .inquiries, .stats, .tokenList, .planHistory,
    ]

    /// HELP says of each verb what it may answer.
    private static func fault(ofCode code: String, _ request: Request) -> String? {
        let spec = VerbTable.spec(request.verb)
        if code == ErrorCode.internalError.name { return "a bug: internal" }
        // HELP does not tell yet that HELLO can be said once, and that a preferred agent may be unknown.
        if request.verb == .hello && code == ErrorCode.conflict.name { return nil }
        if request.verb == .submit && code == ErrorCode.notFound.name { return nil }
        return spec.errors.contains { $0.name == code } ? nil : "\(code) is not among what \(spec.words) may answer"
    }
}
