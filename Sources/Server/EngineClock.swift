import Routing

/// The one place that says what time it is for the engine. It never goes back.
///
/// At speed 1 it is the wall clock, anchored once and carried on by the monotonic clock. At another speed it starts where
/// it is told to and runs that many times faster.
struct EngineClock {
    private let anchor: Instant
    private let started: ContinuousClock.Instant
    let speed: Int64
    private(set) var last: Instant

    init(startingAt anchor: Instant, speed: Int64) {
        self.anchor = anchor
        self.speed = speed
        started = ContinuousClock.now
        last = anchor
    }

    /// The present moment, stamped on a step.
    mutating func stamp(_ real: ContinuousClock.Instant = .now) -> Instant {
        last = max(last, instant(at: real))
        return last
    }

    private func instant(at real: ContinuousClock.Instant) -> Instant {
        anchor + TimeSpan(microseconds: Self.microseconds(real - started) * speed)
    }

    /// When it will be that moment; in the past if it has been.
    func real(of instant: Instant) -> ContinuousClock.Instant {
        let ahead = (instant - anchor).microseconds
        // Round up: waking a microsecond early would find nothing due and ask again.
        return started + .microseconds((ahead + speed - 1) / speed)
    }

    static func microseconds(_ duration: Duration) -> Int64 {
        let parts = duration.components
        return parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000
    }
}
