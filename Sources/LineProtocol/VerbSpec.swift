/// The roles that a token can have, as a set.
package struct RoleSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let admin = RoleSet(rawValue: 1)
    package static let supervisor = RoleSet(rawValue: 2)
    package static let gateway = RoleSet(rawValue: 4)
    package static let upstream = RoleSet(rawValue: 8)
    package static let agent = RoleSet(rawValue: 16)
    package static let all: RoleSet = [.admin, .supervisor, .gateway, .upstream, .agent]

    /// The roles of the set by their wire names, the mightiest first.
    package var names: [String] {
        let named: [(RoleSet, String)] = [
            (.admin, "admin"), (.supervisor, "supervisor"), (.gateway, "gateway"), (.upstream, "upstream"),
            (.agent, "agent"),
        ]
        return named.filter { contains($0.0) }.map(\.1)
    }
}

/// What the value of a field is.
package enum FieldType: Sendable, Equatable {
    /// Any text; the field's range is its length in bytes.
    case text
    /// 1–64 bytes of letters, marks, digits and `_ . -`, in NFC.
    case name
    /// Names, each at most once, in any order; the field's range is how many.
    case names
    /// A whole number within the field's range.
    case integer
    case duration
    /// RFC 3339, or `+5m` from now.
    case instant
    /// Words without commas, each at most once; the field's range is how many.
    case list
    /// Names with levels; the field's range is how many.
    case levels
    /// Names with or without a limit; the field's range is how many.
    case limits
    /// A JSON object; the end of the field's range is its bytes, without one those of attributes.
    case json
    /// `true` or `false`.
    case flag
    case choice([String])
}

/// One field of a verb.
package struct FieldSpec: Sendable {
    package let key: FieldKey
    package let type: FieldType
    package let required: Bool
    /// The bounds of an integer, of a duration in microseconds, of the bytes of a text, or of the number of items of a
    /// list.
    package let range: ClosedRange<Int64>?
    /// What a name without a level means, where the type is `levels`.
    package let defaultLevel: UInt8

    init(
        _ key: FieldKey, _ type: FieldType, required: Bool = false, range: ClosedRange<Int64>? = nil,
        defaultLevel: UInt8 = Limits.requiredLevelDefault
    ) {
        self.key = key
        self.type = type
        self.required = required
        self.range = range
        self.defaultLevel = defaultLevel
    }

    /// How `HELP` shows a value of this field.
    package var placeholder: String { type.placeholder(range: range) }
}

/// The argument of a verb that has no key.
package struct PositionalSpec: Sendable {
    package let name: String
    package let type: FieldType
    package let required: Bool
    package let range: ClosedRange<Int64>?
    /// How many words the value may have; more than one only where it is the name of a verb.
    package let wordsMax: Int

    init(
        _ name: String, _ type: FieldType, required: Bool = true, range: ClosedRange<Int64>? = nil, wordsMax: Int = 1
    ) {
        self.name = name
        self.type = type
        self.required = required
        self.range = range
        self.wordsMax = wordsMax
    }
}

/// One verb: everything that the parser, `HELP`, the server and the tests know of it.
package struct VerbSpec: Sendable {
    package let verb: Verb
    /// The verb as it is written, in capitals, its words separated by one space.
    package let words: String
    package let positional: PositionalSpec?
    package let fields: [FieldSpec]
    package let roles: RoleSet
    /// May be said on TCP before HELLO.
    package let beforeHello: Bool
    /// Its `OK` waits for the commit.
    package let changesState: Bool
    /// Answers with as many rows as there are.
    package let isPaged: Bool
    /// The codes that it may answer, beside those that any line may get (`bad_request`, `unknown_verb`, `too_large`).
    package let errors: [ErrorCode]
    /// `SUBMIT channel=NAME [key=TEXT] …`, made from the rest.
    package let usage: String
    /// One sentence for people.
    package let summary: String

    init(
        _ verb: Verb, _ words: String, _ positional: PositionalSpec? = nil, fields: [FieldSpec] = [], roles: RoleSet,
        beforeHello: Bool = false, changesState: Bool = false, isPaged: Bool = false, errors: [ErrorCode] = [],
        summary: String
    ) {
        self.verb = verb
        self.words = words
        self.positional = positional
        self.fields = fields
        self.roles = roles
        self.beforeHello = beforeHello
        self.changesState = changesState
        self.isPaged = isPaged
        self.summary = summary

        var codes: [ErrorCode] = []
        if positional != nil || !fields.isEmpty { codes.append(.badArgument) }
        if !beforeHello { codes.append(.unauthorized) }
        if roles != .all { codes.append(.forbidden) }
        codes += errors
        if changesState { codes += [.limit, .unavailable] }
        self.errors = codes + [.internalError]
        self.usage = Self.usage(words, positional, fields)
    }

    private static func usage(_ words: String, _ positional: PositionalSpec?, _ fields: [FieldSpec]) -> String {
        var parts = [words]
        if let positional { parts.append(positional.required ? positional.name : "[\(positional.name)]") }
        parts += fields.filter(\.required).map { "\($0.key.name)=\($0.placeholder)" }
        parts += fields.filter { !$0.required }.map { "[\($0.key.name)=\($0.placeholder)]" }
        return parts.joined(separator: " ")
    }
}

extension FieldType {
    /// How a value of this type is shown in a usage line.
    func placeholder(range: ClosedRange<Int64>?) -> String {
        switch self {
        case .text: "TEXT"
        case .name: "NAME"
        case .names: "NAME,…"
        case .integer: Self.numberPlaceholder(range)
        case .duration: "DURATION"
        case .instant: "TIME"
        case .list: "WORD,…"
        case .levels: "NAME:LEVEL,…"
        case .limits: "NAME:LIMIT,…"
        case .json: "{…}"
        case .flag: "true|false"
        case .choice(let words): words.joined(separator: "|")
        }
    }

    private static func numberPlaceholder(_ range: ClosedRange<Int64>?) -> String {
        guard let range, range.upperBound != .max else { return "N" }
        return range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)..\(range.upperBound)"
    }
}
