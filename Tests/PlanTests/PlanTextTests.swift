import Foundation
import Plan
import Testing

@Suite("The text of a plan")
struct PlanTextTests {
    private static func lines(_ text: String, _ format: PlanFormat = .detected) -> [String] {
        RoutingPlan.read(text, format: format).faultLines
    }

    @Test("four MiB are read, a byte more is too_large")
    func size() {
        let beginning = "name: \"\"\n#"
        let fits = beginning + String(repeating: "x", count: 4 * 1_048_576 - beginning.utf8.count)
        #expect(Self.lines(fits) == [])
        #expect(RoutingPlan.read(fits + "x").isTooLarge)
        #expect(Self.lines(fits + "x") == ["a plan has at most 4194304 bytes, not 4194305"])
    }

    @Test("a text with too many values is too_large, and found out in time", arguments: [PlanFormat.yaml, .json])
    func values(format: PlanFormat) {
        let text = "{\"skills\": [" + String(repeating: "[],", count: 210_000) + "[]]}"
        #expect(Self.lines(text, format) == ["1:600007 skills[199998]: a plan has at most 200000 values"])
    }

    @Test("a byte order mark and line breaks of any system are taken")
    func marks() throws {
        let text = "\u{FEFF}plan: 1\r\nname: Shop\rpriority_boost: strict\n"
        let report = RoutingPlan.read(text)
        #expect(report.faultLines == [])
        #expect(report.plan?.name == "Shop" && report.plan?.priorityBoost == .strict)
        #expect(Self.lines("plan: 1\r\nname: 1\r\n") == ["2:7 name: 1 without quotes is a number; quote it: \"1\""])
    }

    @Test("what is no UTF-8 is said to be none")
    func encodings() {
        #expect(RoutingPlan.read([0xFF, 0xFE, 0x7B, 0x00]).faultLines == ["this is UTF-16; save it as UTF-8"])
        let broken = Array("plan: 1\nname: ".utf8) + [0xC3, 0x28]
        #expect(RoutingPlan.read(broken).faultLines == ["2:7 this is not UTF-8; save it as UTF-8"])
    }

    @Test(
        "characters that no plan can have are named",
        arguments: [
            ("name: a\u{0}b", "1:8 U+0000 cannot be stored"),
            ("name: a\u{7}b", "1:8 the character U+0007 cannot stand in a plan as it is; take it out"),
            ("plan: 1\nname: \u{2028}", "2:7 the character U+2028 cannot stand in a plan as it is; take it out"),
            ("name: \u{10FFF0}", "1:7 the character U+10FFF0 cannot stand in a plan as it is; take it out"),
            ("name: \"a\\U0010fff0\"", "1:9 this character cannot stand in a plan; take it out"),
            ("name: \"a\\0b\"", "1:7 name: U+0000 cannot be stored"),
            (
                "{\"name\": \"\\udbff\\udff0\"}",
                "1:23 the character U+10FFF0 cannot stand in a plan as it is; take it out"
            ),
            ("name: \u{85}", "1:7 the character U+0085 cannot stand in a plan as it is; take it out"),
        ])
    func characters(text: String, expected: String) {
        #expect(Self.lines(text) == [expected])
    }

    @Test(
        "a text that is no YAML is told where it stops being it",
        arguments: [
            ("", "the document is empty; the default plan is {}"),
            ("# nothing\n", "the document is empty; the default plan is {}"),
            ("queues:\n\tvip: {}\n", "2:1 a tab indents this line; YAML is indented with spaces"),
            ("queues:\n  vip:\n\t  target: 20s\n", "3:1 a tab indents this line; YAML is indented with spaces"),
            ("name: a: b\n", "1:8 a \": \" where no key can stand; check the indentation, or quote the text"),
            ("name: @shop\n", "1:7 no value begins with this character; quote the text"),
            ("skills: [a, b\n", "1:9 no \",\" or \"]\" where the list goes on"),
            ("continuity: {for: 30s\nname: x\n", "2:5 no \",\" or \"}\" where the object goes on"),
            ("plan: 1\n---\nplan: 1\n", "2:1 a second document begins here; a plan is one document"),
            (
                "name: \"a\\qb\"\n",
                "1:9 no escape of YAML; in double quotes write \\\\ for a backslash, or use single quotes"
            ),
            ("name: \"abc\n", "1:7 the text ends inside quotes or brackets"),
            ("channels:\n  chat: {}\n voice: {}\n", "3:2 no key where one is expected; check the indentation"),
            ("plan 1\nname: x\n", "2:5 a \": \" where no key can stand; check the indentation, or quote the text"),
        ])
    func syntax(text: String, expected: String) {
        #expect(Self.lines(text, .yaml) == [expected])
    }

    @Test("a list or a word as the whole document is a fault")
    func roots() {
        #expect(Self.lines("[1, 2]\n") == ["1:1 an object (keys and values) belongs here, not a list"])
        #expect(Self.lines("hello\n") == ["1:1 an object (keys and values) belongs here, not \"hello\""])
    }

    @Test("every anchor, alias and tag is a fault with its path, and so is a merge key")
    func references() {
        let text = """
            defaults: &d {priority: 1}
            skills: [&a korean, *a, "*quoted", a&b]
            queues:
              vip: *q
              other: !special {}
              third:
                <<: *q
                teams: !!str seoul
            """
        let advice = "anchors and aliases (&name, *name, <<) are not taken; write it out, or quote it"
        #expect(
            Self.lines("name: *n\nskills: [&a korean, \"*q\", 'a&b']\n") == [
                "1:7 name: \(advice)", "2:10 skills[0]: \(advice)",
                "2:21 skills[1]: a name is made of letters, marks, digits and _ . - and not of \"*\"",
                "2:27 skills[2]: a name is made of letters, marks, digits and _ . - and not of \"&\"",
            ])
        #expect(Self.lines(text).first == "1:11 \(advice)")
    }

    @Test("a text that aliases would make immense is refused at once")
    func explosion() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "? [\(aliases)]\n: &a\(level) [\(aliases)]\n"
        }
        let start = ContinuousClock.now
        let report = RoutingPlan.read(text)
        #expect(report.plan == nil && !report.faults.isEmpty && !report.isTooLarge)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test("every key that comes twice is a fault with its path and place, among all the others")
    func twice() {
        let text = """
            name: a
            "name": b
            queues:
              vip: {target: 20s, target: 30s, select: best, 'target': 40s}
              vip: {}
              -x: {}
              -x: {}
            queues: {}
            """
        #expect(
            Self.lines(text, .yaml) == [
                "1:1 name: the key name stands there twice; keep one of them",
                "3:1 queues: the key queues stands there twice; keep one of them",
                "4:3 queues.vip: the key vip stands there twice; keep one of them",
                "4:9 queues.vip.target: the key target stands there twice; keep one of them",
                "4:22 queues.vip.target: the key target stands there twice; keep one of them",
                "6:3 queues.-x: the key -x stands there twice; keep one of them",
            ])
        let json = #"{"name": "a", "name": "b", "queues": {"vip": {"select": "best", "select": "least_loaded"}}}"#
        #expect(
            Self.lines(json, .json) == [
                "1:15 name: the key name stands there twice; keep one of them",
                "1:57 queues.vip.select: one of least_loaded, longest_idle, most_skilled, least_skilled, not \"best\"",
                "1:65 queues.vip.select: the key select stands there twice; keep one of them",
            ])
    }

    @Test(
        "thirty-two levels are read, a thirty-third is a fault, thousands are no danger",
        arguments: [PlanFormat.yaml, .json])
    func depth(format: PlanFormat) {
        func nested(_ levels: Int) -> String {
            "{\"x\": " + String(repeating: "[", count: levels - 1) + String(repeating: "]", count: levels - 1) + "}"
        }
        #expect(Self.lines(nested(32), format).first?.contains("unknown key") == true)
        #expect(Self.lines(nested(33), format).first?.contains("nest at most 32 deep") == true)
        #expect(Self.lines(nested(900), format).first?.contains("nest at most 32 deep") == true)
        #expect(Self.lines(nested(100_000), format).first?.contains("nest at most 32 deep") == true)
        let block = String(repeating: "- ", count: 50_000)
        #expect(Self.lines(block, .yaml) == ["1:1999 objects and lists nest at most 32 deep"])
    }

    @Test("a small stack is enough for the deepest text that is parsed")
    func smallStack() async {
        let text = "{\"x\": " + String(repeating: "[", count: 990) + String(repeating: "]", count: 990) + "}"
        let first = await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: Self.lines(text, .yaml).first) }
            thread.stackSize = 512 * 1_024
            thread.start()
        }
        #expect(first?.contains("nest at most 32 deep") == true)
    }

    @Test(
        "a text that is no JSON is told where it stops being it",
        arguments: [
            ("{\"plan\": 1", "1:11 the text ends early"),
            ("{\"plan\" 1}", "1:9 plan: \":\" is expected behind the key"),
            ("{\"plan\": 01}", "1:12 a number does not begin with 0"),
            ("{\"plan\": 1,}", "1:12 a key in double quotes is expected here"),
            ("{\"plan\": 1} x", "1:13 the text goes on after the end of the object"),
            ("{\"name\": \"\\x\"}", "1:13 no JSON escape; they are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"),
            ("{\"name\": \"\\ud800\"}", "1:17 half of a surrogate pair"),
            ("{\"name\": \"\\u0000\"}", "1:17 U+0000 cannot be stored"),
            ("{\"name\": \"a\nb\"}", "1:12 a raw control character in a string; write it as \\uXXXX"),
            ("{\"name\": 'a'}", "1:10 name: no JSON value begins here"),
            ("{\"name\": nil}", "1:11 no JSON value begins here; text stands in double quotes"),
        ])
    func json(text: String, expected: String) {
        #expect(Self.lines(text, .json) == [expected])
    }

    @Test("JSON has its own escapes and numbers; what only YAML knows begins with no key in double quotes")
    func formats() {
        #expect(RoutingPlan.read(#"{"name": "\ud83d\ude00 \u00e9\/"}"#).plan?.name == "😀 é/")
        #expect(RoutingPlan.read(#"{"name": shop}"#, format: .detected).plan?.name == "shop")
        #expect(RoutingPlan.read("{name: shop}").plan?.name == "shop")
        #expect(
            Self.lines(#"{"defaults": {"priority": 1.0}}"#)
                == ["1:27 defaults.priority: a whole number from -100 to 100, not 1.0"])
        #expect(
            Self.lines(#"{"defaults": {"priority": 99999999999}}"#)
                == ["1:27 defaults.priority: a whole number from -100 to 100, not 99999999999"])
    }

    @Test(
        "a name without quotes that some program takes for something else is to be quoted",
        arguments: [
            "no", "on", "off", "yes", "y", "n", "true", "1", "0x10", "1_000", "12:30", "007", "1.5", "1e3", ".5",
        ])
    func quoting(word: String) {
        let report = RoutingPlan.read("queues: {\(word): {}}\n")
        #expect(report.faults.count { $0.message.hasSuffix("quote it: \"\(word)\"") } == 1, "\(report.faultLines)")
        #expect(!RoutingPlan.read("queues: {\"\(word)\": {}}\n").faults.contains { $0.message.contains("quote it") })
    }

    @Test(
        "a name that nothing takes for anything else needs no quotes",
        arguments: ["vip", "24h", "서울", "norway", "1a", "x1.5"])
    func bare(word: String) {
        #expect(RoutingPlan.read("queues: {\(word): {}}\n").plan?.queues.last?.name == word)
    }

    @Test("two Unicode spellings of one name are one name")
    func normalization() throws {
        let plan = try #require(RoutingPlan.read("queues: {cafe\u{301}: {}}\ndefaults: {queue: caf\u{e9}}\n").plan)
        #expect(plan.defaultQueue.unicodeScalars.count == 4)
        #expect(plan.queues[1].name.unicodeScalars.count == 4)
    }

    @Test("a thousand faults are listed, and the rest counted")
    func manyFaults() {
        let report = RoutingPlan.read("skills: [" + Array(repeating: "1", count: 1_500).joined(separator: ",") + "]")
        #expect(report.faults.count == 1_001)
        #expect(report.faults.last?.message.hasSuffix(" more faults") == true)
    }
}
