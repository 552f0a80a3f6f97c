@testable import Routing

/// What a store would have added up of the figures that it was given.
struct FigureTotals {
    private(set) var lanes: [String: Int64] = [:]
    private(set) var agents: [String: Int64] = [:]
    private(set) var days: Set<Int32> = []
    /// By queue, the buckets of what handling took, in order of completion.
    private(set) var handleTimes: [String: [Int16]] = [:]

    /// Of these the log says nothing in as many words.
    private static let times: Set = ["idle", "busy", "wrap_up", "away"]

    static func lane(_ at: Instant, _ queue: String, _ channel: String, _ what: String) -> String {
        "\(at.microseconds) \(queue) \(channel) \(what)"
    }

    mutating func add(_ changes: Changes) {
        for row in changes.figures {
            func add(_ what: String, _ count: Int64) {
                if count == 0 { return }
                lanes[Self.lane(row.at, row.queue.string, row.channel.string, what), default: 0] += count
            }
            days.insert(row.day)
            if let handle = row.spans.dropFirst(Int(Span.handle.rawValue)).first {
                handleTimes[row.queue.string, default: []] += handle.entries.map(\.bucket)
            }
            for figure in Figure.allCases where figure != .waitedLongest { add(figure.name, row.counts[figure]) }
            for (span, histogram) in zip(Span.allCases, row.spans) { add("spans of \(span.name)", histogram.count) }
            for promise in row.promises {
                add("\(promise.policy.string) \(promise.metric.name) met", promise.met)
                add("\(promise.policy.string) \(promise.metric.name) breached", promise.breached)
            }
        }
        for row in changes.agentFigures { add(row.agent, row.tally) }
    }

    private mutating func add(_ agent: String, _ tally: AgentTally) {
        for (what, count) in tally.numbers where count != 0 && !Self.times.contains(what) {
            agents["\(tally.at.microseconds) \(agent) \(what)", default: 0] += count
        }
    }

    /// With what the rows of agents say of the quarter under way.
    func withTallies(of rows: some Sequence<AgentRow>) -> FigureTotals {
        var totals = self
        for row in rows { totals.add(row.id, row.time.tally) }
        return totals
    }
}

/// The same counts, made from nothing but the log and the plans.
struct FigureAudit {
    private(set) var lanes: [String: Int64] = [:]
    private(set) var agents: [String: Int64] = [:]
    private let plans: [Int32: CompiledPlan]
    private var plan: CompiledPlan
    private var channels: [Int64: String] = [:]
    private var policies: [Int64: String] = [:]
    private var dueAt: [Int64: Instant] = [:]
    private var answered: Set<Int64> = []
    /// By inquiry, as of the event before.
    private var queues: [Int64: String] = [:]
    private var queuedAt: [Int64: Instant] = [:]
    private var ratings: [Int64: (csat: Int64?, nps: Int64?)] = [:]

    init(_ world: World) {
        let all = world.earlier + [world.plan]
        plan = all[0]
        plans = Dictionary(all.map { ($0.version, $0) }, uniquingKeysWith: { first, _ in first })
        for event in world.log { take(event) }
    }

    private mutating func count(_ event: Event, _ what: String, _ by: Int64 = 1, in queue: String? = nil) {
        guard by != 0, let channel = channels[event.inquiry] else { return }
        let key = FigureTotals.lane(Self.quarter(event.at), queue ?? event.queue, channel, what)
        lanes[key, default: 0] += by
        if lanes[key] == 0 { lanes[key] = nil }
    }

    private mutating func count(agentOf event: Event, _ what: String, _ by: Int64 = 1) {
        if by != 0 {
            agents["\(Self.quarter(event.at).microseconds) \(event.agentName.string) \(what)", default: 0] += by
        }
    }

    private static func quarter(_ at: Instant) -> Instant {
        Instant(microseconds: at.microseconds - at.microseconds % 900_000_000)
    }

    private static func span(_ event: Event, _ key: DetailKey) -> Int64 {
        if case .span(let span) = event.detail(key) { span.microseconds } else { 0 }
    }

    private static func name(_ event: Event, _ key: DetailKey) -> String? {
        if case .name(let name) = event.detail(key) { name } else { nil }
    }

    private func target(_ event: Event) -> Int64 {
        let queue = plan.queues.first { $0.name == event.queue }
        let channel = plan.channels.first { $0.name == channels[event.inquiry] }
        return (queue?.target ?? channel?.target ?? .zero).microseconds
    }

    private mutating func answer(_ event: Event) {
        guard !answered.contains(event.inquiry), let queued = queuedAt[event.inquiry] else { return }
        answered.insert(event.inquiry)
        count(event, "responded")
        count(event, "response_took", (event.at - queued).microseconds)
        count(event, "spans of response")
    }

    private mutating func take(_ event: Event) {
        let id = event.inquiry
        defer { queues[id] = event.queue }
        if let policy = Self.name(event, .policy), [.submitted, .updated, .reopened].contains(event.type) {
            policies[id] = policy
        }
        switch event.type {
        case .submitted:
            channels[id] = Self.name(event, .channel)
            queuedAt[id] = event.at
            count(event, "entered")
        case .scheduled:
            if case .instant(let due) = event.detail(.at) { dueAt[id] = due }
            queuedAt[id] = nil
            count(event, "entered", -1)
        case .queued:
            // As old as if it had been submitted when it was due.
            if let due = dueAt.removeValue(forKey: id) { queuedAt[id] = min(due, event.at) }
            count(event, "entered")
        case .reopened:
            queuedAt[id] = event.at
            answered.remove(id)
            policies[id] = Self.name(event, .policy)
            count(event, "entered")
            count(event, "reopened")
        case .offered: count(event, "offered")
        case .accepted, .assigned:
            accepted(event)
            count(agentOf: event, event.type.name)
        case .declined, .missed:
            count(event, event.type.name)
            count(agentOf: event, event.type.name)
        case .abandoned:
            let waited = Self.span(event, .waited)
            count(event, "abandoned")
            if waited > target(event) { count(event, "abandoned_after_target") }
            if waited < 5_000_000 { count(event, "abandoned_short") }
        case .expired, .cancelled: count(event, event.type.name)
        case .message:
            if Self.name(event, .from) == "agent" { answer(event) }
        case .completed:
            count(event, "completed")
            count(event, "handled", Self.span(event, .handled))
            if Self.span(event, .wrapUp) == 0 { count(event, "spans of handle") }
            count(agentOf: event, "completed")
            count(agentOf: event, "handled", Self.span(event, .handled))
        case .transferred, .requeued:
            // Where it was until then.
            count(event, "handled", Self.span(event, .handled), in: queues[id])
            count(agentOf: event, "handled", Self.span(event, .handled))
        case .wrapped:
            count(event, "wrap_up_took", Self.span(event, .duration))
            count(event, "spans of handle")
            count(agentOf: event, "wrap_up_took", Self.span(event, .duration))
        case .slaBreached:
            if let metric = Self.name(event, .metric), let policy = Self.name(event, .policy) {
                count(event, "\(policy) \(metric) breached")
            }
        case .rated: rated(event)
        case .planPublished:
            if case .integer(let version) = event.detail(.version) { plan = plans[Int32(version)] ?? plan }
        default: break
        }
        if case .names(let met) = event.detail(.met), let policy = policies[id] {
            for metric in met { count(event, "\(policy) \(metric) met") }
        }
    }

    private mutating func accepted(_ event: Event) {
        let waited = Self.span(event, .waited)
        count(event, "accepted")
        count(event, "waited", waited)
        count(event, "spans of wait")
        if waited <= target(event) {
            count(event, "accepted_in_target")
        } else {
            count(event, "waited_late", waited - target(event))
        }
        let channel = plan.channels.first { $0.name == channels[event.inquiry] }
        if channel?.isLive == true { answer(event) }
    }

    private mutating func rated(_ event: Event) {
        var known = ratings[event.inquiry] ?? (nil, nil)
        if case .integer(let csat) = event.detail(.csat) {
            count(event, "csat_rated", known.csat == nil ? 1 : 0)
            count(event, "csat_good", (csat >= 4 ? 1 : 0) - ((known.csat ?? 0) >= 4 ? 1 : 0))
            known.csat = csat
        }
        if case .integer(let nps) = event.detail(.nps) {
            count(event, "nps_rated", known.nps == nil ? 1 : 0)
            count(event, "nps_promoters", (nps >= 9 ? 1 : 0) - ((known.nps ?? 0) >= 9 ? 1 : 0))
            count(event, "nps_detractors", (nps <= 6 ? 1 : 0) - ((known.nps ?? 7) <= 6 ? 1 : 0))
            known.nps = nps
        }
        ratings[event.inquiry] = known
    }
}

extension World {
    func handleTimes(of queue: String) -> [Int16] { store.figures.handleTimes[queue] ?? [] }

    /// What the store adds up to and the log does not, or the other way round. Answers by promises that were broken off are
    /// not judged.
    var faultsOfFigures: [String] {
        guard knowsAll else { return [] }
        let audit = FigureAudit(self)
        let totals = store.figures.withTallies(of: store.agents.values)
        let judged = ["wait", "response", "handle"].map { " spans of " + $0 }
        func isJudged(_ key: String) -> Bool { !key.contains(" spans of ") || judged.contains { key.hasSuffix($0) } }
        return differences(totals.lanes.filter { isJudged($0.key) && $0.value != 0 }, audit.lanes)
            + differences(totals.agents, audit.agents)
    }

    private func differences(_ told: [String: Int64], _ counted: [String: Int64]) -> [String] {
        Set(told.keys).union(counted.keys).sorted()
            .filter { told[$0] != counted[$0] }
            .map { "\($0): \(told[$0] ?? 0) in the store, \(counted[$0] ?? 0) by the log" }
    }
}
