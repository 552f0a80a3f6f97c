import Testing

@testable import Routing

/// The engine on a virtual clock, in names: what a test says reads like the scenario that it tests.
///
/// Each step's events are kept, its rows go into a `Store`, and an `Auditor` that knows nothing of the engine's
/// structures judges it. A violation is an issue of the test at once.
final class World {
    /// The plan in force.
    private(set) var plan: CompiledPlan
    /// Those that were in force before it.
    private(set) var earlier: [CompiledPlan] = []
    let start: Instant
    private(set) var now: Instant
    private(set) var log: [Event] = []
    /// The log goes back to the beginning.
    private(set) var knowsAll = true
    private(set) var store: Store
    private(set) var auditor: Auditor
    /// While set, storage is not known to be good after that moment (DESIGN, storage stall).
    var answeredUntil: Instant?
    /// What the auditor found. A random world stops at the first; others report it as an issue.
    private(set) var violations: [String] = []
    var reportsViolations = true
    var engine: Engine
    private var output = Output()

    static let usualStart = Instant(microseconds: 1_772_442_000_000_000)

    init(_ plan: CompiledPlan = .of(), start: Instant = World.usualStart) {
        self.plan = plan
        self.start = start
        now = start
        engine = Engine(plan: plan, at: start)
        engine.restoreSurveys([], isMarked: false)
        store = Store(engine: engine.row)
        auditor = Auditor(plan: plan, at: start)
    }

    /// A second world whose engine was recovered from this one's rows.
    private init(recovering other: World) throws {
        plan = other.plan
        start = other.start
        now = other.now
        store = other.store
        auditor = other.auditor
        reportsViolations = other.reportsViolations
        knowsAll = false
        earlier = other.earlier
        engine = try Engine(plan: other.plan, earlier: earlier, recovered: other.store.recovered, at: other.now)
        auditor.restarted(at: now, stoppedAt: store.engine.clock)
    }

    func recoveredTwin() throws -> World { try World(recovering: self) }

    /// A kill and a start: everything that is not in the rows is gone.
    func restart(after pause: TimeSpan = .zero) throws {
        now = now + pause
        engine = try Engine(plan: plan, earlier: earlier, recovered: store.recovered, at: now)
        auditor.restarted(at: now, stoppedAt: store.engine.clock)
        finishStep()
    }

    // MARK: Time

    /// Goes to a time since the start, stopping at each timer on the way.
    func at(_ time: TimeSpan) { advance(to: start + time) }

    func pass(_ span: TimeSpan) { advance(to: now + span) }

    private func advance(to target: Instant) {
        precondition(target >= now, "time does not go back")
        var atOnce = 0
        while let due = engine.nextDeadline, due <= target {
            atOnce = due > now ? 0 : atOnce + 1
            now = max(now, due)
            if fireTimers(limit: 1) == 0 { break }
            if atOnce > 50_000 { return report(["the timers of one moment do not come to an end"]) }
        }
        now = target
        let fired = fireTimers()
        if fired < 1_000, answeredUntil == nil, let due = engine.nextDeadline, due <= now {
            report(["a timer is due and stays"])
        }
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
        recallIfForgotten(command)
        output.clear()
        engine.apply(command, at: now, into: &output)
        let reply = output.reply
        ask(command, reply)
        if case .publish(let new) = command, case .done = reply {
            earlier.append(plan)
            plan = new
        }
        finishStep()
        return reply
    }

    /// Tells the auditor what a command asks for, where events tell only what comes of it.
    private func ask(_ command: Command, _ reply: Reply) {
        let asked = asked(by: command)
        if case .rejected(let rejection) = reply {
            report(auditor.judgeRefusal(of: asked, rejection))
        } else {
            auditor.asked = asked
        }
    }

    private func asked(by command: Command) -> Auditor.Asked {
        switch command {
        case .submit(let submission): .submission(request(submission))
        case .update(let id, let change):
            .change(wish(id, queue: change.queue.value, skills: change.skills.value))
        case .transfer(let id, _, let transfer): .change(wish(id, queue: transfer.queue, skills: transfer.skills))
        case .requeue(let id, _): .change(wish(id, queue: nil, skills: nil))
        case .publish(let plan): .publication(plan)
        default: .nothing
        }
    }

    private func request(_ submission: Submission) -> Auditor.Request {
        Auditor.Request(
            input: RuleInput(
                channel: plan.channels[Int(submission.channel)].name,
                queue: submission.queue.map { plan.queues[Int($0)].name }, priority: submission.priority,
                skills: engine.names(of: submission.skills), texts: submission.texts, source: submission.source,
                now: now),
            prefer: engine.names(of: submission.prefer), hold: submission.hold,
            isScheduled: submission.at.map { $0 > now } ?? false)
    }

    private func wish(_ id: Int64, queue: QueueIndex?, skills: [SkillRequirement]?) -> Auditor.Wish {
        Auditor.Wish(id: id, queue: queue.map { Int($0) }, skills: skills.map { engine.names(of: $0) })
    }

    /// What a caller does for the engine: a closed inquiry that has left memory comes with what is asked of it.
    private func recallIfForgotten(_ command: Command) {
        let id: Int64
        switch command {
        case .message(let asked, _), .rate(let asked, _): id = asked
        default: return
        }
        if !engine.knows(id), let row = store.inquiries[id] { engine.recall(row) }
    }

    /// Pulls. The auditor has to know what was asked for.
    func pull(_ agent: String, channel: String?) -> Reply {
        let number = channel.map { auditor.channel($0) }
        auditor.pull = (agent, number)
        let reply = apply(.next(index(agent), channel: channel.map(channelIndex)))
        if case .nothing = reply { report(auditor.judgeNothing(agent, channel: number)) }
        return reply
    }

    /// Judges only some of the steps from here on, where judging each would take too long.
    func judging(_ isOn: Bool) { auditor.judges = isOn }

    private func finishStep() {
        var found: [String] = []
        var changes = Changes()
        engine.takeChanges(into: &changes)
        auditor.learn(changes)
        for event in output.events {
            log.append(event)
            found += auditor.take(event)
        }
        output.clear()
        found += store.take(changes, engine: engine.row)
        let isSettled = answeredUntil == nil && engine.nextDeadline.map { $0 > now } ?? true
        found += auditor.judge(changes, engine: engine.row, at: now, isSettled: isSettled)
        report(found)
    }

    private func report(_ found: [String]) {
        violations += found
        if reportsViolations {
            for violation in found { Issue.record("\(violation) at \((now - start).microseconds) µs") }
        }
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

    /// What a start from the rows would bring back otherwise than it is.
    func faultsOfRecovery() throws -> [String] {
        let twin = try recoveredTwin()
        var faults = twin.engine.structureFaults().map { "after a start: \($0)" }
        for (id, row) in store.inquiries where row.state.isLive || row.wrapUpEnds != nil {
            if let left = twin.row(id), let right = self.row(id) {
                faults += Self.differences(ofUse(left), ofUse(right))
            } else {
                faults.append("\(id) comes back for one only")
            }
            if twin.engine.position(of: id) != engine.position(of: id) { faults.append("\(id) comes back elsewhere") }
        }
        for person in auditor.people where !person.isDeleted {
            let (mine, other) = (index(person.id), twin.index(person.id))
            var (old, new) = (engine.agentRow(mine, whole: true), twin.engine.agentRow(other, whole: true))
            // A start counts the time until the stop, and nobody's from there on.
            (old.time, new.time) = (AgentTime(), AgentTime())
            let isSame =
                old == new
                && engine.view(of: mine).used == twin.engine.view(of: other).used
                && engine.workViews(of: mine).map(\.id) == twin.engine.workViews(of: other).map(\.id)
            if !isSame { faults.append("agent \(person.id) comes back otherwise") }
        }
        if engine.row != twin.engine.row { faults.append("the engine's row comes back otherwise") }
        return faults
    }

    /// Without what nobody asks for: how a closed one came to where it stands, and who is deleted.
    private func ofUse(_ row: InquiryRow) -> InquiryRow {
        var row = row
        row.passed.removeAll { auditor.deletedNames.contains($0) }
        if !row.state.isLive {
            row.waitedBefore = .zero
            row.definition?.parts = []
        }
        return row
    }

    /// The fields in which two rows of an inquiry differ, with both values.
    static func differences(_ left: InquiryRow, _ right: InquiryRow) -> [String] {
        if left == right { return [] }
        func fields(_ value: Any) -> [String] {
            Mirror(reflecting: value).children.map { "\($0.label ?? ""): \($0.value)" }
        }
        var found = zip(fields(left), fields(right)).filter { $0 != $1 && !$0.hasPrefix("definition") }
        if let old = left.definition, let new = right.definition {
            found += zip(fields(old), fields(new)).filter { $0 != $1 }
        }
        return ["inquiry \(left.id)"] + found.map { "\($0), \($1)" }
    }

    // MARK: Names

    func knows(agent: String) -> Bool { engine.agent(named: ArraySlice(agent.utf8)) != nil }

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

    func queueIndex(_ name: String) -> QueueIndex {
        guard let found = engine.queue(named: ArraySlice(name.utf8)) else {
            preconditionFailure("there is no queue \(name)")
        }
        return found
    }

    func set(_ names: String) -> ChannelSet {
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

extension Change {
    var value: Value? {
        switch self {
        case .keep: nil
        case .set(let value): value
        }
    }
}

/// An answer to one command, in a form that can be compared.
enum Answer: Hashable {
    case ok(InquiryState)
    case id(Int64, duplicate: Bool)
    case done
    case nothing
    case conflict(String)
    case gone
    case notFound
    case limit
    case badArgument(String)

    init(_ reply: Reply) {
        switch reply {
        case .inquiry(_, let state): self = .ok(state)
        case .submitted(let id, let duplicate): self = .id(id, duplicate: duplicate)
        case .nothing: self = .nothing
        case .agent, .done: self = .done
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
