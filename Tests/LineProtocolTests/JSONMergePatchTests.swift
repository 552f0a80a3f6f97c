import Foundation
import FuzzSupport
import LineProtocol
import Testing

@Suite("JSON merge patches")
struct JSONMergePatchTests {
    private func merged(_ target: String, _ patch: String) -> String {
        text(JSONMergePatch.apply(Array(patch.utf8)[...], to: Array(target.utf8)[...]))
    }

    /// The examples of RFC 7396, appendix A, whose target and patch are objects, and ours.
    @Test(
        "change, add, take out and replace as RFC 7396 says",
        arguments: [
            (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
            (#"{"a":"b"}"#, #"{"a":null}"#, "{}"),
            (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
            (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
            (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
            (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
            (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
            ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
            ("", #"{"a":1,"b":null}"#, #"{"a":1}"#),
            (#"{"a":1}"#, "{}", #"{"a":1}"#),
            (
                #"{"x":1,"상품":{"색":"검정","치수":270},"y":2}"#, #"{"상품":{"치수":null,"수량":2},"x":null}"#,
                #"{"상품":{"색":"검정","수량":2},"y":2}"#
            ),
            (
                #"{"a\"b":1,"c":[1,{"d":null}]}"#, #"{"a\"b":{"n":[null]}}"#,
                #"{"a\"b":{"n":[null]},"c":[1,{"d":null}]}"#
            ),
            (#"{"n":1,"nn":2}"#, #"{"n":false}"#, #"{"n":false,"nn":2}"#),
        ])
    func examples(target: String, patch: String, result: String) {
        #expect(merged(target, patch) == result)
    }

    @Test("apply to part of a buffer, wherever it begins")
    func slices() {
        let target = Array(#"xx{"a":1}yy"#.utf8)
        let patch = Array(#"  z{"b":{"c":2}}"#.utf8)
        #expect(text(JSONMergePatch.apply(patch[3...], to: target[2..<9])) == #"{"a":1,"b":{"c":2}}"#)
    }

    @Test("are as the definition in RFC 7396 computes them", arguments: [1, 2, 3] as [UInt64])
    func agreesWithTheDefinition(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let target = Self.object(depth: 3, &generator)
            let patch = Self.object(depth: 3, &generator)
            let result = merged(target, patch)
            // Valid, compact, no key twice.
            #expect(try text(JSONText.compact(result.utf8.span)) == result)
            let expected = Self.mergePatch(try Self.parsed(target), try Self.parsed(patch))
            #expect(try Self.sorted(Self.parsed(result)) == Self.sorted(expected), "\(target) \(patch)")
        }
    }

    @Test("of many keys take no longer than reading them")
    func manyKeys() {
        let keys = (0..<6_000).map { "\"k\($0)\":0" }.joined(separator: ",")
        let began = ContinuousClock.now
        let result = merged("{\(keys)}", "{\(keys)}")
        #expect(result == "{\(keys)}")
        #expect(ContinuousClock.now - began < .seconds(2))
    }

    @Test("are measured with their numbers written out")
    func measure() {
        #expect(JSONMergePatch.writtenOutCount(Array(#"{"a":1}"#.utf8)) == 7)
        #expect(JSONMergePatch.writtenOutCount(Array(#"{"a":1e100}"#.utf8)) == 11 + 100)
    }

    // MARK: The definition, on Foundation's values

    private static func mergePatch(_ target: Any, _ patch: Any) -> Any {
        guard let changes = patch as? [String: Any] else { return patch }
        var result = target as? [String: Any] ?? [:]
        for (name, value) in changes {
            result[name] = value is NSNull ? nil : mergePatch(result[name] ?? NSNull(), value)
        }
        return result
    }

    private static func parsed(_ document: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(document.utf8))
    }

    private static func sorted(_ value: Any) throws -> Data {
        try JSONSerialization.data(withJSONObject: value, options: .sortedKeys)
    }

    private static func object(depth: Int, _ generator: inout SeededGenerator) -> String {
        var members: [String] = []
        for name in ["a", "b", "c", "d", "상품"].shuffled(using: &generator) where Bool.random(using: &generator) {
            members.append("\"\(name)\":" + value(depth: depth - 1, &generator))
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func value(depth: Int, _ generator: inout SeededGenerator) -> String {
        switch Int.random(in: 0...5, using: &generator) {
        case 0...2 where depth > 0: object(depth: depth, &generator)
        case 3: pick(["null", "1", "true", "\"x\""], &generator)
        case 4: "[" + value(depth: depth - 1, &generator) + "]"
        default: pick(["null", "\"신발\"", "-2.5", "\"}{\\\"\""], &generator)
        }
    }
}
