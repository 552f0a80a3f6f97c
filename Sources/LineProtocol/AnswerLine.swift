/// One line from the server, read.
package struct AnswerLine: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case ok
        /// The code as it was sent: a newer server may have more than `ErrorCode` knows.
        case err(code: String, message: String)
        case row
        case event(type: String)
    }

    package struct Field: Sendable, Equatable {
        package let key: String
        /// The text decoded, or compact JSON.
        package let value: [UInt8]
        /// The value is a JSON object or array.
        package let isJSON: Bool

        package var string: String { String(decoding: value, as: UTF8.self) }
    }

    /// The tag, `#` included; empty if there is none.
    package let tag: [UInt8]
    package let kind: Kind
    /// In the order in which they stand.
    package let fields: [Field]

    /// Reads a line without its terminator; nil if it is none of the protocol.
    package init?(_ line: Span<UInt8>) {
        var index = 0
        var tag: [UInt8] = []
        if line.count > 0, line[0] == UInt8(ascii: "#") {
            guard let end = Self.word(line, &index) else { return nil }
            tag.append(copying: line.extracting(end))
        }
        guard let word = Self.word(line, &index) else { return nil }
        switch Self.string(line, word) {
        case "OK": kind = .ok
        case "ROW": kind = .row
        case "EVENT":
            guard let type = Self.word(line, &index) else { return nil }
            kind = .event(type: Self.string(line, type))
        case "ERR":
            guard let code = Self.word(line, &index) else { return nil }
            Self.skipSpaces(line, &index)
            var message: [UInt8] = []
            guard index < line.count, line[index] == UInt8(ascii: "\""),
                let (_, end) = Self.value(line, index, into: &message)
            else { return nil }
            index = end
            kind = .err(code: Self.string(line, code), message: String(decoding: message, as: UTF8.self))
        default: return nil
        }
        self.tag = tag
        guard let fields = Self.fields(line, index) else { return nil }
        self.fields = fields
    }

    package init?(_ line: [UInt8]) { self.init(line.span) }

    package init?(_ line: String) { self.init(line.utf8.span) }

    /// Whether it ends an answer.
    package var isFinal: Bool {
        switch kind {
        case .ok, .err: true
        case .row, .event: false
        }
    }

    package func string(_ key: String) -> String? { fields.first { $0.key == key }?.string }

    package func integer(_ key: String) -> Int64? {
        guard let field = fields.first(where: { $0.key == key }) else { return nil }
        return try? parseInteger(field.value.span)
    }

    /// The instant in microseconds since 1970.
    package func instant(_ key: String) -> Int64? {
        guard let field = fields.first(where: { $0.key == key }) else { return nil }
        return WireTime.parseInstant(field.value.span)
    }

    /// The duration in microseconds.
    package func duration(_ key: String) -> Int64? {
        guard let field = fields.first(where: { $0.key == key }) else { return nil }
        return WireTime.parseDuration(field.value.span)
    }

    private static func fields(_ line: Span<UInt8>, _ start: Int) -> [Field]? {
        var index = start
        var fields: [Field] = []
        while true {
            skipSpaces(line, &index)
            guard index < line.count else { return fields }
            let nameStart = index
            while index < line.count, line[index] != UInt8(ascii: "="), line[index] != UInt8(ascii: " ") { index += 1 }
            guard index > nameStart, index < line.count, line[index] == UInt8(ascii: "=") else { return nil }
            let key = string(line, nameStart..<index)
            var value: [UInt8] = []
            guard let (form, end) = Self.value(line, index + 1, into: &value) else { return nil }
            index = end
            fields.append(Field(key: key, value: value, isJSON: form == .object || form == .array))
        }
    }

    private static func value(_ line: Span<UInt8>, _ start: Int, into out: inout [UInt8]) -> (ValueForm, Int)? {
        var reader = ValueReader(at: start)
        guard let form = try? reader.read(line, into: &out) else { return nil }
        return (form, reader.position)
    }

    private static func word(_ line: Span<UInt8>, _ index: inout Int) -> Range<Int>? {
        skipSpaces(line, &index)
        let start = index
        while index < line.count, line[index] != UInt8(ascii: " ") { index += 1 }
        return index > start ? start..<index : nil
    }

    private static func skipSpaces(_ line: Span<UInt8>, _ index: inout Int) {
        while index < line.count, line[index] == UInt8(ascii: " ") { index += 1 }
    }

    private static func string(_ line: Span<UInt8>, _ range: Range<Int>) -> String {
        line.extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}

extension LineFramer {
    /// What a client makes of the next line.
    package enum Answer: Sendable, Equatable {
        case line(AnswerLine)
        /// No line of the protocol: the connection cannot be trusted any further.
        case unreadable
    }

    /// The next line as an answer or a push, or nil if there is none yet.
    package mutating func nextAnswer() -> Answer? {
        next { outcome, bytes in
            guard outcome == .line, let line = AnswerLine(bytes) else { return .unreadable }
            return .line(line)
        }
    }
}
