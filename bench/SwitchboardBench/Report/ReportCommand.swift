import ArgumentParser
import Foundation

/// One report of all that a run has measured: ratios first.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Makes the report of a run, as text and as JSON, of the figures it left.")

    @Argument(help: "The file of figures.")
    var figures: String

    @Option(help: "Where the JSON goes.")
    var json: String

    @Option(help: "The version of PostgreSQL.")
    var postgres = ""

    @Option(help: "The version of Swift.")
    var swift = ""

    @Option(help: "What was measured: a commit.")
    var revision = ""

    private struct Report: Codable {
        var machine: Machine
        var comparisons: [Comparison]
        var figures: [Row]
    }

    func run() throws {
        let decoder = JSONDecoder()
        let rows = try String(contentsOfFile: figures, encoding: .utf8).split(separator: "\n").map {
            try decoder.decode(Row.self, from: Data($0.utf8))
        }
        let machine = Machine(postgres: postgres, swift: swift, revision: revision)
        let report = Report(machine: machine, comparisons: Comparisons(rows: rows).list, figures: rows)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(report).write(to: URL(fileURLWithPath: json))

        print(machine.text)
        print("\nagainst what it must stay ahead of (bar; aim)\n")
        for comparison in report.comparisons { print(comparison.text) }
        print("\nfigures\n")
        for row in rows { print(row.text) }
    }
}

/// What it was measured on.
struct Machine: Codable {
    var processor: String
    var processors: Int
    var memoryGigabytes: Int
    var system: String
    var postgres: String
    var swift: String
    var revision: String
    var at: String

    init(postgres: String, swift: String, revision: String) {
        let info = ProcessInfo.processInfo
        let cpu = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = cpu.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
        processor = model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
        processors = info.activeProcessorCount
        memoryGigabytes = Int((Double(info.physicalMemory) / 1e9).rounded())
        let kernel = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? ""
        system =
            "\(info.operatingSystemVersionString), kernel \(kernel.trimmingCharacters(in: .whitespacesAndNewlines))"
        self.postgres = postgres
        self.swift = swift
        self.revision = revision
        at = Date().ISO8601Format()
    }

    var text: String {
        """
        Switchboard \(revision), \(at)
        machine     \(processors) × \(processor), \(memoryGigabytes) GB
        system      \(system)
        PostgreSQL  \(postgres), fsync and synchronous_commit on
        Swift       \(swift)
        """
    }
}

extension Comparison {
    var text: String {
        let sign = isRate ? "≥" : "≤"
        let figure = value.map { $0 < 100 ? String(format: "%.2f", $0) : String(format: "%.0f", $0) } ?? "—"
        let limits = [bar.map { "\(sign) \(Self.short($0))" }, aim.map { "\(sign) \(Self.short($0))" }].compactMap {
            $0
        }
        return [
            name.padding(toLength: 50, withPad: " ", startingAt: 0),
            String(repeating: " ", count: max(0, 7 - figure.count)) + figure,
            unit.padding(toLength: 6, withPad: " ", startingAt: 0),
            (limits.isEmpty ? "" : "(" + limits.joined(separator: "; ") + ")")
                .padding(toLength: 16, withPad: " ", startingAt: 0),
            verdict.rawValue.padding(toLength: 12, withPad: " ", startingAt: 0), detail,
        ].joined(separator: " ")
    }

    private static func short(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }
}
