import Foundation
import Storage

/// What commits lifecycles through the journal's writer while something else happens to the database.
struct LiveWriter: ~Copyable {
    private static let lifecycles = 8
    private static let waiting = 1_000

    private let store: OpenedStore
    private var run: RecordedRun
    private let seconds: Double
    private let pause: Duration

    /// Makes its agents, and some inquiries that nobody can serve.
    /// - Parameters:
    ///   - seconds: How long it goes on, at least.
    ///   - pause: Between a commit and the next batch.
    init(
        _ store: OpenedStore, _ run: consuming RecordedRun, seconds: Double, pause: Duration = .zero
    ) throws {
        self.store = store
        self.run = run
        self.seconds = seconds
        self.pause = pause
        try store.commit(try self.run.makeAgents())
        try store.commit(try self.run.submitInVain(Self.waiting))
    }

    /// Commits batches one after the other for so long, and then for as long as `isWaiting`. Returns what each took, in
    /// seconds.
    mutating func latencies(while isWaiting: () throws -> Bool = { false }) throws -> [Double] {
        var all: [Double] = []
        let began = ContinuousClock.now
        while Measured.seconds(.now - began) < seconds { all.append(try commit()) }
        while try isWaiting() {
            for _ in 0..<50 { all.append(try commit()) }
        }
        return all
    }

    private mutating func commit() throws -> Double {
        let seconds = try store.commit(try run.next(Self.lifecycles))
        if pause > .zero { usleep(UInt32(Measured.seconds(pause) * 1e6)) }
        return seconds
    }
}

extension RowOptions {
    func put(latencies: [Double], of phase: String) throws {
        let sorted = latencies.sorted()
        guard let worst = sorted.last else { return }
        try put("\(phase).p50", sorted[sorted.count / 2] * 1e3, "ms", "\(sorted.count) batches")
        try put("\(phase).p99", sorted[sorted.count * 99 / 100] * 1e3, "ms")
        try put("\(phase).worst", worst * 1e3, "ms")
    }
}
