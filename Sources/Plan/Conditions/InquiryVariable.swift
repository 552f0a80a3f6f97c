import CEL
import Routing

/// What a condition can read, by its number among the declarations (PLAN.md, "The rule language").
///
/// All texts come in NFC, and so do the conditions: two Unicode spellings of one text are one text.
enum InquiryVariable: Int, CaseIterable {
    case channel
    /// The following three: missing where the inquiry has none.
    case customer
    case subject
    case key
    /// Missing in a rule where the request does not say; so is `queue`.
    case priority
    case queue
    /// Levels by skill, as the request has them.
    case skills
    case attributes
    /// The number of the token that handed the inquiry in.
    case source
    /// Ids of the customer's open inquiries, rising.
    case openInquiries
    /// Missing where nobody worked for the customer, or the plan does not look for them.
    case lastAgent
    case now

    var name: String {
        switch self {
        case .channel: "inquiry.channel"
        case .customer: "inquiry.customer"
        case .subject: "inquiry.subject"
        case .key: "inquiry.key"
        case .priority: "inquiry.priority"
        case .queue: "inquiry.queue"
        case .skills: "inquiry.skills"
        case .attributes: "inquiry.attrs"
        case .source: "inquiry.source"
        case .openInquiries: "customer.open"
        case .lastAgent: "customer.last_agent"
        case .now: "now"
        }
    }

    var type: ValueType {
        switch self {
        case .channel, .customer, .subject, .key, .queue, .lastAgent: .string
        case .priority, .source: .int
        case .skills: .map(.string, .int)
        case .attributes: .map(.string, .dyn)
        case .openInquiries: .list(.int)
        case .now: .timestamp
        }
    }

    /// The names for a plan with these calendars; `open("…")` is function 0.
    static func declarations(calendars: [String], zones: ZoneCache) -> Declarations {
        var declarations = Declarations()
        for variable in allCases { declarations.variable(variable.name, variable.type) }
        declarations.function("open", [.string], .bool) { argument in
            guard case .string(let name) = argument, !calendars.contains(name) else { return nil }
            return "there is no calendar \(name); \(Nearest.advice(on: name, among: calendars, plural: "calendars"))"
        }
        declarations.timeZones = zones
        return declarations
    }
}

/// Some of the variables.
struct InquiryVariables: OptionSet, Sendable {
    let rawValue: UInt32

    static let attributes = InquiryVariables(.attributes)

    init(rawValue: UInt32) { self.rawValue = rawValue }

    init(_ variable: InquiryVariable) { rawValue = 1 << UInt32(variable.rawValue) }

    /// What a program may read.
    init(readBy program: Program) {
        rawValue = program.variables.reduce(0) { $0 | 1 << UInt32($1) }
    }
}

extension ZoneCache: TimeZones {
    package func offset(of zone: String, at seconds: Int64) -> Int? {
        self.zone(zone).map { Int($0.offset(at: seconds)) }
    }
}
