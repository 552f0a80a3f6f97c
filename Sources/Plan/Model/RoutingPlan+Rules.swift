package import Routing

extension RoutingPlan {
    /// What is made of an inquiry when it is submitted.
    package struct Rule: Sendable, Equatable {
        package var name: String
        /// The condition in CEL; nil: always.
        package var condition: String?
        /// nil: the queue stays.
        package var queue: String?
        /// Added to the priority; nil: it stays.
        package var priority: Int32?
        package var skills: [SkillLevel] = []
        package var prefer: [SkillLevel] = []
        /// Beats the fields of the request.
        package var force = false
        /// No rule after it is looked at where this one matches.
        package var stop = false

        package init(_ name: String, condition: String? = nil) {
            self.name = name
            self.condition = condition
        }

        /// Whether it does nothing to an inquiry but end the rules.
        var isEmpty: Bool { queue == nil && priority == nil && skills.isEmpty && prefer.isEmpty }
    }

    /// What is promised, measured and done when it is late.
    package struct Policy: Sendable, Equatable {
        package enum Metric: String, Sendable, CaseIterable {
            /// Queued until accepted.
            case assign
            /// Queued until the agent's first message.
            case firstResponse = "first_response"
            /// The customer's message until the agent's.
            case nextResponse = "next_response"
            /// Submitted until completed.
            case resolution
        }

        /// A state in which the clocks may stand still.
        package enum Pause: String, Sendable, CaseIterable {
            case scheduled
            case waiting
            case offered
            case assigned
            case held
        }

        package struct Target: Sendable, Equatable {
            package var metric: Metric
            package var span: TimeSpan

            package init(_ metric: Metric, _ span: TimeSpan) {
                self.metric = metric
                self.span = span
            }
        }

        package struct Escalation: Sendable, Equatable {
            package var metric: Metric
            package var at: Threshold
            package var actions: [Action]

            package init(_ metric: Metric, at: Threshold, actions: [Action]) {
                self.metric = metric
                self.at = at
                self.actions = actions
            }
        }

        package var name: String
        /// The condition in CEL; nil: always.
        package var condition: String?
        /// nil: the clocks run around the clock.
        package var calendar: String?
        package var pause: [Pause] = []
        /// One a metric at most, in the order of the metrics.
        package var targets: [Target] = []
        package var escalations: [Escalation] = []

        package init(_ name: String, condition: String? = nil) {
            self.name = name
            self.condition = condition
        }

        package func target(of metric: Metric) -> TimeSpan? {
            targets.first { $0.metric == metric }?.span
        }
    }
}

extension RoutingPlan {
    /// When an escalation is due.
    package enum Threshold: Sendable, Equatable {
        /// Of the target: 100 is when it is due.
        case percent(Int32)
        /// After the target, or before it where negative.
        case offset(TimeSpan)

        /// `75%`, `+15m`, `-10m`. Nil if it is none of these.
        package init?(_ text: String) {
            let rest = text.dropFirst()
            switch text.first {
            case "+":
                guard let span = TimeSpan(text: rest) else { return nil }
                self = .offset(span)
            case "-":
                guard let span = TimeSpan(text: rest) else { return nil }
                self = .offset(.zero - span)
            default:
                guard text.last == "%", text.utf8.count <= 10, let percent = Int32(text.dropLast()),
                    text.utf8.first != UInt8(ascii: "+")
                else { return nil }
                self = .percent(percent)
            }
        }

        package var text: String {
            switch self {
            case .percent(let percent): "\(percent)%"
            case .offset(let span): span < .zero ? "-\((.zero - span).text)" : "+\(span.text)"
            }
        }
    }
}
