package import Routing

/// The routing plan as admins think of it: names, defaults and what may be left out (PLAN.md). `compile` turns it into
/// what the engine works on, `document` into the JSON that the port shows.
package struct RoutingPlan: Sendable, Equatable {
    package struct Channel: Sendable, Equatable {
        package enum Accept: String, Sendable {
            /// The agent is asked.
            case offer
            /// Assigned without asking.
            case auto
        }

        /// What becomes of assigned work when its agent signs off.
        package enum OnOffline: String, Sendable {
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
        package var onOffline = OnOffline.requeue
        /// The other channels that an agent on this one may also be given; nil: any.
        package var with: [String]?
        /// Channels for which this one's points count as free.
        package var interruptedBy: [String] = []

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
            if name == "email" {
                accept = .auto
                onOffline = .keep
                interruptedBy = ["voice"]
            }
        }
    }

    package enum Select: String, Sendable {
        case leastLoaded = "least_loaded"
        case longestIdle = "longest_idle"
    }

    package struct Queue: Sendable, Equatable {
        package var name: String
        /// Over the channel's.
        package var target: TimeSpan?
        package var select = Select.leastLoaded

        package init(_ name: String, target: TimeSpan? = nil, select: Select = .leastLoaded) {
            self.name = name
            self.target = target
            self.select = select
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
    package var priorityBoost = PriorityBoost.perPoint(.minutes(1))

    /// The default plan: queue `default`, the channels voice, chat, social and email.
    package init() {
        channels = ["voice", "chat", "social", "email"].map { Channel($0) }
        queues = [Queue("default")]
    }
}

/// Why a plan cannot be compiled.
package struct PlanFault: Error, Sendable, Equatable {
    /// Where: dots for keys.
    package var path: String
    package var message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }
}

extension RoutingPlan {
    /// The plan for the engine.
    /// - Parameter clockSpeed: The engine's clock runs that many times faster; what is meant in real time, the grace of
    ///   a lost connection, is stretched so that it stays real.
    package func compile(version: Int32, clockSpeed: Int64 = 1) throws(PlanFault) -> CompiledPlan {
        guard channels.count <= Limits.channels else {
            throw PlanFault(path: "channels", message: "at most \(Limits.channels) channels")
        }
        guard queues.count <= Limits.queues else {
            throw PlanFault(path: "queues", message: "at most \(Limits.queues) queues")
        }
        guard let defaultIndex = queues.firstIndex(where: { $0.name == defaultQueue }) else {
            throw PlanFault(path: "defaults.queue", message: "there is no queue \(defaultQueue)")
        }
        var compiled: [CompiledPlan.Channel] = []
        for channel in channels { compiled.append(try compile(channel)) }
        let boost =
            switch priorityBoost {
            case .perPoint(let span): span
            case .strict: CompiledPlan.strictBoost
            }
        return CompiledPlan(
            version: version, channels: compiled,
            queues: queues.map {
                CompiledPlan.Queue(
                    name: $0.name, target: $0.target,
                    selection: $0.select == .leastLoaded ? .leastLoaded : .longestIdle)
            },
            defaultQueue: QueueIndex(defaultIndex), defaultPriority: defaultPriority, priorityBoost: boost,
            disconnectGrace: disconnectGrace * clockSpeed, missedOffersToAway: missedOffersToAway)
    }

    private func compile(_ channel: Channel) throws(PlanFault) -> CompiledPlan.Channel {
        let path = "channels.\(channel.name)"
        var with = ChannelSet.all
        if let names = channel.with { with = try set(of: names, path: path + ".with") }
        return CompiledPlan.Channel(
            name: channel.name, weight: channel.weight, limit: channel.limit, target: channel.target,
            offerTimeout: channel.offerTimeout, wrapUp: channel.wrapUp,
            acceptsAutomatically: channel.accept == .auto, keepsWorkOffline: channel.onOffline == .keep,
            with: with,
            interruptedBy: try set(of: channel.interruptedBy, path: path + ".interrupted_by", skipsUnknown: true))
    }

    /// `skipsUnknown`: the default of `email` names voice, which another plan may lack.
    private func set(
        of names: [String], path: String, skipsUnknown: Bool = false
    ) throws(PlanFault) -> ChannelSet {
        var set = ChannelSet.none
        for name in names {
            guard let index = channels.firstIndex(where: { $0.name == name }) else {
                if skipsUnknown { continue }
                throw PlanFault(path: path, message: "there is no channel \(name)")
            }
            set.insert(ChannelIndex(index))
        }
        return set
    }
}
