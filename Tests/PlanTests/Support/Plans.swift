import Plan

extension RoutingPlan {
    static func read(_ text: String, format: PlanFormat = .detected, agents: [PlanAgent] = []) -> PlanReport {
        read(Array(text.utf8), format: format, agents: agents)
    }
}

extension PlanReport {
    /// The faults as lines.
    var faultLines: [String] { faults.map(\.description) }
    var warningLines: [String] { warnings.map(\.description) }
}

enum Plans {
    /// The example of the plan's description.
    static let example = """
        plan: 1                          # format version
        name: Shoe shop
        defaults:
          queue: default                 # where no rule says otherwise
          priority: 0
          timezone: Asia/Seoul           # of "today"
          disconnect_grace: 30s
          missed_offers_to_away: 1       # in a row; 0 = never
          reopen_within: 24h             # a customer's MESSAGE on a completed inquiry reopens it
          max_age: 14d                   # an inquiry that waits longer expires
          retain: 400d                   # closed inquiries and events
        priority_boost: 1m               # waiting time that one point of priority is worth, or `strict`
        continuity: {prefer: [open_agent, last_agent], for: 30s, within: 30d}
        channels:
          voice: {weight: 80, limit: 1, target: 20s, offer_timeout: 20s, wrap_up: 30s, live: true, with: [email]}
          chat:  {weight: 25, limit: 4, target: 1m, offer_timeout: 30s}
          kakao: {weight: 25, limit: 4, target: 2m, hold_releases: true}
          email: {weight: 10, limit: 10, target: 4h, accept: auto, interrupted_by: [voice], on_offline: keep}
        skills: [billing, returns, korean, english]   # names outside it are refused; left out = any
        queues:
          default: {}
          vip:
            target: 20s                  # over the channel's
            select: most_skilled         # least_loaded | longest_idle | most_skilled | least_skilled
            teams: [seoul]               # left out = any
            skills: {billing: 3}         # required while in this queue
            max_length: 500              # of new submissions that would wait
            overflow: default
            steps:                       # Waited(queue); each once
              - {after: 30s, do: [{relax: {billing: 1}}]}
              - {after: 60s, do: [{drop: [korean]}, {priority: 5}]}
              - {after: 120s, do: [{queue: default}]}
        rules:                           # at submission, in order; all that match apply; `stop` ends
          - name: gold customers
            when: inquiry.attrs.tier == "gold"
            then: {queue: vip, priority: 10, skills: {billing: 3}, prefer: {returns: 1}}
          - name: korean unless said otherwise
            when: '!has(inquiry.attrs.lang) || inquiry.attrs.lang == "ko"'
            then: {skills: {korean: 1}}
            stop: true
        sla:                             # the first policy that matches
          - name: vip
            when: inquiry.queue == "vip"
            calendar: seoul              # left out: around the clock
            pause: [held]                # states in which its clocks stand still
            targets: {assign: 28s, first_response: 2m, next_response: 5m, resolution: 8h}
            escalate:
              - {metric: first_response, at: 75%, do: [{priority: 10}, {notify: lead}]}
              - {metric: first_response, at: 100%, do: [{drop: [korean]}, {queue: default}]}
              - {metric: resolution, at: +30m, do: [{notify: manager}]}   # -10m = before it is due
        calendars:
          seoul:
            timezone: Asia/Seoul         # IANA name
            hours: {mon-fri: ["09:00-12:00", "13:00-18:00"], sat: ["10:00-14:00"]}
            holidays: ["2026-01-01", "2026-02-16..2026-02-18"]
            extra: {"2026-02-14": ["10:00-16:00"]}
        survey: {after: 10m}             # a survey_due event

        """
}
