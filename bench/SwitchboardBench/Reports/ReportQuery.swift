import Foundation
import Postgres
import Synchronization

/// A report as people ask for it.
struct ReportQuery {
    var id: String
    var sql: String
    var isOfDay = false

    static let all: [ReportQuery] = {
        let views = ["interval", "queue", "sla", "agent", "span", "resolution"]
        return views.flatMap { view in
            let all = "SELECT * FROM switchboard.report_\(view)"
            let day = ReportQuery(
                id: "\(view).day", sql: all + " WHERE day = DATE '\(MonthPlan.middleDay)'", isOfDay: true)
            return view == "interval" ? [day] : [day, ReportQuery(id: "\(view).month", sql: all)]
        }
    }()

    /// Seconds until the last row was there, and how many rows came.
    func run(_ connection: Connection) throws -> (seconds: Double, rows: Int) {
        let began = ContinuousClock.now
        let result = try connection.query(sql)
        return (Measured.seconds(.now - began), result.rowCount)
    }

    func plan(_ connection: Connection) throws -> String {
        let result = try connection.query("EXPLAIN (ANALYZE, BUFFERS) " + sql)
        return (0..<result.rowCount).compactMap { result.text($0, 0) }.joined(separator: "\n")
    }
}

/// Keeps one processor busy until stopped: what any other work on the machine costs, whatever it is.
final class Spinner: Sendable {
    private let isStopped = Atomic(false)

    init() {
        Thread.detachNewThread { while !self.isStopped.load(ordering: .relaxed) {} }
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }
}

/// Somebody who asks for every report, round after round, until stopped.
///
/// `@unchecked`: under its lock; the connection is its thread's.
final class ReportReader: @unchecked Sendable {
    private let lock = NSLock()
    private let connection: Connection
    private var times: [String: [Double]] = [:]
    private var rounds = 0
    private var isStopped = false
    private var fault: (any Error)?
    private let over = DispatchSemaphore(value: 0)

    init(_ connection: sending Connection) {
        self.connection = connection
        Thread.detachNewThread { self.read() }
    }

    private func read() {
        do {
            while !lock.withLock({ isStopped }) {
                for query in ReportQuery.all {
                    let seconds = try query.run(connection).seconds
                    lock.withLock { times[query.id, default: []].append(seconds) }
                }
                lock.withLock { rounds += 1 }
            }
        } catch { lock.withLock { fault = error } }
        connection.close()
        over.signal()
    }

    /// Whether every report was read once, or cannot be.
    var hasReadAll: Bool { lock.withLock { rounds > 0 || fault != nil } }

    /// Returns the times by report.
    func stop() throws -> [String: [Double]] {
        lock.withLock { isStopped = true }
        over.wait()
        if let fault { throw fault }
        return times
    }
}
