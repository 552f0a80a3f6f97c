import LineProtocol
import Plan
import TestSupport
import Testing

/// What the daemon says to what it cannot use: each error of PROTOCOL §7, and nothing changed by any of them.
@Suite("Bad input", .blocking)
struct BadInputTests {
    struct Case: CustomTestStringConvertible {
        let request: String
        let code: String
        var field: String?
        var state: String?

        init(_ request: String, _ code: String, field: String? = nil, state: String? = nil) {
            self.request = request
            self.code = code
            self.field = field
            self.state = state
        }

        var testDescription: String { String(request.prefix(80)) }
    }

    /// Refused by the parser, whatever there is.
    static let malformed: [Case] = [
        Case("channel=chat", "bad_request"), Case("\"SUBMIT\" channel=chat", "bad_request"),
        Case("#bad! PING", "bad_request"), Case("#\(String(repeating: "t", count: 65)) PING", "bad_request"),
        Case("#t", "bad_request"), Case("HALLO", "unknown_verb"), Case("한글", "bad_request"),
        Case("QUEUE", "unknown_verb"), Case("PLAN PUT body={}", "forbidden"),
        Case("SUBMIT", "bad_argument", field: "channel"),
        Case("SUBMIT channel=", "bad_argument", field: "channel"),
        Case("SUBMIT channel=chat channel=chat", "bad_argument", field: "channel"),
        Case("SUBMIT channel=chat colour=red", "bad_argument", field: "colour"),
        Case("SUBMIT 7 channel=chat", "bad_argument"), Case("GET x", "bad_argument", field: "id"),
        Case("GET 0", "bad_argument", field: "id"), Case("GET -1", "bad_argument", field: "id"),
        Case("GET 99999999999999999999", "bad_argument", field: "id"), Case("GET", "bad_argument"),
        Case("CANCEL", "bad_argument", field: "id"), Case("PING now", "bad_argument"),
        // Values that are no values of their type.
        Case("SUBMIT channel=\"chat", "bad_argument", field: "channel"),
        Case("SUBMIT channel=\"chat\"x", "bad_argument", field: "channel"),
        Case("SUBMIT channel=a\u{A0}b", "bad_argument", field: "channel"),
        Case("SUBMIT channel=a/b", "bad_argument", field: "channel"),
        Case("SUBMIT channel=\(String(repeating: "c", count: 65))", "bad_argument", field: "channel"),
        Case("SUBMIT channel={\"a\":1}", "bad_argument", field: "channel"),
        Case("SUBMIT channel=chat priority=101", "bad_argument", field: "priority"),
        Case("SUBMIT channel=chat priority=-101", "bad_argument", field: "priority"),
        Case("SUBMIT channel=chat priority=1.5", "bad_argument", field: "priority"),
        Case("SUBMIT channel=chat priority=high", "bad_argument", field: "priority"),
        Case("SUBMIT channel=chat skills=billing:0", "bad_argument", field: "skills"),
        Case("SUBMIT channel=chat skills=billing:11", "bad_argument", field: "skills"),
        Case("SUBMIT channel=chat skills=billing:x", "bad_argument", field: "skills"),
        Case("SUBMIT channel=chat skills=billing:", "bad_argument", field: "skills"),
        Case("SUBMIT channel=chat skills=billing,billing", "bad_argument", field: "skills"),
        Case("SUBMIT channel=chat skills=a,,b", "bad_argument", field: "skills"),
        Case("SUBMIT channel=chat skills={\"a\":0}", "bad_argument", field: "skills"),
        Case("SUBMIT channel=chat skills=[\"a\"]", "bad_argument", field: "skills"),
        Case(
            "SUBMIT channel=chat skills=\((1...17).map { "s\($0)" }.joined(separator: ","))", "bad_argument",
            field: "skills"),
        Case("SUBMIT channel=chat key=\(String(repeating: "k", count: 201))", "bad_argument", field: "key"),
        Case("SUBMIT channel=chat customer=\(String(repeating: "가", count: 67))", "bad_argument", field: "customer"),
        Case("SUBMIT channel=chat subject=\(String(repeating: "s", count: 1_001))", "bad_argument", field: "subject"),
        // JSON that the database would refuse, or that is none.
        Case(#"SUBMIT channel=chat attrs={"a":"\u0000"}"#, "bad_argument", field: "attrs"),
        Case(#"SUBMIT channel=chat attrs={"a\u0000":1}"#, "bad_argument", field: "attrs"),
        Case(#"SUBMIT channel=chat attrs={"a":"\ud800"}"#, "bad_argument", field: "attrs"),
        Case(#"SUBMIT channel=chat attrs={"a":"\udc00\ud800"}"#, "bad_argument", field: "attrs"),
        Case(#"SUBMIT channel=chat customer="\ud800""#, "bad_argument", field: "customer"),
        Case(#"SUBMIT channel=chat customer="\u0000""#, "bad_argument", field: "customer"),
        Case("SUBMIT channel=chat attrs=\(nested(33))", "bad_argument", field: "attrs"),
        Case("SUBMIT channel=chat attrs={\"a\":1,\"a\":2}", "bad_argument", field: "attrs"),
        Case("SUBMIT channel=chat attrs={\"a\":1e999999}", "bad_argument", field: "attrs"),
        Case("SUBMIT channel=chat attrs={\"a\":}", "bad_argument", field: "attrs"),
        Case("SUBMIT channel=chat attrs={\"a\":1", "bad_argument", field: "attrs"),
        Case("SUBMIT channel=chat attrs=[1]", "bad_argument", field: "attrs"),
        Case("SUBMIT channel=chat attrs=text", "bad_argument", field: "attrs"),
        // What the plan does not have.
        Case("SUBMIT channel=fax", "bad_argument", field: "channel"),
        Case("SUBMIT channel=chat queue=nowhere", "bad_argument", field: "queue"),
        // What comes later is not taken and ignored.
        Case("UPDATE 1 reroute=yes", "bad_argument", field: "reroute"),
        // Who is not there, and what lies too far ahead.
        Case("SUBMIT channel=chat agent=nobody", "not_found", field: "agent"),
        Case("SUBMIT channel=chat at=+401d", "bad_argument", field: "at"),
        Case("SUBMIT channel=chat at=2999-01-01T00:00:00Z", "bad_argument", field: "at"),
        Case("SUBMIT channel=chat at=noon", "bad_argument", field: "at"),
        Case("SUBMIT channel=chat agent=a/b", "bad_argument", field: "agent"),
        Case("SUBMIT channel=chat hold=31d", "bad_argument", field: "hold"),
        Case("SUBMIT channel=chat hold=long", "bad_argument", field: "hold"),
        Case("SUBMIT channel=chat prefer=billing:11", "bad_argument", field: "prefer"),
        Case(
            "SUBMIT channel=chat prefer=\((1...17).map { "s\($0)" }.joined(separator: ","))", "bad_argument",
            field: "prefer"),
        // What is said of an inquiry that is there: 1 waits, and is the asker's.
        Case("UPDATE 1", "bad_argument"), Case("UPDATE", "bad_argument", field: "id"),
        Case("UPDATE 1 priority=101", "bad_argument", field: "priority"),
        Case("UPDATE 1 queue=nowhere", "bad_argument", field: "queue"),
        Case("UPDATE 1 skills=a:0", "bad_argument", field: "skills"),
        Case("UPDATE 1 customer=c-9", "bad_argument", field: "customer"),
        Case("UPDATE 1 attrs=[1]", "bad_argument", field: "attrs"),
        Case(#"UPDATE 1 attrs={"a":"\u0000"}"#, "bad_argument", field: "attrs"),
        Case("UPDATE 1 subject=\(String(repeating: "s", count: 1_001))", "bad_argument", field: "subject"),
        Case("UPDATE 4711 priority=1", "not_found"),
        Case("MESSAGE 1", "bad_argument", field: "from"), Case("MESSAGE 1 from=lead", "bad_argument", field: "from"),
        Case("MESSAGE 4711 from=customer", "not_found"), Case("RATE 1", "bad_argument"),
        Case("RATE 1 csat=6", "bad_argument", field: "csat"), Case("RATE 1 csat=", "bad_argument", field: "csat"),
        Case("RATE 1 nps=11", "bad_argument", field: "nps"), Case("RATE 4711 csat=5", "not_found"),
        Case("RATE 1 comment=\(String(repeating: "c", count: 1_001))", "bad_argument", field: "comment"),
        Case("NEXT", "forbidden"), Case("HOLD 1", "forbidden"), Case("TRANSFER 1 queue=default", "forbidden"),
        Case("ASSIGN 1 agent=kim", "forbidden"), Case("EXPLAIN 1", "forbidden"),
        Case("QUEUE PAUSE default", "forbidden"), Case("AGENT DELETE kim", "forbidden"),
        Case("AGENTS PUT body={}", "forbidden"),
        Case("GET 1 key=k", "bad_argument", field: "key"), Case("GET key=none", "not_found"),
        Case("GET 4711", "not_found"), Case("CANCEL 4711", "not_found"), Case("ABANDON 281474976710657", "not_found"),
        Case("READY", "forbidden"), Case("INFO", "forbidden"), Case("HELLO version=1 token=x", "conflict"),
    ]

    @Test("upstream's nonsense is refused, and changes nothing")
    func upstream() async throws {
        try await DaemonUnderTest.with { daemon in
            let shop = try daemon.upstream()
            let admin = try daemon.admin()
            try shop.ok("SUBMIT channel=chat key=known customer=c-1")
            let before = try admin.counts()
            for entry in Self.malformed { try shop.refused(entry.request, entry.code, field: entry.field) }
            // Another body under a known key.
            try shop.refused("SUBMIT channel=chat key=known customer=c-2", "conflict", field: "key")
            try shop.refused("SUBMIT channel=voice key=known customer=c-1", "conflict", field: "key")
            #expect(try admin.counts() == before)
            // Both sides of the limits.
            try shop.ok("SUBMIT channel=chat priority=100 skills=a:1,b:10 attrs=\(Self.nested(32))")
            try shop.ok("SUBMIT channel=chat priority=-100 key=\(String(repeating: "k", count: 200))")
            try shop.ok("SUBMIT channel=chat skills=\((1...16).map { "s\($0)" }.joined(separator: ","))")
            try shop.ok("#\(String(repeating: "t", count: 64)) SUBMIT channel=chat")
            #expect(try admin.counts()["submitted"] == 5)
        }
    }

    @Test("an agent's nonsense is refused, and changes nothing")
    func agent() async throws {
        try await DaemonUnderTest.with { daemon in
            let kim = try daemon.readyAgent("kim", "channels=chat:2")
            let lee = try daemon.agent("lee")
            let shop = try daemon.upstream()
            let (offered, taken, waiting) = (try shop.submit(), try shop.submit(), try shop.submit())
            try kim.ok("ACCEPT \(taken)")
            let admin = try daemon.admin()
            let before = try admin.counts()
            for verb in ["ACCEPT", "DECLINE", "HOLD", "RESUME", "COMPLETE", "WRAPPED"] {
                // Somebody else's offer and work, what nobody has, what is not there.
                for id in [offered, taken, waiting] { try lee.refused("\(verb) \(id)", "conflict") }
                try kim.refused("\(verb) 4711", "not_found")
                try kim.refused("\(verb)", "bad_argument", field: "id")
                try kim.refused("\(verb) none", "bad_argument", field: "id")
                try kim.refused("\(verb) \(waiting)", "conflict", state: "waiting")
            }
            try kim.refused("COMPLETE \(offered)", "conflict", state: "offered")
            try kim.refused("DECLINE \(taken)", "gone", state: "assigned")
            try kim.refused("WRAPPED \(taken)", "conflict", state: "assigned")
            try kim.refused("COMPLETE \(taken) outcome=perhaps", "bad_argument", field: "outcome")
            try kim.refused(
                "COMPLETE \(taken) disposition=\(String(repeating: "d", count: 201))", "bad_argument",
                field: "disposition")
            for id in [offered, taken, waiting] {
                try lee.refused("TRANSFER \(id) queue=default", "conflict")
                try lee.refused("MESSAGE \(id) from=agent", "conflict")
            }
            try kim.refused("TRANSFER \(taken)", "bad_argument")
            try kim.refused("TRANSFER \(taken) queue=nowhere", "bad_argument", field: "queue")
            try kim.refused("TRANSFER \(taken) agent=nobody", "not_found", field: "agent")
            try kim.refused("TRANSFER \(taken) agent=kim", "bad_argument", field: "agent")
            try kim.refused("TRANSFER \(offered) queue=default", "conflict", state: "offered")
            try kim.refused("MESSAGE \(taken) from=customer", "forbidden", field: "from")
            try kim.refused("MESSAGE \(offered) from=agent", "conflict", state: "offered")
            try kim.refused("NEXT channel=fax", "bad_argument", field: "channel")
            try kim.refused("NEXT channel=voice", "bad_argument", field: "channel")
            try kim.refused("RESUME \(offered)", "conflict", state: "offered")
            try lee.refused("NEXT", "conflict", field: "agent")
            try kim.refused("READY channels=fax", "bad_argument", field: "channels")
            try kim.refused("READY channels=voice", "bad_argument", field: "channels")
            try kim.refused("ACCEPT \(offered) as=lee", "forbidden", field: "as")
            try kim.refused("SUBMIT channel=chat", "forbidden")
            try lee.refused("GET \(taken)", "not_found")
            try shop.refused("ABANDON \(taken)", "conflict", state: "assigned")
            #expect(try admin.counts() == before)
            #expect(try kim.takeEvents().map { $0.event } == ["offered", "offered"])
            #expect(try lee.takeEvents().isEmpty)
        }
    }

    @Test("an admin's nonsense is refused, and changes nothing")
    func admin() async throws {
        let cases: [Case] = [
            Case("AGENT", "unknown_verb"), Case("AGENT PUT", "bad_argument", field: "id"),
            Case("AGENT PUT kim/lee", "bad_argument", field: "id"),
            Case("AGENT PUT kim skills=a:11", "bad_argument", field: "skills"),
            Case("AGENT PUT kim skills=a:0", "bad_argument", field: "skills"),
            Case("AGENT PUT kim channels=fax", "bad_argument", field: "channels"),
            Case("AGENT PUT kim channels=chat:0", "bad_argument", field: "channels"),
            Case("AGENT PUT kim channels=chat:1001", "bad_argument", field: "channels"),
            Case("AGENT PUT kim capacity=0", "bad_argument", field: "capacity"),
            Case("AGENT PUT kim capacity=10001", "bad_argument", field: "capacity"),
            Case("AGENT PUT kim team=\"a b\"", "bad_argument", field: "team"),
            Case(
                "AGENT PUT kim skills=\((1...65).map { "s\($0)" }.joined(separator: ","))", "bad_argument",
                field: "skills"),
            Case("AGENT DELETE nobody", "not_found"), Case("AGENT DELETE", "bad_argument", field: "id"),
            Case("QUEUE PAUSE nowhere", "not_found"), Case("QUEUE RESUME nowhere", "not_found"),
            Case("QUEUE PAUSE", "bad_argument", field: "name"), Case("EXPLAIN 4711", "not_found"),
            Case("EXPLAIN", "bad_argument", field: "id"), Case("ASSIGN 1", "bad_argument", field: "agent"),
            Case("ASSIGN 4711 agent=nobody", "not_found"), Case("REQUEUE 4711", "not_found"),
            Case("REQUEUE 1 priority=urgent", "bad_argument", field: "priority"),
            Case("ASSIGN 1 agent=kim force=perhaps", "bad_argument", field: "force"),
            Case("MESSAGE 1 from=agent as=nobody", "not_found", field: "as"),
            Case("HOLD 1", "bad_argument", field: "as"),
            Case("INQUIRIES state=paused", "bad_argument", field: "state"),
            Case("AGENT GET nobody", "not_found"), Case("READY as=nobody", "not_found", field: "as"),
            Case("ACCEPT 1", "bad_argument", field: "as"),
            Case("TOKEN CREATE role=king", "bad_argument", field: "role"),
            Case("TOKEN REVOKE 4711", "not_found"), Case("DRAIN off=perhaps", "bad_argument", field: "off"),
            Case("AGENTS limit=1001", "bad_argument", field: "limit"), Case("PLAN GET version=99", "not_found"),
            Case("WATCH types=nonsense", "bad_argument", field: "types"),
            Case("GET key=k source=0", "bad_argument", field: "source"),
            // As much JSON as a line holds is still more than attributes may be.
            Case(
                "SUBMIT channel=chat attrs={\"a\":\"\(String(repeating: "x", count: 70_000))\"}", "bad_argument",
                field: "attrs"),
        ]
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            let before = try admin.counts()
            for entry in cases { try admin.refused(entry.request, entry.code, field: entry.field) }
            #expect(try admin.counts() == before)
            #expect(try admin.rows("TOKEN LIST").count == 1)
            #expect(try admin.rows("AGENTS").isEmpty)
        }
    }

    @Test("a line that is too long is told so and skipped, and the connection goes on")
    func tooLong() async throws {
        try await DaemonUnderTest.with { daemon in
            let shop = try daemon.upstream()
            // 65,536 bytes with the line feed are a line; one more is not.
            let head = "#long SUBMIT channel=chat attrs={\"a\":\""
            let fits = head + String(repeating: "x", count: 65_536 - head.utf8.count - 3) + "\"}"
            #expect(fits.utf8.count == 65_535)
            #expect(try shop.ok(fits).tag == "#long")
            let line = try shop.refused(fits.replacing("\"}", with: "x\"}"), "too_large")
            #expect(line.tag == "#long")
            #expect(try shop.refused(String(repeating: "x", count: 200_000), "too_large").tag == "#?")
            #expect(try daemon.admin().counts()["submitted"] == 1)
            try shop.ok("PING")

            // Before HELLO the limit is the small one; an admin's is 4 MiB.
            let admin = try daemon.admin()
            let long = "SUBMIT channel=chat subject=\"" + String(repeating: "x", count: 4 << 20)
            try admin.refused(String(long.prefix((4 << 20) - 2)) + "\"", "bad_argument")
            try admin.refused(long, "too_large")
            try admin.ok("PING")
        }
    }

    @Test("bytes that are no text are told so, and the connection goes on")
    func binary() async throws {
        try await DaemonUnderTest.with { daemon in
            let shop = try daemon.upstream()
            let before = try daemon.admin().counts()
            let lines: [(bytes: [UInt8], tag: String)] = [
                (Array("#n SUBMIT channel=ch".utf8) + [0] + Array("at".utf8), "#n"),
                (Array("#u SUBMIT channel=chat subject=".utf8) + [0xC3, 0x28], "#u"),
                (Array("SUBMIT channel=chat subject=".utf8) + [0xED, 0xA0, 0x80], "#?"),
                (Array("SUBMIT channel=chat subject=".utf8) + [0xC0, 0x80], "#?"),
                (Array(repeating: 0xFF, count: 5_000), "#?"), ([0x80], "#?"),
            ]
            for line in lines {
                try shop.write(line.bytes + [UInt8(ascii: "\n")])
                let answer = try #require(try shop.answer().last)
                #expect(answer.code == "bad_request" && answer.tag == line.tag, "\(answer)")
            }
            try shop.ok("PING")
            #expect(try daemon.admin().counts() == before)
        }
    }

    @Test("half a line is waited for, and without its end it is nothing")
    func halfLines() async throws {
        try await DaemonUnderTest.with { daemon in
            let shop = try daemon.upstream()
            for part in ["#h SUB", "MIT chan", "nel=chat subject=\"한", "글\"\n"] { try shop.write(Array(part.utf8)) }
            #expect(try shop.answer().last?.tag == "#h")
            // A letter cut in two by the network.
            let bytes = Array("SUBMIT channel=chat subject=한\n".utf8)
            for byte in bytes { try shop.write([byte]) }
            #expect(try shop.answer().last?.isOK == true)
            try shop.write(Array("SUBMIT channel=chat".utf8))
            shop.closeWriting()
            #expect(try shop.readToEnd().isEmpty)
            #expect(try daemon.admin().counts()["submitted"] == 2)
        }
    }

    static let openings: [String: [UInt8]] = [
        "HTTP": Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8),
        "old HTTP": Array("POST /x HTTP/1.0\n\nSUBMIT channel=chat\n".utf8),
        "TLS": [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03] + Array(repeating: 0x0A, count: 600),
    ]

    @Test("HTTP and TLS on the port are closed without a word", arguments: openings.keys.sorted())
    func foreign(_ name: String) async throws {
        let bytes = try #require(Self.openings[name])
        try await DaemonUnderTest.with { daemon in
            let peer = try daemon.stranger()
            try peer.write(bytes)
            #expect(try peer.readToEnd().isEmpty)
            // Only a first line is looked at so.
            let other = try daemon.stranger()
            try other.ok("PING")
            try other.refused("GET / HTTP/1.1", "bad_argument")
            try other.ok("PING")
            try daemon.admin().ok("PING")
        }
    }

    @Test("connections past the limits before HELLO are told so and closed, others are not touched")
    func tooMany() async throws {
        try await DaemonUnderTest.with { daemon in
            let shop = try daemon.upstream()
            let strangers = try (1...64).map { _ in try daemon.stranger() }
            for stranger in strangers { try stranger.ok("PING") }
            let refused = try daemon.stranger()
            let lines = try refused.readToEnd()
            #expect(lines.count == 1 && lines[0].hasPrefix("ERR limit "), "\(lines)")
            #expect(try Line(lines[0])["retry_after"] != nil)
            try shop.ok("SUBMIT channel=chat")
            // The Unix socket has no addresses.
            try daemon.admin().ok("PING")
            // One that leaves makes room for one.
            try strangers[0].ok("QUIT")
            #expect(try strangers[0].readToEnd().isEmpty)
            try daemon.upstream().ok("PING")
        }
    }

    private static func nested(_ depth: Int) -> String {
        String(repeating: "{\"a\":", count: depth - 1) + "{}" + String(repeating: "}", count: depth - 1)
    }
}
