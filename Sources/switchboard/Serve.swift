import ArgumentParser
import Foundation
import Logging

/// Runs the daemon.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the daemon.",
        discussion: """
            Without --database-url (or DATABASE_URL) it runs a private PostgreSQL in its data folder. SIGTERM and \
            Ctrl-C stop it: what was taken in is committed and answered first.
            """)

    @Option(help: "The folder for its data, its socket and its first token.")
    var dataDir: String?

    @Option(help: "The address of the line port, HOST:PORT; port 0 takes a free one; `off` opens none.")
    var listen = "127.0.0.1:7411"

    @Option(help: "The path of its Unix socket.")
    var socket: String?

    @Option(help: "The PostgreSQL to use; of several hosts the one that takes writes. Without one it runs its own.")
    var databaseUrl: String?

    @Option(help: "How many times faster than the wall clock its clock runs: for replays and demos.")
    var clockSpeed: Int64 = 1

    @Flag(help: "Allow an address off this machine, although nothing is encrypted.")
    var insecureListen = false

    @Option(help: "The least level of its log on standard error: debug, info, notice, warning, error.")
    var logLevel = "info"

    func run() async throws {
        var log = Logger(label: "switchboard", factory: { StreamLogHandler.standardError(label: $0) })
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ValidationError("--log-level \(logLevel): use debug, info, notice, warning or error")
        }
        log.logLevel = level
        let signals = StopSignals()
        do {
            let daemon = try Daemon(try options(), log: log)
            try await serve(daemon, signals, log)
        } catch let error as ValidationError {
            throw error
        } catch {
            Terminal.complain("\(error)")
            throw Failure.refused
        }
    }

    private func options() throws -> DaemonOptions {
        var options = DaemonOptions(dataDirectory: dataDir ?? Defaults.dataDirectory)
        if listen != "off" { options.tcp = try Self.address(listen) }
        options.socket = socket
        let environment = ProcessInfo.processInfo.environment["DATABASE_URL"]
        options.databaseURL = databaseUrl ?? environment.flatMap { $0.isEmpty ? nil : $0 }
        options.clockSpeed = clockSpeed
        options.allowsInsecureListen = insecureListen
        return options
    }

    /// `HOST:PORT`, `[::1]:PORT` or a port alone.
    private static func address(_ text: String) throws -> (host: String, port: Int) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let last = parts.last, let port = Int(last), (0...65_535).contains(port) else {
            throw ValidationError("--listen \(text): use HOST:PORT, for example 127.0.0.1:7411")
        }
        let host = parts.dropLast().joined(separator: ":").trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        return (host.isEmpty ? "127.0.0.1" : host, port)
    }

    private enum End: Sendable {
        case started(Result<Void, any Error>)
        case stopped
        case failed(String)
    }

    /// Runs the daemon until somebody stops it or it cannot go on.
    private func serve(_ daemon: Daemon, _ signals: StopSignals, _ log: Logger) async throws {
        let (ends, continuation) = AsyncStream<End>.makeStream()
        var tasks: [Task<Void, Never>] = []
        defer { for task in tasks { task.cancel() } }
        do {
            let port = try await daemon.open()
            let start = Task { try await daemon.run() }
            tasks = [
                Task { continuation.yield(.started(await start.result)) },
                Task {
                    await signals.wait()
                    start.cancel()
                    continuation.yield(.stopped)
                },
                Task { continuation.yield(.failed(await daemon.failed())) },
            ]
            ends: for await end in ends {
                switch end {
                case .started(.success): report(daemon, port: port)
                case .started(.failure(is CancellationError)): break
                case .started(.failure(let error)): throw error
                case .failed(let reason): throw DaemonError(description: reason)
                case .stopped: break ends
                }
            }
            log.notice("stopping")
            // A start that is still under way may just be bringing up a PostgreSQL, which must stop with the rest.
            _ = await start.result
            await daemon.stop()
        } catch {
            await daemon.stop()
            throw error
        }
    }

    private func report(_ daemon: Daemon, port: Int?) {
        var lines = ["switchboard \(Daemon.version) serves."]
        if let tcp = daemon.options.tcp, let port { lines.append("  line port     \(tcp.host):\(port)") }
        for (name, value) in daemon.whereabouts {
            lines.append("  \(name.padding(toLength: 13, withPad: " ", startingAt: 0)) \(value)")
        }
        if clockSpeed != 1 { lines.append("  clock         \(clockSpeed) times as fast as real time") }
        Terminal.line(lines.joined(separator: "\n"))
    }
}

/// SIGTERM and SIGINT, as something to wait for.
///
/// `@unchecked Sendable`: the sources are made in `init` and only kept alive afterwards.
private final class StopSignals: @unchecked Sendable {
    private let stream: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        self.stream = stream
        signal(SIGPIPE, SIG_IGN)
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
    }

    func wait() async {
        for await _ in stream { return }
    }
}
