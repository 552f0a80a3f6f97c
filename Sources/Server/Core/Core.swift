import Dispatch
import LineProtocol
import Logging
import Routing

/// What reaches the engine thread.
enum CoreMessage: Sendable {
    case opened(Link)
    case incoming(UInt64, Incoming)
    /// A line that may not be answered: the connection said all it had to say.
    case closed(UInt64)
    case start(Opened)
    case standby
    case committed(CommitOutcome)
    case probed(CommitOutcome)
    case storageIsAway(Bool)
    case recalled(UInt64, Request, Result<InquiryRow?, LogFailure>)
    case listed(UInt64, Request, Result<ClosedListing, LogFailure>)
    case forgotten(UInt64, Result<Int64, LogFailure>)
    case lastAgentFound(UInt64, Request, Result<String?, LogFailure>)
    case decisionRead(UInt64, Request, seq: Int64, Result<[LogEntry], LogFailure>)
    case planRead(UInt64, PlanReadingJob)
    case planCompared(UInt64, PlanComparisonJob)
    case agentsRead(UInt64, AgentsJob)
    case logPage(UInt64, after: Int64, Result<[LogEntry], LogFailure>)
    case logStart(UInt64, Request, Watcher, Result<Int64, LogFailure>)
    /// The delay after a wrong token is over.
    case wrongToken(UInt64, tag: [UInt8], closes: Bool)
    /// A replay's page has left for the socket.
    case drained(UInt64)
    case stop
}

/// Everything that the engine thread owns: the engine, the sessions, the batch that forms and the one that is being
/// committed. Only that thread touches it.
final class Core {
    enum Phase {
        case starting
        case standby
        case serving
        case stopping
    }

    let settings: ServerSettings
    let log: Logger
    let mailbox: Mailbox<CoreMessage>
    /// Called once when nothing more can be done: the lease is lost, or a batch was refused for good.
    let fail: @Sendable (String) -> Void

    var phase = Phase.starting
    private var hasFailed = false
    private var stopDeadline: ContinuousClock.Instant?
    var engine: Engine
    var output = Output()
    var clock: EngineClock
    var storage = StorageWatch()
    var sessions: [UInt64: Session] = [:]
    /// Whose session an agent has.
    var agentSessions: [AgentIndex: Session] = [:]
    var watching: [UInt64: Session] = [:]
    /// Offers that a session is shown anew, once its request has been answered.
    var reshown: [(Event, Session)] = []
    /// Agents that a request has deleted: their sessions end once they have been told.
    var deleted: [AgentIndex] = []
    /// What is being explained, the first one a slice a step.
    var explaining: [Explaining] = []
    /// Customers that are being forgotten, one after the other.
    var forgetting: [Forgetting] = []
    /// Commands that the engine has taken: tells whether a request did anything.
    private(set) var commandsTaken: Int64 = 0
    var tokens = TokenBook()
    var plans = PlanShelf()
    var desk: (any PlanDesk)?
    /// One document after the other.
    let planReader = DispatchQueue(label: "switchboard plan")
    var journal: (any Journal)?
    var eventLog: (any EventLog)?
    var epoch: Int64 = 0
    let startedAt = ContinuousClock.now

    /// What fell due while nobody was there is done before anybody is served; nil once it is.
    private var overdueUntil: Instant?

    // The batch that forms.
    var changes = Changes()
    var newTokens: [TokenRecord] = []
    var newPlans: [PlanRecord] = []
    var formingCommands = 0
    var formingBytes = 0
    /// Sessions with something in `out`.
    var speaking: [Session] = []

    // The batch that is being committed.
    var batch: Int64 = 0
    var inFlight: [Delivery]?
    var inFlightEvents: [Event] = []
    var commitLatency = LatencyFigure()

    var pending: [CoreMessage] = []
    var pendingStart = 0
    var lastTokenCheck = ContinuousClock.now

    init(
        settings: ServerSettings, plan: CompiledPlan, mailbox: Mailbox<CoreMessage>, log: Logger,
        fail: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.mailbox = mailbox
        self.log = log
        self.fail = fail
        clock = EngineClock(startingAt: WallClock.now(), speed: settings.clockSpeed)
        engine = Engine(plan: plan, at: .epoch)
    }

    // MARK: The loop

    /// Runs until a stop has been carried out.
    func run() {
        var taken: [CoreMessage] = []
        while !isFinished {
            let hasWork = pendingStart < pending.count && !mustWaitForCommit && overdueUntil == nil
            mailbox.take(
                into: &taken, waiting: hasWork || !explaining.isEmpty || canForget ? 0 : secondsToWait())
            if pendingStart == pending.count {
                pending.removeAll(keepingCapacity: true)
                pendingStart = 0
            }
            takeOutcomes(from: &taken)
            step()
        }
    }

    /// Outcomes of storage overtake requests: they make room for them. Everything else queues up in order.
    private func takeOutcomes(from taken: inout [CoreMessage]) {
        for message in taken {
            switch message {
            case .committed(let outcome): committed(outcome)
            case .probed(let outcome): probed(outcome)
            case .storageIsAway(let away): storage.isConnected = !away
            default: pending.append(message)
            }
        }
        taken.removeAll(keepingCapacity: true)
    }

    /// One look at the clock, at the timers and at a slice of the messages.
    private func step() {
        let real = ContinuousClock.now
        let before = clock.last
        let now = clock.stamp(real)
        if phase == .serving || phase == .stopping {
            if storage.sawJump(at: real) { recover(since: before) }
            expire(at: now)
            if let until = overdueUntil, engine.nextDeadline.map({ $0 > until }) ?? true { overdueUntil = nil }
            storage.askIfNeeded(at: real, dueTimer: dueTimer(at: now), by: journal) { [mailbox] in
                mailbox.post(.probed($0))
            }
            checkTokens(at: real)
            if phase == .serving, !isFull, engine.isRoundDue(at: now) { engine.bookAgents(at: now) }
        }
        var handled = 0
        while pendingStart < pending.count, handled < ServerLimits.slice, !mustWaitForCommit, overdueUntil == nil {
            let message = pending[pendingStart]
            pendingStart += 1
            handled += 1
            handle(message)
        }
        explainSlice()
        forgetSlice()
        closeBatch()
    }

    /// A full batch behind one under way lets the rest wait in the mailbox, unless storage is away: then requests that
    /// would change something are refused.
    private var mustWaitForCommit: Bool {
        inFlight != nil && isFull && !storage.isAway(at: .now)
    }

    /// So much has come of timers that one transaction should not take more: the others are late, and say so.
    private var timersWaitForCommit: Bool { inFlight != nil && changes.events.count >= ServerLimits.batchEvents }

    /// The forming batch is as large as one transaction should be.
    var isFull: Bool {
        formingCommands >= ServerLimits.batchCommands || formingBytes >= ServerLimits.batchBytes
    }

    private func secondsToWait() -> Double {
        let real = ContinuousClock.now
        var until = real + .seconds(ServerLimits.renewalSeconds)
        // While storage is asked, a timer past its last answer waits for the next one, which comes as a message; while
        // it is stalled all of them do.
        if phase == .serving, !timersWaitForCommit, let due = engine.nextDeadline, !storage.isStalled(at: real),
            due <= storage.answeredUntil || !storage.isAsking
        {
            until = min(until, clock.real(of: due))
        }
        // Without a journal, before the start and in standby, there is no lease to renew.
        if journal != nil, !storage.isAsking { until = min(until, storage.nextRenewal) }
        return max(0, Double(EngineClock.microseconds(until - real)) / 1e6)
    }

    private func dueTimer(at now: Instant) -> Bool {
        guard let due = engine.nextDeadline else { return false }
        return due <= now && due > storage.answeredUntil
    }

    private func expire(at now: Instant) {
        // Reads tell of this moment, also on a floor where nothing happens.
        engine.advance(to: now)
        guard let due = engine.nextDeadline, due <= min(now, storage.answeredUntil) else { return }
        guard !timersWaitForCommit, !storage.isStalled(at: .now) else { return }
        output.clear()
        engine.expire(
            at: now, answeredUntil: storage.answeredUntil, limit: ServerLimits.slice, into: &output)
        harvest(cause: nil)
    }

    private func handle(_ message: CoreMessage) {
        switch message {
        case .opened(let link): open(link)
        case .incoming(let id, let incoming):
            guard let session = sessions[id] else { return }
            receive(incoming, from: session)
        case .closed(let id): close(id)
        case .start(let opened): start(opened)
        case .standby: phase = .standby
        case .committed, .probed, .storageIsAway: break
        case .recalled(let id, let request, let result): recalled(id, request, result)
        case .listed(let id, let request, let result): listed(id, request, result)
        case .forgotten(let id, let result): forgotten(id, result)
        case .lastAgentFound(let id, let request, let result): lastAgentFound(id, request, result)
        case .decisionRead(let id, let request, let seq, let result): decisionRead(id, request, seq: seq, result)
        case .planRead(let id, let job): planRead(id, job)
        case .planCompared(let id, let job): planCompared(id, job)
        case .agentsRead(let id, let job): agentsRead(id, job)
        case .logPage(let id, let after, let result): logPage(id, after: after, result)
        case .logStart(let id, let request, let watcher, let result): logStart(id, request, watcher, result)
        case .wrongToken(let id, let tag, let closes): wrongToken(id, tag: tag, closes: closes)
        case .drained(let id): readLog(for: id)
        case .stop: stop()
        }
    }

    // MARK: Start and stop

    private func start(_ opened: Opened) {
        let stopped = opened.recovered.engine.clock
        let wall = WallClock.now()
        // At another speed the clock stood still while nobody ran it.
        let begin = settings.clockSpeed == 1 || stopped == .epoch ? max(wall, stopped) : stopped
        clock = EngineClock(startingAt: begin, speed: settings.clockSpeed)
        do {
            engine = try Engine(
                plan: opened.plan, earlier: opened.earlier, recovered: opened.recovered, at: clock.stamp())
        } catch {
            hasFailed = true
            return fail("the state in the database does not go with the plan: \(error.message)")
        }
        tokens = TokenBook(opened.tokens)
        plans = PlanShelf(opened.plans)
        desk = opened.desk
        journal = opened.journal
        eventLog = opened.log
        batch = opened.batch
        epoch = opened.epoch
        storage.started(at: .now, engineTime: clock.last)
        if engine.nextDeadline.map({ $0 <= clock.last }) ?? false { overdueUntil = clock.last }
        phase = .serving
        log.info("serving", metadata: ["epoch": "\(epoch)", "batch": "\(batch)", "plan": "\(opened.plan.version)"])
    }

    /// Takes nothing more; what was taken is still committed and answered, then every session is closed.
    private func stop() {
        phase = .stopping
        stopDeadline = .now + .seconds(ServerLimits.stopSeconds)
        for session in sessions.values {
            session.change = .close
            speaks(session)
        }
    }

    /// A stop is done when all that was taken in is answered, or cannot be answered in time.
    private var isFinished: Bool {
        if hasFailed { return true }
        guard phase == .stopping else { return false }
        if let stopDeadline, ContinuousClock.now > stopDeadline { return true }
        return inFlight == nil && pendingStart == pending.count && !hasForming
    }

    // MARK: Batches

    private var hasForming: Bool {
        !changes.isEmpty || !newTokens.isEmpty || !newPlans.isEmpty || engine.hasChanges || !speaking.isEmpty
    }

    /// Sends the batch that formed, if none is under way. Without changes its answers go out at once.
    private func closeBatch() {
        guard inFlight == nil else { return }
        if engine.hasChanges || !changes.events.isEmpty { engine.takeChanges(into: &changes) }
        let hasChanges = !changes.isEmpty || !newTokens.isEmpty || !newPlans.isEmpty
        let deliveries = takeDeliveries()
        formingCommands = 0
        formingBytes = 0
        guard hasChanges, let journal else {
            release(deliveries)
            return
        }
        batch += 1
        let next = Batch(number: batch, engine: engine.row, changes: changes, tokens: newTokens, plans: newPlans)
        inFlightEvents = changes.events
        changes = Changes()
        newTokens = []
        newPlans = []
        for delivery in deliveries { sessions[delivery.link.id]?.unreleased += 1 }
        inFlight = deliveries
        storage.asked(at: .now)
        journal.commit(next) { [mailbox] in mailbox.post(.committed($0)) }
    }

    private func committed(_ outcome: CommitOutcome) {
        guard case .done = outcome else { return giveUp(outcome) }
        commitLatency.add(storage.answerTime(at: .now))
        storageAnswered()
        let deliveries = inFlight ?? []
        inFlight = nil
        inFlightEvents = []
        for delivery in deliveries { sessions[delivery.link.id]?.unreleased -= 1 }
        release(deliveries)
        forgetStored()
    }

    private func probed(_ outcome: CommitOutcome) {
        guard case .done = outcome else { return giveUp(outcome) }
        storageAnswered()
    }

    /// Storage is good. If it had not been for a while, agents get that while back.
    private func storageAnswered() {
        let since = storage.answeredUntil
        let wasStalled = storage.isStalled(at: .now)
        let now = clock.stamp()
        if wasStalled { recover(since: since) }
        storage.answered(at: .now, engineTime: now)
    }

    private func recover(since: Instant) {
        output.clear()
        engine.apply(.stalled(since: since), at: clock.last, into: &output)
        harvest(cause: nil)
    }

    private func giveUp(_ outcome: CommitOutcome) {
        let reason: String
        switch outcome {
        case .done: return
        case .deposed: reason = "another daemon has taken the lease: nothing more is acknowledged here"
        case .refused(let what): reason = "PostgreSQL refused a batch for good: \(what)"
        }
        log.critical("\(reason)")
        // Nothing of the refused batch, nor of what built on it, may be told.
        inFlight = nil
        speaking = []
        changes = Changes()
        newTokens = []
        newPlans = []
        pending = []
        pendingStart = 0
        hasFailed = true
        fail(reason)
    }

    private func takeDeliveries() -> [Delivery] {
        var deliveries: [Delivery] = []
        for session in speaking {
            session.isSpeaking = false
            if session.hasOutput { deliveries.append(session.takeDelivery()) }
        }
        speaking.removeAll(keepingCapacity: true)
        return deliveries
    }

    private func release(_ deliveries: [Delivery]) {
        if !deliveries.isEmpty { Link.hand(over: deliveries) }
    }

    /// Marks that the session has something to send with this batch.
    func speaks(_ session: Session) {
        if session.isSpeaking { return }
        session.isSpeaking = true
        speaking.append(session)
    }

    // MARK: Steps of the engine

    /// Has the engine take one command. The events wait in `output` for `harvest`.
    func perform(_ command: Command) -> Reply {
        commandsTaken += 1
        engine.apply(command, at: clock.last, into: &output)
        return output.reply
    }
}

/// Mean and worst of the last commits, for INFO.
struct LatencyFigure {
    private(set) var meanMicroseconds: Int64 = 0
    private(set) var worstMicroseconds: Int64 = 0
    private(set) var count: Int64 = 0

    /// The mean is weighted over about the last 32; the worst is of all.
    mutating func add(_ duration: Duration) {
        let value = EngineClock.microseconds(duration)
        count += 1
        meanMicroseconds = count == 1 ? value : meanMicroseconds + (value - meanMicroseconds) / 32
        worstMicroseconds = max(worstMicroseconds, value)
    }
}
