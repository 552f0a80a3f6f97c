import Testing

@testable import Routing

/// Puzzles as a supervisor meets them: something waits though people are there. EXPLAIN says what a person would.
@Suite("EXPLAIN")
struct ExplainTests {
    /// Why that agent does not get it: `level_too_low skill=korean needed=5 has=2`.
    private func why(_ world: World, _ id: Int64, _ agent: String) -> String {
        guard let (obstacle, details) = world.engine.obstacle(id, agent: world.index(agent)) else { return "fits" }
        return ([obstacle.name] + details.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
    }

    /// How many agents fail on what, asked for a few at a time.
    private func tally(_ world: World, _ id: Int64) -> [String: Int] {
        var tally = Tally()
        while Int(tally.next) < world.engine.agentCount { world.engine.tally(id, &tally, limit: 3) }
        var words: [String: Int] = [:]
        for obstacle in Obstacle.allCases where tally.counts[Int(obstacle.rawValue)] > 0 {
            words[obstacle.name] = tally.counts[Int(obstacle.rawValue)]
        }
        if tally.fitting > 0 { words["fits"] = tally.fitting }
        return words
    }

    @Test("1: nobody who knows billing is at work")
    func nobodyAtWork() {
        let world = World()
        world.agent("kim", skills: "billing", ready: false)
        world.agent("lee", skills: "billing")
        world.away("lee", reason: "lunch")
        world.agent("mia", skills: "billing")
        world.disconnect("mia")
        world.agent("noh", skills: "returns")
        let id = world.submit("chat", skills: "billing")
        #expect(tally(world, id) == ["signed_off": 1, "away": 1, "in_grace": 1, "skill_missing": 1])
        #expect(why(world, id, "lee") == "away away_reason=lunch")
        #expect(why(world, id, "noh") == "skill_missing skill=billing needed=1 has=0")
    }

    @Test("2: she speaks Korean, but not well enough")
    func levelTooLow() {
        let world = World()
        world.agent("kim", skills: "korean:2,billing:9")
        let id = world.submit("chat", skills: "billing:3,korean:5")
        #expect(why(world, id, "kim") == "level_too_low skill=korean needed=5 has=2")
    }

    @Test("3: the one who could is on the phone")
    func onThePhone() {
        let world = World()
        world.agent("kim")
        world.accept(world.submit("voice"), by: "kim")
        let id = world.submit("chat")
        #expect(why(world, id, "kim") == "no_room used=100 weight=25 capacity=100")
        #expect(why(world, world.submit("voice"), "kim") == "limit channel=voice count=1 limit=1")
    }

    @Test("4: his chats leave room, but they bear no call beside them")
    func notBeside() {
        let world = World(.of(.channel("voice", weight: 10), .channel("chat", weight: 10, with: [])))
        world.agent("kim")
        world.accept(world.submit("chat"), by: "kim")
        #expect(why(world, world.submit("voice"), "kim") == "not_beside works_on=chat")
    }

    @Test("5: the call broke into his e-mails, and he has more than his share now")
    func overCapacity() {
        let world = World(
            .of(
                .channel("voice", weight: 100, limit: 2), .channel("email", weight: 50, interruptedBy: ["voice"])))
        world.agent("kim")
        world.accept(world.submit("email"), by: "kim")
        world.accept(world.submit("voice"), by: "kim")
        #expect(why(world, world.submit("email"), "kim") == "no_room used=150 weight=50 capacity=100")
        world.agent("lee", capacity: 120)
        world.accept(world.submit("email"), by: "lee")
        #expect(world.view("kim").used == 150)
    }

    @Test("6: both have declined it, and it goes out again at a certain time")
    func everybodyDeclined() {
        let world = World()
        world.agent("kim")
        world.agent("lee")
        let id = world.submit("chat")
        world.decline(id, by: "kim")
        world.pass(.seconds(5))
        world.decline(id, by: "lee")
        #expect(tally(world, id) == ["excluded": 2])
        let explanation = world.engine.waitingExplanation(id)
        #expect(explanation?.nextTimer?.name == "exclusions_cleared")
        #expect(explanation?.nextTimer?.due == world.start + .seconds(35))
    }

    @Test("7: others are idle, but it waits for Kim, and until when")
    func heldForKim() {
        let world = World(.of(.channel("chat", limit: 1)))
        world.agent("kim")
        world.agent("lee")
        world.accept(world.submit("chat", agent: "kim"), by: "kim")
        let id = world.submit("chat", agent: "kim", hold: .seconds(40))
        #expect(tally(world, id) == ["limit": 1, "held_for_another": 1])
        #expect(why(world, id, "lee") == "held_for_another held_for=kim")
        let explanation = world.engine.waitingExplanation(id)
        #expect(explanation?.preferred == "kim")
        #expect(explanation?.nextTimer?.name == "preferred_released")
        #expect(explanation?.nextTimer?.due == world.start + .seconds(40))
    }

    @Test("8: the queue is paused; of another queue's nobody is kept")
    func pausedQueue() {
        let world = World(.of(queues: [.init(name: "default"), .init(name: "vip")]))
        world.agent("kim")
        world.pause("vip")
        let id = world.submit("chat", queue: "vip")
        #expect(why(world, id, "kim") == "paused queue=vip")
        #expect(world.engine.waitingExplanation(id)?.isPaused == true)
        #expect(world.place(world.submit("chat")) == "offered kim")
    }

    @Test("9: the wrong team, and a channel that is switched off")
    func teamAndChannel() {
        let world = World(.of(queues: [.init(name: "default", teams: ["seoul"])]))
        world.agent("kim", team: "busan")
        world.agent("lee", team: "seoul")
        world.ready("lee", channels: "email")
        let id = world.submit("chat")
        #expect(why(world, id, "kim") == "team team=busan allowed=seoul")
        #expect(why(world, id, "lee") == "channel_off channel=chat")
    }

    @Test("10: everything is right, but the daemon is draining")
    func draining() {
        let world = World()
        world.agent("kim")
        world.drain(true)
        let id = world.submit("chat")
        #expect(why(world, id, "kim") == "draining")
        #expect(world.engine.waitingExplanation(id)?.isDraining == true)
    }

    @Test("the place counts all that compete for the same agents, whatever their class")
    func place() {
        let world = World()
        world.agent("kim", skills: "billing,returns", capacity: 25)
        world.accept(world.submit("chat"), by: "kim")
        world.submit("chat", skills: "billing")
        world.submit("email", skills: "returns")
        world.submit("chat", skills: "ski")
        let last = world.submit("chat")
        #expect(world.engine.waitingExplanation(last)?.place == 3)
        #expect(world.engine.position(of: last) == 1)
        let urgent = world.submit("chat", priority: 5)
        #expect(world.engine.waitingExplanation(urgent)?.place == 1)
    }

    @Test("of what went somewhere the event tells how many there were, who won and who came second")
    func decision() {
        let world = World()
        world.agent("kim")
        world.accept(world.submit("chat"), by: "kim")
        world.pass(.seconds(60))
        world.agent("lee")
        world.pass(.seconds(12))
        let id = world.submit("chat")
        let offer = world.log.last { $0.type == .offered }
        #expect(offer?.agent == "lee")
        #expect(offer?.seq == world.row(id)?.decisionSeq)
        #expect(offer?.detail(.candidates) == .integer(2))
        #expect(offer?.detail(.winnerKey) == .name("load=0.0%,idle=12s"))
        #expect(offer?.detail(.runnerUp) == .name("kim"))
        #expect(offer?.detail(.runnerUpKey) == .name("load=25.0%,idle=72s"))
    }

    @Test("an agent who got room was asked alone")
    func agentSide() {
        let world = World(.of(.channel("chat", limit: 1)))
        world.agent("kim")
        let first = world.submit("chat")
        world.accept(first, by: "kim")
        world.submit("chat")
        world.complete(first, by: "kim")
        let offer = world.log.last { $0.type == .offered }
        #expect(offer?.detail(.candidates) == .integer(1))
        #expect(offer?.detail(.runnerUp) == nil)
    }
}
