/// Writes answers, events and requests into one buffer: `ok(tag:)`, then fields, then `end()`.
///
/// Keeps its room over `removeAll`, so it does not grow after warm-up. Names of fields are the program's own words.
package struct LineWriter: Sendable {
    package var bytes: [UInt8] = []

    package init() {}

    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    // MARK: Beginnings

    /// The last line of an answer.
    package mutating func ok(tag: [UInt8]) {
        begin(tag)
        bytes.append("OK")
    }

    /// The last line of an answer that is an error; fields such as `field=` may follow.
    package mutating func error(tag: [UInt8], code: ErrorCode, message: String) {
        begin(tag)
        bytes.append("ERR ")
        bytes.append(contentsOf: code.name.utf8)
        bytes.append(UInt8(ascii: " "))
        JSONText.append(quoted: message.utf8.span, to: &bytes)
    }

    /// The whole answer to a line that is no request, its end included.
    package mutating func fault(_ fault: RequestFault) {
        error(tag: fault.tag, code: fault.code, message: fault.message)
        if let field = fault.field { self.field("field", text: field) }
        end()
    }

    /// A data line of an answer.
    package mutating func row(tag: [UInt8]) {
        begin(tag)
        bytes.append("ROW")
    }

    /// A push.
    package mutating func event(_ type: StaticString) {
        bytes.append("EVENT ")
        bytes.append(type)
    }

    @_disfavoredOverload
    package mutating func event(_ type: String) {
        bytes.append("EVENT ")
        bytes.append(contentsOf: type.utf8)
    }

    /// A request: its tag with `#`, and the verb.
    package mutating func request(tag: [UInt8] = [], verb: String) {
        begin(tag)
        bytes.append(contentsOf: verb.utf8)
    }

    /// The argument without a key; in quotes where it could be taken for a field.
    package mutating func positional(_ text: String) {
        bytes.append(UInt8(ascii: " "))
        if text.utf8.contains(UInt8(ascii: "=")) {
            JSONText.append(quoted: text.utf8.span, to: &bytes)
        } else {
            let start = bytes.count
            bytes.append(contentsOf: text.utf8)
            finishText(start)
        }
    }

    package mutating func end() { bytes.append(UInt8(ascii: "\n")) }

    // MARK: Fields

    package mutating func field(_ name: StaticString, text: String) {
        begin(name)
        appendText(text.utf8)
    }

    package mutating func field(_ name: StaticString, text: ArraySlice<UInt8>) {
        begin(name)
        appendText(text)
    }

    package mutating func field(_ name: StaticString, text: [UInt8]) { field(name, text: text[...]) }

    package mutating func field(_ name: StaticString, integer: Int64) {
        begin(name)
        bytes.append(decimal: integer)
    }

    package mutating func field(_ name: StaticString, integer: Int) { field(name, integer: Int64(integer)) }

    /// Slower than for Int64 and Int, where it is called from another target.
    @_disfavoredOverload
    package mutating func field(_ name: StaticString, integer: some FixedWidthInteger) {
        field(name, integer: Int64(clamping: integer))
    }

    @_disfavoredOverload
    package mutating func field(_ name: StaticString, text number: some FixedWidthInteger) {
        field(name, integer: Int64(clamping: number))
    }

    package mutating func field(_ name: StaticString, flag: Bool) {
        begin(name)
        bytes.append(flag ? "true" : "false")
    }

    /// Microseconds since 1970 as RFC 3339 in UTC with milliseconds.
    package mutating func field(_ name: StaticString, instantMicroseconds: Int64) {
        begin(name)
        WireTime.append(instant: instantMicroseconds, to: &bytes)
    }

    /// `1m30s`.
    package mutating func field(_ name: StaticString, durationMicroseconds: Int64) {
        begin(name)
        WireTime.append(duration: durationMicroseconds, to: &bytes)
    }

    /// `json` is a valid compact object or array; what output must not show is escaped.
    package mutating func field(_ name: StaticString, json: ArraySlice<UInt8>) {
        begin(name)
        let start = bytes.count
        bytes.append(contentsOf: json)
        guard needsEscapes(start) else { return }
        let raw = takeTail(start)
        JSONText.append(json: raw.span, to: &bytes)
    }

    package mutating func field(_ name: StaticString, json: [UInt8]) { field(name, json: json[...]) }

    /// `billing:3,korean:1`; the names are names, so nothing of it needs quotes.
    package mutating func field(_ name: StaticString, levels: some Sequence<(name: String, level: UInt8)>) {
        begin(name)
        let start = bytes.count
        for (item, level) in levels {
            if bytes.count > start { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: item.utf8)
            bytes.append(UInt8(ascii: ":"))
            bytes.append(decimal: Int64(level))
        }
    }

    /// `voice:1,chat`.
    package mutating func field(_ name: StaticString, limits: some Sequence<(name: String, limit: Int32?)>) {
        begin(name)
        let start = bytes.count
        for (item, limit) in limits {
            if bytes.count > start { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: item.utf8)
            guard let limit else { continue }
            bytes.append(UInt8(ascii: ":"))
            bytes.append(decimal: Int64(limit))
        }
    }

    /// `chat,email`: names or words without commas.
    package mutating func field(_ name: StaticString, list: some Sequence<String>) {
        begin(name)
        let start = bytes.count
        for item in list {
            if bytes.count > start { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: item.utf8)
        }
    }

    /// A field whose name the program does not have as a constant.
    @_disfavoredOverload
    package mutating func field(_ name: String, text: String) {
        begin(name)
        appendText(text.utf8)
    }

    /// `gold,korean`; a JSON array where an item has a comma.
    package mutating func field(_ name: String, names: [String]) {
        if !names.contains(where: { $0.utf8.contains(UInt8(ascii: ",")) }) {
            return field(name, text: names.joined(separator: ","))
        }
        begin(name)
        bytes.append(UInt8(ascii: "["))
        for (index, item) in names.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONText.append(quoted: Array(item.utf8).span, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    @_disfavoredOverload
    package mutating func field(_ name: String, json: [UInt8]) {
        begin(name)
        JSONText.append(json: json.span, to: &bytes)
    }

    @_disfavoredOverload
    package mutating func field(_ name: String, integer: some FixedWidthInteger) {
        begin(name)
        bytes.append(decimal: Int64(clamping: integer))
    }

    // MARK: Helpers

    private mutating func begin(_ tag: [UInt8]) {
        guard !tag.isEmpty else { return }
        bytes.append(contentsOf: tag)
        bytes.append(UInt8(ascii: " "))
    }

    private mutating func begin(_ name: StaticString) {
        bytes.append(UInt8(ascii: " "))
        bytes.append(name)
        bytes.append(UInt8(ascii: "="))
    }

    private mutating func begin(_ name: String) {
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: "="))
    }

    private mutating func appendText(_ text: some Collection<UInt8>) {
        let start = bytes.count
        bytes.append(contentsOf: text)
        finishText(start)
    }

    /// The text stands at the end as it is; where the grammar does not allow that, it is written again in quotes.
    private mutating func finishText(_ start: Int) {
        guard !isBare(start) else { return }
        let raw = takeTail(start)
        JSONText.append(quoted: raw.span, to: &bytes)
    }

    private mutating func takeTail(_ start: Int) -> [UInt8] {
        let tail = Array(bytes[start...])
        bytes.removeSubrange(start...)
        return tail
    }

    private func isBare(_ start: Int) -> Bool {
        let text = bytes.span.extracting(start..<bytes.count)
        guard text.count > 0 else { return false }
        switch text[0] {
        case UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "["): return false
        default: break
        }
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte > 0x20, byte < 0x7F {
                index += 1
            } else {
                guard byte >= 0x80, let (scalar, length) = UnicodeText.decode(text, at: index),
                    UnicodeText.mayStandBare(scalar)
                else { return false }
                index += length
            }
        }
        return true
    }

    /// Whether JSON holds more than printable ASCII. Korean text does; it is then copied by runs.
    private func needsEscapes(_ start: Int) -> Bool {
        let text = bytes.span.extracting(start..<bytes.count)
        for index in 0..<text.count where text[index] >= 0x7F || text[index] < 0x20 { return true }
        return false
    }
}
