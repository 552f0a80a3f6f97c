import Postgres
package import Routing

/// Moves closed inquiries out of the way and keeps the tables in order, on a thread and a connection of its own.
///
/// It moves what it is told that the engine has let go of (`release`), and at its start what an earlier one left. It is
/// fenced by its epoch: once the lease is another's, it changes nothing more. Completions are called on its thread and
/// must not block it.
package final class Sweeper: Sendable {
    private let worker: Worker<SweeperJob>

    /// - Parameter before: the engine's clock at the last batch of the state that was recovered. What was closed before
    ///   it no engine of this epoch holds but for what it has read back.
    init(_ settings: StoreSettings, epoch: Int64, before: Instant) {
        worker = Worker(name: "sweeper") { worker in
            SweeperLoop(settings, epoch: epoch, before: before, worker).run()
        }
    }

    package typealias Completion<Value> = @Sendable (Result<Value, StorageError>) -> Void

    /// Has closed inquiries moved soon. The batch in which the engine let go of them has to be committed.
    package func release(_ inquiries: [ClosedInquiry]) { _ = worker.send(.release(inquiries)) }

    /// Makes the partitions of the next months, keeps what reports say of days that are over, drops partitions that
    /// are past keeping and deletes keys that are out of the window, at most `keys` of them. To be asked for every few
    /// minutes.
    ///
    /// - Parameters:
    ///   - clock: the engine's clock.
    ///   - retain: how long events and closed inquiries are kept, by that clock; nil: for ever.
    package func maintain(
        clock: Instant, retain: TimeSpan? = nil, keys: Int32 = 10_000, completion: @escaping Completion<Maintenance>
    ) {
        if !worker.send(.maintain(MaintenanceOrder(clock: clock, retain: retain, keys: keys), completion)) {
            completion(.failure(StorageError(.postgres, "the store is closed")))
        }
    }

    /// Ends the thread. What has not been moved yet is found at the next start. Not from a completion.
    package func stop() { worker.stop() }
}

/// What a round of maintenance did.
package struct Maintenance: Hashable, Sendable {
    package var partitionsMade: Int32
    /// By name.
    package var partitionsDropped: [String]
    /// Somebody was reading what was to be dropped; it is for the next round.
    package var isDropPostponed: Bool
    /// Days of spans and quarters of an hour of first contact resolution that were kept.
    package var slicesKept: Int32 = 0
    /// One of these took too long, or somebody had locked the table.
    package var isKeepingPostponed = false
    package var keysDeleted: Int32
    /// Closed inquiries that were moved since the last round.
    package var inquiriesSwept: Int64
    /// The default partitions that hold anything, by the table that they are of; an operator should be told.
    package var defaultPartitionsUsed: [String]
    /// Why steps of it were not done; a person reads them.
    package var failures: [String] = []

    package init(
        partitionsMade: Int32 = 0, partitionsDropped: [String] = [], isDropPostponed: Bool = false,
        keysDeleted: Int32 = 0, inquiriesSwept: Int64 = 0, defaultPartitionsUsed: [String] = []
    ) {
        self.partitionsMade = partitionsMade
        self.partitionsDropped = partitionsDropped
        self.isDropPostponed = isDropPostponed
        self.keysDeleted = keysDeleted
        self.inquiriesSwept = inquiriesSwept
        self.defaultPartitionsUsed = defaultPartitionsUsed
    }
}

struct MaintenanceOrder: Sendable {
    var clock: Instant
    var retain: TimeSpan?
    var keys: Int32
}

enum SweeperJob: Sendable {
    case release([ClosedInquiry])
    case maintain(MaintenanceOrder, Sweeper.Completion<Maintenance>)
}
