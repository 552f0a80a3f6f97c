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

    /// Opens a store as the daemon does; an empty database gets the schema.
    func open(_ database: String) throws -> OpenedStore {
        let settings = StoreSettings(
            conninfo: conninfo(database), holder: "switchboard-bench", now: DatabaseOptions.wallClock())
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
    func commit(_ batch: JournalBatch) throws -> Double {
        let done = DispatchSemaphore(value: 0)
        let result = Box()
        let began = ContinuousClock.now
        writer.commit(batch) { outcome in
            result.outcome = outcome
            done.signal()
        }
        done.wait()
        let seconds = Measured.seconds(.now - began)
        guard case .done = result.outcome else { throw BenchError("batch \(batch.number): \(result.outcome)") }
        return seconds
    }
}

/// `@unchecked`: written before the semaphore is signalled, read after it was waited for.
private final class Box: @unchecked Sendable {
    var outcome = JournalOutcome.stopped
}
