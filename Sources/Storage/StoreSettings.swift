package import Routing

/// What a store is opened with. All durations are real time.
package struct StoreSettings: Sendable {
    /// A URL or key=value text as libpq reads it; may name several hosts.
    package var conninfo: String
    /// The id of the data folder: who holds the lease.
    package var holder: String
    package var site: Int16 = 0
    /// How many times faster than real time the engine's clock runs.
    package var clockSpeed: Double = 1
    /// The engine's clock at the first start of all.
    package var now: Instant
    /// For how long, by the engine's clock, keys are read back.
    package var keyWindow: TimeSpan = .days(7)

    /// Short enough that a standby serves within 5 s of a kill; longer than any answer that the writer waits for.
    package var lease: Duration = .milliseconds(3_500)
    /// Of the writing connection; under half of the lease, so that a hanging batch ends before the lease does.
    package var statementTimeout: Duration = .milliseconds(1_500)
    /// After how long without an answer the writing connection is taken for lost.
    package var roundTripTimeout: Duration = .seconds(2)

    /// How long closed inquiries that the engine has let go of wait for others, to be moved together.
    package var sweepDelay: Duration = .seconds(1)

    package init(conninfo: String, holder: String, now: Instant) {
        self.conninfo = conninfo
        self.holder = holder
        self.now = now
    }
}
