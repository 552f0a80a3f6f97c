import Postgres
package import Routing

/// Reads what the engine does not hold, and keeps the tables in order, on a thread and a connection of its own.
///
/// Completions are called on its thread and must not block it. A request that finds PostgreSQL away fails at once,
/// with a transient error; the next one connects anew.
package final class JournalReader: Sendable {
    private let worker: Worker<ReaderJob>

    init(_ settings: StoreSettings) {
        worker = Worker(name: "reader") { worker in ReaderLoop(settings, worker).run() }
    }

    package typealias Completion<Value> = @Sendable (Result<Value, StorageError>) -> Void

    /// The entries of the log with a greater number, in order, at most `limit` of them.
    package func events(after seq: Int64, limit: Int32, completion: @escaping Completion<[LogEntry]>) {
        send(.events(after: seq, limit: limit, completion), completion)
    }

    /// The first number that the log still has; nil for an empty log.
    package func firstSeq(completion: @escaping Completion<Int64?>) { send(.firstSeq(completion), completion) }

    /// The last committed number; 0 for an empty log.
    package func lastSeq(completion: @escaping Completion<Int64>) { send(.lastSeq(completion), completion) }

    /// An inquiry in any state, as it was last committed; nil where there is none of this id.
    package func inquiry(id: Int64, completion: @escaping Completion<InquiryRow?>) {
        send(.inquiry(id: id, completion), completion)
    }

    /// Who completed the one that was closed last of a customer's newest 64 inquiries, if that was not before `since`;
    /// else nil. One that was reopened is not closed.
    package func lastAgent(
        ofCustomer customer: [UInt8], closedSince since: Instant, completion: @escaping Completion<String?>
    ) {
        send(.lastAgent(ofCustomer: customer, closedSince: since, completion), completion)
    }

    /// Makes the partitions of the next months and deletes keys that are out of the window, at most `keys` of them.
    /// To be asked for every hour of the engine's clock, or again at once where as many were deleted.
    ///
    /// - Parameter clock: the engine's clock.
    package func maintain(clock: Instant, keys: Int32 = 10_000, completion: @escaping Completion<Maintenance>) {
        send(.maintain(clock: clock, keys: keys, completion), completion)
    }

    /// Ends the thread; what waits fails. Not from a completion.
    package func stop() { worker.stop() }

    private func send<Value>(_ job: ReaderJob, _ completion: Completion<Value>) {
        if !worker.send(job) { completion(.failure(StorageError(.postgres, "the store is closed"))) }
    }
}

/// What a round of maintenance did.
package struct Maintenance: Hashable, Sendable {
    package var partitionsMade: Int32
    package var keysDeleted: Int32
    /// Whether the event log's default partition holds anything; an operator should be told.
    package var isDefaultPartitionUsed: Bool
}

enum ReaderJob: Sendable {
    case events(after: Int64, limit: Int32, JournalReader.Completion<[LogEntry]>)
    case firstSeq(JournalReader.Completion<Int64?>)
    case lastSeq(JournalReader.Completion<Int64>)
    case inquiry(id: Int64, JournalReader.Completion<InquiryRow?>)
    case lastAgent(ofCustomer: [UInt8], closedSince: Instant, JournalReader.Completion<String?>)
    case maintain(clock: Instant, keys: Int32, JournalReader.Completion<Maintenance>)
}
