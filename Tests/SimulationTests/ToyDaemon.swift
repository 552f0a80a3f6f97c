@testable import Simulation

/// A daemon of a few lines for a driver to play against: one inquiry at a time for each agent, first come first
/// served, answers at once. It can be cut off, and then forgets what it was about to say.
struct ToyDaemon {
    enum Message {
        case answer(DriverAction, DriverOutcome)
        case push(FloorEvent)
    }

    private struct Inquiry {
        var kind: String
        var state = "waiting"
        var agent: Int?
    }

    private let scenario: Scenario
    private var inquiries: [Int64: Inquiry] = [:]
    private var idBySubmission: [Int: Int64] = [:]
    private var presence: [Int: String] = [:]
    private(set) var acceptances: [Int64: Int] = [:]
    var outbox: [Message] = []
    /// Every offer is let pass once, to see the agent come back.
    var missesFirstOffer = false
    private var hasMissed = false

    init(_ scenario: Scenario) {
        self.scenario = scenario
    }

    func state(_ id: Int64) -> String? { inquiries[id]?.state }

    mutating func perform(_ action: DriverAction) {
        let outcome: DriverOutcome
        switch action {
        case .submit(let submission):
            let id = idBySubmission[submission] ?? Int64(inquiries.count + 1)
            if idBySubmission[submission] == nil {
                idBySubmission[submission] = id
                inquiries[id] = Inquiry(kind: scenario.inquiries[submission].kind)
            }
            outcome = .done(id: id, state: inquiries[id]?.state)
        case .abandon(_, let id): outcome = end(id, "abandoned", from: ["waiting", "offered", "abandoned"])
        case .look(_, let id): outcome = .done(id: id, state: inquiries[id]?.state)
        case .ready(let agent):
            presence[agent] = "ready"
            outcome = .done(id: nil, state: "ready")
        case .away(let agent):
            guard presence[agent, default: "offline"] != "offline" else {
                outbox.append(.answer(action, .refused(code: "conflict", state: "offline")))
                return
            }
            presence[agent] = "away"
            withdraw(agent)
            outcome = .done(id: nil, state: "away")
        case .offline(let agent):
            presence[agent] = "offline"
            withdraw(agent)
            outcome = .done(id: nil, state: "offline")
        case .mine(let agent):
            outcome = .work(
                inquiries.filter { $0.value.agent == agent && ["offered", "assigned"].contains($0.value.state) }
                    .sorted { $0.key < $1.key }.map { WorkRow(id: $0.key, state: $0.value.state) })
        case .accept(let agent, let id): outcome = accept(agent, id)
        case .complete(let agent, let id):
            outcome =
                inquiries[id]?.agent == agent
                ? end(id, "completed", from: ["assigned", "completed"])
                : .refused(code: "conflict", state: inquiries[id]?.state)
        }
        outbox.append(.answer(action, outcome))
        offer()
    }

    /// What the daemon does when the agents' connection drops: offers go back.
    mutating func agentsLost() {
        for agent in scenario.agents.indices { withdraw(agent) }
    }

    /// Signs an agent off, as at the end of their grace.
    mutating func endGrace(_ agent: Int) {
        presence[agent] = "offline"
        for (id, inquiry) in inquiries where inquiry.agent == agent && inquiry.state == "assigned" {
            inquiries[id]?.state = "waiting"
            inquiries[id]?.agent = nil
        }
    }

    private mutating func accept(_ agent: Int, _ id: Int64) -> DriverOutcome {
        guard let inquiry = inquiries[id], inquiry.agent == agent, ["offered", "assigned"].contains(inquiry.state)
        else { return .refused(code: "gone", state: inquiries[id]?.state) }
        if inquiry.state == "offered" { acceptances[id, default: 0] += 1 }
        inquiries[id]?.state = "assigned"
        return .done(id: id, state: "assigned")
    }

    private mutating func end(_ id: Int64, _ state: String, from states: [String]) -> DriverOutcome {
        guard let inquiry = inquiries[id], states.contains(inquiry.state) else {
            return .refused(code: "conflict", state: inquiries[id]?.state)
        }
        inquiries[id]?.state = state
        return .done(id: id, state: state)
    }

    private mutating func withdraw(_ agent: Int) {
        for (id, inquiry) in inquiries where inquiry.agent == agent && inquiry.state == "offered" {
            inquiries[id]?.state = "waiting"
            inquiries[id]?.agent = nil
        }
    }

    private mutating func offer() {
        for (id, inquiry) in inquiries.sorted(by: { $0.key < $1.key }) where inquiry.state == "waiting" {
            let free = scenario.agents.indices.first { agent in
                presence[agent] == "ready" && scenario.agents[agent].kinds.contains(inquiry.kind)
                    && !inquiries.values.contains { $0.agent == agent && ["offered", "assigned"].contains($0.state) }
            }
            guard let agent = free else { continue }
            if missesFirstOffer, !hasMissed {
                hasMissed = true
                presence[agent] = "away"
                outbox.append(.push(.missed(agent: agent)))
                outbox.append(.push(.away(agent: agent)))
                continue
            }
            inquiries[id]?.state = "offered"
            inquiries[id]?.agent = agent
            outbox.append(.push(.offered(agent: agent, id: id)))
        }
    }
}
