import Foundation

/// Processor time of this thread in nanoseconds: what else runs on the machine counts less than by the wall clock.
///
/// A system call: ask it once for some microseconds of work.
func processorTime() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Several rounds of one measurement, in one unit.
struct Rounds {
    private(set) var values: [Double] = []

    mutating func add(_ value: Double) {
        values.append(value)
        values.sort()
    }

    /// Other programs only ever make it slower.
    var best: Double { values.first ?? .nan }
    var median: Double { values.isEmpty ? .nan : values[values.count / 2] }
    var worst: Double { values.last ?? .nan }
}
