import LineProtocol
import Routing

extension PlanReader {
    private static let keys = [
        "plan", "name", "defaults", "priority_boost", "continuity", "channels", "skills", "queues", "rules", "sla",
        "calendars", "survey",
    ]

    /// The plan of a document; `faults` says what could not be read.
    mutating func plan(_ root: PlanNode) -> RoutingPlan {
        var plan = RoutingPlan()
        guard let fields = fields(root, "", keys: Self.keys) else { return plan }
        _ = fields.read("plan", &self) { $0.version($1, $2) }
        fields.set("name", &plan.name, &self) { $0.text($1, $2) }
        _ = fields.read("defaults", &self) { $0.defaults($1, $2, &plan) }
        fields.set("priority_boost", &plan.priorityBoost, &self) { $0.priorityBoost($1, $2) }
        fields.set("continuity", &plan.continuity, &self) { $0.continuity($1, $2) }
        fields.set("channels", &plan.channels, &self) { $0.channels($1, $2) }
        fields.set("skills", &plan.skills, &self) { $0.names($1, $2) }
        fields.set("queues", &plan.queues, &self) { $0.queues($1, $2) }
        fields.set("rules", &plan.rules, &self) { $0.rules($1, $2) }
        fields.set("sla", &plan.policies, &self) { $0.policies($1, $2) }
        fields.set("calendars", &plan.calendars, &self) { $0.calendars($1, $2) }
        _ = fields.read("survey", &self) { $0.survey($1, $2, &plan) }
        return plan
    }

    private mutating func version(_ node: PlanNode, _ path: String) -> Bool? {
        if case .scalar(let scalar) = node.value, scalar.kind == .integer, scalar.text == "1" { return true }
        fault(path, "the version of the format is 1, not \(node.described)", at: node.position)
        return nil
    }

    private mutating func defaults(_ node: PlanNode, _ path: String, _ plan: inout RoutingPlan) -> Bool? {
        let keys = [
            "queue", "priority", "timezone", "disconnect_grace", "missed_offers_to_away", "reopen_within", "max_age",
            "retain",
        ]
        guard let fields = fields(node, path, keys: keys) else { return nil }
        fields.set("queue", &plan.defaultQueue, &self) { $0.name($1, $2) }
        fields.set("priority", &plan.defaultPriority, &self) { $0.integer($1, $2, in: Routing.Limits.priority) }
        fields.set("timezone", &plan.timezone, &self) { $0.text($1, $2) }
        fields.set("disconnect_grace", &plan.disconnectGrace, &self) { $0.duration($1, $2) }
        fields.set("missed_offers_to_away", &plan.missedOffersToAway, &self) {
            $0.integer($1, $2, in: PlanLimits.missedOffersToAway)
        }
        fields.set("reopen_within", &plan.reopenWithin, &self) { $0.duration($1, $2) }
        fields.set("max_age", &plan.maxAge, &self) { $0.duration($1, $2) }
        fields.set("retain", &plan.retain, &self) { $0.duration($1, $2) }
        return true
    }

    private mutating func priorityBoost(_ node: PlanNode, _ path: String) -> RoutingPlan.PriorityBoost? {
        guard case .scalar(let scalar) = node.value, scalar.kind == .text else {
            fault(path, "a duration such as 1m, or strict, not \(node.described)", at: node.position)
            return nil
        }
        if scalar.text == "strict" { return .strict }
        if let span = TimeSpan(text: scalar.text) { return .perPoint(span) }
        fault(path, "a duration such as 1m, or strict, not \(node.described)", at: node.position)
        return nil
    }

    private mutating func continuity(_ node: PlanNode, _ path: String) -> RoutingPlan.Continuity? {
        guard let fields = fields(node, path, keys: ["prefer", "for", "within"]) else { return nil }
        var continuity = RoutingPlan.Continuity()
        fields.set("prefer", &continuity.prefer, &self) {
            $0.choices($1, $2, as: RoutingPlan.Continuity.Prefer.self)
        }
        fields.set("for", &continuity.hold, &self) { $0.duration($1, $2) }
        fields.set("within", &continuity.within, &self) { $0.duration($1, $2) }
        return continuity
    }

    private mutating func survey(_ node: PlanNode, _ path: String, _ plan: inout RoutingPlan) -> Bool? {
        guard let fields = fields(node, path, keys: ["after"]) else { return nil }
        guard fields.has("after") else {
            fault(fields.path(of: "after"), "say how long after completion, such as 10m", at: fields.position)
            return nil
        }
        fields.set("after", &plan.surveyAfter, &self) { $0.duration($1, $2) }
        return true
    }

    // MARK: Channels

    private mutating func channels(_ node: PlanNode, _ path: String) -> [RoutingPlan.Channel]? {
        var channels: [RoutingPlan.Channel] = []
        var isSaid: [Bool] = []
        for (name, node, path) in named(node, path) {
            var channel = RoutingPlan.Channel(name)
            isSaid.append(self.channel(node, path, &channel))
            channels.append(channel)
        }
        let names = channels.map(\.name)
        for index in channels.indices {
            let channel = channels[index]
            guard channel.interruptedBy == RoutingPlan.Channel(channel.name).interruptedBy else { continue }
            if isSaid[index] {
                refuseUnknown(channel, names)
            } else {
                // That voice interrupts e-mail is a default only where there is voice.
                channels[index].interruptedBy.removeAll { !names.contains($0) }
            }
        }
        return channels
    }

    /// The checker takes the default of a channel as it is, whether the plan has the channels in it or not; who writes
    /// it down means them.
    private mutating func refuseUnknown(_ channel: RoutingPlan.Channel, _ names: [String]) {
        let path = PlanPath.key(channel.name, under: "channels") + ".interrupted_by"
        for (index, name) in channel.interruptedBy.enumerated() where !names.contains(name) {
            let below = PlanPath.item(index, of: path)
            let advice = Nearest.advice(on: name, among: names, plural: "channels")
            fault(below, "there is no channel \(name); \(advice)", at: positions[below])
        }
    }

    /// True if the document says what interrupts the channel.
    private mutating func channel(_ node: PlanNode, _ path: String, _ channel: inout RoutingPlan.Channel) -> Bool {
        let keys = [
            "weight", "limit", "target", "offer_timeout", "wrap_up", "accept", "hold_releases", "live", "with",
            "interrupted_by", "on_offline",
        ]
        guard !node.isNull, let fields = fields(node, path, keys: keys) else { return false }
        fields.set("weight", &channel.weight, &self) { $0.integer($1, $2, in: PlanLimits.weight) }
        fields.set("limit", &channel.limit, &self) { $0.integer($1, $2, in: PlanLimits.limit) }
        fields.set("target", &channel.target, &self) { $0.duration($1, $2) }
        fields.set("offer_timeout", &channel.offerTimeout, &self) { $0.duration($1, $2) }
        fields.set("wrap_up", &channel.wrapUp, &self) { $0.duration($1, $2) }
        fields.set("accept", &channel.accept, &self) { $0.choice($1, $2, as: RoutingPlan.Channel.Accept.self) }
        fields.set("hold_releases", &channel.holdReleases, &self) { $0.bool($1, $2) }
        fields.set("live", &channel.live, &self) { $0.bool($1, $2) }
        fields.set("with", &channel.with, &self) { $0.names($1, $2) }
        fields.set("interrupted_by", &channel.interruptedBy, &self) { $0.names($1, $2) }
        fields.set("on_offline", &channel.onOffline, &self) {
            $0.choice($1, $2, as: RoutingPlan.Channel.OnOffline.self)
        }
        return fields.has("interrupted_by")
    }

    // MARK: Queues

    private mutating func queues(_ node: PlanNode, _ path: String) -> [RoutingPlan.Queue]? {
        var queues: [RoutingPlan.Queue] = []
        for (name, node, path) in named(node, path) {
            var queue = RoutingPlan.Queue(name)
            self.queue(node, path, &queue)
            queues.append(queue)
        }
        if !queues.contains(where: { $0.name == "default" }) { queues.insert(RoutingPlan.Queue("default"), at: 0) }
        return queues
    }

    private mutating func queue(_ node: PlanNode, _ path: String, _ queue: inout RoutingPlan.Queue) {
        let keys = ["target", "select", "teams", "skills", "max_length", "overflow", "steps"]
        guard !node.isNull, let fields = fields(node, path, keys: keys) else { return }
        fields.set("target", &queue.target, &self) { $0.duration($1, $2) }
        fields.set("select", &queue.select, &self) { $0.choice($1, $2, as: RoutingPlan.Select.self) }
        fields.set("teams", &queue.teams, &self) { $0.names($1, $2) }
        fields.set("skills", &queue.skills, &self) { $0.levels($1, $2) }
        fields.set("max_length", &queue.lengthMax, &self) { $0.integer($1, $2, in: PlanLimits.queueLength) }
        fields.set("overflow", &queue.overflow, &self) { $0.name($1, $2) }
        fields.set("steps", &queue.steps, &self) { $0.steps($1, $2) }
    }

    private mutating func steps(_ node: PlanNode, _ path: String) -> [RoutingPlan.Step]? {
        guard let items = list(node, path) else { return nil }
        var steps: [RoutingPlan.Step] = []
        for (node, path) in items {
            // A step that cannot be read stays, so that those behind it keep their numbers.
            var step = RoutingPlan.Step(after: .seconds(1), actions: [])
            if let fields = fields(node, path, keys: ["after", "do"]) {
                require(["after", "do"], of: fields)
                fields.set("after", &step.after, &self) { $0.duration($1, $2) }
                fields.set("do", &step.actions, &self) { $0.actions($1, $2) }
            }
            steps.append(step)
        }
        return steps
    }

    /// Keys that have no default.
    mutating func require(_ keys: [String], of fields: Fields) {
        for key in keys where !fields.has(key) {
            fault(fields.path(of: key), "is missing", at: fields.position)
        }
    }

    /// A name in NFC, unless it is longer than any name can be.
    func normalized(_ name: String) -> String {
        name.utf8.count > 6 * LineProtocol.Limits.nameBytes ? name : normalizedName(name)
    }
}
