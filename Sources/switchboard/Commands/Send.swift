import ArgumentParser
import Client
import Foundation
import Synchronization

/// Sends request lines and prints what comes back.
struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send request lines and print the answers.",
        discussion: """
            Each argument is one request line; without arguments each line of standard input is one. The answers are \
            printed as they come. The exit code is 0 if every answer is OK, 1 if one is ERR, 2 if there is no \
            daemon or it was lost.

            switchboard send 'AGENT PUT kim skills=billing:5,korean channels=chat:4' 'AGENT GET kim'
            """)

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Keep printing what the daemon pushes, until Ctrl-C.")
    var follow = false

    @Argument(help: "Request lines.")
    var lines: [String] = []

    func run() async throws {
        try await Failure.reporting {
            var configuration = try connection.configuration()
            configuration.reconnects = false
            let tally = Tally()
            let client = SwitchboardClient(configuration, onLine: { Terminal.line($0) })
            try await client.connect()
            for await line in source() {
                guard let request = try? Request(line: line) else { continue }
                tally.sent()
                client.send(request) { tally.answered($0) }
            }
            tally.ended()
            try await tally.wait()
            if follow { for await _ in client.events() {} }
            await client.close()
            if tally.hasRejections { throw Failure.refused }
        }
    }

    /// The lines to send, in order.
    private func source() -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        guard lines.isEmpty else {
            for line in lines.flatMap({ $0.split(whereSeparator: \.isNewline) }) { continuation.yield(String(line)) }
            continuation.finish()
            return stream
        }
        // Reading standard input blocks, and so needs a thread of its own.
        Thread.detachNewThread {
            while let line = readLine() { continuation.yield(line) }
            continuation.finish()
        }
        return stream
    }
}

/// Counts answers down, from the client's event loop to the command's task.
private final class Tally: Sendable {
    private struct State {
        /// One more while lines may still come.
        var open = 1
        var rejections = 0
        var failure: ClientError?
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func sent() {
        state.withLock { $0.open += 1 }
    }

    func answered(_ result: Result<Answer, ClientError>) {
        close { state in
            switch result {
            case .success: break
            case .failure(.rejected): state.rejections += 1
            case .failure(let error): state.failure = state.failure ?? error
            }
        }
    }

    func ended() {
        close { _ in }
    }

    private func close(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            state.open -= 1
            guard state.open == 0 else { return nil as CheckedContinuation<Void, Never>? }
            return state.waiter.take()
        }
        waiter?.resume()
    }

    func wait() async throws(ClientError) {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.open == 0 { return true }
                state.waiter = continuation
                return false
            }
            if isDone { continuation.resume() }
        }
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    var hasRejections: Bool { state.withLock { $0.rejections > 0 } }
}
