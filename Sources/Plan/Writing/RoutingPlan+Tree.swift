import Routing

extension RoutingPlan {
    /// How much of a plan is written.
    enum Detail {
        /// Everything, also what is as the defaults are.
        case full
        /// What differs from the defaults.
        case changes
    }

    /// The plan as a tree, keys in the order of PLAN.md: what is written as JSON or YAML, and compared.
    func tree(_ detail: Detail) -> PlanNode {
        let plain = RoutingPlan()
        let isFull = detail == .full
        return .object([
            ("plan", .integer(1)),
            ("name", name.isEmpty ? nil : .text(name)),
            ("defaults", defaultsTree(detail)),
            ("priority_boost", isFull || priorityBoost != plain.priorityBoost ? priorityBoost.tree : nil),
            ("continuity", isFull || continuity != plain.continuity ? continuity.tree(detail) : nil),
            (
                "channels",
                isFull || channels != plain.channels ? objects(channels) { ($0.name, tree($0, detail)) } : nil
            ),
            ("skills", skills.map { .texts($0) }),
            ("queues", isFull || queues != plain.queues ? objects(queues) { ($0.name, $0.tree(detail)) } : nil),
            ("rules", rules.isEmpty ? nil : .list(rules.map(\.tree))),
            ("sla", policies.isEmpty ? nil : .list(policies.map(\.tree))),
            ("calendars", calendars.isEmpty ? nil : objects(calendars) { ($0.name, $0.tree) }),
            ("survey", surveyAfter.map { .object([("after", .text($0.text))]) }),
        ])
    }

    private func objects<Item>(_ items: [Item], _ member: (Item) -> (String, PlanNode)) -> PlanNode {
        .object(
            items.map { item in
                let (name, tree) = member(item)
                return (name, tree)
            })
    }

    private func defaultsTree(_ detail: Detail) -> PlanNode? {
        let plain = RoutingPlan()
        let isFull = detail == .full
        let tree = PlanNode.object([
            ("queue", isFull || defaultQueue != plain.defaultQueue ? .text(defaultQueue) : nil),
            ("priority", isFull || defaultPriority != plain.defaultPriority ? .integer(defaultPriority) : nil),
            ("timezone", isFull || timezone != plain.timezone ? .text(timezone) : nil),
            ("disconnect_grace", disconnectGrace.tree(unless: plain.disconnectGrace, detail)),
            (
                "missed_offers_to_away",
                isFull || missedOffersToAway != plain.missedOffersToAway ? .integer(missedOffersToAway) : nil
            ),
            ("reopen_within", reopenWithin.tree(unless: plain.reopenWithin, detail)),
            ("max_age", maxAge.tree(unless: plain.maxAge, detail)),
            ("retain", retain.tree(unless: plain.retain, detail)),
        ])
        return tree == .object([]) ? nil : tree
    }

    private func tree(_ channel: Channel, _ detail: Detail) -> PlanNode {
        let plain = plainChannel(channel.name)
        let isFull = detail == .full
        let interruptedBy =
            channel.interruptedBy == Channel(channel.name).interruptedBy
            ? plain.interruptedBy : channel.interruptedBy
        let tellsInterruptions = interruptedBy != plain.interruptedBy || isFull && !interruptedBy.isEmpty
        return .object([
            ("weight", isFull || channel.weight != plain.weight ? .integer(channel.weight) : nil),
            ("limit", isFull || channel.limit != plain.limit ? .integer(channel.limit) : nil),
            ("target", channel.target.tree(unless: plain.target, detail)),
            ("offer_timeout", channel.offerTimeout.tree(unless: plain.offerTimeout, detail)),
            ("wrap_up", channel.wrapUp.tree(unless: plain.wrapUp, detail)),
            ("accept", isFull || channel.accept != plain.accept ? .text(channel.accept.rawValue) : nil),
            ("hold_releases", isFull || channel.holdReleases != plain.holdReleases ? .bool(channel.holdReleases) : nil),
            ("live", isFull || channel.live != plain.live ? .bool(channel.live) : nil),
            ("with", channel.with.map { .texts($0) }),
            ("interrupted_by", tellsInterruptions ? .texts(interruptedBy) : nil),
            ("on_offline", isFull || channel.onOffline != plain.onOffline ? .text(channel.onOffline.rawValue) : nil),
        ])
    }

    /// What a document that says nothing of the channel means in this plan: only a channel that there is interrupts.
    private func plainChannel(_ name: String) -> Channel {
        var channel = Channel(name)
        channel.interruptedBy.removeAll { other in !channels.contains { $0.name == other } }
        return channel
    }
}

extension RoutingPlan.PriorityBoost {
    fileprivate var tree: PlanNode {
        switch self {
        case .perPoint(let span): .text(span.text)
        case .strict: .text("strict")
        }
    }
}

extension RoutingPlan.Continuity {
    fileprivate func tree(_ detail: RoutingPlan.Detail) -> PlanNode {
        let plain = RoutingPlan.Continuity()
        return .object([
            ("prefer", detail == .full || prefer != plain.prefer ? .texts(prefer.map(\.rawValue)) : nil),
            ("for", hold.tree(unless: plain.hold, detail)),
            ("within", within.tree(unless: plain.within, detail)),
        ])
    }
}

extension RoutingPlan.Queue {
    fileprivate func tree(_ detail: RoutingPlan.Detail) -> PlanNode {
        .object([
            ("target", target.map { .text($0.text) }),
            ("select", detail == .full || select != .leastLoaded ? .text(select.rawValue) : nil),
            ("teams", teams.map { .texts($0) }),
            ("skills", skills.isEmpty ? nil : .levels(skills)),
            ("max_length", lengthMax.map { .integer($0) }),
            ("overflow", overflow.map { .text($0) }),
            ("steps", steps.isEmpty ? nil : .list(steps.map(\.tree))),
        ])
    }
}

extension RoutingPlan.Step {
    fileprivate var tree: PlanNode {
        .object([("after", .text(after.text)), ("do", .list(actions.map(\.tree)))])
    }
}

extension RoutingPlan.Action {
    fileprivate var tree: PlanNode {
        switch self {
        case .addPriority(let change): .object([("priority", .integer(change))])
        case .setPriority(let priority): .object([("priority", .text("=\(priority)"))])
        case .require(let levels): .object([("require", .levels(levels))])
        case .relax(let levels): .object([("relax", .levels(levels))])
        case .drop(let skills): .object([("drop", .texts(skills))])
        case .queue(let name): .object([("queue", .text(name))])
        case .notify(let name): .object([("notify", .text(name))])
        case .expire(let reason): .object([("expire", .text(reason))])
        }
    }
}

extension RoutingPlan.Rule {
    fileprivate var tree: PlanNode {
        let then = PlanNode.object([
            ("queue", queue.map { .text($0) }),
            ("priority", priority.map { .integer($0) }),
            ("skills", skills.isEmpty ? nil : .levels(skills)),
            ("prefer", prefer.isEmpty ? nil : .levels(prefer)),
        ])
        return .object([
            ("name", .text(name)),
            ("when", condition.map { .text($0) }),
            ("then", isEmpty && stop ? nil : then),
            ("force", force ? .bool(true) : nil),
            ("stop", stop ? .bool(true) : nil),
        ])
    }
}

extension RoutingPlan.Policy {
    fileprivate var tree: PlanNode {
        .object([
            ("name", .text(name)),
            ("when", condition.map { .text($0) }),
            ("calendar", calendar.map { .text($0) }),
            ("pause", pause.isEmpty ? nil : .texts(pause.map(\.rawValue))),
            ("targets", .object(targets.map { ($0.metric.rawValue, .text($0.span.text)) })),
            ("escalate", escalations.isEmpty ? nil : .list(escalations.map(\.tree))),
        ])
    }
}

extension RoutingPlan.Policy.Escalation {
    fileprivate var tree: PlanNode {
        .object([
            ("metric", .text(metric.rawValue)), ("at", .text(at.text)), ("do", .list(actions.map(\.tree))),
        ])
    }
}

extension BusinessCalendar {
    fileprivate var tree: PlanNode {
        .object([
            ("timezone", .text(timezone)),
            ("hours", week.allSatisfy(\.isEmpty) ? nil : hours),
            ("holidays", holidays.isEmpty ? nil : .texts(holidays.map(\.text))),
            ("extra", extra.isEmpty ? nil : .object(extra.map { ($0.date.text, .texts($0.blocks.map(\.text))) })),
        ])
    }

    /// Days with the same blocks under one key, in the order of their first days.
    private var hours: PlanNode {
        var groups: [(days: [Weekday], blocks: [Block])] = []
        for day in Weekday.allCases where !week[day.index].isEmpty {
            if let place = groups.firstIndex(where: { $0.blocks == week[day.index] }) {
                groups[place].days.append(day)
            } else {
                groups.append(([day], week[day.index]))
            }
        }
        return .object(groups.map { (Weekday.text($0.days), .texts($0.blocks.map(\.text))) })
    }
}

extension PlanNode {
    fileprivate static func levels(_ levels: [RoutingPlan.SkillLevel]) -> PlanNode {
        .object(levels.map { ($0.name, .integer($0.level)) })
    }
}

extension TimeSpan {
    /// The duration as text; nil where it is the default and only changes are written.
    fileprivate func tree(unless plain: TimeSpan, _ detail: RoutingPlan.Detail) -> PlanNode? {
        detail == .full || self != plain ? .text(text) : nil
    }
}
