import CEL
import Foundation

/// One case of the conformance tests.
struct ConformanceCase {
    enum Outcome {
        case passed
        /// Of something that PLAN.md does not name.
        case outside
        case failed(String)
    }

    let fields: [String: Any]

    var title: String { "\(fields["section"] ?? "")/\(fields["name"] ?? ""): \(source)" }
    private var source: String { fields["expr"] as? String ?? "" }
    private var expectsError: Bool { fields["error"] != nil }

    func outcome() -> Outcome {
        if isOutside { return .outside }
        do {
            let (declarations, bindings) = try surroundings()
            let program =
                fields["disable_check"] as? Bool == true
                ? try Program(unchecked: source, in: declarations) : try Program(source, in: declarations)
            let value = try program.evaluate(bindings)
            if expectsError { return .failed("an error was expected, not \(value)") }
            let expected = try fields["expect"].map { corrected(try TypedValue.decode($0)) } ?? .bool(true)
            return TypedValue.areSame(value, expected) ? .passed : .failed("it gave \(value), not \(expected)")
        } catch {
            return expectsError ? .passed : .failed("\(error)")
        }
    }

    /// Messages of protocol buffers, their enumerations and wrappers are no part of the rule language.
    private var isOutside: Bool {
        let types = ["google.protobuf.", "TestAllTypes", "cel.expr."]
        let expected = fields["expect"] as? [String: Any] ?? [:]
        return types.contains { source.contains($0) } || expected["object"] != nil || expected["enum"] != nil
    }

    /// The specification writes bytes as text protos do, where `\?` is a question mark. The cases were converted with
    /// both characters; where the expression has no backslash, its bytes cannot have one either.
    private func corrected(_ expected: Value) -> Value {
        guard case .bytes(let bytes) = expected, !source.contains("\\") else { return expected }
        return .bytes(bytes.filter { $0 != UInt8(ascii: "\\") })
    }

    /// The variables that the case declares or binds; the files do not say of which types they are.
    private func surroundings() throws -> (Declarations, ValueBindings) {
        var declarations = Declarations()
        declarations.timeZones = FoundationTimeZones()
        var values: [Value?] = []
        let bindings = fields["bindings"] as? [String: Any] ?? [:]
        let declared = (fields["type_env"] as? [String] ?? []).map { $0.prefix { $0 != ":" } }.map(String.init)
        for name in declared + bindings.keys.sorted().filter({ !declared.contains($0) }) {
            let value = try bindings[name].map(TypedValue.decode)
            declarations.variable(name, value.map(Self.type) ?? .dyn)
            values.append(value)
        }
        return (declarations, ValueBindings(values))
    }

    private static func type(of value: Value) -> ValueType {
        switch value {
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .timestamp: .timestamp
        case .duration: .duration
        case .list: .list(.dyn)
        case .map: .map(.dyn, .dyn)
        case .null: .null
        case .type: .type
        }
    }
}

/// Values as the cases write them: `{"int": "1"}`.
enum TypedValue {
    struct Unreadable: Error {
        let text: String
    }

    static func decode(_ json: Any) throws -> Value {
        guard let object = json as? [String: Any], object.count == 1, let (key, content) = object.first else {
            throw Unreadable(text: "\(json)")
        }
        switch (key, content) {
        case ("null", _): return .null
        case ("bool", let bool as Bool): return .bool(bool)
        case ("int", let text as String): if let int = Int64(text) { return .int(int) }
        case ("uint", let text as String): if let uint = UInt64(text) { return .uint(uint) }
        case ("double", let text as String): if let double = Double(text) { return .double(double) }
        case ("string", let text as String): return .string(text)
        case ("bytes", let text as String): if let data = Data(base64Encoded: text) { return .bytes(Array(data)) }
        case ("type", let name as String):
            if let kind = Kind.allCases.first(where: { $0.name == name }) { return .type(kind) }
        case ("list", let elements as [Any]): return .list(try elements.map(decode))
        case ("map", let entries as [[Any]]):
            var map = MapValue()
            for entry in entries { _ = map.insert(try decode(entry[0]), try decode(entry[1])) }
            return .map(map)
        case ("timestamp", let parts as [Any]):
            let (seconds, nanoseconds) = try numbers(parts)
            if let timestamp = Timestamp(seconds: seconds, nanoseconds: Int32(nanoseconds)) {
                return .timestamp(timestamp)
            }
        case ("duration", let parts as [Any]):
            let (seconds, nanoseconds) = try numbers(parts)
            return .duration(seconds * 1_000_000_000 + nanoseconds)
        default: break
        }
        throw Unreadable(text: "\(json)")
    }

    private static func numbers(_ parts: [Any]) throws -> (Int64, Int64) {
        let numbers = parts.compactMap { Int64("\($0)") }
        guard numbers.count == 2 else { throw Unreadable(text: "\(parts)") }
        return (numbers[0], numbers[1])
    }

    /// Of one kind and content, NaN the same as itself, maps in any order: stricter than CEL's `==`.
    static func areSame(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.uint(let left), .uint(let right)): left == right
        case (.double(let left), .double(let right)):
            left == right && left.sign == right.sign || left.isNaN && right.isNaN
        case (.string(let left), .string(let right)): Array(left.utf8) == Array(right.utf8)
        case (.bytes(let left), .bytes(let right)): left == right
        case (.timestamp(let left), .timestamp(let right)): left == right
        case (.duration(let left), .duration(let right)): left == right
        case (.type(let left), .type(let right)): left == right
        case (.list(let left), .list(let right)):
            left.count == right.count && zip(left, right).allSatisfy { areSame($0, $1) }
        case (.map(let left), .map(let right)):
            left.count == right.count
                && left.entries.allSatisfy { entry in
                    right.entries.contains { areSame(entry.key, $0.key) && areSame(entry.value, $0.value) }
                }
        default: false
        }
    }
}

/// The IANA database as Foundation has it.
struct FoundationTimeZones: TimeZones {
    func offset(of zone: String, at seconds: Int64) -> Int? {
        TimeZone(identifier: zone)?.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
    }
}
