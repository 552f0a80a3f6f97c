import Simulation

@testable import Routing

/// A world whose plan, agents and commands all come from one seed. It stops at the first violation.
///
/// Of ten seeds three are killed and started again now and then, and one has a backlog of thousands and 60 agents, of
/// whose steps only some are judged in full. From seed 1,000,000 on the plan has rules, queues require skills, end, and
/// have steps; from 2,000,000 on it is replaced by another now and then.
struct RandomWorld {
    enum Kind: Sendable { case small, restarting, large }

    let seed: UInt64
    let kind: Kind
    /// The plan does more than to say who may have what.
    let isEventful: Bool
    /// Other plans come into force.
    let isReplanned: Bool
    private(set) var world: World
    var random: SplitMix64
    static let skills = ["billing", "returns", "korean", "english"]
    let teams = ["", "seoul", "busan"]
    var names: [String] = []
    var born = 0
    private(set) var steps = 0
    /// Submissions that found as many waiting as may.
    var refused = 0
    /// How many plans came into force, and how many were refused.
    private(set) var plans = (published: 0, refused: 0)
    private var faultsOfPlans: [String] = []
    /// How often the engine is started again from its rows, once in so many steps; 0 for never.
    private let restartEvery: Int
    /// Continuity looks at closed inquiries too, which a start does not bring back.
    let knowsForgotten: Bool

    init(seed: UInt64) {
        let kind: Kind =
            switch seed % 10 {
            case 3, 6, 9: .restarting
            case 0: .large
            default: .small
            }
        self.init(seed: seed, kind: kind)
    }

    init(seed: UInt64, kind: Kind, restartEvery: Int = 40, knowsForgotten: Bool = true) {
        self.seed = seed
        self.kind = kind
        isEventful = seed >= 1_000_000
        isReplanned = seed >= 2_000_000
        self.knowsForgotten = knowsForgotten
        self.restartEvery = kind == .restarting ? restartEvery : 0
        random = SplitMix64(seed: seed)
        var plan = Self.plan(&random, isLarge: kind == .large, knowsForgotten: knowsForgotten)
        if isEventful { Self.addEvents(to: &plan, &random, isLarge: kind == .large) }
        world = World(plan)
        world.reportsViolations = false
        if kind == .large { world.judging(false) }
        let count = kind == .large ? random.pick(50...60) : random.pick(2...10)
        for _ in 0..<count { signOn() }
        if kind == .large {
            for name in names where random.once(in: 2) { world.away(name) }
            for _ in 0..<random.pick(2_000...3_000) { submit() }
        }
    }

    static let channelNames = ["voice", "chat", "kakao", "email", "fax"]

    private static func plan(_ random: inout SplitMix64, isLarge: Bool, knowsForgotten: Bool) -> CompiledPlan {
        let channels = channels(&random, Array(channelNames.prefix(random.pick(1...5))))
        let queues = queues(&random, (0..<random.pick(1...4)).map { "queue\($0)" })
        return plan(&random, channels, queues, isLarge: isLarge, knowsForgotten: knowsForgotten)
    }

    static func channels(_ random: inout SplitMix64, _ names: [String]) -> [TestChannel] {
        names.map { name in
            TestChannel.channel(
                name, weight: [10, 25, 33, 60, 100].randomElement(using: &random) ?? 25,
                limit: Int32(random.pick(1...5)), target: .seconds(Int64(random.pick(1...4) * 30)),
                offerTimeout: .seconds(Int64(random.pick(5...30))),
                wrapUp: random.once(in: 3) ? .seconds(Int64(random.pick(1...20))) : .zero,
                isAutomatic: random.once(in: 4), keepsWorkOffline: random.once(in: 3),
                holdReleases: random.once(in: 2),
                with: random.once(in: 3) ? names.filter { _ in random.once(in: 2) } : nil,
                interruptedBy: names.filter { $0 != name && random.once(in: 4) })
        }
    }

    static let selections: [Selection] = [.leastLoaded, .longestIdle, .mostSkilled, .leastSkilled]

    static func queues(_ random: inout SplitMix64, _ names: [String]) -> [CompiledPlan.Queue] {
        names.map { name in
            CompiledPlan.Queue(
                name: name, target: random.once(in: 2) ? .seconds(Int64(random.pick(1...200))) : nil,
                selection: selections.randomElement(using: &random) ?? .leastLoaded,
                teams: random.once(in: 4) ? [["seoul"], ["seoul", "busan"], [""]].randomElement(using: &random) : nil)
        }
    }

    static func plan(
        _ random: inout SplitMix64, _ channels: [TestChannel], _ queues: [CompiledPlan.Queue], isLarge: Bool,
        knowsForgotten: Bool
    ) -> CompiledPlan {
        var continuities: [[Continuity]] = [[], [.openAgent]]
        if knowsForgotten { continuities += [[.openAgent, .lastAgent], [.lastAgent], [.lastAgent, .openAgent]] }
        let ages: [TimeSpan] = isLarge ? [.days(14)] : [.minutes(3), .hours(1), .days(14)]
        return .of(
            channels, queues: queues, boost: random.once(in: 3) ? CompiledPlan.strictBoost : .seconds(20),
            grace: .seconds(Int64(random.pick(5...30))), missedOffersToAway: Int32(random.pick(0...2)),
            continuity: continuities.randomElement(using: &random) ?? [],
            continuityHold: .seconds(Int64(random.pick(1...60))),
            continuityWithin: [.minutes(10), .days(1), .days(30)].randomElement(using: &random) ?? .days(30),
            reopenWithin: [.seconds(30), .hours(24), .days(3)].randomElement(using: &random) ?? .hours(24),
            maxAge: ages.randomElement(using: &random) ?? .days(14))
    }

    mutating func signOn() {
        let name = "a\(born)"
        born += 1
        world.agent(
            name, skills: template(), channels: random.once(in: 2) ? limits() : nil,
            capacity: Int32(random.pick(5...15) * 10), team: teams.randomElement(using: &random) ?? "",
            ready: !random.once(in: 5))
        names.append(name)
    }

    mutating func levels(most: Int, often: Int) -> String {
        Self.skills.filter { _ in random.once(in: often) }.map { "\($0):\(random.pick(1...most))" }
            .joined(separator: ",")
    }

    /// Often the same skills, so that profiles have several members.
    mutating func template() -> String {
        ["billing:9,returns:9,korean:9,english:9", "billing:3,korean:5", levels(most: 9, often: 2)]
            .randomElement(using: &random) ?? ""
    }

    /// A few channels of the plan; nil for all.
    mutating func limits() -> String? {
        guard random.once(in: 2) else { return nil }
        let channels = world.plan.channels.filter { _ in !random.once(in: 3) }
        let listed = channels.map { random.once(in: 2) ? "\($0.name):\(random.pick(1...6))" : $0.name }
        return listed.isEmpty ? nil : listed.joined(separator: ",")
    }

    /// Goes on by so many steps, or until something is wrong. Returns what.
    mutating func run(_ count: Int) throws -> [String] {
        let isLarge = kind == .large
        for _ in 0..<count {
            steps += 1
            if isLarge { world.judging(steps % 20 == 0) }
            try step()
            var faults = world.violations + faultsOfPlans
            if steps % (isLarge ? 500 : 64) == 0 { faults += world.engine.structureFaults() }
            if steps % (isLarge ? 2_000 : 256) == 0 { faults += world.faultsOfAllRows() }
            if !faults.isEmpty { return faults }
        }
        return world.faultsOfAllRows() + world.engine.structureFaults() + world.faultsOfFigures
    }

    /// The same driver with the same choices to come, on another world.
    func driving(_ other: World) -> RandomWorld {
        var copy = self
        copy.world = other
        return copy
    }

    /// What a person needs to find the fault: the seed, the step, what happened last, and how to see it again.
    func report(_ faults: [String]) -> String {
        func line(_ event: Event) -> String {
            "\(event.seq) at \((event.at - world.start).microseconds) µs: \(World.line(event)) \(event.queue) "
                + event.details.map { "\($0.key.name)=\($0.value)" }.joined(separator: " ")
        }
        var about: [String] = []
        for id in faults.prefix(3).compactMap({ Int64($0.split { !$0.isNumber }.first ?? "") }) {
            about += ["all of \(id):"] + world.log.filter { $0.inquiry == id }.map(line)
        }
        return
            (["seed \(seed), step \(steps)"] + faults.prefix(20)
            + ["again: SWITCHBOARD_SOAK_SEED=\(seed) SWITCHBOARD_SOAK_STEPS=\(steps) swift test --filter Soak"]
            + about + ["the last events:"] + world.log.suffix(50).map(line))
            .joined(separator: "\n")
    }

    private mutating func step() throws {
        if restartEvery > 0, random.once(in: restartEvery) {
            // Long enough, now and then, for several steps.
            let factor = isEventful && random.once(in: 4) ? 30 : 1
            return try world.restart(after: .milliseconds(Int64(random.pick(0...5_000) * factor)))
        }
        if isReplanned, random.once(in: 60) { return try republish() }
        if world.engine.isRoundDue(at: world.now) { world.bookAgents(limit: 4) }
        act()
    }

    /// The plan that is in force changes nothing.
    private mutating func publishAgain() {
        let (mark, rows) = (world.log.count, world.store.inquiries)
        world.publish(world.plan)
        let told = world.told(since: mark)
        if told != ["plan_published"] { faultsOfPlans.append("the same plan again: \(told)") }
        if world.store.inquiries != rows { faultsOfPlans.append("the same plan again: other rows") }
    }

    /// Another plan comes into force, or is refused; the engine's structures, and what a start would find, are looked at.
    private mutating func republish() throws {
        let before = world.plan.version
        let plan = anotherPlan()
        if world.publish(plan) != .done {
            plans.refused += 1
            if world.engine.plan.version != before { faultsOfPlans.append("a plan that was refused is in force") }
        } else {
            plans.published += 1
            if kind != .large, random.once(in: 3) { publishAgain() }
        }
        // Of thousands that wait not everything can be looked at each time.
        guard kind != .large || random.once(in: 10) else { return }
        faultsOfPlans += world.engine.structureFaults() + (try world.faultsOfRecovery())
    }
}
