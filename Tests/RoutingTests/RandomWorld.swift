@testable import Routing

/// A world whose plan, agents and commands all come from one seed. It stops at the first violation.
struct RandomWorld {
    let seed: UInt64
    private(set) var world: World
    private var random: SplitMix64
    private let skills = ["billing", "returns", "korean", "english"]
    private var names: [String] = []
    private(set) var steps = 0
    /// How often the engine is started again from its rows, once in so many steps; 0 for never.
    private let restartEvery: Int

    init(seed: UInt64, restartEvery: Int = 0) {
        self.seed = seed
        self.restartEvery = restartEvery
        random = SplitMix64(seed: seed)
        world = World(Self.plan(&random))
        world.reportsViolations = false
        for number in 0..<random.pick(2...10) { sign(on: "a\(number)") }
    }

    private static func plan(_ random: inout SplitMix64) -> CompiledPlan {
        let names = ["voice", "chat", "social", "email", "fax"].prefix(random.pick(1...5))
        let channels = names.map { name in
            TestChannel.channel(
                name, weight: [10, 25, 33, 60, 100].randomElement(using: &random) ?? 25,
                limit: Int32(random.pick(1...5)), target: .seconds(Int64(random.pick(1...4) * 30)),
                offerTimeout: .seconds(Int64(random.pick(5...30))),
                wrapUp: random.once(in: 3) ? .seconds(Int64(random.pick(1...20))) : .zero,
                isAutomatic: random.once(in: 4), keepsWorkOffline: random.once(in: 3),
                with: random.once(in: 3) ? names.filter { _ in random.once(in: 2) } : nil,
                interruptedBy: names.filter { $0 != name && random.once(in: 4) })
        }
        let queues = (0..<random.pick(1...3)).map { number in
            CompiledPlan.Queue(
                name: "queue\(number)", target: random.once(in: 2) ? .seconds(Int64(random.pick(1...200))) : nil,
                selection: random.once(in: 2) ? .leastLoaded : .longestIdle)
        }
        return .of(
            channels, queues: queues, boost: random.once(in: 3) ? CompiledPlan.strictBoost : .seconds(20),
            grace: .seconds(Int64(random.pick(5...30))), missedOffersToAway: Int32(random.pick(0...2)))
    }

    private mutating func sign(on name: String) {
        world.agent(
            name, skills: template(), channels: random.once(in: 2) ? limits() : nil,
            capacity: Int32(random.pick(5...15) * 10), ready: !random.once(in: 5))
        names.append(name)
    }

    private mutating func levels(most: Int, often: Int) -> String {
        skills.filter { _ in random.once(in: often) }.map { "\($0):\(random.pick(1...most))" }.joined(separator: ",")
    }

    /// Often the same skills, so that profiles have several members.
    private mutating func template() -> String {
        ["billing:9,returns:9,korean:9,english:9", "billing:3,korean:5", levels(most: 9, often: 2)]
            .randomElement(using: &random) ?? ""
    }

    /// A few channels of the plan; nil for all.
    private mutating func limits() -> String? {
        guard random.once(in: 2) else { return nil }
        let channels = world.plan.channels.filter { _ in !random.once(in: 3) }
        let listed = channels.map { random.once(in: 2) ? "\($0.name):\(random.pick(1...6))" : $0.name }
        return listed.isEmpty ? nil : listed.joined(separator: ",")
    }

    /// Goes on by so many steps, or until something is wrong. Returns what.
    mutating func run(_ count: Int) throws -> [String] {
        for _ in 0..<count {
            steps += 1
            try step()
            var faults = world.violations
            if steps % 16 == 0 { faults += world.engine.structureFaults() }
            if steps % 256 == 0 { faults += world.faultsOfAllRows() }
            if !faults.isEmpty { return faults }
        }
        return []
    }

    /// The same driver with the same choices to come, on another world.
    func driving(_ other: World) -> RandomWorld {
        var copy = self
        copy.world = other
        return copy
    }

    /// What a person needs to find the fault: the seed, the step, what happened last.
    func report(_ faults: [String]) -> String {
        (["seed \(seed), step \(steps)"] + faults + ["the last events:"] + world.told().suffix(50))
            .joined(separator: "\n")
    }

    private mutating func step() throws {
        if restartEvery > 0, random.once(in: restartEvery) {
            return try world.restart(after: .milliseconds(Int64(random.pick(0...5_000))))
        }
        switch random.pick(0...99) {
        case 0..<24: submit()
        case 24..<40: answer { world, id, agent in world.accept(id, by: agent) }
        case 40..<46: answer { world, id, agent in world.decline(id, by: agent) }
        case 46..<58: finish()
        case 58..<61: leave()
        case 61..<63: wrongly()
        case 63..<78: presence()
        case 78..<80: world.change(anybody(), skills: template(), capacity: capacity())
        case 80..<82: world.change(anybody(), channels: limits(), capacity: capacity())
        case 82: stall()
        case 83: world.drain(random.once(in: 3))
        case 84 where names.count < 14: sign(on: "a\(names.count)")
        case 85: world.pass(.minutes(Int64(random.pick(1...10))))
        default: world.pass(.milliseconds(Int64(random.pick(0...4_000))))
        }
    }

    private mutating func anybody() -> String { names.randomElement(using: &random) ?? "" }

    private mutating func capacity() -> Int32? { random.once(in: 2) ? Int32(random.pick(5...20) * 10) : nil }

    private mutating func submit() {
        let channel = world.plan.channels.randomElement(using: &random)?.name ?? ""
        let queue = world.plan.queues.randomElement(using: &random)?.name
        let priority: Int32? = random.once(in: 3) ? Int32(random.pick(-100...100)) : nil
        world.submit(channel, queue: queue, priority: priority, skills: levels(most: 5, often: 5))
    }

    /// An agent's open offer or assignment, oldest first; sometimes any inquiry at all.
    private mutating func work(_ kinds: [InquiryState]) -> (id: Int64, agent: String)? {
        let found = world.auditor.people.values.flatMap { person in person.work.map { ($0, person.id) } }
            .filter { kinds.contains(world.auditor.items[$0.0]?.state ?? .cancelled) }
            .sorted { $0.0 < $1.0 }
        return found.randomElement(using: &random)
    }

    private mutating func answer(_ act: (World, Int64, String) -> Void) {
        if let (id, agent) = work([.offered]) { act(world, id, agent) }
    }

    private mutating func finish() {
        guard let (id, agent) = work([.assigned, .completed]) else { return }
        if world.state(id) == .completed {
            world.wrapped(id, by: agent)
        } else {
            world.complete(id, by: agent, disposition: random.once(in: 2) ? "done" : "", outcome: .resolved)
        }
    }

    private mutating func leave() {
        let live = world.auditor.items.values.filter(\.state.isLive).map(\.id).sorted()
        guard let id = live.randomElement(using: &random) else { return }
        if random.once(in: 3) { world.cancel(id, reason: "no more") } else { world.abandon(id) }
    }

    /// Somebody asks for what is not theirs.
    private mutating func wrongly() {
        let id = Int64(random.pick(0...Int(world.auditor.totals.submitted + 1)))
        let agent = anybody()
        switch random.pick(0...3) {
        case 0: world.accept(id, by: agent)
        case 1: world.decline(id, by: agent)
        case 2: world.complete(id, by: agent)
        default: world.wrapped(id, by: agent)
        }
    }

    private mutating func presence() {
        let agent = anybody()
        switch random.pick(0...13) {
        case 0...4: world.ready(agent)
        case 5:
            let channels = world.plan.channels.filter { _ in random.once(in: 2) }.map(\.name)
            world.ready(agent, channels: channels.joined(separator: ","))
        case 6: world.away(agent, reason: random.once(in: 2) ? "lunch" : "")
        case 7: world.offline(agent)
        case 8: world.disconnect(agent)
        default: for name in names where random.once(in: 2) { world.connect(name) }
        }
    }

    private mutating func stall() {
        let since = world.now
        world.answeredUntil = since
        for _ in 1...3 {
            world.standStill(for: .milliseconds(Int64(random.pick(1...10_000))))
            world.fireTimers()
            submit()
            finish()
        }
        world.answeredUntil = nil
        world.apply(.stalled(since: since))
        world.fireTimers()
    }
}
