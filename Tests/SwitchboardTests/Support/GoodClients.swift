import Foundation
import Synchronization
import Testing

/// Clients that behave, one request after the other on each connection, while something else goes on: do they notice?
final class GoodClients: Sendable {
    private let tokens: [String]
    private let connect: @Sendable (String) throws -> LinePeer

    /// - Parameter connect: Makes a session of a token.
    init(_ count: Int, token: String, connect: @escaping @Sendable (String) throws -> LinePeer) {
        tokens = Array(repeating: token, count: count)
        self.connect = connect
    }

    struct Figures: CustomStringConvertible {
        let count: Int
        let p50: Duration
        let p99: Duration

        init(_ latencies: [Duration]) {
            let sorted = latencies.sorted()
            count = sorted.count
            p50 = sorted.isEmpty ? .zero : sorted[sorted.count / 2]
            p99 = sorted.isEmpty ? .zero : sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
        }

        var description: String { "\(count) requests, p50 \(p50), p99 \(p99)" }
    }

    private struct State {
        var latencies: [Duration] = []
        var errors: [String] = []
    }

    /// Each hands in inquiry after inquiry while `body` runs, at least `atLeast` of them; how long the answers took.
    func figures(atLeast: Int, during body: () throws -> Void = {}) throws -> Figures {
        let isOver = Atomic<Bool>(false)
        let state = Mutex(State())
        let group = DispatchGroup()
        let sessions = try tokens.map { try connect($0) }
        for session in sessions {
            // Used by this one thread until it ends.
            nonisolated(unsafe) let session = session
            group.enter()
            Thread {
                defer { group.leave() }
                var latencies: [Duration] = []
                do {
                    while latencies.count < atLeast || !isOver.load(ordering: .relaxed) {
                        let began = ContinuousClock.now
                        try session.ok("SUBMIT channel=chat")
                        latencies.append(ContinuousClock.now - began)
                    }
                } catch {
                    state.withLock { $0.errors.append("\(error)") }
                }
                state.withLock { $0.latencies += latencies }
            }
            .start()
        }
        defer { group.wait() }
        do {
            defer { isOver.store(true, ordering: .relaxed) }
            try body()
        }
        group.wait()
        let result = state.withLock { $0 }
        guard result.errors.isEmpty else { throw PeerError("a good client was harmed: \(result.errors)") }
        return Figures(result.latencies)
    }
}

/// How many files this process may have open, raised as far as the system allows.
func raisedOpenFileLimit() -> Int {
    var limit = rlimit()
    #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        let resource = RLIMIT_NOFILE
    #endif
    guard getrlimit(resource, &limit) == 0 else { return 0 }
    limit.rlim_cur = min(limit.rlim_max, 65_536)
    _ = setrlimit(resource, &limit)
    _ = getrlimit(resource, &limit)
    return Int(clamping: limit.rlim_cur)
}

/// The memory that a process has resident, in bytes; nil where the system does not tell.
func residentBytes(of process: Int32) -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
        let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({ Int($0) })
    else { return nil }
    return kilobytes * 1_024
}
