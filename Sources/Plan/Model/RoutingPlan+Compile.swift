import CEL
package import Routing

extension RoutingPlan {
    /// The plan for the engine. Throws the first of its faults. What the engine does not do yet is checked and left out:
    /// the survey and the zone of "today". About 20 µs a condition and a millisecond a calendar.
    /// - Parameters:
    ///   - now: The moment around which the calendars are compiled. The engine adds later years by itself, so it need not
    ///     be exact; some 10 ms are saved where it is not left out.
    ///   - clockSpeed: The engine's clock runs that many times faster; what is meant in real time, the grace of a lost
    ///     connection, is stretched so that it stays real.
    package func compile(
        version: Int32, around now: Instant = .epoch, clockSpeed: Int64 = 1
    ) throws(PlanFault) -> CompiledPlan {
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
            maxAge: maxAge, skills: skills.map { Set($0) }, rules: rules.map { compiled($0) },
            policies: policies.map { compiled($0) },
            calendars: compiledCalendars(around: now), conditions: conditions(language), days: days,
            surveyAfter: surveyAfter)
    }

    /// A zone that is unknown is a fault of the plan.
    private var days: any CivilDays {
        if let zone = ZoneOffsets(timezone) { zone } else { UTCDays() }
    }

    // MARK: Rules

    private func compiled(_ rule: Rule) -> CompiledPlan.Rule {
        CompiledPlan.Rule(
            name: rule.name, queue: rule.queue.map { index(ofQueue: $0) }, priority: rule.priority,
            skills: rule.skills.compiled, prefer: rule.prefer.compiled, force: rule.force, stop: rule.stop)
    }

    private func conditions(_ language: ConditionLanguage) -> PlanConditions? {
        if rules.isEmpty && policies.isEmpty { return nil }
        let names = calendars.map(\.name)
        func program(_ condition: String?) -> Program? {
            guard let condition else { return nil }
            guard let program = try? language.program(condition, calendars: names) else {
                preconditionFailure("a plan without faults has conditions that can be read")
            }
            return program
        }
        return PlanConditions(
            rules: rules.map { program($0.condition) }, policies: policies.map { program($0.condition) },
            calendarCompilers)
    }

    // MARK: SLA policies

    private func compiled(_ policy: Policy) -> CompiledPlan.Policy {
        var promises: [Metric: CompiledPlan.Promise] = [:]
        for target in policy.targets {
            let escalations = policy.escalations.filter { $0.metric == target.metric }
            promises[target.metric.compiled] = CompiledPlan.Promise(
                target: target.span,
                thresholds: escalations.map { escalation in
                    CompiledPlan.Threshold(
                        after: escalation.at.moment(of: target.span), label: escalation.at.text,
                        actions: escalation.actions.map { compiled($0) })
                })
        }
        return CompiledPlan.Policy(
            name: policy.name,
            calendar: policy.calendar.flatMap { name in calendars.firstIndex { $0.name == name } },
            pauses: Set(policy.pause.compactMap { InquiryState(name: $0.rawValue) }), promises: promises)
    }

    private func compiledCalendars(around now: Instant) -> [CompiledPlan.Calendar] {
        calendarCompilers.map {
            CompiledPlan.Calendar(name: $0.name, open: $0.compiler.calendar(around: now), years: $0.compiler)
        }
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
            holdReleases: channel.holdReleases, isLive: channel.live, with: channel.with.map { set(of: $0) } ?? .all,
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

extension CalendarCompiler: CalendarYears {}

extension RoutingPlan.Policy.Metric {
    fileprivate var compiled: Metric {
        switch self {
        case .assign: .assign
        case .firstResponse: .firstResponse
        case .nextResponse: .nextResponse
        case .resolution: .resolution
        }
    }
}

extension RoutingPlan.Threshold {
    /// How long its clock has run then.
    func moment(of target: TimeSpan) -> TimeSpan {
        switch self {
        case .percent(let percent): TimeSpan(microseconds: target.microseconds * Int64(percent) / 100)
        case .offset(let span): target + span
        }
    }
}

extension [RoutingPlan.SkillLevel] {
    fileprivate var compiled: [SkillLevel] { map { SkillLevel(skill: $0.name, level: UInt8($0.level)) } }
}
