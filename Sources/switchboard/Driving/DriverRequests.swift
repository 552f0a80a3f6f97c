import Client
import Simulation

/// A driver's actions as requests, answers as its outcomes, pushes as its events.
struct DriverRequests: Sendable {
    let scenario: Scenario
    /// Makes this run's keys its own: the same submission repeated is one, another run's is another.
    let run: String
    let speed: Int64
    private let agentByID: [String: Int]

    /// A refusal that names no time is asked again after this much real time, in microseconds.
    private static let retryDelay: Int64 = 200_000

    init(scenario: Scenario, run: String, speed: Int64) {
        self.scenario = scenario
        self.run = run
        self.speed = speed
        agentByID = Dictionary(uniqueKeysWithValues: scenario.agents.enumerated().map { ($1.id, $0) })
    }

    /// What makes an agent of the scenario known to the daemon.
    func put(_ agent: PlannedAgent) -> Request {
        var fields = [Field("name", agent.name), Field("skills", agent.skills.map(\.wire).joined(separator: ","))]
        if !agent.channels.isEmpty { fields.append(Field("channels", agent.channels)) }
        return Request("AGENT PUT", agent.id, Fields(fields))
    }

    func request(_ action: DriverAction) -> Request {
        var request =
            switch action {
            case .submit(let inquiry): submission(inquiry)
            case .abandon(_, let id): Request("ABANDON", "\(id)")
            case .look(_, let id): Request("GET", "\(id)")
            case .ready(let agent): Request("READY", nil, asAgent(agent))
            case .away(let agent): Request("AWAY", nil, asAgent(agent))
            case .offline(let agent): Request("OFFLINE", nil, asAgent(agent))
            case .mine(let agent): Request("MINE", nil, asAgent(agent))
            case .accept(let agent, let id): Request("ACCEPT", "\(id)", asAgent(agent))
            case .complete(let agent, let id): Request("COMPLETE", "\(id)", asAgent(agent))
            }
        // The driver signs its agents on before it repeats what they said.
        if action.isFloor { request.repetition = .never }
        return request
    }

    private func submission(_ index: Int) -> Request {
        let inquiry = scenario.inquiries[index]
        var fields = [
            Field("channel", inquiry.channel), Field("key", "\(run)-\(index + 1)"),
            Field("skills", inquiry.skills.map(\.wire).joined(separator: ",")),
        ]
        if !inquiry.customer.isEmpty { fields.append(Field("customer", inquiry.customer)) }
        if !inquiry.subject.isEmpty { fields.append(Field("subject", inquiry.subject)) }
        if inquiry.priority != 0 { fields.append(Field("priority", inquiry.priority)) }
        if !inquiry.attributes.isEmpty { fields.append(Field("attrs", .json(inquiry.attributes))) }
        return Request("SUBMIT", nil, Fields(fields))
    }

    private func asAgent(_ agent: Int) -> Fields {
        [Field("as", scenario.agents[agent].id)]
    }

    /// How an action ended; nil when the client itself has ended.
    func outcome(_ action: DriverAction, _ result: Result<Answer, ClientError>) -> DriverOutcome? {
        switch result {
        case .success(let answer):
            if case .mine = action {
                return .work(answer.rows.compactMap { Self.workRow($0) })
            }
            return .done(id: answer.fields.integer("id"), state: answer["state"])
        case .failure(.rejected(let rejection)):
            guard ["unavailable", "limit"].contains(rejection.code) else {
                return .refused(code: rejection.code, state: rejection.fields["state"])
            }
            return .later((rejection.fields.duration("retry_after") ?? Self.retryDelay) * speed)
        case .failure(.connectionLost): return .lost
        case .failure: return nil
        }
    }

    private static func workRow(_ row: Fields) -> WorkRow? {
        guard let id = row.integer("id"), let state = row["state"] else { return nil }
        return WorkRow(id: id, state: state)
    }

    /// A push on the agents' connection as the driver sees it; nil where it is of no use to it.
    func floorEvent(_ event: Event) -> FloorEvent? {
        guard let name = event.agent, let agent = agentByID[name] else { return nil }
        switch (event.type, event.inquiry) {
        case ("offered", let id?): return .offered(agent: agent, id: id)
        case ("assigned", let id?): return .assigned(agent: agent, id: id)
        case ("requeued", let id?), ("transferred", let id?), ("cancelled", let id?), ("expired", let id?):
            return .taken(agent: agent, id: id)
        case ("missed", _): return .missed(agent: agent)
        case ("agent_away", _): return .away(agent: agent)
        case ("agent_offline", _): return .offline(agent: agent)
        default: return nil
        }
    }
}

extension LedgerEvent {
    /// An event of `WATCH`; nil for a push that is not in the log.
    init?(_ event: Event) {
        guard event.seq > 0 else { return nil }
        self.init(
            seq: event.seq, type: event.type, time: event.time, inquiry: event.inquiry, agent: event.agent,
            channel: event.fields["channel"])
    }
}
