/// When a calendar is open: intervals of UTC in order, over a window of years.
///
/// Open time is counted in real microseconds: an hour that the clocks skip is not there, one that they repeat is there
/// twice. The window grows at its end (`extend`): whoever owns the calendar adds the next years long before anybody
/// reaches them. Past the window nothing is known, and the answers say so.
package struct CompiledCalendar: Sendable, Equatable {
    /// From `start` up to but not with `end`, in microseconds since 1970.
    package struct Interval: Sendable, Equatable {
        package var start: Int64
        package var end: Int64

        package init(start: Int64, end: Int64) {
            self.start = start
            self.end = end
        }
    }

    /// An interval, and the open time of the window before it.
    private struct Entry: Sendable, Equatable {
        var start: Int64
        var end: Int64
        var openBefore: Int64
    }

    /// What is known: from here…
    package private(set) var from: Instant
    /// …up to here.
    package private(set) var until: Instant
    /// In order, none touching the next.
    private var entries: [Entry] = []
    /// The open time of the whole window.
    private var openTotal: Int64 = 0

    /// - Parameter intervals: In order, none overlapping the one before it, all within the window. Those that touch
    ///   become one.
    package init(from: Instant, until: Instant, intervals: [Interval]) {
        precondition(from <= until, "a window ends after it begins")
        self.from = from
        self.until = from
        entries.reserveCapacity(intervals.count)
        append(intervals, until: until)
    }

    /// The same calendar known for longer. Cost: that of the new intervals, amortised.
    /// - Parameter later: The same calendar from where this one ends.
    package mutating func extend(by later: CompiledCalendar) {
        precondition(later.from == until, "a calendar goes on where it ended")
        append(later.entries.lazy.map { Interval(start: $0.start, end: $0.end) }, until: later.until)
    }

    private mutating func append(_ intervals: some Sequence<Interval>, until end: Instant) {
        for interval in intervals {
            let last = entries.last?.end ?? from.microseconds
            precondition(
                interval.start >= max(last, until.microseconds) && interval.start < interval.end
                    && interval.end <= end.microseconds, "intervals in order, within the window")
            if interval.start == last, !entries.isEmpty {
                entries[entries.count - 1].end = interval.end
            } else {
                entries.append(Entry(start: interval.start, end: interval.end, openBefore: openTotal))
            }
            openTotal += interval.end - interval.start
        }
        until = end
    }

    package var intervalCount: Int { entries.count }

    package var intervals: [Interval] { entries.map { Interval(start: $0.start, end: $0.end) } }

    /// Whether both are open at the same times as far as both are known. O(intervals).
    package func hasHours(of other: CompiledCalendar) -> Bool {
        let (from, until) = (max(from, other.from).microseconds, min(until, other.until).microseconds)
        func known(_ entries: [Entry]) -> some Sequence<Interval> {
            entries.lazy.filter { $0.end > from && $0.start < until }
                .map { Interval(start: max($0.start, from), end: min($0.end, until)) }
        }
        return known(entries).elementsEqual(known(other.entries))
    }

    // MARK: Questions

    /// Whether it is open at that moment. Outside the window: closed. O(log intervals).
    package func isOpen(at instant: Instant) -> Bool {
        guard let index = last(startingBy: instant.microseconds) else { return false }
        return instant.microseconds < entries[index].end
    }

    /// The next moment at which it opens or closes; nil: none before `until`. O(log intervals).
    package func nextChange(after instant: Instant) -> Instant? {
        let now = instant.microseconds
        let index = last(startingBy: now)
        if let index, now < entries[index].end {
            // Open to the end of the window: whether it closes there is not known.
            let end = entries[index].end
            return end < until.microseconds ? Instant(microseconds: end) : nil
        }
        let next = index.map { $0 + 1 } ?? 0
        guard next < entries.count, entries[next].start > now else { return nil }
        return Instant(microseconds: entries[next].start)
    }

    /// The first moment by which so much open time has passed since `start`; nil: not before `until`, ask again when
    /// the calendar has been extended. O(log intervals).
    ///
    /// No open time is due at once, also while it is closed. A start before the window counts as its beginning.
    package func due(start: Instant, open span: TimeSpan) -> Instant? {
        precondition(span >= .zero, "open time is not negative")
        if span == .zero { return start }
        let first = last(startingBy: start.microseconds)
        let before = first.map { opened(by: start.microseconds, in: $0) } ?? 0
        let (wanted, overflows) = before.addingReportingOverflow(span.microseconds)
        guard !overflows, wanted <= openTotal else { return nil }
        // The last interval with less open time before it than is wanted. Most are due soon: steps that double find
        // the stretch in which it is.
        var low = first ?? 0
        var step = 1
        while low + step < entries.count, entries[low + step].openBefore < wanted {
            low += step
            step *= 2
        }
        var high = min(low + step, entries.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if entries[middle].openBefore < wanted { low = middle } else { high = middle }
        }
        return Instant(microseconds: entries[low].start + (wanted - entries[low].openBefore))
    }

    /// The open time from one moment to another, zero where the second is not after the first. What lies outside the
    /// window counts as closed. O(log intervals).
    package func open(between start: Instant, and end: Instant) -> TimeSpan {
        guard start < end else { return .zero }
        return TimeSpan(microseconds: opened(by: end.microseconds) - opened(by: start.microseconds))
    }

    // MARK: Search

    /// The open time of the window up to that moment.
    private func opened(by now: Int64) -> Int64 {
        last(startingBy: now).map { opened(by: now, in: $0) } ?? 0
    }

    /// The same, where the last interval that starts by then is known.
    private func opened(by now: Int64, in index: Int) -> Int64 {
        entries[index].openBefore + min(now, entries[index].end) - entries[index].start
    }

    /// The last interval that starts at that moment or before it.
    private func last(startingBy now: Int64) -> Int? {
        guard let first = entries.first, first.start <= now else { return nil }
        // Halves without a branch on what is found: where a moment falls cannot be foreseen.
        var base = 0
        var count = entries.count
        while count > 1 {
            let half = count / 2
            base += entries[base + half].start <= now ? half : 0
            count -= half
        }
        return base
    }
}
