/// Commits batches, one at a time, on a thread and a connection of its own.
///
/// It tries again for as long as PostgreSQL is away, and never applies a batch twice. Completions and `onState` are
/// called on its thread and must not block it.
package final class JournalWriter: Sendable {
    private let worker: Worker<JournalJob>

    /// Starts the thread; it keeps the lease alive by itself until it is given its first job.
    init(_ settings: StoreSettings, _ term: LeaseTerm, onState: @escaping @Sendable (JournalState) -> Void) {
        worker = Worker(name: "journal") { worker in
            JournalLoop(settings, term, worker, onState).run()
        }
    }

    /// Commits a batch: everything or nothing of it. Give the next one when the completion was called with `.done`;
    /// after any other outcome there is no next one.
    package func commit(_ batch: JournalBatch, completion: @escaping @Sendable (JournalOutcome) -> Void) {
        if !worker.send(.commit(batch, completion)) { completion(.stopped) }
    }

    /// Prolongs the lease; what an engine without batches asks for every second, and how it knows that storage is good.
    package func renew(completion: @escaping @Sendable (JournalOutcome) -> Void) {
        if !worker.send(.renew(completion)) { completion(.stopped) }
    }

    /// Finishes what was given, as far as PostgreSQL is there, gives the lease back and ends the thread. Not from a
    /// completion.
    package func stop() { worker.stop() }
}

enum JournalJob: Sendable {
    case commit(JournalBatch, @Sendable (JournalOutcome) -> Void)
    case renew(@Sendable (JournalOutcome) -> Void)
}
