import LineProtocol
import Routing

/// What a plan's values may be, and whether they fit together. Works on the plan, so that it says the same of one that
/// was read, one that the program made, and one that the engine is to get.
///
/// Goes through the whole plan; the findings are in its order. Cost: linear, but for the look-ups of names, which are
/// linear in the number of names where one is unknown only.
struct PlanChecker {
    private(set) var faults: [PlanFault] = []
    private(set) var warnings: [PlanFault] = []

    let plan: RoutingPlan
    let conditions: (any ConditionChecker)?
    private var unknownCount = 0
    private let queueNames: KnownNames
    private let channelNames: KnownNames
    private let calendarNames: KnownNames
    /// nil: any.
    private let skillNames: KnownNames?

    init(_ plan: RoutingPlan, conditions: (any ConditionChecker)?) {
        self.plan = plan
        self.conditions = conditions
        queueNames = KnownNames(plan.queues.map(\.name), word: "queue", plural: "queues")
        channelNames = KnownNames(plan.channels.map(\.name), word: "channel", plural: "channels")
        calendarNames = KnownNames(plan.calendars.map(\.name), word: "calendar", plural: "calendars")
        skillNames = plan.skills.map { KnownNames($0, word: "skill", plural: "skills") }
    }

    mutating func check() {
        if !plan.name.isEmpty { label(plan.name, "name") }
        checkDefaults()
        checkContinuity()
        checkChannels()
        checkSkills()
        checkQueues()
        checkRules()
        checkPolicies()
        checkCalendars()
        if let after = plan.surveyAfter { range(after, PlanLimits.surveyAfter, "survey.after") }
    }

    mutating func fault(_ path: String, _ message: String) {
        faults.append(PlanFault(path: path, message: message))
    }

    mutating func warn(_ path: String, _ message: String) {
        warnings.append(PlanFault(path: path, message: message))
    }

    // MARK: Ranges and counts

    mutating func range(_ value: Int32, _ range: ClosedRange<Int32>, _ path: String) {
        guard !range.contains(value) else { return }
        fault(path, "\(range.lowerBound) to \(range.upperBound), not \(value)")
    }

    mutating func range(_ value: TimeSpan, _ range: ClosedRange<TimeSpan>, _ path: String) {
        guard !range.contains(value) else { return }
        fault(path, "\(range.lowerBound.text) to \(range.upperBound.text), not \(value.text)")
    }

    mutating func count(_ count: Int, atMost limit: Int, _ what: String, _ path: String) {
        guard count > limit else { return }
        fault(path, "at most \(limit) \(what), not \(count)")
    }

    // MARK: Names

    /// A name that the plan gives: letters, marks, digits and `_ . -`.
    mutating func name(_ name: String, _ path: String) {
        do throws(NameFault) {
            _ = try checkedName(name)
        } catch {
            fault(path, error.advice)
        }
    }

    /// A text of one line that people read.
    mutating func label(_ text: String, _ path: String) {
        if text.isEmpty { return fault(path, "1 to \(PlanLimits.labelBytes) bytes of text, not none") }
        if text.utf8.count > PlanLimits.labelBytes {
            return fault(path, "at most \(PlanLimits.labelBytes) bytes of text, not \(text.utf8.count)")
        }
        let isOneLine = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        if !isOneLine { fault(path, "one line of text without control characters") }
    }

    mutating func queue(_ name: String, _ path: String) {
        reference(name, queueNames, path)
    }

    mutating func channel(_ name: String, _ path: String) {
        reference(name, channelNames, path)
    }

    mutating func calendar(_ name: String, _ path: String) {
        reference(name, calendarNames, path)
    }

    /// A skill that the plan mentions: one of `skills`, where they are listed.
    mutating func skill(_ name: String, _ path: String) {
        guard let skillNames else { return self.name(name, path) }
        reference(name, skillNames, path)
    }

    /// To find the nearest of many names costs: past so many unknown ones it is not looked for.
    private static let nearestMax = 100

    private mutating func reference(_ name: String, _ known: KnownNames, _ path: String) {
        guard !known.contains(name) else { return }
        unknownCount += 1
        fault(path, known.advice(on: name, withNearest: unknownCount <= Self.nearestMax))
    }

    /// What stands in a list twice.
    mutating func once(_ names: [String], _ path: String) {
        var seen: Set<String> = []
        for (index, name) in names.enumerated() where !seen.insert(name).inserted {
            fault(PlanPath.item(index, of: path), "\(name) stands there twice")
        }
    }

    mutating func levels(_ levels: [RoutingPlan.SkillLevel], _ path: String) {
        count(levels.count, atMost: Routing.Limits.skillsPerInquiry, "skills", path)
        var seen: Set<String> = []
        for level in levels {
            let below = PlanPath.key(level.name, under: path)
            skill(level.name, below)
            range(level.level, PlanLimits.level, below)
            if !seen.insert(level.name).inserted { fault(below, "\(level.name) stands there twice") }
        }
    }

    // MARK: Conditions

    mutating func condition(_ source: String?, _ kind: ConditionKind, _ path: String) {
        guard let source else { return }
        guard source.contains(where: { !$0.isWhitespace }) else {
            return fault(path, "an empty condition; leave `when` out where it is always so")
        }
        guard source.utf8.count <= PlanLimits.conditionBytes else {
            return fault(path, "at most \(PlanLimits.conditionBytes) bytes, not \(source.utf8.count)")
        }
        if source.contains("last_agent"), !plan.continuity.prefer.contains(.lastAgent) {
            warn(path, "customer.last_agent is known only where continuity.prefer has last_agent")
        }
        guard let conditions else { return }
        let scope = ConditionScope(
            kind: kind, calendars: plan.calendars.map(\.name), queues: plan.queues.map(\.name),
            channels: plan.channels.map(\.name), skills: plan.skills)
        for found in conditions.faults(of: source, in: scope) {
            let line = source.contains("\n") ? "line \(found.line), " : ""
            fault(path, "\(line)column \(found.column): \(found.message)")
        }
    }
}

/// The names of one kind that a plan has.
private struct KnownNames {
    private let list: [String]
    private let set: Set<String>
    private let word: String
    private let plural: String

    init(_ list: [String], word: String, plural: String) {
        self.list = list
        set = Set(list)
        self.word = word
        self.plural = plural
    }

    func contains(_ name: String) -> Bool { set.contains(name) }

    func advice(on name: String, withNearest: Bool) -> String {
        let fault = "there is no \(word) \(name)"
        return withNearest ? "\(fault); \(Nearest.advice(on: name, among: list, plural: plural))" : fault
    }
}
