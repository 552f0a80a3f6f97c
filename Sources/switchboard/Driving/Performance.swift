import Client
import Simulation

/// Plays a scenario against a running daemon: owns the driver, its clock and its ledger, and feeds them from three
/// connections through one inbox, so that all state has one owner, the task that calls `run`.
final class Performance {
    enum Input: Sendable {
        case word(Stage.Word)
        case answered(DriverAction, Result<Answer, ClientError>, sent: ContinuousClock.Instant)
        /// The daemon's time, asked for at `sent`.
        case clock(Result<Answer, ClientError>, sent: ContinuousClock.Instant)
        case watching(Result<Answer, ClientError>)
        /// Something is due, or it is time to look.
        case alarm
        case stop
    }

    /// How often the clock is compared with the daemon's.
    private static let clockInterval = Duration.milliseconds(500)
    /// A reading that took longer than this says too little, unless there is no other.
    private static let clockRoundTripMaximum = Duration.milliseconds(50)
    /// The longest time between two looks at everything.
    private static let lookInterval = Duration.milliseconds(100)

    private let requests: DriverRequests
    private let stage: Stage
    private let inbox: AsyncStream<Input>
    let tell: AsyncStream<Input>.Continuation
    private let start = ContinuousClock.now
    private let before: Totals

    private(set) var driver: Driver
    private(set) var ledger = Ledger()
    private(set) var clock: VirtualClock
    /// Real microseconds from a submission to its answer, in order of the answers.
    private(set) var acknowledgements: [Int64] = []
    private(set) var isConnected = true
    /// What the daemon last said of itself, such as `serving` or `storage_away`.
    private(set) var status = "serving"

    private var clockAsked = ContinuousClock.now
    private var clockIsUnsure = false
    private var floorWasLost = false
    private var alarm: Task<Void, Never>?
    private var alarmAt = ContinuousClock.now
    private var lastProgress = ContinuousClock.now
    private var isStopped = false

    /// Connects, defines the scenario's agents and watches the log; the scenario begins when `run` is called.
    ///
    /// - Parameters:
    ///   - run: the prefix of this run's keys.
    ///   - speed: how many times faster than the wall clock the daemon's runs; it is asked, and refused if it differs.
    init(
        scenario: Scenario, run: String, speed: Int64?, customers: ClientConfiguration, agents: ClientConfiguration,
        onlooker: ClientConfiguration
    ) async throws(ClientError) {
        let (inbox, tell) = AsyncStream.makeStream(of: Input.self)
        let stage = Stage(customers: customers, agents: agents, onlooker: onlooker, tell: { tell.yield(.word($0)) })
        try await stage.connect()
        let speed = try await Self.agreedSpeed(wanted: speed, stage.onlooker)
        let before = try await Totals(stage.onlooker)
        try await stage.onlooker.request(Request("WATCH"))
        let requests = DriverRequests(scenario: scenario, run: run, speed: speed)
        for agent in scenario.agents { try await stage.onlooker.request(requests.put(agent)) }
        let (virtual, real) = try await Self.readClock(stage.onlooker, since: start)
        self.inbox = inbox
        self.tell = tell
        self.stage = stage
        self.requests = requests
        self.before = before
        clock = VirtualClock(speed: speed, virtual: virtual, real: real)
        driver = Driver(scenario: scenario, origin: virtual)
    }

    var speed: Int64 { clock.speed }

    /// The daemon's time, in microseconds since 1970 UTC.
    var now: Int64 { clock.now(real: real(.now)) }

    /// The time since the scenario began, in microseconds of the daemon's clock.
    var elapsed: Int64 { now - driver.origin }

    var scenario: Scenario { requests.scenario }

    /// Plays until `isOver` says so. `look` is called about ten times a second and after each end of a run's input.
    /// - Throws: what ended a connection for good.
    func run(until isOver: (Performance) -> Bool, look: (Performance) -> Void) async throws(ClientError) {
        step()
        for await input in inbox {
            try take(input)
            step()
            look(self)
            if isStopped || isOver(self) { break }
        }
        alarm?.cancel()
    }

    /// For a minute of real time nothing is due, nothing is answered and nothing happens: it will not end by itself.
    var isStuck: Bool {
        isConnected && driver.nextDue == nil && .now - lastProgress > .seconds(60)
    }

    func close() async {
        await stage.close()
    }

    /// The daemon's own word on each inquiry that it took in, by `GET`: how many are in which state.
    func states() async throws(ClientError) -> [Int64: String] {
        var result: [Int64: String] = [:]
        for id in driver.ids.compactMap({ $0 }) {
            result[id] = try await stage.customers.request(Request("GET", "\(id)"))["state"]
        }
        return result
    }

    /// What the daemon's own counters gained since the run began.
    func totals() async throws(ClientError) -> Totals {
        try await Totals(stage.onlooker) - before
    }

    // MARK: Input

    private func take(_ input: Input) throws(ClientError) {
        let moment = ContinuousClock.now
        switch input {
        case .alarm: break
        case .stop: isStopped = true
        case .word(let word): try take(word)
        case .watching(let result):
            if case .failure(let error) = result, error != .connectionLost { throw error }
        case .clock(let result, let sent): try readClock(result, sent: sent, at: moment)
        case .answered(let action, let result, let sent):
            guard let outcome = requests.outcome(action, result) else { throw failure(result) }
            lastProgress = moment
            if case .submit = action, case .done = outcome {
                acknowledgements.append(Self.microseconds(moment - sent))
            }
            act { driver.finished(action, outcome, at: $0, into: &$1) }
        }
    }

    private func take(_ word: Stage.Word) throws(ClientError) {
        switch word {
        case .customers(.disconnected(let error)):
            if error != .connectionLost { throw error }
        case .customers: break
        case .agents(.connected):
            guard floorWasLost else { return }
            floorWasLost = false
            act { driver.floorConnected(at: $0, into: &$1) }
        case .agents(.disconnected(let error)):
            if error != .connectionLost { throw error }
            floorWasLost = true
            driver.floorLost()
        case .agents(.event(let event)):
            if let event = requests.floorEvent(event) {
                lastProgress = .now
                act { driver.happened(event, at: $0, into: &$1) }
            }
        case .onlooker(.connected): onlookerConnected()
        case .onlooker(.disconnected(let error)):
            if error != .connectionLost { throw error }
            isConnected = false
            clockIsUnsure = true
            clock.stop(real: real(.now))
        case .onlooker(.event(let event)):
            if let event = LedgerEvent(event) {
                lastProgress = .now
                ledger.record(event)
            }
        }
    }

    private func onlookerConnected() {
        // The first connection watches already.
        guard !isConnected else { return }
        isConnected = true
        let from: Fields = ledger.lastSeq > 0 ? [Field("from", ledger.lastSeq)] : []
        stage.onlooker.send(Request("WATCH", nil, from)) { [tell] in tell.yield(.watching($0)) }
        askClock()
    }

    private func failure(_ result: Result<Answer, ClientError>) -> ClientError {
        if case .failure(let error) = result { return error }
        return .closed
    }

    // MARK: Output

    /// Does what is due and sets the alarm for what is due next.
    private func step() {
        act { driver.advance(to: $0, into: &$1) }
        if isConnected, .now - clockAsked > Self.clockInterval { askClock() }
        setAlarm()
    }

    private func act(_ change: (Int64, inout [DriverAction]) -> Void) {
        var actions: [DriverAction] = []
        change(now, &actions)
        for action in actions { perform(action) }
    }

    private func perform(_ action: DriverAction) {
        let client = action.isFloor ? stage.agents : stage.customers
        let sent = ContinuousClock.now
        client.send(requests.request(action)) { [tell] result in
            tell.yield(.answered(action, result, sent: sent))
        }
    }

    private func setAlarm() {
        var delay = Self.lookInterval
        if let due = driver.nextDue, let wait = clock.realDelay(until: due, real: real(.now)) {
            delay = min(delay, .microseconds(wait))
        }
        let moment = ContinuousClock.now
        let wanted = moment + delay
        // One that goes off soon enough is left alone.
        if alarm != nil, alarmAt > moment, alarmAt <= wanted { return }
        alarm?.cancel()
        alarmAt = wanted
        alarm = Task { [tell] in
            if (try? await Task.sleep(until: wanted, tolerance: .zero, clock: .continuous)) != nil {
                tell.yield(.alarm)
            }
        }
    }

    // MARK: The clock

    private func askClock() {
        clockAsked = .now
        let sent = clockAsked
        stage.onlooker.send(Request("PING")) { [tell] in tell.yield(.clock($0, sent: sent)) }
    }

    private func readClock(
        _ result: Result<Answer, ClientError>, sent: ContinuousClock.Instant, at moment: ContinuousClock.Instant
    ) throws(ClientError) {
        switch result {
        case .success(let answer):
            status = answer["status"] ?? status
            guard let virtual = answer.fields.instant("time") else {
                throw .protocolViolation("PING's answer has no time=")
            }
            guard clockIsUnsure || moment - sent <= Self.clockRoundTripMaximum else { return }
            clockIsUnsure = false
            clock.set(virtual: virtual, real: (real(sent) + real(moment)) / 2)
        case .failure(.connectionLost): break
        case .failure(let error): throw error
        }
    }

    private func real(_ instant: ContinuousClock.Instant) -> Int64 {
        Self.microseconds(instant - start)
    }

    private static func microseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
    }

    private static func agreedSpeed(wanted: Int64?, _ client: SwitchboardClient) async throws(ClientError) -> Int64 {
        let answer = try await client.request(Request("INFO"))
        guard let text = answer["clock_speed"] else { throw .protocolViolation("INFO's answer has no clock_speed=") }
        let digits = text.hasSuffix("x") ? String(text.dropLast()) : text
        guard let speed = Int64(digits), speed >= 1 else { throw .protocolViolation("clock_speed=\(text)") }
        if let wanted, wanted != speed {
            throw .invalidConfiguration(
                "--speed is \(wanted), but the daemon's clock runs \(speed) times as fast as the wall clock; start it "
                    + "with --clock-speed \(wanted) on a data folder of its own")
        }
        return speed
    }

    private static func readClock(
        _ client: SwitchboardClient, since start: ContinuousClock.Instant
    ) async throws(ClientError) -> (virtual: Int64, real: Int64) {
        let sent = ContinuousClock.now
        let answer = try await client.request(Request("PING"))
        let middle = (microseconds(sent - start) + microseconds(.now - start)) / 2
        guard let virtual = answer.fields.instant("time") else {
            throw .protocolViolation("PING's answer has no time=")
        }
        return (virtual, middle)
    }
}
