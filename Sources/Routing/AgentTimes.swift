/// What each agent spends their time on, by quarters of an hour. The quarter under way is part of the agent's row; each
/// that is over is a row of its own.
struct AgentTimes {
    private var entries: ContiguousArray<AgentTime> = []
    /// Quarters that are over, not given to the store yet.
    private var finished: [(agent: AgentIndex, tally: AgentTally)] = []
    private var days: any CivilDays
    /// Where the round of all agents is that books what is over, and up to which quarter it books.
    private var next = 0
    private var round: Instant

    init(plan: CompiledPlan, at now: Instant) {
        days = plan.days
        round = Figures.interval(of: now)
    }

    mutating func adopt(_ days: any CivilDays) { self.days = days }

    mutating func addAgent(at now: Instant) { entries.append(AgentTime(activity: .none, since: now)) }

    func activity(of agent: AgentIndex) -> Activity { entries[Int(agent)].activity }

    func row(of agent: AgentIndex) -> AgentTime { entries[Int(agent)] }

    /// Counts what the agent did until now, and goes on as that.
    mutating func set(_ activity: Activity, of agent: AgentIndex, at now: Instant) {
        book(agent, until: now)
        entries[Int(agent)].activity = activity
    }

    /// Counts what the agent did until now.
    mutating func book(_ agent: AgentIndex, until now: Instant) {
        let activity = entries[Int(agent)].activity
        var from = max(entries[Int(agent)].since, now - Figures.stretchMax)
        entries[Int(agent)].since = now
        if activity == .none { return }
        while from < now {
            open(Figures.interval(of: from), of: agent)
            let end = min(now, entries[Int(agent)].tally.at + Self.interval)
            entries[Int(agent)].tally.add(end - from, as: activity)
            from = end
        }
    }

    private static var interval: TimeSpan { .minutes(Figures.minutesPerInterval) }

    /// Counts something else than time.
    mutating func count(_ agent: AgentIndex, at now: Instant, _ change: (inout AgentTally) -> Void) {
        book(agent, until: now)
        open(Figures.interval(of: now), of: agent)
        change(&entries[Int(agent)].tally)
    }

    /// Lets the agent's tally be of that quarter; one of an earlier quarter is finished.
    private mutating func open(_ interval: Instant, of agent: AgentIndex) {
        guard entries[Int(agent)].tally.at != interval else { return }
        finish(agent)
        entries[Int(agent)].tally.at = interval
        entries[Int(agent)].tally.day = days.day(of: interval).number
    }

    /// The agent's tally becomes a row, and another begins.
    mutating func finish(_ agent: AgentIndex) {
        let tally = entries[Int(agent)].tally
        if !tally.isEmpty { finished.append((agent, tally)) }
        entries[Int(agent)].tally = AgentTally()
    }

    /// Counts what the agent did until now, and finishes a quarter that is over.
    mutating func close(_ agent: AgentIndex, at now: Instant) {
        book(agent, until: now)
        if entries[Int(agent)].tally.at < Figures.interval(of: now) { finish(agent) }
    }

    // MARK: The round

    func isRoundDue(at now: Instant) -> Bool { Figures.interval(of: now) > round && !entries.isEmpty }

    /// The next agents of the round whose tally is of a quarter that is over; at most `limit`.
    mutating func takeRound(at now: Instant, limit: Int) -> [AgentIndex] {
        var due: [AgentIndex] = []
        let interval = Figures.interval(of: now)
        while next < entries.count && due.count < limit {
            let entry = entries[next]
            let isOver = entry.tally.at < interval && !entry.tally.isEmpty
            if entry.activity != .none && entry.since < interval || isOver { due.append(AgentIndex(next)) }
            next += 1
        }
        if next >= entries.count {
            next = 0
            round = interval
        }
        return due
    }

    // MARK: The store

    var hasRows: Bool { !finished.isEmpty }

    mutating func takeRows() -> [(agent: AgentIndex, tally: AgentTally)] {
        defer { finished.removeAll() }
        return finished
    }

    /// Goes on with what a row says, which holds until the store heard last of it.
    mutating func restore(_ time: AgentTime, of agent: AgentIndex, stoppedAt: Instant, at now: Instant) {
        entries[Int(agent)] = time
        if stoppedAt > time.since { book(agent, until: stoppedAt) }
        entries[Int(agent)].activity = .none
        entries[Int(agent)].since = now
    }
}
