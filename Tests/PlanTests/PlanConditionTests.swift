import Plan
import Testing

@Suite("The conditions of a plan")
struct PlanConditionTests {
    /// Refuses a word wherever it stands.
    private struct WordChecker: ConditionChecker {
        func faults(of source: String, in scope: ConditionScope) -> [ConditionFault] {
            var faults: [ConditionFault] = []
            for (line, text) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                for range in text.ranges(of: "bad") {
                    faults.append(
                        ConditionFault(
                            line: line + 1, column: text.distance(from: text.startIndex, to: range.lowerBound) + 1,
                            message: "no bad word in \(scope.kind) with \(scope.calendars.joined())"))
                }
            }
            return faults
        }
    }

    @Test("each fault of each condition is told with its column, beside the plan's other faults")
    func faults() {
        let text = """
            rules:
              - {name: one, when: a bad bad, then: {priority: 1}}
              - name: two
                when: |
                  fine
                    && bad
                then: {queue: nowhere}
            sla: [{name: p, when: bad, targets: {assign: 1h}}]
            calendars: {seoul: {timezone: Asia/Seoul, hours: {mon: ["09:00-18:00"]}}}
            """
        let report = RoutingPlan.read(Array(text.utf8), conditions: WordChecker())
        #expect(
            report.faultLines == [
                "2:23 rules[0].when: column 3: no bad word in rule with seoul",
                "2:23 rules[0].when: column 7: no bad word in rule with seoul",
                "4:11 rules[1].when: line 2, column 6: no bad word in rule with seoul",
                "7:19 rules[1].then.queue: there is no queue nowhere; the only one is default",
                "8:23 sla[0].when: column 1: no bad word in policy with seoul",
            ])
    }

    @Test("conditions are handed over as they are written, and left out means always")
    func text() throws {
        let text = """
            rules:
              - {name: a, when: true, then: {priority: 1}}
              - {name: b, then: {priority: 1}}
              - name: c
                when: >-
                  a &&
                  b
                then: {priority: 1}
            """
        let plan = try #require(RoutingPlan.read(text).plan)
        #expect(plan.rules.map(\.condition) == ["true", nil, "a && b"])
    }
}
