import Simulation

/// The figures of a demo by channel, told from the event log.
struct DemoBoard {
    /// The default plan's targets: what "in time" means for each channel.
    private static let targets: [(channel: String, target: Int64, name: String)] = [
        ("voice", 20, "20s"), ("chat", 60, "1m"), ("social", 300, "5m"), ("email", 14_400, "4h"),
    ]

    fileprivate struct Row {
        var waiting = 0
        var oldest: Int64 = 0
        var offered = 0
        var assigned = 0
        var accepted = 0
        var abandoned = 0
        var samples: [WaitSample] = []
    }

    private let ledger: Ledger
    private let now: Int64
    private var rows: [String: Row] = [:]

    init(_ performance: Performance) {
        ledger = performance.ledger
        now = performance.now
        let driver = performance.driver
        for (id, entry) in ledger.entries {
            let planned = driver.index(id: id).map { driver.scenario.inquiries[$0].channel }
            guard let channel = entry.channel ?? planned else { continue }
            rows[channel, default: Row()].add(entry, now: now)
        }
    }

    /// A line for each channel and one for all of them.
    var table: [String] {
        var table = TextTable([
            .init("channel"), .init("waiting", .right), .init("oldest", .right), .init("offered", .right),
            .init("assigned", .right), .init("accepted", .right), .init("abandoned", .right), .init("ASA", .right),
            .init("p95", .right), .init("in time", .right),
        ])
        if let width = Terminal.width, width < 100 { table.gap = " " }
        var total = Row()
        for (channel, target, name) in Self.targets {
            let row = rows[channel] ?? Row()
            table.add(Self.cells(channel + " " + name, row, target: target))
            total.merge(row)
        }
        table.add(Self.cells("all", total, target: nil))
        return table.lines
    }

    /// `ready 17, away 1, offline 7`; busy ones are ready ones with work.
    var agents: String {
        var counts = ["ready": 0, "away": 0, "offline": 0]
        var busy = 0
        for agent in ledger.agents.values {
            counts[agent.presence, default: 0] += 1
            if agent.workCount > 0 { busy += 1 }
        }
        return "ready \(counts["ready"] ?? 0), away \(counts["away"] ?? 0), offline \(counts["offline"] ?? 0); "
            + "\(busy) at work"
    }

    /// One line for where nothing can be drawn over.
    var line: String {
        let waiting = Self.targets.map { "\($0.channel) \(rows[$0.channel]?.waiting ?? 0)" }.joined(separator: ", ")
        let accepted = rows.values.reduce(0) { $0 + $1.accepted }
        let abandoned = rows.values.reduce(0) { $0 + $1.abandoned }
        return "waiting: \(waiting); accepted \(accepted), abandoned \(abandoned); agents: \(agents)"
    }

    private static func cells(_ name: String, _ row: Row, target: Int64?) -> [String] {
        let figures = Figures(row.samples, target: (target ?? 0) * microsecondsPerSecond)
        let level = target == nil ? nil : figures.serviceLevel
        return [
            name, "\(row.waiting)", row.waiting == 0 ? "-" : Numbers.clock(row.oldest), "\(row.offered)",
            "\(row.assigned)", "\(row.accepted)", "\(row.abandoned)",
            figures.meanWait.map { Numbers.clock(Int64($0)) } ?? "-",
            figures.percentile95.map { Numbers.clock($0) } ?? "-", level.map(Numbers.percent) ?? "-",
        ]
    }
}

extension DemoBoard.Row {
    mutating func add(_ entry: Ledger.Entry, now: Int64) {
        switch entry.state {
        case .waiting:
            waiting += 1
            oldest = max(oldest, entry.waited(until: now))
        case .offered: offered += 1
        case .assigned: assigned += 1
        case .completed, .cancelled, .expired: break
        case .abandoned:
            abandoned += 1
            samples.append(
                WaitSample(kind: "", waited: entry.waited(until: entry.endedAt ?? now), answered: false))
        }
        if let acceptedAt = entry.acceptedAt, entry.state == .assigned || entry.state == .completed {
            accepted += 1
            samples.append(WaitSample(kind: "", waited: entry.waited(until: acceptedAt), answered: true))
        }
    }

    mutating func merge(_ other: Self) {
        waiting += other.waiting
        oldest = max(oldest, other.oldest)
        offered += other.offered
        assigned += other.assigned
        accepted += other.accepted
        abandoned += other.abandoned
        samples += other.samples
    }
}
