import ArgumentParser
import Foundation
import Routing

/// What a decision costs in the engine, with its rules, records, timers and events.
struct EngineBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "The engine alone: submission and completion, whole lifecycles, an agent without work.")

    enum Work: String, ExpressibleByArgument, CaseIterable {
        /// Submission and completion, assigned without asking; the engine alone.
        case pair
        /// Submission, offer, acceptance, completion; the engine alone.
        case lifecycle
        /// The same with events kept and rows taken every 100 commands, as before a commit.
        case lifecycleChanges = "lifecycle-changes"
        /// The same with a customer and attributes in each submission.
        case lifecycleTexts = "lifecycle-texts"
        /// An agent asks for work and there is none.
        case nothing

        var mode: EngineLoad.Mode {
            switch self {
            case .pair: .init(offers: false, takesChanges: false, texts: false)
            case .lifecycle: .init(offers: true, takesChanges: false, texts: false)
            case .lifecycleChanges: .init(offers: true, takesChanges: true, texts: false)
            case .lifecycleTexts: .init(offers: true, takesChanges: true, texts: true)
            case .nothing: .init(offers: true, takesChanges: false, texts: false, leavesRoom: true)
            }
        }
    }

    enum Selected: String, ExpressibleByArgument, CaseIterable {
        case leastLoaded = "least-loaded"
        case longestIdle = "longest-idle"
    }

    @Option(help: "Which sizes.")
    var size: [BenchSize] = BenchSize.allCases

    @Option(help: "Which work.")
    var work: [Work] = Work.allCases

    @Option(help: "How an inquiry picks its agent.")
    var selection = Selected.leastLoaded

    @Option(help: "Seconds of each of the rounds, after half of one.")
    var seconds = 1.0

    @Option(help: "Rounds measured on one engine.")
    var rounds = 3

    @Option(help: "Make exactly so many cycles after 10,000 and measure nothing: for counting instructions.")
    var cycles: Int?

    @OptionGroup var rows: RowOptions

    /// Commands between two takings of changes: two or three a cycle.
    private static let batchCycles = 40
    /// How many batches go by between two takings that are not measured.
    private static let batchesPerTaking = 100

    func run() throws {
        let selection: Selection = self.selection == .leastLoaded ? .leastLoaded : .longestIdle
        for size in size {
            let world = RoutingWorld(size)
            // Counting takes a hundred times as long: there both begin at the beginning.
            let floor = BusyFloor.make(world, isSettled: cycles == nil)
            for work in work {
                var load = EngineLoad(world, floor, work.mode, selection: selection)
                if work == .nothing { try measureNothing(&load) } else { try measure(work, &load) }
            }
        }
    }

    private func measure(_ work: Work, _ load: inout EngineLoad) throws {
        if let cycles {
            _ = time(&load, cycles: 10_000)
            _ = time(&load, cycles: cycles)
            // The end of the engine is not counted.
            Foundation.exit(0)
        }
        _ = time(&load, seconds: seconds / 2)
        load.resetMatches()
        var results = Rounds()
        var total = 0
        for _ in 0..<rounds {
            let (value, count) = time(&load, seconds: seconds)
            results.add(value)
            total += count
        }
        let submitted = 100 * load.submitMatches / total
        let completed = 100 * load.completeMatches / total
        try rows.put(
            "engine.\(work.rawValue).\(load.size)", results.best, "ns",
            "median \(Int(results.median)); submit matched \(submitted)%, complete matched \(completed)%")
    }

    private func measureNothing(_ load: inout EngineLoad) throws {
        let agent = load.addIdleAgent()
        if let cycles { return load.askInVain(agent, cycles) }
        load.askInVain(agent, 10_000)
        var results = Rounds()
        let count = 1_000_000
        for _ in 0..<rounds {
            let began = processorTime()
            load.askInVain(agent, count)
            results.add(Double(processorTime() - began) / Double(count))
        }
        try rows.put(
            "engine.nothing.\(load.size)", results.best, "ns", "NEXT in vain, ten classes it could serve are empty")
    }

    private func time(_ load: inout EngineLoad, seconds: Double) -> (nanoseconds: Double, cycles: Int) {
        time(&load, cycles: .max, nanoseconds: UInt64(seconds * 1e9))
    }

    /// Only `run` is timed: neither the making of submissions nor what the store does with a batch.
    private func time(
        _ load: inout EngineLoad, cycles: Int, nanoseconds limit: UInt64 = .max
    ) -> (nanoseconds: Double, cycles: Int) {
        var spent: UInt64 = 0
        var done = 0
        var batches = 0
        while spent < limit && done < cycles {
            load.prepare(Self.batchCycles)
            let began = processorTime()
            load.run(Self.batchCycles)
            spent += processorTime() - began
            done += Self.batchCycles
            batches += 1
            if load.mode.takesChanges {
                load.handOver()
            } else if self.cycles == nil, batches % Self.batchesPerTaking == 0 {
                load.takeChangesNow()
            }
        }
        return (Double(spent) / Double(done), done)
    }
}
