/// A value of a flat JSON object.
package enum JSONValue: Sendable, Equatable {
    case string(String)
    case integer(Int64)
    case bool(Bool)
    case null
    /// Whatever else: an object, an array, a number that is no Int64. Compact JSON.
    case raw([UInt8])
}

/// The members of a JSON object in the order in which they stand, its nested objects and arrays as compact JSON.
///
/// Takes white space as PostgreSQL's `jsonb` writes it. Nil if `text` is not one object or a key comes twice.
package func parseFlatObject(_ text: Span<UInt8>) -> [(key: String, value: JSONValue)]? {
    guard let compact = try? JSONText.compact(text), compact.first == UInt8(ascii: "{") else { return nil }
    let bytes = compact.span
    var members: [(key: String, value: JSONValue)] = []
    var cursor = JSONCursor(at: 0, isObject: true)
    while let (key, value) = cursor.next(bytes) {
        guard let key else { return nil }
        let name = String(decoding: JSONText.unescape(bytes.extracting(key)), as: UTF8.self)
        members.append((name, jsonValue(bytes.extracting(value))))
    }
    return members
}

package func parseFlatObject(_ text: [UInt8]) -> [(key: String, value: JSONValue)]? {
    parseFlatObject(text.span)
}

/// The elements of a JSON array in their order, objects and arrays among them as compact JSON. Nil if `text` is none.
package func parseArray(_ text: [UInt8]) -> [JSONValue]? {
    guard let compact = try? JSONText.compact(text.span), compact.first == UInt8(ascii: "[") else { return nil }
    let bytes = compact.span
    var elements: [JSONValue] = []
    var cursor = JSONCursor(at: 0, isObject: false)
    while let (_, value) = cursor.next(bytes) { elements.append(jsonValue(bytes.extracting(value))) }
    return elements
}

/// The value that compact JSON, known to be valid, is.
private func jsonValue(_ text: Span<UInt8>) -> JSONValue {
    switch text[0] {
    case UInt8(ascii: "\""):
        return .string(String(decoding: JSONText.unescape(text.extracting(1..<text.count - 1)), as: UTF8.self))
    case UInt8(ascii: "t"): return .bool(true)
    case UInt8(ascii: "f"): return .bool(false)
    case UInt8(ascii: "n"): return .null
    default:
        if let integer = try? parseInteger(text) { return .integer(integer) }
        var raw: [UInt8] = []
        raw.append(copying: text)
        return .raw(raw)
    }
}

/// Writes one flat JSON object, member by member, for the event log. Keys are the program's own: plain ASCII words.
///
/// `begin` starts over and keeps the room, so one writer serves a whole batch without growing after warm-up.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    private var hasMember = false

    package init() {}

    package mutating func begin() {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(UInt8(ascii: "{"))
        hasMember = false
    }

    package mutating func end() { bytes.append(UInt8(ascii: "}")) }

    package mutating func field(_ key: StaticString, text: String) {
        begin(key)
        JSONText.append(quoted: text.utf8.span, to: &bytes)
    }

    package mutating func field(_ key: StaticString, text: Span<UInt8>) {
        begin(key)
        JSONText.append(quoted: text, to: &bytes)
    }

    package mutating func field(_ key: StaticString, integer: Int64) {
        begin(key)
        bytes.append(decimal: integer)
    }

    package mutating func field(_ key: StaticString, bool: Bool) {
        begin(key)
        bytes.append(bool ? "true" : "false")
    }

    package mutating func fieldNull(_ key: StaticString) {
        begin(key)
        bytes.append("null")
    }

    /// `json` is valid compact JSON already.
    package mutating func field(_ key: StaticString, raw json: ArraySlice<UInt8>) {
        begin(key)
        bytes.append(contentsOf: json)
    }

    package mutating func field(_ key: StaticString, raw json: [UInt8]) { field(key, raw: json[...]) }

    /// An object of names and levels.
    package mutating func field(_ key: StaticString, levels: some Sequence<(name: String, level: UInt8)>) {
        begin(key)
        object(levels) { writer, item in
            writer.member(item.name)
            writer.bytes.append(decimal: Int64(item.level))
        }
    }

    /// An object of names and limits; `null` where a name has none of its own.
    package mutating func field(_ key: StaticString, limits: some Sequence<(name: String, limit: Int32?)>) {
        begin(key)
        object(limits) { writer, item in
            writer.member(item.name)
            if let limit = item.limit {
                writer.bytes.append(decimal: Int64(limit))
            } else {
                writer.bytes.append("null")
            }
        }
    }

    private mutating func begin(_ key: StaticString) {
        if hasMember { bytes.append(UInt8(ascii: ",")) }
        hasMember = true
        bytes.append(UInt8(ascii: "\""))
        bytes.append(key)
        bytes.append("\":")
    }

    private mutating func object<Items: Sequence>(_ items: Items, _ write: (inout JSONWriter, Items.Element) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for item in items {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            write(&self, item)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func member(_ name: String) {
        JSONText.append(quoted: name.utf8.span, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }
}
