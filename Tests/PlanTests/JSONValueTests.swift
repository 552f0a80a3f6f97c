import CEL
import LineProtocol
import Plan
import Simulation
import Testing

@Suite("Values of JSON")
struct JSONValueTests {
    /// JSON as the line protocol hands it on.
    private struct RandomJSON {
        var random: SplitMix64

        mutating func text(depth: Int = 0) -> String {
            switch random.int(0...(depth < 5 ? 7 : 5)) {
            case 0: return "null"
            case 1: return random.pick(["true", "false"])
            case 2: return "\(random.int(-1_000_000_000_000...1_000_000_000_000))"
            case 3: return "\(random.int(-999...999)).5"
            case 4, 5: return string()
            case 6:
                return "[" + (0..<random.int(0...4)).map { _ in text(depth: depth + 1) }.joined(separator: ",") + "]"
            default: return object(depth: depth)
            }
        }

        mutating func object(depth: Int = 0) -> String {
            let members = (0..<random.int(0...12)).map { "\"k\($0)\":" + text(depth: depth + 1) }
            return "{" + members.joined(separator: ",") + "}"
        }

        private mutating func string() -> String {
            let parts = ["a", "환불", "é", "😀", #"\""#, #"\\"#, #"\n"#, #"\t"#, " ", "{", "]", ",", ":", "0"]
            return "\"" + (0..<random.int(0...8)).map { _ in random.pick(parts) }.joined() + "\""
        }
    }

    @Test("what is read is written as it was", arguments: 1...200 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var source = RandomJSON(random: SplitMix64(seed: seed))
        let text = source.object()
        let value = try #require(JSONValueReader.value(ofCompact: Array(text.utf8)[...]))
        #expect(value.json(bytesMax: .max) == text)
        #expect(try JSONText.compact(Array(text.utf8).span) == Array(text.utf8))
    }

    @Test("a text that ends early is no value", arguments: 1...20 as ClosedRange<UInt64>)
    func truncated(seed: UInt64) {
        var source = RandomJSON(random: SplitMix64(seed: seed))
        let bytes = Array(source.object().utf8)
        for count in 0..<bytes.count { #expect(JSONValueReader.value(ofCompact: bytes[..<count])?.kind == nil) }
    }

    @Test("spaces and line breaks are taken, anything behind the value and a key that comes twice are not")
    func text() throws {
        let value = try JSONValueReader.value(of: Array(" { \"a\" : [ 1 , 2 ] }\n".utf8))
        #expect(value.json(bytesMax: 100) == #"{"a":[1,2]}"#)
        for wrong in ["", "{", "1 2", #"{"a":1,"a":2}"#, "nul"] {
            #expect(throws: JSONFault.self) { try JSONValueReader.value(of: Array(wrong.utf8)) }
        }
    }
}
