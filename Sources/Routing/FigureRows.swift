// What figures the store is given. All of it is what a batch adds, but for what an agent's row says.

/// What happened in one lane within a quarter of an hour.
package struct FigureRow: Sendable {
    /// The start of the quarter of an hour, UTC.
    package var at: Instant
    /// Days since 1970 of the plan's own day.
    package var day: Int32
    package var queue: Name
    package var channel: Name
    package var counts = FigureCounts()
    /// By `Span`.
    package var spans: [Histogram] = []
    package var promises: [PromiseFigures] = []

    package init(at: Instant, day: Int32, queue: Name, channel: Name) {
        self.at = at
        self.day = day
        self.queue = queue
        self.channel = channel
    }

    mutating func add(_ span: TimeSpan, to kind: Span) {
        if spans.isEmpty { spans = Array(repeating: Histogram(), count: Span.allCases.count) }
        spans[Int(kind.rawValue)].add(span)
    }

    /// What a store says of a bucket.
    package mutating func add(_ bucket: Int16, _ count: Int64, to kind: Span) {
        if spans.isEmpty { spans = Array(repeating: Histogram(), count: Span.allCases.count) }
        spans[Int(kind.rawValue)].add(bucket, count)
    }

    mutating func change(_ policy: Name, _ metric: Metric, _ change: (inout PromiseFigures) -> Void) {
        let known = promises.firstIndex { $0.metric == metric && $0.policy == policy }
        if known == nil { promises.append(PromiseFigures(policy: policy, metric: metric)) }
        change(&promises[known ?? promises.count - 1])
    }
}

/// How one promise of a policy was kept.
package struct PromiseFigures: Sendable {
    package var policy: Name
    package var metric: Metric
    package var met: Int64 = 0
    package var breached: Int64 = 0
    /// Of the breached, those that were answered in the end, and by how much too late.
    package var late: Int64 = 0
    package var lateness = TimeSpan.zero
    package var longest = TimeSpan.zero

    package init(policy: Name, metric: Metric) {
        self.policy = policy
        self.metric = metric
    }
}

/// How an agent spent a quarter of an hour that is over.
package struct AgentFigureRow: Sendable {
    package var agent: String
    package var tally: AgentTally
}

/// How an agent spends a quarter of an hour.
package struct AgentTally: Hashable, Sendable {
    /// The start of the quarter of an hour, UTC; `Instant.epoch` before the first.
    package var at = Instant.epoch
    /// Days since 1970 of the plan's own day.
    package var day: Int32 = 0
    /// Ready without work; with work; in wrap-up alone; away.
    package var idle = TimeSpan.zero
    package var busy = TimeSpan.zero
    package var wrapUp = TimeSpan.zero
    package var away = TimeSpan.zero
    /// Offers that they took, and what they were given without one.
    package var accepted: Int32 = 0
    package var assigned: Int32 = 0
    package var declined: Int32 = 0
    package var missed: Int32 = 0
    package var completed: Int32 = 0
    /// From acceptance to completion, and the wrap-ups that ended.
    package var handled = TimeSpan.zero
    package var wrapUpTook = TimeSpan.zero

    package init() {}

    package var isEmpty: Bool {
        var other = AgentTally()
        other.at = at
        other.day = day
        return self == other
    }

    /// Spans in microseconds, then counts, by the names of their columns.
    package var numbers: [(name: String, value: Int64)] {
        [
            ("idle", idle.microseconds), ("busy", busy.microseconds), ("wrap_up", wrapUp.microseconds),
            ("away", away.microseconds), ("handled", handled.microseconds), ("wrap_up_took", wrapUpTook.microseconds),
            ("accepted", Int64(accepted)), ("assigned", Int64(assigned)), ("declined", Int64(declined)),
            ("missed", Int64(missed)), ("completed", Int64(completed)),
        ]
    }

    /// The names of `numbers` that are spans; the others are counts.
    package static let spanCount = 6

    package init(at: Instant, day: Int32, numbers: [String: Int64]) {
        func span(_ name: String) -> TimeSpan { TimeSpan(microseconds: numbers[name] ?? 0) }
        func count(_ name: String) -> Int32 { Int32(clamping: numbers[name] ?? 0) }
        self.at = at
        self.day = day
        (idle, busy, wrapUp, away) = (span("idle"), span("busy"), span("wrap_up"), span("away"))
        (handled, wrapUpTook) = (span("handled"), span("wrap_up_took"))
        (accepted, assigned, declined) = (count("accepted"), count("assigned"), count("declined"))
        (missed, completed) = (count("missed"), count("completed"))
    }

    mutating func add(_ span: TimeSpan, as activity: Activity) {
        switch activity {
        case .none: break
        case .idle: idle = idle + span
        case .busy: busy = busy + span
        case .wrapUp: wrapUp = wrapUp + span
        case .away: away = away + span
        }
    }
}

/// What an agent's row says of their time.
package struct AgentTime: Hashable, Sendable {
    /// What the agent has done since then, which `tally` does not count yet.
    package var activity = Activity.none
    package var since = Instant.epoch
    /// Of the last quarter of an hour in which anything was counted.
    package var tally = AgentTally()

    package init() {}

    package init(activity: Activity, since: Instant, tally: AgentTally = AgentTally()) {
        self.activity = activity
        self.since = since
        self.tally = tally
    }
}

/// What an agent's time is counted as.
package enum Activity: UInt8, CaseIterable, Sendable {
    /// Signed off, or in grace without work.
    case none
    /// Ready without work.
    case idle
    /// With assigned work, or held work that takes room.
    case busy
    /// With nothing but wrap-ups.
    case wrapUp
    case away

    package var name: String {
        switch self {
        case .none: "none"
        case .idle: "idle"
        case .busy: "busy"
        case .wrapUp: "wrap_up"
        case .away: "away"
        }
    }

    package init?(name: String) {
        guard let activity = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = activity
    }
}

/// What is known of a day at a start.
package struct DayFigures: Sendable {
    /// Days since 1970; the rows are of it.
    package var day: Int32
    package var rows: [FigureRow] = []
    /// Of all agents.
    package var idle = TimeSpan.zero
    package var busy = TimeSpan.zero

    package init(day: Int32) { self.day = day }
}
