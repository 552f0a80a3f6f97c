package import Postgres
package import Routing

/// Who may connect as what.
package struct TokenRow: Hashable, Sendable {
    package var id: Int32
    package var role: String
    /// Sessions of this token are bound to this agent; empty for none.
    package var agent: String
    package var name: String
    /// A supervisor sees these teams only; nil for all.
    package var teams: [String]?
    /// SHA-256 of the secret: 32 bytes.
    package var digest: [UInt8]
    package var createdAt: Instant
    package var expiresAt: Instant?
    package var revokedAt: Instant?

    package init(
        id: Int32, role: String, agent: String = "", name: String = "", teams: [String]? = nil, digest: [UInt8],
        createdAt: Instant, expiresAt: Instant? = nil, revokedAt: Instant? = nil
    ) {
        self.id = id
        self.role = role
        self.agent = agent
        self.name = name
        self.teams = teams
        self.digest = digest
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
    }
}

/// One published version of the routing plan.
package struct PlanRow: Hashable, Sendable {
    package var version: Int32
    package var at: Instant
    package var author: String
    package var note: String
    /// The whole document as JSON.
    package var body: [UInt8]

    package init(version: Int32, at: Instant, author: String = "", note: String = "", body: [UInt8]) {
        self.version = version
        self.at = at
        self.author = author
        self.note = note
        self.body = body
    }
}

/// What is committed together.
package struct JournalBatch: Sendable {
    /// The last committed batch plus one.
    package var number: Int64
    package var engine: EngineRow
    package var changes: Changes
    /// New or changed ones.
    package var tokens: [TokenRow]
    package var plans: [PlanRow]

    package init(
        number: Int64, engine: EngineRow, changes: Changes, tokens: [TokenRow] = [], plans: [PlanRow] = []
    ) {
        self.number = number
        self.engine = engine
        self.changes = changes
        self.tokens = tokens
        self.plans = plans
    }
}

/// How a batch, or a renewal of the lease, ended.
package enum JournalOutcome: Sendable {
    /// Committed.
    case done
    /// Another engine has the lease, or had it since. Nothing more can be committed: acknowledge nothing, stop.
    case deposed
    /// PostgreSQL will never take it: a bug or poison. The text names the row. Acknowledge nothing, stop, recover.
    case refused(PostgresError, row: String)
    /// `stop` was called while PostgreSQL was away: whether it was committed is unknown. Acknowledge nothing.
    case stopped
}

/// How it stands with PostgreSQL.
package enum JournalState: Sendable {
    case connected
    /// No answer since then; the writer keeps trying.
    case away(since: ContinuousClock.Instant, PostgresError)
}
