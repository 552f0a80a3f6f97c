package import Routing

extension RoutingPlan {
    /// A skill and how good one has to be at it: 1 to 10.
    package struct SkillLevel: Sendable, Equatable {
        package var name: String
        package var level: Int32

        package init(_ name: String, _ level: Int32) {
            self.name = name
            self.level = level
        }
    }

    /// What a step of a queue or an escalation does to an inquiry.
    package enum Action: Sendable, Equatable {
        /// Added to its priority.
        case addPriority(Int32)
        case setPriority(Int32)
        /// Raises the levels to these.
        case require([SkillLevel])
        /// Lowers the levels to these.
        case relax([SkillLevel])
        /// Takes the skills out of the requirement.
        case drop([String])
        case queue(String)
        /// An `escalated` event of that name.
        case notify(String)
        /// Ends it, with this reason; while it waits or is offered only.
        case expire(String)

        /// The keys of PLAN.md, in its order.
        static let keys = ["priority", "require", "relax", "drop", "queue", "notify", "expire"]
    }

    /// What happens to an inquiry that has waited in a queue; each step once.
    package struct Step: Sendable, Equatable {
        /// Since it entered the queue.
        package var after: TimeSpan
        package var actions: [Action]

        package init(after: TimeSpan, actions: [Action]) {
            self.after = after
            self.actions = actions
        }
    }
}
