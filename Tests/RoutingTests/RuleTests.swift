import Testing

@testable import Routing

@Suite("Rules")
struct RuleTests {
    private typealias Rule = CompiledPlan.Rule
    private typealias Rules = [(rule: Rule, when: TestConditions.Condition)]

    private static func skill(_ name: String, _ level: UInt8) -> SkillLevel { SkillLevel(skill: name, level: level) }

    private func world(_ rules: Rules) -> World {
        World(
            .of(
                queues: [.init(name: "default"), .init(name: "vip"), .init(name: "last")], defaultPriority: 3,
                rules: rules))
    }

    private func always(_ rules: Rule...) -> Rules { rules.map { ($0, TestConditions.always) } }

    /// "vip 10 billing:3 prefer returns:1 by a,b"
    private func made(_ world: World, _ id: Int64) -> String {
        func words(_ levels: [SkillLevel]?) -> String {
            (levels ?? []).map { "\($0.skill):\($0.level)" }.joined(separator: ",")
        }
        let row = world.row(id)
        var rules = "nothing"
        if case .names(let names) = world.log.first(where: { $0.inquiry == id })?.detail(.rules) {
            rules = names.joined(separator: ",")
        }
        return "\(row?.queue ?? "") \(row?.priority ?? 0) \(words(row?.definition?.skills)) prefer "
            + "\(words(row?.definition?.prefer)) by \(rules)"
    }

    @Test("beat defaults: queue, priority, skills and what is preferred")
    func defaults() {
        let world = world(
            always(
                Rule(
                    name: "gold", queue: 1, priority: 10, skills: [Self.skill("billing", 3)],
                    prefer: [Self.skill("returns", 1)])))
        #expect(made(world, world.submit("chat")) == "vip 10 billing:3 prefer returns:1 by gold")
    }

    @Test("are beaten by what the request says, skill by skill, unless they force", arguments: [false, true])
    func explicit(force: Bool) {
        let rule = Rule(
            name: "gold", queue: 1, priority: 10, skills: [Self.skill("billing", 3), Self.skill("korean", 2)],
            prefer: [Self.skill("returns", 1), Self.skill("english", 4)], force: force)
        let world = world(always(rule))
        let chat = world.submit("chat", queue: "last", priority: 0, skills: "billing:5,other", prefer: "returns:6")
        #expect(
            made(world, chat)
                == (force
                    ? "vip 10 billing:3,korean:2,other:1 prefer english:4,returns:1 by gold"
                    : "last 0 billing:5,korean:2,other:1 prefer english:4,returns:6 by gold"))
    }

    @Test("of several the last queue wins, priorities add up, skills merge by the higher level")
    func several() {
        let world = world(
            always(
                Rule(
                    name: "a", queue: 1, priority: 60, skills: [Self.skill("billing", 5)],
                    prefer: [Self.skill("returns", 2)]),
                Rule(
                    name: "b", queue: 2, priority: -20, skills: [Self.skill("billing", 3), Self.skill("korean", 1)],
                    prefer: [Self.skill("returns", 4)]),
                Rule(name: "c")))
        #expect(made(world, world.submit("chat")) == "last 40 billing:5,korean:1 prefer returns:4 by a,b,c")
    }

    @Test("of those that force and those that do not, only the former touch what the request says")
    func forceAmongOthers() {
        let world = world(
            always(
                Rule(name: "a", queue: 1, priority: 5, force: true), Rule(name: "b", queue: 2, priority: 7)))
        #expect(made(world, world.submit("chat", queue: "default", priority: 1)) == "vip 5  prefer  by a,b")
        #expect(made(world, world.submit("chat")) == "last 12  prefer  by a,b")
    }

    @Test("keep the sum of priorities within −100…100", arguments: [(80, 100), (-80, -100)] as [(Int32, Int32)])
    func clamp(points: Int32, expected: Int32) {
        let world = world(always(Rule(name: "a", priority: points), Rule(name: "b", priority: points)))
        #expect(world.row(world.submit("chat"))?.priority == expected)
    }

    @Test("behind one that stops are not looked at; one that does not match stops nothing")
    func stop() {
        let world = world([
            (Rule(name: "calls", priority: 1, stop: true), TestConditions.when { $0.channel == "voice" }),
            (Rule(name: "all", priority: 2), TestConditions.always),
        ])
        #expect(made(world, world.submit("voice")) == "default 1  prefer  by calls")
        #expect(made(world, world.submit("chat")) == "default 2  prefer  by all")
    }

    @Test("that cannot be evaluated do not match, are counted and named; those behind them are looked at")
    func failing() {
        let broken: TestConditions.Condition = { $0.channel == "voice" ? .fails("no") : .differs }
        let world = world([
            (Rule(name: "broken", priority: 50, stop: true), broken),
            (Rule(name: "all", queue: 1), TestConditions.always),
        ])
        let call = world.submit("voice")
        world.submit("voice")
        world.submit("chat")
        #expect(made(world, call) == "vip 3  prefer  by all")
        #expect(world.log.first { $0.inquiry == call }?.detail(.failedRules) == .names(["broken"]))
        #expect(world.engine.rulesThatFailed.map(\.name) == ["broken"])
        #expect(world.engine.rulesThatFailed.map(\.times) == [2])
        #expect(world.log.last { $0.type == .submitted }?.detail(.failedRules) == nil)
    }

    @Test("see the inquiry as it was submitted, and the customer's open inquiries")
    func input() {
        let world = world([
            (Rule(name: "second", queue: 2), TestConditions.when { $0.openInquiries == [1, 2] && $0.priority == nil }),
            (Rule(name: "plain", priority: 9), TestConditions.when { $0.queue == nil && $0.skills.isEmpty }),
        ])
        let first = world.submit("chat", customer: "ann")
        world.submit("chat", customer: "ann")
        let other = world.submit("chat", customer: "ben")
        let third = world.submit("chat", queue: "vip", skills: "korean", customer: "ann")
        world.abandon(first)
        let fourth = world.submit("chat", customer: "ann")
        #expect(made(world, other) == "default 9  prefer  by plain")
        #expect(made(world, third) == "vip 3 korean:1 prefer  by second")
        #expect(made(world, fourth) == "default 9  prefer  by plain")
    }

    @Test("have their say when a scheduled inquiry is submitted, not when it is due")
    func scheduled() {
        let world = world([
            (Rule(name: "first", queue: 1), TestConditions.when { $0.openInquiries.isEmpty })
        ])
        let later = world.submit("chat", customer: "ann", at: .minutes(5))
        world.submit("chat", customer: "ann")
        world.at(.minutes(5))
        #expect(world.row(later)?.queue == "vip")
        #expect(world.row(2)?.queue == "default")
    }
}
