import Client

/// Answers as JSON for scripts.
///
/// Whole numbers and `true`/`false` are written as such, but under a key that holds free text or a name: a customer
/// called 42 stays a string. JSON values stand as they came, everything else is a string.
enum JSONOutput {
    private static let textKeys: Set<String> = [
        "agent", "channel", "channels", "comment", "customer", "disposition", "key", "message", "name", "position",
        "queue", "reason", "server", "session", "skill", "skills", "subject", "team", "teams", "token",
    ]

    static func object(_ fields: some Sequence<Field>) -> String {
        "{" + fields.map { string($0.key) + ":" + value($0) }.joined(separator: ",") + "}"
    }

    static func array(_ rows: [Fields]) -> String {
        rows.isEmpty ? "[]" : "[\n" + rows.map { object($0) }.joined(separator: ",\n") + "\n]"
    }

    static func event(_ event: Event) -> String {
        object([Field("type", event.type)] + Array(event.fields))
    }

    private static func value(_ field: Field) -> String {
        switch field.value {
        case .json(let json): return json
        case .text(let text):
            guard !textKeys.contains(field.key) else { return string(text) }
            if text == "true" || text == "false" { return text }
            // Only what a script gets back as the same number, digit for digit.
            if let number = Int64(text), "\(number)" == text, number.magnitude < 1 << 53 { return text }
            return string(text)
        }
    }

    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            default:
                if scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
