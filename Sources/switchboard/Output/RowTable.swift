import Client
import Simulation

/// Rows of an answer as a table: a column for each key, in the order in which the keys first appear.
enum RowTable {
    static func lines(_ rows: [Fields]) -> [String] {
        var keys: [String] = []
        for row in rows {
            for field in row where !keys.contains(field.key) { keys.append(field.key) }
        }
        var result: [String] = []
        // Cells are cut until the table fits the terminal; a pipe gets them as wide as they are.
        for width in Terminal.width == nil ? [4096] : [60, 40, 30, 24, 18, 12] {
            var table = TextTable(keys.map { key in .init(key, isNumeric(key, rows) ? .right : .left) })
            table.cellWidthMaximum = width
            for row in rows { table.add(keys.map { row[$0] ?? "" }) }
            result = table.lines
            if result.allSatisfy({ DisplayWidth.of($0) <= Terminal.width ?? .max }) { break }
        }
        return result
    }

    /// Numbers, durations and shares stand to the right; ids of agents that look like numbers do no harm there.
    private static func isNumeric(_ key: String, _ rows: [Fields]) -> Bool {
        rows.allSatisfy { row in
            guard let text = row[key], !text.isEmpty, text != "-" else { return true }
            return text.first?.isNumber == true && text.count < 16
        }
    }

    /// Prints rows as a table, or what `empty` says; as JSON where that is wanted.
    static func show(_ rows: [Fields], json: Bool, empty: String) {
        if json {
            Terminal.line(JSONOutput.array(rows))
        } else if rows.isEmpty {
            Terminal.line(empty)
        } else {
            let lines = lines(rows)
            Terminal.line(Terminal.bold(lines[0]))
            for line in lines.dropFirst() { Terminal.line(line) }
        }
    }
}
