import Foundation
import FuzzSupport
import Logging
import Plan
import Routing
import Server

/// A server whose storage answers at once, and a session of each role.
final class SessionStage {
    private struct Player {
        let socket: StageSocket
        var book: AnswerBook
        var isGone = false
    }

    private static let roles: [(role: Role, agent: String, teams: [String])] = [
        (.admin, "", []), (.supervisor, "", []), (.supervisor, "", ["seoul"]), (.gateway, "", []), (.upstream, "", []),
        (.agent, "kim", []), (.agent, "lee", []),
    ]

    private let server: SwitchboardServer
    private let path: String
    private var players: [Player] = []
    /// A token was revoked or an agent deleted: the daemon may have closed any session.
    private var hasRevoked = false

    init() {
        path = "/tmp/switchboard-fuzz-\(getpid()).sock"
        var log = Logger(label: "fuzz", factory: { StreamLogHandler.standardError(label: $0) })
        log.logLevel = .critical
        do {
            let plan = try RoutingPlan().compile(version: 1, clockSpeed: 1)
            server = SwitchboardServer(
                settings: ServerSettings(version: "fuzz", ownerID: getuid()), plan: plan, log: log)
            try Self.wait { [server, path] in try await server.open(.unix(path: path)) }
            server.serve(Self.opened(plan))
            let first = try StageSocket(path)
            for name in ["kim", "lee", "park"] { try first.expectOK("AGENT PUT \(name) team=seoul") }
            for number in Self.roles.indices {
                let socket = try StageSocket(path)
                try socket.expectOK("HELLO version=1 token=secret-\(number)")
                let isAdmin = Self.roles[number].role == .admin
                let limit = isAdmin ? ServerLimits.adminLineBytes : ServerLimits.lineBytes
                players.append(Player(socket: socket, book: AnswerBook(limit: limit)))
            }
        } catch {
            fatalError("the stage cannot be set: \(error)")
        }
    }

    private static func opened(_ plan: CompiledPlan) -> Opened {
        let now = Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
        let tokens = roles.enumerated().map { number, entry in
            TokenRecord(
                id: Int32(number + 1), role: entry.role, agent: entry.agent, name: "", teams: entry.teams,
                digest: TokenBook.digest(of: "secret-\(number)".utf8), createdAt: now, expiresAt: nil, revokedAt: nil)
        }
        let row = EngineRow(seq: 0, nextID: 1, clock: now, totals: Totals())
        return Opened(
            recovered: Recovered(engine: row, agents: [], inquiries: [], keys: []), tokens: tokens, batch: 0, epoch: 1,
            plan: plan,
            plans: [
                PlanRecord(version: 1, at: now, author: "stage", note: "", document: RoutingPlan().document)
            ], desk: StageDesk(), journal: ReadyJournal(), log: EmptyLog())
    }

    /// Sends the stream, line after line to the sessions that it chooses; says what went wrong.
    func play(_ stream: [UInt8]) -> String? {
        var chosen = 0
        for line in stream.split(separator: UInt8(ascii: "\n")) {
            var line = line
            if let first = line.first, (1...UInt8(players.count)).contains(first) {
                chosen = Int(first) - 1
                line = line.dropFirst()
            }
            if let fault = exchange(line + [UInt8(ascii: "\n")], chosen) {
                return "session \(chosen + 1), \(String(decoding: line, as: UTF8.self)): \(fault)"
            }
        }
        return expectServing()
    }

    private func exchange(_ line: ArraySlice<UInt8>, _ index: Int) -> String? {
        guard !players[index].isGone else { return nil }
        let text = String(decoding: line, as: UTF8.self).uppercased()
        if ["REVOKE", "DELETE", "AGENTS"].contains(where: { text.contains($0) }) { hasRevoked = true }
        players[index].book.sent(Array(line))
        players[index].socket.send(Array(line))
        while !players[index].book.isSettled {
            guard let answer = players[index].socket.line() else {
                players[index].isGone = true
                return hasRevoked || players[index].book.mayClose ? nil : "closed, or silent for long"
            }
            if let fault = players[index].book.took(answer) {
                return "\(fault): \(String(decoding: answer, as: UTF8.self))"
            }
        }
        players[index].isGone = players[index].book.isClosing
        return nil
    }

    private func expectServing() -> String? {
        do {
            let socket = try StageSocket(path)
            try socket.expectOK("SUBMIT channel=chat")
            return nil
        } catch {
            return "\(error)"
        }
    }

    func close() {
        players = []
        try? Self.wait { [server] in await server.stop() }
        unlink(path)
    }

    private static func wait(_ body: @escaping @Sendable () async throws -> Void) throws {
        let done = DispatchSemaphore(value: 0)
        nonisolated(unsafe) var failure: (any Error)?
        Task {
            do { try await body() } catch { failure = error }
            done.signal()
        }
        done.wait()
        if let failure { throw failure }
    }
}

/// A client of a Unix socket that waits some seconds for its answers.
final class StageSocket {
    struct Failure: Error { let message: String }

    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard descriptor >= 0, result == 0 else { throw Failure(message: "cannot connect: \(errno)") }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) { _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

    /// The next line without its end; nil at the end, or when nothing comes.
    func line() -> [UInt8]? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer.removeFirst(end + 1) }
                return Array(buffer[..<end])
            }
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&entry, 1, 10_000)
            // libFuzzer's own alarm.
            if ready < 0 && errno == EINTR { continue }
            guard ready == 1 else { return nil }
            var chunk = [UInt8](repeating: 0, count: 16_384)
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return nil }
            buffer += chunk[..<count]
        }
    }

    /// Asks until the server serves.
    func expectOK(_ request: String) throws {
        for _ in 0..<1_000 {
            send(Array((request + "\n").utf8))
            guard let answer = line().map({ String(decoding: $0, as: UTF8.self) }) else { break }
            if answer.hasPrefix("OK") { return }
            guard answer.hasPrefix("ERR unavailable") else { throw Failure(message: "\(request): \(answer)") }
        }
        throw Failure(message: "no answer to \(request)")
    }
}

/// Commits everything at once.
struct ReadyJournal: Journal {
    func commit(_ batch: Batch, completion: @escaping @Sendable (CommitOutcome) -> Void) { completion(.done) }
    func probe(completion: @escaping @Sendable (CommitOutcome) -> Void) { completion(.done) }
}

/// Keeps nothing.
struct EmptyLog: EventLog {
    func entries(
        after seq: Int64, limit: Int, completion: @escaping @Sendable (Result<[LogEntry], LogFailure>) -> Void
    ) { completion(.success([])) }

    func firstSeq(completion: @escaping @Sendable (Result<Int64, LogFailure>) -> Void) {
        completion(.failure(LogFailure(message: "there is no log")))
    }

    func closedInquiries(
        _ filter: ClosedFilter, completion: @escaping @Sendable (Result<ClosedListing, LogFailure>) -> Void
    ) { completion(.success(ClosedListing(rows: [], next: nil))) }

    func forget(
        customer: [UInt8], before: Int64, epoch: Int64,
        completion: @escaping @Sendable (Result<Int64, LogFailure>) -> Void
    ) { completion(.success(0)) }

    func inquiry(_ id: Int64, completion: @escaping @Sendable (Result<InquiryRow?, LogFailure>) -> Void) {
        completion(.success(nil))
    }

    func lastAgent(
        customer: [UInt8], since: Instant, completion: @escaping @Sendable (Result<String?, LogFailure>) -> Void
    ) { completion(.success(nil)) }
}
