/// A skill with a level, or with the protocol's own default where none is named.
package struct PlannedSkill: Hashable, Sendable {
    package var name: String
    package var level: Int?

    package init(_ name: String, _ level: Int? = nil) {
        self.name = name
        self.level = level
    }

    /// As the wire writes it: `billing:3`.
    package var wire: String { level.map { "\(name):\($0)" } ?? name }
}

/// An agent of a scenario. Shifts are spans of microseconds from the scenario's start, in order, apart.
package struct PlannedAgent: Hashable, Sendable {
    package var id: String
    package var name: String
    package var skills: [PlannedSkill]
    /// As the wire writes it (`voice:1,chat`); empty for every channel of the plan.
    package var channels: String
    /// The kinds of inquiry that this agent serves, for cover when others have gone.
    package var kinds: [String]
    package var shifts: [Range<Int64>]

    package init(
        id: String, name: String, skills: [PlannedSkill], channels: String, kinds: [String], shifts: [Range<Int64>]
    ) {
        self.id = id
        self.name = name
        self.skills = skills
        self.channels = channels
        self.kinds = kinds
        self.shifts = shifts
    }
}

/// An inquiry of a scenario. Lengths are microseconds; `arrival` counts from the scenario's start.
package struct PlannedInquiry: Hashable, Sendable {
    package var arrival: Int64
    /// What the report groups by.
    package var kind: String
    package var channel: String
    package var skills: [PlannedSkill]
    package var priority: Int
    package var customer: String
    package var subject: String
    /// A JSON object, or empty.
    package var attributes: String
    /// The customer leaves after waiting this long; nil stays until served.
    package var patience: Int64?
    /// From acceptance to completion.
    package var handling: Int64

    package init(
        arrival: Int64, kind: String, channel: String, skills: [PlannedSkill], priority: Int = 0,
        customer: String = "", subject: String = "", attributes: String = "", patience: Int64?, handling: Int64
    ) {
        self.arrival = arrival
        self.kind = kind
        self.channel = channel
        self.skills = skills
        self.priority = priority
        self.customer = customer
        self.subject = subject
        self.attributes = attributes
        self.patience = patience
        self.handling = handling
    }
}

/// All that happens from outside in one run: who signs on when, and what comes in when.
package struct Scenario: Hashable, Sendable {
    package var agents: [PlannedAgent]
    /// In order of arrival.
    package var inquiries: [PlannedInquiry]
    /// Agents stay past their shift, or are called back, while somebody who will not give up waits for them alone.
    package var overtime: Bool

    package init(agents: [PlannedAgent], inquiries: [PlannedInquiry], overtime: Bool) {
        self.agents = agents
        self.inquiries = inquiries
        self.overtime = overtime
    }
}
