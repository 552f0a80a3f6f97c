/// What PostgreSQL, or the way to it, refused.
///
/// A failure of the connection itself has the SQLSTATE 08006, whatever libpq called it.
package struct PostgresError: Error, Hashable, Sendable {
    /// Five characters; the first two are its class.
    package var sqlState: String
    package var severity: String
    package var message: String
    package var detail: String?
    package var hint: String?
    package var table: String?
    package var column: String?
    package var constraint: String?
    /// Which statement of a pipeline failed, counted from 0.
    package var statement: Int?

    package init(sqlState: String, severity: String = "ERROR", message: String) {
        self.sqlState = sqlState
        self.severity = severity
        self.message = message
    }

    /// The first two characters of the SQLSTATE.
    package var sqlClass: Substring { sqlState.prefix(2) }

    /// Whether the same work may succeed when tried again: connection (08), rollback (40), resources (53), operator (57).
    /// And a row that came too late into a default partition, since its own has been attached meanwhile: a check (23514)
    /// that no constraint of a name made.
    package var isTransient: Bool {
        switch sqlClass {
        case "08", "40", "53", "57": true
        default: sqlState == "23514" && constraint == nil
        }
    }

    /// Whether the connection, not a statement, failed: what was under way has an unknown outcome.
    package var isConnectionFailure: Bool { sqlClass == "08" }

    package static func connectionFailure(_ message: String) -> PostgresError {
        PostgresError(sqlState: "08006", severity: "FATAL", message: message)
    }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        var text = "\(message) (SQLSTATE \(sqlState)"
        if let constraint { text += ", constraint \(constraint)" }
        if let table { text += ", table \(table)" }
        if let column { text += ", column \(column)" }
        text += ")"
        if let detail { text += ". \(detail)" }
        if let hint { text += " \(hint)" }
        return text
    }
}
