import ArgumentParser
import Foundation
import Postgres
import Routing
import Storage

/// The PostgreSQL server on which databases of the bench are made; the user may make them.
struct DatabaseOptions: ParsableArguments {
    @Option(help: "How libpq gets to the server, without a database: host=… user=….")
    var server: String

    func conninfo(_ database: String) -> String { "\(server) dbname=\(database)" }

    func connect(_ database: String) throws -> Connection {
        try Connection(conninfo(database), applicationName: "switchboard-bench", timeout: .seconds(600))
    }

    /// Makes an empty database; one of that name is dropped.
    func make(_ database: String) throws {
        let connection = try connect("postgres")
        try connection.execute("DROP DATABASE IF EXISTS \(database)")
        try connection.execute("CREATE DATABASE \(database)")
    }

    func drop(_ database: String) throws {
        try connect("postgres").execute("DROP DATABASE IF EXISTS \(database) WITH (FORCE)")
    }

    /// Opens a store as the daemon does; an empty database gets the schema, and its engine's clock begins at `now`.
    /// - Parameter isPatient: Batches may be much larger than the daemon's.
    func open(
        _ database: String, at now: Instant = DatabaseOptions.wallClock(), isPatient: Bool = false
    ) throws -> OpenedStore {
        var settings = StoreSettings(conninfo: conninfo(database), holder: "switchboard-bench", now: now)
        if isPatient {
            settings.lease = .seconds(120)
            settings.statementTimeout = .seconds(50)
            settings.roundTripTimeout = .seconds(60)
        }
        switch try Store.open(settings, onState: { _ in }) {
        case .opened(let store): return store
        case .held(let holder, _): throw BenchError("the database \(database) is held by \(holder)")
        }
    }

    static func wallClock() -> Instant {
        Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
    }
}

extension OpenedStore {
    /// Commits a batch and waits for it. Returns how long it took, in seconds.
    @discardableResult
    func commit(_ batch: JournalBatch) throws -> Double { try begin(batch).wait() }

    /// Commits a batch while the caller makes the next one.
    func begin(_ batch: JournalBatch) -> PendingCommit {
        let pending = PendingCommit(batch: batch.number)
        writer.commit(batch) { pending.end($0) }
        return pending
    }
}

/// A batch that is being committed.
///
/// `@unchecked`: what is told at its end is written before the semaphore is signalled and read after it was waited for.
final class PendingCommit: @unchecked Sendable {
    private let batch: Int64
    private let done = DispatchSemaphore(value: 0)
    private let began = ContinuousClock.now
    private var outcome = JournalOutcome.stopped
    private var seconds = 0.0

    init(batch: Int64) { self.batch = batch }

    func end(_ outcome: JournalOutcome) {
        self.outcome = outcome
        seconds = Measured.seconds(.now - began)
        done.signal()
    }

    /// Returns how long it took, in seconds. Once only.
    @discardableResult
    func wait() throws -> Double {
        done.wait()
        guard case .done = outcome else { throw BenchError("batch \(batch): \(outcome)") }
        return seconds
    }
}
