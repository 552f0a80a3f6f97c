import Testing

@testable import Routing

@Suite("Presence")
struct PresenceTests {
    @Test("away withdraws offers, keeps work and takes nothing new")
    func away() {
        let world = World()
        world.agent("kim")
        let work = world.submit("chat")
        world.accept(work, by: "kim")
        let offer = world.submit("chat")
        world.away("kim", reason: "lunch")
        #expect(world.told().suffix(2) == ["agent_away kim lunch", "withdrawn 2 kim away"])
        #expect(world.place(work) == "assigned kim")
        #expect(world.place(offer) == "waiting")
        world.ready("kim")
        #expect(world.place(offer) == "offered kim")
    }

    @Test("the same presence again makes no event")
    func sameAgain() {
        let world = World()
        world.agent("kim")
        let before = world.log.count
        world.ready("kim")
        #expect(world.log.count == before)
        world.away("kim", reason: "lunch")
        world.away("kim", reason: "lunch")
        #expect(world.told(since: before) == ["agent_away kim lunch"])
        world.away("kim", reason: "training")
        world.offline("kim")
        world.offline("kim")
        #expect(world.told(since: before + 1) == ["agent_away kim training", "agent_offline kim"])
    }

    @Test("ready on some channels takes work on those only")
    func someChannels() {
        let world = World()
        world.agent("kim", ready: false)
        world.ready("kim", channels: "chat,email")
        #expect(world.state(world.submit("voice")) == .waiting)
        #expect(world.state(world.submit("chat")) == .offered)
        world.ready("kim")
        #expect(world.view("kim").row.channelsOn == nil)
    }

    @Test("signing off ends wrap-ups, requeues what the channel says and keeps the rest")
    func offline() {
        let world = World(
            .of(
                .channel("chat", wrapUp: .seconds(60)),
                .channel("email", weight: 10, limit: 10, isAutomatic: true, keepsWorkOffline: true)))
        world.agent("kim")
        let done = world.submit("chat")
        world.accept(done, by: "kim")
        world.complete(done, by: "kim")
        let chat = world.submit("chat")
        world.accept(chat, by: "kim")
        let email = world.submit("email")
        world.offline("kim")
        #expect(world.told().suffix(3) == ["agent_offline kim", "wrapped 1 kim", "requeued 2 kim offline"])
        #expect(world.place(email) == "assigned kim")
        #expect(world.view("kim").used == 10)
        #expect(world.complete(email, by: "kim") == .ok(.completed))
        #expect(world.engine.structureFaults() == [])
    }

    @Test("who completes kept work after signing off has no wrap-up")
    func noWrapUpOffline() {
        let world = World(.of(.channel("email", wrapUp: .seconds(60), keepsWorkOffline: true)))
        world.agent("kim")
        let email = world.submit("email")
        world.accept(email, by: "kim")
        world.offline("kim")
        world.complete(email, by: "kim")
        #expect(world.engine.wrapUpEnds(of: email) == nil)
        #expect(world.log.last?.detail(.wrapUp) == nil)
        #expect(world.view("kim").used == 0)
    }

    @Test("who comes back within the grace keeps work and gets what waits")
    func reconnected() {
        let world = World()
        world.agent("kim")
        let work = world.submit("chat")
        world.accept(work, by: "kim")
        world.disconnect("kim")
        world.disconnect("kim")
        let waits = world.submit("chat")
        world.pass(.milliseconds(29_999))
        world.connect("kim")
        #expect(world.told().suffix(2) == ["agent_reconnected kim", "offered 2 kim"])
        world.pass(.seconds(5))
        #expect(world.place(work) == "assigned kim")
        #expect(world.place(waits) == "offered kim")
    }

    @Test("connecting without a grace makes no event")
    func connected() {
        let world = World()
        world.agent("kim")
        let before = world.log.count
        world.connect("kim")
        #expect(world.log.count == before)
    }

    @Test("an agent who is away or offline is not ready by reconnecting")
    func awayInGrace() {
        let world = World()
        world.agent("kim")
        world.away("kim")
        world.disconnect("kim")
        world.connect("kim")
        #expect(world.view("kim").row.state == .away)
        #expect(world.state(world.submit("chat")) == .waiting)
    }

    @Test("signing on as away and then ready counts idle time from signing on")
    func signOnAway() {
        let world = World(.selecting(.longestIdle, .channel("voice", weight: 100, limit: 1)))
        world.agent("kim")
        world.offline("kim")
        world.pass(.hours(10))
        world.agent("lee")
        world.pass(.seconds(1))
        world.away("kim")
        world.ready("kim")
        #expect(world.holder(world.submit("voice")) == "lee")
    }

    @Test(
        "an agent is put away after so many misses in a row, never at 0",
        arguments: [(0, [AgentState.ready, .ready, .ready]), (1, [.away]), (2, [.ready, .away])])
    func misses(limit: Int, expected: [AgentState]) {
        let world = World(.of([.channel("voice", weight: 100, limit: 1)], missedOffersToAway: Int32(limit)))
        world.agent("kim")
        for state in expected {
            let call = world.submit("voice")
            #expect(world.place(call) == "offered kim")
            world.pass(.seconds(30))
            #expect(world.view("kim").row.state == state)
            world.cancel(call)
        }
    }

    @Test("an accept between ends the row of misses")
    func acceptEndsRow() {
        let world = World(.of([.channel("voice", weight: 100, limit: 1)], missedOffersToAway: 2))
        world.agent("kim")
        for _ in 1...3 {
            let missed = world.submit("voice")
            world.pass(.seconds(30))
            #expect(world.view("kim").row.missedInRow == 1)
            world.cancel(missed)
            let taken = world.submit("voice")
            world.accept(taken, by: "kim")
            world.complete(taken, by: "kim")
        }
        #expect(world.view("kim").row.state == .ready)
    }

    @Test("one who is put away for a miss loses the other open offers too")
    func otherOffers() {
        let world = World(.of(.channel("chat", offerTimeout: .seconds(30))))
        world.agent("kim")
        let first = world.submit("chat")
        world.pass(.seconds(10))
        let second = world.submit("chat")
        world.at(.seconds(30))
        #expect(world.told().suffix(3) == ["missed 1 kim", "agent_away kim missed", "withdrawn 2 kim away"])
        #expect([first, second].map { world.state($0) } == [.waiting, .waiting])
        #expect(world.row(second)?.excluded == [])
    }

    @Test("draining stops offers and keeps open ones; its end offers what waits by rank")
    func drain() {
        let world = World(.of(.channel("voice", weight: 100, limit: 1)))
        world.agent("kim")
        let open = world.submit("voice")
        world.drain(true)
        world.drain(true)
        let late = world.submit("voice", priority: -1)
        let early = world.submit("voice")
        world.agent("lee")
        world.agent("mia")
        #expect([late, early].map { world.state($0) } == [.waiting, .waiting])
        #expect(world.accept(open, by: "kim") == .ok(.assigned))
        let before = world.log.count
        world.drain(false)
        #expect(world.told(since: before) == ["drain", "offered \(early) lee", "offered \(late) mia"])
        #expect(world.told().filter { $0 == "drain" }.count == 2)
    }

    @Test("a channel that accepts by itself assigns without an offer")
    func automatic() {
        let world = World()
        world.agent("kim")
        let email = world.submit("email")
        #expect(world.told(of: email) == ["submitted 1", "assigned 1 kim"])
        #expect(world.place(email) == "assigned kim")
        world.pass(.days(30))
        #expect(world.told(of: email) == ["submitted 1", "assigned 1 kim"])
        #expect(world.accept(email, by: "kim") == .ok(.assigned))
    }
}
