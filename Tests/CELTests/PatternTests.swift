import CEL
import Testing

@Suite("patterns")
struct PatternTests {
    private func matches(_ text: String, _ pattern: String) -> String {
        var surroundings = Surroundings()
        surroundings.x = .string(text)
        surroundings.attrs = [("pattern", .string(pattern))]
        return result("x.matches(inquiry.attrs.pattern)", surroundings)
    }

    @Test(
        "a pattern matches somewhere in the text",
        arguments: [
            ("", "", true), ("abc", "b", true), ("abc", "^b", false), ("abc", "^a.c$", true), ("a\nc", "a.c", false),
            ("a\nc", "(?s)a.c", true), ("a\nc", "^c", false), ("a\nc", "(?m)^c", true), ("a\nc", "(?m)a$", true),
            ("a\nc", "a$", false), ("abc", #"\Aabc\z"#, true), ("a1_", #"^\w\d\w$"#, true), ("é", #"^\w$"#, false),
            ("a b", #"a\sb"#, true), ("a b", #"\bb\b"#, true), ("ab", #"a\bb"#, false), ("ab", #"a\Bb"#, true),
            ("a.c", #"a\.c"#, true), ("abc", #"a\.c"#, false), ("a", "a|b", true), ("c", "a|b", false),
            ("", "a|", true),
            ("aab", "^a{2}b$", true), ("aaab", "^a{2}b$", false), ("aaab", "^a{2,}b$", true),
            ("aaaab", "^a{2,3}b$", false),
            ("b", "^a{0}b$", true), ("a{2", "a{2", true), ("a{,2}", "a{,2}", true), ("aab", "^a+?b$", true),
            ("xay", "[a-c]", true), ("xdy", "[a-c]", false), ("xdy", "^[^a-c]+$", true), ("]", "[]]", true),
            ("-", "[a-]", true), ("a-b", "a[+-]b", true), ("^", "[x^]", true), ("5", #"[\d]"#, true),
            ("x", #"[^\d]"#, true),
            ("x", #"[\D]"#, true), (" ", "[[:space:]]", true), ("x", "[[:^alpha:]]", false), ("AbC", "(?i)abc", true),
            ("AbC", "a(?i)bc", false), ("aBC", "a(?i)bc", true), ("aBc", "a(?i:b)c", true), ("aBC", "a(?i:b)c", false),
            ("B", "(?i)a|b", true), ("B", "((?i)a)|b", false), ("ÀÉ", "(?i)àé", true), ("Σ", "(?i)ς", true),
            ("\u{212A}", "(?i)k", true), ("k", "(?i)\u{212A}", true), ("Q", "(?i)[a-z]", true),
            ("q", "(?i)[^A-Z]", false),
            ("\u{17F}", #"(?i)^\w$"#, true), ("\u{17F}", #"(?i)^\W$"#, false), ("\u{17F}", #"(?i)[\W\d]"#, false),
            ("a", #"(?i)\P{Lu}"#, false), ("a", "(?i)[[:^upper:]]", false), ("\u{131}", "(?i)[a-z]", false),
            ("a", #"\Q{2}a\E{0}|b"#, false), ("{2}", #"\Q{2}a\E{0}"#, true), ("a|)b", #"\Qa|)\Eb"#, true),
            ("x", #"\Q\Ex"#, true),
            ("가나다", "^.{3}$", true), ("한국", #"^\p{Hangul}+$"#, true), ("漢字", #"^\p{Han}+$"#, true),
            ("한漢", #"^\p{Hangul}+$"#, false), ("ひら", #"^\p{Hiragana}+$"#, true), ("カタ", #"^\p{Katakana}+$"#, true),
            ("Aé", #"^\p{Latin}+$"#, true), ("Aé", #"^\pL+$"#, true), ("Aé", #"^\p{Lu}\p{Ll}$"#, true),
            ("٣", #"^\pN$"#, true), ("٣", #"^\d$"#, false), ("!", #"^\pP$"#, true), ("a", #"\PL"#, false),
            ("1", #"^\p{^L}$"#, true), ("한1", #"^[\p{Hangul}\d]+$"#, true), ("\u{3000}", #"^\p{Zs}$"#, true),
            ("🐱", "^.$", true), ("🐱🐱", #"^\x{1F431}{2}$"#, true), ("A", #"^\x41$"#, true), ("a*b", #"a\Q*\Eb"#, true),
            ("ab", "(?P<name>a)(?<other>b)", true), ("abab", "^(?:ab)*$", true), ("ab", "^(?:ab)*?$", true),
            ("", "^*$", true), ("order 12345", "order [0-9]+", true), ("a\u{301}", "^\u{E1}$", false),
            ("S", #"\101|S"#, true),
            ("ab", "^(a|ab)(c|bcd)?$", true), ("foo.bar", #"\.[a-z]+$"#, true), ("}", "}", true),
            ("\u{0B}", #"^[[:space:]]$"#, true),
        ])
    func table(text: String, pattern: String, expected: Bool) {
        #expect(matches(text, pattern) == "\(expected)", "\(pattern)")
    }

    @Test(
        "what is no pattern is refused",
        arguments: [
            "(", ")", "a)", "(a", "[", "[a", "[]", "*", "+a", "a**", "a+*", "a{2}{3}", "(*)", "|*", #"\"#, #"\1"#,
            #"(a)\1"#, "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?z)", "(?i", #"\p{Nothing}"#, #"\p{"#, #"\p"#, "[b-a]",
            #"\x{110000}"#, #"\x4"#, "[[:none:]]", #"\c"#, #"\Z"#, "a{3,2}", "(?P<>a)", "(?P<a", #"[\b]"#, "(?P=a)",
            #"\é"#,
            "{2}", "a|{2,}", "(?-)", "(?-:a)", #"[\D\W\S\PL\PN\PP\PS\PZ\PM]"#,
        ])
    func refused(pattern: String) {
        #expect(matches("a", pattern) == "error: argument", "\(pattern)")
    }

    @Test("random patterns match what a plain search for them matches", arguments: 1...40 as ClosedRange<UInt64>)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let node = PlainPattern.random(depth: 4, &generator)
            for _ in 0..<8 {
                let count = Int.random(in: 0...8, using: &generator)
                let text = String((0..<count).map { _ in "abc\n한".randomElement(using: &generator) ?? "a" })
                #expect(matches(text, node.text) == "\(node.occurs(in: Array(text)))", "\(node.text) in \(text)")
            }
        }
    }
}

/// A pattern that is searched for in the plainest of ways: from a set of places to the set of places behind it.
private indirect enum PlainPattern {
    case character(Character)
    case any
    case oneOf([Character], isNegated: Bool)
    case begin
    case end
    case sequence([PlainPattern])
    case alternatives([PlainPattern])
    case repetition(PlainPattern, Int, Int?)

    static func random(depth: Int, _ generator: inout SeededGenerator) -> PlainPattern {
        let letters = Array("abc한")
        switch Int.random(in: depth > 0 ? 0...11 : 0...5, using: &generator) {
        case 0...2: return .character(letters[Int.random(in: 0..<4, using: &generator)])
        case 3: return .any
        case 4:
            let some = letters.filter { _ in Bool.random(using: &generator) }
            return some.isEmpty ? .any : .oneOf(some, isNegated: Bool.random(using: &generator))
        case 5: return Bool.random(using: &generator) ? .begin : .end
        case 6...8: return .sequence((0..<3).map { _ in random(depth: depth - 1, &generator) })
        case 9: return .alternatives((0..<2).map { _ in random(depth: depth - 1, &generator) })
        default:
            let minimum = Int.random(in: 0...2, using: &generator)
            let more = Int.random(in: 0...3, using: &generator)
            return .repetition(random(depth: depth - 1, &generator), minimum, more == 3 ? nil : minimum + more)
        }
    }

    var text: String {
        switch self {
        case .character(let character): String(character)
        case .any: "."
        case .oneOf(let characters, let isNegated): "[\(isNegated ? "^" : "")\(String(characters))]"
        case .begin: "^"
        case .end: "$"
        case .sequence(let parts): parts.map(\.text).joined()
        case .alternatives(let parts): "(?:\(parts.map(\.text).joined(separator: "|")))"
        case .repetition(let part, let minimum, let maximum):
            switch (minimum, maximum) {
            case (0, nil): "(\(part.text))*"
            case (1, nil): "(?:\(part.text))+?"
            case (0, 1): "(\(part.text))?"
            case (_, nil): "(\(part.text)){\(minimum),}"
            case (_, let maximum?): "(\(part.text)){\(minimum),\(maximum)}"
            }
        }
    }

    func occurs(in text: [Character]) -> Bool {
        !ends(from: Set(0...text.count), text).isEmpty
    }

    private func ends(from starts: Set<Int>, _ text: [Character]) -> Set<Int> {
        switch self {
        case .character(let character): step(starts, text) { $0 == character }
        case .any: step(starts, text) { $0 != "\n" }
        case .oneOf(let characters, let isNegated): step(starts, text) { characters.contains($0) != isNegated }
        case .begin: starts.intersection([0])
        case .end: starts.intersection([text.count])
        case .sequence(let parts): parts.reduce(starts) { $1.ends(from: $0, text) }
        case .alternatives(let parts): parts.reduce([]) { $0.union($1.ends(from: starts, text)) }
        case .repetition(let part, let minimum, let maximum): repeated(part, minimum, maximum, starts, text)
        }
    }

    private func step(_ starts: Set<Int>, _ text: [Character], _ passes: (Character) -> Bool) -> Set<Int> {
        Set(starts.filter { $0 < text.count && passes(text[$0]) }.map { $0 + 1 })
    }

    private func repeated(
        _ part: PlainPattern, _ minimum: Int, _ maximum: Int?, _ starts: Set<Int>, _ text: [Character]
    ) -> Set<Int> {
        var current = starts
        for _ in 0..<minimum { current = part.ends(from: current, text) }
        var all = current
        // Nothing new comes of more repetitions than there are places.
        for _ in 0..<(maximum.map { $0 - minimum } ?? text.count + 1) {
            current = part.ends(from: current, text)
            all.formUnion(current)
        }
        return all
    }
}
