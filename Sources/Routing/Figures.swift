import DequeModule

/// The figures that people steer by, counted as things happen (docs/figures.md).
///
/// What is counted is a row of its lane, its minute: those since the last batch are `open`. The batch takes them; by then
/// they are part of the lane's minutes and day, which questions are answered from.
struct Figures: ~Copyable {
    /// What a lane counts in a minute or a day.
    struct Sum {
        var counts = FigureCounts()
        var waits = Histogram()
        /// By metric: promises that were kept, and those that were not.
        var met = InlineArray<4, Int64>(repeating: 0)
        var breached = InlineArray<4, Int64>(repeating: 0)

        mutating func add(_ row: FigureRow) {
            counts.add(row.counts)
            if !row.spans.isEmpty { waits.add(row.spans[Int(Span.wait.rawValue)]) }
            for promise in row.promises {
                met[Int(promise.metric.rawValue)] += promise.met
                breached[Int(promise.metric.rawValue)] += promise.breached
            }
        }

        mutating func add(_ other: Sum) {
            counts.add(other.counts)
            waits.add(other.waits)
            for metric in met.indices {
                met[metric] += other.met[metric]
                breached[metric] += other.breached[metric]
            }
        }
    }

    /// Queue and channel together.
    struct Lane: ~Copyable {
        /// Those that wait or are offered, by `waitingSince`.
        var first = none
        var last = none
        /// In `open`.
        var row = none
        var today = Sum()
        /// The last `Figures.minutesKept` minutes in which something was counted.
        var minutes = Deque<(minute: Int64, sum: Sum)>()
    }

    private struct OpenRow {
        /// In the plan under which it was counted.
        var lane: Int
        var minute: Int64
        var row: FigureRow
    }

    /// The time of all agents.
    struct FloorTime {
        var idle: Int64 = 0
        var busy: Int64 = 0
    }

    static var minutesKept: Int64 { 30 }
    static var minutesPerInterval: Int64 { 15 }
    private static var statesMax: Int { 16 }
    static var shortWait: TimeSpan { .seconds(5) }
    /// Time of agents that passes at once, as a clock jumps, counts from so long before its end.
    static var stretchMax: TimeSpan { .days(7) }

    var lanes = Table<Lane>()
    private var open: ContiguousArray<OpenRow> = []
    /// Counted under an earlier plan, and not taken yet.
    private var settled: [FigureRow] = []
    /// By lane × `statesMax` + state.
    private var counts: Table<Int32>
    private(set) var idleAgents: Int64 = 0
    private(set) var busyAgents: Int64 = 0
    private var floorMinutes: ContiguousArray<(minute: Int64, time: FloorTime)>
    private var floorToday = FloorTime()
    /// Of the minute under way, not booked yet.
    private var pending = FloorTime()
    private var minuteEnds: Instant
    private var now: Instant
    private var days: any CivilDays
    private(set) var day: CivilDay

    init(plan: CompiledPlan, at now: Instant) {
        let laneCount = plan.queues.count * plan.channels.count
        for _ in 0..<laneCount { lanes.append(Lane()) }
        counts = Table(repeating: 0, count: laneCount * Self.statesMax)
        floorMinutes = ContiguousArray(repeating: (-1, FloorTime()), count: Int(Self.minutesKept))
        self.now = now
        minuteEnds = Instant(microseconds: (Self.minute(of: now) + 1) * 60_000_000)
        days = plan.days
        day = plan.days.day(of: now)
    }

    // MARK: Time

    /// Counts the agents' time since the last step. It is booked once a minute.
    @inline(__always)
    mutating func advance(to later: Instant) {
        if later < minuteEnds {
            let span = (later - now).microseconds
            pending.idle += idleAgents * span
            pending.busy += busyAgents * span
            now = later
        } else {
            turnMinutes(to: later)
        }
    }

    private mutating func turnMinutes(to later: Instant) {
        settle()
        now = max(now, later - Self.stretchMax)
        while true {
            let minute = Self.minute(of: now)
            minuteEnds = Instant(microseconds: (minute + 1) * 60_000_000)
            let until = min(later, minuteEnds)
            pending.idle += idleAgents * (until - now).microseconds
            pending.busy += busyAgents * (until - now).microseconds
            if now >= day.ends { turnDay() }
            now = until
            if now < minuteEnds { break }
            floorMinutes[Int(minute % Self.minutesKept)] = (minute, pending)
            floorToday.idle += pending.idle
            floorToday.busy += pending.busy
            pending = FloorTime()
        }
        if now >= day.ends { turnDay() }
    }

    private mutating func turnDay() {
        let new = days.day(of: now)
        defer { day = new }
        guard new.number != day.number else { return }
        floorToday = FloorTime()
        for lane in lanes.indices { lanes[lane].today = Sum() }
    }

    /// The quarter of an hour under way.
    var interval: Instant { Self.interval(of: now) }

    static func interval(of instant: Instant) -> Instant {
        let length = minutesPerInterval * 60_000_000
        return Instant(microseconds: instant.microseconds / length * length)
    }

    private static func minute(of instant: Instant) -> Int64 { instant.microseconds / 60_000_000 }

    // MARK: Counting

    /// Goes on by other lanes: each is the one of that number before, or a new one; and by the days of another plan.
    mutating func lay(out origins: [Int?], days: any CivilDays) {
        settle()
        var lanes = Table<Lane>()
        var counts = Table<Int32>(repeating: 0, count: origins.count * Self.statesMax)
        for (lane, origin) in origins.enumerated() {
            lanes.append(Lane())
            guard let origin else { continue }
            swap(&lanes[lane], &self.lanes[origin])
            for state in 0..<Self.statesMax {
                counts[lane * Self.statesMax + state] = self.counts[origin * Self.statesMax + state]
            }
        }
        swap(&lanes, &self.lanes)
        swap(&counts, &self.counts)
        self.days = days
        turnDay()
    }

    @inline(__always)
    mutating func enter(_ state: InquiryState, lane: Int) {
        counts[lane * Self.statesMax + Int(state.rawValue)] &+= 1
    }

    @inline(__always)
    mutating func leave(_ state: InquiryState, lane: Int) {
        counts[lane * Self.statesMax + Int(state.rawValue)] &-= 1
    }

    /// How many are in that state, which is a live one: those of the others mean nothing.
    func count(_ state: InquiryState, lane: Int) -> Int32 { counts[lane * Self.statesMax + Int(state.rawValue)] }

    /// Changes what the lane has counted since the last batch; `names` are those of its queue and channel.
    @inline(__always)
    mutating func change(lane: Int, _ names: (queue: Name, channel: Name), _ change: (inout FigureRow) -> Void) {
        if lanes[lane].row == none {
            lanes[lane].row = UInt32(open.count)
            open.append(
                OpenRow(
                    lane: lane, minute: Self.minute(of: now),
                    row: FigureRow(at: interval, day: day.number, queue: names.queue, channel: names.channel)))
        }
        change(&open[Int(lanes[lane].row)].row)
    }

    mutating func change(activity old: Activity, to new: Activity) {
        switch old {
        case .idle: idleAgents -= 1
        case .busy, .wrapUp: busyAgents -= 1
        case .none, .away: break
        }
        switch new {
        case .idle: idleAgents += 1
        case .busy, .wrapUp: busyAgents += 1
        case .none, .away: break
        }
    }

    /// Makes what is open part of its lanes' minutes and day. The store has it still to be given.
    private mutating func settle() {
        for index in open.indices {
            let lane = open[index].lane
            let minute = open[index].minute
            lanes[lane].row = none
            lanes[lane].today.add(open[index].row)
            if lanes[lane].minutes.last?.minute != minute {
                while let first = lanes[lane].minutes.first, first.minute <= minute - Self.minutesKept {
                    lanes[lane].minutes.removeFirst()
                }
                lanes[lane].minutes.append((minute, Sum()))
            }
            let last = lanes[lane].minutes.count - 1
            lanes[lane].minutes[last].sum.add(open[index].row)
            settled.append(open[index].row)
        }
        open.removeAll(keepingCapacity: true)
    }

    // MARK: The store

    var hasRows: Bool { !open.isEmpty || !settled.isEmpty }

    mutating func takeRows() -> [FigureRow] {
        settle()
        defer { settled.removeAll() }
        return settled
    }

    /// What was counted before a start, of which this day counts on; `lane` finds a row's lane.
    mutating func restore(_ days: [DayFigures], lane: (FigureRow) -> Int?) {
        guard let today = days.first(where: { $0.day == day.number }) else { return }
        for row in today.rows {
            if let lane = lane(row) { lanes[lane].today.add(row) }
        }
        floorToday.idle += today.idle.microseconds
        floorToday.busy += today.busy.microseconds
    }

    /// What an agent did until a stop and no row counted yet, as far as it was on this day.
    mutating func add(_ activity: Activity, from begun: Instant, until stop: Instant) {
        var from = max(begun, stop - Self.stretchMax)
        while from < stop {
            let day = days.day(of: from)
            if day.number == self.day.number { break }
            from = day.ends
        }
        let span = max(stop - from, .zero).microseconds
        switch activity {
        case .idle: floorToday.idle += span
        case .busy, .wrapUp: floorToday.busy += span
        case .none, .away: break
        }
    }

    // MARK: Reading

    func sum(lane: Int, window: FigureWindow) -> Sum {
        var sum = Sum()
        if let minutes = window.minutes {
            let newest = Self.minute(of: now)
            for entry in lanes[lane].minutes where entry.minute > newest - minutes { sum.add(entry.sum) }
        } else {
            sum = lanes[lane].today
        }
        if lanes[lane].row != none { sum.add(open[Int(lanes[lane].row)].row) }
        return sum
    }

    func floorTime(window: FigureWindow) -> FloorTime {
        var sum = pending
        guard let minutes = window.minutes else {
            sum.idle += floorToday.idle
            sum.busy += floorToday.busy
            return sum
        }
        let newest = Self.minute(of: now)
        for entry in floorMinutes where entry.minute > newest - minutes && entry.minute < newest {
            sum.idle += entry.time.idle
            sum.busy += entry.time.busy
        }
        return sum
    }
}

/// How far back figures look.
package enum FigureWindow: Sendable {
    case fiveMinutes
    case thirtyMinutes
    /// Since midnight in the plan's zone.
    case today

    var minutes: Int64? {
        switch self {
        case .fiveMinutes: 5
        case .thirtyMinutes: 30
        case .today: nil
        }
    }
}
