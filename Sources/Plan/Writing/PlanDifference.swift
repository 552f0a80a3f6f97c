/// One thing in which two plans differ.
package struct PlanChange: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case added
        case removed
        case changed
        /// A rule or a policy that comes earlier or later among those that stayed.
        case moved
    }

    package var kind: Kind
    /// In the newer plan; of what was removed, in the older one.
    package var path: String
    /// The line for people, without colour: `queues.vip.target: 20s → 30s`, `+ rules[2] "gold customers"`,
    /// `- channels.fax`, `rules[0] → rules[2] "gold customers"`.
    package var line: String
}

extension RoutingPlan {
    /// What the newer plan changes, in the order of PLAN.md; empty: they mean the same. Rules and policies are the same
    /// where their names are. Defaults count as if they were written down, so spelling one out is no change.
    ///
    /// Cost: linear in the plans, but quadratic in the rules and the policies.
    package func changes(to newer: RoutingPlan) -> [PlanChange] {
        var difference = PlanDifference()
        difference.compare(tree(.full), newer.tree(.full), "")
        return difference.changes
    }
}

private struct PlanDifference {
    private(set) var changes: [PlanChange] = []

    mutating func compare(_ old: PlanNode, _ new: PlanNode, _ path: String) {
        guard old != new else { return }
        switch (old.value, new.value) {
        case (.object(let before), .object(let after)): compare(before, after, path)
        case (.list(let before), .list(let after)) where path == "rules" || path == "sla":
            compareNamed(before, after, path)
        case (.list(let before), .list(let after)) where (before + after).allSatisfy(\.isObject):
            compareItems(before, after, path)
        default:
            add(.changed, path, "\(path): \(YAMLText.flow(old)) → \(YAMLText.flow(new))")
        }
    }

    private mutating func add(_ kind: PlanChange.Kind, _ path: String, _ line: String) {
        changes.append(PlanChange(kind: kind, path: path, line: line))
    }

    // MARK: Objects

    private mutating func compare(_ old: [PlanNode.Member], _ new: [PlanNode.Member], _ path: String) {
        let before = Dictionary(old.map { ($0.key.text, $0.value) }, uniquingKeysWith: { first, _ in first })
        let after = Dictionary(new.map { ($0.key.text, $0.value) }, uniquingKeysWith: { first, _ in first })
        let isNamed = Self.namedSections.contains(path)
        for member in old {
            let below = PlanPath.key(member.key.text, under: path)
            if let other = after[member.key.text] {
                compare(member.value, other, below)
            } else {
                whole(.removed, member.value, below, isNamed: isNamed)
            }
        }
        for member in new where before[member.key.text] == nil {
            whole(.added, member.value, PlanPath.key(member.key.text, under: path), isNamed: isNamed)
        }
    }

    /// What came or went as a whole: a value is told, a queue, a rule or the like only named.
    private mutating func whole(_ kind: PlanChange.Kind, _ node: PlanNode, _ path: String, isNamed: Bool = false) {
        let sign = kind == .added ? "+" : "-"
        switch node.value {
        case .list(let items) where path == "rules" || path == "sla":
            for (index, item) in items.enumerated() { named(kind, item, PlanPath.item(index, of: path)) }
        case .object(let members) where Self.namedSections.contains(path):
            for member in members {
                whole(kind, member.value, PlanPath.key(member.key.text, under: path), isNamed: true)
            }
        case .object where isNamed: add(kind, path, "\(sign) \(path)")
        case .object, .list, .scalar: add(kind, path, "\(sign) \(path): \(YAMLText.flow(node))")
        }
    }

    private static let namedSections = ["channels", "queues", "calendars"]

    /// A rule or a policy.
    private mutating func named(_ kind: PlanChange.Kind, _ node: PlanNode, _ path: String) {
        add(kind, path, "\(kind == .added ? "+" : "-") \(path) \"\(node.name)\"")
    }

    // MARK: Lists

    /// Lists whose items have no names: what is the same at both ends stays, the rest is compared place by place.
    private mutating func compareItems(_ old: [PlanNode], _ new: [PlanNode], _ path: String) {
        var start = 0
        while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
        var tail = 0
        while tail < min(old.count, new.count) - start, old[old.count - 1 - tail] == new[new.count - 1 - tail] {
            tail += 1
        }
        let (oldEnd, newEnd) = (old.count - tail, new.count - tail)
        let both = min(oldEnd, newEnd)
        for index in start..<max(start, both) { compare(old[index], new[index], PlanPath.item(index, of: path)) }
        for index in max(start, both)..<max(start, both, oldEnd) {
            whole(.removed, old[index], PlanPath.item(index, of: path))
        }
        for index in max(start, both)..<max(start, both, newEnd) {
            whole(.added, new[index], PlanPath.item(index, of: path))
        }
    }

    private mutating func compareNamed(_ old: [PlanNode], _ new: [PlanNode], _ path: String) {
        let (oldNames, newNames) = (old.map(\.name), new.map(\.name))
        for (index, item) in old.enumerated() where !newNames.contains(item.name) {
            named(.removed, item, PlanPath.item(index, of: path))
        }
        let kept = newNames.compactMap { name in oldNames.firstIndex(of: name) }
        let stays = Self.longestRise(kept)
        for (index, item) in new.enumerated() {
            let below = PlanPath.item(index, of: path)
            guard let before = oldNames.firstIndex(of: item.name) else {
                named(.added, item, below)
                continue
            }
            if !stays.contains(before) {
                add(.moved, below, "\(PlanPath.item(before, of: path)) → \(below) \"\(item.name)\"")
            }
            compare(old[before], item, below)
        }
    }

    /// The longest run of rising numbers among them: what has kept its order.
    private static func longestRise(_ numbers: [Int]) -> Set<Int> {
        var length: [Int] = []
        var before: [Int?] = []
        for (index, number) in numbers.enumerated() {
            var best: Int?
            for earlier in 0..<index where numbers[earlier] < number {
                if best.map({ length[$0] < length[earlier] }) ?? true { best = earlier }
            }
            length.append((best.map { length[$0] } ?? 0) + 1)
            before.append(best)
        }
        var rise: Set<Int> = []
        var place = length.indices.max { length[$0] < length[$1] }
        while let index = place {
            rise.insert(numbers[index])
            place = before[index]
        }
        return rise
    }
}

extension PlanNode {
    fileprivate var isObject: Bool {
        if case .object = value { return true }
        return false
    }

    /// The value of its key `name`.
    fileprivate var name: String {
        guard case .object(let members) = value, let member = members.first(where: { $0.key.text == "name" }),
            case .scalar(let scalar) = member.value.value
        else { return "" }
        return scalar.text
    }
}
