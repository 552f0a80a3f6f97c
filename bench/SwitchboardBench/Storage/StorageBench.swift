import ArgumentParser
import Foundation
import Storage

/// What the journal's writer commits, beside a C writer that commits the same rows by the same statements.
struct StorageBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage",
        abstract: "Replays the batches of a run with the journal's writer and with bench/writer.c.")

    @OptionGroup var database: DatabaseOptions

    @Option(help: "bench/writer.c, built.")
    var writer: String

    @Option(help: "Lifecycles a batch.")
    var batch = [10, 50, 100, 300]

    @Option(help: "Lifecycles committed for each size of a batch.")
    var lifecycles = 15_000

    @Option(help: "Single submissions committed, for the time of one acknowledgement.")
    var acknowledgements = 2_000

    @Option(help: "Inquiries that wait all the while.")
    var backlog = 20_000

    @OptionGroup var rows: RowOptions

    /// Batches before those that are measured: the step from one size to another.
    private static let warmUp = 3

    func run() throws {
        for name in ["bench_swift", "bench_c"] { try database.make(name) }
        // Both get the same rows: what the one writes is recorded and written to the other.
        let store = try database.open("bench_swift")
        defer { store.writer.stop() }
        let other = try database.open("bench_c")
        other.writer.stop()
        guard store.epoch == other.epoch, store.state.batch == other.state.batch else {
            throw BenchError("two empty stores begin alike")
        }
        var run = try RecordedRun(store.state, at: DatabaseOptions.wallClock())
        try prepare(&run, store)
        try acknowledge(&run, store)
        for size in batch {
            let count = max(20, lifecycles / size)
            var segment: [(JournalBatch, Int?)] = []
            for number in 0..<count + Self.warmUp {
                segment.append((try run.next(size), number < Self.warmUp ? nil : size))
            }
            let ours = try replay(segment, store)
            let theirs = try replayInC(segment, store)
            let note = "\(count) batches, p50 %.2f ms, p99 %.2f ms"
            try rows.put(
                "storage.swift.\(size)", ours.rate, "lifecycles/s", String(format: note, ours.p50, ours.p99))
            try rows.put("storage.c.\(size)", theirs.rate, "lifecycles/s", String(format: note, theirs.p50, theirs.p99))
            try rows.put("storage.ratio.\(size)", ours.rate / theirs.rate, "×")
        }
        for name in ["bench_swift", "bench_c"] { try? database.drop(name) }
    }

    private func prepare(_ run: inout RecordedRun, _ store: OpenedStore) throws {
        var segment: [(JournalBatch, Int?)] = [(try run.makeAgents(), 0)]
        for _ in 0..<backlog / 1_000 { segment.append((try run.submitInVain(1_000), 0)) }
        _ = try replay(segment, store)
        _ = try replayInC(segment, store)
    }

    /// One submission a batch.
    private func acknowledge(_ run: inout RecordedRun, _ store: OpenedStore) throws {
        var segment: [(JournalBatch, Int?)] = []
        for number in 0..<acknowledgements + 100 {
            segment.append((try run.submitInVain(1), number < 100 ? nil : 1))
        }
        let ours = try replay(segment, store)
        let theirs = try replayInC(segment, store)
        try rows.put("commit.swift.p50", ours.p50, "ms", String(format: "one submission a batch; p99 %.2f", ours.p99))
        try rows.put("commit.c.p50", theirs.p50, "ms", String(format: "the same rows in C; p99 %.2f", theirs.p99))
    }

    private struct Result {
        var rate: Double
        var p50: Double
        var p99: Double
    }

    private func replay(_ segment: [(JournalBatch, Int?)], _ store: OpenedStore) throws -> Result {
        var times: [Double] = []
        var lifecycles = 0
        for (batch, count) in segment {
            let seconds = try store.commit(batch)
            guard let count else { continue }
            times.append(seconds)
            lifecycles += count
        }
        times.sort()
        return Result(
            rate: Double(lifecycles) / times.reduce(0, +), p50: times[times.count / 2] * 1e3,
            p99: times[Int(Double(times.count) * 0.99)] * 1e3)
    }

    private func replayInC(_ segment: [(JournalBatch, Int?)], _ store: OpenedStore) throws -> Result {
        var file = BatchFile()
        for (batch, count) in segment { file.append(batch, of: store, lifecycles: count) }
        let path = FileManager.default.temporaryDirectory.path + "/switchboard-bench-batches.\(getpid())"
        try file.write(to: path)
        defer { unlink(path) }
        setenv("PGDSN", database.conninfo("bench_c"), 1)
        let line = try ReferenceProgram.firstLine(of: writer, [path]) { $0.hasPrefix("rate ") }
        let words = line.split(separator: " ").map(String.init)
        guard words.count >= 6, let rate = Double(words[1]), let p50 = Double(words[3]), let p99 = Double(words[5])
        else { throw BenchError("\(writer) said \(line)") }
        return Result(rate: rate, p50: p50, p99: p99)
    }
}
