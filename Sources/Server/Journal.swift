package import Routing

/// Where the engine thread leaves what must not be lost. What stands behind it is not the server's business.
package protocol Journal: Sendable {
    /// Commits one batch. Called by the engine thread, which never has two under way; returns at once.
    /// The completion comes once, on whatever thread, when the outcome is known for certain: a batch whose fate is
    /// open is asked about and sent again as long as it takes.
    func commit(_ batch: Batch, completion: @escaping @Sendable (CommitOutcome) -> Void)

    /// Renews the lease; also a question whether storage is there.
    func probe(completion: @escaping @Sendable (CommitOutcome) -> Void)
}

/// One transaction's worth.
package struct Batch: Sendable {
    /// Rises by one from batch to batch.
    package var number: Int64
    package var engine: EngineRow
    package var changes: Changes
    package var tokens: [TokenRecord]
    package var plans: [PlanRecord]
}

package enum CommitOutcome: Sendable {
    case done
    /// Another daemon holds the lease: nothing more may be acknowledged here.
    case deposed
    /// The store will never take it; the text names the row.
    case refused(String)
}

/// What has been committed, for readers who may take their time.
package protocol EventLog: Sendable {
    /// Entries after `seq` in order, at most `limit`.
    func entries(after seq: Int64, limit: Int, completion: @escaping @Sendable (Result<[LogEntry], LogFailure>) -> Void)

    /// The number of the oldest entry that is kept; 0 when there is none.
    func firstSeq(completion: @escaping @Sendable (Result<Int64, LogFailure>) -> Void)

    /// An inquiry that has left memory; nil if it never was.
    func inquiry(_ id: Int64, completion: @escaping @Sendable (Result<InquiryRow?, LogFailure>) -> Void)

    /// A page of closed inquiries, each as it was last committed, by rising id.
    func closedInquiries(
        _ filter: ClosedFilter, completion: @escaping @Sendable (Result<ClosedListing, LogFailure>) -> Void)

    /// Takes the personal data out of all that is stored of a customer with an id below `before`, and says of how many
    /// inquiries once that is durable. What was asked for before has been answered by then.
    func forget(
        customer: [UInt8], before: Int64, epoch: Int64,
        completion: @escaping @Sendable (Result<Int64, LogFailure>) -> Void)

    /// Who completed the customer's most recent inquiry that was closed since then; nil for nobody.
    func lastAgent(
        customer: [UInt8], since: Instant, completion: @escaping @Sendable (Result<String?, LogFailure>) -> Void)
}

/// Which closed inquiries a listing shows; nil shows all.
package struct ClosedFilter: Sendable {
    package var state: InquiryState
    package var queue: String?
    package var channel: String?
    package var agent: String?
    package var customer: [UInt8]?
    /// Only those with a greater id.
    package var after: Int64
    package var limit: Int
}

package struct ClosedListing: Sendable {
    package var rows: [InquiryRow]
    /// After which id another page begins; nil: there is none.
    package var next: Int64?

    package init(rows: [InquiryRow], next: Int64?) {
        self.rows = rows
        self.next = next
    }
}

/// The log cannot be read now.
package struct LogFailure: Error, Sendable {
    package var message: String

    package init(message: String) { self.message = message }
}

/// One committed event, with what its inquiry's row still has of the texts that an offer shows.
package struct LogEntry: Sendable {
    package var seq: Int64
    package var at: Instant
    package var type: String
    /// 0 for none.
    package var inquiry: Int64
    package var agent: String
    package var queue: String
    /// A flat JSON object in the order of the wire; empty for none.
    package var details: [UInt8]
    /// Who submitted the inquiry; 0 for none.
    package var source: Int32
    package var customer: [UInt8]
    package var subject: [UInt8]
    package var attributes: [UInt8]

    package init(
        seq: Int64, at: Instant, type: String, inquiry: Int64, agent: String, queue: String, details: [UInt8],
        source: Int32, customer: [UInt8], subject: [UInt8], attributes: [UInt8]
    ) {
        self.seq = seq
        self.at = at
        self.type = type
        self.inquiry = inquiry
        self.agent = agent
        self.queue = queue
        self.details = details
        self.source = source
        self.customer = customer
        self.subject = subject
        self.attributes = attributes
    }
}

/// What may be done with a connection.
package enum Role: String, Sendable, CaseIterable {
    case admin
    case supervisor
    case gateway
    case upstream
    case agent
}

/// A token as it is kept: never the secret, only its SHA-256.
package struct TokenRecord: Sendable {
    package var id: Int32
    package var role: Role
    /// The agent that it is made for; empty for none.
    package var agent: String
    package var name: String
    package var teams: [String]
    package var digest: [UInt8]
    package var createdAt: Instant
    package var expiresAt: Instant?
    package var revokedAt: Instant?

    package init(
        id: Int32, role: Role, agent: String, name: String, teams: [String], digest: [UInt8], createdAt: Instant,
        expiresAt: Instant?, revokedAt: Instant?
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

/// Everything that a start found in the store, and the ways back into it.
package struct Opened: Sendable {
    package var recovered: Recovered
    package var tokens: [TokenRecord]
    /// The last committed batch.
    package var batch: Int64
    package var epoch: Int64
    package var plan: CompiledPlan
    /// Versions whose policies some inquiries still go by.
    package var earlier: [CompiledPlan]
    /// The published versions, the newest last; it is in force.
    package var plans: [PlanRecord]
    package var desk: any PlanDesk
    package var journal: any Journal
    package var log: any EventLog

    package init(
        recovered: Recovered, tokens: [TokenRecord], batch: Int64, epoch: Int64, plan: CompiledPlan,
        earlier: [CompiledPlan] = [], plans: [PlanRecord], desk: any PlanDesk, journal: any Journal, log: any EventLog
    ) {
        self.recovered = recovered
        self.tokens = tokens
        self.batch = batch
        self.epoch = epoch
        self.plan = plan
        self.earlier = earlier
        self.plans = plans
        self.desk = desk
        self.journal = journal
        self.log = log
    }
}
