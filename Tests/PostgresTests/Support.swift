import Foundation
import Postgres
import TestSupport
import Testing

/// Runs what blocks on a thread of its own: the shared queues have no more threads than the machine has cores.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}

/// Calls `body` with a connection to an empty database, on a thread that may block.
func withDatabase<Value: Sendable>(
    timeout: Duration = .seconds(20), _ body: @escaping @Sendable (Connection, _ conninfo: String) throws -> Value
) async throws -> Value {
    let cluster = try await ThrowawayCluster.shared()
    return try await blocking {
        let conninfo = try cluster.makeDatabase()
        let connection = try Connection(conninfo, applicationName: "test", timeout: timeout)
        defer { connection.close() }
        return try body(connection, conninfo)
    }
}

/// The error that `body` throws.
func failure(_ body: () throws -> Void) -> PostgresError? {
    do {
        try body()
        return nil
    } catch {
        return error as? PostgresError
    }
}

extension Connection {
    /// The one bigint that a query returns.
    func number(_ sql: String) throws -> Int64 {
        let result = try query(sql)
        return result.field(0, 0).int64
    }

    /// The one text that a query returns.
    func text(_ sql: String) throws -> String? {
        let result = try execute(sql)
        return result.text(0, 0)
    }
}
