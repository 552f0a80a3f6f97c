import Routing

extension PlanReader {
    // MARK: Rules

    mutating func rules(_ node: PlanNode, _ path: String) -> [RoutingPlan.Rule]? {
        list(node, path)?.map { rule($0.node, $0.path) }
    }

    private mutating func rule(_ node: PlanNode, _ path: String) -> RoutingPlan.Rule {
        var rule = RoutingPlan.Rule("")
        guard let fields = fields(node, path, keys: ["name", "when", "then", "force", "stop"]) else { return rule }
        require(["name"], of: fields)
        fields.set("name", &rule.name, &self) { $0.text($1, $2) }
        fields.set("when", &rule.condition, &self) { $0.condition($1, $2) }
        _ = fields.read("then", &self) { $0.consequence($1, $2, &rule) }
        fields.set("force", &rule.force, &self) { $0.bool($1, $2) }
        fields.set("stop", &rule.stop, &self) { $0.bool($1, $2) }
        if !fields.has("then"), !rule.stop {
            fault(fields.path(of: "then"), "is missing: say what the rule does, or `stop: true`", at: fields.position)
        }
        return rule
    }

    private mutating func consequence(_ node: PlanNode, _ path: String, _ rule: inout RoutingPlan.Rule) -> Bool? {
        let fields = fields(
            node, path, keys: ["queue", "priority", "skills", "prefer"],
            elsewhere: [
                "stop": "stands beside `then`, not in it", "force": "stands beside `then`, not in it",
                "require": "a rule says `skills`; `require` is for steps and escalations",
            ])
        guard let fields else { return nil }
        fields.set("queue", &rule.queue, &self) { $0.name($1, $2) }
        fields.set("priority", &rule.priority, &self) { $0.integer($1, $2, in: Routing.Limits.priority) }
        fields.set("skills", &rule.skills, &self) { $0.levels($1, $2) }
        fields.set("prefer", &rule.prefer, &self) { $0.levels($1, $2) }
        return true
    }

    private mutating func condition(_ node: PlanNode, _ path: String) -> String? {
        guard case .scalar(let scalar) = node.value, scalar.kind != .null else {
            fault(
                path, "a condition in CEL, such as 'inquiry.queue == \"vip\"', not \(node.described)", at: node.position
            )
            return nil
        }
        return scalar.text
    }

    // MARK: SLA policies

    mutating func policies(_ node: PlanNode, _ path: String) -> [RoutingPlan.Policy]? {
        list(node, path)?.map { policy($0.node, $0.path) }
    }

    private mutating func policy(_ node: PlanNode, _ path: String) -> RoutingPlan.Policy {
        var policy = RoutingPlan.Policy("")
        let keys = ["name", "when", "calendar", "pause", "targets", "escalate"]
        guard let fields = fields(node, path, keys: keys) else { return policy }
        require(["name", "targets"], of: fields)
        fields.set("name", &policy.name, &self) { $0.text($1, $2) }
        fields.set("when", &policy.condition, &self) { $0.condition($1, $2) }
        fields.set("calendar", &policy.calendar, &self) { $0.name($1, $2) }
        fields.set("pause", &policy.pause, &self) { $0.choices($1, $2, as: RoutingPlan.Policy.Pause.self) }
        fields.set("targets", &policy.targets, &self) { $0.targets($1, $2) }
        fields.set("escalate", &policy.escalations, &self) { $0.escalations($1, $2) }
        return policy
    }

    private mutating func targets(_ node: PlanNode, _ path: String) -> [RoutingPlan.Policy.Target]? {
        let metrics = RoutingPlan.Policy.Metric.allCases
        guard let fields = fields(node, path, keys: metrics.map(\.rawValue)) else { return nil }
        return metrics.compactMap { metric in
            guard fields.has(metric.rawValue) else { return nil }
            let span = fields.read(metric.rawValue, &self) { $0.duration($1, $2) }
            // One that cannot be read stays, so that its escalations are not faults as well.
            return RoutingPlan.Policy.Target(metric, span ?? .days(1))
        }
    }

    private mutating func escalations(_ node: PlanNode, _ path: String) -> [RoutingPlan.Policy.Escalation]? {
        guard let items = list(node, path) else { return nil }
        var escalations: [RoutingPlan.Policy.Escalation] = []
        for (node, path) in items {
            // One that cannot be read stays, so that those behind it keep their numbers.
            var escalation = RoutingPlan.Policy.Escalation(.resolution, at: .percent(100), actions: [])
            if let fields = fields(node, path, keys: ["metric", "at", "do"]) {
                require(["metric", "at", "do"], of: fields)
                fields.set("metric", &escalation.metric, &self) {
                    $0.choice($1, $2, as: RoutingPlan.Policy.Metric.self)
                }
                fields.set("at", &escalation.at, &self) { $0.threshold($1, $2) }
                fields.set("do", &escalation.actions, &self) { $0.actions($1, $2) }
            }
            escalations.append(escalation)
        }
        return escalations
    }

    private mutating func threshold(_ node: PlanNode, _ path: String) -> RoutingPlan.Threshold? {
        if case .scalar(let scalar) = node.value, scalar.kind == .text,
            let threshold = RoutingPlan.Threshold(scalar.text)
        {
            return threshold
        }
        fault(
            path, "a share of the target such as 75%, or a time around it such as +15m or -10m, not \(node.described)",
            at: node.position)
        return nil
    }

    // MARK: Actions

    /// One that cannot be read stays as one that does nothing, so that those behind it keep their numbers.
    mutating func actions(_ node: PlanNode, _ path: String) -> [RoutingPlan.Action]? {
        list(node, path)?.map { action($0.node, $0.path) ?? .drop([]) }
    }

    private mutating func action(_ node: PlanNode, _ path: String) -> RoutingPlan.Action? {
        let faultCount = faults.count
        let fields = fields(
            node, path, keys: RoutingPlan.Action.keys,
            elsewhere: ["skills": "an action says `require`, `relax` or `drop`; `skills` is for rules"])
        // An unknown key has been told of already.
        guard let fields, faults.count == faultCount || !fields.members.isEmpty else { return nil }
        guard fields.members.count == 1, let key = fields.members.first?.key else {
            fault(
                path,
                fields.members.isEmpty
                    ? "one of \(RoutingPlan.Action.keys.joined(separator: ", ")) belongs here"
                    : "one action an item: \(fields.members.map { "- {\($0.key): …}" }.joined(separator: " "))",
                at: fields.position)
            return nil
        }
        switch key {
        case "priority": return fields.read(key, &self) { $0.priority($1, $2) }
        case "require": return fields.read(key, &self) { $0.levels($1, $2) }.map { .require($0) }
        case "relax": return fields.read(key, &self) { $0.levels($1, $2) }.map { .relax($0) }
        case "drop": return fields.read(key, &self) { $0.names($1, $2) }.map { .drop($0) }
        case "queue": return fields.read(key, &self) { $0.name($1, $2) }.map { .queue($0) }
        case "notify": return fields.read(key, &self) { $0.name($1, $2) }.map { .notify($0) }
        default: return fields.read(key, &self) { $0.text($1, $2) }.map { .expire($0) }
        }
    }

    /// `5`, `-5` (relative) or `"=5"`.
    private mutating func priority(_ node: PlanNode, _ path: String) -> RoutingPlan.Action? {
        if case .scalar(let scalar) = node.value {
            if scalar.kind == .integer, let change = Int32(scalar.text) { return .addPriority(change) }
            if scalar.kind == .text, scalar.text.first == "=", let value = Int32(scalar.text.dropFirst()) {
                return .setPriority(value)
            }
        }
        fault(path, "a change such as 5 or -5, or a priority such as \"=5\", not \(node.described)", at: node.position)
        return nil
    }
}
