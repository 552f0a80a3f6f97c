import Plan
import Routing
import Testing

@Suite("What is legal but odd")
struct PlanWarningTests {
    private static func warnings(_ text: String, agents: [PlanAgent] = []) throws -> [String] {
        let report = RoutingPlan.read(text, agents: agents)
        #expect(report.faultLines == [])
        return report.warningLines
    }

    @Test("loops of queues by steps and by overflow are told once each")
    func loops() throws {
        let lines = try Self.warnings(
            """
            queues:
              a: {max_length: 5, overflow: b, steps: [{after: 10s, do: [{priority: 1}]}, {after: 30s, do: [{queue: b}]}]}
              b: {max_length: 5, overflow: a, steps: [{after: 30s, do: [{queue: c}]}]}
              c: {steps: [{after: 30s, do: [{queue: a}]}]}
              d: {steps: [{after: 30s, do: [{queue: a}]}]}
              e: {steps: [{after: 30s, do: [{queue: e}]}]}
            """)
        #expect(
            lines == [
                "2:32 queues.a.overflow: a loop of queues: a → b → a",
                "2:78 queues.a.steps[1]: a loop of queues: a → b → c → a",
                "6:15 queues.e.steps[0]: a loop of queues: e → e",
            ])
    }

    @Test("escalations that move an inquiry in a circle are told")
    func circle() throws {
        let lines = try Self.warnings(
            """
            queues: {a: {}, b: {}, c: {steps: [{after: 1m, do: [{queue: a}]}]}}
            sla:
              - name: circle
                when: inquiry.queue == "a"
                targets: {resolution: 1h}
                escalate:
                  - {metric: resolution, at: 50%, do: [{queue: b}]}
                  - {metric: resolution, at: 75%, do: [{queue: a}]}
                  - {metric: resolution, at: 100%, do: [{queue: b}]}
              - name: by steps
                targets: {resolution: 1h}
                escalate:
                  - {metric: resolution, at: 50%, do: [{queue: c}]}
                  - {metric: resolution, at: 75%, do: [{queue: c}]}
              - {name: straight, when: "false", targets: {assign: 1d}, escalate: [{metric: assign, at: 50%, do: [{queue: b}]}]}
            """)
        #expect(
            lines == [
                "9:9 sla[0].escalate[2]: a loop of queues: this moves an inquiry back to b",
                "14:9 sla[1].escalate[1]: a loop of queues: this moves an inquiry back to c",
                "15:5 sla[2]: never reached: sla[1] \"by steps\" matches every inquiry",
            ])
    }

    @Test("what comes after a rule that always stops, and a rule that does nothing, are told")
    func rules() throws {
        let lines = try Self.warnings(
            """
            rules:
              - {name: first, when: "1 < 2", then: {priority: 1}, stop: true}
              - {name: nothing, when: "1 < 2", then: {}}
              - {name: all, when: " true ", stop: true}
              - {name: late, then: {priority: 1}}
            """)
        #expect(
            lines == [
                "3:5 rules[1]: this rule does nothing",
                "5:5 rules[3]: never reached: rules[2] \"all\" always matches and stops",
            ])
    }

    @Test("targets that cannot be kept in their order are told")
    func targets() throws {
        let lines = try Self.warnings(
            """
            channels: {chat: {target: 1m}}
            queues: {slow: {target: 10m}, quick: {target: 5s}}
            sla:
              - {name: slow, when: inquiry.queue == 'slow' && true, targets: {assign: 9m}}
              - {name: quick, when: inquiry.queue=="quick", targets: {assign: 5s}}
              - {name: hasty, when: "1 < 2", targets: {assign: 4s, resolution: 3s, next_response: 1s}}
              - {name: fine, when: "1 < 2", targets: {assign: 1m, first_response: 1m, next_response: 1s}}
            """)
        #expect(
            lines == [
                "4:75 sla[0].targets.assign: 9m is under the target of queue slow, 10m, which gives the order; give the queue a shorter target",
                "6:52 sla[2].targets.assign: 4s is under every target of its queues and channels, 5s, which gives the order; give the queue a shorter target",
                "6:68 sla[2].targets.resolution: 3s is less than 4s of assign, which comes first",
            ])
    }

    @Test("steps out of order, what comes after an end, and overflow without a length are told")
    func steps() throws {
        let lines = try Self.warnings(
            """
            queues:
              a:
                overflow: default
                steps:
                  - {after: 1m, do: [{expire: too late}, {notify: lead}]}
                  - {after: 30s, do: [{priority: 5}]}
            """)
        #expect(
            lines == [
                "3:15 queues.a.overflow: nothing overflows without max_length",
                "5:46 queues.a.steps[0].do[1]: nothing happens to an inquiry that has expired",
                "6:17 queues.a.steps[1].after: a step before the one above it; they happen in the order of their times",
            ])
    }

    @Test("holidays twice, blocks that overlap and days with two entries are told; holidays out of order are not")
    func calendars() throws {
        let lines = try Self.warnings(
            """
            calendars:
              seoul:
                timezone: Asia/Seoul
                hours: {mon-fri: ["09:00-12:00", "11:00-18:00"], fri: ["20:00-21:00"]}
                holidays: ["2026-05-05", "2026-01-01", "2026-05-01..2026-05-10", "2026-01-01"]
              rarely: {timezone: UTC, hours: {}, extra: {"2026-01-01": ["10:00-12:00"]}}
            """)
        #expect(
            lines == [
                "4:22 calendars.seoul.hours.mon-fri: blocks overlap; what they have in common counts once",
                "4:54 calendars.seoul.hours.fri: fri has hours twice; they add up",
                "5:44 calendars.seoul.holidays[2]: 2026-05-01..2026-05-10 has days that holidays[0], 2026-05-05, has as well",
                "5:70 calendars.seoul.holidays[3]: 2026-01-01 has days that holidays[1], 2026-01-01, has as well",
                "6:34 calendars.rarely.hours: open on extra days only; nothing is due after the last of them",
            ])
    }

    @Test("queues and channels that no agent can serve are told where the agents are known")
    func unserved() throws {
        let text = """
            channels: {chat: {}, email: {}}
            queues:
              vip: {teams: [busan]}
              hard: {teams: [seoul], skills: {billing: 6}}
              fine: {teams: [seoul], skills: {billing: 5}}
            """
        #expect(try Self.warnings(text) == [])
        let agents = [
            PlanAgent(team: "seoul", skills: ["billing": 5], channels: ["chat"]),
            PlanAgent(skills: ["billing": 10], channels: ["chat"]),
        ]
        #expect(
            try Self.warnings(text, agents: agents) == [
                "1:22 channels.email: nobody can serve this channel: no agent has it",
                "3:16 queues.vip.teams: nobody can serve this queue: no agent is in busan",
                "4:34 queues.hard.skills: nobody can serve this queue: no agent of it has billing 6",
            ])
    }

    @Test("a plan with faults has its warnings as well")
    func both() {
        let report = RoutingPlan.read("queues: {a: {overflow: default, target: 0s}}")
        #expect(report.plan == nil && report.faults.count == 1 && report.warnings.count == 1)
    }

    @Test("escalations of one moment are told, however they say it")
    func oneMoment() throws {
        let lines = try Self.warnings(
            """
            sla:
              - name: twice
                targets: {assign: 40m, resolution: 80m}
                escalate:
                  - {metric: assign, at: 75%, do: [{priority: 1}]}
                  - {metric: assign, at: -10m, do: [{priority: 2}]}
                  - {metric: assign, at: 75%, do: [{priority: 3}]}
                  - {metric: resolution, at: 75%, do: [{priority: 4}]}
                  - {metric: resolution, at: -10m, do: [{priority: 5}]}
            """)
        #expect(
            lines.filter { $0.contains("escalate") } == [
                "6:9 sla[0].escalate[1]: the same metric and time as an escalation above it; both fire as 75%",
                "7:9 sla[0].escalate[2]: the same metric and time as an escalation above it; both fire as 75%",
            ])
    }
}
