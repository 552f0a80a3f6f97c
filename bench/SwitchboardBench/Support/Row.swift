import ArgumentParser
import Foundation

/// One figure of a run: printed, and left in a file for the report.
struct Row: Codable {
    /// What it is, from the general to the particular: `engine.pair.10k`.
    var id: String
    var value: Double
    var unit: String
    /// For people: how it came about.
    var note = ""

    var text: String {
        let padded = id.padding(toLength: max(id.count, 32), withPad: " ", startingAt: 0)
        return "\(padded) \(amount)" + (note.isEmpty ? "" : "   (\(note))")
    }

    /// With its unit.
    var amount: String {
        (value.magnitude < 10 ? String(format: "%.2f", value) : String(format: "%.0f", value)) + " " + unit
    }
}

/// Where the figures go.
struct RowOptions: ParsableArguments {
    @Option(help: "Also append every figure to this file, a JSON object a line, for `report`.")
    var rows: String?

    func put(_ id: String, _ value: Double, _ unit: String, _ note: String = "") throws {
        let row = Row(id: id, value: value, unit: unit, note: note)
        print(row.text)
        fflush(nil)
        guard let rows else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let file = fopen(rows, "a") else { throw BenchError("\(rows) cannot be written") }
        defer { fclose(file) }
        for bytes in [try encoder.encode(row), Data("\n".utf8)] {
            _ = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
        }
    }
}
