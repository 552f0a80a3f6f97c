package import Routing

/// The routing plan as admins think of it: names, defaults and what may be left out (PLAN.md). `read` makes it of a
/// document, `compile` turns it into what the engine works on, `document` into the JSON that the port shows, `yaml`
/// into the text that people keep.
package struct RoutingPlan: Sendable, Equatable {
    package struct Channel: Sendable, Equatable {
        package enum Accept: String, Sendable, CaseIterable {
            /// The agent is asked.
            case offer
            /// Assigned without asking.
            case auto
        }

        /// What becomes of assigned work when its agent signs off.
        package enum OnOffline: String, Sendable, CaseIterable {
            case requeue
            case keep
        }

        package var name: String
        package var weight: Int32
        package var limit: Int32
        package var target: TimeSpan
        package var offerTimeout: TimeSpan
        package var wrapUp = TimeSpan.zero
        package var accept = Accept.offer
        /// Held work of this channel takes no room.
        package var holdReleases = false
        package var onOffline = OnOffline.requeue
        /// The other channels that an agent on this one may also be given; nil: any.
        package var with: [String]?
        /// Channels for which this one's points count as free.
        package var interruptedBy: [String] = []
        /// Accepting it is the first response: agent and customer speak at once.
        package var live = false

        /// A channel with the defaults that PLAN.md gives to that name.
        package init(_ name: String) {
            self.name = name
            switch name {
            case "voice": (weight, limit, target) = (100, 1, .seconds(20))
            case "social": (weight, limit, target) = (25, 4, .minutes(5))
            case "email": (weight, limit, target) = (10, 10, .hours(4))
            default: (weight, limit, target) = (25, 4, .minutes(1))
            }
            offerTimeout = name == "voice" ? .seconds(20) : .seconds(30)
            live = name == "voice"
            if name == "email" {
                accept = .auto
                onOffline = .keep
                interruptedBy = ["voice"]
            }
        }
    }

    package enum Select: String, Sendable, CaseIterable {
        case leastLoaded = "least_loaded"
        case longestIdle = "longest_idle"
        case mostSkilled = "most_skilled"
        case leastSkilled = "least_skilled"

        var selection: Selection {
            switch self {
            case .leastLoaded: .leastLoaded
            case .longestIdle: .longestIdle
            case .mostSkilled: .mostSkilled
            case .leastSkilled: .leastSkilled
            }
        }
    }

    package struct Queue: Sendable, Equatable {
        package var name: String
        /// Over the channel's.
        package var target: TimeSpan?
        package var select = Select.leastLoaded
        /// The teams whose agents serve it; nil: any.
        package var teams: [String]?
        /// Required while an inquiry is in the queue.
        package var skills: [SkillLevel] = []
        /// Of new submissions that would wait; nil: any number.
        package var lengthMax: Int32?
        /// The queue that takes what is over `lengthMax`.
        package var overflow: String?
        package var steps: [Step] = []

        package init(
            _ name: String, target: TimeSpan? = nil, select: Select = .leastLoaded, teams: [String]? = nil
        ) {
            self.name = name
            self.target = target
            self.select = select
            self.teams = teams
        }
    }

    /// How an inquiry comes to the agent who knows its customer.
    package struct Continuity: Sendable, Equatable {
        package enum Prefer: String, Sendable, CaseIterable {
            /// Who works on another inquiry of the customer.
            case openAgent = "open_agent"
            /// Who worked on the customer's last one.
            case lastAgent = "last_agent"
        }

        /// Who is looked for, in this order; nobody where it is empty.
        package var prefer: [Prefer]
        /// How long an inquiry waits for that agent, or half its target if that is less.
        package var hold: TimeSpan
        /// How long ago the customer's last inquiry may have ended.
        package var within: TimeSpan

        package init(
            prefer: [Prefer] = [.openAgent], hold: TimeSpan = .seconds(30), within: TimeSpan = .days(30)
        ) {
            self.prefer = prefer
            self.hold = hold
            self.within = within
        }
    }

    package enum PriorityBoost: Sendable, Equatable {
        /// The waiting time that one point of priority is worth.
        case perPoint(TimeSpan)
        case strict
    }

    package var name = ""
    package var channels: [Channel]
    package var queues: [Queue]
    package var defaultQueue = "default"
    package var defaultPriority: Int32 = 0
    package var disconnectGrace = TimeSpan.seconds(30)
    package var missedOffersToAway: Int32 = 1
    /// How long after its completion the customer's message reopens an inquiry.
    package var reopenWithin = TimeSpan.hours(24)
    /// What waits longer expires.
    package var maxAge = TimeSpan.days(14)
    /// How long closed inquiries and events are kept.
    package var retain = TimeSpan.days(400)
    /// The IANA zone of "today".
    package var timezone = "UTC"
    package var priorityBoost = PriorityBoost.perPoint(.minutes(1))
    package var continuity = Continuity()
    /// The names that a skill may have; nil: any.
    package var skills: [String]?
    /// At submission, in order.
    package var rules: [Rule] = []
    /// The first that matches holds.
    package var policies: [Policy] = []
    package var calendars: [BusinessCalendar] = []
    /// How long after completion `survey_due` comes; nil: never.
    package var surveyAfter: TimeSpan?

    /// The default plan: queue `default`, the channels voice, chat, social and email.
    package init() {
        channels = ["voice", "chat", "social", "email"].map { Channel($0) }
        queues = [Queue("default")]
    }
}
