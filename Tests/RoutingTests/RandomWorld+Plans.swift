import Simulation

@testable import Routing

// Plans in which things happen by themselves.

extension RandomWorld {
    /// Rules, and queues that require skills, have steps and do not take any number.
    static func addEvents(to plan: inout CompiledPlan, _ random: inout SplitMix64, isLarge: Bool) {
        plan.defaultPriority = Int32(random.pick(-5...5))
        let isCircle = random.once(in: 5)
        for queue in plan.queues.indices {
            if random.once(in: 3) { plan.queues[queue].skills = levels(&random, most: 3) }
            if !random.once(in: 4) { plan.queues[queue].steps = steps(&random, of: queue, in: plan.queues.count) }
            if isCircle {
                let next = QueueIndex((queue + 1) % plan.queues.count)
                let move = CompiledPlan.Step(after: .seconds(Int64(random.pick(1...3))), actions: [.move(next)])
                plan.queues[queue].steps.insert(move, at: 0)
            }
            guard random.once(in: isLarge ? 4 : 2) else { continue }
            plan.queues[queue].lengthMax = Int32(random.pick(3...20))
            let others = plan.queues.indices.filter { $0 != queue }
            if random.once(in: 2) {
                plan.queues[queue].overflow = others.randomElement(using: &random).map { QueueIndex($0) }
            }
        }
        let rules = (0..<random.pick(0...5)).map { number in
            (rule(&random, number, queues: plan.queues.count), condition(&random, of: plan))
        }
        plan.rules = rules.map(\.0)
        plan.calendars = calendars(&random)
        let policies = (0..<random.pick(0...3)).map { number in
            (policy(&random, number, in: plan), policyCondition(&random, of: plan))
        }
        plan.policies = policies.map(\.0)
        for channel in plan.channels.indices { plan.channels[channel].isLive = random.once(in: 4) }
        plan.conditions = TestConditions(conditions: rules.map(\.1), policies: policies.map(\.1))
        plan.surveyAfter = [nil, .seconds(20), .minutes(10), .days(2)].randomElement(using: &random) ?? nil
    }

    // MARK: Policies

    /// Two, open for some minutes at a time. One of a name may have other hours in another plan.
    private static func calendars(_ random: inout SplitMix64) -> [CompiledPlan.Calendar] {
        (0..<random.pick(0...2)).map { number in
            var intervals: [CompiledCalendar.Interval] = []
            let start = World.usualStart.microseconds
            var at = start - 600_000_000
            for _ in 0..<40 {
                at += Int64(random.pick(1...300)) * 1_000_000
                let end = at + Int64(random.pick(5...900)) * 1_000_000
                intervals.append(CompiledCalendar.Interval(start: at, end: end))
                at = end
            }
            let open = CompiledCalendar(
                from: Instant(microseconds: start - 86_400_000_000), until: Instant(microseconds: at + 1_000_000),
                intervals: intervals)
            return CompiledPlan.Calendar(name: "hours\(number)", open: open, years: NoYears())
        }
    }

    private static func policy(
        _ random: inout SplitMix64, _ number: Int, in plan: CompiledPlan
    ) -> CompiledPlan.Policy {
        var promises: [Metric: CompiledPlan.Promise] = [:]
        for metric in Metric.allCases where !random.once(in: 3) {
            let target = TimeSpan.seconds(Int64(random.pick(2...120)))
            promises[metric] = CompiledPlan.Promise(
                target: target,
                thresholds: (0..<random.pick(0...3)).map { _ in
                    let percent = [50, 75, 100, 150].randomElement(using: &random) ?? 100
                    return CompiledPlan.Threshold(
                        after: TimeSpan(microseconds: target.microseconds * Int64(percent) / 100), label: "\(percent)%",
                        actions: actions(
                            &random, of: random.pick(0...(plan.queues.count - 1)), in: plan.queues.count))
                })
        }
        let states: [InquiryState] = [.waiting, .offered, .assigned, .held]
        return CompiledPlan.Policy(
            name: "policy\(number)",
            calendar: plan.calendars.isEmpty || random.once(in: 2) ? nil : random.pick(0...(plan.calendars.count - 1)),
            pauses: Set(states.filter { _ in random.once(in: 5) }), promises: promises)
    }

    private static func policyCondition(
        _ random: inout SplitMix64, of plan: CompiledPlan
    ) -> TestConditions.Condition {
        let channel = plan.channels.randomElement(using: &random)?.name ?? ""
        let queue = plan.queues.randomElement(using: &random)?.name ?? ""
        switch random.pick(0...4) {
        case 0: return TestConditions.always
        case 1: return TestConditions.when { $0.channel == channel }
        case 2: return TestConditions.when { $0.queue == queue }
        case 3: return TestConditions.when { ($0.priority ?? 0) >= 0 }
        default: return { $0.skills.isEmpty ? .fails("no skill") : .matches }
        }
    }

    static func levels(_ random: inout SplitMix64, most: Int) -> [SkillLevel] {
        let chosen = skills.filter { _ in random.once(in: 3) }
        return chosen.map { SkillLevel(skill: $0, level: UInt8(random.pick(1...most))) }
    }

    private static func rule(_ random: inout SplitMix64, _ number: Int, queues: Int) -> CompiledPlan.Rule {
        CompiledPlan.Rule(
            name: "rule\(number)", queue: random.once(in: 3) ? QueueIndex(random.pick(0...(queues - 1))) : nil,
            priority: random.once(in: 2) ? Int32(random.pick(-70...70)) : nil,
            skills: random.once(in: 2) ? levels(&random, most: 4) : [],
            prefer: random.once(in: 3) ? levels(&random, most: 9) : [], force: random.once(in: 4),
            stop: random.once(in: 5))
    }

    private static func condition(_ random: inout SplitMix64, of plan: CompiledPlan) -> TestConditions.Condition {
        let channel = plan.channels.randomElement(using: &random)?.name ?? ""
        let skill = skills.randomElement(using: &random) ?? ""
        let number = random.pick(0...3)
        switch random.pick(0...6) {
        case 0: return TestConditions.always
        case 1: return TestConditions.when { $0.channel == channel }
        case 2: return TestConditions.when { ($0.priority ?? 0) >= Int32(number) }
        case 3: return TestConditions.when { $0.skills.contains { $0.skill == skill } }
        case 4: return TestConditions.when { $0.skills.isEmpty && $0.queue == nil }
        case 5:
            return { input in
                guard let last = input.texts.customer.last else { return .fails("nobody's") }
                return Int(last) % 4 == number ? .matches : .differs
            }
        default: return TestConditions.when { $0.openInquiries.count >= number }
        }
    }

    // MARK: Steps

    private static func steps(_ random: inout SplitMix64, of queue: Int, in count: Int) -> [CompiledPlan.Step] {
        var after = TimeSpan.zero
        return (0..<random.pick(2...4)).map { _ in
            after = after + .milliseconds(Int64(random.pick(5...30) * 1_000 + random.pick(0...1) * 500))
            return CompiledPlan.Step(after: after, actions: actions(&random, of: queue, in: count))
        }
    }

    /// Mostly one; an end is the last of them.
    private static func actions(_ random: inout SplitMix64, of queue: Int, in count: Int) -> [CompiledPlan.Action] {
        if random.once(in: 30) { return [.notify("end"), .expire(reason: "step")] }
        return (0..<random.pick(1...3)).map { _ in
            switch random.pick(0...7) {
            case 0: .raisePriority(Int32(random.pick(-60...60)))
            case 1: .setPriority(Int32(random.pick(-100...100)))
            case 2: .require(levels(&random, most: 4))
            case 3: .relax(levels(&random, most: 3))
            case 4: .drop(skills.filter { _ in random.once(in: 2) })
            case 5, 6: .move(QueueIndex(random.once(in: 3) ? random.pick(0...(count - 1)) : (queue + 1) % count))
            default: .notify("lead\(random.pick(0...2))")
            }
        }
    }
}
