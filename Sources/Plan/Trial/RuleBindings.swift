import CEL
import Routing

/// The scope of a rule, filled from JSON.
struct RuleBindings: Bindings {
    /// By `InquiryVariable`.
    private var values: [Value?] = InquiryVariable.allCases.map { _ in nil }
    private var isOpen: [(name: String, isOpen: Bool)] = []

    var calendars: [String] { isOpen.map(\.name) }

    init(_ members: [(String, Value)], now: Instant) throws(ExpressionTrial.Complaint) {
        self[.skills] = .map(MapValue())
        self[.attributes] = .map(MapValue())
        self[.openInquiries] = .list([])
        self[.now] = Timestamp(microseconds: now.microseconds).map { .timestamp($0) }
        for (name, value) in members {
            switch (name, value) {
            case ("inquiry", .map(let map)), ("customer", .map(let map)):
                for (key, value) in Self.members(of: map) { try set("\(name).\(key)", value) }
            case ("now", _): try set(name, value)
            case ("calendars", .map(let map)): isOpen = try Self.calendars(map)
            default: throw Self.unknown(name)
            }
        }
    }

    private subscript(variable: InquiryVariable) -> Value? {
        get { values[variable.rawValue] }
        set { values[variable.rawValue] = newValue }
    }

    private mutating func set(_ name: String, _ value: Value) throws(ExpressionTrial.Complaint) {
        guard let variable = InquiryVariable.allCases.first(where: { $0.name == name }) else {
            throw Self.unknown(name)
        }
        if case .null = value { return self[variable] = nil }
        guard let fitting = Self.fitting(value, variable.type) else {
            throw ExpressionTrial.Complaint(message: "\(name) is of type \(variable.type), not \(value.kind.name)")
        }
        self[variable] = fitting
    }

    private static func fitting(_ value: Value, _ type: ValueType) -> Value? {
        switch (value, type) {
        case (.string, .string), (.int, .int), (.map, .map(.string, .dyn)): return value
        case (.string(let text), .timestamp): return Timestamp(text).map { .timestamp($0) }
        case (.list(let items), .list(.int)): return items.allSatisfy { $0.kind == .int } ? value : nil
        case (.map(let map), .map(.string, .int)):
            return map.entries.allSatisfy { $0.value.kind == .int } ? value : nil
        default: return nil
        }
    }

    private static func calendars(
        _ map: MapValue
    ) throws(ExpressionTrial.Complaint) -> [(name: String, isOpen: Bool)] {
        var calendars: [(name: String, isOpen: Bool)] = []
        for (name, value) in members(of: map) {
            guard case .bool(let isOpen) = value else {
                throw ExpressionTrial.Complaint(message: "calendars.\(name) is true where it is open, else false")
            }
            calendars.append((name, isOpen))
        }
        return calendars
    }

    private static func unknown(_ name: String) -> ExpressionTrial.Complaint {
        let known = InquiryVariable.allCases.map(\.name) + ["calendars"]
        let advice = Nearest.advice(on: name, among: known, plural: "names of a rule")
        return ExpressionTrial.Complaint(message: "a rule knows no \(name); \(advice)")
    }

    /// The entries of a map that was JSON.
    static func members(of map: MapValue) -> [(String, Value)] {
        map.entries.compactMap { entry in
            guard case .string(let key) = entry.key else { return nil }
            return (key, entry.value)
        }
    }

    // MARK: Bindings

    func value(of variable: Int) -> Value? { values[variable] }

    func call(_ function: Int, _ arguments: [Value]) -> Value? {
        guard case .string(let name)? = arguments.first else { return nil }
        return isOpen.first { $0.name == name }.map { .bool($0.isOpen) }
    }
}
