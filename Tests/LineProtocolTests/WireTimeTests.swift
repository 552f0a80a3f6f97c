import Foundation
import FuzzSupport
import LineProtocol
import Testing

@Suite("Times on the wire")
struct WireTimeTests {
    @Test(
        "instants are read",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-03-02T00:00:00.000Z", 1_772_409_600_000_000),
            ("2026-03-02t09:00:00.5+09:00", 1_772_409_600_500_000),
            ("2026-03-01T23:30:00.1234567-00:30", 1_772_409_600_123_456),
            ("2024-02-29T23:59:59Z", 1_709_251_199_000_000), ("1969-12-31T23:59:59.999999Z", -1),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000_000), ("9999-12-31T23:59:59Z", 253_402_300_799_000_000),
        ] as [(String, Int64)])
    func instants(written: String, microseconds: Int64) {
        #expect(WireTime.parseInstant(written.utf8.span) == microseconds)
    }

    @Test(
        "what is no instant is not read",
        arguments: [
            "", "2026-03-02", "2026-03-02T00:00:00", "2026-03-02 00:00:00Z", "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z", "2026-04-31T00:00:00Z", "2026-03-02T24:00:00Z", "2026-03-02T00:60:00Z",
            "2026-03-02T00:00:60Z", "2026-03-02T00:00:00.Z", "2026-03-02T00:00:00Zx", "2026-03-02T00:00:00+0900",
            "2026-03-02T00:00:00+24:00", "0000-01-01T00:00:00Z", "2026-03-02T00:00:00.5", "1900-02-29T00:00:00Z",
            "２026-03-02T00:00:00Z", "9999-12-31T23:59:59-00:01", "0001-01-01T00:00:00+00:01",
        ])
    func noInstants(written: String) {
        #expect(WireTime.parseInstant(written.utf8.span) == nil)
    }

    @Test("instants are written in UTC with milliseconds")
    func writing() {
        #expect(WireTime.string(instant: 1_772_409_600_000_000) == "2026-03-02T00:00:00.000Z")
        #expect(WireTime.string(instant: 1_772_409_600_123_999) == "2026-03-02T00:00:00.123Z")
        #expect(WireTime.string(instant: -1) == "1969-12-31T23:59:59.999Z")
    }

    @Test("agree with Foundation over the centuries, and read back what they wrote")
    func foundation() throws {
        var generator = SeededGenerator(seed: 7)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for _ in 0..<5_000 {
            let milliseconds = Int64.random(in: -30_000_000_000_000...250_000_000_000_000, using: &generator)
            let written = WireTime.string(instant: milliseconds * 1_000)
            #expect(WireTime.parseInstant(written.utf8.span) == milliseconds * 1_000)
            // Foundation uses the Julian calendar before 1582; ours is proleptic Gregorian, as PostgreSQL's is.
            guard milliseconds > -12_000_000_000_000 else { continue }
            let date = try style.parse(written)
            #expect(abs(date.timeIntervalSince1970 * 1_000 - Double(milliseconds)) < 1)
        }
    }

    @Test(
        "durations are read",
        arguments: [
            ("500ms", 500_000), ("20s", 20_000_000), ("5m", 300_000_000), ("2h", 7_200_000_000), ("1d", 86_400_000_000),
            ("1h30m", 5_400_000_000), ("1d2h3m4s5ms", 93_784_005_000), ("0s", 0), ("90s", 90_000_000),
            ("1m500ms", 60_500_000),
            ("36500d", 3_153_600_000_000_000),
        ] as [(String, Int64)])
    func durations(written: String, microseconds: Int64) {
        #expect(WireTime.parseDuration(written.utf8.span) == microseconds)
    }

    @Test(
        "what is no duration is not read",
        arguments: [
            "", "5", "s", "5x", "-5s", "+5s", "1.5h", "30m1h", "1m1m", "1h 30m", "5S", "36501d", "36500d1ms",
            "99999999999999999999s", "9223372036854775807ms",
        ])
    func noDurations(written: String) {
        #expect(WireTime.parseDuration(written.utf8.span) == nil)
    }

    @Test(
        "durations are written compound",
        arguments: [
            (90_000_000, "1m30s"), (500_000, "500ms"), (30_000_000, "30s"), (0, "0s"), (999, "0s"),
            (1_500_000, "1s500ms"),
            (93_600_000_000, "1d2h"), (-1_000_000, "-1s"), (42_000_000, "42s"),
        ] as [(Int64, String)])
    func writingDurations(microseconds: Int64, written: String) {
        #expect(WireTime.string(duration: microseconds) == written)
    }

    @Test("relative instants count from now and do not overflow")
    func relative() {
        #expect(InstantValue.relative(microseconds: 5).resolved(now: 10) == 15)
        #expect(InstantValue.absolute(microseconds: 5).resolved(now: 10) == 5)
        #expect(InstantValue.relative(microseconds: 5).resolved(now: .max) == .max)
    }
}
