import Plan
import Routing
import Testing

@Suite("What of a plan reaches the engine")
struct PlanCompileTests {
    private func compiled(_ text: String) throws -> CompiledPlan {
        let report = RoutingPlan.read(Array(text.utf8), conditions: ConditionLanguage())
        try #require(report.faultLines == [])
        return try #require(report.plan).compile(version: 5)
    }

    @Test("a queue's skills, its end, its overflow and its steps")
    func queue() throws {
        let plan = try compiled(
            """
            queues:
              vip:
                target: 20s
                skills: {billing: 3, korean: 1}
                max_length: 500
                overflow: late
                steps:
                  - {after: 30s, do: [{relax: {billing: 1}}, {drop: [korean]}]}
                  - {after: 1m, do: [{priority: 5}, {priority: -2}, {priority: "=7"}]}
                  - {after: 2m, do: [{require: {english: 2}}, {notify: lead}, {queue: late}]}
                  - {after: 1h, do: [{expire: too late}]}
              late: {}
            """)
        #expect(plan.queues.map(\.name) == ["default", "vip", "late"])
        let vip = plan.queues[1]
        #expect(vip.target == .seconds(20) && vip.lengthMax == 500 && vip.overflow == 2)
        #expect(vip.skills == [SkillLevel(skill: "billing", level: 3), SkillLevel(skill: "korean", level: 1)])
        #expect(vip.steps.map(\.after) == [.seconds(30), .minutes(1), .minutes(2), .hours(1)])
        #expect(
            vip.steps.map(\.actions) == [
                [.relax([SkillLevel(skill: "billing", level: 1)]), .drop(["korean"])],
                [.raisePriority(5), .raisePriority(-2), .setPriority(7)],
                [.require([SkillLevel(skill: "english", level: 2)]), .notify("lead"), .move(2)],
                [.expire(reason: "too late")],
            ])
        let empty = plan.queues[2]
        #expect(empty.skills.isEmpty && empty.lengthMax == nil && empty.overflow == nil && empty.steps.isEmpty)
    }

    @Test("steps come by their times, and what is written of one time is one step")
    func stepsInOrder() throws {
        let plan = try compiled(
            """
            queues:
              default:
                steps:
                  - {after: 2m, do: [{notify: c}]}
                  - {after: 60s, do: [{notify: a}]}
                  - {after: 1m, do: [{notify: b}]}
            """)
        #expect(plan.queues[0].steps.map(\.after) == [.minutes(1), .minutes(2)])
        #expect(plan.queues[0].steps.map(\.actions) == [[.notify("a"), .notify("b")], [.notify("c")]])
    }

    @Test("rules with all that they do, in their order")
    func rules() throws {
        let plan = try compiled(
            """
            queues: {default: {}, vip: {}}
            rules:
              - name: gold
                when: inquiry.attrs.tier == "gold"
                then: {queue: vip, priority: 10, skills: {billing: 3}, prefer: {returns: 1}}
                force: true
              - {name: end, stop: true}
            """)
        #expect(plan.rules.map(\.name) == ["gold", "end"])
        let gold = plan.rules[0]
        #expect(gold.queue == 1 && gold.priority == 10 && gold.force && !gold.stop)
        #expect(gold.skills == [SkillLevel(skill: "billing", level: 3)])
        #expect(gold.prefer == [SkillLevel(skill: "returns", level: 1)])
        #expect(plan.rules[1].stop && plan.rules[1].queue == nil && plan.rules[1].priority == nil)
        let conditions = try #require(plan.conditions)
        var input = RuleInput(
            channel: "chat", texts: InquiryTexts(attributes: Array(#"{"tier":"gold"}"#.utf8)), now: .epoch)
        #expect(conditions.verdict(ofRule: 0, on: &input) == .matches)
        #expect(conditions.verdict(ofRule: 1, on: &input) == .matches)
        var other = RuleInput(channel: "chat", now: .epoch)
        #expect(conditions.verdict(ofRule: 0, on: &other) == .differs)
    }

    @Test("a failing condition says where and why")
    func verdict() throws {
        let plan = try compiled("rules: [{name: a, when: 1 / inquiry.source > 0, then: {priority: 1}}]")
        var input = RuleInput(channel: "chat", now: .epoch)
        let verdict = try #require(plan.conditions).verdict(ofRule: 0, on: &input)
        #expect(verdict == .fails("line 1, column 3: division by zero"))
    }

    @Test("a plan without rules brings no conditions")
    func none() throws {
        #expect(try compiled("{}").conditions == nil)
        #expect(try compiled("{}").rules.isEmpty)
    }

    // MARK: The example, on the engine

    private func shop() throws -> Floor {
        let floor = try Floor(Plans.example)
        floor.agent("kim", team: "seoul", skills: "billing:5,korean:5,returns:3", ready: false)
        floor.agent("lee", team: "busan", skills: "korean:5", ready: false)
        return floor
    }

    @Test("the example: a gold customer goes to vip, wants Korean and is relaxed step by step")
    func gold() throws {
        let floor = try shop()
        let id = floor.submit("voice", attrs: #"{"tier":"gold"}"#)
        #expect(floor.rules(id) == "gold customers,korean unless said otherwise")
        #expect(floor.place(id) == "waiting vip" && floor.priority(id) == 10)
        #expect(floor.skills(id) == "billing:3,korean:1" && floor.prefer(id) == "returns:1")
        floor.pass(.seconds(30))
        #expect(floor.skills(id) == "billing:1,korean:1")
        floor.pass(.seconds(30))
        #expect(floor.skills(id) == "billing:1" && floor.priority(id) == 15)
        floor.pass(.seconds(60))
        // What the rule asked for has been relaxed, what the queue asked for stays behind in it.
        #expect(floor.place(id) == "waiting default" && floor.skills(id) == "billing:1")
        #expect(
            floor.told(id) == [
                "submitted", "sla_breached", "step", "step", "sla_warned", "escalated lead", "step", "queued",
                "sla_breached",
            ])
        floor.ready("kim")
        #expect(floor.place(id) == "offered default kim")
    }

    @Test("the example: who says English is asked for nothing, who says Korean or nothing for Korean")
    func languages() throws {
        let floor = try shop()
        #expect(floor.skills(floor.submit(attrs: #"{"lang":"en"}"#)) == "")
        #expect(floor.skills(floor.submit(attrs: #"{"lang":"ko"}"#)) == "korean:1")
        #expect(floor.skills(floor.submit()) == "korean:1")
        // What the request says of a skill beats the rules.
        #expect(floor.skills(floor.submit(skills: "korean:4")) == "korean:4")
        #expect(floor.queue(floor.submit(queue: "default", attrs: #"{"tier":"gold"}"#)) == "default")
    }
}
