/// What an SLA policy may promise of an inquiry's way.
package enum Metric: UInt8, CaseIterable, Sendable {
    /// Queued until accepted.
    case assign
    /// Queued until the first message of an agent; on a live channel until accepted.
    case firstResponse
    /// The oldest unanswered message of the customer, after the first response, until the agent's.
    case nextResponse
    /// Queued until completed.
    case resolution

    package var name: String {
        switch self {
        case .assign: "assign"
        case .firstResponse: "first_response"
        case .nextResponse: "next_response"
        case .resolution: "resolution"
        }
    }
}

/// Years of a calendar that are not compiled yet. The engine knows no time zones: whoever compiles a plan brings this.
package protocol CalendarYears: Sendable {
    /// What to extend the calendar by at a moment; nil while it reaches far enough.
    func addition(to calendar: CompiledCalendar, at now: Instant) -> CompiledCalendar?
}

extension CompiledPlan {
    package struct Calendar: Sendable {
        package var name: String
        package var open: CompiledCalendar
        package var years: any CalendarYears

        package init(name: String, open: CompiledCalendar, years: any CalendarYears) {
            self.name = name
            self.open = open
            self.years = years
        }
    }

    /// Fires once a cycle, when its clock has run for so long.
    package struct Threshold: Sendable {
        package var after: TimeSpan
        /// As the plan says it: `75%`, `+15m`.
        package var label: String
        package var actions: [Action]

        package init(after: TimeSpan, label: String, actions: [Action]) {
            self.after = after
            self.label = label
            self.actions = actions
        }
    }

    /// What a policy promises by one metric.
    package struct Promise: Sendable {
        package var target: TimeSpan
        /// By the time after which they come, each of which is another. The target itself is one of them.
        package private(set) var thresholds: [Threshold]

        /// - Parameter thresholds: in any order; those of one time become one, in the order in which they are given.
        package init(target: TimeSpan, thresholds: [Threshold] = []) {
            self.target = target
            self.thresholds = []
            let all = thresholds + [Threshold(after: target, label: "100%", actions: [])]
            for (_, threshold) in all.enumerated().sorted(by: {
                ($0.element.after, $0.offset) < ($1.element.after, $1.offset)
            }) {
                if let last = self.thresholds.last, last.after == threshold.after {
                    self.thresholds[self.thresholds.count - 1].actions += threshold.actions
                } else {
                    self.thresholds.append(threshold)
                }
            }
        }

        /// The same, with each action as `change` has it; nil takes it out.
        func changing(_ change: (Action) -> Action?) -> Promise {
            var promise = self
            for number in promise.thresholds.indices {
                promise.thresholds[number].actions = promise.thresholds[number].actions.compactMap(change)
            }
            return promise
        }
    }

    /// What is promised to inquiries of one kind. `RuleConditions` says of which.
    package struct Policy: Sendable {
        package var name: String
        /// In `calendars`; nil: around the clock.
        package var calendar: Int?
        /// The states in which its clocks stand still.
        package var pauses: Set<InquiryState>
        /// By metric; nil: nothing is promised.
        package var promises: [Promise?]

        package init(
            name: String, calendar: Int? = nil, pauses: Set<InquiryState> = [], promises: [Metric: Promise]
        ) {
            self.name = name
            self.calendar = calendar
            self.pauses = pauses
            self.promises = Metric.allCases.map { promises[$0] }
        }
    }
}
