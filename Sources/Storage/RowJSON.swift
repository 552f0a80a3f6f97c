import LineProtocol
import Routing

/// Writes JSON into a buffer that is reused; no more of it than rows and events need.
struct RowJSON {
    private(set) var bytes: [UInt8] = []

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    mutating func append(raw text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ value: Int64) {
        bytes.append(contentsOf: String(value).utf8)
    }

    mutating func append(_ text: String) { append(utf8: text.utf8) }

    /// A string; what is not UTF-8 in it is refused by PostgreSQL, not here.
    mutating func append(utf8: some Sequence<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                append(raw: "\\u00")
                bytes.append(Self.hexDigit(byte >> 4))
                bytes.append(Self.hexDigit(byte & 15))
            default:
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// `{"billing": 3}` without the space.
    mutating func append(levels: [SkillLevel]) {
        append(raw: "{")
        for (index, level) in levels.enumerated() {
            if index > 0 { append(raw: ",") }
            append(level.skill)
            append(raw: ":")
            append(Int64(level.level))
        }
        append(raw: "}")
    }

    mutating func append(numbers: [(name: String, value: Int64)]) {
        append(raw: "{")
        for (index, entry) in numbers.enumerated() {
            if index > 0 { append(raw: ",") }
            append(entry.name)
            append(raw: ":")
            append(entry.value)
        }
        append(raw: "}")
    }

    /// `{"voice": 1, "chat": null}` without the spaces; null where the plan's limit holds.
    mutating func append(limits: [ChannelLimit]) {
        append(raw: "{")
        for (index, limit) in limits.enumerated() {
            if index > 0 { append(raw: ",") }
            append(limit.channel)
            append(raw: ":")
            if let limit = limit.limit { append(Int64(limit)) } else { append(raw: "null") }
        }
        append(raw: "}")
    }

    /// An object in the words of the line protocol.
    mutating func append(details: [EventDetail]) {
        append(raw: "{")
        for (index, detail) in details.enumerated() {
            if index > 0 { append(raw: ",") }
            append(detail.key.name)
            append(raw: ":")
            append(detail.value)
        }
        append(raw: "}")
    }

    private mutating func append(_ value: DetailValue) {
        switch value {
        case .name(let name): append(name)
        case .names(let names):
            append(raw: "[")
            for (index, name) in names.enumerated() {
                if index > 0 { append(raw: ",") }
                append(name)
            }
            append(raw: "]")
        case .text(let text): append(utf8: text)
        case .integer(let integer): append(integer)
        case .instant(let instant): appendQuoted { WireTime.append(instant: instant.microseconds, to: &$0) }
        case .span(let span): appendQuoted { WireTime.append(duration: span.microseconds, to: &$0) }
        case .flag(let flag): if flag { append(raw: "true") } else { append(raw: "false") }
        case .levels(let levels): append(levels: levels)
        case .limits(let limits): append(limits: limits)
        }
    }

    private mutating func appendQuoted(_ write: (inout [UInt8]) -> Void) {
        bytes.append(UInt8(ascii: "\""))
        write(&bytes)
        bytes.append(UInt8(ascii: "\""))
    }
}

// MARK: Reading

/// Reads the flat objects that `RowJSON` writes for levels and limits: names without escapes, integers or null.
enum FlatObject {
    /// nil where the text is not such an object.
    static func read(_ text: [UInt8]) -> [(name: String, value: Int64?)]? {
        var entries: [(name: String, value: Int64?)] = []
        var rest = text[...].filter { $0 > 0x20 }[...]
        guard rest.popFirst() == UInt8(ascii: "{") else { return nil }
        if rest == [UInt8(ascii: "}")] { return entries }
        while true {
            guard rest.popFirst() == UInt8(ascii: "\""), let end = rest.firstIndex(of: UInt8(ascii: "\"")) else {
                return nil
            }
            let name = rest[..<end]
            if name.contains(UInt8(ascii: "\\")) { return nil }
            rest = rest[(end + 1)...]
            guard rest.popFirst() == UInt8(ascii: ":") else { return nil }
            guard let stop = rest.firstIndex(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") }) else {
                return nil
            }
            let value = String(decoding: rest[..<stop], as: UTF8.self)
            guard value == "null" || Int64(value) != nil else { return nil }
            entries.append((String(decoding: name, as: UTF8.self), Int64(value)))
            let separator = rest[stop]
            rest = rest[(stop + 1)...]
            if separator == UInt8(ascii: "}") { return rest.isEmpty ? entries : nil }
        }
    }
}

/// The text of a one-dimensional text[], for arrays within arrays: `{"kim","lee"}`.
func arrayLiteral(_ elements: [String]) -> String {
    var text = "{"
    for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        text += "\""
        for scalar in element.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { text += "\\" }
            text.unicodeScalars.append(scalar)
        }
        text += "\""
    }
    return text + "}"
}
