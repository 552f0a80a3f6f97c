import CEL

/// An inquiry as rules see it, with values of its own for what a test asks about.
struct Surroundings: Bindings {
    static let declarations: Declarations = {
        var declarations = Declarations()
        declarations.variable("inquiry.channel", .string)
        declarations.variable("inquiry.subject", .string)
        declarations.variable("inquiry.priority", .int)
        declarations.variable("inquiry.queue", .string)
        declarations.variable("inquiry.skills", .map(.string, .int))
        declarations.variable("inquiry.attrs", .map(.string, .dyn))
        declarations.variable("customer.last_agent", .string)
        declarations.variable("now", .timestamp)
        declarations.variable("x", .dyn)
        declarations.function("open", [.string], .bool) { calendar in
            if case .string("seoul") = calendar { return nil }
            return "there is no such calendar; there is seoul"
        }
        declarations.timeZones = FoundationTimeZones()
        return declarations
    }()

    var subject = "환불 부탁드립니다"
    var attrs: [(String, Value)] = [("tier", .string("gold")), ("count", .int(3)), ("rate", .double(0.5))]
    var x: Value? = .int(7)

    func value(of variable: Int) -> Value? {
        switch variable {
        case 0: .string("kakao")
        case 1: .string(subject)
        case 2: .int(5)
        // The queue and the last agent have no value.
        case 4: .map(MapValue([("billing", .int(3)), ("korean", .int(9))]))
        case 5: .map(MapValue(attrs))
        case 7: Timestamp("2026-02-14T09:30:15.250Z").map(Value.timestamp)
        case 8: x
        default: nil
        }
    }

    func call(_ function: Int, _ arguments: [Value]) -> Value? {
        guard case .string(let calendar)? = arguments.first else { return nil }
        return calendar == "seoul" ? .bool(true) : nil
    }
}

/// The value as JSON, or the code of the error.
func result(
    _ source: String, _ surroundings: Surroundings = Surroundings(), limits: EvaluationLimits = EvaluationLimits()
) -> String {
    do {
        let program = try Program(source, in: Surroundings.declarations)
        return try program.evaluate(surroundings, limits: limits).json(bytesMax: 10_000) ?? "too long"
    } catch let error as EvaluationError {
        return "error: \(error.code)"
    } catch {
        return "fault: \(error)"
    }
}

/// A generator of numbers that a seed determines.
///
/// Source: Sebastiano Vigna, splitmix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
