import LineProtocol

/// Makes lines that are nearly right: kept ones changed a little, and requests made by the verb table with a value here
/// and there that is at a limit, past it, or of another type.
package struct LineMutator {
    package var generator: SeededGenerator
    private let kept: [[UInt8]]

    package init(kept: [[UInt8]], seed: UInt64) {
        self.kept = kept
        generator = SeededGenerator(seed: seed)
    }

    /// A line without its end; it holds no line feed.
    package mutating func line() -> [UInt8] {
        var line = number(0...3) == 0 ? made() : pick(kept)
        for _ in 0..<number(0...3) { change(&line) }
        line.removeAll { $0 == UInt8(ascii: "\n") }
        return line
    }

    package mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    private mutating func pick<Item>(_ items: [Item]) -> Item { items[number(0...items.count - 1)] }

    // MARK: Changing

    private mutating func change(_ line: inout [UInt8]) {
        let index = number(0...line.count)
        switch number(0...5) {
        case 0: line.insert(contentsOf: pick(Self.pieces), at: index)
        case 1 where index < line.count: line[index] = UInt8.random(in: 0...255, using: &generator)
        case 2 where index < line.count: line.removeSubrange(index..<min(line.count, index + number(1...9)))
        case 3 where index < line.count: line[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        case 4: line.append(contentsOf: [UInt8(ascii: " ")] + Array(field(pick(VerbTable.all)).utf8))
        default:
            let other = pick(kept)
            line = line.prefix(index) + other.suffix(number(0...other.count))
        }
    }

    private static let pieces: [[UInt8]] =
        [[0], [0xFF], [0xC3], [0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0x80], [13], [9], [32]]
        + [
            "\"", "\\", "{", "}", "[", "]", ",", ":", "=", "#", "\\u0000", "\\ud800", "\\ud83d\\ude00", "e\u{301}",
            "\u{202E}", "\u{2028}", "\u{85}", "\u{FEFF}", "\u{1112}\u{1161}", "\u{11AB}", "99999999999999999999",
            "9223372036854775807", "-1", "-0", " key=", " as=x", "{\"a\":", "[[[[[[[[", "한", "1e1000", "1E-1001", "+5m",
            "#tag ", "\"\"", "\u{7F}",
        ].map { Array($0.utf8) }

    // MARK: Making

    /// A request of any verb: its argument, and some of its fields.
    private mutating func made() -> [UInt8] {
        let spec = pick(VerbTable.all)
        var text = number(0...3) == 0 ? "#\(number(0...99_999)) " : ""
        text += number(0...9) == 0 ? spec.words.lowercased() : spec.words
        if let positional = spec.positional, number(0...9) > 0 {
            text += " " + value(positional.type, positional.range)
        }
        for field in spec.fields where field.required ? number(0...19) > 0 : number(0...2) == 0 {
            text += " \(field.key.name)=\(value(of: field, spec.verb))"
        }
        return Array(text.utf8)
    }

    private mutating func field(_ spec: VerbSpec) -> String {
        guard !spec.fields.isEmpty else { return "x=1" }
        let field = pick(spec.fields)
        return "\(field.key.name)=\(value(field.type, field.range))"
    }

    /// A document mostly where one is asked for: what is none is refused before anything looks at it.
    private mutating func value(of field: FieldSpec, _ verb: Verb) -> String {
        guard field.key == .body, number(0...9) > 0 else { return value(field.type, field.range) }
        return verb == .agentsPut ? agents() : plan()
    }

    private mutating func value(_ type: FieldType, _ range: ClosedRange<Int64>?) -> String {
        // Nothing, or the value of another type.
        if number(0...39) == 0 { return "" }
        let type = number(0...39) == 0 ? pick(Self.types) : type
        switch type {
        case .text: return text(range)
        case .name: return name()
        case .names, .list: return items(range) { $0.name() }
        case .levels: return items(range) { "\($0.name()):\($0.pick([0, 1, 5, 10, 11]))" }
        case .limits:
            return items(range) { $0.number(0...1) == 0 ? $0.name() : "\($0.name()):\($0.pick([0, 1, 1_000, 1_001]))" }
        case .integer: return integer(range)
        case .duration: return pick(["0s", "1ms", "1h30m", "36500d", "36501d", "5", "1m1h", "1.5s"])
        case .instant:
            return pick([
                "+5m", "+36500d", "2030-02-28T23:59:59.999999Z", "2032-02-29T00:00:00+09:00", "9999-12-31T23:59:59Z",
                "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00Z", "2030-02-30T00:00:00Z",
            ])
        case .json: return json()
        case .flag: return pick(["true", "false", "yes"])
        case .choice(let words): return number(0...9) == 0 ? "other" : pick(words)
        }
    }

    private static let types: [FieldType] = [.text, .name, .integer, .levels, .instant, .json, .flag, .list]

    private mutating func integer(_ range: ClosedRange<Int64>?) -> String {
        let range = range ?? .min ... .max
        switch number(0...5) {
        case 0: return "\(range.lowerBound)"
        case 1: return "\(range.upperBound)"
        case 2: return "\(range.upperBound &+ 1)"
        case 3: return "\(range.lowerBound &- 1)"
        // Those that are there: ids, versions, levels.
        default: return "\(number(0...40))"
        }
    }

    private mutating func name() -> String {
        pick([
            "kim", "lee", "park", "chat", "email", "voice", "default", "billing", "korean", "한국어", "cafe\u{301}",
            "\u{1112}\u{1161}\u{11AB}", "seoul", "offered", "submitted", String(repeating: "n", count: number(62...66)),
            String(repeating: "한", count: number(20...22)), "a/b", "\"kim\"",
        ])
    }

    private mutating func text(_ range: ClosedRange<Int64>?) -> String {
        let limit = Int(min(range?.upperBound ?? 64, 2_000))
        switch number(0...6) {
        case 0: return String(repeating: "x", count: limit + number(-1...1))
        case 1: return "\"" + String(repeating: "é", count: max(0, limit / 2 + number(-1...1))) + "\""
        case 2: return #""two words, \"quoted\"\n\u0001\u2028""#
        case 3: return "\u{202E}x"
        default: return "k-\(number(0...50))"
        }
    }

    private mutating func items(_ range: ClosedRange<Int64>?, _ item: (inout Self) -> String) -> String {
        let most = Int(min(range?.upperBound ?? 4, 70))
        let count = number(0...9) == 0 ? most + number(0...1) : number(0...3)
        if number(0...9) == 0 { return "[" + (0..<count).map { "\"s\($0)\"" }.joined(separator: ",") + "]" }
        if number(0...9) == 0 { return "{" + (0..<count).map { "\"s\($0)\":1" }.joined(separator: ",") + "}" }
        if count > 4 { return (0..<count).map { "s\($0)" }.joined(separator: ",") }
        return (0..<count).map { _ in item(&self) }.joined(separator: ",")
    }

    /// Agents, a few of them at fault.
    private mutating func agents() -> String {
        let listed = (0..<number(0...3)).map { _ in
            let fields = (0..<number(0...3)).map { _ in
                pick([
                    #""skills":{"billing":5,"한국어":null}"#, #""skills":null"#, #""skills":{"billing":11}"#,
                    #""channels":{"chat":2,"email":null}"#, #""channels":{"fax":1}"#,
                    #""capacity":\#(number(0...200))"#,
                    #""team":"seoul""#, #""team":"""#, #""name":"김 지수""#, #""nmae":"x""#,
                ])
            }
            let id = pick(["kim", "lee", "park", "choi", "박서연", "a b", "new-\(number(0...9))"])
            return "{" + ([#""id":"\#(id)""#] + fields).joined(separator: ",") + "}"
        }
        let removed = number(0...2) == 0 ? ",\"remove\":[\"\(pick(["choi", "박서연", "nobody", "new-1", "new-2"]))\"]" : ""
        return "{\"agents\":[\(listed.joined(separator: ","))]\(removed)}"
    }

    /// A plan or a patch of one, a few of them at fault. Every plan has the channels that other lines name, and no step
    /// is due while the lines are sent.
    private mutating func plan() -> String {
        let parts = (0..<number(0...3)).map { _ in
            pick([
                #""name":"p\#(number(0...9))""#, #""queues":{"vip":{"target":"\#(number(0...90))s"}}"#,
                #""queues":{"vip":{"skills":{"billing":3},"steps":[{"after":"1h","do":[{"drop":["billing"]}]}]}}"#,
                #""queues":{"vip":null}"#,
                #""queues":{"한국어":{"select":"most_skilled","max_length":3,"overflow":"default"}}"#,
                #""rules":[{"name":"gold","when":"inquiry.attrs.tier == \"gold\"","then":{"priority":5}}]"#,
                #""rules":[{"name":"r","when":"1 / size(inquiry.skills) >","then":{}}]"#,
                #""skills":["billing","korean"]"#,
                #""channels":{"chat":{"limit":\#(number(0...5))},"email":{},"voice":{},"social":{}}"#,
                #""channels":null"#,
                #""defaults":{"queue":"nowhere"}"#,
                #""calendars":{"c":{"timezone":"Asia/Seoul","hours":{"mon-fri":["09:00-18:00"]}}}"#,
            ])
        }
        return "{" + parts.joined(separator: ",") + "}"
    }

    private mutating func json() -> String {
        switch number(0...7) {
        case 0: return Self.nested(number(31...33))
        case 1:
            return
                "{\"a\":\(pick(["1e1000", "1e1001", "-0.0e-1000", String(repeating: "9", count: number(999...1_001))]))}"
        case 2: return "{\"a\":\"\(pick(["\\u0000", "\\ud800", "\\ud83d\\ude00", "\\u2028", "\u{85}", "\\/", "한"]))\"}"
        case 3: return "{\"k\(number(0...2))\":1,\"k\(number(0...2))\":[true,null,{}]}"
        case 4 where number(0...20) == 0:
            return "{\"a\":\"" + String(repeating: "x", count: 65_536 - 8 + number(-1...1)) + "\"}"
        default: return "{\"tier\":\"gold\",\"상품\":{\"n\":[1,-2.5,\"x\"]}}"
        }
    }

    private static func nested(_ depth: Int) -> String {
        String(repeating: "{\"a\":", count: depth - 1) + "{}" + String(repeating: "}", count: depth - 1)
    }
}
