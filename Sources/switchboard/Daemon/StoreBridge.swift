import Routing
import Server
import Storage

// The one place where the server meets its storage: each protocol of the server's, answered by the store.

/// The journal of the server, written by the store.
struct StoreJournal: Journal {
    let writer: JournalWriter
    let upkeep: Upkeep

    func commit(_ batch: Batch, completion: @escaping @Sendable (CommitOutcome) -> Void) {
        let entry = JournalBatch(
            number: batch.number, engine: batch.engine, changes: batch.changes, tokens: batch.tokens.map(TokenRow.init),
            plans: batch.plans.map(PlanRow.init))
        writer.commit(entry) { outcome in
            if case .done = outcome { upkeep.committed(batch.changes.released, batch.plans) }
            if let outcome = CommitOutcome(outcome) { completion(outcome) }
        }
    }

    func probe(completion: @escaping @Sendable (CommitOutcome) -> Void) {
        writer.renew { outcome in
            if let outcome = CommitOutcome(outcome) { completion(outcome) }
        }
    }
}

extension PlanRow {
    fileprivate init(_ record: PlanRecord) {
        self.init(
            version: record.version, at: record.at, author: record.author, note: record.note, body: record.document)
    }
}

extension PlanRecord {
    init(_ row: PlanRow) {
        self.init(version: row.version, at: row.at, author: row.author, note: row.note, document: row.body)
    }
}

extension CommitOutcome {
    /// nil: the writer was stopped, nobody waits for an answer any more.
    fileprivate init?(_ outcome: JournalOutcome) {
        switch outcome {
        case .done: self = .done
        case .deposed: self = .deposed
        case .refused(let error, let row): self = .refused("\(row): \(error)")
        case .stopped: return nil
        }
    }
}

/// The event log of the server, read by the store.
struct StoreLog: EventLog {
    let reader: JournalReader

    func entries(
        after seq: Int64, limit: Int, completion: @escaping @Sendable (Result<[Server.LogEntry], LogFailure>) -> Void
    ) {
        reader.events(after: seq, limit: Int32(clamping: limit)) { result in
            completion(result.map { $0.map(Server.LogEntry.init) }.mapError(LogFailure.init))
        }
    }

    func firstSeq(completion: @escaping @Sendable (Result<Int64, LogFailure>) -> Void) {
        reader.firstSeq { completion($0.map { $0 ?? 0 }.mapError(LogFailure.init)) }
    }

    func inquiry(_ id: Int64, completion: @escaping @Sendable (Result<InquiryRow?, LogFailure>) -> Void) {
        reader.inquiry(id: id) { completion($0.mapError(LogFailure.init)) }
    }

    func closedInquiries(
        _ filter: ClosedFilter, completion: @escaping @Sendable (Result<ClosedListing, LogFailure>) -> Void
    ) {
        let query = ClosedQuery(
            state: filter.state.name, queue: filter.queue, channel: filter.channel, agent: filter.agent,
            customer: filter.customer, after: filter.after, limit: filter.limit)
        reader.closedInquiries(query) { result in
            completion(result.map { ClosedListing(rows: $0.rows, next: $0.next) }.mapError(LogFailure.init))
        }
    }

    func forget(
        customer: [UInt8], before: Int64, epoch: Int64,
        completion: @escaping @Sendable (Result<Int64, LogFailure>) -> Void
    ) {
        reader.forget(customer: customer, before: before, epoch: epoch) {
            completion($0.mapError(LogFailure.init))
        }
    }

    func lastAgent(
        customer: [UInt8], since: Instant, completion: @escaping @Sendable (Result<String?, LogFailure>) -> Void
    ) {
        reader.lastAgent(ofCustomer: customer, closedSince: since) { completion($0.mapError(LogFailure.init)) }
    }
}

extension LogFailure {
    fileprivate init(_ error: StorageError) { self.init(message: error.description) }
}

extension Server.LogEntry {
    fileprivate init(_ entry: Storage.LogEntry) {
        self.init(
            seq: entry.seq, at: entry.at, type: entry.type, inquiry: entry.inquiry, agent: entry.agent,
            queue: entry.queue, details: entry.details, source: entry.source, customer: entry.customer,
            subject: entry.subject, attributes: entry.attributes)
    }
}

extension TokenRow {
    init(_ token: TokenRecord) {
        self.init(
            id: token.id, role: token.role.rawValue, agent: token.agent, name: token.name,
            teams: token.teams.isEmpty ? nil : token.teams, digest: token.digest, createdAt: token.createdAt,
            expiresAt: token.expiresAt, revokedAt: token.revokedAt)
    }
}

extension TokenRecord {
    /// nil: a role that this version does not know; its sessions are refused.
    init?(_ row: TokenRow) {
        guard let role = Role(rawValue: row.role) else { return nil }
        self.init(
            id: row.id, role: role, agent: row.agent, name: row.name, teams: row.teams ?? [], digest: row.digest,
            createdAt: row.createdAt, expiresAt: row.expiresAt, revokedAt: row.revokedAt)
    }
}
