import Plan
import TestSupport
import Testing

/// `--clock-speed`: the engine's clock runs faster, and stands still while nobody runs it.
@Suite("A faster clock", .blocking)
struct ClockTests {
    @Test("offers run out sooner, and a restart goes on from the last committed batch")
    func speed() async throws {
        let speed: Int64 = 600
        try await DaemonUnderTest.withSite { site in
            let last = try await DaemonUnderTest.start(at: site, clockSpeed: speed).use { daemon in
                #expect(try daemon.admin().ok("INFO")["clock_speed"] == "600")
                let kim = try daemon.readyAgent("kim")
                let started = ContinuousClock.now
                let before = try #require(try kim.ok("PING").instant("time"))
                let chat = try daemon.upstream().submit()
                let offer = try kim.expectEvent("offered", inquiry: chat)
                let missed = try kim.expectEvent("missed", inquiry: chat)
                // 30 s of the plan, a twentieth of a second of ours.
                let stood = try #require(missed.instant("time")) - #require(offer.instant("time"))
                #expect(stood >= 30_000_000)
                let real = Self.microseconds(ContinuousClock.now - started)
                let after = try #require(try kim.ok("PING").instant("time"))
                #expect(after - before <= (real + 1_000_000) * speed && after > before)
                return try #require(missed.instant("time"))
            }
            let down = ContinuousClock.now
            try await DaemonUnderTest.start(at: site, clockSpeed: speed).use { daemon in
                let now = try #require(try daemon.admin().ok("PING").instant("time"))
                // Not before what was committed, and no further than it ran since.
                #expect(now >= last)
                #expect(now - last < Self.microseconds(ContinuousClock.now - down + .seconds(3)) * speed)
            }
            await #expect(throws: (any Error).self) { try await DaemonUnderTest.start(at: site, clockSpeed: 2) }
        }
    }

    private static func microseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
    }
}
