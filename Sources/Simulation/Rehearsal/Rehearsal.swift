package import Plan
package import Routing

/// Watches a rehearsal from outside: each step of the engine, with what came of it.
package protocol RehearsalObserver: AnyObject {
    /// - Parameter command: nil for timers.
    func stepped(
        _ command: Command?, at now: Instant, reply: Reply, events: ContiguousArray<Event>, engine: borrowing Engine)
}

/// Plays a scenario against the engine itself, by one routing plan, on a clock that jumps from one thing to the next.
///
/// The outside world is the same `Driver` that plays against a daemon. Here everybody answers at once: an agent accepts
/// in the instant of the offer, so waits are the plan's alone. The same scenario and plan give the same outcome.
package struct Rehearsal: ~Copyable {
    /// Why a plan cannot be tried on a scenario.
    package struct Fault: Error, Hashable, CustomStringConvertible {
        package var description: String
    }

    private let scenario: Scenario
    private var driver: Driver
    private var ledger = Ledger()
    private var engine: Engine
    private var output = Output()
    private var now: Int64
    private var actions: [DriverAction] = []
    /// By the scenario's agents the engine's, and the other way round.
    private var agents: [AgentIndex] = []
    private var places: [AgentIndex: Int] = [:]
    /// By the scenario's inquiries.
    private let channels: [ChannelIndex]
    private var skills: [[SkillRequirement]] = []
    private let observer: (any RehearsalObserver)?

    /// Prepares a rehearsal.
    ///
    /// - Parameter origin: the time of the scenario's 0, in microseconds since 1970 UTC.
    /// - Throws: the plan's first fault, or a channel or skill of the scenario that the plan does not have.
    package init(
        scenario: Scenario, plan: RoutingPlan, origin: Int64, observer: (any RehearsalObserver)? = nil
    ) throws(Fault) {
        let compiled: CompiledPlan
        do {
            compiled = try plan.compile(version: 1)
        } catch {
            throw Fault(description: "\(error)")
        }
        var channels: [ChannelIndex] = []
        for inquiry in scenario.inquiries {
            guard let channel = plan.channels.firstIndex(where: { $0.name == inquiry.channel }) else {
                throw Fault(description: "inquiries come on channel \(inquiry.channel), which the plan does not have")
            }
            channels.append(ChannelIndex(channel))
        }
        try Self.checkSkills(scenario, plan)
        self.scenario = scenario
        self.channels = channels
        self.observer = observer
        driver = Driver(scenario: scenario, origin: origin)
        engine = Engine(plan: compiled, at: Instant(microseconds: origin))
        now = origin
    }

    /// What came of it, once the last inquiry has ended and the last agent has gone.
    /// - Throws: an agent or a number of skills that the engine refuses.
    package consuming func run() throws(Fault) -> RehearsalOutcome {
        try defineAgents()
        try internSkills()
        while !driver.isFinished, let due = nextDue {
            now = max(now, due)
            fireTimers()
            driver.advance(to: now, into: &actions)
            perform()
        }
        return RehearsalOutcome(driver: driver, ledger: ledger)
    }

    private var nextDue: Int64? {
        guard let timer = engine.nextDeadline?.microseconds else { return driver.nextDue }
        return driver.nextDue.map { min($0, timer) } ?? timer
    }

    private mutating func fireTimers() {
        while let due = engine.nextDeadline, due.microseconds <= now {
            output.clear()
            engine.expire(at: Instant(microseconds: now), into: &output)
            observer?.stepped(
                nil, at: Instant(microseconds: now), reply: .done, events: output.events, engine: engine)
            tell()
        }
        perform()
    }

    /// Does what the driver asks for, and what it asks for then.
    private mutating func perform() {
        var next = 0
        while next < actions.count {
            perform(actions[next])
            next += 1
        }
        actions.removeAll(keepingCapacity: true)
    }

    /// What the engine tells comes before the answer, so that who is offered to an agent at once is not taken for one
    /// who waits.
    private mutating func perform(_ action: DriverAction) {
        let outcome: DriverOutcome
        if let command = command(for: action) {
            let reply = apply(command)
            tell()
            outcome = Self.outcome(of: reply)
        } else {
            outcome = look(action)
        }
        driver.finished(action, outcome, at: now, into: &actions)
    }

    private mutating func apply(_ command: Command) -> Reply {
        output.clear()
        let time = Instant(microseconds: now)
        engine.apply(command, at: time, into: &output)
        observer?.stepped(command, at: time, reply: output.reply, events: output.events, engine: engine)
        return output.reply
    }

    // MARK: The driver's words in the engine's

    /// nil for what only reads.
    private func command(for action: DriverAction) -> Command? {
        switch action {
        case .submit(let inquiry): .submit(submission(inquiry))
        case .abandon(_, let id): .abandon(id: id)
        case .ready(let agent): .ready(agents[agent], channels: nil)
        case .away(let agent): .away(agents[agent], reason: "")
        case .offline(let agent): .offline(agents[agent])
        case .accept(let agent, let id): .accept(id: id, agents[agent])
        case .complete(let agent, let id): .complete(id: id, agents[agent], disposition: [], outcome: nil)
        case .look, .mine: nil
        }
    }

    /// A priority of 0 is left to the plan.
    private func submission(_ index: Int) -> Submission {
        let inquiry = scenario.inquiries[index]
        return Submission(
            source: 0, channel: channels[index], priority: inquiry.priority == 0 ? nil : Int32(inquiry.priority),
            skills: skills[index],
            texts: InquiryTexts(
                customer: Array(inquiry.customer.utf8), subject: Array(inquiry.subject.utf8),
                attributes: Array(inquiry.attributes.utf8)))
    }

    private func look(_ action: DriverAction) -> DriverOutcome {
        switch action {
        case .look(_, let id): .done(id: id, state: engine.state(of: id)?.name)
        case .submit, .abandon, .ready, .away, .offline, .mine, .accept, .complete: .work([])
        }
    }

    private static func outcome(of reply: Reply) -> DriverOutcome {
        switch reply {
        case .inquiry(let id, let state): .done(id: id, state: state.name)
        case .submitted(let id, _): .done(id: id, state: nil)
        case .agent, .nothing, .done: .done(id: nil, state: nil)
        case .rejected(let rejection): .refused(code: rejection.code.wireName, state: rejection.state)
        }
    }

    // MARK: The engine's words in the driver's

    /// Writes down what happened, and tells the driver.
    private mutating func tell() {
        for event in output.events {
            ledger.record(LedgerEvent(event))
            if let agent = event.agentIndex.flatMap({ places[$0] }), let word = Self.floorEvent(event, agent) {
                driver.happened(word, at: now, into: &actions)
            } else if event.type == .expired || event.type == .cancelled,
                let inquiry = driver.index(id: event.inquiry)
            {
                // A customer whom the plan turns out is told on a daemon by whoever submitted the inquiry.
                driver.finished(
                    .look(inquiry: inquiry, id: event.inquiry), .done(id: event.inquiry, state: event.type.name),
                    at: now, into: &actions)
            }
        }
    }

    private static func floorEvent(_ event: Event, _ agent: Int) -> FloorEvent? {
        switch event.type {
        case .offered: .offered(agent: agent, id: event.inquiry)
        case .assigned: .assigned(agent: agent, id: event.inquiry)
        case .requeued, .transferred, .cancelled, .expired: .taken(agent: agent, id: event.inquiry)
        case .missed: .missed(agent: agent)
        case .agentAway: .away(agent: agent)
        case .agentOffline: .offline(agent: agent)
        case .submitted, .scheduled, .queued, .accepted, .declined, .withdrawn, .exclusionsCleared,
            .preferredReleased, .held, .resumed, .message, .updated, .step, .escalated, .slaWarned, .slaBreached,
            .overCapacity, .completed,
            .wrapped, .reopened, .abandoned, .rated, .surveyDue, .agentReady, .agentDisconnected, .agentReconnected,
            .agentChanged, .stalled, .planPublished, .queuePaused, .queueResumed, .drain:
            nil
        }
    }
}

// MARK: Before it begins

extension Rehearsal {
    /// A daemon refuses what the plan's list of skills does not name.
    private static func checkSkills(_ scenario: Scenario, _ plan: RoutingPlan) throws(Fault) {
        guard let known = plan.skills else { return }
        let used = scenario.inquiries.flatMap(\.skills) + scenario.agents.flatMap(\.skills)
        for skill in used where !known.contains(skill.name) {
            throw Fault(description: "the skill \(skill.name) is not one of the plan's skills")
        }
    }

    private mutating func defineAgents() throws(Fault) {
        for (place, agent) in scenario.agents.enumerated() {
            var change = AgentChange(id: agent.id)
            change.name = .set(agent.name)
            change.skills = .set(agent.skills.map { SkillLevel(skill: $0.name, level: UInt8($0.level ?? 5)) })
            change.channels = .set(Self.channels(agent.channels))
            let reply = apply(.putAgent(change))
            tell()
            guard case .agent(let index) = reply else {
                throw Fault(description: "agent \(agent.id) cannot be defined: \(reply)")
            }
            agents.append(index)
            places[index] = place
        }
    }

    /// `voice:1,chat`; nil for none named.
    private static func channels(_ text: String) -> [ChannelLimit]? {
        if text.isEmpty { return nil }
        return text.split(separator: ",").map { item in
            let parts = item.split(separator: ":")
            return ChannelLimit(channel: String(parts[0]), limit: parts.count > 1 ? Int32(parts[1]) : nil)
        }
    }

    private mutating func internSkills() throws(Fault) {
        for inquiry in scenario.inquiries {
            var numbers: [SkillRequirement] = []
            for skill in inquiry.skills {
                guard let number = engine.skill(named: skill.name) else {
                    throw Fault(description: "there are more different skills than the engine takes")
                }
                numbers.append(SkillRequirement(skill: number, level: UInt8(skill.level ?? 1)))
            }
            skills.append(numbers.sorted { $0.skill < $1.skill })
        }
    }
}

extension Rejection.Code {
    fileprivate var wireName: String {
        switch self {
        case .badArgument: "bad_argument"
        case .notFound: "not_found"
        case .conflict: "conflict"
        case .gone: "gone"
        case .limit: "limit"
        }
    }
}

extension LedgerEvent {
    fileprivate init(_ event: Event) {
        self.init(
            seq: event.seq, type: event.type.name, time: event.at.microseconds,
            inquiry: event.inquiry == 0 ? nil : event.inquiry,
            agent: event.agentName.isEmpty ? nil : event.agentName.string,
            channel: event.channelName.isEmpty ? nil : event.channelName.string)
    }
}
