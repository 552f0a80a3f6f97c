import LineProtocol
import Plan
import TestSupport
import Testing

/// Many requests at once, and clients that misbehave with them (PROTOCOL §1, §2).
@Suite("Pipelining", .blocking)
struct PipelineTests {
    @Test("thousands of requests unanswered are answered in order, each under its tag")
    func order() async throws {
        try await DaemonUnderTest.with { daemon in
            let shop = try daemon.upstream()
            let count = 5_000
            // Writes, reads, refusals, lines that are no requests and none that is answered, in turn.
            let requests = (0..<count).map { number in
                let request =
                    ["SUBMIT channel=chat", "PING", "GET 1", "SUBMIT channel=fax", "NONSENSE", "HELP ping"][number % 6]
                return "#t-\(number) \(request)\n\n"
            }
            try shop.write(Array(requests.joined().utf8))
            let expected: [String?] = [nil, nil, nil, "bad_argument", "unknown_verb", nil]
            for number in 0..<count {
                let lines = try shop.answer()
                #expect(lines.allSatisfy { $0.tag == "#t-\(number)" })
                #expect(lines.last?.code == expected[number % 6], "\(number): \(lines)")
            }
            #expect(try daemon.admin().counts()["submitted"] == 834)
        }
    }

    @Test("a key used twice is the same inquiry; with another field changed it is a conflict")
    func keys() async throws {
        try await DaemonUnderTest.with { daemon in
            let (shop, other) = (try daemon.upstream(), try daemon.upstream())
            let request = #"SUBMIT channel=chat key="a key, with: everything=" customer=c-1 skills=b:2,a attrs={"x":1}"#
            let first = try shop.ok(request)
            #expect(first["duplicate"] == nil && first["state"] == "waiting")
            // The same in other words: another order of fields and skills, other spellings of the same values.
            let same =
                #"submit attrs={ "x" : 1 } skills={"a":1,"b":2} customer="c-1" key="a key, with: everything=" channel=chat"#
            for again in [request, same] {
                let answer = try shop.ok(again)
                #expect(answer["id"] == first["id"] && answer["duplicate"] == "true")
            }
            let changed = [
                request.replacing("c-1", with: "c-2"), request.replacing("{\"x\":1}", with: "{\"x\":2}"),
                request + " priority=1", request.replacing("b:2", with: "b:3"), request + " subject=s",
            ]
            for request in changed { try shop.refused(request, "conflict", field: "key") }
            // Keys are the source's own.
            #expect(try other.ok(request)["id"] != first["id"])
            // The answer tells the present state.
            try shop.ok("CANCEL \(first["id"] ?? "")")
            let closed = try shop.ok(request)
            #expect(closed["state"] == "cancelled" && closed["duplicate"] == "true" && closed["position"] == nil)
            #expect(try shop.ok(#"GET key="a key, with: everything=""#)["id"] == first["id"])
            // Both of one pair in one batch.
            try shop.send("SUBMIT channel=chat key=twice", "SUBMIT channel=chat key=twice")
            let pair = try (1...2).map { _ in try #require(try shop.answer().last) }
            #expect(pair[0]["id"] == pair[1]["id"] && pair[0]["duplicate"] == nil && pair[1]["duplicate"] == "true")
        }
    }

    @Test("a client that pipelines and never reads does not harm others, and loses nothing")
    func neverReads() async throws {
        try await DaemonUnderTest.with { daemon in
            let token = try daemon.token("role=upstream")
            let greedy = try (1...4).map { _ in try daemon.session(token) }
            var sent = [Int](repeating: 0, count: greedy.count)
            let line = Array("HELP\n".utf8)
            let block = Array(repeatElement(line, count: 5_000).joined())
            for (index, peer) in greedy.enumerated() {
                // Megabytes of answers; or fewer, if the daemon takes no more of it.
                sent[index] = try peer.write(block, patience: .milliseconds(300))
            }
            // Meanwhile others are served.
            let shop = try daemon.session(token)
            let started = ContinuousClock.now
            for _ in 1...50 { try shop.ok("SUBMIT channel=chat") }
            #expect(ContinuousClock.now - started < .seconds(10))
            // Whoever reads at last gets everything, in order.
            let whole = sent[0] / line.count
            let rows = VerbTable.all.filter { Sample.roles($0.verb).contains("upstream") }.count
            for _ in 1...whole { try #require(try greedy[0].answer().count == rows + 1) }
            greedy[1].close()
            try shop.ok("PING")
        }
    }

    @Test("whoever closes its half gets its answers", arguments: [false, true])
    func halfClosed(_ isLong: Bool) async throws {
        try await DaemonUnderTest.with { daemon in
            let peer = try daemon.stranger()
            let token = try daemon.token("role=upstream")
            let requests =
                isLong ? Array(repeating: "SUBMIT channel=chat", count: 3_000) : ["SUBMIT channel=chat", "GET 1"]
            try peer.send(["HELLO version=1 token=\(token)"] + requests + ["HELP", "#last PING"])
            peer.closeWriting()
            let lines = try peer.readToEnd().map { try Line($0) }
            #expect(lines.count { $0.isOK } == requests.count + 3)
            #expect(lines.last?.tag == "#last")
        }
    }

    @Test("the request that was sent before the connection broke is carried out or not, never half")
    func brokenConnection() async throws {
        try await DaemonUnderTest.with { daemon in
            let token = try daemon.token("role=upstream")
            for round in 1...20 {
                let peer = try daemon.session(token)
                try peer.send((1...10).map { "SUBMIT channel=chat key=r\(round)-\($0)" })
                peer.close()
            }
            // Asking again is always right.
            let peer = try daemon.session(token)
            var ids: Set<Int64> = []
            for round in 1...20 {
                for number in 1...10 { ids.insert(try peer.submit("channel=chat key=r\(round)-\(number)")) }
            }
            #expect(ids.count == 200)
            #expect(try daemon.admin().counts()["submitted"] == 200)
        }
    }

    @Test("words of any case, spaces in plenty, CR LF: the same request")
    func spelling() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            let spellings = [
                "agent put kim skills=korean:3\r", "#a   Agent   PUT   kim   skills=\"korean:3\"  ",
                "AGENT PUT kim skills={\"korean\":3}",
            ]
            for spelling in spellings { #expect(try admin.ok(spelling)["agent"] == "kim") }
            #expect(try admin.ok("AGENT GET kim")["skills"] == "korean:3")
            // One name, two Unicode spellings.
            try admin.ok("AGENT PUT 김\u{1112}\u{1161}\u{11AB}")
            #expect(try admin.rows("AGENTS").compactMap { $0["agent"] }.contains("김한"))
            try admin.ok("AGENT GET 김한")
        }
    }
}
