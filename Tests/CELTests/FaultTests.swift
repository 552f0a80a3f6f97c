import CEL
import Testing

@Suite("faults of expressions")
struct FaultTests {
    private func fault(_ source: String) -> String {
        do {
            return "none: \(try Program(source, in: Surroundings.declarations, expecting: .bool).type)"
        } catch {
            return error.description
        }
    }

    @Test("a fault points at its place")
    func places() {
        #expect(
            fault("inquiry.colour == 'x'") == """
                line 1, column 9: 'inquiry' has no field 'colour'; it has channel, subject, priority, queue, skills, attrs
                inquiry.colour == 'x'
                        ^
                """)
        #expect(
            fault("has(inquiry.attrs.lang) &&\n\tinquiry.priority = 3") == """
                line 2, column 19: '=' is no operator; equality is '=='
                 inquiry.priority = 3
                                  ^
                """)
        #expect(
            fault("inquiry.priority > 3 &&") == """
                line 1, column 24: here a value was expected, not the end
                inquiry.priority > 3 &&
                                       ^
                """)
        #expect(fault("") == "line 1, column 1: here a value was expected, not the end\n\n^")
    }

    @Test("columns are code points; the caret stands under wide characters as well")
    func wideCharacters() {
        #expect(
            fault("'한국어' == inquiry.channel && nobody") == """
                line 1, column 29: 'nobody' is not known here (a text is written "nobody"); there is inquiry, customer, now, x
                '한국어' == inquiry.channel && nobody
                                               ^
                """)
    }

    @Test("of a long line the part around the place is shown")
    func longLine() {
        let spaces = String(repeating: " ", count: 200)
        let lines = fault(spaces + "nobody" + spaces).split(separator: "\n")
        #expect(lines[0].hasPrefix("line 1, column 201: 'nobody' is not known here"))
        #expect(
            lines[1] == "…" + String(repeating: " ", count: 60) + "nobody" + String(repeating: " ", count: 54) + "…")
        #expect(lines[2] == String(repeating: " ", count: 61) + "^")
    }

    @Test(
        "every fault says what is wrong",
        arguments: [
            ("inquiry", 1, "'inquiry' is no value of its own; read one of its fields: channel, subject"),
            ("inquiry.priority", 1, "here a condition is asked for; this is a value of type int"),
            ("inquiry.priority == 1.0", 18, "'==' does not go with int and double; make one of them"),
            ("inquiry.priority > 'a'", 18, "'>' does not go with int and string"),
            ("inquiry.channel == chat", 20, "'chat' is not known here (a text is written \"chat\")"),
            ("inquiry.channel in ['a'] && 1 in ['a']", 31, "'in' does not go with int and list(string)"),
            ("['a'] + [1] == x", 7, "'+' does not go with list(string) and list(int)"),
            ("open('busan')", 6, "there is no such calendar; there is seoul"),
            ("open(1)", 1, "open(int) does not exist; there is open(string)"),
            ("opens('seoul')", 1, "there is no function opens()"),
            ("'abc", 1, "the text that begins here is not closed with '"),
            ("'''abc'", 1, "the text that begins here is not closed with '''"),
            ("'a\nb'", 1, "the text that begins here is not closed with '"),
            ("inquiry.channel.matches('(a')", 25, "the pattern is none: a '(' is not closed"),
            ("now.getHours('Mars/Phobos') > 3", 14, "'Mars/Phobos' is no time zone"),
            ("now - duration('5x') > now", 16, "a duration is written"),
            ("now - duration(5m) > now", 17, "a number ends before a letter; lengths of time are written"),
            ("now > timestamp('2026-01-01')", 17, "a timestamp is written"),
            ("size(5) == 1", 1, "size(int) does not exist; there is size(string), string.size(), size(bytes)"),
            ("has(inquiry)", 1, "has() is asked for one field"),
            ("has(inquiry.nothing)", 13, "'inquiry' has no field 'nothing'"),
            ("inquiry.attrs.all(k, 1)", 22, "all() asks for a condition; this is a value of type int"),
            ("[1].all(1, true)", 9, "all() begins with a name for the element"),
            ("[1].all(n)", 5, "all() has a name for the element and a condition"),
            ("1.all(n, true)", 1, "all() walks over a list or the keys of a map, not over int"),
            ("if == 1", 1, "'if' is a reserved word"), ("a{b: 1}", 2, "there are no messages in rules"),
            ("\u{201C}x\u{201D} == 'x'", 1, "text stands in straight quotes"), ("x & x", 3, "'&' is no operator"),
            ("x | x", 3, "'|' is no operator"), ("1 ? x : x", 1, "before '?' stands a condition"),
            ("x ? 1 : 'a'", 3, "'?' gives two values of one type, not int or string"),
            ("99999999999999999999 > x", 1, "the number does not fit in 64 bits"),
            ("9223372036854775808 > x", 1, "an int is at most 9223372036854775807"),
            ("-9223372036854775809 > x", 1, "an int is at least -9223372036854775808"),
            ("1e999 > x", 1, "'1e999' is too large for a double"), ("0x > 1", 1, "after '0x' stand digits"),
            ("-1u > x", 1, "'-' negates an int or a double"), ("!1", 1, "'!' negates a condition"),
            ("[1, 2", 6, "here ']' was expected after the last value, not the end"),
            ("{1: 2, 1.5: 3} == x", 8, "a key of a map is a bool, int, uint or string, not double"),
            ("{1 2}", 4, "here ':' was expected between a key and its value, not a number"),
            ("x.`a", 3, "between backticks"), ("'\\q' == x", 2, "no such escape"),
            ("'\\ud800' == x", 2, "the escape names no code point"), ("'\\x4' == x", 2, "the escape has 2 hexadecimal"),
            ("x.in", 3, "after '.' stands a name, not 'in'"), ("x x", 3, "here an operator or the end was expected"),
            ("x[1", 4, "here ']' was expected after the index"), ("(x", 3, "here ')' was expected to close"),
            ("x ? 1", 6, "here ':' was expected between the two results"),
            ("f(1,)", 5, "after ',' a value was expected"),
            ("inquiry.priority.high", 18, "a value of type int has no fields"),
            ("inquiry.skills[1] == 1", 16, "the keys of this map are of type string, not int"),
            ("[1]['a'] == 1", 5, "a list is indexed with an int, not string"),
            ("1[0] == 1", 2, "only lists and maps have an index"),
        ])
    func messages(source: String, column: Int, message: String) {
        do {
            _ = try Program(source, in: Surroundings.declarations, expecting: .bool)
            Issue.record("no fault: \(source)")
        } catch {
            #expect(error.position.column == column, "\(error)")
            #expect(error.message.hasPrefix(message), "\(error)")
        }
    }
}
