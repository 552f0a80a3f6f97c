import Plan
import TestSupport
import Testing

/// The event log, live and replayed (PROTOCOL §6, §8).
@Suite("WATCH", .blocking)
struct WatchTests {
    /// Something of everything: offers with texts, declines, misses, wrap-ups, agents, tokens that make no event.
    private func makeHistory(_ daemon: DaemonUnderTest) throws {
        let plan = """
            rules: [{name: "mail, late", when: 'inquiry.channel == "email"', then: {skills: {billing: 2}}},
                    {name: all, then: {prefer: {korean: 1}}}]
            sla: [{name: all, targets: {assign: 1h, resolution: 1h}}]
            """
        try daemon.admin().ok("PLAN PUT body=" + PublishedPlan.line(plan))
        let kim = try daemon.readyAgent("kim", "skills=billing:5,korean channels=chat:2,email team=seoul")
        let shop = try daemon.upstream()
        let chat = try shop.submit(#"channel=chat customer="김 민수" subject="신발 \"두\" 켤레" attrs={"a":[1,2.5,null]}"#)
        try kim.expectEvent("offered", inquiry: chat)
        try kim.ok("DECLINE \(chat) reason=\"not now, please\"")
        try shop.ok("ABANDON \(chat)")
        let mail = try shop.submit("channel=email skills=billing:3 priority=-5 customer=c-1")
        try kim.expectEvent("assigned", inquiry: mail)
        try kim.ok("COMPLETE \(mail) disposition=done outcome=unresolved")
        let other = try shop.submit("channel=chat customer=c-2")
        try kim.expectEvent("offered", inquiry: other)
        try kim.ok("AWAY reason=lunch")
        try kim.expectEvent("withdrawn", inquiry: other)
        try shop.ok("CANCEL \(other) reason=mistake")
        try kim.ok("READY channels=chat")
        try daemon.admin().ok("AGENT PUT kim capacity=50 skills=")
        try daemon.admin().ok("DRAIN")
        try daemon.admin().ok("DRAIN off=true")
        try kim.ok("OFFLINE")
    }

    @Test("a replay has the very lines that were pushed live, without gap or repeat")
    func replayIsLive() async throws {
        try await DaemonUnderTest.with { daemon in
            let live = try daemon.admin()
            let first = try #require(try live.ok("WATCH").integer("seq")) + 1
            try makeHistory(daemon)
            let pushed = try live.takeEvents()
            #expect(pushed.compactMap { $0.integer("seq") } == Array(first..<(first + Int64(pushed.count))))

            let reader = try daemon.admin()
            #expect(try reader.ask("WATCH from=0").count == 1 && reader.events.isEmpty)
            var replayed: [Line] = []
            while replayed.last?.integer("seq") != pushed.last?.integer("seq") {
                replayed.append(try reader.next())
            }
            #expect(replayed.compactMap { $0.integer("seq") } == Array(1...Int64(replayed.count)))
            #expect(replayed.suffix(pushed.count).map(\.text) == pushed.map(\.text))

            // And then it is live.
            try daemon.admin().ok("AGENT PUT lee")
            let next = try live.expectEvent("agent_changed")
            #expect(try reader.expectEvent("agent_changed").text == next.text)
        }
    }

    @Test("a replay that joins a busy log misses nothing and repeats nothing")
    func joining() async throws {
        try await DaemonUnderTest.with { daemon in
            let shop = try daemon.upstream()
            let count = 4_000
            try shop.send((1...count).map { "SUBMIT channel=chat key=k-\($0)" })
            // The log grows while it is read: the readers start somewhere in the middle.
            for _ in 1...200 { #expect(try shop.answer().last?.isOK == true) }
            let readers = try (0..<3).map { _ in try daemon.admin() }
            for reader in readers { try reader.ok("WATCH from=0") }
            for _ in 201...count { #expect(try shop.answer().last?.isOK == true) }
            let last = try #require(try daemon.admin().ok("INFO").integer("seq"))
            for reader in readers {
                try reader.expectEvents(1...last)
                #expect(try reader.takeEvents().isEmpty)
            }
        }
    }

    @Test("a second WATCH replaces the first, whatever that one still had to read")
    func watchAgain() async throws {
        try await DaemonUnderTest.with { daemon in
            let shop = try daemon.upstream()
            try shop.send((1...3_000).map { _ in "SUBMIT channel=chat" })
            for _ in 1...3_000 { #expect(try shop.answer().last?.isOK == true) }
            let last = try #require(try daemon.admin().ok("INFO").integer("seq"))
            let reader = try daemon.admin()
            try reader.send("#1 WATCH from=0", "#2 UNWATCH", "#3 WATCH from=\(last - 5)")
            var lines: [Line] = []
            repeat { lines.append(try reader.next()) } while lines.last?.tag != "#3"
            lines = []
            while lines.count < 5 { lines.append(try reader.next()) }
            #expect(lines.compactMap { $0.integer("seq") } == Array((last - 4)...last))
            #expect(try reader.takeEvents().isEmpty)
            try reader.send("#4 WATCH from=0", "#5 WATCH from=0")
            repeat { lines.append(try reader.next()) } while lines.last?.tag != "#5"
            try reader.expectEvents(1...last)
            #expect(try reader.takeEvents().isEmpty)
        }
    }

    @Test("WATCH takes types, a queue and an inquiry; UNWATCH ends it")
    func filters() async throws {
        var plan = RoutingPlan()
        plan.queues.append(RoutingPlan.Queue("vip"))
        try await DaemonUnderTest.with(plan: plan) { daemon in
            let types = try daemon.admin()
            try types.ok("WATCH types=submitted,abandoned")
            let queue = try daemon.admin()
            try queue.ok("WATCH queue=vip")
            let shop = try daemon.upstream()
            let (common, vip) = (try shop.submit(), try shop.submit("channel=chat queue=vip"))
            let one = try daemon.admin()
            try one.ok("WATCH inquiry=\(vip) from=0")
            try one.expectEvent("submitted", inquiry: vip)
            try shop.ok("ABANDON \(common)")
            try shop.ok("ABANDON \(vip)")
            try one.expectEvent("abandoned", inquiry: vip)
            #expect(try types.takeEvents().map { $0.event } == ["submitted", "submitted", "abandoned", "abandoned"])
            #expect(try queue.takeEvents().map { $0.integer("inquiry") } == [vip, vip])
            #expect(try one.takeEvents().isEmpty)
            for peer in [types, queue, one] { try peer.ok("UNWATCH") }
            try shop.ok("SUBMIT channel=chat queue=vip")
            for peer in [types, queue, one] { #expect(try peer.takeEvents().isEmpty) }
            try types.refused("WATCH types=submitted,nonsense", "bad_argument", field: "types")
            try types.refused("WATCH queue=nowhere", "bad_argument", field: "queue")
        }
    }

    @Test("upstream watches what its own token submitted, live and replayed")
    func ownOnly() async throws {
        try await DaemonUnderTest.with { daemon in
            let (shop, other) = (try daemon.upstream(), try daemon.upstream())
            try shop.ok("WATCH")
            let chats = try [shop, other, shop, other].map { try $0.submit() }
            let kim = try daemon.readyAgent("kim")
            for chat in chats {
                try kim.expectEvent("offered", inquiry: chat)
                try kim.ok("ACCEPT \(chat)")
            }
            let live = try shop.takeEvents()
            #expect(Set(live.compactMap { $0.integer("inquiry") }) == [chats[0], chats[2]])
            #expect(live.map { $0.event } == ["submitted", "submitted", "offered", "offered", "accepted", "accepted"])
            try other.ok("WATCH from=0")
            var replayed: [Line] = []
            while replayed.count < 6 { replayed.append(try other.next()) }
            #expect(Set(replayed.compactMap { $0.integer("inquiry") }) == [chats[1], chats[3]])
            #expect(try other.takeEvents().isEmpty)
        }
    }

    @Test("what is no longer kept is gone, what has not happened is refused")
    func bounds() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            for name in ["a", "b", "c", "d"] { try admin.ok("AGENT PUT \(name)") }
            let last = try #require(try admin.ok("INFO").integer("seq"))
            _ = try daemon.site.sql("DELETE FROM switchboard.event WHERE seq <= 3")
            #expect(try admin.refused("WATCH from=2", "gone")["first"] == "4")
            #expect(try admin.refused("WATCH from=0", "gone")["first"] == "4")
            try admin.refused("WATCH from=\(last + 1)", "bad_argument", field: "from")
            for bad in ["-1", "x", "1.5", "99999999999999999999"] {
                try admin.refused("WATCH from=\(bad)", "bad_argument", field: "from")
            }
            // Refused, nothing is watched.
            try admin.ok("AGENT PUT e")
            #expect(try admin.takeEvents().isEmpty)
            try admin.ok("WATCH from=3")
            try admin.expectEvents(4...(last + 1))
            try admin.ok("UNWATCH")
            try admin.ok("WATCH from=\(last + 1)")
            #expect(try admin.takeEvents().isEmpty)
        }
    }

    @Test("a reader that is too slow is told where it stopped, closed, and goes on from there")
    func overflow() async throws {
        try await DaemonUnderTest.with { daemon in
            let slow = try daemon.admin()
            let from = try #require(try slow.ok("WATCH").integer("seq"))
            let kim = try daemon.readyAgent("kim", "channels=email:1000 capacity=10000")
            let shop = try daemon.upstream()
            // Each assignment shows 50,000 bytes of attributes.
            let attributes = #"{"text":"\#(String(repeating: "x", count: 50_000))"}"#
            for _ in 1...80 {
                let mail = try shop.submit("channel=email attrs=\(attributes)")
                try kim.expectEvent("assigned", inquiry: mail)
            }
            let last = try #require(try daemon.admin().ok("INFO").integer("seq"))

            let lines = try slow.readToEnd().map { try Line($0) }
            let overflow = try #require(lines.last)
            #expect(overflow.event == "overflow")
            let stopped = try #require(overflow.integer("seq"))
            #expect(stopped < last && stopped > from)
            #expect(lines.dropLast().compactMap { $0.integer("seq") } == Array((from + 1)...stopped))

            let again = try daemon.admin()
            try again.ok("WATCH from=\(stopped)")
            for seq in (stopped + 1)...last { try #require(try again.next().integer("seq") == seq) }
            // A replay goes at the reader's pace: it is not cut off for being long.
            let all = try daemon.admin()
            try all.ok("WATCH from=0")
            try daemon.admin().ok("AGENT PUT lee")
            try all.expectEvents(1...(last + 1))
        }
    }
}
