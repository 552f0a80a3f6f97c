import Foundation
package import Logging
import NIOCore
import NIOPosix
package import Routing
import Synchronization

/// The daemon without its storage: the line port, the engine thread and what goes between them.
///
/// Order of use: `init`, `open` for each port (clients are told `starting`), `serve` with what the store had, `stop`.
package final class SwitchboardServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let mailbox = Mailbox<CoreMessage>()
    private let gate = ConnectionGate()
    private let listener: LineListener
    private let ports = Mutex<[any Channel]>([])
    private let engineEnded: EngineEnd
    private let failure: EngineEnd

    /// Starts the engine thread. `plan` is in force until `serve` brings the stored one.
    package init(settings: ServerSettings, plan: CompiledPlan, log: Logger) {
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, System.coreCount / 2))
        listener = LineListener(mailbox: mailbox, group: group, gate: gate, ownerID: settings.ownerID)
        let ended = EngineEnd()
        let failure = EngineEnd()
        engineEnded = ended
        self.failure = failure
        let mailbox = mailbox
        let thread = Thread {
            let core = Core(settings: settings, plan: plan, mailbox: mailbox, log: log) { failure.end(with: $0) }
            core.run()
            ended.end(with: "")
        }
        thread.name = "engine"
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Opens a port; returns the TCP port that it got.
    @discardableResult
    package func open(_ address: ListenAddress) async throws(ListenError) -> Int? {
        let channel = try await listener.open(address)
        ports.withLock { $0.append(channel) }
        return channel.localAddress?.port
    }

    /// Another daemon serves the database: clients are told so.
    package func standBy() { mailbox.post(.standby) }

    /// From here on requests are taken.
    package func serve(_ opened: Opened) { mailbox.post(.start(opened)) }

    /// Whether the journal has its connection; called by whoever watches it.
    package func storageIsAway(_ away: Bool) { mailbox.post(.storageIsAway(away)) }

    /// Ends when the daemon cannot go on; the text says why.
    package func failed() async -> String { await failure.wait() }

    /// Takes no new requests, commits and answers those taken, closes every session. The store may be closed afterwards.
    package func stop() async {
        for port in ports.withLock({ $0 }) { try? await port.close() }
        mailbox.post(.stop)
        _ = await engineEnded.wait()
        let deadline = ContinuousClock.now + .seconds(1)
        while !gate.channels.isEmpty && ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(10))
        }
        for channel in gate.channels { channel.close(promise: nil) }
        try? await group.shutdownGracefully()
    }
}

/// Something that ends once, with a word.
private final class EngineEnd: Sendable {
    private struct State {
        var word: String?
        var waiting: [CheckedContinuation<String, Never>] = []
    }

    private let state = Mutex(State())

    func end(with word: String) {
        let waiting = state.withLock { state in
            guard state.word == nil else { return [CheckedContinuation<String, Never>]() }
            state.word = word
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: word) }
    }

    func wait() async -> String {
        await withCheckedContinuation { continuation in
            let word = state.withLock { state in
                if state.word == nil { state.waiting.append(continuation) }
                return state.word
            }
            if let word { continuation.resume(returning: word) }
        }
    }
}
