/// The agents' side of a driver: presence, offers, work.
extension Driver {
    /// A push on the agents' connection.
    package mutating func happened(_ event: FloorEvent, at now: Int64, into actions: inout [DriverAction]) {
        switch event {
        case .offered(let agent, let id): offered(agent, id, at: now, into: &actions)
        case .assigned(let agent, let id):
            if let item = work[id], item.agent == agent, item.phase != .accepting { return }
            drop(id)
            beginWork(agent, id, since: now, at: now, into: &actions)
        case .taken(let agent, let id):
            guard let item = work[id], item.agent == agent, item.phase != .accepting else { return }
            drop(id)
            lookAgain(id, into: &actions)
            settle(agent, into: &actions)
        case .missed(let agent):
            missedOffers += 1
            settle(agent, into: &actions)
        case .away(let agent):
            // What this driver asks for itself is told by its answer.
            guard !agents[agent].isAsking else { return }
            agents[agent].told = .away
            settle(agent, into: &actions)
        case .offline(let agent):
            guard !agents[agent].isAsking else { return }
            wentOffline(agent, into: &actions)
            settle(agent, into: &actions)
        }
    }

    /// The agents' connection is gone: nothing is sent on it until `floorConnected`. Actions that were unanswered
    /// are reported as `.lost`, before or after.
    package mutating func floorLost() {
        floorIsConnected = false
        for agent in agents.indices where agents[agent].told != .offline || agents[agent].isAsking {
            agents[agent].told = .unknown
            agents[agent].needsMine = true
        }
    }

    /// There is a new connection: signs the agents on again and reads what they have.
    package mutating func floorConnected(at now: Int64, into actions: inout [DriverAction]) {
        floorIsConnected = true
        reconnections += 1
        for agent in agents.indices { settle(agent, into: &actions) }
        actions += deferred
        deferred = []
    }

    mutating func startShift(_ agent: Int, into actions: inout [DriverAction]) {
        agents[agent].nextShift += 1
        agents[agent].onShift = true
        agents[agent].isStaying = false
        settle(agent, into: &actions)
        releaseStaying(into: &actions)
    }

    mutating func endShift(_ agent: Int, at due: Int64, into actions: inout [DriverAction]) {
        agents[agent].lastShiftEnd = due
        if isNeeded(agent) {
            agents[agent].isStaying = true
            overtimeCalls += 1
        } else {
            agents[agent].onShift = false
            settle(agent, into: &actions)
        }
    }

    /// Asks for the next step from what the daemon last said of the agent to what the shift wants: one request at a
    /// time. Who leaves with work in hand goes away first and offline when it is done.
    mutating func settle(_ agent: Int, into actions: inout [DriverAction]) {
        let state = agents[agent]
        guard floorIsConnected, !state.isAsking else { return }
        let action: DriverAction
        switch (state.onShift, state.told) {
        case (true, .ready), (false, .offline): return
        case (true, .offline), (true, .away), (true, .unknown): action = .ready(agent: agent)
        case (false, .ready): action = state.work.isEmpty ? .offline(agent: agent) : .away(agent: agent)
        case (false, .unknown): action = .away(agent: agent)
        case (false, .away):
            guard state.work.isEmpty, !state.needsMine else { return }
            action = .offline(agent: agent)
        }
        agents[agent].isAsking = true
        actions.append(action)
    }

    mutating func presenceAnswered(
        _ agent: Int, _ action: DriverAction, _ outcome: DriverOutcome, _ presence: Presence, at now: Int64,
        into actions: inout [DriverAction]
    ) {
        agents[agent].isAsking = false
        switch outcome {
        case .done where presence == .offline:
            wentOffline(agent, into: &actions)
        case .done:
            agents[agent].told = presence
            if agents[agent].needsMine {
                agents[agent].needsMine = false
                actions.append(.mine(agent: agent))
                return
            }
        case .lost:
            agents[agent].told = .unknown
            agents[agent].needsMine = true
        case .refused(code: "conflict", _) where presence == .away:
            // Its grace ended while there was no connection.
            wentOffline(agent, into: &actions)
        case .work, .refused, .later:
            note("\(action) was answered \(outcome)")
            agents[agent].isAsking = true
            timers.push(.again(action), due: now + Self.refusalPause)
            return
        }
        settle(agent, into: &actions)
    }

    /// Whatever it had is somebody else's now, or waits again.
    private mutating func wentOffline(_ agent: Int, into actions: inout [DriverAction]) {
        agents[agent].told = .offline
        agents[agent].needsMine = false
        for id in agents[agent].work + agents[agent].uncertain { lookAgain(id, into: &actions) }
        for id in agents[agent].work { drop(id) }
        agents[agent].uncertain = []
    }

    /// Compares what the daemon says the agent has with what this driver believes.
    mutating func mineAnswered(
        _ agent: Int, _ outcome: DriverOutcome, at now: Int64, into actions: inout [DriverAction]
    ) {
        guard case .work(let rows) = outcome else {
            if outcome == .lost {
                agents[agent].needsMine = true
            } else {
                note("MINE of \(scenario.agents[agent].id) was answered \(outcome)")
            }
            return
        }
        for row in rows {
            switch row.state {
            case "offered": offered(agent, row.id, at: now, into: &actions)
            case "assigned" where work[row.id]?.agent != agent:
                drop(row.id)
                beginWork(agent, row.id, since: now, at: now, into: &actions)
            default: break
            }
        }
        for id in agents[agent].work where !rows.contains(where: { $0.id == id }) {
            // An acceptance that is under way is answered after this.
            guard let item = work[id], item.phase != .accepting else { continue }
            drop(id)
            lookAgain(id, into: &actions)
        }
        for id in agents[agent].uncertain where !rows.contains(where: { $0.id == id }) {
            lookAgain(id, into: &actions)
        }
        agents[agent].uncertain = []
        settle(agent, into: &actions)
    }

    mutating func acceptAnswered(
        _ agent: Int, _ id: Int64, _ outcome: DriverOutcome, at now: Int64, into actions: inout [DriverAction]
    ) {
        guard let item = work[id], item.agent == agent, item.phase == .accepting else { return }
        switch outcome {
        case .done:
            beginWork(agent, id, since: item.since, at: now, into: &actions)
        case .lost:
            // MINE tells after the reconnection whether it is offered still or assigned.
            drop(id)
            agents[agent].uncertain.append(id)
        case .refused(code: "gone", _), .refused(code: "conflict", _), .refused(code: "not_found", _):
            drop(id)
            if let inquiry = indexByID[id], inquiries[inquiry].patienceIsOver {
                losePatience(inquiry, into: &actions)
            }
            settle(agent, into: &actions)
        case .work, .refused, .later:
            drop(id)
            note("ACCEPT of inquiry \(id) was answered \(outcome)")
        }
    }

    mutating func finish(_ agent: Int, _ id: Int64, into actions: inout [DriverAction]) {
        guard let item = work[id], item.agent == agent, item.phase == .working else { return }
        work[id]?.phase = .completing
        guard floorIsConnected else {
            deferred.append(.complete(agent: agent, id: id))
            return
        }
        actions.append(.complete(agent: agent, id: id))
    }

    mutating func completeAnswered(
        _ agent: Int, _ id: Int64, _ outcome: DriverOutcome, at now: Int64, into actions: inout [DriverAction]
    ) {
        guard let item = work[id], item.agent == agent else { return }
        switch outcome {
        case .done:
            drop(id)
            if let inquiry = indexByID[id] { end(inquiry, .answered) }
        case .lost:
            work[id]?.phase = .working
            timers.push(.finish(agent: agent, id: id), due: now)
            return
        case .refused(code: "conflict", _), .refused(code: "gone", _), .refused(code: "not_found", _):
            drop(id)
            lookAgain(id, into: &actions)
        case .work, .refused, .later:
            drop(id)
            note("COMPLETE of inquiry \(id) was answered \(outcome)")
        }
        settle(agent, into: &actions)
    }

    private mutating func offered(_ agent: Int, _ id: Int64, at now: Int64, into actions: inout [DriverAction]) {
        if let item = work[id], item.agent == agent, item.phase == .accepting { return }
        drop(id)
        work[id] = Work(agent: agent, phase: .accepting, since: now)
        agents[agent].work.append(id)
        actions.append(.accept(agent: agent, id: id))
    }

    private mutating func beginWork(
        _ agent: Int, _ id: Int64, since: Int64, at now: Int64, into actions: inout [DriverAction]
    ) {
        let item = Work(agent: agent, phase: .unclaimed, since: since)
        if work[id] == nil { agents[agent].work.append(id) }
        work[id] = item
        if let inquiry = indexByID[id] {
            claim(id, inquiry: inquiry, by: item)
        } else {
            claimStrangers(into: &actions)
        }
        releaseStaying(into: &actions)
    }

    /// Ties accepted work to the scenario's inquiry and sets when it will be done: counted from the acceptance's
    /// sending, so that a slow answer does not lengthen the handling.
    mutating func claim(_ id: Int64, inquiry: Int, by item: Work) {
        if inquiries[inquiry].stage == .waiting || inquiries[inquiry].stage == .abandoning,
            scenario.inquiries[inquiry].patience == nil
        {
            cover.settled(scenario.inquiries[inquiry].kind)
        }
        switch inquiries[inquiry].stage {
        case .answered, .abandoned, .failed: break
        case .planned, .submitting, .waiting, .abandoning, .served: inquiries[inquiry].stage = .served
        }
        guard item.phase == .unclaimed else { return }
        work[id]?.phase = .working
        timers.push(
            .finish(agent: item.agent, id: id), due: item.since + scenario.inquiries[inquiry].handling)
    }

    /// With every submission answered, work that is still unclaimed is none of the scenario's: somebody else's
    /// inquiry is served all the same.
    mutating func claimStrangers(into actions: inout [DriverAction]) {
        guard submitsUnanswered == 0 else { return }
        for agent in agents.indices {
            for id in agents[agent].work where work[id]?.phase == .unclaimed {
                work[id]?.phase = .working
                timers.push(
                    .finish(agent: agent, id: id), due: (work[id]?.since ?? 0) + strangerHandling)
            }
        }
    }

    private mutating func drop(_ id: Int64) {
        guard let item = work.removeValue(forKey: id) else { return }
        agents[item.agent].work.removeAll { $0 == id }
    }

    private mutating func lookAgain(_ id: Int64, into actions: inout [DriverAction]) {
        if let inquiry = indexByID[id] { actions.append(.look(inquiry: inquiry, id: id)) }
    }
}
