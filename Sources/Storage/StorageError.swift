package import Postgres

/// Why the store cannot be opened or read; a person reads `description`.
package struct StorageError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// PostgreSQL cannot be reached, or refused a statement: see `underlying`.
        case postgres
        /// The server or its database cannot hold a store: version, encoding.
        case unsupported
        /// A schema file was changed after it had been applied, or is missing in this binary.
        case migrationChanged
        /// The schema was made by a newer binary.
        case newerSchema
        /// The database has run at another clock speed.
        case otherClockSpeed
        /// Somebody else has taken the lease.
        case deposed
        /// A row says what no batch can have written.
        case corrupt
    }

    package var code: Code
    package var message: String
    package var underlying: PostgresError?

    package init(_ code: Code, _ message: String, underlying: PostgresError? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    /// - Parameter action: what was being done, as in "cannot *read the agents*".
    init(_ error: PostgresError, while action: String) {
        switch error.sqlState {
        case SQLState.deposed: self.init(.deposed, error.message, underlying: error)
        case SQLState.otherClockSpeed: self.init(.otherClockSpeed, error.message, underlying: error)
        default: self.init(.postgres, "cannot \(action)", underlying: error)
        }
    }

    package var description: String {
        guard let underlying else { return message }
        return code == .postgres ? "\(message): \(underlying)" : underlying.hint.map { "\(message). \($0)" } ?? message
    }

    /// Whether the same call may succeed later without anybody doing anything.
    package var isTransient: Bool { underlying?.isTransient ?? false }
}

/// The SQLSTATEs that mean something to the store: the schema's own functions raise those in SB.
enum SQLState {
    /// PostgreSQL's own: the server takes no writes, as one that was demoted.
    static let readOnly = "25006"
    /// PostgreSQL's own: there is no such table.
    static let missingTable = "42P01"
    /// PostgreSQL's own: a lock was not to be had within the time for it.
    static let lockNotAvailable = "55P03"
    /// PostgreSQL's own: it took longer than it may, or somebody cancelled it.
    static let cancelled = "57014"
    static let deposed = "SB001"
    static let otherClockSpeed = "SB002"
    /// Raised by the writer itself: the store stands where no writer of this epoch can have left it.
    static let diverged = "SB003"
}

/// Runs `body` and says of a failure what was being done.
@discardableResult
func storing<Result: ~Copyable>(
    _ action: String, _ body: () throws(PostgresError) -> Result
) throws(StorageError) -> Result {
    do {
        return try body()
    } catch {
        throw StorageError(error, while: action)
    }
}
