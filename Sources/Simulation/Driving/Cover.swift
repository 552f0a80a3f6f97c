/// Who waits for how many: the customers who will not give up, by kind, and the agents who serve that kind. An agent
/// goes home at the end of the shift only if these are not left to nobody, or to too few.
struct Cover: Sendable {
    private let kinds: [String: Int]
    /// For each kind the agents who serve it, by their place in the scenario.
    let agentsByKind: [[Int]]
    private(set) var waitingByKind: [Int]

    init(scenario: Scenario) {
        let names = Set(scenario.inquiries.map(\.kind)).sorted()
        let kinds = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        var agents: [[Int]] = Array(repeating: [], count: names.count)
        for (index, agent) in scenario.agents.enumerated() {
            for kind in agent.kinds {
                if let number = kinds[kind] { agents[number].append(index) }
            }
        }
        self.kinds = kinds
        agentsByKind = agents
        waitingByKind = Array(repeating: 0, count: names.count)
    }

    func number(_ kind: String) -> Int? { kinds[kind] }

    mutating func waiting(_ kind: String) {
        if let number = kinds[kind] { waitingByKind[number] += 1 }
    }

    mutating func settled(_ kind: String) {
        if let number = kinds[kind] { waitingByKind[number] -= 1 }
    }
}

extension Driver {
    /// Somebody who comes on duty within this time is waited for; else an agent who has gone is called back.
    static let coverGap: Int64 = 15 * 60 * microsecondsPerSecond

    /// So many who will not give up are left to each of the others before an agent goes home.
    static let backlogPerAgent = 5

    /// Sees to it that a kind for which patient customers wait has an agent, now or soon.
    mutating func keepCover(of kind: String, at now: Int64, into actions: inout [DriverAction]) {
        guard scenario.overtime, let number = cover.number(kind), cover.waitingByKind[number] > 0 else { return }
        let able = cover.agentsByKind[number]
        if able.contains(where: { agents[$0].onShift }) { return }
        let soon = able.contains { agent in
            let shifts = scenario.agents[agent].shifts
            let next = agents[agent].nextShift
            return next < shifts.count && origin + shifts[next].lowerBound - now < Self.coverGap
        }
        if soon { return }
        guard let last = able.max(by: { agents[$0].lastShiftEnd < agents[$1].lastShiftEnd }) else {
            note("nobody serves the kind \(kind)")
            return
        }
        agents[last].onShift = true
        agents[last].isStaying = true
        overtimeCalls += 1
        settle(last, into: &actions)
    }

    /// Whether those who will not give up wait for this agent alone, or are too many for the others.
    func isNeeded(_ agent: Int) -> Bool {
        guard scenario.overtime else { return false }
        return scenario.agents[agent].kinds.contains { kind in
            guard let number = cover.number(kind) else { return false }
            let others = cover.agentsByKind[number].count { $0 != agent && agents[$0].onShift }
            return cover.waitingByKind[number] > Self.backlogPerAgent * others
        }
    }

    /// Lets those go home whom nobody waits for any more.
    mutating func releaseStaying(into actions: inout [DriverAction]) {
        guard scenario.overtime else { return }
        for agent in agents.indices where agents[agent].isStaying && !isNeeded(agent) {
            agents[agent].isStaying = false
            agents[agent].onShift = false
            settle(agent, into: &actions)
        }
    }
}
