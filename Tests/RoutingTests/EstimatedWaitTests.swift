import Testing

@testable import Routing

/// Kim takes one call at a time, so that every estimate can be done in the head. Times are seconds.
@Suite("Estimated waits")
struct EstimatedWaitTests {
    private let world = World(
        .of([.channel("voice", weight: 100, limit: 1, offerTimeout: .minutes(30))], missedOffersToAway: 0))

    private func ewt(_ id: Int64) -> Int64? {
        world.engine.estimatedWait(of: id).map { $0.microseconds / 1_000_000 }
    }

    /// Kim ends one call and takes the next, which was offered at once.
    private func hand(_ ended: Int64, then next: Int64, at seconds: Int64) {
        world.at(.seconds(seconds))
        world.complete(ended, by: "kim")
        world.accept(next, by: "kim")
    }

    /// One is answered at once, the next waits 100 s for it: the line has moved up once.
    private func oneHasWaited() -> Int64 {
        world.agent("kim")
        let first = world.submit("voice")
        world.accept(first, by: "kim")
        let second = world.submit("voice")
        hand(first, then: second, at: 100)
        return second
    }

    @Test("half of it is place × pace, half the last wait; less what has been waited, never below nothing")
    func quote() {
        let work = oneHasWaited()
        let next = world.submit("voice")
        let third = world.submit("voice")
        #expect(ewt(next) == 100)
        // (2 × 100 + 100) / 2
        #expect(ewt(third) == 150)
        world.at(.seconds(130))
        #expect(ewt(next) == 70 && ewt(third) == 120)
        world.at(.seconds(260))
        #expect(ewt(next) == 0 && ewt(third) == 0)
        // The pace is now (100 + 200) / 2, and the third has waited as long as the last: (150 + 0) / 2.
        hand(work, then: next, at: 300)
        #expect(ewt(third) == 75)
    }

    @Test("it is unknown until somebody has left the line, however many were answered at once")
    func unknown() {
        world.agent("kim")
        for _ in 0..<5 {
            let id = world.submit("voice")
            world.accept(id, by: "kim")
            world.pass(.seconds(50))
            world.complete(id, by: "kim")
        }
        let work = world.submit("voice")
        world.accept(work, by: "kim")
        let waits = world.submit("voice")
        #expect(ewt(waits) == nil)
        hand(work, then: waits, at: 400)
        #expect(ewt(world.submit("voice")) == 150)
    }

    @Test("it is unknown while nobody who could take it is signed on")
    func nobody() {
        _ = oneHasWaited()
        let id = world.submit("voice")
        #expect(ewt(id) == 100)
        world.away("kim")
        #expect(ewt(id) == nil)
        world.ready("kim")
        #expect(ewt(id) == 100)
    }

    @Test("time in which nobody stood in the line does not count, nor who was answered at once")
    func idle() {
        let work = oneHasWaited()
        world.pass(.hours(1))
        world.complete(work, by: "kim")
        let atOnce = world.submit("voice")
        world.accept(atOnce, by: "kim")
        #expect(ewt(world.submit("voice")) == 100)
    }

    @Test("the time in which an offer is out is the line's, also when others have come to stand in it")
    func slowAcceptance() {
        world.agent("kim")
        let first = world.submit("voice")
        world.accept(first, by: "kim")
        let second = world.submit("voice")
        world.at(.seconds(90))
        world.complete(first, by: "kim")
        world.at(.seconds(95))
        let third = world.submit("voice")
        world.at(.seconds(100))
        world.accept(second, by: "kim")
        // The pace is 100 s, not the 5 s in which the third stood there: (100 + 95) / 2, in whole seconds.
        #expect(ewt(third) == 97)
    }

    @Test("who gives up moves the line, and says nothing of how long the answered wait")
    func abandoned() {
        _ = oneHasWaited()
        let next = world.submit("voice")
        let third = world.submit("voice")
        world.at(.seconds(140))
        world.abandon(next)
        // The pace is (100 + 40) / 2; the last wait, 100 s, leaves 60 s.
        #expect(ewt(third) == 65)
    }

    @Test(
        "beyond the places that are counted the last wait tells alone",
        arguments: [(99, (100 * 100 + 100) / 2), (100, 100)] as [(Int, Int64)])
    func farBack(ahead: Int, expected: Int64) {
        _ = oneHasWaited()
        for _ in 0..<ahead { world.submit("voice") }
        #expect(ewt(world.submit("voice")) == expected)
    }

    @Test("another class's line says nothing, and who changes over leaves the old one")
    func classes() {
        _ = oneHasWaited()
        world.change("kim", skills: "french")
        let french = world.submit("voice", skills: "french")
        let next = world.submit("voice")
        let third = world.submit("voice")
        #expect(ewt(french) == nil)
        world.at(.seconds(140))
        world.update(next, skills: "french")
        #expect(ewt(third) == 65)
        #expect(ewt(next) == nil)
    }

    @Test("a restart forgets it, and what it learns then does not count the time before")
    func restart() throws {
        let work = oneHasWaited()
        let next = world.submit("voice")
        let third = world.submit("voice")
        world.at(.seconds(150))
        try world.restart()
        world.connect("kim")
        #expect(ewt(third) == nil)
        hand(work, then: next, at: 170)
        // The line has moved up 20 s after the restart, and who left it had waited 70 s, as the third has.
        #expect(ewt(third) == 10)
    }
}
