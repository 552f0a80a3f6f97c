import Routing

/// What a plan has to know of an agent to say whom a queue could reach.
package struct PlanAgent: Sendable {
    package var team: String?
    package var skills: [String: Int32]
    /// nil: every channel of the plan.
    package var channels: [String]?

    package init(team: String? = nil, skills: [String: Int32] = [:], channels: [String]? = []) {
        self.team = team
        self.skills = skills
        self.channels = channels
    }
}

/// What is legal but odd, of the plan as a whole.
extension PlanChecker {
    // MARK: Loops

    /// Steps that lead an inquiry back to where it was, queues that overflow into each other, and policies that move an
    /// inquiry to a queue again after it was moved on from there.
    mutating func warnOfLoops() {
        let places = Dictionary(plan.queues.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        let steps = plan.queues.map { queue in queue.steps.flatMap { Self.moves($0.actions, places) } }
        warnOfLoop(in: steps) { plan, loop in
            let first = plan.queues[loop[0]]
            let index = first.steps.firstIndex { $0.actions.contains(.queue(plan.queues[loop[1 % loop.count]].name)) }
            return PlanPath.item(index ?? 0, of: PlanPath.key(first.name, under: "queues") + ".steps")
        }
        let overflows = plan.queues.map { queue in queue.overflow.flatMap { places[$0] }.map { [$0] } ?? [] }
        warnOfLoop(in: overflows) { plan, loop in
            PlanPath.key(plan.queues[loop[0]].name, under: "queues") + ".overflow"
        }
        for (index, policy) in plan.policies.enumerated() { warnOfCircle(in: policy, at: index, steps, places) }
    }

    /// The places of the queues that the actions move an inquiry to.
    private static func moves(_ actions: [RoutingPlan.Action], _ places: [String: Int]) -> [Int] {
        actions.compactMap { action in
            if case .queue(let name) = action { return places[name] }
            return nil
        }
    }

    /// One warning a loop: queues that reach each other are told of once.
    private mutating func warnOfLoop(in edges: [[Int]], path: (RoutingPlan, [Int]) -> String) {
        var isTold = Array(repeating: false, count: edges.count)
        for start in edges.indices where !isTold[start] {
            guard let loop = QueueLoop.through(start, edges) else { continue }
            for queue in loop { isTold[queue] = true }
            // A queue that overflows into itself is a fault, not a warning.
            let names = (loop + [start]).map { plan.queues[$0].name }
            warn(path(plan, loop), "a loop of queues: \(names.joined(separator: " → "))")
        }
    }

    private mutating func warnOfCircle(
        in policy: RoutingPlan.Policy, at index: Int, _ steps: [[Int]], _ places: [String: Int]
    ) {
        var visited: [Int] = []
        for (place, escalation) in policy.escalations.enumerated() {
            for queue in Self.moves(escalation.actions, places) {
                // Somewhere else in between: by another escalation, or by the steps of the queue.
                let hasLeft = visited.last.map { $0 != queue || !steps[queue].isEmpty } ?? false
                if hasLeft, visited.contains(queue) {
                    let path = PlanPath.item(place, of: PlanPath.item(index, of: "sla") + ".escalate")
                    warn(path, "a loop of queues: this moves an inquiry back to \(plan.queues[queue].name)")
                }
                visited.append(queue)
            }
        }
    }

    // MARK: Queues that nobody can serve

    /// - Parameter agents: All that there are.
    mutating func warnOfUnserved(by agents: [PlanAgent]) {
        guard !agents.isEmpty else { return }
        for queue in plan.queues {
            let path = PlanPath.key(queue.name, under: "queues")
            let team = agents.filter { agent in
                queue.teams.map { teams in agent.team.map(teams.contains) ?? false } ?? true
            }
            if team.isEmpty {
                warn(
                    path + ".teams",
                    "nobody can serve this queue: no agent is in \((queue.teams ?? []).joined(separator: ", "))")
            } else if !team.contains(where: { hasSkills($0, queue.skills) }) {
                let skills = queue.skills.map { "\($0.name) \($0.level)" }.joined(separator: ", ")
                warn(path + ".skills", "nobody can serve this queue: no agent of it has \(skills)")
            }
        }
        for channel in plan.channels where !agents.contains(where: { $0.channels?.contains(channel.name) ?? true }) {
            warn(PlanPath.key(channel.name, under: "channels"), "nobody can serve this channel: no agent has it")
        }
    }

    private func hasSkills(_ agent: PlanAgent, _ required: [RoutingPlan.SkillLevel]) -> Bool {
        required.allSatisfy { agent.skills[$0.name] ?? 0 >= $0.level }
    }
}

enum QueueLoop {
    /// The shortest way from a node back to itself, without its end; nil if there is none.
    ///
    /// Cost: linear in the edges.
    static func through(_ start: Int, _ edges: [[Int]]) -> [Int]? {
        var cameFrom: [Int: Int] = [:]
        var waiting = [start]
        var next = 0
        while next < waiting.count {
            let node = waiting[next]
            next += 1
            for target in edges[node] {
                if target == start {
                    var way = [node]
                    while let last = way.last, last != start, let before = cameFrom[last] { way.append(before) }
                    return way.reversed()
                }
                if cameFrom[target] == nil {
                    cameFrom[target] = node
                    waiting.append(target)
                }
            }
        }
        return nil
    }
}
