import Plan
import Routing
import Testing

@Suite("The example of the plan's description")
struct PlanExampleTests {
    @Test("it is read without a fault or a warning, and every part arrives")
    func read() throws {
        let report = RoutingPlan.read(Plans.example)
        #expect(report.faultLines == [])
        #expect(report.warningLines == [])
        let plan = try #require(report.plan)
        #expect(plan.name == "Shoe shop" && plan.timezone == "Asia/Seoul" && plan.retain == .days(400))
        #expect(plan.channels.map(\.name) == ["voice", "chat", "kakao", "email"])
        #expect(plan.channels[0].weight == 80 && plan.channels[0].wrapUp == .seconds(30))
        #expect(plan.channels[0].with == ["email"] && plan.channels[0].live && !plan.channels[1].live)
        #expect(plan.channels[2].holdReleases && plan.channels[2].target == .minutes(2))
        #expect(plan.skills == ["billing", "returns", "korean", "english"])
        let vip = try #require(plan.queues.last)
        #expect(
            vip.skills == [RoutingPlan.SkillLevel("billing", 3)] && vip.lengthMax == 500 && vip.overflow == "default")
        #expect(
            vip.steps == [
                RoutingPlan.Step(after: .seconds(30), actions: [.relax([RoutingPlan.SkillLevel("billing", 1)])]),
                RoutingPlan.Step(after: .seconds(60), actions: [.drop(["korean"]), .addPriority(5)]),
                RoutingPlan.Step(after: .seconds(120), actions: [.queue("default")]),
            ])
        #expect(plan.rules.map(\.name) == ["gold customers", "korean unless said otherwise"])
        #expect(plan.rules[0].condition == #"inquiry.attrs.tier == "gold""# && plan.rules[0].queue == "vip")
        #expect(plan.rules[0].priority == 10 && plan.rules[0].prefer == [RoutingPlan.SkillLevel("returns", 1)])
        #expect(plan.rules[1].stop && !plan.rules[0].stop && !plan.rules[1].force)
        let policy = try #require(plan.policies.first)
        #expect(policy.calendar == "seoul" && policy.pause == [.held])
        #expect(policy.target(of: .nextResponse) == .minutes(5) && policy.targets.count == 4)
        #expect(policy.escalations.map(\.at) == [.percent(75), .percent(100), .offset(.minutes(30))])
        #expect(plan.calendars[0].holidays.map(\.text) == ["2026-01-01", "2026-02-16..2026-02-18"])
        #expect(plan.surveyAfter == .minutes(10))
    }

    @Test("its canonical YAML is as an admin would write it")
    func yaml() throws {
        let plan = try #require(RoutingPlan.read(Plans.example).plan)
        #expect(plan.yaml == Self.canonical)
    }

    @Test("what is exported as YAML or JSON is the same plan, without a difference")
    func roundTrip() throws {
        let plan = try #require(RoutingPlan.read(Plans.example).plan)
        let fromYAML = try #require(RoutingPlan.read(plan.yaml).plan)
        let fromJSON = try #require(RoutingPlan.read(plan.document).plan)
        #expect(fromYAML == plan && fromJSON == plan)
        #expect(plan.changes(to: fromYAML).isEmpty && plan.changes(to: fromJSON).isEmpty)
        #expect(fromYAML.yaml == plan.yaml && fromJSON.document == plan.document)
    }

    @Test("it compiles for the engine, with its calendar")
    func compile() throws {
        let plan = try #require(RoutingPlan.read(Plans.example).plan)
        #expect(try plan.compile(version: 2).queues.map(\.name) == ["default", "vip"])
        let calendars = plan.compileCalendars(around: LocalTime.instant("2026-02-01T00:00:00Z"))
        #expect(calendars.map(\.name) == ["seoul"])
        // Saturday 14 February has hours of its own.
        #expect(calendars[0].calendar.isOpen(at: LocalTime.instant("2026-02-14T15:59:59+09:00")))
        #expect(!calendars[0].calendar.isOpen(at: LocalTime.instant("2026-02-14T16:00:00+09:00")))
        #expect(!calendars[0].calendar.isOpen(at: LocalTime.instant("2026-02-17T10:00:00+09:00")))
    }

    @Test("an empty plan is the default plan, and its canonical YAML says only its version")
    func empty() throws {
        for text in ["{}", " {} ", "plan: 1\n", "{\"plan\": 1}", "---\n{}\n...\n"] {
            #expect(RoutingPlan.read(text).plan == RoutingPlan(), "\(text)")
        }
        #expect(RoutingPlan().yaml == "plan: 1\n")
        #expect(RoutingPlan.read(RoutingPlan().document).plan == RoutingPlan())
    }

    @Test(
        "that voice interrupts e-mail is a default where there is voice, and a fault where somebody writes it without")
    func interruptions() throws {
        let quiet = try #require(RoutingPlan.read("channels: {email: {}}").plan)
        #expect(quiet.channels[0].interruptedBy == [])
        #expect(quiet.yaml == "plan: 1\nchannels:\n  email: {}\n")
        #expect(
            try #require(RoutingPlan.read("channels: {email: {}, voice: {}}").plan).channels[0].interruptedBy == [
                "voice"
            ])
        let never = try #require(RoutingPlan.read("channels: {email: {interrupted_by: []}, voice: {}}").plan)
        #expect(never.yaml.contains("email: {interrupted_by: []}"))
        #expect(RoutingPlan.read(never.document).plan == never)
        #expect(
            RoutingPlan.read("channels: {email: {interrupted_by: [voice]}, voce: {}}").faultLines
                == ["1:37 channels.email.interrupted_by[0]: there is no channel voice; did you mean voce?"])
    }

    static let canonical = """
        plan: 1
        name: Shoe shop
        defaults: {timezone: Asia/Seoul}
        continuity: {prefer: [open_agent, last_agent]}
        channels:
          voice: {weight: 80, wrap_up: 30s, with: [email]}
          chat: {}
          kakao: {target: 2m, hold_releases: true}
          email: {}
        skills: [billing, returns, korean, english]
        queues:
          default: {}
          vip:
            target: 20s
            select: most_skilled
            teams: [seoul]
            skills: {billing: 3}
            max_length: 500
            overflow: default
            steps:
              - {after: 30s, do: [{relax: {billing: 1}}]}
              - {after: 1m, do: [{drop: [korean]}, {priority: 5}]}
              - {after: 2m, do: [{queue: default}]}
        rules:
          - name: gold customers
            when: inquiry.attrs.tier == "gold"
            then: {queue: vip, priority: 10, skills: {billing: 3}, prefer: {returns: 1}}
          - name: korean unless said otherwise
            when: '!has(inquiry.attrs.lang) || inquiry.attrs.lang == "ko"'
            then: {skills: {korean: 1}}
            stop: true
        sla:
          - name: vip
            when: inquiry.queue == "vip"
            calendar: seoul
            pause: [held]
            targets: {assign: 28s, first_response: 2m, next_response: 5m, resolution: 8h}
            escalate:
              - {metric: first_response, at: 75%, do: [{priority: 10}, {notify: lead}]}
              - {metric: first_response, at: 100%, do: [{drop: [korean]}, {queue: default}]}
              - {metric: resolution, at: +30m, do: [{notify: manager}]}
        calendars:
          seoul:
            timezone: Asia/Seoul
            hours: {mon-fri: ["09:00-12:00", "13:00-18:00"], sat: ["10:00-14:00"]}
            holidays: ["2026-01-01", "2026-02-16..2026-02-18"]
            extra: {"2026-02-14": ["10:00-16:00"]}
        survey: {after: 10m}

        """
}
