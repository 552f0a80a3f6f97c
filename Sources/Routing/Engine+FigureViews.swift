// What figures say of a queue, as docs/figures.md defines it.

/// A part of a whole, kept as it was counted: how it is rounded is the same wherever it is told.
package struct Share: Hashable, Sendable {
    package let part: Int64
    package let whole: Int64

    /// Nil of nothing.
    init?(_ part: Int64, of whole: Int64) {
        guard whole > 0 else { return nil }
        self.part = part
        self.whole = whole
    }

    /// To the nearest ten thousandth, halves away from zero, as the reports in SQL round.
    package var tenThousandths: Int64 {
        let rounded = (Int128(part.magnitude) * 20_000 + Int128(whole)) / (Int128(whole) * 2)
        return part < 0 ? -Int64(rounded) : Int64(rounded)
    }
}

/// The figures of one queue over a window.
package struct QueueFigures: Sendable {
    package var queue: String
    package var waiting: Int64 = 0
    package var offered: Int64 = 0
    package var assigned: Int64 = 0
    package var held: Int64 = 0
    package var scheduled: Int64 = 0
    /// How long the longest has waited in the queue, of those that wait or are offered.
    package var oldest: TimeSpan?
    package var counts = FigureCounts()
    fileprivate(set) package var waits = Histogram()
    /// Promises by metric: kept, and missed.
    fileprivate(set) package var met = InlineArray<4, Int64>(repeating: 0)
    fileprivate(set) package var breached = InlineArray<4, Int64>(repeating: 0)

    fileprivate init(queue: String) { self.queue = queue }

    /// Mean wait of the accepted.
    package var averageSpeedOfAnswer: TimeSpan? { mean(.waited, of: counts[.accepted]) }
    /// Of the accepted that waited beyond the target, by how much in the mean.
    package var meanLateness: TimeSpan? { mean(.waitedLate, of: counts[.accepted] - counts[.acceptedInTarget]) }
    package var firstResponseTime: TimeSpan? { mean(.responseTook, of: counts[.responded]) }
    /// Talk, hold and wrap-up of the completed.
    package var averageHandleTime: TimeSpan? {
        Self.mean(counts[.handled] + counts[.wrapUpTook], of: counts[.completed])
    }
    /// The longest wait of an accepted one.
    package var longestWait: TimeSpan? { counts[.accepted] > 0 ? Self.mean(counts[.waitedLongest], of: 1) : nil }
    /// Accepted within the target ÷ (accepted + abandoned after the target).
    package var serviceLevel: Share? {
        Share(counts[.acceptedInTarget], of: counts[.accepted] + counts[.abandonedAfterTarget])
    }
    /// Abandoned ÷ (accepted + abandoned).
    package var abandonment: Share? { Share(counts[.abandoned], of: counts[.accepted] + counts[.abandoned]) }
    /// Missed ÷ offers.
    package var redirectedOnNoAnswer: Share? { Share(counts[.missed], of: counts[.offered]) }
    /// 4 and 5 among the rated.
    package var csat: Share? {
        // A mark that is taken back elsewhere than it was given leaves less than nothing.
        Share(max(0, min(counts[.csatGood], counts[.csatRated])), of: counts[.csatRated])
    }
    /// The share of 9 and 10 less that of 0 to 6.
    package var nps: Share? {
        let rated = counts[.npsRated]
        let more = counts[.npsPromoters] - counts[.npsDetractors]
        return Share(max(-rated, min(more, rated)), of: rated)
    }

    /// Met ÷ (met + breached).
    package func attainment(_ metric: Metric) -> Share? {
        let met = met[Int(metric.rawValue)]
        return Share(met, of: met + breached[Int(metric.rawValue)])
    }

    private func mean(_ figure: Figure, of count: Int64) -> TimeSpan? {
        Self.mean(counts[figure], of: count)
    }

    /// To the nearest millisecond, as the reports in SQL round.
    private static func mean(_ microseconds: Int64, of count: Int64) -> TimeSpan? {
        count > 0 ? .milliseconds((2 * microseconds + 1_000 * count) / (2_000 * count)) : nil
    }
}

extension Engine {
    /// The figures of a queue, of one channel or of all together.
    package func figures(queue: QueueIndex, channel: ChannelIndex?, window: FigureWindow) -> QueueFigures {
        var result = QueueFigures(queue: plan.queues[Int(queue)].name)
        var sum = Figures.Sum()
        var first: Instant?
        for index in 0..<stride where channel.map({ Int($0) == index }) ?? true {
            let lane = Int(queue) * stride + index
            result.waiting += Int64(figures.count(.waiting, lane: lane))
            result.offered += Int64(figures.count(.offered, lane: lane))
            result.assigned += Int64(figures.count(.assigned, lane: lane))
            result.held += Int64(figures.count(.held, lane: lane))
            result.scheduled += Int64(figures.count(.scheduled, lane: lane))
            sum.add(figures.sum(lane: lane, window: window))
            let oldest = figures.lanes[lane].first
            if oldest != none { first = min(first ?? .distantFuture, inquiries[oldest].waitingSince) }
        }
        result.oldest = first.map { now - $0 }
        result.counts = sum.counts
        result.waits = sum.waits
        result.met = sum.met
        result.breached = sum.breached
        return result
    }

    /// Busy ÷ (busy + ready and idle) of all agents' time in the window; wrap-up is busy.
    package func occupancy(window: FigureWindow) -> Share? {
        let time = figures.floorTime(window: window)
        return Share(time.busy, of: time.idle + time.busy)
    }
}
