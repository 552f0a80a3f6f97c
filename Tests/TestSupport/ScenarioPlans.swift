/// The plans of the documented scenarios, by their numbers, as people write them. The engine's tests and the port's play
/// the scenarios under the same documents.
///
/// Offers stand for an hour where the scenario is not about them, so that no clock, however fast, takes one away.
package enum ScenarioPlans {
    /// 2: what an agent on a chat or a call may be given beside it; room is never in the way.
    package static let besideEachOther = """
        name: Channels beside each other
        channels:
          chat:  {weight: 1, limit: 2, with: [], target: 1m, offer_timeout: 1h}
          task:  {weight: 1, limit: 1, target: 1m, offer_timeout: 1h}
          voice: {weight: 1, limit: 1, with: [], target: 1m, offer_timeout: 1h}
        """

    /// 3: a call finds the points of e-mails free.
    package static let interruption = """
        name: Interruption
        channels:
          voice: {weight: 100, limit: 1, target: 1m, offer_timeout: 1h}
          chat:  {weight: 25, limit: 4, target: 1m, offer_timeout: 1h}
          email: {weight: 25, limit: 4, target: 1m, accept: auto, interrupted_by: [voice]}
        """

    /// 10: the requirement said by the request (`default`) or by the queue; and the queue that takes the most skilled.
    package static let skillMatch = """
        name: Skill match
        channels:
          voice: {weight: 100, limit: 1, target: 1m, offer_timeout: 1h}
        skills: [french, sales]
        queues:
          default: {}
          sales: {skills: {french: 1, sales: 5}}
          best:  {select: most_skilled, skills: {french: 1, sales: 5}}
        """

    /// 11: billing spares the versatile.
    package static let spareTheVersatile = """
        name: Spare the versatile
        channels:
          voice: {weight: 100, limit: 1, target: 1m, offer_timeout: 1h}
          chat:  {weight: 100, limit: 1, target: 1m, offer_timeout: 1h}
        skills: [billing, returns, english]
        queues:
          billing: {select: least_skilled, skills: {billing: 1}}
        """

    /// 12: one call is all that an agent can take; `french` asks for a skill.
    package static let preferredAgent = """
        name: Preferred agent
        channels:
          voice: {weight: 100, limit: 1, target: 1m, offer_timeout: 1h}
        queues:
          default: {}
          french: {skills: {french: 3}}
        """

    /// 13: the shoe shop. At weight 50 a call finds room beside a message, at 100 it does not. Half the target of a call
    /// is more than the plan's 30 s in `default`, and less in `quick`.
    package static func oneAgent(voiceWeight: Int) -> String {
        """
        name: One customer, one agent
        continuity: {prefer: [open_agent], for: 30s}
        channels:
          voice:  {weight: \(voiceWeight), limit: 1, target: 2m, offer_timeout: 1h}
          social: {weight: 25, limit: 4, target: 2m, offer_timeout: 1h}
        queues:
          default: {}
          quick: {target: 40s}
        """
    }

    /// 14: a point of priority is a minute of waiting; gold customers have ten.
    package static let priority = """
        name: Priority is waiting time
        priority_boost: 1m
        channels:
          voice: {weight: 100, limit: 1, target: 1m, offer_timeout: 1h}
        rules:
          - name: gold
            when: inquiry.attrs.tier == "gold"
            then: {priority: 10}
        """

    /// 15: an hour's target and half an hour's.
    package static let slack = """
        name: Slack, not arrival
        channels:
          voice: {weight: 100, limit: 1, target: 1m, offer_timeout: 1h}
        queues:
          slow:  {target: 60m}
          quick: {target: 30m}
        """

    /// 16: `a` is far ahead of `b` and asks for a skill.
    package static let heldBack = """
        name: Held back only by what fits
        channels:
          voice: {weight: 100, limit: 1, target: 1m, offer_timeout: 1h}
        queues:
          a: {target: 1s, skills: {french: 1}}
          b: {target: 10m}
        """

    /// 20: an offer stands for 30 s, and so long refusals last when nobody is left.
    package static let everybodyDeclined = """
        name: Everybody declined
        channels:
          voice: {weight: 100, limit: 1, target: 1m, offer_timeout: 30s}
        """

    /// 24: one skill is asked for always, the other for a minute.
    package static let expiringRequirement = """
        name: An expiring requirement
        channels:
          voice: {weight: 100, limit: 1, target: 1m, offer_timeout: 1h}
        queues:
          default:
            skills: {english: 1, skill: 10}
            steps:
              - {after: 60s, do: [{drop: [skill]}]}
        """

    /// 25: T is 20 s.
    package static let dropOneAfterAnother = """
        name: Drop one after another
        channels:
          voice: {weight: 100, limit: 1, target: 1m, offer_timeout: 1h}
        queues:
          default:
            skills: {english: 1, issue: 1, product: 1, location: 1}
            steps:
              - {after: 20s, do: [{drop: [location]}]}
              - {after: 40s, do: [{drop: [product]}]}
              - {after: 60s, do: [{drop: [issue]}]}
        """

    /// 26: by wait and by length; beyond its length `long` overflows and `strict` refuses.
    package static let waitAndLength = """
        name: Wait and length
        channels:
          voice: {weight: 100, limit: 1, target: 1m, offer_timeout: 1h}
        queues:
          one:
            steps:
              - {after: 60s, do: [{priority: 10}]}
              - {after: 300s, do: [{queue: two}]}
          two: {}
          long: {max_length: 100, overflow: two}
          strict: {max_length: 100}
        """
}
