package import Routing

extension RoutingPlan {
    /// The plan for the engine. Throws the first of its faults.
    /// - Parameter clockSpeed: The engine's clock runs that many times faster; what is meant in real time, the grace of
    ///   a lost connection, is stretched so that it stays real.
    package func compile(version: Int32, clockSpeed: Int64 = 1) throws(PlanFault) -> CompiledPlan {
        if let fault = check().faults.first { throw fault }
        guard let defaultIndex = queues.firstIndex(where: { $0.name == defaultQueue }) else {
            preconditionFailure("a plan without faults has its default queue")
        }
        let boost =
            switch priorityBoost {
            case .perPoint(let span): span
            case .strict: CompiledPlan.strictBoost
            }
        return CompiledPlan(
            version: version, channels: channels.map { compiled($0) }, queues: queues.map { $0.compiled },
            defaultQueue: QueueIndex(defaultIndex), defaultPriority: defaultPriority, priorityBoost: boost,
            disconnectGrace: disconnectGrace * clockSpeed, missedOffersToAway: missedOffersToAway,
            continuity: continuity.prefer.map { $0 == .openAgent ? .openAgent : .lastAgent },
            continuityHold: continuity.hold, continuityWithin: continuity.within, reopenWithin: reopenWithin,
            maxAge: maxAge)
    }

    private func compiled(_ channel: Channel) -> CompiledPlan.Channel {
        CompiledPlan.Channel(
            name: channel.name, weight: channel.weight, limit: channel.limit, target: channel.target,
            offerTimeout: channel.offerTimeout, wrapUp: channel.wrapUp,
            acceptsAutomatically: channel.accept == .auto, keepsWorkOffline: channel.onOffline == .keep,
            holdReleases: channel.holdReleases, with: channel.with.map { set(of: $0) } ?? .all,
            interruptedBy: set(of: channel.interruptedBy))
    }

    /// The channels of these names that the plan has: the default of `email` names voice, which another plan may lack.
    private func set(of names: [String]) -> ChannelSet {
        var set = ChannelSet.none
        for (index, channel) in channels.enumerated() where names.contains(channel.name) {
            set.insert(ChannelIndex(index))
        }
        return set
    }

    /// What compiles each calendar, and adds years to it later, in the plan's order. One whose zone is unknown, which is
    /// a fault of the plan, is left out. About a millisecond a calendar.
    package var calendarCompilers: [(name: String, compiler: CalendarCompiler)] {
        calendars.compactMap { calendar in CalendarCompiler(calendar).map { (calendar.name, $0) } }
    }

    /// The calendars for the engine, around a moment (see `CalendarCompiler.calendar(around:)`), in the plan's order.
    package func compileCalendars(around now: Instant) -> [(name: String, calendar: CompiledCalendar)] {
        calendarCompilers.map { ($0.name, $0.compiler.calendar(around: now)) }
    }
}

extension RoutingPlan.Queue {
    fileprivate var compiled: CompiledPlan.Queue {
        CompiledPlan.Queue(name: name, target: target, selection: select.selection, teams: teams)
    }
}
