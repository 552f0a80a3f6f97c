// What is counted, and when (docs/figures.md).

extension Engine {
    // MARK: Inquiries

    /// Changes what is counted of the inquiry's lane.
    @inline(__always)
    private mutating func count(_ slot: UInt32, _ change: (inout FigureRow) -> Void) {
        let requirement = Int(inquiries[slot].requirement)
        let names = (
            queue: queueNames[Int(classes[requirement].queue)], channel: channelNames[Int(classes[requirement].channel)]
        )
        figures.change(lane: lane(of: slot), names, change)
    }

    @inline(__always)
    mutating func count(_ figure: Figure, _ slot: UInt32) { count(slot) { $0.counts[figure] += 1 } }

    @inline(__always)
    mutating func countAccepted(_ slot: UInt32, after waited: TimeSpan) {
        let target = target(of: slot)
        count(slot) {
            $0.counts[.accepted] += 1
            if waited <= target {
                $0.counts[.acceptedInTarget] += 1
            } else {
                $0.counts[.waitedLate] += (waited - target).microseconds
            }
            $0.counts[.waited] += waited.microseconds
            $0.counts[.waitedLongest] = max($0.counts[.waitedLongest], waited.microseconds)
            $0.add(waited, to: .wait)
        }
    }

    mutating func countAbandoned(_ slot: UInt32, after waited: TimeSpan) {
        let target = target(of: slot)
        count(slot) {
            $0.counts[.abandoned] += 1
            if waited > target { $0.counts[.abandonedAfterTarget] += 1 }
            if waited < Figures.shortWait { $0.counts[.abandonedShort] += 1 }
        }
    }

    /// The first answer of this cycle: acceptance on a live channel, else the agent's first message.
    @inline(__always)
    mutating func responded(_ slot: UInt32) {
        if inquiries[slot].hasResponse { return }
        inquiries[slot].hasResponse = true
        touch(inquiry: slot)
        let took = now - inquiries[slot].queuedAt
        count(slot) {
            $0.counts[.responded] += 1
            $0.counts[.responseTook] += took.microseconds
            $0.add(took, to: .response)
        }
    }

    @inline(__always)
    mutating func countCompleted(_ slot: UInt32, _ agent: AgentIndex, after handled: TimeSpan, wrapsUp: Bool) {
        let worked = worked(slot)
        count(slot) {
            $0.counts[.completed] += 1
            $0.counts[.handled] += handled.microseconds
            if !wrapsUp { $0.add(handled + worked, to: .handle) }
        }
        count(agent) {
            $0.completed += 1
            $0.handled = $0.handled + handled
        }
    }

    /// Its agent's part of the work is done, though it is not completed.
    mutating func countHandedOn(_ slot: UInt32, _ agent: AgentIndex, after handled: TimeSpan) {
        count(slot) { $0.counts[.handled] += handled.microseconds }
        count(agent) { $0.handled = $0.handled + handled }
    }

    @inline(__always)
    mutating func countWrapped(_ slot: UInt32, _ agent: AgentIndex, after lasted: TimeSpan) {
        let handled = inquiries[slot].closedAt - inquiries[slot].acceptedAt + worked(slot)
        count(slot) {
            $0.counts[.wrapUpTook] += lasted.microseconds
            $0.add(handled + lasted, to: .handle)
        }
        count(agent) { $0.wrapUpTook = $0.wrapUpTook + lasted }
    }

    /// The last word counts: what it replaces is taken back.
    mutating func countRating(_ slot: UInt32, _ rating: Rating, csat old: UInt8?, nps oldPoints: UInt8?) {
        func add(csat: UInt8, _ by: Int64, to row: inout FigureRow) {
            row.counts[.csatRated] += by
            if csat >= 4 { row.counts[.csatGood] += by }
        }
        func add(nps: UInt8, _ by: Int64, to row: inout FigureRow) {
            row.counts[.npsRated] += by
            if nps >= 9 { row.counts[.npsPromoters] += by }
            if nps <= 6 { row.counts[.npsDetractors] += by }
        }
        count(slot) {
            if let csat = rating.csat {
                if let old { add(csat: old, -1, to: &$0) }
                add(csat: csat, 1, to: &$0)
            }
            if let nps = rating.nps {
                if let oldPoints { add(nps: oldPoints, -1, to: &$0) }
                add(nps: nps, 1, to: &$0)
            }
        }
    }

    // MARK: Promises

    /// A promise was kept, or is known to be missed.
    mutating func count(_ metric: Metric, _ verdict: Verdict, _ slot: UInt32) {
        let policy = policies[Int(clockSets[inquiries[slot].clocks].policy)].name
        count(slot) {
            $0.change(policy, metric) {
                if verdict == .met { $0.met += 1 } else { $0.breached += 1 }
            }
        }
    }

    /// A promise was answered: by then its clock had run so long, and was over its target by so much.
    mutating func countAnswered(_ metric: Metric, after consumed: TimeSpan, over: TimeSpan, _ slot: UInt32) {
        let policy = policies[Int(clockSets[inquiries[slot].clocks].policy)].name
        count(slot) {
            $0.add(consumed, to: Span(metric))
            $0.change(policy, metric) {
                $0.longest = max($0.longest, consumed)
                if over > .zero {
                    $0.late += 1
                    $0.lateness = $0.lateness + over
                }
            }
        }
    }

    // MARK: Agents

    @inline(__always)
    mutating func count(_ agent: AgentIndex, _ change: (inout AgentTally) -> Void) {
        touch(agent: agent)
        agentTimes.count(agent, at: now, change)
    }

    private func activity(of agent: AgentIndex) -> Activity {
        let record = agents[Int(agent)]
        if record.state == .offline { return .none }
        if record.busyCount > 0 { return record.busyCount > record.wrapUps ? .busy : .wrapUp }
        if record.isInGrace { return .none }
        if record.state == .away { return .away }
        return record.isAvailable ? .idle : .none
    }

    mutating func updateActivity(_ agent: AgentIndex) {
        let old = agentTimes.activity(of: agent)
        let new = activity(of: agent)
        guard new != old else { return }
        touch(agent: agent)
        agentTimes.set(new, of: agent, at: now)
        figures.change(activity: old, to: new)
    }

    /// The agent is gone: what is counted of the quarter under way stays.
    mutating func closeTimes(of agent: AgentIndex) {
        agentTimes.book(agent, until: now)
        agentTimes.finish(agent)
    }

    /// Whether a quarter of an hour is over that is not booked for all agents yet.
    package func isRoundDue(at now: Instant) -> Bool { agentTimes.isRoundDue(at: now) }

    /// Books what the next agents did in quarters that are over, so that no row waits for its agent to do something.
    package mutating func bookAgents(at now: Instant, limit: Int = 500) {
        advance(to: now)
        for agent in agentTimes.takeRound(at: now, limit: limit) where !agents[Int(agent)].isDeleted {
            touch(agent: agent)
            agentTimes.close(agent, at: now)
        }
    }
}
