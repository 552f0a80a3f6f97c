public import NIOCore
import NIOPosix
import Synchronization

/// A connection to a Switchboard daemon that mends itself.
///
/// It connects to the first of several endpoints that serves, says `HELLO`, and pipelines requests: up to
/// `inFlightMaximum` are unanswered on the connection, further ones wait in the client. A lost connection is looked
/// for again over all endpoints; requests that were unanswered are sent again where `Request.repetition` allows it and
/// fail with `ClientError.connectionLost` where not. A `PING` goes out when nothing was sent for a while. A daemon that
/// leaves something unanswered for 2 s counts as lost as soon as another endpoint says that it serves: it was stopped,
/// or is cut off, and the other one took over.
///
/// May be used from any thread. Close it when done.
public final class SwitchboardClient: Sendable {
    /// A daemon reads no further than this many unanswered requests.
    public static let inFlightMaximum = 1024
    /// Requests that may wait behind those; one more fails with `ClientError.overloaded`.
    public static let waitingMaximum = 65_536
    /// Events that a stream keeps for a reader who is slow; one more ends the client with
    /// `ClientError.eventsUnread`, since a lost event could not be told from one that never was.
    public static let unreadEventsMaximum = 65_536

    private struct Outbox {
        var exchanges: [Exchange] = []
        var isScheduled = false
    }

    private let loop: any EventLoop
    private let core: NIOLoopBoundBox<ClientCore>
    /// What any thread hands over; drained once for many by the loop, so that a burst is one flush.
    private let outbox = Mutex(Outbox())

    /// Makes a client that does not connect yet: `connect()`, or the first request, does.
    ///
    /// - Parameters:
    ///   - group: one loop of it runs the whole client; nil for the process-wide group.
    ///   - onNotice: called on that loop, in order with the completions of `send`; must not block.
    ///   - onLine: each line as it came, but for the answers to the client's own greeting and keep-alive; called as
    ///     `onNotice` is.
    public init(
        _ configuration: ClientConfiguration,
        group: (any EventLoopGroup)? = nil,
        onNotice: (@Sendable (Notice) -> Void)? = nil, onLine: (@Sendable (String) -> Void)? = nil
    ) {
        precondition(!configuration.endpoints.isEmpty, "a client without an endpoint")
        let loop = (group ?? MultiThreadedEventLoopGroup.singleton).next()
        self.loop = loop
        let core = ClientCore(configuration: configuration, loop: loop, onNotice: onNotice, onLine: onLine)
        self.core = NIOLoopBoundBox.makeBoxSendingValue(core, eventLoop: loop)
    }

    /// Waits until a daemon serves.
    /// - Returns: the answer to the greeting.
    /// - Throws: `unreachable` when none did within the configured patience, `rejected` when one refused the token.
    @discardableResult
    public func connect() async throws(ClientError) -> Answer {
        try await answer { completion in
            self.loop.execute { self.core.value.connect(completion) }
        }
    }

    /// Sends a request and waits for its answer.
    @discardableResult
    public func request(_ request: Request) async throws(ClientError) -> Answer {
        try await answer { completion in
            self.send(request, completion: completion)
        }
    }

    /// Sends a request; `completion` is called once, on the client's event loop, in the order of the answers, and
    /// must not block. Requests from one thread are sent in its order.
    public func send(_ request: Request, completion: @escaping @Sendable (Result<Answer, ClientError>) -> Void) {
        let exchange = Exchange(bytes: request.bytes, repetition: request.repetition, completion: completion)
        let mustSchedule = outbox.withLock { outbox in
            outbox.exchanges.append(exchange)
            if outbox.isScheduled { return false }
            outbox.isScheduled = true
            return true
        }
        guard mustSchedule else { return }
        loop.execute {
            let exchanges = self.outbox.withLock { outbox in
                outbox.isScheduled = false
                let exchanges = outbox.exchanges
                outbox.exchanges = []
                return exchanges
            }
            self.core.value.enqueue(exchanges)
        }
    }

    /// The pushes from now on, over reconnections, until the client ends. Ask for them before the request that causes
    /// them. Each stream gets every event.
    public func events() -> AsyncStream<Event> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Event.self, bufferingPolicy: .bufferingOldest(Self.unreadEventsMaximum))
        loop.execute { self.core.value.subscribe(continuation) }
        return stream
    }

    /// All rows of a list, page after page: `after=` of one answer asks for the next.
    public func rows(_ verb: String, _ fields: Fields = []) async throws(ClientError) -> [Fields] {
        var rows: [Fields] = []
        var after: String?
        repeat {
            let page = Fields(Array(fields) + (after.map { [Field("after", $0)] } ?? []))
            let answer = try await request(Request(verb, nil, page))
            rows += answer.rows
            after = answer["after"] == after ? nil : answer["after"]
        } while after != nil
        return rows
    }

    /// Ends the client: the connection is closed, requests without an answer fail with `ClientError.closed`.
    public func close() async {
        await withCheckedContinuation { continuation in
            loop.execute {
                self.core.value.end(.closed)
                continuation.resume()
            }
        }
    }

    private func answer(
        _ start: (@escaping Exchange.Completion) -> Void
    ) async throws(ClientError) -> Answer {
        let result = await withCheckedContinuation { continuation in
            start { continuation.resume(returning: $0) }
        }
        return try result.get()
    }
}
