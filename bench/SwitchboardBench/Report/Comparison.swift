/// One line of the table of what must be kept: a figure against another, or against a number.
struct Comparison: Codable {
    enum Verdict: String, Codable {
        case aim = "aim reached"
        case bar = "bar kept"
        case missed = "MISSED"
        case none = ""
        case absent = "not measured"
    }

    var name: String
    var value: Double?
    var unit: String
    var bar: Double?
    var aim: Double?
    /// Whether more is better.
    var isRate: Bool
    var verdict: Verdict
    /// The two figures.
    var detail: String

    init(
        _ name: String, _ value: Double?, unit: String = "×", bar: Double? = nil, aim: Double? = nil,
        isRate: Bool = false, detail: String = ""
    ) {
        self.name = name
        self.value = value
        self.unit = unit
        self.bar = bar
        self.aim = aim
        self.isRate = isRate
        self.detail = detail
        guard let value else {
            verdict = .absent
            return
        }
        func keeps(_ limit: Double) -> Bool { isRate ? value >= limit : value <= limit }
        if let aim, keeps(aim) {
            verdict = .aim
        } else if let bar {
            verdict = keeps(bar) ? (aim == nil ? .aim : .bar) : .missed
        } else {
            verdict = .none
        }
    }
}

/// All comparisons that can be made of a run's figures.
struct Comparisons {
    let rows: [Row]

    private func row(_ id: String) -> Row? { rows.last { $0.id == id } }

    private func ratio(
        _ name: String, _ id: String, to other: String, bar: Double? = nil, aim: Double? = nil, isRate: Bool = false
    ) -> Comparison {
        guard let one = row(id), let two = row(other) else {
            return Comparison(name, nil, bar: bar, aim: aim, isRate: isRate)
        }
        return Comparison(
            name, one.value / two.value, bar: bar, aim: aim, isRate: isRate,
            detail: "\(one.amount) : \(two.amount)")
    }

    var list: [Comparison] {
        var list: [Comparison] = []
        let sizes = BenchSize.allCases.map(\.name)
        for size in sizes {
            list.append(
                ratio(
                    "containers / decision.cpp, \(size)", "containers.pair.\(size)", to: "reference.pair.\(size)",
                    bar: 1.5, aim: 1.2))
        }
        for size in sizes {
            list.append(
                ratio(
                    "engine's pair / decision.cpp, \(size)", "engine.pair.\(size)", to: "reference.pair.\(size)",
                    bar: 3, aim: 2))
        }
        list.append(ratio("engine's pair, 100k / 1k", "engine.pair.100k", to: "engine.pair.1k", bar: 5))
        for size in sizes {
            list.append(
                ratio(
                    "lifecycle in the engine / decision.cpp, \(size)", "engine.lifecycle.\(size)",
                    to: "reference.pair.\(size)", bar: 15, aim: 8))
            list.append(
                ratio(
                    "  with its rows taken, \(size)", "engine.lifecycle-changes.\(size)",
                    to: "reference.pair.\(size)"))
        }
        list.append(bestOfSkipLocked)
        list.append(
            ratio(
                "port, 512 in flight / C writer, same rows", "port.lifecycles.512", to: "storage.c.100", bar: 0.5,
                aim: 0.7, isRate: true))
        list.append(
            ratio("acknowledgement p50 / C, same rows", "ack.unix.p50", to: "commit.c.p50", bar: 1.8, aim: 1.4))
        list.append(ratio("  / a bare INSERT", "ack.unix.p50", to: "reference.insert.p50"))
        list.append(
            ratio("agent without work, 1M / 10k waiting", "engine.nothing.100k", to: "engine.nothing.1k", bar: 2))
        list.append(ratio("restart / binary COPY in C", "restart.swift", to: "restart.c", bar: 3, aim: 2))
        let memory = row("memory.inquiry")
        list.append(
            Comparison(
                "memory a waiting inquiry", memory?.value, unit: "bytes", bar: 400, aim: 250,
                detail: memory?.note ?? ""))
        let clock = row("memory.clock.3")
        list.append(
            Comparison("memory a clock, three running", clock?.value, unit: "bytes", bar: 64, detail: clock?.note ?? "")
        )
        for size in ["1k"] {
            list.append(
                ratio(
                    "instructions: containers / decision.cpp, \(size)", "instructions.containers.\(size)",
                    to: "instructions.reference.\(size)"))
            list.append(
                ratio(
                    "instructions: engine's pair / decision.cpp, \(size)", "instructions.pair.\(size)",
                    to: "instructions.reference.\(size)"))
            list.append(
                ratio(
                    "instructions: lifecycle / decision.cpp, \(size)", "instructions.lifecycle.\(size)",
                    to: "instructions.reference.\(size)"))
        }
        return list
    }

    /// Against whichever job table was faster, at whichever number of clients.
    private var bestOfSkipLocked: Comparison {
        let name = "port, 512 in flight / SKIP LOCKED at its best"
        let tables = rows.filter { $0.id.hasPrefix("skip-locked.") || $0.id.hasPrefix("reference.skip-locked.") }
        guard let ours = row("port.lifecycles.512"), let best = tables.max(by: { $0.value < $1.value }) else {
            return Comparison(name, nil, bar: 4, aim: 8, isRate: true)
        }
        return Comparison(
            name, ours.value / best.value, bar: 4, aim: 8, isRate: true,
            detail: "\(ours.amount) : \(best.amount) (\(best.note))")
    }
}
