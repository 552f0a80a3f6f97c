package import Routing

/// What a plan makes of one inquiry that nobody takes, by the engine itself on a clock of its own.
package struct RouteTrial: ~Copyable {
    private let plan: RoutingPlan
    private let compiled: CompiledPlan
    private let inquiry: TrialInquiry
    private let start: Instant
    private var engine: Engine
    private var output = Output()
    private var lines: [String] = []

    /// Steps that are told; queues that move an inquiry around come to their end before.
    private static let stepsMax = 1_000

    /// What will come of it, in lines for people; long ones are the terminal's business.
    ///
    /// - Parameter now: when it is submitted.
    /// - Throws: what is wrong with the inquiry.
    package static func lines(
        _ plan: RoutingPlan, _ compiled: CompiledPlan, _ inquiry: TrialInquiry, at now: Instant
    ) throws(TrialInquiry.Complaint) -> [String] {
        var trial = RouteTrial(plan, compiled, inquiry, now)
        try trial.run()
        return trial.lines
    }

    private init(_ plan: RoutingPlan, _ compiled: CompiledPlan, _ inquiry: TrialInquiry, _ now: Instant) {
        self.plan = plan
        self.compiled = compiled
        self.inquiry = inquiry
        start = now
        engine = Engine(plan: compiled, at: now)
    }

    private mutating func run() throws(TrialInquiry.Complaint) {
        let submission = try submission()
        engine.apply(.submit(submission), at: start, into: &output)
        switch output.reply {
        case .submitted(let id, _):
            let rules = rules()
            tellPlace(id, rules)
            tellRequirement(id)
            tell("rules", rules.map(\.line))
            tell("waits", expectations(id))
        case .rejected(let rejection): throw TrialInquiry.Complaint(message: rejection.message)
        case .inquiry, .agent, .nothing, .done: preconditionFailure("a submission is submitted or rejected")
        }
    }

    /// The heading on the first of its lines only.
    private mutating func tell(_ heading: String, _ texts: [String]) {
        for (index, text) in texts.enumerated() {
            let left = index == 0 ? heading : ""
            lines.append(left + String(repeating: " ", count: max(1, 10 - left.count)) + text)
        }
    }

    // MARK: The submission

    private mutating func submission() throws(TrialInquiry.Complaint) -> Submission {
        guard let channel = engine.channel(named: ArraySlice(inquiry.channel.utf8)) else {
            throw unknown("channel", inquiry.channel, plan.channels.map(\.name))
        }
        var submission = Submission(
            source: inquiry.source, channel: channel, priority: inquiry.priority, skills: try numbers(inquiry.skills),
            prefer: try numbers(inquiry.prefer), texts: inquiry.texts)
        if let queue = inquiry.queue {
            submission.queue = engine.queue(named: ArraySlice(queue.utf8))
            if submission.queue == nil { throw unknown("queue", queue, plan.queues.map(\.name)) }
        }
        return submission
    }

    private mutating func numbers(_ levels: [SkillLevel]) throws(TrialInquiry.Complaint) -> [SkillRequirement] {
        var numbers: [SkillRequirement] = []
        for level in levels {
            if let known = plan.skills, !known.contains(level.skill) { throw unknown("skill", level.skill, known) }
            guard let number = engine.skill(named: level.skill) else { continue }
            numbers.append(SkillRequirement(skill: number, level: level.level))
        }
        return numbers
    }

    private func unknown(_ word: String, _ name: String, _ known: [String]) -> TrialInquiry.Complaint {
        TrialInquiry.Complaint(
            message: "there is no \(word) \(name); \(Nearest.advice(on: name, among: known, plural: word + "s"))")
    }

    // MARK: Rules

    private struct RuleResult {
        let rule: CompiledPlan.Rule
        let verdict: RuleVerdict?

        var hasMatched: Bool { verdict == .matches }

        var line: String {
            let what =
                switch verdict {
                case .matches?: "matches" + (rule.force ? ", by force" : "") + (rule.stop ? ", and is the last" : "")
                case .differs?: "does not match"
                case .fails(let reason)?: "FAILS: \(reason)"
                case nil: "is not looked at"
                }
            return "\"\(rule.name)\" \(what)"
        }
    }

    /// The verdicts as the engine came to them.
    private func rules() -> [RuleResult] {
        var input = RuleInput(
            channel: inquiry.channel, queue: inquiry.queue, priority: inquiry.priority, skills: inquiry.skills,
            texts: inquiry.texts, source: inquiry.source, now: start)
        var isOver = false
        return compiled.rules.enumerated().map { number, rule in
            guard let conditions = compiled.conditions, !isOver else { return RuleResult(rule: rule, verdict: nil) }
            let verdict = conditions.verdict(ofRule: number, on: &input)
            isOver = verdict == .matches && rule.stop
            return RuleResult(rule: rule, verdict: verdict)
        }
    }

    // MARK: Where it stands

    private mutating func tellPlace(_ id: Int64, _ rules: [RuleResult]) {
        let matched = rules.filter(\.hasMatched).map(\.rule)
        let queue = engine.queueName(of: id) ?? ""
        let isQueueAsked = inquiry.queue != nil
        let queueRule = matched.last { $0.queue != nil && (!isQueueAsked || $0.force) }
        tell(
            "queue",
            [
                queue + ", "
                    + (queueRule.map { "by rule \"\($0.name)\"" }
                        ?? (isQueueAsked ? "as the request says" : "by default"))
            ])
        let isPriorityAsked = inquiry.priority != nil
        let points = matched.filter { $0.priority != nil && (!isPriorityAsked || $0.force) }
        let origin =
            points.isEmpty
            ? (isPriorityAsked ? "as the request says" : "by default")
            : points.map { "\(Self.signed($0.priority ?? 0)) by rule \"\($0.name)\"" }.joined(separator: ", ")
        tell("priority", ["\(engine.priority(of: id) ?? 0), \(origin)"])
        if let explanation = engine.waitingExplanation(id) { tell("target", [explanation.target.text]) }
    }

    private static func signed(_ number: Int32) -> String { number < 0 ? "\(number)" : "+\(number)" }

    private mutating func tellRequirement(_ id: Int64) {
        guard let definition = engine.inquiry(id)?.definition else { return }
        let requires = definition.skills.map { skill in
            let sources = definition.parts.filter { $0.skill == skill.skill }.map {
                "\(Self.words($0.source, queue: engine.queueName(of: id) ?? ""))"
                    + ($0.level == skill.level ? "" : " (\($0.level))")
            }
            let origin = sources.isEmpty ? "the request" : sources.joined(separator: ", ")
            return "\(skill.skill) \(skill.level), by \(origin)"
        }
        tell("requires", requires.isEmpty ? ["nothing"] : requires)
        tell("prefers", definition.prefer.map { "\($0.skill) \($0.level)" })
        if let teams = plan.queues.first(where: { $0.name == engine.queueName(of: id) })?.teams {
            tell("teams", [teams.joined(separator: ", ")])
        }
        if let name = engine.policyName(of: id), let policy = plan.policies.first(where: { $0.name == name }) {
            let promises = policy.targets.map { "\($0.metric.rawValue) \($0.span.text)" }.joined(separator: ", ")
            tell("promised", ["by policy \"\(name)\": \(promises)"])
        }
    }

    private static func words(_ source: PartSource, queue: String) -> String {
        switch source {
        case .request: "the request"
        case .rule(let name): "rule \"\(name.string)\""
        case .queue: "queue \(queue)"
        case .step(let after): "the step after \(after.text)"
        case .escalation(let name): "escalation \(name.string)"
        case .hand: "hand"
        }
    }

    // MARK: What comes

    /// Overflow, and each step while nobody takes it, to its end.
    private mutating func expectations(_ id: Int64) -> [String] {
        var told: [String] = []
        if let queue = plan.queues.first(where: { $0.name == engine.queueName(of: id) }), let most = queue.lengthMax {
            let way = queue.overflow.map { "goes to queue \($0)" } ?? "is refused"
            told.append("at once: if \(most) wait in \(queue.name) already, it \(way)")
        }
        var steps = 0
        while engine.state(of: id)?.isLive == true, let due = engine.nextDeadline, steps < Self.stepsMax {
            steps += 1
            output.clear()
            let now = max(due, engine.now)
            engine.expire(at: now, limit: 1, into: &output)
            told += output.events.compactMap { event in
                describe(event, id).map { "after \((now - start).text): \($0)" }
            }
        }
        return told
    }

    private func describe(_ event: Event, _ id: Int64) -> String? {
        switch event.type {
        case .step:
            let parts = event.details.compactMap { Self.describe($0) }
            return "a step" + (parts.isEmpty ? "" : " · " + parts.joined(separator: " · "))
        case .queued: return "moves to queue \(event.queue)"
        case .slaWarned: return Self.threshold(event, "is warned of")
        case .slaBreached: return Self.threshold(event, "is breached")
        case .escalated:
            if event.details.contains(where: { $0.key == .metric }) { return Self.threshold(event, "is over") }
            return event.details.first { $0.key == .name }.map { "notifies \(Self.text($0.value))" }
        case .expired:
            return event.details.first { $0.key == .reason }.map { "expires, reason \(Self.text($0.value))" }
                ?? "expires"
        default: return nil
        }
    }

    /// `first_response of vip is warned of, 75% · priority 25`
    private static func threshold(_ event: Event, _ what: String) -> String {
        func word(_ key: DetailKey) -> String { event.details.first { $0.key == key }.map { text($0.value) } ?? "" }
        let parts = ["\(word(.metric)) of \(word(.policy)) \(what), \(word(.threshold))"]
        return (parts + event.details.compactMap { describe($0) }).joined(separator: " · ")
    }

    private static func describe(_ detail: EventDetail) -> String? {
        switch (detail.key, detail.value) {
        case (.skills, .levels(let levels)):
            levels.isEmpty
                ? "requires nothing" : "requires " + levels.map { "\($0.skill) \($0.level)" }.joined(separator: ", ")
        case (.priority, .integer(let priority)): "priority \(priority)"
        case (.reason, .name("moves")): "moved too often, stays where it is"
        default: nil
        }
    }

    private static func text(_ value: DetailValue) -> String {
        switch value {
        case .name(let name): name
        case .names(let names): names.joined(separator: ", ")
        case .text(let bytes): String(decoding: bytes, as: UTF8.self)
        default: ""
        }
    }
}
