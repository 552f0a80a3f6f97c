import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The client's state. Everything here belongs to one event loop and is touched on it only.
///
/// ```
/// resting ─▶ connecting ─▶ greeting ─▶ serving ──┐ lost
///               ▲  ▲          │ refused           │
///               │  └── pausing ◀─┴────────────────┘        any ─▶ ended
/// ```
final class ClientCore {
    enum State {
        case resting
        /// Towards the endpoint with this place in the list.
        case connecting
        case greeting(any Channel)
        case serving(any Channel)
        /// Until the next round over all endpoints.
        case pausing
        case ended(ClientError)
    }

    private static let connectTimeout = TimeAmount.seconds(2)
    private static let greetingTimeout = TimeAmount.seconds(5)
    /// The same where there are other endpoints to try: a stopped daemon takes connections and says nothing.
    private static let greetingTimeoutOfSeveral = TimeAmount.seconds(2)
    /// Where there are other endpoints: how long an answer may take before they are asked whether they serve, and how
    /// long nothing is sent before a `PING` makes sure that there is something to be answered.
    private static let silenceMaximum = TimeAmount.seconds(2)
    private static let pingIntervalOfSeveral = TimeAmount.seconds(5)
    private static let silenceCheckInterval = TimeAmount.milliseconds(250)
    /// How long a keep-alive that nothing stands before may take.
    private static let pingTimeout = TimeAmount.seconds(10)
    private static let pauseMinimum = TimeAmount.milliseconds(20)
    private static let pauseMaximum = TimeAmount.milliseconds(250)

    private let configuration: ClientConfiguration
    private let loop: any EventLoop
    private let onNotice: (@Sendable (Notice) -> Void)?
    private let onLine: (@Sendable (String) -> Void)?

    private var state = State.resting
    /// Sent, unanswered, in order.
    private var inFlight = CircularBuffer<Exchange>()
    /// To be sent, in order.
    private var waiting = CircularBuffer<Exchange>()
    private var subscribers: [AsyncStream<Event>.Continuation] = []
    private var connectWaiters: [Exchange.Completion] = []
    private var welcome: Answer?

    /// Tells a late word of an earlier connection from one of this.
    private var generation = 0
    private var endpointIndex = 0
    private var pause = pauseMinimum
    private var searchDeadline = NIODeadline.distantFuture
    private var lastFailure = "nothing was tried"
    private var lastSent = NIODeadline.now()
    private var greetingGuard: Scheduled<Void>?
    private var keepAlive: RepeatedTask?
    private var pingSent: NIODeadline?
    private let lookout: Lookout
    /// Since when something is unanswered and nothing was heard; nil while nothing is unanswered.
    private var silentSince: NIODeadline?

    init(
        configuration: ClientConfiguration, loop: any EventLoop, onNotice: (@Sendable (Notice) -> Void)?,
        onLine: (@Sendable (String) -> Void)?
    ) {
        self.configuration = configuration
        self.loop = loop
        self.onNotice = onNotice
        self.onLine = onLine
        lookout = Lookout(loop: loop)
    }

    private var hasSeveralEndpoints: Bool { configuration.endpoints.count > 1 }

    /// Begins to look for a daemon; `completion` hears the first greeting.
    func connect(_ completion: @escaping Exchange.Completion) {
        switch state {
        case .ended(let error): completion(.failure(error))
        case .serving:
            if let welcome { completion(.success(welcome)) }
        case .connecting, .greeting, .pausing: connectWaiters.append(completion)
        case .resting:
            connectWaiters.append(completion)
            beginSearch()
        }
    }

    /// Takes requests over, in order.
    func enqueue(_ exchanges: [Exchange]) {
        if case .ended(let error) = state {
            for exchange in exchanges { exchange.completion(.failure(error)) }
            return
        }
        for exchange in exchanges {
            if waiting.count >= SwitchboardClient.waitingMaximum {
                exchange.completion(.failure(.overloaded))
            } else {
                waiting.append(exchange)
            }
        }
        if case .resting = state { beginSearch() }
        sendWaiting()
    }

    func subscribe(_ continuation: AsyncStream<Event>.Continuation) {
        if case .ended = state {
            continuation.finish()
        } else {
            subscribers.append(continuation)
        }
    }

    // MARK: Looking for a daemon

    /// - Parameter first: the place of the endpoint to begin with.
    private func beginSearch(at first: Int = 0) {
        searchDeadline = .now() + TimeAmount(configuration.patience)
        endpointIndex = first
        pause = Self.pauseMinimum
        tryEndpoint()
    }

    private func tryEndpoint() {
        state = .connecting
        generation += 1
        let owner = NIOLoopBound(self, eventLoop: loop)
        let number = generation
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(Self.connectTimeout)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = LineHandler(owner: owner.value, generation: number)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        bootstrap.connect(to: configuration.endpoints[endpointIndex]).assumeIsolated().whenComplete { result in
            guard number == self.generation, case .connecting = self.state else {
                if case .success(let channel) = result { channel.close(promise: nil) }
                return
            }
            switch result {
            case .success(let channel): self.greet(channel)
            case .failure(let error): self.endpointFailed(Self.reason(error))
            }
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error) } ?? "\(error.host) is not known"
        case ChannelError.connectTimeout: "no answer within \(connectTimeout.nanoseconds / 1_000_000_000) s"
        default: "\(error)"
        }
    }

    private func greet(_ channel: any Channel) {
        state = .greeting(channel)
        let number = generation
        let request: Request
        if let token = configuration.token {
            var fields = [Field("version", "1"), Field("token", token)]
            if let agent = configuration.agent { fields.append(Field("agent", agent)) }
            request = Request("HELLO", nil, Fields(fields))
        } else {
            request = Request("PING")
        }
        let loopBound = NIOLoopBound(self, eventLoop: loop)
        let greeting = Exchange(bytes: request.bytes, repetition: .never, isInternal: true) { result in
            loopBound.value.greeted(result, generation: number)
        }
        write([greeting], to: channel)
        let timeout = hasSeveralEndpoints ? Self.greetingTimeoutOfSeveral : Self.greetingTimeout
        greetingGuard = loop.assumeIsolated().scheduleTask(in: timeout) {
            guard number == self.generation else { return }
            self.drop(channel)
            self.endpointFailed("no greeting within \(timeout.nanoseconds / 1_000_000_000) s")
        }
    }

    private func greeted(_ result: Result<Answer, ClientError>, generation number: Int) {
        guard number == generation, case .greeting(let channel) = state else { return }
        greetingGuard?.cancel()
        switch result {
        case .success(let answer) where answer["status"] == "starting" || answer["status"] == "standby":
            drop(channel)
            endpointFailed("it is \(answer["status"] ?? "away")")
        case .success(let answer): serve(channel, answer)
        case .failure(.rejected(let rejection)) where ["unavailable", "limit"].contains(rejection.code):
            drop(channel)
            endpointFailed(rejection.description)
        case .failure(.connectionLost): break
        case .failure(let error):
            drop(channel)
            end(error)
        }
    }

    private func serve(_ channel: any Channel, _ answer: Answer) {
        state = .serving(channel)
        welcome = answer
        pingSent = nil
        lastSent = .now()
        onNotice?(.connected(answer))
        let waiters = connectWaiters
        connectWaiters = []
        for waiter in waiters { waiter(.success(answer)) }
        startKeepAlive()
        sendWaiting()
    }

    private func endpointFailed(_ why: String) {
        lastFailure = "\(configuration.endpoints[endpointIndex]): \(why)"
        generation += 1
        endpointIndex += 1
        if endpointIndex < configuration.endpoints.count { return tryEndpoint() }
        endpointIndex = 0
        guard NIODeadline.now() + pause < searchDeadline else { return end(.unreachable(lastFailure)) }
        state = .pausing
        loop.assumeIsolated().scheduleTask(in: pause) {
            if case .pausing = self.state { self.tryEndpoint() }
        }
        pause = min(pause + pause, Self.pauseMaximum)
    }

    private func drop(_ channel: any Channel) {
        generation += 1
        inFlight.removeAll()
        channel.close(promise: nil)
    }

    // MARK: The connection

    func received(_ line: ByteBuffer, generation number: Int) {
        guard number == generation else { return }
        do throws(ClientError) {
            try handle(try ServerLine(line.readableBytesUInt8Span), line)
        } catch {
            return lost(error, generation: number)
        }
        silentSince = inFlight.isEmpty ? nil : .now()
    }

    private func handle(_ parsed: ServerLine, _ line: ByteBuffer) throws(ClientError) {
        if let onLine, inFlight.first?.isInternal != true || parsed.isEvent {
            onLine(String(buffer: line))
        }
        switch parsed {
        case .event(let event): deliver(event)
        case .row(let fields):
            guard !inFlight.isEmpty else { throw .protocolViolation("a ROW that answers nothing") }
            inFlight[inFlight.startIndex].rows.append(fields)
        case .ok(let fields):
            guard let exchange = inFlight.popFirst() else { throw .protocolViolation("an OK that answers nothing") }
            exchange.completion(.success(Answer(fields: fields, rows: exchange.rows)))
        case .error(var rejection):
            // A daemon that sends somebody away before they asked says why.
            guard let exchange = inFlight.popFirst() else { throw .rejected(rejection) }
            rejection.rows = exchange.rows
            exchange.completion(.failure(.rejected(rejection)))
        }
    }

    private func deliver(_ event: Event) {
        onNotice?(.event(event))
        for subscriber in subscribers {
            if case .dropped = subscriber.yield(event) {
                end(.eventsUnread)
                return
            }
        }
    }

    func readCycleEnded() {
        sendWaiting()
    }

    /// The connection of that generation is gone; the place is that of the endpoint to try first.
    func lost(_ error: ClientError, generation number: Int, next: Int = 0) {
        guard number == generation else { return }
        switch state {
        case .resting, .connecting, .pausing, .ended: return
        case .greeting(let channel):
            greetingGuard?.cancel()
            drop(channel)
            endpointFailed("it closed the connection")
        case .serving(let channel):
            generation += 1
            keepAlive?.cancel()
            channel.close(promise: nil)
            guard configuration.reconnects else { return end(error) }
            lastFailure = "\(configuration.endpoints[endpointIndex]): \(error)"
            state = .pausing
            onNotice?(.disconnected(error))
            sortUnanswered()
            if case .pausing = state { beginSearch(at: next) }
        }
    }

    /// What may be repeated goes back to the head of the line in its old order; the rest fails.
    private func sortUnanswered() {
        var failed: [Exchange] = []
        let unanswered = inFlight
        inFlight.removeAll()
        for var exchange in unanswered.reversed() where !exchange.isInternal {
            exchange.rows = []
            switch exchange.repetition {
            case .again: waiting.prepend(exchange)
            case .never: failed.append(exchange)
            }
        }
        for exchange in failed.reversed() { exchange.completion(.failure(.connectionLost)) }
    }

    private func sendWaiting() {
        guard case .serving(let channel) = state, !waiting.isEmpty else { return }
        var batch: [Exchange] = []
        while inFlight.count + batch.count < SwitchboardClient.inFlightMaximum, let next = waiting.popFirst() {
            batch.append(next)
        }
        write(batch, to: channel)
    }

    private func write(_ batch: [Exchange], to channel: any Channel) {
        guard !batch.isEmpty else { return }
        if inFlight.isEmpty { silentSince = .now() }
        var buffer = channel.allocator.buffer(capacity: batch.reduce(0) { $0 + $1.bytes.count })
        for exchange in batch {
            buffer.writeBytes(exchange.bytes)
            inFlight.append(exchange)
        }
        lastSent = .now()
        channel.writeAndFlush(buffer, promise: nil)
    }

    // MARK: Keeping it alive

    private func startKeepAlive() {
        let (ping, silence) = (Self.pingIntervalOfSeveral, Self.silenceCheckInterval)
        let configured = TimeAmount(configuration.pingInterval)
        let interval = hasSeveralEndpoints ? min(configured, ping) : configured
        let quarter = TimeAmount.nanoseconds(max(interval.nanoseconds / 4, 1_000_000))
        let check = hasSeveralEndpoints ? min(quarter, silence) : quarter
        let loopBound = NIOLoopBound(self, eventLoop: loop)
        keepAlive = loop.scheduleRepeatedTask(initialDelay: check, delay: check) { _ in
            loopBound.value.checkConnection(interval: interval)
        }
    }

    /// A keep-alive that stands behind unanswered requests proves nothing by its absence: while PostgreSQL is away
    /// they wait, and so does it.
    private func checkConnection(interval: TimeAmount) {
        guard case .serving(let channel) = state else { return }
        lookElsewhere()
        if let sent = pingSent {
            if inFlight.first?.isInternal == true, .now() - sent > Self.pingTimeout {
                lost(.connectionLost, generation: generation)
            }
            return
        }
        guard .now() - lastSent >= interval, inFlight.count < SwitchboardClient.inFlightMaximum else { return }
        pingSent = .now()
        let loopBound = NIOLoopBound(self, eventLoop: loop)
        let ping = Exchange(bytes: Request("PING").bytes, repetition: .never, isInternal: true) { _ in
            loopBound.value.pingSent = nil
        }
        write([ping], to: channel)
    }

    /// A silent daemon may only wait for its PostgreSQL. If another one serves, it waits in vain.
    private func lookElsewhere() {
        guard hasSeveralEndpoints, let silentSince, .now() - silentSince >= Self.silenceMaximum, !lookout.isAsking
        else { return }
        let number = generation
        let others = configuration.endpoints.enumerated().filter { $0.offset != endpointIndex }
        lookout.ask(others.map { ($0.offset, $0.element) }) { place in
            guard number == self.generation, self.silentSince == silentSince else { return }
            self.lost(.connectionLost, generation: number, next: place)
        }
    }

    // MARK: The end

    /// Nothing is tried any more; everybody who waits hears why.
    func end(_ error: ClientError) {
        let channel: (any Channel)?
        switch state {
        case .ended: return
        case .greeting(let open), .serving(let open): channel = open
        case .resting, .connecting, .pausing: channel = nil
        }
        state = .ended(error)
        generation += 1
        keepAlive?.cancel()
        greetingGuard?.cancel()
        channel?.close(promise: nil)
        onNotice?(.disconnected(error))
        let waiters = connectWaiters
        let unanswered = Array(inFlight) + Array(waiting)
        connectWaiters = []
        inFlight.removeAll()
        waiting.removeAll()
        for waiter in waiters { waiter(.failure(error)) }
        for exchange in unanswered { exchange.completion(.failure(error)) }
        for subscriber in subscribers { subscriber.finish() }
        subscribers = []
    }
}

extension ServerLine {
    fileprivate var isEvent: Bool {
        switch self {
        case .event: true
        case .row, .ok, .error: false
        }
    }
}
