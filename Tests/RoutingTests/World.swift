import Testing

@testable import Routing

/// The engine on a virtual clock, in names: what a test says reads like the scenario that it tests.
///
/// Each step's events are kept, its rows go into a `Store`, and an `Auditor` that knows nothing of the engine's
/// structures judges it. A violation is an issue of the test at once.
final class World {
    let plan: CompiledPlan
    let start: Instant
    private(set) var now: Instant
    private(set) var log: [Event] = []
    private(set) var store: Store
    private(set) var auditor: Auditor
    /// While set, storage is not known to be good after that moment (DESIGN, storage stall).
    var answeredUntil: Instant?
    /// What the auditor found. A random world stops at the first; others report it as an issue.
    private(set) var violations: [String] = []
    var reportsViolations = true
    var engine: Engine
    private var output = Output()

    init(_ plan: CompiledPlan = .of(), start: Instant = Instant(microseconds: 1_772_442_000_000_000)) {
        self.plan = plan
        self.start = start
        now = start
        engine = Engine(plan: plan, at: start)
        store = Store(engine: engine.row)
        auditor = Auditor(plan: plan)
    }

    /// A second world whose engine was recovered from this one's rows.
    private init(recovering other: World) throws {
        plan = other.plan
        start = other.start
        now = other.now
        store = other.store
        auditor = other.auditor
        reportsViolations = other.reportsViolations
        engine = try Engine(plan: other.plan, recovered: other.store.recovered, at: other.now)
        auditor.restarted(at: now, stoppedAt: store.engine.clock)
    }

    func recoveredTwin() throws -> World { try World(recovering: self) }

    /// A kill and a start: everything that is not in the rows is gone.
    func restart(after pause: TimeSpan = .zero) throws {
        now = now + pause
        engine = try Engine(plan: plan, recovered: store.recovered, at: now)
        auditor.restarted(at: now, stoppedAt: store.engine.clock)
        finishStep()
    }

    // MARK: Time

    /// Goes to a time since the start, stopping at each timer on the way.
    func at(_ time: TimeSpan) { advance(to: start + time) }

    func pass(_ span: TimeSpan) { advance(to: now + span) }

    private func advance(to target: Instant) {
        precondition(target >= now, "time does not go back")
        while let due = engine.nextDeadline, due <= target {
            now = max(now, due)
            if fireTimers(limit: 1) == 0 { break }
        }
        now = target
        fireTimers()
    }

    /// Goes on without looking at timers, as when the machine stands still.
    func standStill(for span: TimeSpan) { now = now + span }

    @discardableResult
    func fireTimers(limit: Int = 1_000) -> Int {
        output.clear()
        let fired = engine.expire(
            at: now, answeredUntil: answeredUntil ?? .distantFuture, limit: limit, into: &output)
        finishStep()
        return fired
    }

    // MARK: Steps

    @discardableResult
    func apply(_ command: Command) -> Reply {
        output.clear()
        engine.apply(command, at: now, into: &output)
        let reply = output.reply
        finishStep()
        return reply
    }

    private func finishStep() {
        var found: [String] = []
        for event in output.events {
            log.append(event)
            found += auditor.take(event)
        }
        output.clear()
        var changes = Changes()
        engine.takeChanges(into: &changes)
        found += store.take(changes, engine: engine.row)
        let isSettled = answeredUntil == nil && engine.nextDeadline.map { $0 > now } ?? true
        found += auditor.judge(changes, engine: engine.row, at: now, isSettled: isSettled)
        violations += found
        if reportsViolations {
            for violation in found { Issue.record("\(violation) at \((now - start).microseconds) µs") }
        }
    }

    // MARK: Agents

    /// Creates an agent and signs it on.
    @discardableResult
    func agent(
        _ id: String, skills: String = "", channels: String? = nil, capacity: Int32 = 100, ready: Bool = true
    ) -> AgentIndex {
        var change = AgentChange(id: id)
        change.skills = .set(Self.levels(skills, usual: 5))
        change.channels = .set(channels.map(Self.limits))
        change.capacity = .set(capacity)
        apply(.putAgent(change))
        if ready { self.ready(id) }
        return index(id)
    }

    /// Changes an agent; what is left out stays.
    @discardableResult
    func change(_ id: String, skills: String? = nil, channels: String? = nil, capacity: Int32? = nil) -> Answer {
        var change = AgentChange(id: id)
        if let skills { change.skills = .set(Self.levels(skills, usual: 5)) }
        if let channels { change.channels = .set(Self.limits(channels)) }
        if let capacity { change.capacity = .set(capacity) }
        return Answer(apply(.putAgent(change)))
    }

    func ready(_ id: String, channels: String? = nil) { apply(.ready(index(id), channels: channels.map(set))) }
    func away(_ id: String, reason: String = "") { apply(.away(index(id), reason: reason)) }
    func offline(_ id: String) { apply(.offline(index(id))) }
    func connect(_ id: String) { apply(.connected(index(id))) }
    func disconnect(_ id: String) { apply(.disconnected(index(id))) }
    func drain(_ on: Bool) { apply(.drain(on)) }

    // MARK: Inquiries

    /// Submits an inquiry and gives its id.
    @discardableResult
    func submit(
        _ channel: String = "chat", queue: String? = nil, priority: Int32? = nil, skills: String = "",
        key: SubmissionKey? = nil
    ) -> Int64 {
        guard case .id(let id, _) = tryToSubmit(channel, queue: queue, priority: priority, skills: skills, key: key)
        else {
            Issue.record("the submission was refused")
            return 0
        }
        return id
    }

    func tryToSubmit(
        _ channel: String = "chat", queue: String? = nil, priority: Int32? = nil, skills: String = "",
        key: SubmissionKey? = nil
    ) -> Answer {
        var required: [SkillRequirement] = []
        for entry in Self.levels(skills, usual: 1) {
            guard let skill = engine.skill(named: entry.skill) else { preconditionFailure("room for a skill") }
            required.append(SkillRequirement(skill: skill, level: entry.level))
        }
        return Answer(
            apply(
                .submit(
                    Submission(
                        source: 1, channel: channelIndex(channel), queue: queue.map(queueIndex),
                        priority: priority, skills: required, key: key))))
    }

    @discardableResult
    func accept(_ id: Int64, by agent: String) -> Answer { Answer(apply(.accept(id: id, index(agent)))) }

    @discardableResult
    func decline(_ id: Int64, by agent: String, reason: String = "") -> Answer {
        Answer(apply(.decline(id: id, index(agent), reason: Array(reason.utf8))))
    }

    @discardableResult
    func complete(_ id: Int64, by agent: String, disposition: String = "", outcome: Outcome? = nil) -> Answer {
        Answer(
            apply(.complete(id: id, index(agent), disposition: Array(disposition.utf8), outcome: outcome)))
    }

    @discardableResult
    func wrapped(_ id: Int64, by agent: String) -> Answer { Answer(apply(.wrapped(id: id, index(agent)))) }

    @discardableResult
    func abandon(_ id: Int64) -> Answer { Answer(apply(.abandon(id: id))) }

    @discardableResult
    func cancel(_ id: Int64, reason: String = "") -> Answer {
        Answer(apply(.cancel(id: id, reason: Array(reason.utf8))))
    }

    // MARK: What can be seen

    func state(_ id: Int64) -> InquiryState? { engine.state(of: id) }

    /// Whom it is offered or assigned to.
    func holder(_ id: Int64) -> String? { engine.agent(of: id).map { engine.name(of: $0) } }

    /// "waiting", "offered kim", "assigned kim"…
    func place(_ id: Int64) -> String {
        [state(id)?.name, holder(id)].compactMap { $0 }.joined(separator: " ")
    }

    /// Whether it is in the engine's memory.
    func knows(_ id: Int64) -> Bool { engine.knows(id) }

    func row(_ id: Int64) -> InquiryRow? { engine.inquiry(id) }

    func view(_ agent: String) -> AgentView { engine.view(of: index(agent)) }

    /// What was told since a moment of the log, as "offered 3 kim", "withdrawn 3 kim away".
    func told(since mark: Int = 0) -> [String] { log[mark...].map(Self.line) }

    /// The same of one inquiry.
    func told(of id: Int64) -> [String] { log.filter { $0.inquiry == id }.map(Self.line) }

    static func line(_ row: Event) -> String {
        var words = [row.type.name]
        if row.inquiry != 0 { words.append(String(row.inquiry)) }
        if !row.agent.isEmpty { words.append(row.agent) }
        if let reason = row.reason { words.append(reason) }
        return words.joined(separator: " ")
    }

    /// Compares every row with what the events tell.
    func faultsOfAllRows() -> [String] { auditor.compareAll(store) }

    // MARK: Names

    func index(_ agent: String) -> AgentIndex {
        guard let found = engine.agent(named: ArraySlice(agent.utf8)) else {
            preconditionFailure("there is no agent \(agent)")
        }
        return found
    }

    func channelIndex(_ name: String) -> ChannelIndex {
        guard let found = engine.channel(named: ArraySlice(name.utf8)) else {
            preconditionFailure("there is no channel \(name)")
        }
        return found
    }

    private func queueIndex(_ name: String) -> QueueIndex {
        guard let found = engine.queue(named: ArraySlice(name.utf8)) else {
            preconditionFailure("there is no queue \(name)")
        }
        return found
    }

    private func set(_ names: String) -> ChannelSet {
        var set = ChannelSet.none
        for name in names.split(separator: ",") { set.insert(channelIndex(String(name))) }
        return set
    }

    static func levels(_ text: String, usual: UInt8) -> [SkillLevel] {
        text.split(separator: ",").map { entry in
            let parts = entry.split(separator: ":")
            return SkillLevel(skill: String(parts[0]), level: parts.count > 1 ? UInt8(parts[1]) ?? usual : usual)
        }
    }

    static func limits(_ text: String) -> [ChannelLimit] {
        text.split(separator: ",").map { entry in
            let parts = entry.split(separator: ":")
            return ChannelLimit(channel: String(parts[0]), limit: parts.count > 1 ? Int32(parts[1]) : nil)
        }
    }
}

/// An answer to one command, in a form that can be compared.
enum Answer: Hashable {
    case ok(InquiryState)
    case id(Int64, duplicate: Bool)
    case done
    case conflict(String)
    case gone
    case notFound
    case limit
    case badArgument(String)

    init(_ reply: Reply) {
        switch reply {
        case .inquiry(_, let state): self = .ok(state)
        case .submitted(let id, let duplicate): self = .id(id, duplicate: duplicate)
        case .agent, .nothing, .done: self = .done
        case .rejected(let rejection):
            switch rejection.code {
            case .badArgument: self = .badArgument(rejection.field ?? "")
            case .notFound: self = .notFound
            case .conflict: self = .conflict(rejection.state ?? rejection.field ?? "")
            case .gone: self = .gone
            case .limit: self = .limit
            }
        }
    }
}

extension Event {
    func detail(_ key: DetailKey) -> DetailValue? { details.first { $0.key == key }?.value }

    var reason: String? {
        switch detail(.reason) {
        case .name(let name): name
        case .text(let bytes): String(decoding: bytes, as: UTF8.self)
        default: nil
        }
    }

    func span(_ key: DetailKey) -> TimeSpan? {
        if case .span(let span) = detail(key) { span } else { nil }
    }
}
