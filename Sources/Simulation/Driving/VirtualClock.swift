/// The daemon's clock as a client knows it: read now and then from `PING time=`, run on at the daemon's speed between
/// two readings. It stands still while the daemon is away, as the daemon's own clock does.
package struct VirtualClock: Sendable {
    /// Virtual microseconds that pass in a real one.
    package let speed: Int64
    private var anchorVirtual: Int64
    private var anchorReal: Int64
    private var isRunning: Bool

    /// `virtual`: what the daemon said, microseconds since 1970 UTC; `real`: the caller's monotonic clock at that
    /// moment, in microseconds from any origin.
    package init(speed: Int64, virtual: Int64, real: Int64) {
        precondition(speed >= 1, "a clock that does not run forward")
        self.speed = speed
        anchorVirtual = virtual
        anchorReal = real
        isRunning = true
    }

    /// Sets it to a new reading. It may go back: after a kill the daemon goes on from its last committed batch.
    package mutating func set(virtual: Int64, real: Int64) {
        anchorVirtual = virtual
        anchorReal = real
        isRunning = true
    }

    /// Stops it at `real`; the next `set` starts it again.
    package mutating func stop(real: Int64) {
        anchorVirtual = now(real: real)
        anchorReal = real
        isRunning = false
    }

    package func now(real: Int64) -> Int64 {
        isRunning ? anchorVirtual + (real - anchorReal) * speed : anchorVirtual
    }

    /// Real microseconds from `real` until the clock shows `virtual`: 0 if it has; nil while it stands still.
    package func realDelay(until virtual: Int64, real: Int64) -> Int64? {
        let missing = virtual - now(real: real)
        if missing <= 0 { return 0 }
        return isRunning ? (missing + speed - 1) / speed : nil
    }
}
