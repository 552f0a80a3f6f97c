import Foundation
import FuzzSupport
import LineProtocol
import Testing

@Suite("JSON")
struct JSONTests {
    @Test(
        "is compacted",
        arguments: [
            (
                #" { "a" : [ 1 , -2.50e+3 , true , false , null ] , "b" : { } } "#,
                #"{"a":[1,-2.50e+3,true,false,null],"b":{}}"#
            ),
            (#"{"\u0061":"\u00e9\ud83d\ude00\/"}"#, #"{"a":"é😀/"}"#),
            (#"["\u0001\u001F\n\t\"\\"]"#, #"["\u0001\u001f\n\t\"\\"]"#),
            ("[]", "[]"), ("[[],{}]", "[[],{}]"), ("\"x\"", "\"x\""), ("0", "0"), ("-0.0", "-0.0"),
            ("{\"a\":\n1}", #"{"a":1}"#), (#"{"a":{"k":1},"b":{"k":1},"k":1}"#, #"{"a":{"k":1},"b":{"k":1},"k":1}"#),
        ])
    func compact(written: String, compact: String) throws {
        #expect(try text(JSONText.compact(written.utf8.span)) == compact)
    }

    @Test(
        "that is none is refused",
        arguments: [
            "", "{", "[", "[1", "[1,", "[1,]", "[,1]", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:1}",
            "01", "-", "1.", ".5",
            "1e", "1e+", "+1", "00", "-01", "NaN", "tru", "truex", "nul", "'a'", "\"", "\"\\", "\"\\x\"", "\"\\u12\"",
            "\"\\u12g4\"", "[1}", "{\"a\":1]", "1 2", "[1] x", "\"a\u{1}\"", "[\u{A0}1]",
        ])
    func refused(written: String) {
        #expect(throws: JSONFault.self) { try JSONText.compact(written.utf8.span) }
    }

    @Test(
        "refuses a key that comes twice in one object, however it is escaped",
        arguments: [
            #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"{"x":{"b":1,"c":2,"b":3}}"#, #"[{"a":1},{"a":1,"a":1}]"#,
            "{" + (0..<20).map { "\"k\($0)\":0" }.joined(separator: ",") + ",\"k7\":1}",
        ])
    func duplicates(written: String) {
        do {
            _ = try JSONText.compact(written.utf8.span)
            Issue.record("accepted")
        } catch {
            guard case .duplicateKey = error.reason else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("keeps two Unicode spellings apart as keys")
    func keysAreCodePoints() throws {
        _ = try JSONText.compact("{\"e\u{301}\":1,\"\u{E9}\":2}".utf8.span)
    }

    @Test("is taken and refused as Foundation does, and means the same", arguments: [1, 2, 3] as [UInt64])
    func agreesWithFoundation(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<4_000 {
            var characters = Array(Self.document(depth: 3, &generator).unicodeScalars)
            if Bool.random(using: &generator), !characters.isEmpty {
                let index = Int.random(in: 0..<characters.count, using: &generator)
                characters[index] = pick(Self.noise, &generator)
            }
            var document = ""
            document.unicodeScalars.append(contentsOf: characters)
            let compact = try? JSONText.compact(document.utf8.span)
            guard
                let reference = try? JSONSerialization.jsonObject(with: Data(document.utf8), options: .fragmentsAllowed)
            else {
                #expect(compact == nil, "Foundation refuses \(document)")
                continue
            }
            // What we refuse and it takes: repeated keys, NUL, great numbers.
            guard let compact else { continue }
            accepted += 1
            let back = try JSONSerialization.jsonObject(with: Data(compact), options: .fragmentsAllowed)
            let options: JSONSerialization.WritingOptions = [.sortedKeys, .fragmentsAllowed]
            #expect(
                try JSONSerialization.data(withJSONObject: reference, options: options)
                    == JSONSerialization.data(withJSONObject: back, options: options), "\(document)")
        }
        #expect(accepted > 2_000)
    }

    private static let noise: [Unicode.Scalar] = [
        "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "e", "-", "u", "a", " ",
    ]

    private static func document(depth: Int, _ generator: inout SeededGenerator) -> String {
        switch Int.random(in: depth > 0 ? 0...7 : 2...7, using: &generator) {
        case 0:
            let members = (0..<Int.random(in: 0...3, using: &generator)).map {
                "\"k\($0)\" : " + document(depth: depth - 1, &generator)
            }
            return "{ " + members.joined(separator: ", ") + "}"
        case 1:
            let items = (0..<Int.random(in: 0...3, using: &generator)).map { _ in document(depth: depth - 1, &generator)
            }
            return "[" + items.joined(separator: " ,") + " ]"
        case 2: return "\(Int.random(in: -1_000...1_000, using: &generator))"
        case 3: return pick(["1.5", "-0.25", "1e3", "2E-2", "0"], &generator)
        case 4: return pick(["true", "false", "null"], &generator)
        default:
            return pick(["\"\"", "\"신발\"", "\"a b\"", #""\n\"\\\u00e9""#, #""\ud83d\ude00""#, "\"é\""], &generator)
        }
    }

    @Test("objects for the log read back in order")
    func writerAndReader() throws {
        var writer = JSONWriter()
        for _ in 0..<2 {
            writer.begin()
            writer.field("text", text: "a \"quoted\" 신발\n\u{202E}")
            writer.field("integer", integer: .min)
            writer.field("yes", bool: true)
            writer.fieldNull("nothing")
            writer.field("raw", raw: Array("[1,2]".utf8))
            writer.field("levels", levels: [(name: "billing", level: 3), (name: "한국어", level: 1)])
            writer.field("limits", limits: [(name: "chat", limit: 4), (name: "voice", limit: nil)])
            writer.end()
        }
        #expect(
            text(writer.bytes)
                == #"{"text":"a \"quoted\" 신발\n\u202e","integer":-9223372036854775808,"yes":true,"nothing":null,"#
                + #""raw":[1,2],"levels":{"billing":3,"한국어":1},"limits":{"chat":4,"voice":null}}"#)
        let members = try #require(parseFlatObject(writer.bytes))
        #expect(members.map(\.key) == ["text", "integer", "yes", "nothing", "raw", "levels", "limits"])
        #expect(
            members.map(\.value) == [
                .string("a \"quoted\" 신발\n\u{202E}"), .integer(.min), .bool(true), .null, .raw(Array("[1,2]".utf8)),
                .raw(Array(#"{"billing":3,"한국어":1}"#.utf8)), .raw(Array(#"{"chat":4,"voice":null}"#.utf8)),
            ])
    }

    @Test("objects as jsonb writes them are read; what is no object is not")
    func reader() {
        let members = parseFlatObject(Array(#"{"a": {"b": [1, 2]}, "c": 1.5, "d\n": "x"}"#.utf8))
        #expect(members?.map(\.key) == ["a", "c", "d\n"])
        #expect(members?.map(\.value) == [.raw(Array(#"{"b":[1,2]}"#.utf8)), .raw(Array("1.5".utf8)), .string("x")])
        #expect(parseFlatObject(Array("{}".utf8))?.isEmpty == true)
        for written in ["[]", "1", "", "{", #"{"a":1}{"#] { #expect(parseFlatObject(Array(written.utf8)) == nil) }
    }
}
