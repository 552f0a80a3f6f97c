import Plan
import Routing
import Storage

/// An engine that is driven as the line port drives it at full speed, batch by batch: of each lifecycle one batch has
/// the submission and its offer, the next the acceptance, the one after that the completion.
struct RecordedRun: ~Copyable {
    private struct Job {
        var id: Int64
        var agent: AgentIndex
    }

    static let agentCount = 64

    private var engine: Engine
    private var output = Output()
    private var now: Instant
    private var number: Int64
    private var offered: [Job] = []
    private var assigned: [Job] = []
    private var submitted = 0

    /// Goes on after what the store has, by a plan with a channel `chat`.
    init(_ state: StoredState, plan: RoutingPlan = RoutingPlan(), at now: Instant) throws {
        engine = try Engine(
            plan: try plan.compile(version: 1, around: now), recovered: state.recovered, at: now)
        self.now = max(now, state.recovered.engine.clock)
        number = state.batch
    }

    /// The batch that makes the agents, each with a skill of its own and room for much.
    mutating func makeAgents() throws -> JournalBatch {
        var events: [Event] = []
        for index in 0..<Self.agentCount {
            var change = AgentChange(id: "bench\(index)")
            change.skills = .set([SkillLevel(skill: "bench\(index)", level: 5)])
            change.channels = .set([ChannelLimit(channel: "chat", limit: 1_000)])
            change.capacity = .set(10_000)
            guard case .agent(let agent) = try apply(.putAgent(change), &events) else {
                throw BenchError("an agent is answered with its number")
            }
            // Ends the grace of one that an earlier run has left signed on.
            try apply(.connected(agent), &events)
            try apply(.ready(agent, channels: nil), &events)
        }
        return take(events)
    }

    /// A batch of inquiries that nobody can serve, asking for so many different skills.
    mutating func submitInVain(_ count: Int, skills: Int = 1) throws -> JournalBatch {
        var events: [Event] = []
        for number in 0..<count { try apply(.submit(submission(skill: "nobody\(number % skills)")), &events) }
        return take(events)
    }

    /// A batch with so many submissions, and the next step of what earlier ones submitted.
    mutating func next(_ lifecycles: Int) throws -> JournalBatch {
        var events: [Event] = []
        let completed = assigned
        let accepted = offered
        assigned = accepted
        offered = []
        for job in completed {
            try apply(.complete(id: job.id, job.agent, disposition: [], outcome: nil), &events)
        }
        for job in accepted { try apply(.accept(id: job.id, job.agent), &events) }
        for _ in 0..<lifecycles {
            try apply(.submit(submission(skill: "bench\(submitted % Self.agentCount)")), &events)
        }
        return take(events)
    }

    private mutating func submission(skill: String) throws -> Submission {
        submitted += 1
        guard let chat = engine.channel(named: ArraySlice("chat".utf8)), let skill = engine.skill(named: skill) else {
            throw BenchError("the plan has a channel chat")
        }
        return Submission(
            source: 1, channel: chat, skills: [SkillRequirement(skill: skill, level: 1)],
            texts: InquiryTexts(
                customer: Array("c-\(submitted)".utf8),
                attributes: Array(#"{"lang":"en","tier":"gold","region":"emea","order":123456}"#.utf8)))
    }

    @discardableResult
    private mutating func apply(_ command: Command, _ events: inout [Event]) throws -> Reply {
        engine.apply(command, at: now, into: &output)
        if case .rejected(let rejection) = output.reply { throw BenchError(rejection.message) }
        for event in output.events where event.type == .offered {
            if let agent = event.agentIndex { offered.append(Job(id: event.inquiry, agent: agent)) }
        }
        events += output.events
        let reply = output.reply
        output.clear()
        return reply
    }

    private mutating func take(_ events: [Event]) -> JournalBatch {
        var changes = Changes()
        engine.takeChanges(into: &changes)
        changes.events = events
        now = now + .milliseconds(1)
        number += 1
        return JournalBatch(number: number, engine: engine.row, changes: changes)
    }
}
