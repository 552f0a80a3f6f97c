import ArgumentParser
import CAllocator
import Foundation
import Plan
import Routing

/// What SLA clocks cost: their memory, a message that moves one, many thresholds at once, a question to a calendar.
struct ClocksBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clocks", abstract: "A million SLA clocks that run by a calendar; the engine alone.")

    @Option(help: "Inquiries, two running clocks each.")
    var inquiries = 500_000

    @Option(help: "How many of them have a threshold in the same second; a fifth unless said.")
    var storm: Int?

    @Option(help: "How many of them an agent works on, who get the messages; a fiftieth unless said.")
    var assigned: Int?

    @Option(help: "Rounds measured of messages and of questions to calendars, after one that is not.")
    var rounds = 5

    @OptionGroup var rows: RowOptions

    private var stormCount: Int { storm ?? inquiries / 5 }
    private var assignedCount: Int { assigned ?? inquiries / 50 }

    func validate() throws {
        guard stormCount > 0, assignedCount > 0, stormCount + assignedCount <= inquiries, rounds > 0 else {
            throw ValidationError("--storm and --assigned are at least 1 and together at most --inquiries")
        }
    }

    func run() throws {
        try measureMemory()
        try measureFloor()
        try measureCalendars()
    }

    // MARK: Memory

    /// The same inquiries wait without a policy, and with two that promise three and four things, of which all but
    /// `next_response` run at once.
    private func measureMemory() throws {
        let bare = try bytes(.none)
        for (promises, running) in [(ClockFloor.Promises.three, 2), (.four, 3)] {
            let set = try bytes(promises) - bare
            try rows.put(
                "memory.clock.\(running)", set / Double(running), "bytes",
                String(format: "allocated, a running clock of %d an inquiry; %.0f with its timer", running, set))
        }
    }

    /// Allocated bytes an inquiry.
    private func bytes(_ promises: ClockFloor.Promises) throws -> Double {
        var floor = try ClockFloor(promises, roomFor: assignedCount)
        // Whatever is there once is there before what is measured.
        floor.submitBacklog(1_000)
        let before = Int(allocated_bytes())
        floor.submitBacklog(inquiries)
        let grown = Int(allocated_bytes()) - before
        return Double(grown) / Double(inquiries)
    }

    // MARK: The engine

    private func measureFloor() throws {
        for promises in [ClockFloor.Promises.none, .three] {
            var floor = try ClockFloor(promises, roomFor: assignedCount)
            let seconds = floor.fill(inquiries: inquiries, storm: stormCount, assigned: assignedCount)
            let suffix = promises == .none ? ".plain" : ""
            try rows.put(
                "clocks.submit" + suffix, seconds * 1e9 / Double(inquiries - assignedCount), "ns",
                "a submission of the backlog, its row taken")
            try measureMessages(&floor, suffix)
            guard promises != .none else { continue }
            try rows.put("clocks.running", Double(floor.running), "clocks", "\(inquiries) inquiries")
            try measureStorm(&floor, "warned", at: ClockFloor.warned)
            try measureStorm(&floor, "breached", at: ClockFloor.breached)
        }
    }

    private func measureMessages(_ floor: inout ClockFloor, _ suffix: String) throws {
        for party in [Party.agent, .customer] { _ = floor.exchange(from: party) }
        var asked = Rounds()
        var answered = Rounds()
        for _ in 0..<rounds {
            answered.add(floor.exchange(from: .agent))
            asked.add(floor.exchange(from: .customer))
        }
        let (stops, starts) = suffix.isEmpty ? ("stops next_response", "starts next_response") : ("", "")
        for (name, results, does) in [("customer", asked, starts), ("agent", answered, stops)] {
            let median = String(format: "median %.0f", results.median)
            try rows.put(
                "clocks.message.\(name)" + suffix, results.best, "ns", does.isEmpty ? median : "\(does), \(median)")
        }
    }

    private func measureStorm(_ floor: inout ClockFloor, _ name: String, at moment: Instant) throws {
        let storm = floor.storm(at: moment + .seconds(1))
        guard storm.fired == stormCount else { throw BenchError("\(storm.fired) thresholds fired, not \(stormCount)") }
        let slices = storm.slices.sorted()
        try rows.put(
            "clocks.storm.\(name)", storm.seconds * 1e3, "ms",
            String(
                format: "%d thresholds of %.0f ns, their rows, and %d lifecycles meanwhile", storm.fired,
                storm.slices.reduce(0, +) * 1e9 / Double(storm.fired), storm.latencies.count))
        try rows.put(
            "clocks.storm.\(name).slice", (slices.last ?? .nan) * 1e3, "ms",
            String(
                format: "the longest of %d slices of 1,000 timers, median %.2f", slices.count,
                Measured.share(slices, 0.5) * 1e3))
        try rows.put(
            "clocks.storm.\(name).rows", (storm.takings.max() ?? .nan) * 1e3, "ms",
            "the longest taking of rows, of \(storm.takings.count), at 20,000 events or the end")
        let latencies = storm.latencies.sorted()
        try rows.put(
            "clocks.storm.\(name).offer", (latencies.last ?? .nan) * 1e3, "ms",
            "the longest from a submission to its offer, " + Measured.percentiles(latencies, of: "meanwhile"))
    }

    // MARK: Calendars

    private func measureCalendars() throws {
        let plan = try ClockFloor.plan(.three)
        guard let calendar = plan.calendars.first, let compiler = CalendarCompiler(calendar) else {
            throw BenchError("the plan has a calendar")
        }
        for years in [1, 13, 50] {
            let compiled = compiler.calendar(years: 2_024...2_023 + years)
            let questions = CalendarQuestions(compiled, count: 1_000_000)
            questions.ask()
            var due = Rounds()
            var open = Rounds()
            for _ in 0..<rounds {
                let (first, second) = questions.ask()
                due.add(first)
                open.add(second)
            }
            let what = "years \(years), intervals \(compiled.intervalCount)"
            for (name, results) in [("due", due), ("open", open)] {
                try rows.put(
                    "clocks.calendar.\(name).\(years)", results.best, "ns",
                    what + String(format: ", median %.1f", results.median))
            }
        }
    }
}
