import Foundation
import FuzzSupport
import LineProtocol
import Testing

@Suite("Answers")
struct LineWriterTests {
    @Test("are written as PROTOCOL §2 says")
    func answer() {
        var writer = LineWriter()
        writer.ok(tag: Array("#1".utf8))
        writer.field("id", integer: 1)
        writer.field("state", text: "waiting")
        writer.field("priority", text: -3)
        writer.field("ewt", durationMicroseconds: 42_000_000)
        writer.field("skills", levels: [(name: "billing", level: 3), (name: "korean", level: 1)])
        writer.field("channels", limits: [(name: "voice", limit: 1), (name: "chat", limit: nil)])
        writer.field("on", list: ["chat", "email"])
        writer.field("duplicate", flag: true)
        writer.end()
        writer.row(tag: [])
        writer.field("attrs", json: Array(#"{"tier":"gold","상품":"신발"}"#.utf8))
        writer.end()
        writer.event("offered")
        writer.field("seq", integer: UInt64.max)
        writer.field("time", instantMicroseconds: 1_772_409_600_000_000)
        writer.end()
        writer.fault(
            RequestFault(code: .badArgument, message: "no channel fax in the plan", field: "channel", tag: [35, 50]))
        #expect(
            text(writer.bytes) == """
                #1 OK id=1 state=waiting priority=-3 ewt=42s skills=billing:3,korean:1 channels=voice:1,chat on=chat,email duplicate=true
                ROW attrs={"tier":"gold","상품":"신발"}
                EVENT offered seq=9223372036854775807 time=2026-03-02T00:00:00.000Z
                #2 ERR bad_argument "no channel fax in the plan" field=channel

                """)
    }

    @Test(
        "write a value bare where the grammar allows, else as a JSON string",
        arguments: [
            ("chat", "chat"), ("a,b:c=d", "a,b:c=d"), ("a\"b", "a\"b"), ("신발", "신발"), ("é", "é"), ("😀", "😀"),
            ("", "\"\""),
            ("a b", "\"a b\""), ("\"a", "\"\\\"a\""), ("{a", "\"{a\""), ("[a", "\"[a\""), ("a\\ b", "\"a\\\\ b\""),
            ("a\\b", "a\\b"),
            ("a\nb", "\"a\\nb\""), ("a\u{1}", "\"a\\u0001\""), ("a\u{7F}", "\"a\\u007f\""), ("a\u{85}", "\"a\\u0085\""),
            ("a\u{202E}b", "\"a\\u202eb\""), ("a\u{2066}b", "\"a\\u2066b\""), ("a\u{61C}b", "\"a\\u061cb\""),
            ("a\u{2028}b", "\"a\\u2028b\""), ("a\u{A0}b", "\"a\u{A0}b\""), ("👩\u{200D}👧", "\"👩\u{200D}👧\""),
            ("신발 가게", "\"신발 가게\""),
        ])
    func values(value: String, written: String) {
        var writer = LineWriter()
        writer.field("x", text: value)
        #expect(text(writer.bytes) == " x=" + written)
        var other = LineWriter()
        other.field("x", text: Array(value.utf8)[...])
        #expect(other.bytes == writer.bytes)
    }

    @Test("repair what is not UTF-8 or is NUL")
    func invalid() {
        var writer = LineWriter()
        writer.field("x", text: [97, 0xFF, 98, 0])
        #expect(text(writer.bytes) == " x=\"a\u{FFFD}b\u{FFFD}\"")
    }

    @Test("escape what must not be seen inside of JSON")
    func json() {
        var writer = LineWriter()
        writer.field("x", json: Array("{\"a\u{202E}\":\"\u{7F}\u{85}\\n\u{2029}é\"}".utf8))
        #expect(text(writer.bytes) == " x={\"a\\u202e\":\"\\u007f\\u0085\\n\\u2029é\"}")
    }

    @Test("are read back by a client as they were meant")
    func reading() throws {
        let line = try #require(
            AnswerLine(#"#a ERR bad_argument "no \"fax\"" field=channel retry_after=1s at=2026-03-02T00:00:00Z"#))
        #expect(text(line.tag) == "#a")
        #expect(line.kind == .err(code: "bad_argument", message: "no \"fax\""))
        #expect(line.isFinal && line.string("field") == "channel" && line.duration("retry_after") == 1_000_000)
        #expect(line.instant("at") == 1_772_409_600_000_000)
        let event = try #require(AnswerLine(#"EVENT offered seq=17 attrs={"a": [1]} subject="a b" empty="#))
        #expect(event.kind == .event(type: "offered") && event.tag.isEmpty && !event.isFinal)
        #expect(event.integer("seq") == 17)
        #expect(event.fields.map(\.key) == ["seq", "attrs", "subject", "empty"])
        #expect(event.fields.map(\.string) == ["17", "{\"a\":[1]}", "a b", ""])
        #expect(event.fields.map(\.isJSON) == [false, true, false, false])
        #expect(AnswerLine("OK")?.kind == .ok && AnswerLine("ROW a=1")?.kind == .row)
    }

    @Test(
        "that are none are not read",
        arguments: [
            "", "#1", "YES", "EVENT", "ERR", "ERR conflict", "OK x", "OK =1", "OK a=\"", "OK a={", "OK a=\u{A0}", "ok",
        ])
    func notAnswers(line: String) {
        #expect(AnswerLine(line) == nil)
    }

    @Test("come back equal, whatever their text is", arguments: [21, 22, 23] as [UInt64])
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<3_000 {
            let value = Self.randomText(&generator)
            var writer = LineWriter()
            writer.request(tag: Array("#7".utf8), verb: "SUBMIT")
            writer.field("channel", text: "chat")
            writer.field("subject", text: value)
            let request = try request(text(writer.bytes))
            #expect(request.text(.subject)?.elementsEqual(value.utf8) == true)

            var json = JSONWriter()
            json.begin()
            json.field("k", text: value)
            json.end()
            writer.removeAll()
            writer.ok(tag: [])
            writer.field("a", text: value)
            writer.field("b", json: json.bytes)
            writer.end()
            #expect(writer.bytes.firstIndex(of: 10) == writer.bytes.count - 1)
            let answer = try #require(AnswerLine(Array(writer.bytes.dropLast())))
            #expect(answer.fields[0].value.elementsEqual(value.utf8))
            let members = try #require(parseFlatObject(answer.fields[1].value))
            guard case .string(let back) = members[0].value else { throw Unexpected() }
            #expect(back.utf8.elementsEqual(value.utf8))
        }
    }

    private static let ranges: [ClosedRange<UInt32>] = [
        1...0x1F, 0x20...0x7F, 0x20...0x7F, 0x80...0x9F, 0xA0...0x24F, 0x600...0x6FF, 0x1100...0x11FF, 0x2000...0x206F,
        0x3000...0x30FF, 0xAC00...0xD7A3, 0xE000...0xFFFF, 0x1F300...0x1F6FF, 0xE0000...0x10FFFF,
    ]

    private static func randomText(_ generator: inout SeededGenerator) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &generator) {
            let range = pick(ranges, &generator)
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) { scalars.append(scalar) }
        }
        return String(scalars)
    }

    @Test("requests put a positional argument in quotes where it looks like a field")
    func positional() {
        var writer = LineWriter()
        writer.request(verb: "AGENT PUT")
        writer.positional("name=x")
        writer.positional("김")
        #expect(text(writer.bytes) == "AGENT PUT \"name=x\" 김")
    }

    @Test("are framed for a client")
    func framing() {
        var framer = LineFramer(detectsForeign: false)
        framer.append(Array("OK a=1\nnonsense\n".utf8))
        #expect(framer.nextAnswer() == AnswerLine("OK a=1").map { .line($0) })
        #expect(framer.nextAnswer() == .unreadable)
        #expect(framer.nextAnswer() == nil)
    }
}
