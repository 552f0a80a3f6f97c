import Simulation

/// Shows a demo as it goes: a table drawn over itself on a terminal, a line now and then elsewhere.
struct DemoScreen {
    private struct Line {
        var text: String
        var isHead: Bool

        init(_ text: String, isHead: Bool = false) {
            self.text = text
            self.isHead = isHead
        }
    }

    private let interval: Duration = Terminal.isInteractive ? .milliseconds(200) : .seconds(5)
    private var shown: ContinuousClock.Instant?
    private var linesDrawn = 0

    mutating func look(_ performance: Performance) {
        if let shown, .now - shown < interval { return }
        shown = .now
        let board = DemoBoard(performance)
        if Terminal.isInteractive {
            draw(Self.lines(board, performance))
        } else {
            Terminal.line("\(Self.time(performance))  \(board.line)")
        }
    }

    /// The table as it stands at the end.
    mutating func finish(_ performance: Performance) {
        let lines = Self.lines(DemoBoard(performance), performance)
        if Terminal.isInteractive { return draw(lines) }
        for line in lines { Terminal.line(line.text) }
    }

    /// Lines are cut to the terminal: one that wraps would be drawn over in the wrong place.
    private mutating func draw(_ lines: [Line]) {
        let width = Terminal.width ?? .max
        var text = linesDrawn > 0 ? "\u{1B}[\(linesDrawn)A" : ""
        for line in lines {
            let cut = DisplayWidth.cut(line.text, to: width)
            text += "\u{1B}[2K" + (line.isHead ? Terminal.bold(cut) : cut) + "\n"
        }
        linesDrawn = lines.count
        Terminal.write(text)
    }

    private static func lines(_ board: DemoBoard, _ performance: Performance) -> [Line] {
        let table = board.table
        let waits = performance.acknowledgements.suffix(500).sorted()
        func milliseconds(_ rank: Int) -> String {
            Figures.percentile(rank, of: waits).map { Numbers.decimal(Double($0) / 1000, places: 1) } ?? "-"
        }
        let head = [
            Line("\(time(performance)) at the shoe shop, \(performance.speed)×, \(performance.status)", isHead: true),
            Line(""), Line(table[0], isHead: true),
        ]
        let arrived = "\(performance.driver.arrivedCount) of \(performance.scenario.inquiries.count)"
        return head + table.dropFirst().map { Line($0) } + [
            Line(""), Line("Agents: \(board.agents)."),
            Line(
                "Inquiries: \(arrived) so far; committed and acknowledged in \(milliseconds(50)) ms "
                    + "(p99 \(milliseconds(99)) ms)."),
        ]
    }

    /// The morning begins at nine.
    private static func time(_ performance: Performance) -> String {
        let minutes = 9 * 60 + performance.elapsed / microsecondsPerSecond / 60
        let (hour, minute) = (minutes / 60 % 24, minutes % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}
