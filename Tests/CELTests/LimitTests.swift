import CEL
import Testing

@Suite("limits that input cannot pass")
struct LimitTests {
    private func fault(_ source: String) -> String {
        do {
            _ = try Program(source, in: Surroundings.declarations)
            return "none"
        } catch {
            return error.message
        }
    }

    private static func nested(_ open: String, _ inner: String, _ close: String, _ count: Int) -> String {
        String(repeating: open, count: count) + inner + String(repeating: close, count: count)
    }

    @Test(
        "an expression of 64 KiB that nests without end is refused",
        arguments: [
            nested("(", "1", ")", 32_000), nested("[", "", "]", 32_000), nested("{1:", "1", "}", 16_000),
            nested("!", "x", "", 65_000), nested("-", "x", "", 65_000), nested("x[", "1", "]", 20_000),
            nested("int(", "1", ")", 13_000), nested("x ? x : ", "x", "", 8_000), nested("x ? (", "x", ") : x", 6_000),
            "x" + String(repeating: ".a", count: 32_000), "x" + String(repeating: "[0]", count: 20_000),
            "x" + String(repeating: "+x", count: 32_000), "x" + String(repeating: " == x", count: 13_000),
            "x" + String(repeating: ".size()", count: 9_000), String(repeating: "(", count: 65_536),
            nested("[1].map(e, ", "e", ")", 5_000), "x" + String(repeating: ".filter(e, e)", count: 5_000),
            "1" + String(repeating: "-1", count: 32_000), nested("has(x.", "a", ")", 9_000),
        ])
    func nesting(source: String) {
        #expect(fault(source) == "an expression nests 100 levels at most")
    }

    @Test("the levels that are allowed can be evaluated")
    func deepest() {
        #expect(result(Self.nested("(", "1", ")", 99)) == "1")
        #expect(fault(Self.nested("(", "1", ")", 100)).hasPrefix("an expression nests"))
        #expect(result("1" + String(repeating: " + 1", count: 99)) == "100")
        #expect(fault("1" + String(repeating: " + 1", count: 100)).hasPrefix("an expression nests"))
        #expect(result(Self.nested("!", "true", "", 98)) == "true")
        #expect(result(Self.nested("[", "1", "]", 99)).count == 199)
        #expect(result("x == 0" + String(repeating: " || x == 7", count: 900)) == "true")
        #expect(result(Self.nested("false ? 0 : ", "1", "", 95)) == "1")
        #expect(result(Self.nested("[1].all(e, ", "e == 1", ")", 95)) == "true")
    }

    @Test("an expression has 65,536 bytes and 10,000 parts at most")
    func size() {
        #expect(fault("'" + String(repeating: "a", count: 65_534) + "'") == "none")
        #expect(fault("'" + String(repeating: "a", count: 65_535) + "'") == "an expression has 65536 bytes at most")
        #expect(fault("[" + String(repeating: "1,", count: 9_999) + "]") == "none")
        #expect(fault("[" + String(repeating: "1,", count: 10_000) + "]") == "an expression has 10000 parts at most")
    }

    @Test(
        "an evaluation that would take too long is stopped",
        arguments: [
            "L.all(a, L.all(b, L.all(c, L.all(d, L.all(e, L.all(f, true))))))",
            "L.map(a, L.map(b, L.map(c, L.map(d, L.map(e, a + b + c + d + e)))))",
            "L.exists(a, L.exists(b, L.exists(c, L.exists(d, a + b + c + d < 0)))) || true",
            "true || L.all(a, true)", "L.all(a, L.all(b, L.all(c, 1 / 0 > a))) && false",
            "L.filter(a, L.filter(b, L.filter(c, L.exists_one(d, d == a)).size() > 1).size() > 1)",
        ])
    func cost(source: String) {
        let list = "[" + (0..<40).map(String.init).joined(separator: ", ") + "]"
        let outcome = result(source.replacing("L", with: list))
        #expect(outcome == (source.hasPrefix("true ||") ? "true" : "error: costLimit"))
    }

    @Test("texts and lists that would double without end are stopped")
    func growth() {
        let text = "[x]" + String(repeating: ".map(t, t + t)", count: 40) + ".size()"
        let list = "[[1]]" + String(repeating: ".map(t, t + t)", count: 40) + ".size()"
        var surroundings = Surroundings()
        surroundings.x = .string("0123456789abcdef")
        #expect(result(text, surroundings) == "error: sizeLimit")
        #expect(result(list) == "error: sizeLimit" || result(list) == "error: costLimit")
    }

    @Test("what shares its parts is not compared or printed without end")
    func sharing() throws {
        let shared = "[1]" + String(repeating: ".map(t, [[t, t], [t, t]])[0]", count: 24)
        #expect(result("\(shared) == \(shared)") == "error: costLimit")
        let value = try Program(shared, in: Declarations()).evaluate()
        #expect(value.json(bytesMax: 1_000_000) == nil)
    }

    @Test("a value from outside that nests too deep is neither compared nor printed")
    func deepValue() {
        var deep = Value.int(1)
        for _ in 0..<101 { deep = .list([deep]) }
        var surroundings = Surroundings()
        surroundings.x = deep
        #expect(result("x == [x][0]", surroundings) == "error: depthLimit")
        #expect(deep.json(bytesMax: 10_000) == nil)
        guard case .list(let inner) = deep else { return }
        surroundings.x = inner[0]
        #expect(result("x == [x][0]", surroundings) == "true")
    }

    @Test("patterns that go back elsewhere end here")
    func backtracking() {
        var surroundings = Surroundings()
        surroundings.x = .string(String(repeating: "a", count: 1_000) + "b")
        for pattern in ["(a+)+$", "^(a|a)*$", "^(a*)*$", "^(a|aa)+$", "(.*)*c", "(?:a?){30}a{30}c", "((((a*)*)*)*)*c"] {
            #expect(result("x.matches('\(pattern)')", surroundings) == "false", "\(pattern)")
            // The same pattern, read while it is evaluated.
            #expect(result("x.matches('\(pattern)' + '')", surroundings) == "false", "\(pattern)")
        }
        surroundings.x = .string(String(repeating: "a", count: 60_000))
        #expect(result("x.matches('(a{0,100}){0,20}b')", surroundings) == "error: costLimit")
    }

    @Test(
        "patterns that would be huge are refused",
        arguments: [
            ("a{1001}", "it repeats something more than 1000 times"),
            ("(a{100}){100}", "with its repetitions written out it has more than 5000 parts"),
            ("(((a{1000}){1000}){1000}){1000}", "with its repetitions written out it has more than 5000 parts"),
            ("(((){1000}){1000}){1000}", "with its repetitions written out it has more than 5000 parts"),
            ("a{99999999999999999999}", "it repeats something more than 1000 times"),
            (
                String(repeating: "(", count: 60) + String(repeating: ")", count: 60),
                "its groups nest deeper than 50 levels"
            ),
            (String(repeating: "a", count: 1_001), "it has more than 1000 bytes"),
        ])
    func hugePatterns(pattern: String, message: String) {
        #expect(fault("'a'.matches('\(pattern)')") == "the pattern is none: \(message)")
        #expect(result("'a'.matches('\(pattern)' + '')") == "error: argument")
        let many = "[" + String(repeating: "1,", count: 100) + "].exists(e, 'a'.matches('\(pattern)' + '')) || true"
        #expect(["true", "error: costLimit"].contains(result(many)))
    }

    @Test(
        "what is stopped is not absorbed",
        arguments: [
            "'12345' + '678901' == '' || true", "true && ('12345' + '678901' == '' || true)",
            "'12345' + '678901' == '' && false", "[1, 2].exists(n, n == 2 || '12345' + '678901' == '')",
            "[1, 2].all(n, n == 1 && '12345' + '678901' == '')",
        ])
    func absorption(source: String) {
        #expect(result(source, limits: EvaluationLimits(cost: 1_000, size: 10)) == "error: sizeLimit")
    }

    @Test("limits are what they are set to")
    func chosen() {
        #expect(result("1 + 1", limits: EvaluationLimits(cost: 3, size: 10)) == "2")
        #expect(result("1 + 1", limits: EvaluationLimits(cost: 2, size: 10)) == "error: costLimit")
        #expect(result("'12345' + '67890'", limits: EvaluationLimits(cost: 100, size: 10)) == #""1234567890""#)
        #expect(result("'12345' + '678901'", limits: EvaluationLimits(cost: 100, size: 10)) == "error: sizeLimit")
        #expect(result("[1, 2].map(n, n)", limits: EvaluationLimits(cost: 100, size: 2)) == "[1,2]")
        #expect(result("[1, 2, 3].map(n, n)", limits: EvaluationLimits(cost: 100, size: 2)) == "error: sizeLimit")
    }
}
