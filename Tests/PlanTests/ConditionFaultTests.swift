import Plan
import Routing
import Testing

@Suite("Faults of conditions in CEL")
struct ConditionFaultTests {
    private func faults(_ condition: String) -> [String] {
        let scope = ConditionScope(
            kind: .rule, calendars: ["seoul", "berlin"], queues: ["default"], channels: ["chat"])
        return ConditionLanguage().faults(of: condition, in: scope).map { "\($0.line):\($0.column) \($0.message)" }
    }

    @Test(
        "are told with their place",
        arguments: [
            (#"open("soul")"#, "1:6 there is no calendar soul; did you mean seoul?"),
            ("inquiry.priority", "1:1 here a condition is asked for; this is a value of type int"),
            ("inquiry.chanel == 'chat'", "1:9 'inquiry' has no field 'chanel'; it has channel, customer"),
            ("inquiry.channel == 3", "1:17 '==' does not go with string and int"),
            (
                "now.getHours('Asia/Soul') == 1",
                "1:14 'Asia/Soul' is no time zone; write it as Asia/Seoul, UTC or +09:00"
            ),
            ("'한국어' == inquiry.priority", "1:7 '==' does not go with string and int"),
            ("true &&\n  open(1)", "2:"),
            ("inquiry == 1", "1:"),
            ("open('seoul'", "1:"),
        ])
    func places(condition: String, expected: String) {
        let found = faults(condition)
        #expect(found.count == 1 && found[0].hasPrefix(expected), "\(found)")
    }

    @Test(
        "are none where there are none",
        arguments: [
            #"inquiry.attrs.tier == "gold""#, #"!has(inquiry.attrs.lang) || inquiry.attrs.lang == "ko""#, "true",
            "open('seoul') && !open(inquiry.attrs.desk)", "inquiry.attrs.anything.at.all[3]",
            #"customer.last_agent == "kim" && size(customer.open) > 0"#, "now - duration('1h') < now",
        ])
    func none(condition: String) { #expect(faults(condition) == []) }

    @Test("stand in the plan's faults, of rules and of policies, and keep it from compiling")
    func inPlan() throws {
        let text = """
            rules:
              - {name: a, when: 'inquiry.attrs.tier = "gold"', then: {priority: 1}}
              - {name: b, when: 'open("seoul")', then: {priority: 1}}
            sla: [{name: c, when: inquiry.priority, targets: {assign: 1h}}]
            """
        let report = RoutingPlan.read(Array(text.utf8), conditions: ConditionLanguage())
        #expect(report.faults.map(\.path) == ["rules[0].when", "rules[1].when", "sla[0].when"])
        let line = "3:21 rules[1].when: column 6: there is no calendar seoul; there are no calendars"
        #expect(report.faultLines[1] == line)
        var plan = RoutingPlan()
        plan.policies = [RoutingPlan.Policy("c", condition: "1 + 1")]
        plan.policies[0].targets = [RoutingPlan.Policy.Target(.assign, .hours(1))]
        #expect(throws: PlanFault.self) { try plan.compile(version: 1) }
        plan.policies[0].condition = "1 + 1 == 2"
        #expect(throws: Never.self) { try plan.compile(version: 1) }
    }
}
