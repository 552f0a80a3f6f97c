import ArgumentParser
import Foundation

/// The containers alone, doing what the reference program does.
struct ContainersBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "containers",
        abstract: "The bare decision on the engine's containers, beside the same in C++.")

    @Option(help: "Which sizes.")
    var size: [BenchSize] = BenchSize.allCases

    @Option(help: "The reference program decision, built; runs alternate with it.")
    var reference: String?

    @Option(help: "How often the sizes are gone through.")
    var rounds = 2

    @Option(help: "Seconds of each of the three measurements of a round, after half of one.")
    var seconds = 1.0

    @Option(help: "Make exactly so many pairs after 32,768 and measure nothing: for counting instructions.")
    var pairs: Int?

    @OptionGroup var output: RowOptions

    func run() throws {
        if let pairs {
            var loop = PairLoop(RoutingWorld(size[0]))
            loop.run(32_768)
            return loop.run(pairs)
        }
        for size in size {
            let world = RoutingWorld(size)
            var ours = Rounds()
            var theirs = Rounds()
            var note = ""
            for _ in 0..<rounds {
                if let reference { try theirs.add(Self.measure(reference, size)) }
                var loop = PairLoop(world)
                (ours, note) = measure(&loop, ours)
            }
            try output.put("containers.pair.\(size)", ours.best, "ns", "median \(Int(ours.median)); \(note)")
            if reference != nil {
                try output.put("reference.pair.\(size)", theirs.best, "ns", "decision.cpp, lists, backlog")
                try output.put("containers.ratio.\(size)", ours.best / theirs.best, "×")
            }
        }
    }

    private func measure(_ loop: inout PairLoop, _ before: Rounds) -> (Rounds, String) {
        _ = time(&loop, seconds / 2)
        loop.resetMatches()
        var rounds = before
        var pairs = 0
        for _ in 0..<3 {
            let (value, count) = time(&loop, seconds)
            rounds.add(value)
            pairs += count
        }
        let submitted = 100 * loop.submitMatches / pairs
        let completed = 100 * loop.completeMatches / pairs
        return (
            rounds, "submit matched \(submitted)%, complete matched \(completed)%, \(loop.backlog) waiting at the end"
        )
    }

    private func time(_ loop: inout PairLoop, _ seconds: Double) -> (nanoseconds: Double, pairs: Int) {
        let began = processorTime()
        let end = began + UInt64(seconds * 1e9)
        var now = began
        var pairs = 0
        while now < end {
            loop.run(64)
            pairs += 64
            now = processorTime()
        }
        return (Double(now - began) / Double(pairs), pairs)
    }

    /// The best of its three measurements, in nanoseconds a pair.
    private static func measure(_ reference: String, _ size: BenchSize) throws -> Double {
        let arguments = [size.agents, size.skills, size.waiting, size.classes, size.profiles].map(String.init)
        let line = try ReferenceProgram.firstLine(of: reference, arguments) {
            $0.contains("lists") && $0.contains("backlog")
        }
        // … pair(submit+complete)=174 ns [163..175] => …
        guard let from = line.firstIndex(of: "["), let best = Double(line[from...].dropFirst().prefix { $0 != "." })
        else { throw BenchError("\(reference) said \(line)") }
        return best
    }
}
