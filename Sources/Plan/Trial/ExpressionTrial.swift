import CEL
import LineProtocol
package import Routing

/// An expression that somebody tries out, and the values that it may use.
package struct ExpressionTrial {
    /// Why there is no value.
    package struct Complaint: Error, Equatable {
        /// One line.
        package var message: String
        /// The place in the expression with a caret under it; nil: the bindings are at fault.
        package var excerpt: String?
    }

    private let declarations: Declarations
    private let bindings: any Bindings
    private let expected: ValueType

    private static let limits = EvaluationLimits(cost: 1_000_000, size: 1_048_576)
    /// Bytes of a value that is printed.
    private static let outputBytes = 1_048_576

    /// Any expression of CEL. Its names are the keys of a JSON object, with the types that their values show.
    ///
    /// - Throws: what is wrong with the bindings.
    package init(bindings json: [UInt8] = []) throws(Complaint) {
        var declarations = Declarations()
        declarations.timeZones = ZoneCache()
        var values: [Value] = []
        for (name, value) in try Self.members(of: json) {
            declarations.variable(name, JSONType.of(value))
            values.append(value)
        }
        self.declarations = declarations
        bindings = ValueBindings(values)
        expected = .dyn
    }

    /// A rule's condition.
    ///
    /// - Parameters:
    ///   - json: an object such as `{"inquiry": {"channel": "chat"}, "customer": {"open": [3]}, "now":
    ///     "2026-03-02T09:00:00Z", "calendars": {"seoul": true}}`, of which any part may be left out.
    ///   - now: where the bindings do not say.
    /// - Throws: what is wrong with the bindings.
    package init(ruleBindings json: [UInt8], now: Instant) throws(Complaint) {
        let bindings = try RuleBindings(Self.members(of: json), now: now)
        self.bindings = bindings
        declarations = InquiryVariable.declarations(calendars: bindings.calendars, zones: ZoneCache())
        expected = .bool
    }

    private static func members(of json: [UInt8]) throws(Complaint) -> [(String, Value)] {
        if json.isEmpty { return [] }
        let value: Value
        do throws(JSONFault) {
            value = try JSONValueReader.value(of: json)
        } catch {
            throw Complaint(message: "the bindings are no JSON: \(error.message)")
        }
        guard case .map(let map) = value else {
            throw Complaint(message: "the bindings are an object such as {\"x\": 1}")
        }
        return RuleBindings.members(of: map)
    }

    /// The value as JSON.
    package func answer(_ source: String) throws(Complaint) -> String {
        let program: Program
        do throws(Fault) {
            program = try Program(normalizedName(source), in: declarations, expecting: expected)
        } catch {
            throw Complaint(
                message: "line \(error.position.line), column \(error.position.column): \(error.message)",
                excerpt: error.excerpt)
        }
        do throws(EvaluationError) {
            let value = try program.evaluate(bindings, limits: Self.limits)
            if let json = value.json(bytesMax: Self.outputBytes) { return json }
        } catch {
            throw Complaint(message: error.description, excerpt: error.excerpt)
        }
        throw Complaint(message: "the value is too large to be shown")
    }

    /// The answer to one line of a file of questions, `{"expr": "1 + 1", "bindings": {…}}`: `{"value":2}` or
    /// `{"error":"…"}`.
    package static func answer(line: [UInt8], isRule: Bool, now: Instant) -> String {
        do throws(Complaint) {
            return "{\"value\":\(try value(line: line, isRule: isRule, now: now))}"
        } catch {
            return "{\"error\":\(Value.string(error.message).json(bytesMax: .max) ?? "")}"
        }
    }

    private static func value(line: [UInt8], isRule: Bool, now: Instant) throws(Complaint) -> String {
        let form = "a question is an object such as {\"expr\": \"x + 1\", \"bindings\": {\"x\": 1}}"
        guard let members = parseFlatObject(line) else { throw Complaint(message: form) }
        var source: String?
        var bindings: [UInt8] = []
        for member in members {
            switch (member.key, member.value) {
            case ("expr", .string(let text)): source = text
            case ("bindings", .raw(let json)): bindings = json
            case ("bindings", .null): continue
            default: throw Complaint(message: form)
            }
        }
        guard let source else { throw Complaint(message: form) }
        let trial =
            try isRule ? ExpressionTrial(ruleBindings: bindings, now: now) : ExpressionTrial(bindings: bindings)
        return try trial.answer(source)
    }
}

/// The type that a JSON value shows: what its parts do not agree on is left open.
private enum JSONType {
    static func of(_ value: Value) -> ValueType {
        switch value {
        case .bool: .bool
        case .int: .int
        case .double: .double
        case .string: .string
        case .list(let items): .list(joined(items))
        case .map(let map): .map(.string, joined(map.entries.map(\.value)))
        // What is null may be anything another time.
        case .null, .uint, .bytes, .timestamp, .duration, .type: .dyn
        }
    }

    private static func joined(_ values: [Value]) -> ValueType {
        guard let first = values.first.map(of) else { return .dyn }
        return values.dropFirst().allSatisfy { of($0) == first } ? first : .dyn
    }
}
