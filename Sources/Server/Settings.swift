/// What the server allows and how long it waits. All times are real ones, whatever the speed of the engine's clock.
package enum ServerLimits {
    package static let connections = 4_096
    /// Connections that are closed on our side and not on the peer's. They do not count as open; past it they are
    /// closed without waiting.
    package static let lingeringConnections = 1_024
    package static let connectionsBeforeHello = 256
    package static let connectionsBeforeHelloPerAddress = 64
    /// Requests of one connection that are not answered yet; past it the socket is not read.
    package static let unansweredRequests = 1_024
    /// Bytes of live pushes that a connection may owe its reader.
    package static let pendingPushBytes = 1 << 20
    package static let lineBytes = 65_536
    package static let adminLineBytes = 4 << 20
    package static let failedHellos = 5
    /// Commands between two looks at the timers, and timers between two looks at the commands.
    package static let slice = 1_000
    /// Commands of one batch, and bytes of their values. Past it the rest waits in the mailbox; while storage is away,
    /// requests that change something are refused instead. A batch of that size commits well within the writer's
    /// statement time-out.
    package static let batchCommands = 4_096
    package static let batchBytes = 16 << 20
    /// Events of one batch past which timers wait for the one under way: many deadlines may fall on one moment.
    package static let batchEvents = 20_000
    package static let pageRows = 1_000
    package static let logPageEntries = 1_000
    /// Inquiries in memory that one step takes a customer out of.
    package static let forgottenInquiries = 1_000

    /// Versions of the plan that are at hand, and bytes of their documents; the others are in the table of plans only.
    package static let planVersions = 1_000
    package static let planBytes = 64 << 20
    package static let planHistoryRows = 20
    /// Agents that one AGENTS PUT names: they are one step of the engine and one transaction.
    package static let agentsOfRequest = 5_000
    /// Faults of one AGENTS PUT that are told; of the others their number.
    package static let agentFaults = 1_000
    /// Past so many agents nobody looks whether they can serve the queues of a plan.
    package static let agentsOfPlan = 10_000

    /// Agents that one step looks at for an EXPLAIN: well under a millisecond's work.
    package static let explainedAgents = 8_192

    package static let helloSeconds = 30.0
    package static let agentSilenceSeconds = 60.0
    package static let failedHelloDelaySeconds = 0.5
    /// A TCP peer that says nothing is asked by its system after so long, and again every so often; one that has not
    /// answered so many times is gone: a host that lost its power keeps no connection for good.
    package static let keepAliveIdleSeconds: Int32 = 60
    package static let keepAliveIntervalSeconds: Int32 = 15
    package static let keepAliveTries: Int32 = 4
    /// How long a connection that is being closed may take to read what it is still owed.
    package static let closingSeconds = 10.0
    /// How long a stop waits for the last commit.
    package static let stopSeconds = 6.0
    /// A storage that has not answered for so long is not known to be good.
    package static let stallSeconds = 0.25
    /// A storage that has not answered for so long is away: reads no longer wait for it.
    package static let awaySeconds = 1.5
    /// An idle lease is renewed this often.
    package static let renewalSeconds = 1.0
    /// A clock that jumped by more than this stood still.
    package static let clockJumpSeconds = 2.0
    /// What a client that is refused for now is told to wait.
    package static let retryAfterMicroseconds: Int64 = 1_000_000
}

/// What a server is told at its start.
package struct ServerSettings: Sendable {
    package var version: String
    package var site = 0
    /// How many times faster than real time the engine's clock runs.
    package var clockSpeed: Int64 = 1
    /// Peers of the Unix socket with this uid, or 0, start as admin.
    package var ownerID: UInt32

    package init(version: String, clockSpeed: Int64 = 1, ownerID: UInt32) {
        self.version = version
        self.clockSpeed = clockSpeed
        self.ownerID = ownerID
    }
}
