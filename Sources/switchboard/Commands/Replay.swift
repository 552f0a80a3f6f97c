import ArgumentParser
import Client
import Simulation

/// Replays recorded traffic against a running daemon.
struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replay a recorded day against a running daemon, over its port.",
        discussion: """
            The daemon must run at the replay's speed (serve --clock-speed N), best on an empty data folder, and the \
            token must be an admin's. docs/replay.md describes the file and the report. The exit code is 1 when the \
            counts do not add up at the end.
            """)

    @OptionGroup var connection: ConnectionOptions

    @OptionGroup var selection: RecordingOptions

    @Option(help: "How many times faster than recorded; default: the daemon's own clock speed.")
    var speed: Int64?

    @Option(help: "How many seconds to look for a daemon that is away before giving up.")
    var patience = 120

    @Flag(help: "Print the report as a JSON object.")
    var json = false

    func run() async throws {
        try await Failure.reporting {
            let recording = try selection.recording()
            let performance = try await prepare(recording)
            var progress = ReplayProgress(recording)
            progress.announce(performance)
            try await performance.run(
                until: { ($0.driver.isFinished && Self.isCaughtUp($0)) || $0.isStuck }, look: { progress.look($0) })
            progress.end()
            let check = Verification(
                driver: performance.driver, ledger: performance.ledger, states: try await performance.states(),
                totals: try await performance.totals())
            await performance.close()
            let report = Self.report(recording, performance)
            let people = report.text + Self.account(check, performance)
            for line in json ? [ReplayJSON.text(report, check, performance)] : people { Terminal.line(line) }
            if !check.faults.isEmpty { throw Failure.refused }
        }
    }

    private func prepare(_ recording: Recording) async throws(ClientError) -> Performance {
        var configuration = try connection.configuration()
        configuration.patience = .seconds(patience)
        let run = "replay-" + String(UInt32.random(in: 0 ... .max), radix: 16)
        return try await Performance(
            scenario: Scenario(recording: recording, seed: selection.seed), run: run, speed: speed,
            customers: configuration, agents: configuration, onlooker: configuration)
    }

    /// The event log has told every ending that the answers have.
    private static func isCaughtUp(_ performance: Performance) -> Bool {
        performance.driver.ids.allSatisfy { id in
            guard let id, let entry = performance.ledger.entries[id] else { return id == nil }
            return entry.endings > 0
        }
    }

    private static func report(_ recording: Recording, _ performance: Performance) -> ReplayReport {
        let samples = performance.driver.ids.enumerated().compactMap { index, id in
            id.flatMap { performance.ledger.sample(id: $0, kind: performance.scenario.inquiries[index].kind) }
        }
        return ReplayReport(
            recording: recording, replayed: samples, replayedOccupancy: performance.ledger.occupancy,
            speed: performance.speed, acknowledgements: performance.acknowledgements)
    }

    /// What was counted, and whether it adds up.
    private static func account(_ check: Verification, _ performance: Performance) -> [String] {
        let driver = performance.driver
        var lines = [
            "",
            "Submitted \(check.submitted) = answered \(check.answered) + abandoned \(check.abandoned), by the event log; "
                + "\(driver.missedOffers) offers missed, \(driver.reconnections) reconnections, "
                + "\(driver.overtimeCalls) agents kept past their shift.",
        ]
        if check.faults.isEmpty {
            lines.append("Each inquiry ended exactly once; answers, event log and GET agree.")
        } else {
            lines.append("It does not add up:")
            lines += check.faults.prefix(20).map { "- " + $0 }
            if check.faults.count > 20 { lines.append("- and \(check.faults.count - 20) more") }
        }
        return lines
    }
}
