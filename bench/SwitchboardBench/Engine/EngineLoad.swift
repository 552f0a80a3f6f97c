import Routing

/// An engine with a floor of busy agents and a backlog, and who drives it: submits, accepts, completes.
///
/// Every agent may work on three things at a time. Priorities are spread evenly, so that a new inquiry may stand
/// anywhere in the order of its class, as in the reference program.
struct EngineLoad: ~Copyable {
    /// What is left out of a run, to see what it costs.
    struct Mode {
        /// Agents are asked; otherwise they are assigned.
        var offers: Bool
        /// Events are kept and rows taken, as before a commit.
        var takesChanges: Bool
        /// Submissions carry a customer and attributes.
        var texts: Bool
        /// One agent fewer is full: there is room for `addIdleAgent` within the limit.
        var leavesRoom = false
    }

    struct Job {
        var id: Int64
        var agent: AgentIndex
    }

    static let capacity = 3

    let mode: Mode
    let size: BenchSize
    var engine: Engine
    var output = Output()
    var changes = Changes()
    private(set) var now: Instant
    private var submissions: ContiguousArray<Submission> = []
    /// Work that agents have, in no order.
    private var busy: ContiguousArray<Job> = []
    private var offered: ContiguousArray<Job> = []
    private var prepared: ContiguousArray<Submission> = []
    private var random: XorShift
    private var submitted = 0
    private(set) var submitMatches = 0
    private(set) var completeMatches = 0

    init(_ world: RoutingWorld, _ floor: BusyFloor, _ mode: Mode, selection: Selection) {
        self.mode = mode
        size = world.size
        random = world.random
        now = Instant(microseconds: 1_772_409_600_000_000)
        engine = Engine(plan: Self.plan(offers: mode.offers, selection), at: now)
        for requirement in world.requirements { submissions.append(submission(requirement)) }
        addAgents(world, floor)
        submitBacklog(floor)
    }

    /// In no order of classes, as if they had come one after the other.
    private mutating func submitBacklog(_ floor: BusyFloor) {
        var numbers: [Int] = []
        for (number, count) in floor.waiting.enumerated() { numbers += repeatElement(number, count: count) }
        for place in numbers.indices.dropFirst() { numbers.swapAt(place, random.below(place + 1)) }
        let count = busy.count
        for number in numbers {
            prepare(1, of: number)
            apply(.submit(takePrepared()))
            if submitted % 1_000 == 0 { takeChangesNow() }
        }
        takeChangesNow()
        precondition(busy.count == count && offered.isEmpty, "all of them wait")
    }

    static func plan(offers: Bool, _ selection: Selection) -> CompiledPlan {
        let channels = (0..<RoutingWorld.channelCount).map { number in
            CompiledPlan.Channel(
                name: "channel\(number)", weight: 1, limit: Int32(capacity), target: .minutes(1),
                offerTimeout: .seconds(30), acceptsAutomatically: !offers)
        }
        return CompiledPlan(
            version: 1, channels: channels, queues: [CompiledPlan.Queue(name: "default", selection: selection)],
            defaultQueue: 0, defaultPriority: 0, priorityBoost: .minutes(1), disconnectGrace: .seconds(30),
            missedOffersToAway: 1)
    }

    private mutating func submission(_ requirement: RoutingWorld.Requirement) -> Submission {
        var skills = [SkillRequirement(skill: number(of: "skill\(requirement.first)"), level: 1)]
        if requirement.second != requirement.first {
            skills.append(SkillRequirement(skill: number(of: "skill\(requirement.second)"), level: 1))
        }
        return Submission(source: 1, channel: ChannelIndex(requirement.channel), skills: skills)
    }

    private mutating func number(of skill: String) -> SkillIndex {
        guard let number = engine.skill(named: skill) else { preconditionFailure("skills are within the limit") }
        return number
    }

    /// Agents sign on and are given as much as they have.
    private mutating func addAgents(_ world: RoutingWorld, _ floor: BusyFloor) {
        let count = mode.leavesRoom ? size.agents - 1 : size.agents
        for number in 0..<count {
            let profile = number % size.profiles
            var change = AgentChange(id: "agent\(number)")
            change.skills = .set(world.skills[profile].map { SkillLevel(skill: "skill\($0)", level: 5) })
            let channels = (0..<RoutingWorld.channelCount).filter { world.channels[profile] >> UInt32($0) & 1 == 1 }
            change.channels = .set(channels.map { ChannelLimit(channel: "channel\($0)", limit: nil) })
            change.capacity = .set(Int32(Self.capacity))
            apply(.putAgent(change))
            apply(.ready(AgentIndex(number), channels: nil))
            for place in 0..<floor.loads[number] {
                let open = world.open[profile]
                var first: Submission
                if open.isEmpty {
                    let skill = world.skills[profile][0]
                    first = submission(.init(channel: channels[0], first: skill, second: skill))
                } else {
                    first = submissions[Int(open[place % open.count])]
                }
                first.agent = AgentIndex(number)
                apply(.submit(first))
                acceptOffers()
            }
            takeChangesNow()
        }
        precondition(busy.count == floor.loads[..<count].reduce(0, +), "every agent has its work")
    }

    // MARK: What is measured

    /// Draws the next submissions: what the port would have parsed.
    mutating func prepare(_ count: Int, of number: Int? = nil) {
        for _ in 0..<count {
            var next = submissions[number ?? random.below(submissions.count)]
            next.priority = Int32(random.below(201)) - 100
            if mode.texts {
                next.texts = InquiryTexts(
                    customer: Array("c-\(submitted + prepared.count)".utf8),
                    attributes: Array(#"{"lang":"en","tier":"gold","region":"emea","order":123456}"#.utf8))
            }
            prepared.append(next)
        }
    }

    private mutating func takePrepared() -> Submission {
        submitted += 1
        return prepared.removeLast()
    }

    /// So many times: one inquiry comes, one that is worked on ends, offers that were made are accepted.
    @inline(never)
    mutating func run(_ count: Int) {
        now = now + .milliseconds(1)
        if let due = engine.nextDeadline, due <= now { engine.expire(at: now, into: &output) }
        for _ in 0..<count {
            let place = random.below(busy.count)
            let job = busy[place]
            let last = busy.removeLast()
            if place < busy.count { busy[place] = last }
            submitMatches += apply(.submit(takePrepared()))
            completeMatches += apply(.complete(id: job.id, job.agent, disposition: [], outcome: .resolved))
            acceptOffers()
        }
        endBatch()
    }

    private mutating func acceptOffers() {
        while let job = offered.popLast() {
            apply(.accept(id: job.id, job.agent))
            busy.append(job)
        }
    }

    /// Returns how many inquiries found an agent by the command. The events of a batch stay together, as for the store.
    @inline(__always)
    @discardableResult
    private mutating func apply(_ command: Command) -> Int {
        let first = output.events.count
        engine.apply(command, at: now, into: &output)
        if case .rejected(let rejection) = output.reply { preconditionFailure(rejection.message) }
        var matches = 0
        for index in first..<output.events.count {
            let event = output.events[index]
            guard let agent = event.agentIndex else { continue }
            switch event.type {
            case .offered: offered.append(Job(id: event.inquiry, agent: agent))
            case .assigned: busy.append(Job(id: event.inquiry, agent: agent))
            default: continue
            }
            matches += 1
        }
        return matches
    }

    /// What the store takes over, where that is measured.
    private mutating func endBatch() {
        if mode.takesChanges {
            changes.events.append(contentsOf: output.events)
            engine.takeChanges(into: &changes)
        }
        output.events.removeAll(keepingCapacity: true)
    }

    // MARK: What is not

    /// What the store would take over: the rows and events of a batch.
    mutating func handOver() { changes = Changes() }

    mutating func takeChangesNow() {
        output.events.removeAll(keepingCapacity: true)
        engine.takeChanges(into: &changes)
        handOver()
    }

    mutating func resetMatches() {
        submitMatches = 0
        completeMatches = 0
    }

    /// Signs an agent on with ten classes that it could serve and in which nothing waits.
    mutating func addIdleAgent() -> AgentIndex {
        let skills = (0..<10).map { "idle\($0)" }
        var change = AgentChange(id: "idle")
        change.skills = .set(skills.map { SkillLevel(skill: $0, level: 5) })
        change.capacity = .set(Int32(Self.capacity))
        engine.apply(.putAgent(change), at: now, into: &output)
        guard case .agent(let agent) = output.reply else { preconditionFailure("the agent is there") }
        output.clear()
        apply(.ready(agent, channels: nil))
        for skill in skills {
            apply(
                .submit(
                    Submission(source: 1, channel: 0, skills: [SkillRequirement(skill: number(of: skill), level: 1)])))
            acceptOffers()
            guard let job = busy.popLast(), job.agent == agent else { preconditionFailure("it is for that agent") }
            apply(.complete(id: job.id, agent, disposition: [], outcome: .resolved))
        }
        takeChangesNow()
        return agent
    }

    /// So many times the agent asks for work, of which there is none.
    @inline(never)
    mutating func askInVain(_ agent: AgentIndex, _ count: Int) {
        for _ in 0..<count {
            engine.apply(.next(agent, channel: nil), at: now, into: &output)
            guard case .nothing = output.reply else { preconditionFailure("nothing waits for that agent") }
        }
    }
}
