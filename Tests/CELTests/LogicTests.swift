import CEL
import Testing

@Suite("errors and what absorbs them")
struct LogicTests {
    /// Source: CEL language definition, "Logical Operators".
    private static let operands = ["true", "false", "inquiry.attrs.none", "1 / 0 > 0"]

    private static func code(_ operand: String) -> String {
        switch operand {
        case "inquiry.attrs.none": "error: missing"
        case "1 / 0 > 0": "error: divisionByZero"
        default: operand
        }
    }

    @Test("a side that decides makes up for the other's error", arguments: operands, operands)
    func table(left: String, right: String) {
        let both = [left, right]
        let firstError = both.map(Self.code).first { $0.hasPrefix("error") }
        let and = both.contains("false") ? "false" : firstError ?? "true"
        let or = both.contains("true") ? "true" : firstError ?? "false"
        #expect(result("\(left) && \(right)") == and)
        #expect(result("\(left) || \(right)") == or)
        #expect(
            result("[\(left == "true"), true].all(b, b ? \(right) : \(left))")
                == (left == "true" ? Self.code(right) : and))
        #expect(result("dyn(\(left)) && dyn(\(right))") == and)
    }

    @Test(
        "macros absorb what an element decides",
        arguments: [
            ("[0, 1, 2].exists(n, 2 / n == 2)", "true"), ("[0, 4].exists(n, 2 / n == 2)", "error: divisionByZero"),
            ("[0, 4].all(n, 2 / n == 2)", "false"), ("[0, 1].all(n, 2 / n == 2)", "error: divisionByZero"),
            ("[0, 1].exists_one(n, 2 / n == 2)", "error: divisionByZero"),
            ("[0, 1].filter(n, 2 / n == 2)", "error: divisionByZero"),
            ("[1, 0].map(n, 2 / n)", "error: divisionByZero"),
        ])
    func macros(source: String, expected: String) {
        #expect(result(source) == expected)
    }

    @Test(
        "a missing key is told from other errors",
        arguments: [
            ("inquiry.attrs.none == 1", "error: missing"), (#"inquiry.attrs["none"] == 1"#, "error: missing"),
            ("inquiry.attrs[inquiry.channel] == 1", "error: missing"), ("inquiry.queue == 'vip'", "error: missing"),
            ("inquiry.queue == 'vip' || true", "true"), ("{'a': 1}.b == 1", "error: missing"),
            ("{1: 1}[2] == 1", "error: missing"), ("dyn({1: 1})[b'2'] == 1", "error: missing"),
            ("[1][1] == 1", "error: index"), ("inquiry.attrs.tier.deeper == 1", "error: noOverload"),
            ("x.y == 1", "error: noOverload"), ("has(inquiry.queue)", "false"), ("has(inquiry.attrs.none)", "false"),
            ("has(inquiry.attrs.tier)", "true"), ("has(x.y)", "error: noOverload"),
            ("'none' in inquiry.attrs", "false"),
        ])
    func missing(source: String, expected: String) {
        #expect(result(source) == expected)
    }

    @Test("an error says what and where")
    func message() throws {
        let source = "true &&\n  inquiry.attrs.none == 'x'"
        let program = try Program(source, in: Surroundings.declarations)
        #expect { try program.evaluate(Surroundings()) } throws: { error in
            "\(error)" == "line 2, column 17: no such key: none"
        }
        let division = try Program("1 / 0 == 1 || [1].exists(e, e > 1 / 0)", in: Declarations())
        #expect { try division.evaluate() } throws: { "\($0)" == "line 1, column 3: division by zero" }
    }
}
