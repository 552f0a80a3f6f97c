import LineProtocol
import Testing

@Suite("Both sides of each limit of a request")
struct RequestLimitsTests {
    @Test(
        "the last value inside is taken",
        arguments: [
            "SUBMIT channel=c priority=100", "SUBMIT channel=c priority=-100", "SUBMIT channel=c skills=a:1",
            "SUBMIT channel=c skills=a:10", "AGENT PUT k capacity=1", "AGENT PUT k capacity=10000",
            "AGENT PUT k channels=a:1", "AGENT PUT k channels=a:1000", "AGENTS limit=1", "INQUIRIES limit=1000",
            "SUBMIT channel=c skills=" + skills(16), "AGENT PUT k skills=" + skills(64),
            "AGENT PUT k channels=" + skills(16),
            "READY channels=" + skills(16), "SUBMIT channel=" + String(repeating: "a", count: 64),
            "SUBMIT channel=" + String(repeating: "한", count: 21) + "a",
            "SUBMIT channel=c key=" + String(repeating: "k", count: 200),
            "SUBMIT channel=c customer=" + String(repeating: "é", count: 100),
            "SUBMIT channel=c subject=" + String(repeating: "s", count: 1_000),
            "SUBMIT channel=c attrs=" + object(depth: 32), "INQUIRIES after=9223372036854775807",
            "SUBMIT channel=c attrs={\"a\":1e1000}", "SUBMIT channel=c attrs={\"a\":1E-1000}",
            "SUBMIT channel=c attrs={\"a\":" + String(repeating: "9", count: 1_000) + "}",
            "SUBMIT channel=c attrs={\"a\":\"" + String(repeating: "x", count: 65_528) + "\"}",
            "#" + String(repeating: "t", count: 64) + " PING",
            "SUBMIT channel=c hold=0s", "SUBMIT channel=c hold=30d", "SUBMIT channel=c prefer=" + skills(16),
            "UPDATE 1 skills=" + skills(16), "UPDATE 1 prefer=",
            "UPDATE 1 subject=" + String(repeating: "s", count: 1_000),
            "RATE 1 csat=1", "RATE 1 csat=5", "RATE 1 nps=0", "RATE 1 nps=10", "RATE 1 comment=",
            "RATE 1 comment=" + String(repeating: "c", count: 1_000), "TRANSFER 1 skills=",
            "TRANSFER 1 agent=kim reason=" + String(repeating: "r", count: 200), "REQUEUE 1 priority=-100",
            "MESSAGE 1 from=customer", "MESSAGE 1 from=agent",
        ])
    func inside(line: String) throws {
        _ = try request(line)
    }

    @Test(
        "the first value outside is refused",
        arguments: [
            Refused("SUBMIT channel=c priority=101", "priority", "from -100 to 100, not 101"),
            Refused("SUBMIT channel=c priority=-101", "priority", "from -100 to 100, not -101"),
            Refused("AGENT PUT k capacity=0", "capacity", "from 1 to 10000"),
            Refused("AGENT PUT k capacity=10001", "capacity", "from 1 to 10000"),
            Refused("AGENT PUT k channels=a:1001", "channels", "1 to 1000"),
            Refused("AGENTS limit=0", "limit", "from 1 to 1000"),
            Refused("AGENTS limit=1001", "limit", "from 1 to 1000"),
            Refused("SUBMIT channel=c skills=" + skills(17), "skills", "at most 16 items"),
            Refused("AGENT PUT k skills=" + skills(65), "skills", "at most 64 items"),
            Refused("AGENT PUT k channels=" + skills(17), "channels", "at most 16 items"),
            Refused("READY channels=" + skills(17), "channels", "at most 16 items"),
            Refused("SUBMIT channel=" + String(repeating: "a", count: 65), "channel", "at most 64 bytes, not 65"),
            Refused("SUBMIT channel=" + String(repeating: "한", count: 22), "channel", "at most 64 bytes, not 66"),
            Refused("SUBMIT channel=c key=" + String(repeating: "k", count: 201), "key", "at most 200 bytes, not 201"),
            Refused("SUBMIT channel=c customer=" + String(repeating: "é", count: 101), "customer", "not 202"),
            Refused("SUBMIT channel=c subject=" + String(repeating: "s", count: 1_001), "subject", "at most 1000"),
            Refused("SUBMIT channel=c attrs=" + object(depth: 33), "attrs", "32 deep"),
            Refused("SUBMIT channel=c hold=30d1ms", "hold", "at most 30d"),
            Refused("SUBMIT channel=c hold=-1s", "hold", "is a duration"),
            Refused("SUBMIT channel=c at=tomorrow", "at", "is a time"),
            Refused("SUBMIT channel=c prefer=" + skills(17), "prefer", "at most 16 items"),
            Refused("UPDATE 1", nil, "at least one of priority="),
            Refused("UPDATE 1 customer=c", "customer", "customer"),
            Refused("UPDATE 1 subject=" + String(repeating: "s", count: 1_001), "subject", "at most 1000"),
            Refused("RATE 1", nil, "at least one of csat="),
            Refused("RATE 1 csat=", "csat", "not taken back"), Refused("RATE 1 csat=0", "csat", "from 1 to 5, not 0"),
            Refused("RATE 1 csat=6", "csat", "from 1 to 5, not 6"), Refused("RATE 1 nps=-1", "nps", "from 0 to 10"),
            Refused("RATE 1 nps=11", "nps", "from 0 to 10"),
            Refused("RATE 1 comment=" + String(repeating: "c", count: 1_001), "comment", "at most 1000"),
            Refused("MESSAGE 1", "from", "needs from="), Refused("MESSAGE 1 from=lead", "from", "customer, agent"),
            Refused("TRANSFER 1 reason=r", nil, "at least one of queue="),
            Refused("TRANSFER 1 queue= agent=", nil, "at least one of queue="),
            Refused("ASSIGN 1", "agent", "needs agent="), Refused("ASSIGN 1 agent=k force=", "force", "true or false"),
            Refused("REQUEUE 1 priority=101", "priority", "from -100 to 100"),
            Refused("QUEUE PAUSE", "name", "needs name"), Refused("QUEUE RESUME a/b", "name", "name"),
            Refused("NEXT channel=a,b", "channel", "channel"),
            Refused("INQUIRIES after=9223372036854775808", "after", "at least 0"),
            Refused("SUBMIT channel=c attrs={\"a\":1e1001}", "attrs", "exponent"),
            Refused("SUBMIT channel=c attrs={\"a\":1e-1001}", "attrs", "exponent"),
            Refused("SUBMIT channel=c attrs={\"a\":1e99999999999999999999}", "attrs", "exponent"),
            Refused(
                "SUBMIT channel=c attrs={\"a\":" + String(repeating: "9", count: 1_001) + "}", "attrs", "1000 digits"),
            Refused(
                "SUBMIT channel=c attrs={\"a\":\"" + String(repeating: "x", count: 65_529) + "\"}", "attrs",
                "65536 bytes"),
        ])
    func outside(row: Refused) throws {
        let fault = try fault(row.line)
        #expect(fault.code == row.code)
        #expect(fault.field == row.field)
        #expect(fault.message.contains(row.says), "\(fault.message)")
        #expect(fault.message.utf8.count < 300, "\(fault.message)")
    }

    @Test("numbers that would be long once written out count with their digits")
    func expansion() throws {
        let short = "[" + Array(repeating: "1e1000", count: 60).joined(separator: ",") + "]"
        _ = try request("SUBMIT channel=c attrs={\"a\":\(short)}")
        let long = "[" + Array(repeating: "1e1000", count: 66).joined(separator: ",") + "]"
        #expect(try fault("SUBMIT channel=c attrs={\"a\":\(long)}").field == "attrs")
    }

    @Test("a line over 4 MiB is too_large for the parser too")
    func longestLine() {
        let line = Array("#t PING ".utf8) + Array(repeating: UInt8(ascii: " "), count: 4 * 1_048_576)
        guard case .failure(let fault) = RequestParser.parse(line) else {
            Issue.record("accepted")
            return
        }
        #expect(fault.code == .tooLarge)
    }

    @Test("two Unicode spellings of a name are one name, in NFC")
    func normalization() throws {
        let composed = "caf\u{E9}"
        let decomposed = "cafe\u{301}"
        let korean = "\u{1112}\u{1161}\u{11AB}"
        let first = try request("AGENT PUT \(composed) skills=\(composed):2,\u{D55C}:3")
        let second = try request("AGENT PUT \(decomposed) skills=\(decomposed):2,\(korean):3")
        #expect(first.positional == second.positional)
        #expect(Array(try #require(second.positional)) == [99, 97, 102, 0xC3, 0xA9])
        #expect(first.text(.skills).map(Array.init) == second.text(.skills).map(Array.init))
        #expect(Array(normalizedName(korean).utf8) == [0xED, 0x95, 0x9C])
        #expect(try fault("SUBMIT channel=c skills=\(composed),\(decomposed)").message.contains("twice"))
    }

    @Test("a name is measured in NFC")
    func lengthAfterNormalization() throws {
        let name = String(repeating: "\u{1112}\u{1161}\u{11AB}", count: 21)
        #expect(name.utf8.count > 64)
        #expect(try request("SUBMIT channel=\(name)").text(.channel)?.count == 63)
    }

    @Test("texts and attributes are not normalised")
    func textsStay() throws {
        let request = try request("SUBMIT channel=c subject=e\u{301} attrs={\"e\u{301}\":\"\u{1112}\u{1161}\"}")
        #expect(request.text(.subject)?.elementsEqual("e\u{301}".utf8) == true)
        #expect(request.json(.attrs)?.elementsEqual("{\"e\u{301}\":\"\u{1112}\u{1161}\"}".utf8) == true)
    }

    @Test(
        "names take letters, marks and digits of any script",
        arguments: [
            "a", "Z9_.-", "한국어", "日本語", "العربية", "हिन्दी", "ελληνικά", "٣", "ß", "..",
        ])
    func names(name: String) throws {
        #expect(try request("AGENT GET \(name)").positionalString == name)
    }

    @Test("names take nothing else", arguments: ["a b", "a/b", "a:b", "a,b", "😀", "½", "a\u{200D}b", "a\nb", "", "①"])
    func notNames(name: String) throws {
        var writer = LineWriter()
        writer.request(verb: "AGENT GET")
        writer.positional(name)
        #expect(try fault(text(writer.bytes)).field == "id")
    }
}
