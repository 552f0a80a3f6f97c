import Plan
import Routing
import Testing

@Suite("The limits of a plan")
struct PlanLimitTests {
    /// A place in a document, what may stand there, and the nearest that may not.
    struct Range: Sendable, CustomTestStringConvertible {
        let path: String
        /// With `$` where the value stands.
        let text: String
        let inside: [String]
        let outside: [String]

        var testDescription: String { path }
    }

    static let ranges: [Range] = [
        Range(
            path: "defaults.priority", text: "defaults: {priority: $}", inside: ["-100", "+100"],
            outside: ["-101", "101"]),
        Range(
            path: "defaults.disconnect_grace", text: "defaults: {disconnect_grace: $}", inside: ["0s", "24h"],
            outside: ["24h1ms"]),
        Range(
            path: "defaults.missed_offers_to_away", text: "defaults: {missed_offers_to_away: $}",
            inside: ["0", "1000"], outside: ["-1", "1001"]),
        Range(
            path: "defaults.reopen_within", text: "defaults: {reopen_within: $}", inside: ["0s", "400d"],
            outside: ["400d1ms"]),
        Range(
            path: "defaults.max_age", text: "defaults: {max_age: $}", inside: ["1s", "400d"],
            outside: ["999ms", "400d1ms"]),
        Range(
            path: "defaults.retain", text: "defaults: {retain: $}", inside: ["1d", "36500d"], outside: ["23h59m", "0s"]),
        Range(
            path: "priority_boost", text: "priority_boost: $", inside: ["0s", "30d", "strict"],
            outside: ["30d1ms", "Strict"]),
        Range(path: "continuity.for", text: "continuity: {for: $}", inside: ["0s", "30d"], outside: ["30d1ms"]),
        Range(
            path: "continuity.within", text: "continuity: {within: $}", inside: ["0s", "400d"], outside: ["400d1ms"]),
        Range(
            path: "channels.c.weight", text: "channels: {c: {weight: $}}", inside: ["1", "1000"],
            outside: ["0", "1001"]),
        Range(
            path: "channels.c.limit", text: "channels: {c: {limit: $}}", inside: ["1", "1000"], outside: ["0", "1001"]),
        Range(
            path: "channels.c.target", text: "channels: {c: {target: $}}", inside: ["1s", "30d"],
            outside: ["999ms", "30d1ms"]),
        Range(
            path: "channels.c.offer_timeout", text: "channels: {c: {offer_timeout: $}}", inside: ["1s", "1h"],
            outside: ["999ms", "1h1ms"]),
        Range(
            path: "channels.c.wrap_up", text: "channels: {c: {wrap_up: $}}", inside: ["0s", "24h"], outside: ["24h1ms"]),
        Range(
            path: "queues.q.target", text: "queues: {q: {target: $}}", inside: ["1s", "30d"],
            outside: ["999ms", "30d1ms"]),
        Range(
            path: "queues.q.max_length", text: "queues: {q: {max_length: $}}", inside: ["1", "4000000"],
            outside: ["0", "4000001"]),
        Range(
            path: "queues.q.skills.s", text: "queues: {q: {skills: {s: $}}}", inside: ["1", "10"], outside: ["0", "11"]),
        Range(
            path: "queues.q.steps[0].after", text: "queues: {q: {steps: [{after: $, do: [{priority: 1}]}]}}",
            inside: ["1s", "400d"], outside: ["0s", "400d1ms"]),
        Range(
            path: "queues.q.steps[0].do[0].priority", text: "queues: {q: {steps: [{after: 1s, do: [{priority: $}]}]}}",
            inside: ["-100", "100", "\"=-100\"", "=100"], outside: ["-101", "101", "\"=-101\"", "=101", "high"]),
        Range(
            path: "rules[0].then.priority", text: "rules: [{name: r, then: {priority: $}}]", inside: ["-100", "100"],
            outside: ["-101", "101"]),
        Range(
            path: "sla[0].targets.assign", text: "sla: [{name: p, targets: {assign: $}}]", inside: ["1s", "400d"],
            outside: ["0s", "400d1ms"]),
        Range(
            path: "sla[0].escalate[0].at",
            text: "sla: [{name: p, targets: {assign: 1h}, escalate: [{metric: assign, at: $, do: [{priority: 1}]}]}]",
            inside: ["1%", "999%", "+1s", "+400d", "-1s", "-59m59s"],
            outside: ["0%", "1000%", "-5%", "+0s", "-0s", "-1h", "-2h", "+401d", "75", "\"%\"", "+5%", "15m"]),
        Range(path: "survey.after", text: "survey: {after: $}", inside: ["0s", "30d"], outside: ["30d1ms"]),
        Range(
            path: "calendars.c.hours.mon[0]", text: "calendars: {c: {timezone: UTC, hours: {mon: [$]}}}",
            inside: ["00:00-24:00", "23:59-00:00", "22:00-06:00"],
            outside: [
                "24:00-06:00", "09:00-09:00", "9:00-18:00", "09:00-24:01", "09:60-10:00", "09:00 - 10:00", "09:00",
            ]),
        Range(
            path: "calendars.c.holidays[0]",
            text: "calendars: {c: {timezone: UTC, hours: {mon: [\"09:00-10:00\"]}, holidays: [$]}}",
            inside: ["1970-01-01", "9999-12-31", "2024-02-29", "2026-01-01..2026-01-01"],
            outside: [
                "1969-12-31", "2026-02-29", "2026-00-01", "2026-13-01", "2026-01-02..2026-01-01", "2026-1-1",
                "2026-01-01..", "2026-01-01..2026-01-02..2026-01-03", "today",
            ]),
    ]

    @Test("a value is taken to the ends of its range, and past them is one fault at its path", arguments: ranges)
    func range(_ range: Range) {
        for value in range.inside {
            #expect(RoutingPlan.read(range.text.replacing("$", with: value)).faultLines == [], "\(value)")
        }
        for value in range.outside {
            let faults = RoutingPlan.read(range.text.replacing("$", with: value)).faults
            #expect(
                faults.map(\.path).first == range.path && faults.allSatisfy { $0.position != nil },
                "\(value): \(faults)")
        }
    }

    struct Count: Sendable, CustomTestStringConvertible {
        let path: String
        let most: Int
        let plan: @Sendable (Int) -> RoutingPlan

        var testDescription: String { path }

        init(_ path: String, _ most: Int, _ fill: @escaping @Sendable (inout RoutingPlan, Int) -> Void) {
            self.path = path
            self.most = most
            plan = { count in
                var plan = RoutingPlan()
                fill(&plan, count)
                return plan
            }
        }
    }

    private static func calendar(_ name: String) -> BusinessCalendar {
        BusinessCalendar(
            name, timezone: "UTC", week: Array(repeating: [BusinessCalendar.Block(start: 0, end: 60)], count: 7))
    }

    static let counts: [Count] = [
        Count("channels", 16) { plan, count in plan.channels = (0..<count).map { RoutingPlan.Channel("c\($0)") } },
        Count("queues", 1_024) { plan, count in plan.queues += (1..<count).map { RoutingPlan.Queue("q\($0)") } },
        Count("skills", 4_096) { plan, count in plan.skills = (0..<count).map { "s\($0)" } },
        Count("queues.default.teams", 64) { plan, count in plan.queues[0].teams = (0..<count).map { "t\($0)" } },
        Count("queues.default.skills", 16) { plan, count in
            plan.queues[0].skills = (0..<count).map { RoutingPlan.SkillLevel("s\($0)", 1) }
        },
        Count("queues.default.steps", 64) { plan, count in
            plan.queues[0].steps = Array(repeating: .init(after: .seconds(1), actions: [.addPriority(1)]), count: count)
        },
        Count("queues.default.steps[0].do", 16) { plan, count in
            plan.queues[0].steps = [.init(after: .seconds(1), actions: Array(repeating: .addPriority(1), count: count))]
        },
        Count("rules", 1_000) { plan, count in
            plan.rules = (0..<count).map { RoutingPlan.Rule("r\($0)", condition: "x") }
        },
        Count("rules[0].name", 200) { plan, count in
            plan.rules = [RoutingPlan.Rule(String(repeating: "x", count: count))]
        },
        Count("rules[0].when", 16_384) { plan, count in
            plan.rules = [RoutingPlan.Rule("r", condition: String(repeating: "x", count: count))]
        },
        Count("sla", 1_000) { plan, count in
            plan.policies = (0..<count).map {
                var policy = RoutingPlan.Policy("p\($0)", condition: "x")
                policy.targets = [.init(.resolution, .hours(1))]
                return policy
            }
        },
        Count("sla[0].escalate", 64) { plan, count in
            var policy = RoutingPlan.Policy("p")
            policy.targets = [.init(.resolution, .hours(1))]
            policy.escalations = (1...count).map {
                .init(.resolution, at: .percent(Int32($0)), actions: [.addPriority(1)])
            }
            plan.policies = [policy]
        },
        Count("calendars", 256) { plan, count in plan.calendars = (0..<count).map { calendar("c\($0)") } },
        Count("calendars.c.hours", 48) { plan, count in
            plan.calendars = [calendar("c")]
            plan.calendars[0].week[0] = (0..<count).map { BusinessCalendar.Block(start: $0 * 20, end: $0 * 20 + 10) }
        },
        Count("calendars.c.holidays", 10_000) { plan, count in
            plan.calendars = [calendar("c")]
            plan.calendars[0].holidays = (0..<count).map { .init(CivilDate(day: $0), CivilDate(day: $0)) }
        },
        Count("calendars.c.extra", 10_000) { plan, count in
            plan.calendars = [calendar("c")]
            plan.calendars[0].extra = (0..<count).map { .init(CivilDate(day: $0), []) }
        },
    ]

    @Test("as many are taken as may be, one more is a fault", arguments: counts)
    func count(_ count: Count) {
        #expect(count.plan(count.most).check().faults.map(\.description) == [])
        #expect(count.plan(count.most + 1).check().faults.map(\.path) == [count.path])
    }

    @Test("names may be empty nowhere")
    func empty() {
        let text = """
            channels: {"": {}}
            queues: {"": {teams: [""], steps: [{after: 1s, do: [{notify: ""}, {expire: ""}, {drop: []}, {require: {}}]}]}}
            rules: [{name: "", then: {priority: 1}}]
            calendars: {"": {timezone: "", hours: {mon: ["09:00-10:00"]}}}
            """
        #expect(
            RoutingPlan.read(text).faults.map(\.path) == [
                "channels.\"\"", "queues.\"\"", "queues.\"\".teams[0]", "queues.\"\".steps[0].do[0].notify",
                "queues.\"\".steps[0].do[1].expire", "queues.\"\".steps[0].do[2]", "queues.\"\".steps[0].do[3]",
                "rules[0].name",
                "calendars.\"\"", "calendars.\"\".timezone",
            ])
    }

    @Test("a zone is read once and kept")
    func zones() {
        let cache = ZoneCache()
        #expect(cache.zone("Asia/Seoul")?.offset(at: 1_800_000_000) == 32_400)
        #expect(cache.zone("Asia/Seoul")?.name == "Asia/Seoul")
        #expect(cache.zone("Asia/Soeul") == nil)
    }
}
