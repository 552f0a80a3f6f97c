import Routing
import Testing

@testable import Server

@Suite("The engine's clock")
struct EngineClockTests {
    private let anchor = Instant(microseconds: 1_000_000_000)

    @Test("it runs as many times faster as it is told", arguments: [1, 200] as [Int64])
    func speed(_ speed: Int64) {
        var clock = EngineClock(startingAt: anchor, speed: speed)
        let later = clock.real(of: anchor + .seconds(speed))
        // One real second after the start, to the microsecond.
        let stamped = clock.stamp(later)
        #expect(stamped == anchor + .seconds(speed))
    }

    @Test("it never goes back")
    func monotonic() {
        var clock = EngineClock(startingAt: anchor, speed: 1)
        let stamped = clock.stamp(clock.real(of: anchor + .seconds(10)))
        let earlier = clock.stamp(clock.real(of: anchor + .seconds(4)))
        #expect(earlier == stamped)
        #expect(clock.last == stamped)
    }

    @Test("waking at the real time of a moment finds it due", arguments: [1, 7, 200] as [Int64])
    func wakesInTime(_ speed: Int64) {
        var clock = EngineClock(startingAt: anchor, speed: speed)
        for offset in [1, 3, 999, 1_000_003] as [Int64] {
            let due = anchor + TimeSpan(microseconds: offset)
            let woken = clock.stamp(clock.real(of: due))
            #expect(woken >= due)
        }
    }
}
