import Plan
import Testing

@Suite("A faulty plan")
struct PlanFaultTests {
    private static let faulty = """
        plan: 2
        nmae: Shoe shop
        defaults: {queue: vpi, priority: 101, timezone: Asia/Soeul, reopen_within: 24}
        priority_boost: strikt
        continuity: {prefer: [open_agent, best_agent], for: 31d}
        channels:
          voice: {weight: 0, limit: lots, target: 0s, live: yes, with: [emial]}
          no: {}
          email: {offer_timeout: 2h, offer_timeout: 1m, accept: later}
        skills: [billing, korean, 1]
        queues:
          vip:
            select: best
            teams: []
            skills: {biling: 3, korean: 11}
            overflow: vip
            steps:
              - {after: soon, do: [{relax: {billing: 0}}, {queue: defualt, priority: 5}]}
              - {do: [{promote: 5}]}
          my queue: {target: 31d}
        rules:
          - name: gold
            when: ''
            then: {queue: gold, stop: true}
          - name: gold
            then: {priority: high}
          - {when: "true", then: {}}
        sla:
          - name: vip
            calendar: soul
            pause: [hold]
            targets: {asign: 28s, resolution: 0s}
            escalate:
              - {metric: assign, at: 75%, do: [{notify: lead}]}
              - {metric: resolution, at: 0%, do: []}
              - {metric: resolution, at: 1000%, do: [{notify: "the boss"}]}
              - {metric: resolution, at: later, do: [{priority: "=101"}]}
        calendars:
          seoul:
            timezone: KST
            hours: {mon-fry: ["09:00-18:00"], sat: ["9-18", "10:00-25:00"]}
            holidays: ["2026-02-30", "2026-02-18..2026-02-16"]
            extra: {tomorrow: []}
          never: {timezone: UTC, hours: {}}
        survey: 10m
        """

    @Test("every fault is told in one pass, in the order of the text, with its path and what would be right")
    func everyFault() {
        let report = RoutingPlan.read(Self.faulty)
        #expect(report.plan == nil)
        #expect(report.faultLines.joined(separator: "\n") == Self.expected)
    }

    private static let expected = """
        1:7 plan: the version of the format is 1, not 2
        2:1 nmae: unknown key; did you mean name?
        3:19 defaults.queue: there is no queue vpi; did you mean vip?
        3:34 defaults.priority: -100 to 100, not 101
        3:49 defaults.timezone: "Asia/Soeul" is no IANA time zone such as UTC, Asia/Seoul or America/New_York; did you mean Asia/Seoul?
        3:76 defaults.reopen_within: a duration such as 500ms, 20s, 5m, 1h30m or 14d, not 24
        4:17 priority_boost: a duration such as 1m, or strict, not "strikt"
        5:35 continuity.prefer[1]: one of open_agent, last_agent, not "best_agent"; did you mean last_agent?
        5:53 continuity.for: 0s to 30d, not 31d
        7:19 channels.voice.weight: 1 to 1000, not 0
        7:29 channels.voice.limit: a whole number from 1 to 1000, not "lots"
        7:43 channels.voice.target: 1s to 30d, not 0s
        7:53 channels.voice.live: true or false, not yes
        7:65 channels.voice.with[0]: there is no channel emial; did you mean email?
        8:3 channels.no: no without quotes is a truth value to some programs; quote it: "no"
        9:11 channels.email.offer_timeout: the key offer_timeout stands there twice; keep one of them
        9:57 channels.email.accept: one of offer, auto, not "later"
        10:27 skills[2]: 1 without quotes is a number; quote it: "1"
        13:13 queues.vip.select: one of least_loaded, longest_idle, most_skilled, least_skilled, not "best"
        14:12 queues.vip.teams: 1 to 64 teams; leave it out for any team
        15:22 queues.vip.skills.biling: there is no skill biling; did you mean billing?
        15:33 queues.vip.skills.korean: 1 to 10, not 11
        16:15 queues.vip.overflow: a queue cannot overflow into itself
        18:17 queues.vip.steps[0].after: a duration such as 500ms, 20s, 5m, 1h30m or 14d, not "soon"
        18:46 queues.vip.steps[0].do[0].relax.billing: 1 to 10, not 0
        18:51 queues.vip.steps[0].do[1]: one action an item: - {queue: …} - {priority: …}
        19:9 queues.vip.steps[1].after: is missing
        19:16 queues.vip.steps[1].do[0].promote: unknown key; the keys are priority, require, relax, drop, queue, notify, expire
        20:3 queues."my queue": a name is made of letters, marks, digits and _ . - and not of a space
        20:22 queues."my queue".target: 1s to 30d, not 31d
        23:11 rules[0].when: an empty condition; leave `when` out where it is always so
        24:19 rules[0].then.queue: there is no queue gold; the queues are default, vip, my queue
        24:25 rules[0].then.stop: stands beside `then`, not in it
        25:11 rules[1].name: rules[0] has this name already; give each rule a name of its own
        26:22 rules[1].then.priority: a whole number from -100 to 100, not "high"
        27:5 rules[2].name: is missing
        30:15 sla[0].calendar: there is no calendar soul; did you mean seoul?
        31:13 sla[0].pause[0]: one of scheduled, waiting, offered, assigned, held, not "hold"; did you mean held?
        32:15 sla[0].targets.asign: unknown key; did you mean assign?
        32:39 sla[0].targets.resolution: 1s to 400d, not 0s
        34:18 sla[0].escalate[0].metric: the policy has no target of assign; its targets are resolution
        35:34 sla[0].escalate[1].at: 1% to 999%, not 0%
        35:42 sla[0].escalate[1].do: at least one action belongs here, such as {priority: 5}
        36:34 sla[0].escalate[2].at: 1% to 999%, not 1000%
        36:55 sla[0].escalate[2].do[0].notify: a name is made of letters, marks, digits and _ . - and not of a space
        37:34 sla[0].escalate[3].at: a share of the target such as 75%, or a time around it such as +15m or -10m, not "later"
        37:57 sla[0].escalate[3].do[0].priority: -100 to 100, not 101
        40:15 calendars.seoul.timezone: "KST" is no IANA time zone such as UTC, Asia/Seoul or America/New_York
        41:13 calendars.seoul.hours.mon-fry: a day, a range or a list of days such as mon, mon-fri or mon,wed; did you mean mon-fri?
        41:45 calendars.seoul.hours.sat[0]: a block such as 09:00-18:00 (up to 24:00; 22:00-06:00 ends the next day), not "9-18"
        41:53 calendars.seoul.hours.sat[1]: a block such as 09:00-18:00 (up to 24:00; 22:00-06:00 ends the next day), not "10:00-25:00"
        42:16 calendars.seoul.holidays[0]: a day from 1970 on, such as 2026-02-16, or a range such as 2026-02-16..2026-02-18, not "2026-02-30"
        42:30 calendars.seoul.holidays[1]: 2026-02-16 is before 2026-02-18; write the earlier day first
        43:13 calendars.seoul.extra.tomorrow: a day from 1970 on, such as 2026-02-14
        44:33 calendars.never.hours: no minute is ever open; give at least one block, such as {mon-fri: ["09:00-18:00"]}
        45:9 survey: an object (keys and values) belongs here, not "10m"
        """

    @Test(
        "a calendar whose every open day is a holiday has no open minute; one day that is left, or an extra day, is enough",
        arguments: [
            (#"hours: {mon-fri: ["09:00-18:00"]}, holidays: ["1970-01-01..9999-12-31"]"#, false),
            (#"hours: {sat: ["09:00-18:00"]}, holidays: ["1970-01-01..2026-02-15", "2026-02-21..9999-12-31"]"#, false),
            (#"hours: {sat: ["09:00-18:00"]}, holidays: ["1970-01-01..2026-02-15", "2026-02-22..9999-12-31"]"#, true),
            (#"hours: {mon: ["09:00-18:00"]}, holidays: ["1970-01-01..9999-12-31"], extra: {"2026-02-14": []}"#, false),
            (
                #"hours: {}, holidays: ["1970-01-01..9999-12-31"], extra: {"2026-02-14": ["10:00-16:00"]}"#, true
            ),
        ])
    func neverOpen(calendar: String, isOpen: Bool) {
        let report = RoutingPlan.read("calendars: {c: {timezone: UTC, \(calendar)}}")
        let faults =
            isOpen ? [] : ["1:39 calendars.c.hours: no minute is ever open: every day that has hours is a holiday"]
        #expect(report.faultLines == faults)
    }
}
