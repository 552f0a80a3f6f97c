import CEL
import Testing

@Suite("the rule language")
struct LanguageTests {
    @Test(
        "rules of the plan hold",
        arguments: [
            (#"inquiry.attrs.tier == "gold""#, "true"),
            (#"!has(inquiry.attrs.lang) || inquiry.attrs.lang == "ko""#, "true"),
            (#"inquiry.attrs.tier == "gold" && inquiry.channel in ["chat", "kakao"] && inquiry.priority >= 5"#, "true"),
            (#"inquiry.skills.billing >= 3 && inquiry.skills["korean"] > 8"#, "true"),
            (#""korean" in inquiry.skills && !("english" in inquiry.skills)"#, "true"),
            (#"inquiry.skills.exists(name, inquiry.skills[name] > 8)"#, "true"),
            (#"inquiry.skills.filter(name, inquiry.skills[name] > 3)"#, #"["korean"]"#),
            (#"inquiry.subject.contains("환불") && inquiry.subject.size() == 9"#, "true"),
            (#"inquiry.subject.matches("^환불.*(부탁|요청)")"#, "true"),
            (#"inquiry.attrs[inquiry.channel == "kakao" ? "tier" : "none"]"#, #""gold""#),
            (#"inquiry.attrs.count == 3 && inquiry.attrs.count < 3.5 && inquiry.attrs.rate * 2.0 == 1.0"#, "true"),
            (#"inquiry.attrs.count + 1"#, "4"),
            (#"open("seoul") && now.getHours("Asia/Seoul") == 18 && now.getDayOfWeek() == 6"#, "true"),
            (#"now - timestamp("2026-02-14T00:00:00Z") > duration("9h30m")"#, "true"),
            (#"now + duration("1h")"#, #""2026-02-14T10:30:15.25Z""#),
            (#"now.getMilliseconds()"#, "250"),
            (#"[1, 2, 3].map(n, n > 1, n * 10)"#, "[20,30]"),
            (#"{"a": 1, "b": [true, null]}"#, #"{"a":1,"b":[true,null]}"#),
            ("type(inquiry.priority) == int", "true"), ("now == null || now - now != null", "true"),
            ("type(now) == google.protobuf.Timestamp", "true"),
            ("// a comment\n1 // and another", "1"),
            (".inquiry.priority", "5"),
            ("[1, 2].all(x, [x].all(x, x > 0)) && x == 7", "true"),
            ("[[1]].map(now, now[0])", "[1]"),
        ])
    func rules(source: String, expected: String) {
        #expect(result(source) == expected)
    }

    @Test(
        "a list that is written out holds what the same list holds at large",
        arguments: [
            "1", "1u", "1.0", "1.5", "'a'", "'b'", "true", "null", "b'a'", "18446744073709551615u", "0.0 / 0.0", "[1]",
        ])
    func membership(element: String) {
        let lists = [
            "1, 'a', true", "2, 3", "1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 'a'", "18446744073709551615u", "null, b'a'",
            "",
            "1.0, 1.5", "[1], [2]",
        ]
        for list in lists {
            let written = "dyn(\(element)) in [\(list)]"
            let atLarge = "dyn(\(element)) in [\(list)].filter(each, true)"
            #expect(result(written) == result(atLarge), "\(written)")
        }
    }

    @Test(
        "integers do not wrap around",
        arguments: [
            "9223372036854775807 + 1", "-9223372036854775808 - 1", "-(-9223372036854775808 + 0)",
            "-9223372036854775808 / -1", "-9223372036854775808 % -1", "9223372036854775807 * 2", "0u - 1u",
            "18446744073709551615u + 1u",
            "int(9223372036854775808u)", "int(1e30)", "uint(-1)", "uint(-1.0)", "int(0.0 / 0.0)",
            "timestamp(253402300800)", "timestamp('9999-12-31T23:59:59Z') + duration('1s')",
            "duration('2562047h') + duration('1h')", "now - duration('-9223372036854775808ns')",
        ])
    func overflow(source: String) {
        #expect(result(source) == "error: overflow")
    }

    @Test(
        "text is read as it is written",
        arguments: [
            (#"size("한국어")"#, "3"), (#"'\uAC00\x41\101\U0001F431'"#, #""가AA🐱""#), (#"r'\n'"#, #""\\n""#),
            ("'''a\n'b'''", #""a\n'b""#), (#"b'\xff\377가'"#, #""///qsIA=""#), (#"bytes('가')"#, #""6rCA""#),
            (#""a" + 'b' + """c""""#, #""abc""#), (#"string(b'\xed\xa0\x80')"#, "error: conversion"),
        ])
    func text(source: String, expected: String) {
        #expect(result(source) == expected)
    }

    @Test("the function of the host is asked with the types that it has")
    func hostFunction() {
        var surroundings = Surroundings()
        surroundings.x = .int(1)
        #expect(result("open(x)", surroundings) == "error: noOverload")
        surroundings.x = .string("busan")
        #expect(result("open(x)", surroundings) == "error: host")
        surroundings.x = .string("seoul")
        #expect(result("open(x)", surroundings) == "true")
    }

    @Test("a program says which variables it reads")
    func variables() throws {
        let source = #"inquiry.attrs.tier == "gold" && has(inquiry.queue) && "a" in inquiry.skills && now > now"#
        #expect(try Program(source, in: Surroundings.declarations).variables == [3, 4, 5, 7])
    }

    @Test("a condition of unknown type is looked at when it is evaluated")
    func dynamicCondition() throws {
        let program = try Program("inquiry.attrs.tier", in: Surroundings.declarations, expecting: .bool)
        #expect(program.type == .dyn)
        #expect { try program.matches(Surroundings()) } throws: { ($0 as? EvaluationError)?.code == .noOverload }
        var surroundings = Surroundings()
        surroundings.attrs = [("tier", .bool(true))]
        #expect(try program.matches(surroundings))
    }
}
