import Foundation
import TestSupport
import Testing

/// What has left memory is as good as what has not: asked for, rated, reopened, listed, forgotten.
@Suite("Closed inquiries", .blocking)
struct ClosedInquiryTests {
    /// Waits until a query says so.
    private func wait(_ site: Site, until query: String) throws {
        let deadline = ContinuousClock.now + LinePeer.patience
        while try site.sql(query)[0][0] != "t" {
            guard ContinuousClock.now < deadline else { throw PeerError("it never was: \(query)") }
        }
    }

    /// A daemon that has completed so many chats, the odd ones of customer `c-1`; returns the token that submitted them.
    private func completeChats(_ count: Int64, at site: Site) async throws -> String {
        try await DaemonUnderTest.start(at: site).use { daemon in
            let kim = try daemon.readyAgent("kim")
            let token = try daemon.token("role=upstream")
            let shop = try daemon.session(token)
            for number in 1...count {
                let customer = number % 2 == 1 ? "c-1" : "c-2"
                let chat = try shop.submit("channel=chat key=k-\(number) customer=\(customer) subject=s-\(number)")
                try kim.ok("ACCEPT \(chat)")
                try kim.ok("COMPLETE \(chat) disposition=d-\(number)")
            }
            return token
        }
    }

    private static let allSwept = "SELECT NOT EXISTS (SELECT FROM switchboard.inquiry WHERE closed_at IS NOT NULL)"

    @Test("what was put away is shown, explained, rated and reopened, and stands in one place all the while")
    func putAway() async throws {
        try await DaemonUnderTest.withSite { site in
            let token = try await completeChats(4, at: site)
            try await DaemonUnderTest.start(at: site).use { daemon in
                try wait(site, until: Self.allSwept)
                #expect(try site.number("SELECT count(*) FROM switchboard.closed_inquiry") == 4)
                let shop = try daemon.session(token)
                #expect(try shop.ok("GET 1")["disposition"] == "d-1")
                #expect(try shop.ok("GET key=k-2")["subject"] == "s-2")
                let again = try shop.ok("SUBMIT channel=chat key=k-3 customer=c-1 subject=s-3")
                #expect(again["duplicate"] == "true" && again["state"] == "completed", "\(again)")
                #expect(try daemon.admin().ok("EXPLAIN 1")["to"] == "kim")

                try shop.ok("RATE 1 csat=5 comment=gut")
                try shop.ok("MESSAGE 2 from=customer")
                #expect(try shop.ok("GET 2")["state"] == "waiting")
                #expect(try site.number("SELECT count(*) FROM switchboard.all_inquiry") == 4)
                let open = try site.sql("SELECT id FROM switchboard.inquiry WHERE state = 'waiting'")
                #expect(open == [["2"]])
                // The rated one may have been put away again; nothing of either is lost.
                let rated = try site.sql("SELECT csat, subject FROM switchboard.all_inquiry WHERE id = 1", columns: 2)
                #expect(rated == [["5", "s-1"]])
                let log = try daemon.admin()
                try log.ok("WATCH types=offered from=0")
                #expect(try log.expectEvent("offered", inquiry: 1)["subject"] == "s-1")
            }
            try await DaemonUnderTest.start(at: site).use { daemon in
                #expect(try daemon.admin().counts()["waiting"] == 1)
                try wait(site, until: Self.allSwept)
                let shop = try daemon.session(token)
                let kim = try daemon.readyAgent("lee")
                try kim.expectEvent("offered", inquiry: 2)
                try kim.ok("ACCEPT 2")
                try kim.ok("COMPLETE 2 disposition=again")
                #expect(try shop.ok("GET 1")["comment"] == "gut")
            }
            let sums = try site.sql(
                """
                SELECT submitted, completed, (SELECT count(*) FROM switchboard.all_inquiry),
                    (SELECT count(*) FROM switchboard.all_inquiry WHERE state = 'completed')
                FROM switchboard.engine
                """, columns: 4)
            #expect(sums == [["4", "4", "4", "4"]])
        }
    }

    @Test("what two clients say of it at once is both kept, though memory lets go of it in between")
    func ratedTwice() async throws {
        try await DaemonUnderTest.withSite { site in
            let token = try await completeChats(40, at: site)
            // As if it had all been long ago: memory lets go of each as soon as it is committed.
            _ = try site.sql("UPDATE switchboard.inquiry SET closed_at = closed_at - interval '30 hours'")
            try await DaemonUnderTest.start(at: site).use { daemon in
                let (one, other) = (try daemon.session(token), try daemon.session(token))
                for id in 1...40 {
                    try one.send("RATE \(id) csat=5")
                    try other.send("RATE \(id) nps=9")
                    #expect(try one.answer().last?.isOK == true)
                    #expect(try other.answer().last?.isOK == true)
                }
                let kept = try site.number(
                    "SELECT count(*) FROM switchboard.all_inquiry WHERE csat = 5 AND nps = 9")
                #expect(kept == 40)
            }
        }
    }

    @Test("INQUIRIES lists closed ones from memory and store as one, in pages")
    func listing() async throws {
        try await DaemonUnderTest.withSite { site in
            let token = try await completeChats(7, at: site)
            try await DaemonUnderTest.start(at: site).use { daemon in
                try wait(site, until: Self.allSwept)
                let admin = try daemon.admin()
                let shop = try daemon.session(token)
                try shop.ok("MESSAGE 3 from=customer")
                let late = try shop.submit("channel=chat customer=c-1")
                try shop.ok("CANCEL \(late)")
                func ids(_ fields: String) throws -> [Int64] {
                    try admin.rows("INQUIRIES \(fields)").compactMap { $0.integer("id") }
                }
                #expect(try ids("state=completed") == [1, 2, 4, 5, 6, 7])
                #expect(try ids("state=cancelled") == [late])
                #expect(try ids("state=completed customer=c-1") == [1, 5, 7])
                #expect(try ids("state=completed agent=kim after=4") == [5, 6, 7])
                #expect(try ids("") == [3])
                var listed: [Int64] = []
                var after: Int64? = 0
                while let from = after {
                    let answer = try admin.ask("INQUIRIES state=completed limit=2 after=\(from)")
                    listed += answer.filter(\.isRow).compactMap { $0.integer("id") }
                    after = try #require(answer.last).integer("after")
                }
                #expect(listed == [1, 2, 4, 5, 6, 7])
            }
        }
    }

    // MARK: CUSTOMER FORGET

    @Test("a customer is forgotten wherever they are, and nobody else; the rest of the inquiry stays")
    func forget() async throws {
        try await DaemonUnderTest.withSite { site in
            let token = try await completeChats(4, at: site)
            try await DaemonUnderTest.start(at: site).use { daemon in
                try wait(site, until: Self.allSwept)
                let admin = try daemon.admin()
                let shop = try daemon.session(token)
                // One read back, one waiting, one closed in memory, and of somebody else one waiting.
                try shop.ok("RATE 3 csat=2 comment=geheim")
                let submission = "channel=chat key=w customer=c-1 subject=geheim attrs={\"n\":\"geheim\"}"
                let waiting = try shop.submit(submission)
                let cancelled = try shop.submit("channel=chat customer=c-1 subject=geheim")
                try shop.ok("CANCEL \(cancelled)")
                let other = try shop.submit("channel=chat customer=c-2 subject=s")
                #expect(try admin.ok("CUSTOMER FORGET c-1").integer("count") == 4)
                for id in [1, 3, waiting, cancelled] {
                    let shown = try shop.ok("GET \(id)")
                    for field in ["customer", "subject", "attrs", "comment"] {
                        #expect(shown[field] == nil, "\(shown)")
                    }
                }
                #expect(try shop.ok("GET 3")["csat"] == "2")
                #expect(try shop.ok("GET \(other)")["customer"] == "c-2")
                #expect(try shop.ok("GET 2")["customer"] == "c-2")
                let left = try site.number(
                    "SELECT count(*) FROM switchboard.all_inquiry AS q WHERE q::text LIKE '%geheim%' OR customer = 'c-1'"
                )
                #expect(left == 0)
                #expect(try admin.ok("CUSTOMER FORGET c-1").integer("count") == 0)
                #expect(try admin.ok("CUSTOMER FORGET \"who is that\"").integer("count") == 0)
                // A key is the submitter's own word.
                let again = try shop.ok("SUBMIT \(submission)")
                #expect(again.integer("id") == waiting && again["duplicate"] == "true", "\(again)")
                let kim = try daemon.readyAgent("lee")
                #expect(try kim.skipToEvent("offered", inquiry: waiting)["customer"] == nil)
            }
            try await DaemonUnderTest.start(at: site).use { daemon in
                let shop = try daemon.session(token)
                #expect(try shop.ok("GET 5")["customer"] == nil)
                let admin = try daemon.admin()
                #expect(try admin.rows("INQUIRIES customer=c-1").isEmpty)
            }
        }
    }

    @Test("a customer with more inquiries than one step takes is forgotten step by step, while others are served")
    func forgetMany() async throws {
        try await DaemonUnderTest.with { daemon in
            let shop = try daemon.upstream()
            for _ in 1...25 {
                try shop.send((1...100).map { _ in "SUBMIT channel=chat customer=many subject=s" })
                for _ in 1...100 { #expect(try shop.answer().last?.isOK == true) }
            }
            let admin = try daemon.admin()
            try admin.send("CUSTOMER FORGET many", "PING")
            #expect(try shop.submit("channel=chat customer=many subject=new") > 2_500)
            let forgotten = try #require(try admin.answer().last?.integer("count"))
            #expect(forgotten == 2_500 || forgotten == 2_501)
            #expect(try admin.answer().last?.isOK == true)
            let left = try daemon.site.number(
                "SELECT count(*) FROM switchboard.all_inquiry WHERE customer = 'many' OR subject = 's'")
            #expect(left == 2_501 - forgotten)
        }
    }

    // MARK: retain

    @Test("a published plan's `retain` drops what is past keeping at once")
    func retain() async throws {
        try await DaemonUnderTest.with { daemon in
            let site = daemon.site
            _ = try site.sql(
                """
                SELECT switchboard.make_partitions('event', now() - interval '100 days', 1),
                    switchboard.make_partitions('closed_inquiry', now() - interval '100 days', 1)
                """)
            let old = try site.sql("SELECT to_char(now() - interval '100 days', 'YYYY_MM')")[0][0] ?? ""
            let admin = try daemon.admin()
            try admin.ok("PLAN PATCH body={\"defaults\":{\"retain\":\"200d\"}}")
            #expect(try site.sql("SELECT to_regclass('switchboard.event_\(old)') IS NOT NULL") == [["t"]])
            try admin.ok("PLAN PATCH body={\"defaults\":{\"retain\":\"10d\"}}")
            try wait(
                site,
                until: """
                    SELECT to_regclass('switchboard.event_\(old)') IS NULL
                        AND to_regclass('switchboard.closed_inquiry_\(old)') IS NULL
                    """)
            #expect(try admin.submit("channel=chat") == 1)
        }
    }
}
