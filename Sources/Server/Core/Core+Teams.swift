import LineProtocol
import Routing

// What a supervisor of some teams sees and acts on: agents of those teams, what they have, what nobody has in a queue
// that one of those teams serves. Everybody else passes.

extension Core {
    func isOfTeams(_ agent: AgentIndex, _ session: Session) -> Bool {
        !isCut(session) || session.teams.contains(engine.team(of: agent))
    }

    func isOfTeams(_ inquiry: InquiryRow, _ session: Session) -> Bool {
        isOfTeams(agent: inquiry.agent, queue: inquiry.queue, session)
    }

    /// What is about no agent and no queue is everybody's.
    func isOfTeams(agent: String, queue: String, _ session: Session) -> Bool {
        guard isCut(session) else { return true }
        if !agent.isEmpty {
            return engine.agent(named: ArraySlice(agent.utf8)).map { isOfTeams($0, session) } ?? false
        }
        return engine.queue(named: ArraySlice(queue.utf8)).map { serves($0, session) } ?? true
    }

    /// Whether one of the teams serves the queue.
    func serves(_ queue: QueueIndex, _ session: Session) -> Bool {
        guard isCut(session), let teams = engine.plan.queues[Int(queue)].teams else { return true }
        return teams.contains { session.teams.contains($0) }
    }

    /// Whether nobody but the teams serves the queue: what is done to it concerns no other.
    func servesAlone(_ queue: QueueIndex, _ session: Session) -> Bool {
        guard isCut(session) else { return true }
        return engine.plan.queues[Int(queue)].teams.map { $0.allSatisfy { session.teams.contains($0) } } ?? false
    }

    private func isCut(_ session: Session) -> Bool { session.role == .supervisor && !session.teams.isEmpty }
}
