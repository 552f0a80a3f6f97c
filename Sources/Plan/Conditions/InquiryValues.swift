import CEL
import LineProtocol
import Routing

/// What conditions read of one inquiry, made once and kept for all of them.
final class InquiryValues: Bindings, Sendable {
    /// By `InquiryVariable`; what no condition reads is nil.
    private let values: [Value?]
    /// The same as in `values`: what most conditions ask for.
    private let attributes: MapValue?
    private let calendars: OpenCalendars
    private let now: Instant
    let made: InquiryVariables

    /// - Parameter wanted: the variables that are read.
    init(_ input: RuleInput, _ wanted: InquiryVariables, _ calendars: OpenCalendars) {
        self.calendars = calendars
        now = input.now
        made = wanted
        let values = InquiryVariable.allCases.map { variable in
            wanted.contains(InquiryVariables(variable)) ? Self.value(of: variable, input) : nil
        }
        self.values = values
        attributes =
            if case .map(let map)? = values[InquiryVariable.attributes.rawValue] { map } else { nil }
    }

    private static func value(of variable: InquiryVariable, _ input: RuleInput) -> Value? {
        switch variable {
        case .channel: .string(input.channel)
        case .customer: text(input.texts.customer)
        case .subject: text(input.texts.subject)
        case .key: text(input.texts.key)
        case .priority: input.priority.map { .int(Int64($0)) }
        case .queue: input.queue.map { .string($0) }
        case .skills: .map(MapValue(input.skills.map { ($0.skill, .int(Int64($0.level))) }))
        case .attributes: attributes(input.texts.attributes)
        case .source: .int(Int64(input.source))
        case .openInquiries: .list(input.openInquiries.map { .int($0) })
        case .lastAgent: input.lastAgent.isEmpty ? nil : .string(input.lastAgent)
        case .now: Timestamp(microseconds: input.now.microseconds).map { .timestamp($0) }
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> Value? {
        bytes.isEmpty ? nil : .string(normalizedName(String(decoding: bytes, as: UTF8.self)))
    }

    /// An inquiry without attributes has an empty map of them.
    private static func attributes(_ json: ArraySlice<UInt8>) -> Value? {
        json.isEmpty ? .map(MapValue()) : JSONValueReader.value(ofCompact: json)
    }

    func value(of variable: Int) -> Value? { values[variable] }

    func entry(of variable: Int, key: String) -> Value? {
        if variable == InquiryVariable.attributes.rawValue { return attributes?.value(of: key) }
        guard case .map(let map)? = values[variable] else { return nil }
        return map.value(of: key)
    }

    /// `open("…")`, the one function.
    func call(_ function: Int, _ arguments: [Value]) -> Value? {
        guard case .string(let name)? = arguments.first else { return nil }
        return calendars.isOpen(name, at: now).map { .bool($0) }
    }
}

/// The plan's calendars by name.
final class OpenCalendars: Sendable {
    /// Looked up only.
    private let calendars: [String: CalendarCompiler]

    init(_ calendars: [(name: String, compiler: CalendarCompiler)]) {
        self.calendars = Dictionary(
            calendars.map { ($0.name, $0.compiler) }, uniquingKeysWith: { first, _ in first })
    }

    /// Nil if there is no such calendar.
    func isOpen(_ name: String, at now: Instant) -> Bool? { calendars[name]?.isOpen(at: now) }
}
