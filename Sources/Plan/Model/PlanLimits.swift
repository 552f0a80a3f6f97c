package import Routing

/// What a plan may hold, and what its numbers may be (PLAN.md; DESIGN §4).
package enum PlanLimits {
    // MARK: The document

    /// What an admin's request line holds.
    package static let documentBytes = 4 * 1_048_576
    /// As deep as JSON nests on the wire.
    package static let depth = 32
    package static let nodes = 200_000
    /// Faults and warnings that are listed; what is over is counted.
    package static let findings = 1_000

    // MARK: Counts

    package static let skills = 4_096
    package static let teams = 64
    package static let rules = 1_000
    package static let policies = 1_000
    package static let stepsPerQueue = 64
    package static let escalationsPerPolicy = 64
    package static let actionsPerStep = 16
    package static let calendars = 256
    /// Blocks of one day.
    package static let blocks = 48
    package static let holidays = 10_000
    package static let extraDays = 10_000
    /// Bytes of a condition.
    package static let conditionBytes = 16_384
    /// Bytes of the name of a plan, a rule or a policy, and of a reason.
    package static let labelBytes = 200

    // MARK: Ranges

    package static let weight: ClosedRange<Int32> = 1...1_000
    package static let limit: ClosedRange<Int32> = 1...1_000
    package static let level: ClosedRange<Int32> = 1...10
    package static let missedOffersToAway: ClosedRange<Int32> = 0...1_000
    package static let queueLength: ClosedRange<Int32> = 1...Int32(Limits.liveInquiries)
    package static let thresholdPercent: ClosedRange<Int32> = 1...999
    package static let years: ClosedRange<Int32> = 1_970...9_999

    package static let target: ClosedRange<TimeSpan> = .seconds(1)...(.days(30))
    package static let offerTimeout: ClosedRange<TimeSpan> = .seconds(1)...(.hours(1))
    package static let wrapUp: ClosedRange<TimeSpan> = .zero...(.hours(24))
    package static let disconnectGrace: ClosedRange<TimeSpan> = .zero...(.hours(24))
    package static let priorityBoost: ClosedRange<TimeSpan> = .zero...(.days(30))
    package static let hold: ClosedRange<TimeSpan> = .zero...Limits.preferredHold
    package static let continuityWithin: ClosedRange<TimeSpan> = .zero...(.days(400))
    package static let reopenWithin: ClosedRange<TimeSpan> = .zero...(.days(400))
    package static let maxAge: ClosedRange<TimeSpan> = .seconds(1)...(.days(400))
    package static let retain: ClosedRange<TimeSpan> = .days(1)...(.days(36_500))
    package static let stepAfter: ClosedRange<TimeSpan> = .seconds(1)...(.days(400))
    package static let policyTarget: ClosedRange<TimeSpan> = .seconds(1)...(.days(400))
    package static let thresholdOffset: ClosedRange<TimeSpan> = .seconds(1)...(.days(400))
    package static let surveyAfter: ClosedRange<TimeSpan> = .zero...(.days(30))
}
