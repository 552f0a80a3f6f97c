import Plan
import Routing
import Server
import TestSupport
import Testing

/// PostgreSQL goes away and comes back; the daemon and its clients stay (DESIGN §4, §6).
@Suite("PostgreSQL away", .blocking, .serialized)
struct OutageTests {
    /// A server of this suite's own: the others' must not be stopped.
    private static let cluster = Task { try await ThrowawayCluster.fresh() }

    private func withDaemon(
        plan: RoutingPlan = RoutingPlan(), _ body: (DaemonUnderTest, ThrowawayCluster) async throws -> Void
    ) async throws {
        let cluster = try await Self.cluster.value
        // A test that failed may have left it stopped.
        try cluster.start()
        let site = try await Site.make(on: cluster)
        defer { site.removeFolder() }
        try await DaemonUnderTest.start(at: site, plan: plan).use { try await body($0, cluster) }
    }

    @Test("34: no offer is missed for a stalled database, and each has the time that was left")
    func stall() async throws {
        let plan = ScenarioTests.plan(offerTimeout: .seconds(3))
        try await withDaemon(plan: plan) { daemon, cluster in
            let kim = try daemon.readyAgent("kim", "channels=chat:1")
            let lee = try daemon.readyAgent("lee", "channels=chat:1")
            let shop = try daemon.upstream()
            let chats = try (1...2).map { _ in try shop.submit() }
            let offers = try [
                kim.expectEvent("offered", inquiry: chats[0]), lee.expectEvent("offered", inquiry: chats[1]),
            ]
            try cluster.stop(immediate: true)
            // Longer than the offers had.
            #expect(try kim.staysSilent(for: .seconds(5)))
            try cluster.start()
            for (peer, offer) in zip([kim, lee], offers) {
                let stalled = try peer.expectEvent("stalled")
                let again = try peer.expectEvent("offered", inquiry: offer.integer("inquiry"))
                let moved = try #require(again.instant("expires")) - #require(offer.instant("expires"))
                let duration = try #require(stalled.duration("duration"))
                #expect(duration > 4_500_000)
                #expect(abs(moved - duration) < 10_000, "moved by \(moved), stalled \(duration)")
                // Of its 3 s it had more than 2 left.
                #expect(try #require(again.instant("expires")) - #require(again.instant("time")) > 2_000_000)
            }
            try kim.ok("ACCEPT \(chats[0])")
            // And then time runs again.
            let missed = try lee.expectEvent("missed", inquiry: chats[1])
            #expect(try #require(missed.instant("time")) >= #require(offers[1].instant("expires")))
            #expect(try daemon.site.number("SELECT count(*) FROM switchboard.event WHERE type = 'missed'") == 1)
        }
    }

    @Test("nothing is acknowledged meanwhile, reads say so, and whoever waits gets its OK")
    func acknowledgements() async throws {
        try await withDaemon { daemon, cluster in
            let shop = try daemon.upstream()
            let kim = try daemon.readyAgent("kim")
            let first = try shop.submit()
            try kim.expectEvent("offered", inquiry: first)
            let admin = try daemon.admin()
            try cluster.stop(immediate: true)
            try shop.send((1...50).map { "#\($0) SUBMIT channel=chat key=k-\($0)" })
            try kim.send("ACCEPT \(first)")
            #expect(try shop.staysSilent(for: .seconds(2)))
            #expect(try kim.staysSilent(for: .milliseconds(100)))
            // A connection that waits for nothing is answered at once, and told what that is worth.
            let shown = try admin.ok("GET \(first)")
            #expect(shown["committed"] == "false")
            #expect(try admin.ok("PING")["status"] == "storage_away")
            #expect(try admin.rows("INQUIRIES").count == 51)
            // One that waits is not overtaken.
            try shop.send("#r GET \(first)")
            #expect(try shop.staysSilent(for: .milliseconds(300)))
            let other = try daemon.stranger()
            try other.ok("PING")
            try cluster.start()
            for number in 1...50 {
                let line = try #require(try shop.answer().last)
                #expect(line.isOK && line.tag == "#\(number)", "\(line)")
            }
            let read = try #require(try shop.answer().last)
            #expect(read.tag == "#r" && read["committed"] == nil)
            #expect(try kim.answer().last?["state"] == "assigned")
            #expect(try admin.ok("GET \(first)")["committed"] == nil)
            #expect(try daemon.site.number("SELECT count(*) FROM switchboard.all_inquiry") == 51)
            #expect(try daemon.site.number("SELECT count(*) FROM switchboard.event WHERE type = 'submitted'") == 51)
        }
    }

    @Test("EXPLAIN of what waits goes on; of what went somewhere it does as far as the decision is still at hand")
    func explaining() async throws {
        try await withDaemon { daemon, cluster in
            let shop = try daemon.upstream()
            let kim = try daemon.readyAgent("kim")
            let given = try shop.submit("channel=voice")
            try kim.expectEvent("offered", inquiry: given)
            let waiting = try shop.submit("channel=voice")
            let admin = try daemon.admin()
            try cluster.stop(immediate: true)
            while try admin.ok("PING")["status"] != "storage_away" {}
            let why = try admin.ask("EXPLAIN \(waiting)")
            #expect(why.last?.isOK == true && why.last?["committed"] == "false", "\(why)")
            // Whether the log is read or known to be away, the answer comes at once and says what to do.
            let decided = try admin.ask("EXPLAIN \(given)")
            #expect(decided.last?.code == "unavailable" && decided.last?["retry_after"] != nil, "\(decided)")
            try cluster.start()
            while try admin.ask("EXPLAIN \(given)").last?.code == "unavailable" {}
            #expect(try admin.ok("EXPLAIN \(given)")["agent"] == "kim")
        }
    }

    @Test("cut off again and again under load, nothing is lost and nothing is done twice")
    func underLoad() async throws {
        try await withDaemon { daemon, cluster in
            let shop = try daemon.upstream()
            let count = 3_000
            try shop.send((1...count).map { "SUBMIT channel=chat key=k-\($0)" })
            var ids: [Int64] = []
            for number in 1...count {
                if number == 300 || number == 1_500 {
                    try cluster.stop(immediate: true)
                    try cluster.start()
                }
                let line = try #require(try shop.answer(patience: .seconds(30)).last)
                ids.append(try #require(line.integer("id"), "\(line)"))
            }
            #expect(ids == Array(1...Int64(count)))
            #expect(try daemon.site.number("SELECT count(*) FROM switchboard.all_inquiry") == count)
            #expect(try daemon.site.number("SELECT count(DISTINCT inquiry) FROM switchboard.event") == count)
            let seqs = try daemon.site.sql("SELECT min(seq), max(seq), count(*) FROM switchboard.event", columns: 3)[0]
            #expect(seqs[0] == "1" && seqs[1] == seqs[2], "gaps: \(seqs)")
            #expect(try daemon.admin().ok("INFO")["seq"] == seqs[1])
        }
    }

    @Test("past what is taken in meanwhile, requests are refused at once; nonsense is at any time")
    func bounded() async throws {
        try await withDaemon { daemon, cluster in
            let token = try daemon.token("role=upstream")
            let limit = Int64(ServerLimits.batchCommands)
            let fillers = try (0...(ServerLimits.batchCommands / 1_024)).map { _ in try daemon.session(token) }
            let (late, admin) = (try daemon.session(token), try daemon.admin())
            try cluster.stop(immediate: true)
            #expect(try late.ask("SUBMIT channel=fax").last?.code == "bad_argument")
            #expect(try late.ask("NONSENSE").last?.code == "unknown_verb")
            #expect(try late.ask("INFO").last?.code == "forbidden")
            // One connection may have 1,024 unanswered; of all together no more is taken in than one batch holds, and
            // what was in the one before it.
            for filler in fillers { try filler.send(Array(repeating: "SUBMIT channel=chat", count: 1_024)) }
            // Full when it does not grow any more.
            var (taken, unchanged) = (Int64(0), 0)
            let deadline = ContinuousClock.now + LinePeer.patience
            while unchanged < 50 {
                try #require(ContinuousClock.now < deadline, "\(taken) were taken in")
                let now = try #require(try admin.ok("INFO").integer("submitted"))
                unchanged = now == taken && now > limit - 100 ? unchanged + 1 : 0
                taken = now
            }
            let refusal = try late.refused("SUBMIT channel=chat", "unavailable")
            #expect(refusal["retry_after"] != nil)
            #expect(try late.ok("PING")["status"] == "storage_away")
            try cluster.start()
            var acknowledged: Int64 = 0
            for filler in fillers {
                for _ in 1...1_024 {
                    let line = try #require(try filler.answer().last)
                    if line.isOK { acknowledged += 1 } else { #expect(line.code == "unavailable") }
                }
            }
            #expect(acknowledged == taken)
            try late.ok("SUBMIT channel=chat")
            #expect(try daemon.site.number("SELECT count(*) FROM switchboard.all_inquiry") == taken + 1)
        }
    }

    @Test("a WATCH that replays waits for PostgreSQL, and goes on")
    func watching() async throws {
        try await withDaemon { daemon, cluster in
            let admin = try daemon.admin()
            for number in 1...20 { try admin.ok("AGENT PUT a-\(number)") }
            let last = try #require(try admin.ok("INFO").integer("seq"))
            let reader = try daemon.admin()
            try cluster.stop(immediate: true)
            try reader.send("WATCH from=0")
            let early = try? reader.answer(patience: .seconds(2)).last
            if let early { #expect(early.code == "unavailable" && early["retry_after"] != nil, "\(early)") }
            try cluster.start()
            if early == nil {
                try #require(try reader.answer().last?.isOK == true)
            } else {
                // Until it is back, each try is told the same.
                while try reader.ask("WATCH from=0").last?.code == "unavailable" {}
            }
            try reader.expectEvents(1...last)
        }
    }
}
