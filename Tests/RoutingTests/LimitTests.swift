import Testing

@testable import Routing

@Suite("Limits")
struct LimitTests {
    @Test("sixteen channels work, the last as the first")
    func sixteenChannels() {
        let names = (0..<16).map { "channel\($0)" }
        let world = World(.of(names.map { .channel($0, weight: 5, limit: 1, with: $0 == "channel15" ? [] : nil) }))
        world.agent("all")
        for name in names { #expect(world.place(world.submit(name)) == "offered all") }
        #expect(world.state(world.submit("channel3")) == .waiting)
        world.agent("last", channels: "channel15:2")
        #expect(world.place(world.submit("channel15")) == "offered last")
        world.ready("last", channels: "channel15")
        #expect(world.view("last").row.channelsOn == ["channel15"])
        #expect(world.engine.structureFaults() == [])
    }

    @Test("a set of channels holds the first and the sixteenth")
    func channelSet() {
        var set = ChannelSet.none
        set.insert(0)
        set.insert(15)
        #expect(set.bits == 0x8001)
        #expect(set.contains(15) && set.contains(0) && !set.contains(14))
        #expect(set.intersection(ChannelSet(bits: 0x8000)).bits == 0x8000)
    }

    @Test("of 65,536 different requirements that wait one more is refused, until one leaves memory")
    func classes() {
        let bare = BareEngine()
        for number in 0..<Limits.classes {
            guard bare.submit(skill: "skill\(number)", level: 1) == .id(Int64(number) + 1, duplicate: false) else {
                Issue.record("submission \(number) was refused")
                return
            }
        }
        #expect(bare.engine.census().classes == Limits.classes)
        #expect(bare.submit(skill: "skill0", level: 2) == .limit)
        #expect(bare.submit(skill: "one more", level: 1) == .limit)
        let next = Int64(Limits.classes) + 1
        #expect(bare.submit(skill: "skill0", level: 1) == .id(next, duplicate: false))

        // A closed one leaves memory after a day, and its class with it.
        bare.apply(.abandon(id: 5))
        bare.now = bare.now + .hours(25)
        bare.apply(.drain(true))
        bare.takeChanges()
        // Once the store has been told of its end.
        bare.takeChanges()
        #expect(bare.submit(skill: "skill0", level: 2) == .id(next + 1, duplicate: false))
    }

    @Test("of 16,384 different profiles one more is refused, and one of a known profile is not")
    func profiles() {
        let bare = BareEngine()
        for number in 0..<Limits.profiles where bare.put("agent\(number)", skill: "skill\(number)") != .done {
            Issue.record("agent \(number) was refused")
            return
        }
        #expect(bare.put("more", skill: "other") == .limit)
        #expect(bare.engine.agentCount == Limits.profiles)
        #expect(bare.put("more", skill: "skill7") == .done)
        // The only member of a profile frees it by leaving.
        #expect(bare.put("agent8", skill: "skill9") == .done)
        #expect(bare.put("agent8", skill: "other") == .done)
    }

    @Test("a closed inquiry stays in memory for 24 hours and then leaves it")
    func closedWindow() {
        let world = World()
        let id = world.submit("voice")
        world.abandon(id)
        world.at(.hours(24))
        world.submit("voice")
        #expect(world.knows(id))
        world.pass(TimeSpan(microseconds: 1))
        #expect(!world.knows(id))
        #expect(world.engine.wasSubmitted(id) == true)
        #expect(world.abandon(id) == .notFound)
        #expect(world.engine.census().closedInMemory == 0)
    }

    @Test("a closed inquiry that had left memory is recalled for a question")
    func recalled() throws {
        let world = World()
        let id = world.submit("voice", skills: "billing:3")
        world.abandon(id)
        world.at(.hours(25))
        #expect(!world.knows(id))
        let row = try #require(world.store.inquiries[id])
        world.engine.recall(row)
        #expect(world.abandon(id) == .ok(.abandoned))
        #expect(world.cancel(id) == .notFound)
    }

    @Test("at most 100,000 closed inquiries stay in memory")
    func closedCount() {
        let bare = BareEngine()
        for id in 1...Int64(Limits.closedInquiries + 10) {
            bare.submit(skill: "billing", level: 1)
            bare.apply(.abandon(id: id))
            if id % 1_000 == 0 { bare.takeChanges() }
        }
        bare.takeChanges()
        #expect(bare.engine.census().closedInMemory == Limits.closedInquiries)
        #expect(!bare.knows(10))
        #expect(bare.knows(11))
        #expect(bare.engine.inquiries(InquiryFilter(), after: 0, limit: 10).rows.isEmpty)
    }

    @Test("the position is exact to 100 and one more")
    func position() {
        let world = World()
        for _ in 1...150 { world.submit("voice") }
        #expect(world.engine.position(of: 1) == 1)
        #expect(world.engine.position(of: 100) == 100)
        #expect(world.engine.position(of: 101) == 101)
        #expect(world.engine.position(of: 150) == 101)
    }
}

/// An engine that nobody audits, for numbers at which an auditor would take long.
private final class BareEngine {
    var engine = Engine(plan: .of(.channel("chat")), at: .epoch)
    var now = Instant.epoch
    private var output = Output()
    private var changes = Changes()

    @discardableResult
    func apply(_ command: Command) -> Answer {
        output.clear()
        engine.apply(command, at: now, into: &output)
        return Answer(output.reply)
    }

    @discardableResult
    func submit(skill: String, level: UInt8) -> Answer {
        guard let skill = engine.skill(named: skill) else { return .limit }
        let required = [SkillRequirement(skill: skill, level: level)]
        return apply(.submit(Submission(source: 1, channel: 0, skills: required)))
    }

    func put(_ id: String, skill: String) -> Answer {
        var change = AgentChange(id: id)
        change.skills = .set([SkillLevel(skill: skill, level: 5)])
        return apply(.putAgent(change))
    }

    func knows(_ id: Int64) -> Bool { engine.knows(id) }

    func takeChanges() {
        changes = Changes()
        engine.takeChanges(into: &changes)
    }
}
