import CEL
import Testing

@Suite("texts are code points")
struct TextTests {
    private static let composed = "Am\u{E9}lie"
    private static let decomposed = "Ame\u{301}lie"

    private func evaluate(_ source: String, _ x: String) -> String {
        var surroundings = Surroundings()
        surroundings.x = .string(x)
        surroundings.attrs = [(Self.composed, .int(1)), ("가", .int(2))]
        return result(source, surroundings)
    }

    @Test("two spellings of one name differ, whatever compares them")
    func spellings() {
        #expect(Self.composed == Self.decomposed, "Swift says that they are equal")
        let literal = "'\(Self.composed)'"
        let many = (1...9).map { "'\($0)'" }.joined(separator: ", ")
        let equal = [
            "x == \(literal)", "\(literal) == x", "!(x != \(literal))", "x in [\(literal)]",
            "x in [\(many), \(literal)]",
            "[x] == [\(literal)]", "{x: 1} == {\(literal): 1}", "x in {\(literal): 1}", "x.startsWith('Am\u{E9}')",
            "x.endsWith('\u{E9}lie')", "x.contains('m\u{E9}l')", "x.matches('m\u{E9}l')", "x in inquiry.attrs",
            "x in [\(literal)].filter(each, true)", "x <= \(literal) && x >= \(literal)",
        ]
        for source in equal {
            #expect(evaluate(source, Self.composed) == "true", "\(source)")
            #expect(evaluate(source, Self.decomposed) != "true", "\(source)")
        }
        #expect(evaluate("{x: 1, \(literal): 2}.size()", Self.decomposed) == "2")
        #expect(evaluate("{x: 1, \(literal): 2}.size()", Self.composed) == "error: key")
    }

    @Test("sizes count code points")
    func sizes() {
        #expect(evaluate("size(x)", Self.composed) == "6")
        #expect(evaluate("x.size()", Self.decomposed) == "7")
        #expect(evaluate("size(x)", "👩‍👩‍👧") == "5")
        #expect(evaluate("size(x)", "\u{1112}\u{1161}\u{11AB}") == "3")
        #expect(evaluate("size(x)", "한") == "1")
    }

    @Test("the order is that of the code points")
    func order() {
        // UTF-16 would put what is above the basic plane first.
        #expect(evaluate("x < '\u{1F431}'", "\u{FFFD}") == "true")
        #expect(evaluate("x < 'f'", Self.decomposed) == "true")
        #expect(evaluate("'Amez' < x", Self.decomposed) == "true")
        #expect(evaluate("x > 'Amez'", Self.composed) == "true")
    }

    @Test("long parts are found as short ones are", arguments: 1...40)
    func search(length: Int) {
        let part = String(repeating: "a", count: length - 1) + "b"
        #expect(evaluate("x.contains('\(part)')", String(repeating: "a", count: 100) + "b") == "true")
        #expect(evaluate("x.contains('\(part)')", String(repeating: "a", count: 100)) == "false")
        #expect(evaluate("x.contains('\(part)')", part) == "true")
        #expect(evaluate("x.contains('\(part)a')", part) == "false")
    }
}
