/// What a recording says of itself, beside what came of it in a replay.
package struct ReplayReport: Sendable {
    /// A kind of call, or all of them.
    package struct Line: Sendable {
        /// nil: the total.
        package var kind: String?
        package var recorded: Figures
        package var replayed: Figures
    }

    package let lines: [Line]
    package let recordedOccupancy: Occupancy
    package let replayedOccupancy: Occupancy
    package let speed: Int64
    /// Real microseconds from a submission to its acknowledgement, sorted.
    package let acknowledgements: [Int64]
    package let oddities: [String]

    package init(
        recording: Recording, replayed: [WaitSample], replayedOccupancy: Occupancy, speed: Int64,
        acknowledgements: [Int64]
    ) {
        let recorded = recording.calls.map { WaitSample(kind: $0.kind, waited: $0.waited, answered: $0.answered) }
        var lines = recording.kinds.map { kind in
            Line(
                kind: kind, recorded: Figures(recorded.filter { $0.kind == kind }),
                replayed: Figures(replayed.filter { $0.kind == kind }))
        }
        lines.append(Line(kind: nil, recorded: Figures(recorded), replayed: Figures(replayed)))
        self.lines = lines
        recordedOccupancy = Self.occupancy(of: recording)
        self.replayedOccupancy = replayedOccupancy
        self.speed = speed
        self.acknowledgements = acknowledgements.sorted()
        oddities = Oddities(recording).sentences
    }

    /// The least difference between two waits that a replay can tell: a commit, seen on the daemon's fast clock.
    package var floorMicroseconds: Int64? {
        Figures.percentile(50, of: acknowledgements).map { $0 * speed }
    }

    /// Busy is what the named agents' calls cover (an agent in two calls at once is busy once); signed on is from
    /// first to last call without the breaks.
    package static func occupancy(of recording: Recording) -> Occupancy {
        var spans: [String: [Range<Int64>]] = [:]
        for call in recording.calls {
            if let agent = call.agent { spans[agent, default: []].append(call.serviceStart..<call.serviceEnd) }
        }
        var result = Occupancy(busy: 0, signedOn: 0)
        for calls in spans.values {
            result.busy += Shifts.union(calls)
            result.signedOn += Shifts.signedOn(calls: calls).reduce(0) { $0 + $1.upperBound - $1.lowerBound }
        }
        return result
    }

    /// The report for people.
    package var text: [String] {
        var table = TextTable([
            .init("kind"), .init("source"), .init("calls", .right), .init("answered", .right),
            .init("abandoned", .right), .init("ASA", .right), .init("p50", .right), .init("p95", .right),
            .init("p99", .right), .init("longest", .right), .init("in 20 s", .right), .init("occupancy", .right),
        ])
        for line in lines {
            let isTotal = line.kind == nil
            table.add(
                cells(line.kind ?? "total", "recorded", line.recorded, isTotal ? recordedOccupancy : nil))
            table.add(cells("", "replayed", line.replayed, isTotal ? replayedOccupancy : nil))
        }
        return table.lines + [""] + notes
    }

    private func cells(_ kind: String, _ source: String, _ figures: Figures, _ occupancy: Occupancy?) -> [String] {
        func wait(_ value: Int64?) -> String { value.map { Numbers.seconds(Double($0)) } ?? "-" }
        return [
            kind, source, "\(figures.offered)", "\(figures.answered)", "\(figures.abandoned)",
            figures.meanWait.map(Numbers.seconds) ?? "-", wait(figures.median), wait(figures.percentile95),
            wait(figures.percentile99), wait(figures.longest),
            figures.serviceLevel.map(Numbers.percent) ?? "-",
            occupancy.map { $0.share.map(Numbers.percent) ?? "-" } ?? "",
        ]
    }

    private var notes: [String] {
        var result = [
            "Waits are seconds of the daemon's clock, of answered calls (ASA is their mean, percentiles by nearest "
                + "rank).",
            "In 20 s: answered within 20 s / (answered + abandoned after 20 s). Occupancy: busy / signed on.",
        ]
        if let floor = floorMicroseconds, let median = Figures.percentile(50, of: acknowledgements),
            let high = Figures.percentile(99, of: acknowledgements)
        {
            let milliseconds = [median, high].map { Numbers.decimal(Double($0) / 1000, places: 1) }
            result.append(
                "A submission was acknowledged in \(milliseconds[0]) ms (p50; p99 \(milliseconds[1]) ms) of real time: "
                    + "at \(speed)× no wait under \(Numbers.seconds(Double(floor))) s can be told from none.")
        }
        result += oddities.map { "In the recording: " + $0 + "." }
        return result
    }
}
