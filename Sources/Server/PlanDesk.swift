package import Routing

/// Reads documents of the routing plan and compares them. The server knows neither their format nor the rule language.
///
/// What it is asked takes up to a second, so it is asked off the engine's thread.
package protocol PlanDesk: Sendable {
    /// What a document means, or what is wrong with it. `agents` are those there are, for warnings of queues that nobody
    /// can serve; none where there are too many to look at.
    /// `present` is what it would replace; empty where that does not matter. Calendars are compiled around `now`.
    func read(_ document: [UInt8], over present: [UInt8], agents: [AgentDefinition], at now: Instant) -> PlanReading

    /// What the newer document changes, a line a change.
    func changes(from older: [UInt8], to newer: [UInt8]) -> [String]
}

/// What came of reading a document.
package struct PlanReading: Sendable {
    package struct Remark: Sendable {
        /// Dots for keys, `[n]` for items; empty for the document as a whole.
        package var path: String
        package var message: String

        package init(path: String, message: String) {
            self.path = path
            self.message = message
        }
    }

    /// nil where there are faults. Its version is the caller's to give.
    package var plan: CompiledPlan?
    /// The plan with everything spelled out, as JSON; empty where there are faults.
    package var document: [UInt8]
    /// What it changes of the present plan, a line a change.
    package var changes: [String]
    package var faults: [Remark]
    package var warnings: [Remark]
    package var isTooLarge: Bool

    package init(
        plan: CompiledPlan?, document: [UInt8], changes: [String], faults: [Remark], warnings: [Remark],
        isTooLarge: Bool = false
    ) {
        self.plan = plan
        self.document = document
        self.changes = changes
        self.faults = faults
        self.warnings = warnings
        self.isTooLarge = isTooLarge
    }
}

/// A published version of the plan, as it is kept.
package struct PlanRecord: Sendable {
    package var version: Int32
    package var at: Instant
    /// Who published it: the name of the token, or `token N`.
    package var author: String
    package var note: String
    package var document: [UInt8]

    package init(version: Int32, at: Instant, author: String, note: String, document: [UInt8]) {
        self.version = version
        self.at = at
        self.author = author
        self.note = note
        self.document = document
    }
}
