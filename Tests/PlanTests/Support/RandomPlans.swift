import Plan
import Routing
import Simulation

/// Plans without a fault, with everything that a plan can have, spelt as awkwardly as it may be.
struct RandomPlans {
    private var calendars: RandomCalendars
    private var random: SplitMix64

    private static let names = [
        "vip", "no", "1", "서울", "a.b", "-x", "_", "2026-01-01", "null", "true", "0x1F", "12.5", "---", "...", "-", "on",
        "é", "1e3", "over-flow", "Ünïcode_9", "09",
    ]
    private static let labels = [
        "gold customers", "no", "a: b", "a #b", "# a", "- a", "it's", "say \"hi\"", "a\\b", "'both' \"kinds\"",
        "한국어 규칙",
        "{x}", "[x]", "x, y", "*star", "&and", "?", "|", ">", "%", "@", "`", "!tag", "a:", "1", "~", "😀 party", "a  b",
        " leading", "trailing ", "=", "\u{A0}nbsp", "\u{301}mark", "<<",
    ]
    private static let conditions = [
        #"inquiry.attrs.tier == "gold""#, "true", "a && !b || (c ? d : e)", #"x in ["a", 'b'] && size(y) > 3"#,
        "first\n  && second\n  && third", "\n leading", "trailing\n", "a\n\n\nb", "tab\tinside\nand line", "  spaces\n",
        "has(inquiry.attrs.lang) # no comment", "a: b", #"x.matches("^\\d+$")"#, "{'a': 1}.a == 1", "- 1 < 0",
        "\u{7F}\u{1}",
    ]

    init(seed: UInt64) {
        calendars = RandomCalendars(seed: seed)
        random = SplitMix64(seed: seed &* 31)
    }

    mutating func next() -> RoutingPlan {
        var plan = RoutingPlan()
        if random.once(in: 2) { plan.name = label() }
        let names = Self.names.shuffled(using: &random)
        if random.once(in: 2) { plan.skills = Array(names.prefix(random.int(0...8))) }
        if random.once(in: 2) { setChannels(of: &plan) }
        plan.queues = [RoutingPlan.Queue("default")] + names.prefix(random.int(0...6)).map { RoutingPlan.Queue($0) }
        if random.once(in: 3) { plan.queues.shuffle(using: &random) }
        for index in plan.queues.indices where !random.once(in: 4) { fill(&plan.queues[index], of: plan) }
        setDefaults(of: &plan)
        for name in names.suffix(random.int(0...3)) {
            var calendar = calendars.next()
            calendar.name = name
            plan.calendars.append(calendar)
        }
        let labels = Self.labels.shuffled(using: &random)
        plan.rules = labels.prefix(random.int(0...5)).map { rule($0, of: plan) }
        plan.policies = labels.suffix(random.int(0...4)).map { policy($0, of: plan) }
        return plan
    }

    private mutating func label() -> String { random.pick(Self.labels) }

    private mutating func span(_ range: ClosedRange<TimeSpan>) -> TimeSpan {
        let (low, high) = (range.lowerBound.microseconds / 1_000, range.upperBound.microseconds / 1_000)
        switch random.int(1...8) {
        case 1: return range.lowerBound
        case 2: return range.upperBound
        case 3: return .milliseconds(Int64(random.int(Int(low)...Int(high))))
        default: return .milliseconds(min(high, max(low, Int64(random.int(1...120)) * 1_000)))
        }
    }

    private mutating func number(_ range: ClosedRange<Int32>) -> Int32 { Int32.random(in: range, using: &random) }

    private mutating func setDefaults(of plan: inout RoutingPlan) {
        plan.defaultQueue = random.pick(plan.queues).name
        if random.once(in: 2) { plan.defaultPriority = number(-100...100) }
        if random.once(in: 2) { plan.timezone = random.pick(RandomCalendars.zones) }
        if random.once(in: 2) { plan.disconnectGrace = span(PlanLimits.disconnectGrace) }
        if random.once(in: 2) { plan.missedOffersToAway = number(PlanLimits.missedOffersToAway) }
        if random.once(in: 2) { plan.reopenWithin = span(PlanLimits.reopenWithin) }
        if random.once(in: 2) { plan.maxAge = span(PlanLimits.maxAge) }
        if random.once(in: 2) { plan.retain = span(PlanLimits.retain) }
        if random.once(in: 2) { plan.surveyAfter = span(PlanLimits.surveyAfter) }
        switch random.int(1...3) {
        case 1: plan.priorityBoost = .strict
        case 2: plan.priorityBoost = .perPoint(span(PlanLimits.priorityBoost))
        default: break
        }
        if random.once(in: 2) {
            plan.continuity = RoutingPlan.Continuity(
                prefer: random.some(RoutingPlan.Continuity.Prefer.allCases), hold: span(PlanLimits.hold),
                within: span(PlanLimits.continuityWithin))
        }
    }

    private mutating func setChannels(of plan: inout RoutingPlan) {
        let names = (["voice", "chat", "email"] + Self.names).shuffled(using: &random).prefix(random.int(1...16))
        plan.channels = names.map { RoutingPlan.Channel($0) }
        for index in plan.channels.indices {
            // What e-mail is interrupted by is a default only where it is there.
            plan.channels[index].interruptedBy.removeAll { !names.contains($0) }
            guard !random.once(in: 3) else { continue }
            plan.channels[index].weight = number(PlanLimits.weight)
            plan.channels[index].limit = number(PlanLimits.limit)
            plan.channels[index].target = span(PlanLimits.target)
            plan.channels[index].offerTimeout = span(PlanLimits.offerTimeout)
            plan.channels[index].wrapUp = span(PlanLimits.wrapUp)
            plan.channels[index].accept = random.pick([.auto, .offer])
            plan.channels[index].onOffline = random.pick([.keep, .requeue])
            plan.channels[index].holdReleases = random.once(in: 2)
            plan.channels[index].live = random.once(in: 2)
            if random.once(in: 2) { plan.channels[index].with = random.some(Array(names)) }
            plan.channels[index].interruptedBy = random.some(names.filter { $0 != plan.channels[index].name })
        }
    }

    private mutating func fill(_ queue: inout RoutingPlan.Queue, of plan: RoutingPlan) {
        if random.once(in: 2) { queue.target = span(PlanLimits.target) }
        queue.select = random.pick(RoutingPlan.Select.allCases)
        if random.once(in: 2) { queue.teams = Array(Self.names.shuffled(using: &random).prefix(random.int(1...5))) }
        queue.skills = levels(of: plan)
        if random.once(in: 2) { queue.lengthMax = number(PlanLimits.queueLength) }
        let others = plan.queues.map(\.name).filter { $0 != queue.name }
        if random.once(in: 2), !others.isEmpty { queue.overflow = random.pick(others) }
        queue.steps = (0..<random.int(0...3)).map { _ in
            RoutingPlan.Step(after: span(PlanLimits.stepAfter), actions: actions(of: plan))
        }
    }

    private mutating func levels(of plan: RoutingPlan) -> [RoutingPlan.SkillLevel] {
        random.some(plan.skills ?? Array(Self.names.prefix(8))).map {
            RoutingPlan.SkillLevel($0, number(PlanLimits.level))
        }
    }

    private mutating func actions(of plan: RoutingPlan) -> [RoutingPlan.Action] {
        (0..<random.int(1...4)).map { _ in
            let levels = levels(of: plan)
            switch random.int(1...8) {
            case 1: return .addPriority(number(-100...100))
            case 2: return .setPriority(number(-100...100))
            case 3 where !levels.isEmpty: return .require(levels)
            case 4 where !levels.isEmpty: return .relax(levels)
            case 5 where !levels.isEmpty: return .drop(levels.map(\.name))
            case 6: return .queue(random.pick(plan.queues).name)
            case 7: return .expire(label())
            default: return .notify(random.pick(Self.names))
            }
        }
    }

    private mutating func rule(_ name: String, of plan: RoutingPlan) -> RoutingPlan.Rule {
        var rule = RoutingPlan.Rule(name)
        if !random.once(in: 4) { rule.condition = random.pick(Self.conditions) }
        if random.once(in: 2) { rule.queue = random.pick(plan.queues).name }
        if random.once(in: 2) { rule.priority = number(-100...100) }
        rule.skills = levels(of: plan)
        rule.prefer = levels(of: plan)
        rule.force = random.once(in: 4)
        rule.stop = random.once(in: 4)
        return rule
    }

    private mutating func policy(_ name: String, of plan: RoutingPlan) -> RoutingPlan.Policy {
        var policy = RoutingPlan.Policy(name)
        if !random.once(in: 4) { policy.condition = random.pick(Self.conditions) }
        if random.once(in: 2), !plan.calendars.isEmpty { policy.calendar = random.pick(plan.calendars).name }
        policy.pause = random.some(RoutingPlan.Policy.Pause.allCases)
        let metrics = random.some(RoutingPlan.Policy.Metric.allCases)
        policy.targets = (metrics.isEmpty ? [.resolution] : metrics).map {
            RoutingPlan.Policy.Target($0, span(PlanLimits.policyTarget))
        }
        policy.escalations = (0..<random.int(0...4)).map { _ in
            let target = random.pick(policy.targets)
            var threshold = RoutingPlan.Threshold.percent(number(PlanLimits.thresholdPercent))
            if random.once(in: 2) { threshold = .offset(span(PlanLimits.thresholdOffset)) }
            if random.once(in: 3), target.span > .seconds(2) { threshold = .offset(.zero - .seconds(1)) }
            return RoutingPlan.Policy.Escalation(target.metric, at: threshold, actions: actions(of: plan))
        }
        return policy
    }
}
