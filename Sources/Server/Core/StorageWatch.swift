import Routing

/// Whether storage is known to be good: when it was asked, when it answered.
struct StorageWatch {
    /// The connection, as the journal last said.
    var isConnected = true
    /// The engine's time of the last answer: timers that are due until then may fire.
    private(set) var answeredUntil = Instant.epoch
    /// Questions without an answer: a batch, a probe, or both.
    private var open = 0
    /// Since when storage owes the next answer.
    private var askedAt: ContinuousClock.Instant?
    private var answeredAt = ContinuousClock.now
    private var lastStep = ContinuousClock.now

    var isAsking: Bool { open > 0 }

    var nextRenewal: ContinuousClock.Instant { answeredAt + .seconds(ServerLimits.renewalSeconds) }

    mutating func started(at real: ContinuousClock.Instant, engineTime: Instant) {
        answeredAt = real
        lastStep = real
        answeredUntil = engineTime
    }

    mutating func asked(at real: ContinuousClock.Instant) {
        open += 1
        if askedAt == nil { askedAt = real }
    }

    mutating func answered(at real: ContinuousClock.Instant, engineTime: Instant) {
        open -= 1
        askedAt = open > 0 ? real : nil
        answeredAt = real
        answeredUntil = engineTime
    }

    /// How long the answer that has just come took.
    func answerTime(at real: ContinuousClock.Instant) -> Duration { askedAt.map { real - $0 } ?? .zero }

    /// A question is open for longer than storage takes when it is well, or the connection is gone.
    func isStalled(at real: ContinuousClock.Instant) -> Bool {
        guard isConnected else { return true }
        return askedAt.map { real - $0 > .seconds(ServerLimits.stallSeconds) } ?? false
    }

    /// Gone for so long that clients are told.
    func isAway(at real: ContinuousClock.Instant) -> Bool {
        guard isConnected else { return true }
        return askedAt.map { real - $0 > .seconds(ServerLimits.awaySeconds) } ?? false
    }

    /// Asks when the lease wants renewal, or when a timer is due that only a new answer allows to fire.
    mutating func askIfNeeded(
        at real: ContinuousClock.Instant, dueTimer: Bool, by journal: (any Journal)?,
        completion: @escaping @Sendable (CommitOutcome) -> Void
    ) {
        guard let journal, open == 0, dueTimer || real >= nextRenewal else { return }
        asked(at: real)
        journal.probe(completion: completion)
    }

    /// Whether this thread itself stood still between two steps.
    mutating func sawJump(at real: ContinuousClock.Instant) -> Bool {
        defer { lastStep = real }
        return real - lastStep > .seconds(ServerLimits.clockJumpSeconds)
    }
}
