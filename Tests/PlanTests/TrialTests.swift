import Plan
import Routing
import Testing

@Suite("Expressions and inquiries that are tried out")
struct TrialTests {
    private static let now = LocalTime.instant("2026-03-02T00:00:00Z")

    private func answer(_ line: String, isRule: Bool = false) -> String {
        ExpressionTrial.answer(line: Array(line.utf8), isRule: isRule, now: Self.now)
    }

    @Test(
        "a question is answered by its value or by what is wrong",
        arguments: [
            (#"{"expr":"1 + 1"}"#, #"{"value":2}"#),
            (#"{"expr":"x + 1","bindings":{"x":41}}"#, #"{"value":42}"#),
            (
                #"{"expr":"x","bindings":{"x":{"a":[1,2.5,null,"한"],"b":{}}}}"#,
                #"{"value":{"a":[1,2.5,null,"한"],"b":{}}}"#
            ),
            (#"{"expr":"x.a + x.b","bindings":{"x":{"a":1,"b":2}}}"#, #"{"value":3}"#),
            (#"{"expr":"x.all(i, i > 0)","bindings":{"x":[1,2]}}"#, #"{"value":true}"#),
            (#"{"expr":"x[0] + 'b'","bindings":{"x":["a",1]}}"#, #"{"value":"ab"}"#),
            (#"{"expr":"timestamp('2026-03-02T00:00:00Z').getHours('Asia/Seoul')"}"#, #"{"value":9}"#),
            (#"{"expr":"type(1.5)"}"#, #"{"value":"double"}"#),
            (
                #"{"expr":"x + 'a'","bindings":{"x":1}}"#,
                #"{"error":"line 1, column 3: '+' does not go with int and string"}"#
            ),
            (#"{"expr":"1 / x","bindings":{"x":0}}"#, #"{"error":"line 1, column 3: division by zero"}"#),
            (#"{"expr":"x.y","bindings":{"x":{}}}"#, #"{"error":"line 1, column 3: no such key: y"}"#),
            (#"{"expr":"nothing"}"#, #"{"error":"line 1, column 1: "#),
            (#"{"expr":1}"#, #"{"error":"a question is an object such as"#),
            ("{}", #"{"error":"a question is an object such as"#),
            ("nonsense", #"{"error":"a question is an object such as"#),
            (#"{"expr":"1","bindings":[1]}"#, #"{"error":"the bindings are an object such as"#),
        ])
    func question(line: String, expected: String) {
        #expect(answer(line).hasPrefix(expected), "\(answer(line))")
    }

    @Test(
        "a rule is asked in the scope of rules",
        arguments: [
            (#"{"expr":"inquiry.channel == 'chat'","bindings":{"inquiry":{"channel":"chat"}}}"#, #"{"value":true}"#),
            (#"{"expr":"has(inquiry.attrs.tier)"}"#, #"{"value":false}"#),
            (#"{"expr":"inquiry.attrs.n > 1","bindings":{"inquiry":{"attrs":{"n":2}}}}"#, #"{"value":true}"#),
            (
                #"{"expr":"inquiry.skills.billing == 3","bindings":{"inquiry":{"skills":{"billing":3}}}}"#,
                #"{"value":true}"#
            ),
            (#"{"expr":"size(customer.open) == 1","bindings":{"customer":{"open":[3]}}}"#, #"{"value":true}"#),
            (#"{"expr":"now.getFullYear() == 2027","bindings":{"now":"2027-01-01T00:00:00Z"}}"#, #"{"value":true}"#),
            (#"{"expr":"now.getFullYear() == 2026"}"#, #"{"value":true}"#),
            (#"{"expr":"open('seoul')","bindings":{"calendars":{"seoul":true}}}"#, #"{"value":true}"#),
            (
                #"{"expr":"open('soul')","bindings":{"calendars":{"seoul":true}}}"#,
                #"{"error":"line 1, column 6: there is no calendar soul"#
            ),
            (#"{"expr":"inquiry.queue == 'vip'"}"#, #"{"error":"line 1, column 9: no such key: inquiry.queue"#),
            (#"{"expr":"inquiry.priority"}"#, #"{"error":"line 1, column 1: here a condition is asked for"#),
            (
                #"{"expr":"true","bindings":{"inquiry":{"chanel":"chat"}}}"#,
                #"{"error":"a rule knows no inquiry.chanel; did you"#
            ),
            (
                #"{"expr":"true","bindings":{"inquiry":{"priority":"high"}}}"#,
                #"{"error":"inquiry.priority is of type int, not string"#
            ),
        ])
    func rule(line: String, expected: String) {
        #expect(answer(line, isRule: true).hasPrefix(expected), "\(answer(line, isRule: true))")
    }

    @Test("a complaint shows the place with a caret")
    func caret() throws {
        let trial = try ExpressionTrial(bindings: Array(#"{"x":0}"#.utf8))
        for (source, excerpt) in [("1 / x", "1 / x\n  ^"), ("'한' + 1", "'한' + 1\n     ^")] {
            #expect { try trial.answer(source) } throws: { error in
                (error as? ExpressionTrial.Complaint)?.excerpt == excerpt
            }
        }
    }

    // MARK: Routes

    private func route(_ inquiry: String, _ plan: String = Plans.example) throws -> String {
        let plan = try #require(RoutingPlan.read(plan).plan)
        let inquiry = try TrialInquiry(json: Array(inquiry.utf8))
        return try RouteTrial.lines(plan, try plan.compile(version: 1), inquiry, at: Self.now).joined(separator: "\n")
    }

    @Test("a route says where the inquiry stands, who wanted what, and what comes")
    func gold() throws {
        let lines = try route(#"{"channel":"voice","skills":{"english":2},"attrs":{"tier":"gold"}}"#)
        #expect(
            lines == """
                queue     vip, by rule "gold customers"
                priority  10, +10 by rule "gold customers"
                target    20s
                requires  billing 3, by rule "gold customers", queue vip
                          english 2, by the request
                          korean 1, by rule "korean unless said otherwise"
                prefers   returns 1
                teams     seoul
                promised  by policy "vip": assign 28s, first_response 2m, next_response 5m, resolution 8h
                rules     "gold customers" matches
                          "korean unless said otherwise" matches, and is the last
                waits     at once: if 500 wait in vip already, it goes to queue default
                          after 28s: assign of vip is breached, 100%
                          after 30s: a step · requires billing 1, english 2, korean 1
                          after 1m: a step · requires billing 1, english 2 · priority 15
                          after 1m30s: first_response of vip is warned of, 75% · priority 25
                          after 1m30s: notifies lead
                          after 2m: a step
                          after 2m: moves to queue default
                          after 2m: first_response of vip is breached, 100%
                          after 9h: resolution of vip is breached, 100%
                          after 1d30m: resolution of vip is over, +30m
                          after 1d30m: notifies manager
                          after 14d2m: expires, reason max_age
                """)
    }

    @Test("a route of an inquiry that nothing happens to")
    func plain() throws {
        let lines = try route(#"{"channel":"chat","priority":3}"#, "{}")
        #expect(
            lines == """
                queue     default, by default
                priority  3, as the request says
                target    1m
                requires  nothing
                waits     after 14d: expires, reason max_age
                """)
    }

    @Test("a route tells rules that fail and rules that are not looked at, and what steps do")
    func rules() throws {
        let lines = try route(
            #"{"channel":"chat","queue":"vip","attrs":{"n":"x"}}"#,
            """
            queues:
              vip:
                max_length: 1
                steps: [{after: 10s, do: [{notify: lead}]}, {after: 20s, do: [{expire: too late}]}]
            rules:
              - {name: broken, when: inquiry.attrs.n > 3, then: {priority: 1}}
              - {name: other, when: inquiry.attrs.m > 3, then: {priority: 1}}
              - {name: first, then: {queue: default, priority: 2}}
              - {name: second, then: {queue: vip, priority: -1}, force: true, stop: true}
              - {name: third, then: {priority: 1}}
            """)
        #expect(
            lines == """
                queue     vip, by rule "second"
                priority  1, +2 by rule "first", -1 by rule "second"
                target    1m
                requires  nothing
                rules     "broken" FAILS: line 1, column 17: no such overload: comparing (string, int)
                          "other" does not match
                          "first" matches
                          "second" matches, by force, and is the last
                          "third" is not looked at
                waits     at once: if 1 wait in vip already, it is refused
                          after 10s: a step
                          after 10s: notifies lead
                          after 20s: a step
                          after 20s: expires, reason too late
                """)
    }

    @Test(
        "what is wrong with an inquiry is told",
        arguments: [
            ("[]", "an inquiry is a JSON object"), ("{}", "an inquiry has a channel"),
            (#"{"channel":"chatt"}"#, "there is no channel chatt; did you mean chat?"),
            (#"{"channel":"chat","queue":"vipp"}"#, "there is no queue vipp; did you mean vip?"),
            (#"{"channel":"chat","skills":{"biling":1}}"#, "there is no skill biling; did you mean billing?"),
            (#"{"channel":"chat","skills":{"billing":11}}"#, "skills has up to 16 names"),
            (#"{"channel":"chat","priority":101}"#, "priority is a whole number"),
            (#"{"channel":"chat","attr":{}}"#, "an inquiry has no attr; did you mean attrs?"),
            (#"{"channel":"chat","attrs":[]}"#, "attrs is an object"),
        ])
    func complaints(inquiry: String, expected: String) {
        #expect { try route(inquiry) } throws: { error in
            (error as? TrialInquiry.Complaint)?.message.hasPrefix(expected) == true
        }
    }
}
