import Plan
import Routing
import Testing

@Suite("The difference of two plans")
struct PlanDifferenceTests {
    private static func lines(_ change: (inout RoutingPlan) -> Void) throws -> String {
        let old = try #require(RoutingPlan.read(Plans.example).plan)
        var new = old
        change(&new)
        return old.changes(to: new).map(\.line).joined(separator: "\n")
    }

    @Test("values are told as they were and as they are, by path")
    func values() throws {
        let lines = try Self.lines { plan in
            plan.name = "Hat shop"
            plan.timezone = "UTC"
            plan.priorityBoost = .strict
            plan.channels[1].limit = 5
            plan.queues[1].target = .seconds(30)
            plan.queues[1].teams = ["seoul", "busan"]
            plan.queues[1].skills = [RoutingPlan.SkillLevel("billing", 4), RoutingPlan.SkillLevel("korean", 1)]
            plan.queues[1].lengthMax = nil
            plan.rules[0].condition = "inquiry.attrs.tier in [\"gold\", \"platinum\"]"
            plan.policies[0].targets[0].span = .seconds(30)
            plan.calendars[0].holidays.append(plan.calendars[0].holidays[0])
            plan.surveyAfter = nil
        }
        #expect(
            lines == """
                name: Shoe shop → Hat shop
                defaults.timezone: Asia/Seoul → UTC
                priority_boost: 1m → strict
                channels.chat.limit: 4 → 5
                queues.vip.target: 20s → 30s
                queues.vip.teams: [seoul] → [seoul, busan]
                queues.vip.skills.billing: 3 → 4
                + queues.vip.skills.korean: 1
                - queues.vip.max_length: 500
                rules[0].when: 'inquiry.attrs.tier == "gold"' → 'inquiry.attrs.tier in ["gold", "platinum"]'
                sla[0].targets.assign: 28s → 30s
                calendars.seoul.holidays: ["2026-01-01", "2026-02-16..2026-02-18"] → ["2026-01-01", "2026-02-16..2026-02-18", "2026-01-01"]
                - survey: {after: 10m}
                """)
    }

    @Test("what has a name of its own comes and goes by it")
    func named() throws {
        let lines = try Self.lines { plan in
            plan.channels.remove(at: 2)
            plan.channels.append(RoutingPlan.Channel("fax"))
            plan.queues.append(RoutingPlan.Queue("a.b", target: .seconds(3)))
            plan.rules.append(RoutingPlan.Rule("late", condition: "true"))
            plan.policies = []
            plan.calendars.append(BusinessCalendar("busan", timezone: "Asia/Seoul"))
        }
        #expect(
            lines == """
                - channels.kakao
                + channels.fax
                + queues."a.b"
                + rules[2] "late"
                - sla[0] "vip"
                + calendars.busan
                """)
    }

    @Test("rules are matched by their names; those out of their old order are told as moved")
    func moved() throws {
        let lines = try Self.lines { plan in
            plan.rules = ["a", "b", "c"].map { RoutingPlan.Rule($0, condition: "true") } + plan.rules
        }
        #expect(
            lines == """
                + rules[0] "a"
                + rules[1] "b"
                + rules[2] "c"
                """)
        var old = RoutingPlan()
        old.rules = ["a", "b", "c", "d", "e"].map { RoutingPlan.Rule($0, condition: "true") }
        var new = old
        new.rules.append(new.rules.remove(at: 0))
        new.rules.remove(at: 1)
        new.rules[2].priority = 5
        #expect(
            old.changes(to: new).map(\.line).joined(separator: "\n") == """
                - rules[2] "c"
                + rules[2].then.priority: 5
                rules[0] → rules[3] "a"
                """)
    }

    @Test("steps and escalations are compared place by place, what is the same at both ends aside")
    func steps() throws {
        let lines = try Self.lines { plan in
            plan.queues[1].steps.insert(
                RoutingPlan.Step(after: .seconds(45), actions: [.addPriority(3)]), at: 1)
            plan.policies[0].escalations[1].at = .percent(120)
            plan.policies[0].escalations.removeLast()
        }
        #expect(
            lines == """
                + queues.vip.steps[1]: {after: 45s, do: [{priority: 3}]}
                sla[0].escalate[1].at: 100% → 120%
                - sla[0].escalate[2]: {metric: resolution, at: +30m, do: [{notify: manager}]}
                """)
    }

    @Test("to spell out a default is no difference")
    func defaults() throws {
        let spelledOut = try #require(
            RoutingPlan.read("queues: {default: {select: least_loaded}}\npriority_boost: 60s").plan)
        #expect(RoutingPlan().changes(to: spelledOut).isEmpty)
    }
}
