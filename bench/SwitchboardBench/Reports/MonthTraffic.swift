import Foundation
import Plan
import Routing
import Simulation
import Storage

/// A month of traffic: the real engine on a clock that jumps to whatever is due next, with customers and agents who are
/// drawn from a seed. `nextBatch` gives it batch by batch, as the daemon would commit them when it is busy.
struct MonthTraffic: ~Copyable {
    /// As many events as the daemon lets a batch have.
    private static let batchEvents = 20_000
    /// Of one inquiry in the mean: found by counting.
    private static let eventsPerInquiry = 5.35
    /// After the last arrival whoever is on duty finishes what is there.
    private static let epilogue = TimeSpan.hours(12)

    private var engine: Engine
    private var output = Output()
    private var events: [Event] = []
    private var agenda = Agenda()
    private var random = SplitMix64(seed: 1)
    private var now = MonthPlan.begins
    private var number: Int64
    private let skills: [SkillRequirement?]
    /// By agent.
    private var isOnShift = [Bool](repeating: false, count: MonthPlan.agents)
    /// By id.
    private var channels: ContiguousArray<ChannelIndex> = [0]
    /// Of the whole month, about.
    private let wanted: Int
    private(set) var eventCount = 0

    var inquiryCount: Int { channels.count - 1 }

    /// Goes on after an empty store. Makes the agents.
    init(_ state: StoredState, plan: RoutingPlan, events: Int) throws {
        var engine = try Engine(
            plan: try plan.compile(version: 1, around: MonthPlan.begins), recovered: state.recovered,
            at: MonthPlan.begins)
        skills = try MonthPlan.queues.enumerated().map { queue, name in
            guard let index = engine.queue(named: ArraySlice(name.utf8)), Int(index) == queue,
                let skill = engine.skill(named: name)
            else { throw BenchError("the queues are those of the plan, in its order") }
            return queue == 0 ? nil : SkillRequirement(skill: skill, level: 1)
        }
        self.engine = engine
        number = state.batch
        wanted = max(1, Int(Double(events) / Self.eventsPerInquiry))
        for agent in 0..<MonthPlan.agents { hire(AgentIndex(agent)) }
        agenda.put(.arrival, at: now)
    }

    /// Agents have half of the skills; half of them work from 8 to 17, the others late or at night.
    private mutating func hire(_ agent: AgentIndex) {
        var change = AgentChange(id: "agent\(agent)")
        let own = [0, 1, 3, 4, 7].map { MonthPlan.queues[1 + (Int(agent) + $0) % (MonthPlan.queues.count - 1)] }
        change.skills = .set(own.map { SkillLevel(skill: $0, level: 5) })
        apply(.putAgent(change))
        let (from, length): (Int64, Int64) = agent < 50 ? (8, 9) : agent < 86 ? (14, 9) : (22, 10)
        for day in -1...MonthPlan.days {
            let begins = MonthPlan.midnight + .days(day) + .hours(from) + .seconds(Int64(random.unit() * 600))
            let ends = begins + .hours(length)
            guard ends > MonthPlan.begins, begins < MonthPlan.ends else { continue }
            agenda.put(.shiftBegins, at: max(begins, MonthPlan.begins), agent: agent)
            agenda.put(.goesAway, at: ends, agent: agent)
            agenda.put(.shiftEnds, at: ends + .minutes(10), agent: agent)
        }
    }

    // MARK: Time

    /// The next batch; nil at the end of the month, when all is done.
    mutating func nextBatch() -> JournalBatch? {
        while events.count < Self.batchEvents, let due = nextDue {
            now = max(now, due)
            if engine.isRoundDue(at: now) { engine.bookAgents(at: now) }
            if let due = engine.nextDeadline, due <= now {
                engine.expire(at: now, into: &output)
                harvest()
            }
            while let entry = agenda.take(at: now) { happen(entry) }
        }
        if events.isEmpty && !engine.hasChanges { return nil }
        var changes = Changes()
        engine.takeChanges(into: &changes)
        changes.events = events
        eventCount += events.count
        events.removeAll(keepingCapacity: true)
        number += 1
        return JournalBatch(number: number, engine: engine.row, changes: changes)
    }

    private var nextDue: Instant? {
        let due = min(agenda.nextDue ?? .distantFuture, engine.nextDeadline ?? .distantFuture)
        return due < MonthPlan.ends + Self.epilogue ? due : nil
    }

    // MARK: What happens

    private mutating func happen(_ entry: Agenda.Entry) {
        let id = entry.inquiry
        let agent = entry.agent
        switch entry.kind {
        case .arrival: arrive()
        case .patienceEnds: if engine.state(of: id).map(Self.waits) ?? false { apply(.abandon(id: id)) }
        case .accept: if isWith(agent, id, .offered) { apply(.accept(id: id, agent)) }
        case .decline: if isWith(agent, id, .offered) { apply(.decline(id: id, agent, reason: [])) }
        case .agentWrites: if isWith(agent, id, .assigned) { apply(.message(id: id, from: .agent)) }
        case .customerWrites: if engine.knows(id) { writeBack(id) }
        case .complete: if isWith(agent, id, .assigned) { complete(id, agent) }
        case .rate: if engine.state(of: id) == .completed { rate(id) }
        case .shiftBegins:
            isOnShift[Int(agent)] = true
            apply(.ready(agent, channels: nil))
        case .returns: if isOnShift[Int(agent)] { apply(.ready(agent, channels: nil)) }
        case .goesAway:
            isOnShift[Int(agent)] = false
            apply(.away(agent, reason: "end of shift"))
        case .shiftEnds: if !isOnShift[Int(agent)] { apply(.offline(agent)) }
        }
    }

    private static func waits(_ state: InquiryState) -> Bool { state == .waiting || state == .offered }

    private func isWith(_ agent: AgentIndex, _ id: Int64, _ state: InquiryState) -> Bool {
        engine.state(of: id) == state && engine.agent(of: id) == agent
    }

    private mutating func arrive() {
        let queue = Int(random.next() % UInt64(MonthPlan.queues.count))
        let roll = random.unit()
        let channel = roll < 0.2 ? MonthPlan.voice : roll < 0.7 ? MonthPlan.chat : MonthPlan.email
        let id = Int64(channels.count)
        channels.append(channel)
        // A fifth write again within a week.
        let customer = random.next() % UInt64(wanted)
        let tier = random.chance(0.1) ? "gold" : "plain"
        apply(
            .submit(
                Submission(
                    source: 1, channel: channel, queue: QueueIndex(queue), skills: skills[queue].map { [$0] } ?? [],
                    texts: InquiryTexts(
                        customer: Array("c-\(customer)".utf8),
                        attributes: Array(#"{"tier":"\#(tier)","lang":"ko","order":\#(customer)}"#.utf8)))))
        if channel != MonthPlan.email {
            let patience = random.exponential(mean: channel == MonthPlan.voice ? 90 : 400)
            agenda.put(.patienceEnds, at: now + Self.span(patience), inquiry: id)
        }
        let hour = Int((now - MonthPlan.midnight).microseconds / 3_600_000_000 % 24)
        let share = Double(MonthPlan.hours[hour]) / Double(MonthPlan.hours.reduce(0, +))
        let gap = 3_600 * Double(MonthPlan.days) / (Double(wanted) * share)
        // In the quiet hours not past the next one, which may be busier.
        let next = now + Self.span(min(random.exponential(mean: gap), 3_600))
        if next < MonthPlan.ends { agenda.put(.arrival, at: next) }
    }

    private mutating func writeBack(_ id: Int64) {
        guard let state = engine.state(of: id), state == .assigned || state == .completed else { return }
        apply(.message(id: id, from: .customer))
    }

    private mutating func complete(_ id: Int64, _ agent: AgentIndex) {
        if random.chance(0.03) {
            let queue = QueueIndex(random.next() % UInt64(MonthPlan.queues.count))
            let skills = self.skills[Int(queue)].map { [$0] } ?? []
            return apply(.transfer(id: id, agent, Transfer(queue: queue, skills: skills)))
        }
        let outcome = random.chance(0.92) ? Outcome.resolved : .unresolved
        apply(.complete(id: id, agent, disposition: [], outcome: outcome))
    }

    private mutating func rate(_ id: Int64) {
        let mark = UInt8(1 + min(4, Int(random.unit() * 7)))
        apply(.rate(id: id, Rating(csat: mark, nps: UInt8(min(10, Int(random.unit() * 14))))))
    }

    private mutating func apply(_ command: Command) {
        engine.apply(command, at: now, into: &output)
        if case .rejected(let rejection) = output.reply { preconditionFailure("\(command): \(rejection.message)") }
        harvest()
    }

    // MARK: What comes of it

    /// Lets agents and customers answer what the engine told.
    private mutating func harvest() {
        for event in output.events {
            switch event.type {
            case .offered: if let agent = event.agentIndex { offered(event.inquiry, agent) }
            case .accepted, .assigned: if let agent = event.agentIndex { begin(event.inquiry, agent) }
            case .missed: if let agent = event.agentIndex { agenda.put(.returns, at: later(60, 180), agent: agent) }
            case .completed:
                if random.chance(0.08) { agenda.put(.rate, at: later(60, 900), inquiry: event.inquiry) }
                if random.chance(0.01) { agenda.put(.customerWrites, at: later(600, 14_400), inquiry: event.inquiry) }
            default: break
            }
        }
        events.append(contentsOf: output.events)
        output.clear()
    }

    private mutating func offered(_ id: Int64, _ agent: AgentIndex) {
        let roll = random.unit()
        if roll < 0.02 { return }
        if roll < 0.03 { return agenda.put(.decline, at: later(2, 8), agent: agent, inquiry: id) }
        agenda.put(.accept, at: later(1, channels[Int(id)] == MonthPlan.voice ? 6 : 12), agent: agent, inquiry: id)
    }

    private mutating func begin(_ id: Int64, _ agent: AgentIndex) {
        let channel = channels[Int(id)]
        let mean = channel == MonthPlan.voice ? 70.0 : channel == MonthPlan.chat ? 120 : 150
        let length = max(5, random.lognormal(mu: log(mean) - 0.18, sigma: 0.6))
        func at(_ share: Double) -> Instant { now + Self.span(length * share) }
        if channel != MonthPlan.voice {
            agenda.put(.agentWrites, at: at(0.3), agent: agent, inquiry: id)
            if random.chance(0.25) {
                agenda.put(.customerWrites, at: at(0.5), inquiry: id)
                agenda.put(.agentWrites, at: at(0.8), agent: agent, inquiry: id)
            }
        }
        agenda.put(.complete, at: at(1), agent: agent, inquiry: id)
    }

    private mutating func later(_ least: Double, _ most: Double) -> Instant {
        now + Self.span(least + random.unit() * (most - least))
    }

    private static func span(_ seconds: Double) -> TimeSpan { TimeSpan(microseconds: Int64(seconds * 1e6)) }
}
