import Plan
import Routing

/// The plan and the hours of the month that is made: a call centre in Seoul, ten queues on three channels.
enum MonthPlan {
    static let timezone = "Asia/Seoul"
    /// 1 June 2026, 00:00 UTC: the month is one partition.
    static let begins = Instant(microseconds: 1_780_272_000_000_000)
    static let days: Int64 = 30
    static var ends: Instant { begins + .days(days) }
    /// A day of its middle.
    static let middleDay = "2026-06-16"
    /// The midnight in Seoul before it begins.
    static let midnight = begins - .hours(9)

    static let agents = 100
    static let queues = [
        "default", "sales", "billing", "returns", "delivery", "technical", "warranty", "accounts", "partners", "press",
    ]
    static let voice = ChannelIndex(0)
    static let chat = ChannelIndex(1)
    static let email = ChannelIndex(2)
    /// What comes in an hour of the day in Seoul, of the sum.
    static let hours = [
        1, 1, 1, 1, 1, 1, 1, 2, 4, 9, 9, 9, 7, 9, 9, 9, 9, 9, 6, 6, 6, 3, 3, 3,
    ]

    static func plan() throws -> RoutingPlan {
        let queues = self.queues.dropFirst().map { "  \($0): {skills: {\($0): 1}}" }.joined(separator: "\n")
        let text = """
            defaults: {timezone: \(timezone)}
            channels:
              voice: {weight: 100, limit: 1, target: 20s, offer_timeout: 20s, wrap_up: 15s, live: true}
              chat: {weight: 25, limit: 4, target: 1m, offer_timeout: 30s}
              email: {weight: 10, limit: 10, target: 4h, accept: auto, interrupted_by: [voice], on_offline: keep}
            queues:
              default: {}
            \(queues)
            sla:
              - name: gold
                when: inquiry.attrs.tier == "gold" && inquiry.channel != "email"
                targets: {assign: 20s, first_response: 1m, next_response: 2m, resolution: 1h}
                escalate: [{metric: first_response, at: 75%, do: [{priority: 10}]}]
              - name: live
                when: inquiry.channel != "email"
                targets: {assign: 1m, first_response: 3m, next_response: 5m, resolution: 4h}
              - name: mail
                calendar: office
                targets: {first_response: 1h, next_response: 2h, resolution: 16h}
            calendars:
              office: {timezone: \(timezone), hours: {mon-fri: ["09:00-18:00"]}}
            """
        let report = RoutingPlan.read(Array(text.utf8))
        guard let plan = report.plan else { throw BenchError("the plan is faulty: \(report.faults)") }
        return plan
    }
}
