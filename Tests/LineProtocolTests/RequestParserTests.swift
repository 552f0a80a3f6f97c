import LineProtocol
import Testing

@Suite("A request line")
struct RequestParserTests {
    @Test("of PROTOCOL §9 gives its fields")
    func transcript() throws {
        let line =
            "#1 SUBMIT channel=chat key=order-981 customer=c-42 skills=billing:3,korean "
            + #"attrs={"tier":"gold","상품":"신발"}"#
        let request = try request(line)
        #expect(request.verb == .submit)
        #expect(text(request.tag) == "#1")
        #expect(request.string(.channel) == "chat")
        #expect(request.string(.key) == "order-981")
        #expect(request.string(.customer) == "c-42")
        let levels = try #require(request.levels(.skills))
        #expect(levels.map(\.name) == ["billing", "korean"])
        #expect(levels.map(\.level) == [3, 1])
        #expect(try text(#require(request.json(.attrs))) == #"{"tier":"gold","상품":"신발"}"#)
        #expect(!request.has(.queue) && request.string(.queue) == nil && request.levels(.prefer) == nil)
    }

    @Test(
        "begins with a verb in any case, the longest that fits, with any spaces between",
        arguments: [
            ("ping", Verb.ping), ("PiNg", .ping), ("PING   ", .ping), ("#a.b-c_9 PING", .ping), ("#1   PING", .ping),
            ("agent put kim", .agentPut), ("Agent   Get kim", .agentGet), ("AGENTS", .agents),
            ("TOKEN LIST", .tokenList),
            ("token revoke 3", .tokenRevoke), ("PLAN GET", .planGet), ("plan get version=3", .planGet), ("help", .help),
            ("HELP AGENT PUT", .help), ("HELP submit", .help), ("HELP \"TOKEN LIST\"", .help), ("UNWATCH", .unwatch),
            ("GET 17", .get), ("GET key=a", .get), ("GET key=a source=2", .get), ("DRAIN", .drain), ("INFO", .info),
            ("TOKEN CREATE role=agent agent=kim", .tokenCreate),
            ("TOKEN CREATE role=supervisor teams=a,b", .tokenCreate),
            ("STATS window=30m", .stats), ("QUIT", .quit), ("MINE as=kim", .mine),
        ])
    func verbs(line: String, verb: Verb) throws {
        #expect(try request(line).verb == verb)
    }

    @Test("of HELP takes a verb of two words")
    func helpWords() throws {
        #expect(try request("HELP agent   put").positionalString == "agent put")
        #expect(try request("HELP").positional == nil)
    }

    @Test("has values of each type")
    func types() throws {
        #expect(try request("ACCEPT 17").positionalInteger == 17)
        #expect(try request("ACCEPT \"17\" as=kim").positionalInteger == 17)
        #expect(try request("SUBMIT channel=chat priority=-100").integer(.priority) == -100)
        #expect(try request("SUBMIT channel=chat priority=\"7\"").integer(.priority) == 7)
        #expect(try request("DRAIN off=true").flag(.off) == true)
        #expect(try request("DRAIN off=false").flag(.off) == false)
        #expect(try request("DRAIN").flag(.off) == nil)
        #expect(try request("READY channels=chat,email").list(.channels) == ["chat", "email"])
        #expect(try request(#"READY channels=["email", "chat"]"#).list(.channels) == ["chat", "email"])
        #expect(
            try request("TOKEN CREATE role=admin expires=+1h30m").instant(.expires)
                == .relative(microseconds: 5_400_000_000))
        #expect(
            try request("TOKEN CREATE role=admin expires=2026-03-02T09:00:00+09:00").instant(.expires)
                == .absolute(microseconds: 1_772_409_600_000_000))
        #expect(try request("STATS window=today").string(.window) == "today")
        #expect(try request("INQUIRIES customer=\"김 민준\"").string(.customer) == "김 민준")
    }

    @Test(
        "gives levels their verb's default, sorted by name",
        arguments: [
            ("SUBMIT channel=c skills=b,a:10", "a:10,b:1"), ("AGENT PUT kim skills=b,a:10", "a:10,b:5"),
            (#"SUBMIT channel=c skills={"b":null,"a":2}"#, "a:2,b:1"),
            (#"SUBMIT channel=c skills="b:2,a:1""#, "a:1,b:2"),
            ("SUBMIT channel=c skills=한국어:3,billing", "billing:1,한국어:3"),
        ])
    func levels(line: String, canonical: String) throws {
        #expect(try request(line).string(.skills) == canonical)
    }

    @Test("gives limits with and without a number")
    func limits() throws {
        for value in ["voice:1,chat", #"{"chat":null,"voice":1}"#] {
            let limits = try #require(try request("AGENT PUT kim channels=\(value)").limits(.channels))
            #expect(limits.map(\.name) == ["chat", "voice"])
            #expect(limits.map(\.limit) == [nil, 1])
        }
    }

    @Test("clears a field with nothing behind =")
    func clears() throws {
        let request = try request(#"AGENT PUT kim skills= name="" team= channels={} capacity="#)
        for key in [FieldKey.skills, .name, .team, .channels, .capacity] {
            #expect(request.has(key) && request.isEmpty(key), "\(key)")
        }
        #expect(request.levels(.skills)?.isEmpty == true)
        #expect(request.limits(.channels)?.isEmpty == true)
        #expect(request.string(.name)?.isEmpty == true)
        #expect(request.integer(.capacity) == nil)
        let other = try self.kim()
        #expect(!other.has(.skills) && !other.isEmpty(.skills))
    }

    private func kim() throws -> Request { try request("AGENT PUT kim") }

    @Test("keeps commas, colons, equals signs and quotes in a bare text")
    func bareText() throws {
        #expect(try request(#"SUBMIT channel=c subject=a,b:c=d"e"{f}"#).string(.subject) == #"a,b:c=d"e"{f}"#)
        #expect(
            try request(#"SUBMIT channel=c subject="\u0041\n\"\\\/\uD83D\uDE00 x""#).string(.subject) == "A\n\"\\/😀 x")
    }

    @Test(
        "is refused with its field and what would be right",
        arguments: [
            Refused("SUBMIT", "channel", "SUBMIT needs channel=NAME"),
            Refused("SUBMIT channel=", "channel", "SUBMIT needs channel=NAME"),
            Refused("ACCEPT", "id", "ACCEPT needs id"),
            Refused("ACCEPT x", "id", "whole number of at least 1, not x"),
            Refused("ACCEPT 0", "id", "at least 1"), Refused("ACCEPT -1", "id", "at least 1"),
            Refused("ACCEPT 9223372036854775808", "id", "whole number"),
            Refused("ACCEPT 1 2", "id", "one value"), Refused("ACCEPT as=kim 1", "id", "comes before the fields"),
            Refused("PING x", nil, "key=value"), Refused("PING x=1", "x", "PING has no field x; it has none"),
            Refused("ACCEPT 1 reason=x", "reason", "it has as="),
            Refused("SUBMIT channel=c CHANNEL=d", nil, "key=value"),
            Refused("SUBMIT channel=c channel=c", "channel", "given twice"),
            Refused("SUBMIT channel=c priority=high", "priority", "from -100 to 100, not high"),
            Refused("SUBMIT channel=c priority=+5", "priority", "from -100 to 100"),
            Refused("SUBMIT channel=c priority=1.5", "priority", "from -100 to 100"),
            Refused("SUBMIT channel=c skills=a:0", "skills", "the level of a is 1 to 10, not 0"),
            Refused("SUBMIT channel=c skills=a:11", "skills", "the level of a is 1 to 10, not 11"),
            Refused("SUBMIT channel=c skills=a:", "skills", "the level of a is 1 to 10"),
            Refused("SUBMIT channel=c skills=a:b:1", "skills", "the level of a"),
            Refused("SUBMIT channel=c skills=a,,b", "skills", "not none"),
            Refused("SUBMIT channel=c skills=a,", "skills", "not none"),
            Refused("SUBMIT channel=c skills=a:1,a:2", "skills", "names a twice"),
            Refused("SUBMIT channel=c skills=[\"a\"]", "skills", "NAME:NUMBER"),
            Refused(#"SUBMIT channel=c skills={"a":"1"}"#, "skills", "the level of a"),
            Refused(#"SUBMIT channel=c skills={"a":1.5}"#, "skills", "the level of a"),
            Refused(#"SUBMIT channel=c skills={"a b":1}"#, "skills", "not of a space"),
            Refused("SUBMIT channel=a/b", "channel", "not of \"/\""),
            Refused("SUBMIT channel={}", "channel", "is a name"),
            Refused("SUBMIT channel=c attrs=x", "attrs", "JSON object"),
            Refused("SUBMIT channel=c attrs=[1]", "attrs", "JSON object"),
            Refused("SUBMIT channel=c attrs={\"a\":1", "attrs", "at byte 6 of the value: the text ends early"),
            Refused("SUBMIT channel=c attrs={\"a\":1}x", "attrs", "behind its JSON value"),
            Refused("SUBMIT channel=c subject=\"a\"b", "subject", "behind its JSON value"),
            Refused("SUBMIT channel=c subject={\"a\":1}", "subject", "is text"),
            Refused("SUBMIT channel=c subject=a\tb", "subject", "U+0009"),
            Refused("SUBMIT channel=c subject=a\u{7F}b", "subject", "U+007F"),
            Refused("SUBMIT channel=c subject=a\u{A0}b", "subject", "U+00A0"),
            Refused("SUBMIT channel=c subject=a\u{3000}b", "subject", "U+3000"),
            Refused("SUBMIT channel=c subject=a\u{200B}b", "subject", "U+200B"),
            Refused("SUBMIT channel=c subject=a\u{2028}b", "subject", "quotes"),
            Refused("SUBMIT channel=c subject=\"a\tb\"", "subject", "raw control character"),
            Refused("SUBMIT channel=c subject=\"\\u0000\"", "subject", "U+0000"),
            Refused("SUBMIT channel=c subject=\"\\ud800\"", "subject", "surrogate"),
            Refused("SUBMIT channel=c subject=\"\\ud800\\u0041\"", "subject", "surrogate"),
            Refused("SUBMIT channel=c subject=\"\\udc00\"", "subject", "surrogate"),
            Refused("DRAIN off=", "off", "true or false"), Refused("DRAIN off=yes", "off", "true or false, not yes"),
            Refused("STATS window=1h", "window", "is 5m, 30m, today, not 1h"),
            Refused("INQUIRIES state=lost", "state", "waiting, offered"),
            Refused("COMPLETE 1 outcome=done", "outcome", "is resolved, unresolved, not done"),
            Refused("READY channels={\"a\":1}", "channels", "JSON array"),
            Refused("READY channels=[1]", "channels", "strings"),
            Refused("READY channels=a,a", "channels", "twice"), Refused("WATCH types=a/b", "types", "words"),
            Refused("AGENT PUT kim channels=voice:0", "channels", "the limit of voice is 1 to 1000, not 0"),
            Refused("AGENT PUT kim channels=voice:x", "channels", "the limit of voice"),
            Refused("AGENT PUT", "id", "AGENT PUT needs id"), Refused("AGENT PUT a@b", "id", "\"@\""),
            Refused("TOKEN CREATE role=admin expires=soon", "expires", "2026-03-02T00:00:00Z"),
            Refused("TOKEN CREATE role=agent", "agent", "role=agent needs agent="),
            Refused("TOKEN CREATE role=upstream agent=kim", "agent", "role=agent only"),
            Refused("TOKEN CREATE role=upstream teams=a", "teams", "role=supervisor only"),
            Refused("TOKEN CREATE role=boss", "role", "admin, supervisor, gateway, upstream, agent"),
            Refused("GET", "id", "one of them"), Refused("GET 1 key=a", "key", "one of them"),
            Refused("GET 1 source=2", "source", "goes with key="),
            Refused("HELLO version=2 token=t", "version", ", 1, not 2"),
            Refused("HELLO version=1", "token", "needs token="),
        ])
    func refused(row: Refused) throws {
        let fault = try fault(row.line)
        #expect(fault.code == row.code)
        #expect(fault.field == row.field)
        #expect(fault.message.contains(row.says), "\(fault.message)")
        #expect(fault.tag.isEmpty)
        #expect(text(try self.fault("#t7 " + row.line).tag) == "#t7")
    }

    private func fault(_ line: String) throws -> RequestFault { try LineProtocolTests.fault(line) }

    @Test(
        "with a verb that is not in the table is unknown_verb",
        arguments: [
            "FOO", "AGENT", "AGENT kim", "QUEUE", "QUEUE default", "PLAN", "PLAN DROP", "CUSTOMER", "CUSTOMER FIND c",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ ABCDEFGH",
        ])
    func unknownVerb(line: String) throws {
        let fault = try fault(line)
        #expect(fault.code == .unknownVerb)
        #expect(fault.field == nil && fault.tag.isEmpty)
        #expect(text(try self.fault("#t " + line).tag) == "#t")
    }

    @Test("names the verbs that a word begins")
    func longerVerbs() throws {
        #expect(try fault("agent kim").message == "no verb agent; there is AGENT PUT, AGENT GET, AGENT DELETE")
    }

    @Test(
        "that is no request is bad_request and echoes its tag or #?",
        arguments: [
            ("", "#?"), (" PING", "#?"), ("123", "#?"), ("PI:NG", "#?"), ("PING\t", "#?"), ("#", "#?"),
            ("# PING", "#?"),
            ("#a!b PING", "#?"), ("#tag", "#tag"), ("#tag  ", "#tag"), ("#tag 12", "#tag"), ("#tag =", "#tag"),
            ("#" + String(repeating: "a", count: 65) + " PING", "#?"), ("핑", "#?"), ("#태그 PING", "#?"),
        ])
    func badRequest(line: String, tag: String) throws {
        let fault = try fault(line)
        #expect(fault.code == .badRequest)
        #expect(text(fault.tag) == tag)
    }

    @Test(
        "that is not UTF-8 or holds a NUL is bad_request also where the framer did not look",
        arguments: [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80], [0x00],
        ] as [[UInt8]])
    func notText(bytes: [UInt8]) {
        for start in [
            "#t SUBMIT channel=", "#t SUBMIT channel=c subject=\"a", "#t PING ", "#t ACCEPT ",
            "#t SUBMIT channel=c attrs={\"",
        ] {
            guard case .failure(let fault) = RequestParser.parse(Array(start.utf8) + bytes) else {
                Issue.record("accepted \(start) \(bytes)")
                continue
            }
            let isRawNULInJSON = bytes == [0] && fault.code == .badArgument
            #expect(fault.code == .badRequest || isRawNULInJSON, "\(start) \(bytes): \(fault.message)")
            #expect(text(fault.tag) == "#t")
        }
    }

    @Test("of HELLO never has its secret told in a fault")
    func secrets() throws {
        for line in [
            "HELLO version=1 token={\"a\":1} agent=SECRET/", "HELLO version=1 SECRET",
            "HELLO version=1 token=SECRET\tx",
            "HELLO version=1 token=[\"SECRET\"]", "HELLO version=1 token=" + String(repeating: "SECRET", count: 40),
        ] where !line.contains("agent=") {
            #expect(try !fault(line).message.contains("SECRET"), "\(line)")
        }
    }

    @Test("digests equally however it is written")
    func canonical() throws {
        let first = try request(#"#1 SUBMIT channel=chat key=a skills=b:1,a customer="x" attrs={"k":1} queue="#)
        let second = try request(
            #"submit attrs={ "\u006b" : 1 } skills={"a":1,"b":1} customer=x key="a" channel="chat""#)
        #expect(first.canonical == second.canonical)
        let others = [
            #"SUBMIT channel=chat key=a skills=b:1,a customer="x" attrs={"k":2}"#,
            #"SUBMIT channel=chat key=a skills=b:2,a customer="x" attrs={"k":1}"#,
            #"SUBMIT channel=chat key=ax skills=b:1,a attrs={"k":1}"#,
            #"SUBMIT channel=chat key=a skills=b:1,a customer="x" attrs={"k":1} priority=0"#,
            #"SUBMIT channel=chat key=a skills=b:1,a subject="x" attrs={"k":1}"#,
        ]
        for line in others { #expect(try request(line).canonical != first.canonical, "\(line)") }
    }

    @Test("digests to the same bytes in every release")
    func canonicalIsStable() throws {
        let bytes = try request("SUBMIT channel=c priority=-1").canonical
        #expect(
            bytes == [0, 0, 0, 6] + Array("SUBMIT".utf8) + [0, 0, 0, 7] + Array("channel".utf8) + [1, 0, 0, 0, 1, 99]
                + [0, 0, 0, 8] + Array("priority".utf8) + [2] + Array(repeating: 255, count: 8))
    }
}
