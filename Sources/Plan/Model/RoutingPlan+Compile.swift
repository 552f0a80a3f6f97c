import CEL
package import Routing

extension RoutingPlan {
    /// The plan for the engine. Throws the first of its faults. What the engine does not do yet is checked and left out:
    /// policies, `live`, `retain`, the survey and the zone of "today". About 20 µs a condition.
    /// - Parameter clockSpeed: The engine's clock runs that many times faster; what is meant in real time, the grace of
    ///   a lost connection, is stretched so that it stays real.
    package func compile(version: Int32, clockSpeed: Int64 = 1) throws(PlanFault) -> CompiledPlan {
        let language = ConditionLanguage()
        if let fault = check(conditions: language).faults.first { throw fault }
        let boost =
            switch priorityBoost {
            case .perPoint(let span): span
            case .strict: CompiledPlan.strictBoost
            }
        return CompiledPlan(
            version: version, channels: channels.map { compiled($0) }, queues: queues.map { compiled($0) },
            defaultQueue: index(ofQueue: defaultQueue), defaultPriority: defaultPriority, priorityBoost: boost,
            disconnectGrace: disconnectGrace * clockSpeed, missedOffersToAway: missedOffersToAway,
            continuity: continuity.prefer.map { $0 == .openAgent ? .openAgent : .lastAgent },
            continuityHold: continuity.hold, continuityWithin: continuity.within, reopenWithin: reopenWithin,
            maxAge: maxAge, rules: rules.map { compiled($0) }, conditions: conditions(language))
    }

    // MARK: Rules

    private func compiled(_ rule: Rule) -> CompiledPlan.Rule {
        CompiledPlan.Rule(
            name: rule.name, queue: rule.queue.map { index(ofQueue: $0) }, priority: rule.priority,
            skills: rule.skills.compiled, prefer: rule.prefer.compiled, force: rule.force, stop: rule.stop)
    }

    private func conditions(_ language: ConditionLanguage) -> PlanConditions? {
        if rules.isEmpty { return nil }
        let names = calendars.map(\.name)
        let programs = rules.map { rule -> Program? in
            guard let condition = rule.condition else { return nil }
            guard let program = try? language.program(condition, calendars: names) else {
                preconditionFailure("a plan without faults has conditions that can be read")
            }
            return program
        }
        return PlanConditions(programs, calendarCompilers)
    }

    // MARK: Queues

    private func compiled(_ queue: Queue) -> CompiledPlan.Queue {
        CompiledPlan.Queue(
            name: queue.name, target: queue.target, selection: queue.select.selection, teams: queue.teams,
            skills: queue.skills.compiled, lengthMax: queue.lengthMax,
            overflow: queue.overflow.map { index(ofQueue: $0) }, steps: compiled(queue.steps))
    }

    /// In the order of their times; steps of one time become one, in the order in which they are written.
    private func compiled(_ steps: [Step]) -> [CompiledPlan.Step] {
        var compiled: [CompiledPlan.Step] = []
        for (_, step) in steps.enumerated().sorted(by: { ($0.element.after, $0.offset) < ($1.element.after, $1.offset) }
        ) {
            let actions = step.actions.map { self.compiled($0) }
            if let last = compiled.last, last.after == step.after {
                compiled[compiled.count - 1].actions += actions
            } else {
                compiled.append(CompiledPlan.Step(after: step.after, actions: actions))
            }
        }
        return compiled
    }

    private func compiled(_ action: Action) -> CompiledPlan.Action {
        switch action {
        case .addPriority(let points): .raisePriority(points)
        case .setPriority(let priority): .setPriority(priority)
        case .require(let levels): .require(levels.compiled)
        case .relax(let levels): .relax(levels.compiled)
        case .drop(let skills): .drop(skills)
        case .queue(let name): .move(index(ofQueue: name))
        case .notify(let name): .notify(name)
        case .expire(let reason): .expire(reason: reason)
        }
    }

    private func index(ofQueue name: String) -> QueueIndex {
        guard let index = queues.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("a plan without faults names queues that it has")
        }
        return QueueIndex(index)
    }

    // MARK: Channels

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

    // MARK: Calendars

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

extension [RoutingPlan.SkillLevel] {
    fileprivate var compiled: [SkillLevel] { map { SkillLevel(skill: $0.name, level: UInt8($0.level)) } }
}
