package import Routing

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

/// What the numbers of a plan may be (PLAN.md).
package enum PlanLimits {
    package static let weight: ClosedRange<Int32> = 1...1_000
    package static let limit: ClosedRange<Int32> = 1...1_000
    package static let target: ClosedRange<TimeSpan> = .seconds(1)...(.days(30))
    package static let offerTimeout: ClosedRange<TimeSpan> = .seconds(1)...(.hours(1))
    package static let wrapUp: ClosedRange<TimeSpan> = .zero...(.hours(24))
    package static let hold: ClosedRange<TimeSpan> = .zero...Limits.preferredHold
    package static let continuityWithin: ClosedRange<TimeSpan> = .zero...(.days(400))
    package static let reopenWithin: ClosedRange<TimeSpan> = .zero...(.days(400))
    package static let maxAge: ClosedRange<TimeSpan> = .seconds(1)...(.days(400))
    package static let teams = 64
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
        try Self.check(defaultPriority, Limits.priority, "defaults.priority")
        try Self.check(reopenWithin, PlanLimits.reopenWithin, "defaults.reopen_within")
        try Self.check(maxAge, PlanLimits.maxAge, "defaults.max_age")
        try Self.check(continuity.hold, PlanLimits.hold, "continuity.for")
        try Self.check(continuity.within, PlanLimits.continuityWithin, "continuity.within")
        try Self.checkOnce(continuity.prefer.map(\.rawValue), "continuity.prefer")
        var compiledChannels: [CompiledPlan.Channel] = []
        for channel in channels { compiledChannels.append(try compile(channel)) }
        var compiledQueues: [CompiledPlan.Queue] = []
        for queue in queues { compiledQueues.append(try compile(queue)) }
        let boost =
            switch priorityBoost {
            case .perPoint(let span): span
            case .strict: CompiledPlan.strictBoost
            }
        return CompiledPlan(
            version: version, channels: compiledChannels, queues: compiledQueues,
            defaultQueue: QueueIndex(defaultIndex), defaultPriority: defaultPriority, priorityBoost: boost,
            disconnectGrace: disconnectGrace * clockSpeed, missedOffersToAway: missedOffersToAway,
            continuity: continuity.prefer.map { $0 == .openAgent ? .openAgent : .lastAgent },
            continuityHold: continuity.hold, continuityWithin: continuity.within, reopenWithin: reopenWithin,
            maxAge: maxAge)
    }

    private func compile(_ channel: Channel) throws(PlanFault) -> CompiledPlan.Channel {
        let path = "channels.\(channel.name)"
        try Self.check(channel.weight, PlanLimits.weight, path + ".weight")
        try Self.check(channel.limit, PlanLimits.limit, path + ".limit")
        try Self.check(channel.target, PlanLimits.target, path + ".target")
        try Self.check(channel.offerTimeout, PlanLimits.offerTimeout, path + ".offer_timeout")
        try Self.check(channel.wrapUp, PlanLimits.wrapUp, path + ".wrap_up")
        var with = ChannelSet.all
        if let names = channel.with { with = try set(of: names, path: path + ".with") }
        return CompiledPlan.Channel(
            name: channel.name, weight: channel.weight, limit: channel.limit, target: channel.target,
            offerTimeout: channel.offerTimeout, wrapUp: channel.wrapUp,
            acceptsAutomatically: channel.accept == .auto, keepsWorkOffline: channel.onOffline == .keep,
            holdReleases: channel.holdReleases, with: with,
            interruptedBy: try set(of: channel.interruptedBy, path: path + ".interrupted_by", skipsUnknown: true))
    }

    private func compile(_ queue: Queue) throws(PlanFault) -> CompiledPlan.Queue {
        let path = "queues.\(queue.name)"
        if let target = queue.target { try Self.check(target, PlanLimits.target, path + ".target") }
        if let teams = queue.teams {
            guard (1...PlanLimits.teams).contains(teams.count) else {
                throw PlanFault(
                    path: path + ".teams", message: "1 to \(PlanLimits.teams) teams; leave it out for any team")
            }
            try Self.checkOnce(teams, path + ".teams")
        }
        return CompiledPlan.Queue(
            name: queue.name, target: queue.target, selection: queue.select.selection, teams: queue.teams)
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

    // MARK: Ranges

    private static func check(_ value: Int32, _ range: ClosedRange<Int32>, _ path: String) throws(PlanFault) {
        guard !range.contains(value) else { return }
        throw PlanFault(path: path, message: "\(range.lowerBound) to \(range.upperBound), not \(value)")
    }

    private static func check(
        _ value: TimeSpan, _ range: ClosedRange<TimeSpan>, _ path: String
    ) throws(PlanFault) {
        guard !range.contains(value) else { return }
        throw PlanFault(path: path, message: "\(range.lowerBound.text) to \(range.upperBound.text), not \(value.text)")
    }

    private static func checkOnce(_ names: [String], _ path: String) throws(PlanFault) {
        for (index, name) in names.enumerated() where names[..<index].contains(name) {
            throw PlanFault(path: path, message: "\(name) stands there twice")
        }
    }
}
