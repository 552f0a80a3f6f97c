import Testing

@testable import Routing

@Suite("Idempotency keys")
struct KeyTests {
    private func key(_ number: UInt64, request: UInt64 = 1) -> SubmissionKey {
        SubmissionKey(fingerprint: Digest128(high: 7, low: number), request: Digest128(high: 9, low: request))
    }

    @Test("the same key and request again is the same inquiry, in whatever state")
    func duplicate() {
        let world = World()
        world.agent("kim")
        let id = world.submit("chat", key: key(1))
        world.accept(id, by: "kim")
        let before = world.log.count
        #expect(world.tryToSubmit("chat", key: key(1)) == .id(id, duplicate: true))
        world.complete(id, by: "kim")
        #expect(world.tryToSubmit("chat", key: key(1)) == .id(id, duplicate: true))
        #expect(world.log.count == before + 1)
        #expect(world.engine.inquiry(withKey: key(1).fingerprint) == id)
    }

    @Test("the same key for another request is a conflict")
    func conflict() {
        let world = World()
        world.submit("chat", key: key(1))
        #expect(world.tryToSubmit("chat", key: key(1, request: 2)) == .conflict("key"))
        #expect(world.engine.census().waiting == 1)
    }

    @Test("keys that differ in one half are different")
    func different() {
        let world = World()
        let first = world.submit("chat", key: key(1))
        let other = SubmissionKey(
            fingerprint: Digest128(high: 8, low: 1), request: Digest128(high: 9, low: 1))
        #expect(world.tryToSubmit("chat", key: other) == .id(first + 1, duplicate: false))
    }

    @Test("after 7 days a key is forgotten, at 7 days it is not")
    func window() {
        let world = World()
        for number in 1...20 as ClosedRange<UInt64> { world.submit("chat", key: key(number)) }
        world.at(.days(7))
        #expect(world.tryToSubmit("chat", key: key(20)) == .id(20, duplicate: true))
        world.pass(TimeSpan(microseconds: 1))
        #expect(world.tryToSubmit("chat", key: key(20, request: 2)) == .id(21, duplicate: false))
        #expect(world.tryToSubmit("chat", key: key(20, request: 2)) == .id(21, duplicate: true))
        #expect(world.engine.inquiry(withKey: key(20).fingerprint) == 21)
    }

    @Test("submissions without a key forget old ones too, a few each")
    func forgotten() {
        let world = World()
        for number in 1...20 as ClosedRange<UInt64> { world.submit("chat", key: key(number)) }
        world.at(.days(8))
        for _ in 1...5 { world.submit("chat") }
        #expect(world.engine.census().keys == 0)
    }
}
