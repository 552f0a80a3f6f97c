/// A table of aligned columns for people.
package struct TextTable: Sendable {
    package enum Alignment: Sendable {
        case left
        case right
    }

    package struct Column: Sendable {
        package var title: String
        package var alignment: Alignment

        package init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    package var columns: [Column]
    private var rows: [[String]] = []
    /// A cell wider than this is cut.
    package var cellWidthMaximum = 60
    /// Between two columns.
    package var gap = "  "

    package init(_ columns: [Column]) {
        self.columns = columns
    }

    package var isEmpty: Bool { rows.isEmpty }

    /// Adds a row; cells that are missing at its end are empty.
    package mutating func add(_ cells: [String]) {
        precondition(cells.count <= columns.count, "a row with more cells than the table has columns")
        let padded = cells + Array(repeating: "", count: columns.count - cells.count)
        rows.append(padded.map { DisplayWidth.cut(SafeText.visible($0), to: cellWidthMaximum) })
    }

    /// The title line and then the rows, without line ends and without spaces at the end.
    package var lines: [String] {
        let titles = columns.map(\.title)
        var widths = titles.map { DisplayWidth.of($0) }
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], DisplayWidth.of(cell)) }
        }
        return ([titles] + rows).map { line($0, widths: widths) }
    }

    private func line(_ cells: [String], widths: [Int]) -> String {
        var result = ""
        for (index, cell) in cells.enumerated() {
            if index > 0 { result += gap }
            let padding = String(repeating: " ", count: widths[index] - DisplayWidth.of(cell))
            result += columns[index].alignment == .left ? cell + padding : padding + cell
        }
        while result.last == " " { result.removeLast() }
        return result
    }
}
