import Plan
import Testing

@Suite("The nearest known word")
struct NearestTests {
    @Test(
        "is told where few letters differ, and else what there is",
        arguments: [
            ("queus", "did you mean queues?"), ("chanels", "did you mean channels?"), ("Rules", "did you mean rules?"),
            ("slas", "did you mean sla?"), ("naem", "did you mean name?"),
            (
                "colour",
                "the keys are plan, name, defaults, priority_boost, continuity, channels, skills, queues, rules, sla, calendars, survey"
            ),
        ])
    func keys(word: String, advice: String) {
        #expect(RoutingPlan.read("\(word): {}").faultLines == ["1:1 \(word): unknown key; \(advice)"])
    }

    @Test("of very many names twenty are told")
    func many() {
        let queues = (1...30).map { "queue-number-\($0): {}" }.joined(separator: ", ")
        let lines = RoutingPlan.read("queues: {\(queues)}\ndefaults: {queue: somewhere}").faultLines
        #expect(lines.count == 1 && lines[0].hasSuffix("queue-number-19 and 11 more"))
    }
}
