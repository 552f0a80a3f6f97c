/// What an agent's time is counted as.
enum Activity: UInt8 {
    /// Signed off, away, or in grace without work.
    case none
    /// Ready without work.
    case idle
    /// With assigned work or in wrap-up.
    case busy
}

/// The figures that people steer by, counted as things happen. They live as long as the process.
struct Figures: ~Copyable {
    /// One minute of one lane, or a day of it.
    struct Bucket {
        var accepted: Int64 = 0
        /// Accepted within the target of the queue.
        var acceptedInTarget: Int64 = 0
        var abandoned: Int64 = 0
        var abandonedAfterTarget: Int64 = 0
        /// Abandoned before `Figures.shortWait`: mostly misdialled.
        var abandonedShort: Int64 = 0
        /// Of all accepted, in microseconds.
        var waited: Int64 = 0
        /// By metric: promises that were kept, and those that were not.
        var met = InlineArray<4, Int64>(repeating: 0)
        var breached = InlineArray<4, Int64>(repeating: 0)

        mutating func accept(after waited: TimeSpan, target: TimeSpan) {
            accepted += 1
            if waited <= target { acceptedInTarget += 1 }
            self.waited += waited.microseconds
        }

        mutating func abandon(after waited: TimeSpan, target: TimeSpan) {
            abandoned += 1
            if waited > target { abandonedAfterTarget += 1 }
            if waited < Figures.shortWait { abandonedShort += 1 }
        }

        mutating func judge(_ metric: Metric, _ verdict: Verdict) {
            switch verdict {
            case .met: met[Int(metric.rawValue)] += 1
            case .breached: breached[Int(metric.rawValue)] += 1
            }
        }

        mutating func add(_ other: Bucket) {
            accepted += other.accepted
            acceptedInTarget += other.acceptedInTarget
            abandoned += other.abandoned
            abandonedAfterTarget += other.abandonedAfterTarget
            abandonedShort += other.abandonedShort
            waited += other.waited
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
        var today = Bucket()
        /// The last `Figures.minutesKept` minutes, each at its number modulo that; empty before the first count.
        var minutes = Table<(minute: Int64, bucket: Bucket)>()
    }

    struct AgentTime {
        var idle: Int64 = 0
        var busy: Int64 = 0
    }

    static var minutesKept: Int64 { 120 }
    private static var statesMax: Int { 16 }
    static var shortWait: TimeSpan { .seconds(5) }

    var lanes = Table<Lane>()
    /// By lane × `statesMax` + state.
    private var counts: Table<Int32>
    private var activities = Table<Activity>()
    private(set) var idleAgents: Int64 = 0
    private(set) var busyAgents: Int64 = 0
    private var agentMinutes: ContiguousArray<(minute: Int64, time: AgentTime)>
    private var agentToday = AgentTime()
    /// Of the minute under way, not booked yet.
    private var pending = AgentTime()
    private var minuteEnds: Instant
    private var now: Instant
    private var day: Int64

    init(plan: CompiledPlan, at now: Instant) {
        let laneCount = plan.queues.count * plan.channels.count
        for _ in 0..<laneCount { lanes.append(Lane()) }
        counts = Table(repeating: 0, count: laneCount * Self.statesMax)
        agentMinutes = ContiguousArray(repeating: (-1, AgentTime()), count: Int(Self.minutesKept))
        self.now = now
        minuteEnds = Instant(microseconds: (Self.minute(of: now) + 1) * 60_000_000)
        day = Self.day(of: now)
    }

    // MARK: Counting

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
        // Minutes older than what is kept need no booking.
        let oldest = Instant(microseconds: (Self.minute(of: later) - Self.minutesKept) * 60_000_000)
        if now < oldest {
            pending = AgentTime()
            now = oldest
        }
        while true {
            let minute = Self.minute(of: now)
            minuteEnds = Instant(microseconds: (minute + 1) * 60_000_000)
            let until = min(later, minuteEnds)
            pending.idle += idleAgents * (until - now).microseconds
            pending.busy += busyAgents * (until - now).microseconds
            if Self.day(of: now) != day { turn(to: Self.day(of: now)) }
            now = until
            if now < minuteEnds { break }
            agentMinutes[Int(minute % Self.minutesKept)] = (minute, pending)
            agentToday.idle += pending.idle
            agentToday.busy += pending.busy
            pending = AgentTime()
        }
        if Self.day(of: now) != day { turn(to: Self.day(of: now)) }
    }

    private mutating func turn(to day: Int64) {
        self.day = day
        agentToday = AgentTime()
        for lane in lanes.indices { lanes[lane].today = Bucket() }
    }

    /// Goes on by other lanes: each is the one of that number before, or a new one.
    mutating func lay(out origins: [Int?]) {
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
    }

    mutating func addAgent() { activities.append(.none) }

    mutating func setActivity(_ activity: Activity, of agent: AgentIndex) {
        switch activities[Int(agent)] {
        case .none: break
        case .idle: idleAgents -= 1
        case .busy: busyAgents -= 1
        }
        activities[Int(agent)] = activity
        switch activity {
        case .none: break
        case .idle: idleAgents += 1
        case .busy: busyAgents += 1
        }
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

    mutating func accepted(lane: Int, waited: TimeSpan, target: TimeSpan) {
        let minute = minuteUnderWay(lane: lane)
        lanes[lane].today.accept(after: waited, target: target)
        lanes[lane].minutes[minute].bucket.accept(after: waited, target: target)
    }

    mutating func abandoned(lane: Int, waited: TimeSpan, target: TimeSpan) {
        let minute = minuteUnderWay(lane: lane)
        lanes[lane].today.abandon(after: waited, target: target)
        lanes[lane].minutes[minute].bucket.abandon(after: waited, target: target)
    }

    mutating func judged(_ metric: Metric, _ verdict: Verdict, lane: Int) {
        let minute = minuteUnderWay(lane: lane)
        lanes[lane].today.judge(metric, verdict)
        lanes[lane].minutes[minute].bucket.judge(metric, verdict)
    }

    /// Where the lane counts what happens in this minute.
    @inline(__always)
    private mutating func minuteUnderWay(lane: Int) -> Int {
        if lanes[lane].minutes.isEmpty {
            lanes[lane].minutes = Table(repeating: (-1, Bucket()), count: Int(Self.minutesKept))
        }
        // Every step brings `minuteEnds` up to date.
        let minute = Self.minute(of: minuteEnds) - 1
        let position = Int(minute % Self.minutesKept)
        if lanes[lane].minutes[position].minute != minute { lanes[lane].minutes[position] = (minute, Bucket()) }
        return position
    }

    // MARK: Reading

    func sum(lane: Int, window: FigureWindow) -> Bucket {
        guard let minutes = window.minutes else { return lanes[lane].today }
        var sum = Bucket()
        let newest = Self.minute(of: now)
        for position in lanes[lane].minutes.indices {
            let entry = lanes[lane].minutes[position]
            if entry.minute > newest - minutes && entry.minute <= newest { sum.add(entry.bucket) }
        }
        return sum
    }

    func agentTime(window: FigureWindow) -> AgentTime {
        var sum = pending
        guard let minutes = window.minutes else {
            sum.idle += agentToday.idle
            sum.busy += agentToday.busy
            return sum
        }
        let newest = Self.minute(of: now)
        for entry in agentMinutes where entry.minute > newest - minutes && entry.minute < newest {
            sum.idle += entry.time.idle
            sum.busy += entry.time.busy
        }
        return sum
    }

    private static func minute(of instant: Instant) -> Int64 { instant.microseconds / 60_000_000 }
    private static func day(of instant: Instant) -> Int64 { instant.microseconds / 86_400_000_000 }
}

/// How far back figures look.
package enum FigureWindow: Sendable {
    case fiveMinutes
    case thirtyMinutes
    /// Since midnight UTC.
    case today

    var minutes: Int64? {
        switch self {
        case .fiveMinutes: 5
        case .thirtyMinutes: 30
        case .today: nil
        }
    }
}
