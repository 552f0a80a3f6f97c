import CEL
import Testing

@Suite("random input")
struct RandomInputTests {
    private static let tokens = [
        "inquiry", ".", "attrs", "skills", "priority", "channel", "x", "now", "open", "(", ")", "[", "]", "{", "}", ",",
        ":",
        "?", "+", "-", "*", "/", "%", "!", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "in", "true", "false", "null",
        "1",
        "0", "2u", "1.5", "9223372036854775807", "'a'", "\"한\"", "b'\\xff'", "r'\\'", "size", "matches", "contains",
        "int",
        "string", "duration", "timestamp", "type", "dyn", "has", ".all(e, ", ".map(e, ", ".filter(e, ", ".exists(e, ",
        "e",
        "'(a+)+$'", "'1h'", "'2026-01-01T00:00:00Z'", ".getHours(", "'Asia/Seoul'", " ", "\n", "// ", "`a-b`", "google",
        "'''", "\\", "\u{301}", "[1, 2, 3]", "{'a': x}", "inquiry.attrs.tier",
    ]

    /// Makes a program of it as checked and as unchecked; whatever comes of that ends within the limits.
    private func run(_ source: String) {
        if let program = try? Program(source, in: Surroundings.declarations) { evaluate(program, source) }
        if let program = try? Program(unchecked: source, in: Surroundings.declarations) { evaluate(program, source) }
    }

    private func evaluate(_ program: Program, _ source: String) {
        do {
            let value = try program.evaluate(Surroundings())
            _ = value.json(bytesMax: 10_000)
        } catch {
            #expect(error.position.line >= 1 && error.position.column >= 1, "\(source)")
            #expect(!error.message.isEmpty)
        }
    }

    @Test("soups of tokens end within the limits", arguments: 1...20 as ClosedRange<UInt64>)
    func soup(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let count = Int.random(in: 1...30, using: &generator)
            run((0..<count).map { _ in Self.tokens.randomElement(using: &generator) ?? "" }.joined())
        }
    }

    @Test("random bytes end within the limits", arguments: 1...10 as ClosedRange<UInt64>)
    func bytes(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let count = Int.random(in: 0...60, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            run(String(decoding: bytes, as: UTF8.self))
            let ascii = bytes.map { $0 & 0x7F }
            run(String(decoding: ascii, as: UTF8.self))
        }
    }

    @Test("expressions that are changed in one place end within the limits", arguments: 1...20 as ClosedRange<UInt64>)
    func mutation(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let sources = [
            #"inquiry.attrs.tier == "gold" && inquiry.channel in ["chat", "kakao"] && inquiry.priority >= 5"#,
            #"inquiry.skills.exists(name, inquiry.skills[name] > 8) ? now - duration("1h") : now + duration("2h30m")"#,
            #"[1, 2, 3].map(n, n > 1, {"a": n, 'b': [n, n * 2u]}).filter(m, m.a in [2, 3])[0].b"#,
            #"x.matches("(?i)^[a-z]{2,5}\\d+(한|국)*$") || size(inquiry.subject + 'é\u00e9') > 1e3"#,
        ]
        for _ in 0..<300 {
            var scalars = Array((sources.randomElement(using: &generator) ?? "").unicodeScalars)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<scalars.count, using: &generator)
                let other = scalars[Int.random(in: 0..<scalars.count, using: &generator)]
                switch Int.random(in: 0...2, using: &generator) {
                case 0: scalars[place] = other
                case 1: scalars.insert(other, at: place)
                default: scalars.remove(at: place)
                }
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            run(String(text))
        }
    }

    @Test("random patterns end within the limits", arguments: 1...20 as ClosedRange<UInt64>)
    func patterns(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let parts = [
            "a", "b", ".", "*", "+", "?", "{2}", "{1,9}", "{100}", "(", ")", "|", "[", "]", "^", "$", "\\d", "\\b",
            "(?i)",
            "(?:", "\\p{L}", "-", "한", "\\", "\\Q", "[^a]", "[:alpha:]", "\\x{41}", "(?P<n>",
        ]
        var surroundings = Surroundings(x: .string(String(repeating: "aab한B", count: 50)))
        for _ in 0..<300 {
            let count = Int.random(in: 1...15, using: &generator)
            let pattern = (0..<count).map { _ in parts.randomElement(using: &generator) ?? "" }.joined()
            surroundings.attrs = [("pattern", .string(pattern))]
            let outcome = result("x.matches(inquiry.attrs.pattern)", surroundings)
            #expect(["true", "false", "error: argument", "error: costLimit"].contains(outcome), "\(pattern)")
        }
    }
}
