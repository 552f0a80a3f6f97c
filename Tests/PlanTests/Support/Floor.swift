import Plan
import Routing
import Testing

/// An engine on a virtual clock, under a plan as people write it: what a test says reads like the scenario.
final class Floor {
    private var engine: Engine
    let start: Instant
    private(set) var now: Instant
    private(set) var log: [Event] = []
    private var output = Output()

    /// - Parameter start: such as `2026-03-02T09:00:00Z`.
    init(_ plan: RoutingPlan, at start: String = "2026-03-02T00:00:00Z") throws {
        self.start = LocalTime.instant(start)
        now = self.start
        engine = Engine(plan: try plan.compile(version: 1), at: now)
    }

    /// - Parameter text: a plan in YAML or JSON, without faults.
    convenience init(_ text: String, at start: String = "2026-03-02T00:00:00Z") throws {
        let report = RoutingPlan.read(Array(text.utf8), conditions: ConditionLanguage())
        try #require(report.faultLines == [])
        try self.init(try #require(report.plan), at: start)
    }

    // MARK: Time

    /// Goes on, stopping at each timer on the way.
    func pass(_ span: TimeSpan) {
        let target = now + span
        while let due = engine.nextDeadline, due <= target {
            now = max(now, due)
            engine.expire(at: now, limit: 1, into: &output)
            keepEvents()
        }
        now = target
    }

    func go(to moment: String) { pass(LocalTime.instant(moment) - now) }

    /// Goes on to so long after the start.
    func at(_ span: TimeSpan) { pass(start + span - now) }

    // MARK: Commands

    @discardableResult
    func apply(_ command: Command) -> Reply {
        engine.apply(command, at: now, into: &output)
        let reply = output.reply
        keepEvents()
        return reply
    }

    private func keepEvents() {
        log += output.events
        output.clear()
    }

    /// Creates an agent and signs it on. Skills as `billing:3,korean`; one without a level has 5.
    func agent(_ id: String, team: String = "", skills: String = "", channels: String? = nil, ready: Bool = true) {
        var change = AgentChange(id: id)
        change.team = .set(team)
        change.skills = .set(Self.levels(skills, usual: 5))
        change.channels = .set(
            channels.map { $0.split(separator: ",").map { ChannelLimit(channel: String($0), limit: nil) } })
        apply(.putAgent(change))
        if ready { self.ready(id) }
    }

    func ready(_ agent: String) { apply(.ready(index(agent), channels: nil)) }
    func away(_ agent: String) { apply(.away(index(agent), reason: "")) }
    func offline(_ agent: String) { apply(.offline(index(agent))) }
    func accept(_ id: Int64, _ agent: String) { apply(.accept(id: id, index(agent))) }
    func decline(_ id: Int64, _ agent: String) { apply(.decline(id: id, index(agent), reason: [])) }
    func complete(_ id: Int64, _ agent: String) {
        apply(.complete(id: id, index(agent), disposition: [], outcome: nil))
    }

    func setPriority(_ id: Int64, _ priority: Int32) {
        var change = InquiryChange()
        change.priority = .set(priority)
        apply(.update(id: id, change))
    }

    func transfer(_ id: Int64, _ agent: String, queue: String) {
        apply(.transfer(id: id, index(agent), Transfer(queue: engine.queue(named: ArraySlice(queue.utf8)))))
    }

    /// The id of the new inquiry; a refusal is an issue. Skills as `billing:3,korean`; one without a level asks for 1.
    @discardableResult
    func submit(
        _ channel: String = "chat", queue: String? = nil, priority: Int32? = nil, skills: String = "",
        prefer: String = "", agent: String? = nil, hold: TimeSpan? = nil, customer: String = "", subject: String = "",
        key: String = "", attrs: String = ""
    ) -> Int64 {
        let reply = tryToSubmit(
            channel, queue: queue, priority: priority, skills: skills, prefer: prefer, agent: agent, hold: hold,
            customer: customer, subject: subject, key: key, attrs: attrs)
        guard case .submitted(let id, _) = reply else {
            Issue.record("the submission was refused: \(reply)")
            return 0
        }
        return id
    }

    func tryToSubmit(
        _ channel: String = "chat", queue: String? = nil, priority: Int32? = nil, skills: String = "",
        prefer: String = "", agent: String? = nil, hold: TimeSpan? = nil, customer: String = "", subject: String = "",
        key: String = "", attrs: String = ""
    ) -> Reply {
        apply(
            .submit(
                Submission(
                    source: 7, channel: engine.channel(named: ArraySlice(channel.utf8)) ?? 0,
                    queue: queue.flatMap { engine.queue(named: ArraySlice($0.utf8)) }, priority: priority,
                    skills: required(skills), prefer: required(prefer), agent: agent.map(index), hold: hold,
                    texts: InquiryTexts(
                        key: Array(key.utf8), customer: Array(customer.utf8), subject: Array(subject.utf8),
                        attributes: Array(attrs.utf8)))))
    }

    private func required(_ text: String) -> [SkillRequirement] {
        Self.levels(text, usual: 1).compactMap { level in
            engine.skill(named: level.skill).map { SkillRequirement(skill: $0, level: level.level) }
        }
    }

    private static func levels(_ text: String, usual: UInt8) -> [SkillLevel] {
        text.split(separator: ",").map { entry in
            let parts = entry.split(separator: ":")
            return SkillLevel(skill: String(parts[0]), level: parts.count > 1 ? UInt8(parts[1]) ?? usual : usual)
        }
    }

    private func index(_ agent: String) -> AgentIndex {
        guard let index = engine.agent(named: ArraySlice(agent.utf8)) else {
            preconditionFailure("there is no agent \(agent)")
        }
        return index
    }

    // MARK: What can be seen

    /// `waiting vip`, `offered vip kim`.
    func place(_ id: Int64) -> String {
        [
            engine.state(of: id)?.name, engine.queueName(of: id),
            engine.agent(of: id).map { engine.name(of: $0) },
        ].compactMap { $0 }.joined(separator: " ")
    }

    func queue(_ id: Int64) -> String { engine.queueName(of: id) ?? "" }

    func priority(_ id: Int64) -> Int32 { engine.priority(of: id) ?? 0 }

    /// What it requires: `billing:3,korean:1`.
    func skills(_ id: Int64) -> String { Self.text(engine.inquiry(id)?.definition?.skills ?? []) }

    func prefer(_ id: Int64) -> String { Self.text(engine.inquiry(id)?.definition?.prefer ?? []) }

    private static func text(_ levels: [SkillLevel]) -> String {
        levels.map { "\($0.skill):\($0.level)" }.joined(separator: ",")
    }

    /// The rules that matched it, and those that failed behind a `!`: `gold customers,!broken`.
    func rules(_ id: Int64) -> String {
        let details = log.first { $0.inquiry == id && $0.type == .submitted }?.details ?? []
        return details.compactMap { detail in
            guard case .names(let list) = detail.value else { return nil }
            let names = list.joined(separator: ",")
            switch detail.key {
            case .rules: return names
            case .failedRules: return "!" + names
            default: return nil
            }
        }.joined(separator: ",")
    }

    /// What was told of it, as `submitted`, `escalated manager`.
    func told(_ id: Int64) -> [String] {
        log.filter { $0.inquiry == id }.map { event in
            let names = event.details.filter { $0.key == .name }.map { detail in
                if case .name(let name) = detail.value { return " " + name }
                return ""
            }
            return event.type.name + names.joined()
        }
    }

    /// When that was told of it, since the start.
    func times(_ type: EventType, of id: Int64) -> [TimeSpan] {
        log.filter { $0.type == type && $0.inquiry == id }.map { $0.at - start }
    }

    /// How many agents fail on what, as EXPLAIN tells it: `excluded 2`.
    func why(_ id: Int64) -> [String] {
        var tally = Tally()
        engine.tally(id, &tally, limit: .max / 2)
        return Obstacle.allCases.filter { tally.counts[Int($0.rawValue)] > 0 }
            .map { "\($0.name) \(tally.counts[Int($0.rawValue)])" }
    }

    /// What the clock will do next about what waits, and when, since the start.
    func next(_ id: Int64) -> (name: String, after: TimeSpan)? {
        engine.waitingExplanation(id)?.nextTimer.map { ($0.name, $0.due - start) }
    }

    /// The virtual deadline of what waits, since the start.
    func rank(_ id: Int64) -> TimeSpan? {
        engine.waitingExplanation(id).map { Instant(microseconds: $0.rank) - start }
    }

    var rulesThatFailed: [String] { engine.rulesThatFailed.map { "\($0.name) \($0.times)" } }
}
