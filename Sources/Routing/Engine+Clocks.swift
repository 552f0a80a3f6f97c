// What a policy promises is timed: clocks start, stop, pause and go on by the table in docs/sla.md, and thresholds fire.

extension Engine {
    // MARK: Which policy

    /// Before the name of a policy, among the conditions of an inquiry that failed.
    private static var failedPolicy: String { "policy:" }

    /// The first policy that matches the inquiry as it was routed, or none.
    mutating func pinPolicy(_ slot: UInt32, _ input: RuleInput) {
        guard let conditions = plan.conditions else { return }
        var input = input
        for number in plan.policies.indices {
            switch conditions.verdict(ofPolicy: number, on: &input) {
            case .differs: continue
            case .fails:
                policyFailures[number] += 1
                rememberFailed([Self.failedPolicy + plan.policies[number].name], slot)
            case .matches:
                let policy = policyNumbers[number]
                policies[Int(policy)].references += 1
                inquiries[slot].clocks = clockSets.insert(ClockSet(owner: slot, policy: policy))
                return
            }
        }
    }

    /// What the conditions of policies see: what was submitted, as it is now.
    func policyInput(of slot: UInt32, _ input: RuleInput) -> RuleInput {
        var input = input
        let requirement = Int(inquiries[slot].requirement)
        input.queue = plan.queues[Int(classes[requirement].queue)].name
        input.priority = inquiries[slot].priority
        input.skills = classes[requirement].levels
        input.prepared = nil
        return input
    }

    /// The name of the inquiry's policy; nil for none.
    func policyName(_ slot: UInt32) -> Name? {
        let set = inquiries[slot].clocks
        return set == none ? nil : policies[Int(clockSets[set].policy)].name
    }

    mutating func forgetClocks(_ slot: UInt32) {
        let set = inquiries[slot].clocks
        guard set != none else { return }
        cancelTimer(clockSets[set].timer)
        policies[Int(clockSets[set].policy)].references -= 1
        clockSets.remove(set)
        inquiries[slot].clocks = none
    }

    // MARK: Start, stop, pause

    /// The inquiry has come into a queue, or has come back from its end: a new cycle of all that is promised from here.
    mutating func startClocks(_ slot: UInt32) {
        let set = inquiries[slot].clocks
        guard set != none else { return }
        for metric in Metric.allCases { clockSets[set].clocks[Int(metric.rawValue)] = Clock() }
        // That moment may be past: a scheduled one was due while nobody was there.
        for metric in [Metric.assign, .firstResponse, .resolution] { start(metric, slot, at: inquiries[slot].queuedAt) }
        watchClocks(slot)
    }

    private mutating func start(_ metric: Metric, _ slot: UInt32, at begun: Instant) {
        let set = inquiries[slot].clocks
        let policy = Int(clockSets[set].policy)
        let number = Int(metric.rawValue)
        guard policies[policy].promises[number] != nil else { return }
        var clock = Clock()
        clock.isOn = true
        clock.since = policies[policy].isPaused(in: inquiries[slot].state) ? .epoch : begun
        clockSets[set].clocks[number] = clock
        touch(inquiry: slot)
    }

    /// Somebody has taken it.
    @inline(__always)
    mutating func clocksAssigned(_ slot: UInt32, into output: inout Output) -> [EventDetail] {
        let isAnswered = plan.channels[Int(classes[Int(inquiries[slot].requirement)].channel)].isLive
        if isAnswered { responded(slot) }
        if inquiries[slot].clocks == none { return [] }
        return stopClocks(isAnswered ? [.assign, .firstResponse] : [.assign], slot, into: &output)
    }

    /// The agent has written.
    mutating func clocksAnswered(_ slot: UInt32, into output: inout Output) -> [EventDetail] {
        // Before it is in its queue there is nothing to answer.
        if inquiries[slot].state != .scheduled { responded(slot) }
        if inquiries[slot].clocks == none { return [] }
        return stopClocks([.firstResponse, .nextResponse], slot, into: &output)
    }

    /// The customer has written: a later message does not move what is unanswered already.
    mutating func clocksAsked(_ slot: UInt32) {
        let set = inquiries[slot].clocks
        guard set != none, inquiries[slot].hasResponse,
            !clockSets[set].clocks[Int(Metric.nextResponse.rawValue)].isOn
        else { return }
        start(.nextResponse, slot, at: now)
        watchClocks(slot)
    }

    /// It is completed, which answers everything.
    mutating func clocksCompleted(_ slot: UInt32, into output: inout Output) -> [EventDetail] {
        if inquiries[slot].clocks == none { return [] }
        return stopClocks([.firstResponse, .nextResponse, .resolution], slot, into: &output)
    }

    /// Ends those that are on, each with its verdict. Returns what the event that ended them tells of them.
    ///
    /// A target that was missed and whose threshold has not fired yet is told now, `reason=answered`; its actions would
    /// come too late.
    private mutating func stopClocks(
        _ metrics: [Metric], _ slot: UInt32, into output: inout Output
    ) -> [EventDetail] {
        let set = inquiries[slot].clocks
        var met: [String] = []
        for metric in metrics {
            let number = Int(metric.rawValue)
            guard clockSets[set].clocks[number].isOn else { continue }
            freeze(metric, set)
            clockSets[set].clocks[number].since = .epoch
            clockSets[set].clocks[number].isOn = false
            touch(inquiry: slot)
            let policy = Int(clockSets[set].policy)
            guard let promise = policies[policy].promises[number] else { continue }
            let consumed = clockSets[set].clocks[number].consumed
            countAnswered(metric, after: consumed, over: consumed - promise.target, slot)
            guard clockSets[set].clocks[number].verdict == nil else { continue }
            if consumed <= promise.target {
                clockSets[set].clocks[number].verdict = .met
                count(metric, .met, slot)
                met.append(metric.name)
            } else {
                tellMissed(metric, promise, slot, reason: "answered", into: &output)
            }
        }
        watchClocks(slot)
        return met.isEmpty ? [] : [EventDetail(.met, .names(met))]
    }

    /// It is about to end without an answer, or to be promised something else: targets that have passed and that nobody was
    /// told of are told now. Clocks are frozen.
    mutating func tellMissed(_ slot: UInt32, reason: String, into output: inout Output) {
        let set = inquiries[slot].clocks
        guard set != none else { return }
        for metric in Metric.allCases {
            let number = Int(metric.rawValue)
            let clock = clockSets[set].clocks[number]
            guard clock.isOn else { continue }
            freeze(metric, set)
            guard clock.verdict == nil, let promise = policies[Int(clockSets[set].policy)].promises[number] else {
                continue
            }
            if clockSets[set].clocks[number].consumed >= promise.target {
                tellMissed(metric, promise, slot, reason: reason, into: &output)
            }
        }
    }

    /// The target of the clock, which has been frozen, has passed, and no threshold has fired for it.
    private mutating func tellMissed(
        _ metric: Metric, _ promise: CompiledPlan.Promise, _ slot: UInt32, reason: String, into output: inout Output
    ) {
        let set = inquiries[slot].clocks
        let number = Int(metric.rawValue)
        let consumed = clockSets[set].clocks[number].consumed
        clockSets[set].clocks[number].fired = UInt8(promise.thresholds.prefix { $0.after < consumed }.count)
        breach(metric, slot)
        var told = [
            EventDetail(.metric, .name(metric.name)), EventDetail(.threshold, .name("100%")),
            EventDetail(.policy, .name(policies[Int(clockSets[set].policy)].name.string)),
            EventDetail(.reason, .name(reason)),
        ]
        if consumed > promise.target { told.append(EventDetail(.late, .flag(true))) }
        emit(.slaBreached, inquiry: slot, agent: holder(slot), into: &output) { $0.more = told }
    }

    mutating func freezeAll(_ set: UInt32) {
        for metric in Metric.allCases where clockSets[set].clocks[Int(metric.rawValue)].isOn { freeze(metric, set) }
    }

    /// Adds what the clock has run since it was last frozen.
    private mutating func freeze(_ metric: Metric, _ set: UInt32) {
        let number = Int(metric.rawValue)
        let since = clockSets[set].clocks[number].since
        guard since != .epoch else { return }
        let ran = elapsed(from: since, policies[Int(clockSets[set].policy)].calendar)
        clockSets[set].clocks[number].consumed = clockSets[set].clocks[number].consumed + ran
        clockSets[set].clocks[number].since = now
    }

    private func elapsed(from since: Instant, _ calendar: Int?) -> TimeSpan {
        guard let calendar else { return now - since }
        return calendars[calendar].open.open(between: since, and: now)
    }

    /// The inquiry has changed its state: the policy may let the clocks stand still in it.
    mutating func clocksFollow(_ slot: UInt32, from old: InquiryState) {
        let set = inquiries[slot].clocks
        let state = inquiries[slot].state
        guard state.isLive else { return endClocks(slot) }
        let policy = Int(clockSets[set].policy)
        let isPaused = policies[policy].isPaused(in: state)
        guard old.isLive, isPaused != policies[policy].isPaused(in: old) else { return }
        for metric in Metric.allCases where clockSets[set].clocks[Int(metric.rawValue)].isOn {
            freeze(metric, set)
            clockSets[set].clocks[Int(metric.rawValue)].since = isPaused ? .epoch : now
        }
        watchClocks(slot)
    }

    /// Whoever ends without an answer leaves its promises without a verdict, those that were missed aside.
    private mutating func endClocks(_ slot: UInt32) {
        let set = inquiries[slot].clocks
        for metric in Metric.allCases where clockSets[set].clocks[Int(metric.rawValue)].isOn {
            freeze(metric, set)
            clockSets[set].clocks[Int(metric.rawValue)].since = .epoch
            clockSets[set].clocks[Int(metric.rawValue)].isOn = false
        }
        cancelTimer(clockSets[set].timer)
    }

    /// The policies of the present plan are asked again. What has run counts on, and what was promised before under the
    /// same metric keeps its verdict; what was not promised yet begins now.
    mutating func repin(_ slot: UInt32, _ submission: Submission, into output: inout Output) {
        let set = inquiries[slot].clocks
        var before = Clocks()
        if set != none {
            tellMissed(slot, reason: "rerouted", into: &output)
            before = clockSets[set].clocks
        }
        forgetClocks(slot)
        touch(inquiry: slot, definition: true)
        pinPolicy(slot, policyInput(of: slot, ruleInput(of: submission)))
        let new = inquiries[slot].clocks
        guard new != none else { return }
        guard inquiries[slot].state != .scheduled else { return }
        let isTaken = inquiries[slot].state == .assigned || inquiries[slot].state == .held
        for metric in Metric.allCases {
            let old = before[Int(metric.rawValue)]
            guard let promise = policies[Int(clockSets[new].policy)].promises[Int(metric.rawValue)] else {
                keepVerdict(of: old, metric, new)
                continue
            }
            if old.isOn || old.verdict != nil {
                carry(old, metric, promise, slot)
            } else if metric == .resolution || metric == .assign && !isTaken
                || metric == .firstResponse && !inquiries[slot].hasResponse
            {
                start(metric, slot, at: now)
            }
        }
        watchClocks(slot)
    }

    /// What was promised before and is not promised any more has been kept, or not.
    private mutating func keepVerdict(of old: Clock, _ metric: Metric, _ set: UInt32) {
        guard old.verdict != nil else { return }
        var clock = old
        clock.isOn = false
        clock.since = .epoch
        clockSets[set].clocks[Int(metric.rawValue)] = clock
    }

    /// A reopened one is promised what the present plan promises, from now on.
    mutating func repinAnew(_ slot: UInt32) {
        guard !plan.policies.isEmpty || inquiries[slot].clocks != none else { return }
        touch(inquiry: slot, definition: true)
        forgetClocks(slot)
        if inquiries[slot].particulars != none {
            particulars[inquiries[slot].particulars].failed.removeAll { $0.hasPrefix(Self.failedPolicy) }
        }
        let submission = resubmission(of: slot, demand(of: slot), InquiryChange())
        pinPolicy(slot, policyInput(of: slot, ruleInput(of: submission)))
        startClocks(slot)
    }

    /// Thresholds that it has passed do not fire again, but a target that it is over and that nobody was told of. Where
    /// the verdict is known, nothing fires that is before the next one's target or at it.
    private mutating func carry(
        _ old: Clock, _ metric: Metric, _ promise: CompiledPlan.Promise, _ slot: UInt32
    ) {
        var clock = old
        clock.fired = UInt8(
            promise.thresholds.prefix { threshold in
                old.verdict != nil
                    ? threshold.after <= max(old.consumed, promise.target)
                    : threshold.after <= old.consumed && threshold.after < promise.target
            }.count)
        let set = inquiries[slot].clocks
        let isPaused = policies[Int(clockSets[set].policy)].isPaused(in: inquiries[slot].state)
        clock.since = clock.isOn && !isPaused ? now : .epoch
        clockSets[set].clocks[Int(metric.rawValue)] = clock
    }

    // MARK: Thresholds

    /// Sets the timer to the threshold that is due next.
    mutating func watchClocks(_ slot: UInt32) {
        let set = inquiries[slot].clocks
        cancelTimer(clockSets[set].timer)
        guard let next = nextThreshold(set) else { return }
        clockSets[set].timer = startTimer(.clock, owner: slot, id: inquiries[slot].id, due: next.due)
    }

    /// The running clock of which a threshold is due first; of equal ones the first metric. Where its calendar does not
    /// reach so far it is not known, and is asked for again at the calendar's end.
    private mutating func nextThreshold(_ set: UInt32) -> (metric: Metric, due: Instant, isKnown: Bool)? {
        var next: (metric: Metric, due: Instant, isKnown: Bool)?
        let policy = Int(clockSets[set].policy)
        for metric in Metric.allCases {
            let clock = clockSets[set].clocks[Int(metric.rawValue)]
            guard clock.since != .epoch, let promise = policies[policy].promises[Int(metric.rawValue)],
                Int(clock.fired) < promise.thresholds.count
            else { continue }
            let after = promise.thresholds[Int(clock.fired)].after
            let calendar = policies[policy].calendar
            let known = moment(clock, after: after, calendar)
            guard let due = known ?? calendar.map({ calendars[$0].open.until }), known != nil || due > now else {
                continue
            }
            if next.map({ due < $0.due }) ?? true { next = (metric, due, known != nil) }
        }
        return next
    }

    /// When the running clock will have run for so long; nil where the calendar does not reach so far.
    private mutating func moment(_ clock: Clock, after: TimeSpan, _ calendar: Int?) -> Instant? {
        let left = after - clock.consumed
        // What is overdue was due before, by as much as the clock is over it.
        guard let calendar, left > .zero else { return clock.since + left }
        if calendars[calendar].open.until < now + Self.calendarAhead { extendCalendar(calendar) }
        return calendars[calendar].open.due(start: clock.since, open: left)
    }

    /// A calendar that does not reach so far ahead gets more years.
    private static var calendarAhead: TimeSpan { .days(9 * 365) }

    private mutating func extendCalendar(_ calendar: Int) {
        let known = calendars[calendar]
        if let addition = known.years.addition(to: known.open, at: now) {
            calendars[calendar].open.extend(by: addition)
        }
    }

    mutating func clockDue(_ slot: UInt32, into output: inout Output) {
        let set = inquiries[slot].clocks
        // Else the calendar has only reached its end, and has more years by now.
        guard let next = nextThreshold(set), next.isKnown, next.due <= now else { return watchClocks(slot) }
        let number = Int(next.metric.rawValue)
        let policy = Int(clockSets[set].policy)
        guard let promise = policies[policy].promises[number] else { return }
        let threshold = promise.thresholds[Int(clockSets[set].clocks[number].fired)]
        clockSets[set].clocks[number].fired += 1
        touch(inquiry: slot)
        let type: EventType =
            threshold.after < promise.target
            ? .slaWarned : threshold.after == promise.target ? .slaBreached : .escalated
        if type == .slaBreached { breach(next.metric, slot) }
        var told = [
            EventDetail(.metric, .name(next.metric.name)), EventDetail(.threshold, .name(threshold.label)),
            EventDetail(.policy, .name(policies[policy].name.string)),
        ]
        if type == .slaWarned {
            let due = moment(clockSets[set].clocks[number], after: promise.target, policies[policy].calendar)
            if let due { told.append(EventDetail(.due, .instant(due))) }
        }
        if now - next.due > Self.lateness { told.append(EventDetail(.late, .flag(true))) }
        perform(threshold.actions, on: slot, source: .escalation(policies[policy].name), as: type, told, into: &output)
        if inquiries[slot].state.isLive { watchClocks(slot) }
    }

    private mutating func breach(_ metric: Metric, _ slot: UInt32) {
        clockSets[inquiries[slot].clocks].clocks[Int(metric.rawValue)].verdict = .breached
        count(metric, .breached, slot)
    }

    /// The agent who has the inquiry, offered or assigned.
    func holder(_ slot: UInt32) -> AgentIndex {
        switch inquiries[slot].state {
        case .offered, .assigned, .held: inquiries[slot].agent
        case .scheduled, .waiting, .completed, .abandoned, .cancelled, .expired: none
        }
    }

    // MARK: What can be seen

    /// The clocks that were ever on, by metric.
    package func clocks(of id: Int64) -> [ClockView] {
        guard let slot = slot(of: id), inquiries[slot].clocks != none else { return [] }
        let set = inquiries[slot].clocks
        let policy = policies[Int(clockSets[set].policy)]
        return Metric.allCases.compactMap { metric in
            let clock = clockSets[set].clocks[Int(metric.rawValue)]
            guard clock.isOn || clock.verdict != nil else { return nil }
            let target = policy.promises[Int(metric.rawValue)]?.target
            let consumed =
                clock.consumed + (clock.since == .epoch ? .zero : elapsed(from: clock.since, policy.calendar))
            var due: Instant?
            if clock.since != .epoch, let target {
                let left = max(target - clock.consumed, .zero)
                if let calendar = policy.calendar {
                    due = calendars[calendar].open.due(start: clock.since, open: left)
                } else {
                    due = clock.since + left
                }
            }
            return ClockView(
                metric: metric, target: target, consumed: consumed, isOn: clock.isOn, due: due,
                verdict: clock.verdict)
        }
    }

    package func policyName(of id: Int64) -> String? { slot(of: id).flatMap { policyName($0)?.string } }

    /// How often each policy's condition could not be evaluated since the plan was published, or the process began.
    package var policiesThatFailed: [(name: String, times: Int64)] {
        plan.policies.indices.filter { policyFailures[$0] > 0 }.map { (plan.policies[$0].name, policyFailures[$0]) }
    }
}

/// One promise to an inquiry, as it stands.
package struct ClockView: Hashable, Sendable {
    package var metric: Metric
    /// nil: the version of the plan that promised it is not known any more.
    package var target: TimeSpan?
    package var consumed: TimeSpan
    /// Begun and not ended.
    package var isOn: Bool
    /// When the target is, or was, due; nil while the clock stands still.
    package var due: Instant?
    package var verdict: Verdict?
}
