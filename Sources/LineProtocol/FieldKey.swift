/// A field of a request. The raw value is a bit of the set of fields that a request has, so there are at most 64;
/// what is stored (the digest of a request) goes by `name`.
package enum FieldKey: UInt8, CaseIterable, Sendable {
    /// The positional argument, whatever the verb calls it. No verb takes it as `id=`.
    case id
    case version
    case token
    case agent
    case `as`
    case key
    case source
    case customer
    case subject
    case channel
    case skills
    case prefer
    case queue
    case priority
    case hold
    case at
    case attrs
    case channels
    case reason
    case disposition
    case outcome
    case name
    case capacity
    case team
    case state
    case skill
    case limit
    case after
    case window
    case types
    case inquiry
    case from
    case role
    case teams
    case expires
    case off
    case reroute
    case csat
    case nps
    case comment
    case force
    case body
    case ifVersion
    case note
    case check

    /// The name on the wire.
    package var name: String {
        switch self {
        case .id: "id"
        case .version: "version"
        case .token: "token"
        case .agent: "agent"
        case .as: "as"
        case .key: "key"
        case .source: "source"
        case .customer: "customer"
        case .subject: "subject"
        case .channel: "channel"
        case .skills: "skills"
        case .prefer: "prefer"
        case .queue: "queue"
        case .priority: "priority"
        case .hold: "hold"
        case .at: "at"
        case .attrs: "attrs"
        case .channels: "channels"
        case .reason: "reason"
        case .disposition: "disposition"
        case .outcome: "outcome"
        case .name: "name"
        case .capacity: "capacity"
        case .team: "team"
        case .state: "state"
        case .skill: "skill"
        case .limit: "limit"
        case .after: "after"
        case .window: "window"
        case .types: "types"
        case .inquiry: "inquiry"
        case .from: "from"
        case .role: "role"
        case .teams: "teams"
        case .expires: "expires"
        case .off: "off"
        case .reroute: "reroute"
        case .csat: "csat"
        case .nps: "nps"
        case .comment: "comment"
        case .force: "force"
        case .body: "body"
        case .ifVersion: "if_version"
        case .note: "note"
        case .check: "check"
        }
    }

    /// The key's bit in the set of fields of a request.
    var bit: UInt64 { 1 << UInt64(rawValue) }

    /// All keys by the bytes of their names: an order that a new case does not disturb.
    static let byName: [FieldKey] = allCases.sorted { left, right in
        left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
}
