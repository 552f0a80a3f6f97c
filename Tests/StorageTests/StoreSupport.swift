import Foundation
import Postgres
import Routing
import TestSupport
import Testing

@testable import Storage

/// Runs what blocks on a thread of its own: the shared queues have no more threads than the machine has cores.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}

/// A database of its own, and the store in it.
struct TestStore: Sendable {
    /// 2026-03-02T00:00:00Z.
    static let start = Instant(microseconds: 1_772_409_600_000_000)

    let conninfo: String
    var settings: StoreSettings

    /// An empty database.
    init(_ cluster: ThrowawayCluster? = nil) async throws {
        var chosen = cluster
        if chosen == nil { chosen = try await ThrowawayCluster.shared() }
        let cluster = try #require(chosen)
        conninfo = try await blocking { try cluster.makeDatabase() }
        settings = StoreSettings(conninfo: conninfo, holder: "folder-1", now: Self.start)
    }

    func tryOpen(
        _ settings: StoreSettings? = nil, onState: @escaping @Sendable (JournalState) -> Void = { _ in }
    ) async throws -> Store.Opening {
        let settings = settings ?? self.settings
        return try await blocking { try Store.open(settings, onState: onState) }
    }

    func open(
        _ settings: StoreSettings? = nil, onState: @escaping @Sendable (JournalState) -> Void = { _ in }
    ) async throws -> OpenedStore {
        guard case .opened(let store) = try await tryOpen(settings, onState: onState) else {
            throw TestSupportError("the lease is held")
        }
        return store
    }

    /// Runs SQL beside the store.
    @discardableResult
    func sql(_ text: String) async throws -> String? {
        try await blocking {
            let connection = try Connection(conninfo, applicationName: "test", timeout: .seconds(20))
            defer { connection.close() }
            let result = try connection.execute(text)
            return result.rowCount == 0 ? nil : result.text(0, 0)
        }
    }

    /// Why opening the store fails.
    func openingFailure(_ settings: StoreSettings? = nil) async throws -> StorageError? {
        do {
            if case .opened(let store) = try await tryOpen(settings) { await store.close() }
            return nil
        } catch let error as StorageError {
            return error
        }
    }
}

extension OpenedStore {
    func commit(_ batch: JournalBatch) async -> JournalOutcome {
        await withCheckedContinuation { continuation in
            writer.commit(batch) { continuation.resume(returning: $0) }
        }
    }

    func renew() async -> JournalOutcome {
        await withCheckedContinuation { continuation in writer.renew { continuation.resume(returning: $0) } }
    }

    func close() async {
        try? await blocking { writer.stop() }
    }

    /// The next batch after what was recovered, with these rows.
    func batch(
        _ number: Int64 = 1, inquiries: [InquiryRow] = [], agents: [AgentRow] = [],
        deletedAgents: [String] = [], keys: [KeyRow] = [], events: [Event] = [], tokens: [TokenRow] = [],
        plans: [PlanRow] = []
    ) -> JournalBatch {
        var changes = Changes()
        changes.inquiries = inquiries
        changes.agents = agents
        changes.deletedAgents = deletedAgents
        changes.keys = keys
        changes.events = events
        var engine = state.recovered.engine
        engine.seq = events.last?.seq ?? engine.seq
        return JournalBatch(
            number: state.batch + number, engine: engine, changes: changes, tokens: tokens, plans: plans)
    }
}

extension JournalOutcome {
    var isDone: Bool { if case .done = self { true } else { false } }
    var isDeposed: Bool { if case .deposed = self { true } else { false } }
    var isStopped: Bool { if case .stopped = self { true } else { false } }
    /// SQLSTATE and row of a refusal.
    var refusal: (sqlState: String, row: String)? {
        if case .refused(let error, let row) = self { (error.sqlState, row) } else { nil }
    }
}

/// Rows to write.
enum Sample {
    static let start = TestStore.start
    private static let queueName = Name("default")
    private static let agentName = Name("kim")

    static func definition(
        key: String = "", customer: String = "", subject: String = "", attributes: String = "",
        skills: [SkillLevel] = []
    ) -> InquiryDefinition {
        InquiryDefinition(
            source: 2, channel: "chat", skills: skills, submittedAt: start,
            texts: InquiryTexts(
                key: Array(key.utf8), customer: Array(customer.utf8), subject: Array(subject.utf8),
                attributes: Array(attributes.utf8)))
    }

    static func waiting(_ id: Int64, _ definition: InquiryDefinition? = Sample.definition()) -> InquiryRow {
        InquiryRow(
            id: id, isNew: definition != nil, definition: definition, state: .waiting, stateSince: start,
            queueName: queueName, priority: 0, queuedAt: start, rank: start.microseconds + 60_000_000)
    }

    static func completed(_ id: Int64, wrapUpEnds: Instant? = nil) -> InquiryRow {
        InquiryRow(
            id: id, definition: nil, state: .completed, stateSince: start + .seconds(90), queueName: queueName,
            priority: 0,
            queuedAt: start, rank: 17, agentName: agentName, acceptedAt: start + .seconds(3),
            closedAt: start + .seconds(90),
            wrapUpEnds: wrapUpEnds, disposition: Array("환불".utf8), outcome: .resolved)
    }

    static func agent(_ id: String, _ number: Int32, _ definition: AgentDefinition? = AgentDefinition()) -> AgentRow {
        AgentRow(
            id: id, number: number, definition: definition, state: .offline, awayReason: "", stateSince: start,
            channelsOn: nil, idleSince: start, missedInRow: 0)
    }

    static func event(
        _ seq: Int64, _ type: EventType = .submitted, inquiry: Int64 = 1, agent: String = "",
        details: [EventDetail] = [], at: Instant = start
    ) -> Event {
        Event(seq: seq, at: at, type: type, inquiry: inquiry, agent: agent, queue: "default", details: details)
    }

    static func key(_ number: UInt64, inquiry: Int64, at: Instant = start) -> KeyRow {
        KeyRow(
            fingerprint: Digest128(high: number, low: .max - number), request: Digest128(high: 7, low: number),
            inquiry: inquiry, at: at)
    }
}
