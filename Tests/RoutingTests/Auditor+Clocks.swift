@testable import Routing

// What a policy promises, timed by adding up the stretches in which each clock ran (DESIGN §5; docs/sla.md).

extension Auditor {
    /// What an inquiry is promised. It keeps the policy of the plan in which it came.
    struct Promised {
        var name: String
        var version: Int32
        /// Queues of the plan then; by name they mean the same later.
        var policy: CompiledPlan.Policy
        var queueNames: [String]
        var calendarName: String?
        /// Of the calendar as the plan in force has it, or the last that had it.
        var hours: CompiledCalendar?
        var clocks: [Metric: Running] = [:]
    }

    /// One clock in one cycle.
    struct Running {
        /// The hours are those by which the stretch is counted; nil: around the clock.
        struct Stretch {
            var from: Instant
            var until: Instant?
            var hours: CompiledCalendar?

            func length(at now: Instant) -> TimeSpan {
                let end = until ?? now
                guard let hours else { return max(end - from, .zero) }
                var total: Int64 = 0
                for interval in hours.intervals {
                    total += max(0, min(interval.end, end.microseconds) - max(interval.start, from.microseconds))
                }
                return TimeSpan(microseconds: total)
            }
        }

        var stretches: [Stretch] = []
        /// When what it had run was added up last.
        var addedUp = Instant.epoch
        var isOn = true
        var fired = 0
        var verdict: Verdict?

        func consumed(at now: Instant) -> TimeSpan { stretches.reduce(.zero) { $0 + $1.length(at: now) } }

        /// When it will have run for so long, if it goes on as it does; nil while it stands still, or never.
        func moment(after span: TimeSpan) -> Instant? {
            guard isOn, let last = stretches.last, last.until == nil else { return nil }
            let left = span - stretches.dropLast().reduce(.zero) { $0 + $1.length(at: last.from) }
            if left <= .zero { return last.from + left }
            guard let hours = last.hours else { return last.from + left }
            var missing = left.microseconds
            for interval in hours.intervals where interval.end > last.from.microseconds {
                let start = max(interval.start, last.from.microseconds)
                if interval.end - start >= missing { return Instant(microseconds: start + missing) }
                missing -= interval.end - start
            }
            return nil
        }
    }

    // MARK: Which

    /// The first policy that matches what the submission was made into.
    mutating func judgePolicy(_ index: Int, _ told: Told, _ input: RuleInput) {
        let shape = shapes[items[index].shape]
        var input = input
        input.queue = shape.queueName
        input.priority = items[index].priority
        input.skills = levels(of: shape.skills)
        let number = plan.policies.indices.first { number in
            if case .matches? = plan.conditions?.verdict(ofPolicy: number, on: &input) { true } else { false }
        }
        let policy = number.map { plan.policies[$0] }
        if told.name(.policy) != policy?.name {
            violate("\(World.line(told.row)): policy \(told.name(.policy) ?? "none"), not \(policy?.name ?? "none")")
        }
        guard let policy else { return }
        items[index].promised = Promised(
            name: policy.name, version: plan.version, policy: policy, queueNames: plan.queues.map(\.name),
            calendarName: policy.calendar.map { plan.calendars[$0].name },
            hours: policy.calendar.map { plan.calendars[$0].open })
        startClocks(index)
    }

    private func levels(of skills: [Int: UInt8]) -> [SkillLevel] {
        skillNumbers.compactMap { name, number in skills[number].map { SkillLevel(skill: name, level: $0) } }
            .sorted { $0.skill < $1.skill }
    }

    // MARK: Start, stop, pause

    mutating func startClocks(_ index: Int) {
        items[index].promised?.clocks = [:]
        for metric in [Metric.assign, .firstResponse, .resolution] { start(metric, index, at: items[index].queuedAt) }
    }

    private mutating func start(_ metric: Metric, _ index: Int, at begun: Instant) {
        guard let promised = items[index].promised, promised.policy.promises[Int(metric.rawValue)] != nil else {
            return
        }
        items[index].promised?.clocks[metric] = Running()
        run(metric, index, from: begun)
    }

    private mutating func run(_ metric: Metric, _ index: Int, from begun: Instant? = nil) {
        guard let promised = items[index].promised, !promised.policy.pauses.contains(items[index].state) else { return }
        // It has gone on all the time.
        if let stretches = promised.clocks[metric]?.stretches, let last = stretches.last, last.until == clock,
            last.hours == promised.hours
        {
            items[index].promised?.clocks[metric]?.stretches[stretches.count - 1].until = nil
            return
        }
        let stretch = Running.Stretch(from: begun ?? clock, hours: promised.hours)
        items[index].promised?.clocks[metric]?.stretches.append(stretch)
    }

    private mutating func halt(_ metric: Metric, _ index: Int) {
        guard let clock = items[index].promised?.clocks[metric], let last = clock.stretches.last, last.until == nil
        else { return }
        let end = self.clock
        items[index].promised?.clocks[metric]?.stretches[clock.stretches.count - 1].until = end
        items[index].promised?.clocks[metric]?.addedUp = end
    }

    /// The inquiry has another state, or the hours have changed.
    mutating func clocksFollow(_ index: Int) {
        guard let promised = items[index].promised else { return }
        let state = items[index].state
        for (metric, clock) in promised.clocks where clock.isOn {
            halt(metric, index)
            if state.isLive {
                run(metric, index)
            } else {
                lookForMissed(metric, index)
                items[index].promised?.clocks[metric]?.isOn = false
            }
        }
    }

    /// What ends after its target has its verdict.
    private mutating func lookForMissed(_ metric: Metric, _ index: Int) {
        guard let promised = items[index].promised, let running = promised.clocks[metric], running.verdict == nil,
            let promise = promised.policy.promises[Int(metric.rawValue)]
        else { return }
        if running.consumed(at: clock) >= promise.target {
            violate("\(metric.name) of \(items[index].id) was missed, and nobody was told")
        }
    }

    /// Ends clocks, each with its verdict, and judges what the event says of those that were met.
    mutating func stopClocks(_ metrics: [Metric], _ index: Int, _ told: Told) {
        var met: [String] = []
        for metric in metrics {
            guard let promised = items[index].promised, let clock = promised.clocks[metric], clock.isOn,
                let promise = promised.policy.promises[Int(metric.rawValue)]
            else { continue }
            halt(metric, index)
            items[index].promised?.clocks[metric]?.isOn = false
            if clock.verdict != nil { continue }
            if clock.consumed(at: self.clock) > promise.target {
                violate("\(World.line(told.row)): \(metric.name) was missed and nobody was told")
            }
            items[index].promised?.clocks[metric]?.verdict = .met
            met.append(metric.name)
        }
        if told.names(.met) != met { violate("\(World.line(told.row)): met \(told.names(.met)), not \(met)") }
    }

    mutating func assignedClocks(_ index: Int, _ told: Told) {
        let isLive = plan.channels[shapes[items[index].shape].channel].isLive
        if isLive { items[index].hasResponse = true }
        stopClocks(isLive ? [.assign, .firstResponse] : [.assign], index, told)
    }

    mutating func messageClocks(_ index: Int, _ told: Told) {
        if told.name(.from) == "agent", items[index].state != .scheduled { items[index].hasResponse = true }
        guard items[index].promised != nil else { return }
        if told.name(.from) == "agent" {
            stopClocks([.firstResponse, .nextResponse], index, told)
        } else if items[index].state != .completed, items[index].hasResponse,
            items[index].promised?.clocks[.nextResponse]?.isOn != true
        {
            start(.nextResponse, index, at: clock)
        }
    }

    /// The policies are asked again: what has run counts on, and a verdict stays.
    mutating func promisedAnew(_ index: Int, _ told: Told) {
        for metric in Metric.allCases {
            halt(metric, index)
            if items[index].promised?.clocks[metric]?.isOn == true { lookForMissed(metric, index) }
        }
        let before = items[index].promised?.clocks ?? [:]
        items[index].promised = nil
        let channel = shapes[items[index].shape].channelName
        judgePolicy(index, told, RuleInput(channel: channel, now: told.row.at))
        guard let promised = items[index].promised else { return }
        items[index].promised?.clocks = [:]
        let isTaken = items[index].state == .assigned || items[index].state == .held
        for metric in Metric.allCases where items[index].state != .scheduled {
            guard let promise = promised.policy.promises[Int(metric.rawValue)] else {
                if var clock = before[metric], clock.verdict != nil {
                    clock.isOn = false
                    items[index].promised?.clocks[metric] = clock
                }
                continue
            }
            if var clock = before[metric], clock.isOn || clock.verdict != nil {
                let consumed = clock.consumed(at: self.clock)
                clock.fired =
                    promise.thresholds.filter {
                        clock.verdict != nil
                            ? $0.after <= max(consumed, promise.target)
                            : $0.after <= consumed && $0.after < promise.target
                    }.count
                items[index].promised?.clocks[metric] = clock
                if clock.isOn { run(metric, index) }
            } else if metric == .resolution || metric == .assign && !isTaken
                || metric == .firstResponse && !items[index].hasResponse
            {
                start(metric, index, at: clock)
            }
        }
    }

    // MARK: Thresholds

    private func metric(_ told: Told) -> Metric? {
        Metric.allCases.first { $0.name == told.name(.metric) }
    }

    mutating func threshold(_ index: Int, _ told: Told) {
        let row = told.row
        guard let metric = metric(told), let promised = items[index].promised, let running = promised.clocks[metric],
            let promise = promised.policy.promises[Int(metric.rawValue)], running.isOn,
            running.fired < promise.thresholds.count
        else { return violate("\(World.line(row)), which was not promised") }
        if told.name(.policy) != promised.name { violate("\(World.line(row)): another policy") }
        if let reason = told.reason, ["answered", "ended", "rerouted"].contains(reason) {
            return foundMissed(metric, promise, index, told)
        }
        let threshold = promise.thresholds[running.fired]
        if told.name(.threshold) != threshold.label { violate("\(World.line(row)): not the next, \(threshold.label)") }
        guard let due = running.moment(after: threshold.after), due <= row.at else {
            return violate("\(World.line(row)) \(metric.name) \(threshold.label) before its time: \(running)")
        }
        // What was overdue already when it was added up is late by hours that may have been others: not judged.
        let isPlain = due > running.addedUp
        if isPlain, told.flag(.late) != (row.at - due > .seconds(1)) { violate("\(World.line(row)): late, or not") }
        let type: EventType =
            threshold.after < promise.target
            ? .slaWarned : threshold.after == promise.target ? .slaBreached : .escalated
        if row.type != type { violate("\(World.line(row)), not \(type.name)") }
        items[index].promised?.clocks[metric]?.fired += 1
        if type == .slaBreached { items[index].promised?.clocks[metric]?.verdict = .breached }
        act(actions(of: threshold, promised), "escalation:\(promised.name)", index, told)
    }

    /// Nobody had been told that it was missed when it was answered, or ended without an answer.
    private mutating func foundMissed(
        _ metric: Metric, _ promise: CompiledPlan.Promise, _ index: Int, _ told: Told
    ) {
        let consumed = items[index].promised?.clocks[metric]?.consumed(at: clock) ?? .zero
        let known = items[index].promised?.clocks[metric]?.verdict
        let isMissed = told.reason == "answered" ? consumed > promise.target : consumed >= promise.target
        if !isMissed || known != nil { violate("\(World.line(told.row)): not missed, or known") }
        items[index].promised?.clocks[metric]?.fired = promise.thresholds.filter { $0.after < consumed }.count
        items[index].promised?.clocks[metric]?.verdict = .breached
    }

    /// In terms of the present plan; a move to what it lacks does nothing.
    private func actions(of threshold: CompiledPlan.Threshold, _ promised: Promised) -> [CompiledPlan.Action] {
        threshold.actions.compactMap { action in
            guard case .move(let queue) = action else { return action }
            return self.queue(promised.queueNames[Int(queue)]).map { .move(QueueIndex($0)) }
        }
    }

    /// No threshold of what is live has been left standing.
    mutating func lookForOverdueClocks(at now: Instant) {
        for index in items.indices where items[index].state.isLive {
            guard let promised = items[index].promised else { continue }
            for (metric, running) in promised.clocks where running.isOn {
                guard let promise = promised.policy.promises[Int(metric.rawValue)],
                    running.fired < promise.thresholds.count,
                    let due = running.moment(after: promise.thresholds[running.fired].after)
                else { continue }
                if due <= now { violate("\(metric.name) of \(items[index].id) is overdue") }
            }
        }
    }

    // MARK: Surveys

    mutating func surveyed(_ index: Int, _ told: Told) {
        let item = items[index]
        guard item.state == .completed, let closedAt = item.closedAt, let after = plan.surveyAfter else {
            return violate("\(World.line(told.row)), which is not completed, or no survey is asked for")
        }
        if told.row.at < closedAt + after { violate("\(World.line(told.row)) before its time") }
        if item.surveyedAt == closedAt { violate("\(World.line(told.row)) twice") }
        items[index].surveyedAt = closedAt
    }

    /// No survey that is due has been left out.
    mutating func lookForOverdueSurveys(at now: Instant) {
        guard let since = surveysSince, let after = plan.surveyAfter else { return }
        for item in items where item.state == .completed {
            guard let closedAt = item.closedAt, closedAt > since, closedAt + after <= now else { continue }
            if item.surveyedAt != closedAt { violate("\(item.id) is not surveyed") }
        }
    }

    // MARK: A plan, and rows

    /// Hours that change count from now on.
    mutating func replanClocks(_ index: Int) {
        guard let promised = items[index].promised, let name = promised.calendarName else { return }
        let after = plan.calendars.first { $0.name == name }?.open
        guard let after, after != promised.hours else { return }
        items[index].promised?.hours = after
        for (metric, running) in promised.clocks where running.isOn && running.stretches.last?.until == nil {
            if running.stretches.isEmpty { continue }
            halt(metric, index)
            let stretch = Running.Stretch(from: clock, hours: after)
            items[index].promised?.clocks[metric]?.stretches.append(stretch)
        }
    }

    mutating func compareClocks(_ row: InquiryRow, _ item: Item) {
        func name() -> String { "inquiry \(row.id)" }
        if let definition = row.definition, definition.policy != item.promised?.name ?? "" {
            violate("\(name()): the row says policy \(definition.policy)")
        }
        if row.hasResponse != item.hasResponse { violate("\(name()): has it been answered?") }
        guard let promised = item.promised else { return }
        let told = row.clocks.map { clock in
            let running = Running.Stretch(
                from: clock.since ?? .epoch, until: nil,
                hours: promised.hours)
            let since = clock.since == nil ? .zero : running.length(at: self.clock)
            return "\(clock.metric.name) \((clock.consumed + since).microseconds) \(clock.isOn) \(clock.fired) "
                + "\(clock.verdict?.name ?? "")"
        }
        let model = Metric.allCases.compactMap { metric -> String? in
            guard let running = promised.clocks[metric], running.isOn || running.verdict != nil else { return nil }
            return "\(metric.name) \(running.consumed(at: self.clock).microseconds) \(running.isOn) \(running.fired) "
                + "\(running.verdict?.name ?? "")"
        }
        if told != model { violate("\(name()): the row's clocks are \(told), not \(model)") }
    }
}
