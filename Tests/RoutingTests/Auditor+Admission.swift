@testable import Routing

// What a submission asks for and what the plan makes of it: rules, what queues require, how many may wait (PLAN).

extension Auditor {
    /// What the command under way asks for, in names: events tell only what comes of it.
    enum Asked {
        case nothing
        case submission(Request)
        /// UPDATE, TRANSFER or REQUEUE.
        case change(Wish)
        case publication(CompiledPlan)
    }

    struct Request {
        /// As the conditions of rules see it, but for the customer's inquiries.
        var input: RuleInput
        var prefer: [SkillLevel]
        var hold: TimeSpan?
        var isScheduled: Bool
    }

    struct Wish {
        var id: Int64
        var queue: Int?
        var skills: [SkillLevel]?
    }

    /// Where a submission goes and what it asks for.
    struct Admission: Equatable {
        var queue: Int
        var parts: [Part]
        var priority: Int32
        var prefer: [Int: UInt8]
        var matched: [String]
        var failed: [String]
        /// As many wait as may.
        var isRefused = false
    }

    /// A part of a requirement, and who says so: in the words of the rows.
    struct Part: Hashable, Comparable {
        var skill: Int
        var level: UInt8
        var source: String

        /// It goes when the inquiry leaves its queue.
        var isOfQueue: Bool { source == "queue" || source.hasPrefix("step:") }

        /// What people ask for later is the request's as well.
        var asStated: Part { Part(skill: skill, level: level, source: source == "hand" ? "request" : source) }

        static func < (left: Part, right: Part) -> Bool {
            (left.skill, left.level, left.source) < (right.skill, right.level, right.source)
        }

        /// Of each skill the highest level that anybody asks for.
        static func merged(_ parts: [Part]) -> [Int: UInt8] {
            var skills: [Int: UInt8] = [:]
            for part in parts { skills[part.skill] = max(skills[part.skill] ?? 0, part.level) }
            return skills
        }
    }

    mutating func parts(_ levels: [SkillLevel], _ source: String) -> [Part] {
        skills(levels).map { Part(skill: $0.key, level: $0.value, source: source) }.sorted()
    }

    mutating func parts(ofQueue queue: Int) -> [Part] { parts(plan.queues[queue].skills, "queue") }

    // MARK: Judging

    /// Judges what a submission was made into. Gives the parts of its requirement.
    mutating func judgeAdmission(_ told: Told, queue: Int) -> [Part]? {
        guard case .submission(let request) = asked else {
            violate("\(World.line(told.row)), which nobody asked for")
            return nil
        }
        asked = .nothing
        let required = levels(told, .skills) ?? [:]
        let prefer = levels(told, .prefer) ?? [:]
        let rules = (told.names(.rules), told.names(.failedRules))
        let all = admissions(of: request)
        let right = all.first {
            !$0.isRefused && $0.queue == queue && Int64($0.priority) == told.integer(.priority)
                && Part.merged($0.parts) == required && $0.prefer == prefer
                && ($0.matched, $0.failed) == rules
        }
        let isTold = told.integer(.plan) == Int64(plan.version)
        if isTold != (rules != ([], [])) { violate("\(World.line(told.row)): the plan of its rules") }
        if right == nil { violate("\(World.line(told.row)) as \(told.details), not as \(all)") }
        return (right ?? all[0]).parts
    }

    /// A refusal for a full queue is right, and one of a plan that lacks what is in use. Others are not this model's.
    mutating func judgeRefusal(of asked: Asked, _ rejection: Rejection) -> [String] {
        found = []
        if case .publication(let new) = asked {
            judgeRefusal(of: new, rejection)
            return found
        }
        guard case .submission(let request) = asked, rejection.code == .limit, rejection.field == "queue" else {
            return []
        }
        if !admissions(of: request).contains(where: \.isRefused) { violate("refused though it had a place") }
        return found
    }

    /// What may come of a request: there is more than one way where it depends on what the engine has forgotten.
    private mutating func admissions(of request: Request) -> [Admission] {
        openInquiries(of: Array(request.input.texts.customer)).map { open in
            var input = request.input
            input.openInquiries = open
            let admission = byRules(input, prefer: skills(request.prefer))
            return request.isScheduled ? admission : placed(admission, channel: channel(input.channel))
        }
    }

    /// The customer's open inquiries among the newest that are looked at.
    private func openInquiries(of customer: [UInt8]) -> [[Int64]] {
        let all = (customers[customer] ?? []).filter { $0 <= items.count }
        let isOpen = { (id: Int64) in items[Int(id) - 1].state.isLive }
        let some = all.suffix(Limits.customerHistory).filter(isOpen)
        let most = Array(all.filter(isOpen).suffix(Limits.customerHistory))
        return some == most ? [some] : [some, most]
    }

    // MARK: Rules

    /// An explicit field beats rules unless they force, rules beat defaults; among rules the last queue wins, priorities
    /// add up, and of skills the higher level counts.
    private mutating func byRules(_ input: RuleInput, prefer: [Int: UInt8]) -> Admission {
        let (matching, failed) = matchingRules(input)
        let queues = matching.filter { input.queue == nil || $0.force }.compactMap(\.queue)
        let named = input.queue.flatMap { self.queue($0) } ?? Int(plan.defaultQueue)
        let points = matching.filter { input.priority == nil || $0.force }.compactMap(\.priority)
        let usual = input.priority ?? plan.defaultPriority
        let queue = queues.last.map { Int($0) } ?? named
        let (required, preferred) = bySkill(matching, explicit: skills(input.skills), prefer: prefer)
        return Admission(
            queue: queue, parts: required + parts(ofQueue: queue),
            priority: points.isEmpty ? usual : Self.clamped(points.map { Int64($0) }.reduce(0, +)),
            prefer: preferred, matched: matching.map(\.name), failed: failed)
    }

    private func matchingRules(_ input: RuleInput) -> (matching: [CompiledPlan.Rule], failed: [String]) {
        guard let conditions = plan.conditions else { return ([], []) }
        var matching: [CompiledPlan.Rule] = []
        var failed: [String] = []
        var input = input
        for (number, rule) in plan.rules.enumerated() {
            let verdict = conditions.verdict(ofRule: number, on: &input)
            if case .fails = verdict { failed.append(rule.name) }
            guard verdict == .matches else { continue }
            matching.append(rule)
            if rule.stop { break }
        }
        return (matching, failed)
    }

    private mutating func bySkill(
        _ rules: [CompiledPlan.Rule], explicit: [Int: UInt8], prefer: [Int: UInt8]
    ) -> (required: [Part], preferred: [Int: UInt8]) {
        var required = explicit.map { Part(skill: $0.key, level: $0.value, source: "request") }
        var stated = prefer
        var added: [Int: UInt8] = [:]
        for rule in rules {
            for (skill, level) in skills(rule.skills) where rule.force || explicit[skill] == nil {
                required.removeAll { $0.skill == skill && $0.source == "request" }
                required.append(Part(skill: skill, level: level, source: "rule:" + rule.name))
            }
            for (skill, level) in skills(rule.prefer) where rule.force || prefer[skill] == nil {
                stated[skill] = nil
                added[skill] = max(added[skill] ?? 0, level)
            }
        }
        return (required, stated.merging(added) { max($0, $1) })
    }

    static func clamped(_ points: Int64) -> Int32 { Int32(min(max(points, -100), 100)) }

    // MARK: How many may wait

    /// As it is, or in the overflow if it would wait where as many wait as may; one hop.
    private mutating func placed(_ admission: Admission, channel: Int) -> Admission {
        guard wouldWaitInFull(admission, channel) else { return admission }
        var other = admission
        if let overflow = plan.queues[admission.queue].overflow.map({ Int($0) }) {
            other.queue = overflow
            other.parts = admission.parts.filter { !$0.isOfQueue } + parts(ofQueue: overflow)
            other.isRefused = wouldWaitInFull(other, channel)
        } else {
            other.isRefused = true
        }
        return other
    }

    private mutating func wouldWaitInFull(_ admission: Admission, _ channel: Int) -> Bool {
        guard let most = plan.queues[admission.queue].lengthMax else { return false }
        var waiting = special.filter { shapes[items[Int($0) - 1].shape].queue == admission.queue }.count
        for shape in openShapes where shapes[shape].queue == admission.queue { waiting += shapes[shape].plain.count }
        if waiting < most { return false }
        if paused.contains(admission.queue) { return true }
        let shape = shape(queue: admission.queue, channel: channel, skills: Part.merged(admission.parts))
        return !people.indices.contains { hasRoom($0, channel) && isAble($0, shape) }
    }
}
