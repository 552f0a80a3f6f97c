/// Who says that a skill is required.
package enum PartSource: Hashable, Sendable {
    case request
    case rule(Name)
    /// The queue in which the inquiry stands. It goes when the inquiry leaves the queue, as what a step adds does.
    case queue
    case step(after: TimeSpan)
    case escalation(Name)
    /// UPDATE or TRANSFER.
    case hand

    /// Whether it goes when the inquiry leaves its queue.
    var isOfQueue: Bool {
        switch self {
        case .queue, .step: true
        case .request, .rule, .escalation, .hand: false
        }
    }

    /// One word.
    package var kind: String {
        switch self {
        case .request: "request"
        case .rule: "rule"
        case .queue: "queue"
        case .step: "step"
        case .escalation: "escalation"
        case .hand: "hand"
        }
    }

    /// For the store: `rule:gold customers`, `step:30000000` (microseconds).
    package var text: String {
        switch self {
        case .request, .queue, .hand: kind
        case .rule(let name), .escalation(let name): kind + ":" + name.string
        case .step(let after): kind + ":\(after.microseconds)"
        }
    }

    /// - Parameter names: where the names of rules and escalations are kept.
    package init?(text: String, names: inout NameCache) {
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        let rest = String(text[colon...].dropFirst())
        switch text[..<colon] {
        case "request": self = .request
        case "rule": self = .rule(names.name(rest))
        case "queue": self = .queue
        case "step":
            guard let after = Int64(rest) else { return nil }
            self = .step(after: TimeSpan(microseconds: after))
        case "escalation": self = .escalation(names.name(rest))
        case "hand": self = .hand
        default: return nil
        }
    }
}

/// A part of what an inquiry requires; of equal skills the highest level counts.
struct RequirementPart: Hashable {
    var skill: SkillIndex
    /// 1…10
    var level: UInt8
    var source: PartSource
}

/// What an inquiry asks of agents beside its channel: where it waits, and the parts of its requirement.
struct Demand {
    var queue: QueueIndex
    var parts: ContiguousArray<RequirementPart>

    /// By skill, each once.
    var skills: [SkillRequirement] {
        var skills: [SkillRequirement] = []
        let sorted = parts.sorted { ($0.skill, $1.level) < ($1.skill, $0.level) }
        for part in sorted where skills.last?.skill != part.skill {
            skills.append(SkillRequirement(skill: part.skill, level: part.level))
        }
        return skills
    }
}

/// What becomes of an inquiry in its queue. Those have one whose queue requires something or has steps, and those whose
/// requirement is not the request's alone.
struct Stay {
    /// Whose it is.
    var owner: UInt32
    var parts: ContiguousArray<RequirementPart> = []
    /// For how long it had waited in its queue, or been offered, before `waitingSince`.
    var waitedBefore = TimeSpan.zero
    /// Steps of its queue that have fired.
    var stepsDone: Int32 = 0
    /// How often a step or an escalation moved it.
    var moves: Int32 = 0
    /// Fires the next step while it waits or is offered.
    var timer = none
}
