/// What a condition is asked of.
package enum ConditionKind: Sendable, Equatable {
    /// An inquiry as submitted.
    case rule
    /// An inquiry as routed.
    case policy
}

/// The names that a condition may mean.
package struct ConditionScope: Sendable {
    package var kind: ConditionKind
    /// For `open("…")`.
    package var calendars: [String]
    package var queues: [String]
    package var channels: [String]
    /// nil: any.
    package var skills: [String]?

    package init(
        kind: ConditionKind, calendars: [String] = [], queues: [String] = [], channels: [String] = [],
        skills: [String]? = nil
    ) {
        self.kind = kind
        self.calendars = calendars
        self.queues = queues
        self.channels = channels
        self.skills = skills
    }
}

/// A fault of a condition: its place in the condition's own text, and what would be right.
package struct ConditionFault: Error, Sendable, Equatable {
    /// From 1, in Unicode scalars.
    package var line: Int
    package var column: Int
    package var message: String

    package init(line: Int, column: Int, message: String) {
        self.line = line
        self.column = column
        self.message = message
    }
}

/// Knows the language of the conditions. The plan holds them as text.
package protocol ConditionChecker: Sendable {
    /// All faults of one condition, in the order of the text; none if it is fine. Does not evaluate it.
    func faults(of source: String, in scope: ConditionScope) -> [ConditionFault]
}
