import Routing

extension PlanChecker {
    // MARK: Rules

    mutating func checkRules() {
        count(plan.rules.count, atMost: PlanLimits.rules, "rules", "rules")
        unique(plan.rules.map(\.name), "rule", "rules")
        var end: Int?
        for (index, rule) in plan.rules.enumerated() {
            let path = PlanPath.item(index, of: "rules")
            label(rule.name, path + ".name")
            condition(rule.condition, .rule, path + ".when")
            if let queue = rule.queue { self.queue(queue, path + ".then.queue") }
            if let priority = rule.priority { range(priority, Routing.Limits.priority, path + ".then.priority") }
            levels(rule.skills, path + ".then.skills")
            levels(rule.prefer, path + ".then.prefer")
            if rule.isEmpty, !rule.stop { warn(path, "this rule does nothing") }
            if let end {
                warn(path, "never reached: rules[\(end)] \"\(plan.rules[end].name)\" always matches and stops")
            } else if rule.stop, isAlways(rule.condition) {
                end = index
            }
        }
    }

    /// Whether the condition holds for every inquiry, as far as it can be seen from its text.
    private func isAlways(_ condition: String?) -> Bool {
        guard let condition else { return true }
        return condition.filter { !$0.isWhitespace } == "true"
    }

    private mutating func unique(_ names: [String], _ word: String, _ path: String) {
        var places: [String: Int] = [:]
        for (index, name) in names.enumerated() where !name.isEmpty {
            if let first = places[name] {
                fault(
                    PlanPath.item(index, of: path) + ".name",
                    "\(path)[\(first)] has this name already; give each \(word) a name of its own")
            } else {
                places[name] = index
            }
        }
    }

    // MARK: SLA policies

    mutating func checkPolicies() {
        count(plan.policies.count, atMost: PlanLimits.policies, "policies", "sla")
        unique(plan.policies.map(\.name), "policy", "sla")
        var end: Int?
        for (index, policy) in plan.policies.enumerated() {
            let path = PlanPath.item(index, of: "sla")
            label(policy.name, path + ".name")
            condition(policy.condition, .policy, path + ".when")
            if let calendar = policy.calendar { self.calendar(calendar, path + ".calendar") }
            once(policy.pause.map(\.rawValue), path + ".pause")
            targets(of: policy, path)
            escalations(of: policy, path)
            if let end {
                warn(path, "never reached: sla[\(end)] \"\(plan.policies[end].name)\" matches every inquiry")
            } else if isAlways(policy.condition) {
                end = index
            }
        }
    }

    private mutating func targets(of policy: RoutingPlan.Policy, _ path: String) {
        if policy.targets.isEmpty {
            let metrics = RoutingPlan.Policy.Metric.allCases.map(\.rawValue).joined(separator: ", ")
            fault(path + ".targets", "at least one target of \(metrics)")
        }
        for target in policy.targets {
            range(target.span, PlanLimits.policyTarget, "\(path).targets.\(target.metric.rawValue)")
        }
        let spans = policy.targets.map { ($0.metric.rawValue, $0.span) }
        // Each of these ends after the one before it can.
        for (index, target) in spans.enumerated() where target.0 != RoutingPlan.Policy.Metric.nextResponse.rawValue {
            for later in spans[(index + 1)...]
            where later.0 != RoutingPlan.Policy.Metric.nextResponse.rawValue && later.1 < target.1 {
                warn(
                    "\(path).targets.\(later.0)",
                    "\(later.1.text) is less than \(target.1.text) of \(target.0), which comes first")
            }
        }
        assignUnderTarget(policy, path)
    }

    /// Inquiries are taken in the order of their targets: a promise under them is broken while all is still in order.
    private mutating func assignUnderTarget(_ policy: RoutingPlan.Policy, _ path: String) {
        guard let promised = policy.target(of: .assign) else { return }
        let names = policy.condition.map { Self.queuesNamed(in: $0) } ?? []
        let named = plan.queues.filter { names.contains($0.name) }
        let queues = named.isEmpty ? plan.queues : named
        // A queue without a target has that of each channel.
        let channels = queues.contains { $0.target == nil } ? plan.channels.map(\.target) : []
        guard let least = (queues.compactMap(\.target) + channels).min(), promised < least else { return }
        let whose =
            named.count == 1 ? "the target of queue \(named[0].name)" : "every target of its queues and channels"
        warn(
            "\(path).targets.assign",
            "\(promised.text) is under \(whose), \(least.text), which gives the order; give the queue a shorter target"
        )
    }

    /// The queues that a condition asks for in so many words: `inquiry.queue == "vip"`.
    private static func queuesNamed(in condition: String) -> [String] {
        condition.ranges(of: "inquiry.queue").compactMap { range in
            var rest = condition[range.upperBound...].drop { $0.isWhitespace }
            guard rest.hasPrefix("==") else { return nil }
            rest = rest.dropFirst(2).drop { $0.isWhitespace }
            guard let quote = rest.first, quote == "\"" || quote == "'" else { return nil }
            return String(rest.dropFirst().prefix { $0 != quote })
        }
    }

    private mutating func escalations(of policy: RoutingPlan.Policy, _ path: String) {
        count(policy.escalations.count, atMost: PlanLimits.escalationsPerPolicy, "escalations", path + ".escalate")
        var seen: [RoutingPlan.Policy.Escalation] = []
        for (index, escalation) in policy.escalations.enumerated() {
            let below = PlanPath.item(index, of: path + ".escalate")
            let target = policy.target(of: escalation.metric)
            if target == nil, !policy.targets.isEmpty {
                let metrics = policy.targets.map(\.metric.rawValue).joined(separator: ", ")
                fault(
                    below + ".metric",
                    "the policy has no target of \(escalation.metric.rawValue); its targets are \(metrics)")
            }
            threshold(escalation.at, target, below + ".at")
            let other = seen.first { other in
                other.metric == escalation.metric
                    && (other.at == escalation.at
                        || target.map { other.at.moment(of: $0) == escalation.at.moment(of: $0) } ?? false)
            }
            if let other {
                warn(below, "the same metric and time as an escalation above it; both fire as \(other.at.text)")
            } else if seen.count < PlanLimits.escalationsPerPolicy {
                seen.append(escalation)
            }
            actions(escalation.actions, below + ".do")
        }
    }

    private mutating func threshold(_ threshold: RoutingPlan.Threshold, _ target: TimeSpan?, _ path: String) {
        switch threshold {
        case .percent(let percent):
            guard !PlanLimits.thresholdPercent.contains(percent) else { return }
            let range = PlanLimits.thresholdPercent
            fault(path, "\(range.lowerBound)% to \(range.upperBound)%, not \(percent)%")
        case .offset(let span):
            let length = span < .zero ? .zero - span : span
            let range = PlanLimits.thresholdOffset
            if !range.contains(length) {
                fault(
                    path,
                    "\(range.lowerBound.text) to \(range.upperBound.text) before or after the target (which is 100%), "
                        + "not \(threshold.text)"
                )
            } else if let target, span < .zero, length >= target {
                fault(path, "\(threshold.text) is before the clock starts: the target is \(target.text)")
            }
        }
    }
}
