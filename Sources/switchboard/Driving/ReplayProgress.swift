import Simulation

/// How far a replay has come, on standard error.
struct ReplayProgress {
    private let recording: Recording
    private let interval: Duration
    private var shown = ContinuousClock.now

    init(_ recording: Recording) {
        self.recording = recording
        interval = Terminal.errorIsInteractive ? .milliseconds(500) : .seconds(15)
    }

    /// What is about to happen.
    func announce(_ performance: Performance) {
        let answered = recording.calls.count { $0.answered }
        let last = performance.scenario.inquiries.last?.arrival ?? 0
        let minutes = Numbers.length(last / performance.speed)
        Terminal.progress(
            "\(recording.calls.count) calls (\(answered) answered, \(recording.calls.count - answered) abandoned), "
                + "\(performance.scenario.agents.count) agents; at \(performance.speed)× about \(minutes).\n")
    }

    mutating func look(_ performance: Performance) {
        guard .now - shown >= interval else { return }
        shown = .now
        let driver = performance.driver
        let first = recording.calls.first?.arrivedAt ?? 0
        let offset = performance.scenario.inquiries.first?.arrival ?? 0
        let time = first - offset + performance.elapsed
        let second = max(0, time / microsecondsPerSecond % 86_400)
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        var line = "\(two(second / 3600)):\(two(second / 60 % 60))  \(driver.arrivedCount) of "
        line += "\(driver.scenario.inquiries.count) calls, \(driver.answeredCount) answered, "
        line += "\(driver.abandonedCount) abandoned, \(driver.arrivedCount - driver.endedCount) open"
        if !performance.isConnected {
            line += "; the daemon is away"
        } else if performance.status != "serving" {
            line += "; \(performance.status)"
        }
        Terminal.progress(Terminal.errorIsInteractive ? "\r\u{1B}[K" + line : line + "\n")
    }

    func end() {
        if Terminal.errorIsInteractive { Terminal.progress("\r\u{1B}[K") }
    }
}
