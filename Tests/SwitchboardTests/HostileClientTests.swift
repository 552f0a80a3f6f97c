import Foundation
import Server
import TestSupport
import Testing

/// Clients that mean harm, or might as well. Each is told what `docs/architecture.md` says, the others are served as
/// before, and nothing acknowledged is lost.
@Suite("Hostile clients", .blocking, .serialized)
struct HostileClientTests {
    /// How many connections are refused; fewer where a machine is slow.
    private static let refusals =
        ProcessInfo.processInfo.environment["SWITCHBOARD_REFUSALS"].flatMap { Int($0) } ?? 10_000
    /// Below it a p99 is the machine's own noise: two processors carry the daemon, PostgreSQL, the good and the bad.
    private static let noise = Duration.milliseconds(25)
    /// Who measures on a quiet machine holds the others' p99 to twice what it was. Elsewhere it says little: they are
    /// only to be served at all.
    private static let isMeasured = ProcessInfo.processInfo.environment["SWITCHBOARD_MEASURED"] == "1"

    private func expectPace(_ during: GoodClients.Figures, _ before: GoodClients.Figures) {
        print("good clients before: \(before); meanwhile: \(during)")
        let bound = Self.isMeasured ? max(before.p99 * 2, Self.noise) : .seconds(2)
        #expect(during.p99 <= bound, "before: \(before); meanwhile: \(during)")
    }

    @Test(
        "10,000 connections past the limit are refused in words, and the others keep their pace",
        .enabled(if: raisedOpenFileLimit() >= 12_000, "needs 12,000 open files: both ends of all are in one process"))
    func pastTheLimit() async throws {
        try await DaemonUnderTest.with { daemon in
            let token = try daemon.token("role=upstream")
            let good = GoodClients(4, token: token) { try daemon.session($0) }
            let before = try good.figures(atLeast: 500)
            let admin = try daemon.admin()
            var idle: [LinePeer] = []
            var acknowledged = Int64(before.count)
            let during = try good.figures(atLeast: 500) {
                // The good ones are connected: fill up what is left.
                while true {
                    let peer = try daemon.admin()
                    guard try peer.ask("PING").last?.isOK == true else { break }
                    idle.append(peer)
                }
                #expect(try admin.ok("INFO").integer("connections") == Int64(ServerLimits.connections))
                for number in 1...Self.refusals {
                    let refused = number % 8 == 0 ? try daemon.admin() : try daemon.stranger()
                    // Whoever has said something already is told as well.
                    try? refused.send("HELLO version=1 token=\(token)")
                    let lines = try refused.readToEnd()
                    try #require(lines.count == 1 && lines[0].hasPrefix("ERR limit "), "\(number): \(lines)")
                    try #require(lines[0].hasSuffix(" retry_after=1s"), "\(lines)")
                }
            }
            acknowledged += Int64(during.count)
            expectPace(during, before)
            // One that leaves makes room for one.
            try idle.removeLast().ok("QUIT")
            _ = try daemon.session(token).submit()
            #expect(try daemon.site.number("SELECT count(*) FROM switchboard.all_inquiry") == acknowledged + 1)
        }
    }

    @Test("where the system allows fewer files, fewer connections are taken, and the rest are told so")
    func fewFiles() async throws {
        try await DaemonUnderTest.withSite { site in
            let daemon = try DaemonProcess.serving(at: site, openFiles: 356)
            // 256 are kept for everything else, a fifth of the rest for those that are being closed.
            let peers = try (1...80).map { _ in try daemon.admin() }
            for peer in peers { try peer.ok("PING") }
            for _ in 1...300 {
                let lines = try daemon.admin().readToEnd()
                #expect(lines.count == 1 && lines[0].hasPrefix("ERR limit \"80 connections"), "\(lines)")
            }
            try peers[0].ok("SUBMIT channel=chat")
            try daemon.terminate()
        }
    }

    @Test("a watcher that never reads is cut off, the others are not, and it finds its place again though it spoke on")
    func neverReads() async throws {
        try await DaemonUnderTest.with { daemon in
            let slow = try LinePeer(port: daemon.port, receiveBuffer: 4_096)
            try slow.ok("HELLO version=1 token=\(try daemon.token("role=admin"))")
            let from = try #require(try slow.ok("WATCH").integer("seq"))
            let quick = try daemon.admin()
            try quick.ok("WATCH")
            let kim = try daemon.readyAgent("kim", "channels=email:1000 capacity=10000")
            let shop = try daemon.upstream()
            let attributes = #"{"text":"\#(String(repeating: "x", count: 60_000))"}"#
            var seenByQuick: [Int64] = []
            for _ in 1...150 {
                let mail = try shop.submit("channel=email attrs=\(attributes)")
                try kim.expectEvent("assigned", inquiry: mail)
                // It says that it is there, and reads nothing.
                try? slow.send("PING")
                seenByQuick += try quick.takeEvents().compactMap { $0.integer("seq") }
            }
            let last = try #require(try daemon.admin().ok("INFO").integer("seq"))
            #expect(seenByQuick == Array((from + 1)...last))

            let lines = try slow.readToEnd().map { try Line($0) }
            let end = try #require(lines.last)
            try #require(end.event == "overflow", "\(lines.count) lines came, the last one: \(end.text.prefix(100))")
            let stopped = try #require(end.integer("seq"))
            let seen = lines.dropLast().filter { $0.event != nil }.compactMap { $0.integer("seq") }
            #expect(stopped < last && seen == Array((from + 1)...stopped))
            let again = try daemon.admin()
            try again.ok("WATCH from=\(stopped)")
            try again.expectEvents((stopped + 1)...last)
        }
    }

    @Test("100,000 requests that nobody reads the answers of cost the daemon little memory, and the others nothing")
    func pipelinesAndNeverReads() async throws {
        try await DaemonUnderTest.withSite { site in
            let daemon = try DaemonProcess.serving(at: site)
            let token = try daemon.token("role=upstream")
            let good = GoodClients(4, token: token) { try daemon.session($0) }
            let before = try good.figures(atLeast: 500)
            let greedy = try daemon.session(token)
            let id = try greedy.submit(#"channel=chat attrs={"text":"\#(String(repeating: "x", count: 60_000))"}"#)
            let memory = residentBytes(of: daemon.processID)
            // Six gigabytes of answers.
            let requests = Array(String(repeating: "GET \(id)\n", count: 100_000).utf8)
            let during = try good.figures(atLeast: 1_500) {
                _ = try greedy.write(requests, patience: .milliseconds(500))
            }
            if let memory, let after = residentBytes(of: daemon.processID) {
                print("grown by \((after - memory) >> 20) MiB")
                // 1,024 unanswered requests may ask for 60 MB, and the writing of them holds some twice.
                #expect(after - memory < 192 << 20, "from \(memory >> 20) to \(after >> 20) MiB")
            }
            expectPace(during, before)
            greedy.close()
            try daemon.admin().ok("PING")
            try daemon.terminate()
        }
    }

    @Test("100,000 requests at once are all answered, in order, as soon as somebody reads")
    func readsAtLast() async throws {
        try await DaemonUnderTest.with { daemon in
            let peer = try daemon.upstream()
            let count = 100_000
            let requests = Array((1...count).map { "#\($0) PING\n" }.joined().utf8)
            var (sent, answered) = (0, 0)
            while answered < count {
                // It stops reading us while it is not read: both take turns.
                if sent < requests.count {
                    sent += try peer.write(Array(requests[sent...]), patience: .milliseconds(sent == 0 ? 500 : 0))
                }
                for _ in 0..<min(1_000, count - answered) {
                    answered += 1
                    try #require(try peer.next().tag == "#\(answered)")
                }
            }
        }
    }

    @Test("1,000 failed HELLOs are each refused late, five close, and a good one comes in between them")
    func failedHellos() async throws {
        try await DaemonUnderTest.with { daemon in
            let token = try daemon.token("role=upstream")
            let good = GoodClients(4, token: token) { try daemon.session($0) }
            let before = try good.figures(atLeast: 500)
            let admin = try daemon.admin()
            let counts = try admin.counts()["agents"]
            var refused = 0
            let during = try good.figures(atLeast: 500) {
                for _ in 1...4 {
                    let guessers = try (1...50).map { _ in try daemon.stranger() }
                    let began = ContinuousClock.now
                    // All at once, and more behind them that is never looked at.
                    for guesser in guessers {
                        try guesser.send((1...9).map { "#\($0) HELLO version=1 token=sbt_guess\($0)" })
                    }
                    for guesser in guessers {
                        let lines = try guesser.readToEnd().map { try Line($0) }
                        #expect(lines.map(\.tag) == (1...5).map { "#\($0)" })
                        #expect(lines.allSatisfy { $0.code == "unauthorized" })
                        refused += lines.count
                    }
                    #expect(ContinuousClock.now - began >= .seconds(2.5))
                    try daemon.stranger().ok("HELLO version=1 token=\(token)")
                }
            }
            #expect(refused == 1_000)
            expectPace(during, before)
            #expect(try admin.counts()["agents"] == counts)
        }
    }
}
