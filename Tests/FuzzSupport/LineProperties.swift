package import LineProtocol

/// What must hold of any bytes that come in. Each check gives nil, or says what is wrong.
package enum LineProperties {
    /// A stream that comes in pieces: each line has one outcome, that which it has by itself, whatever stood before it.
    ///
    /// - Parameter pieces: How long the pieces are, in turn.
    package static func fault(ofStream stream: [UInt8], limit: Int, pieces: [Int]) -> String? {
        let expected = ReferenceFramer.lines(stream, limit: limit)
        var framer = LineFramer(limit: limit, detectsForeign: false)
        var (start, piece, count) = (0, 0, 0)
        while start < stream.count {
            let end = min(stream.count, start + max(1, pieces[piece % pieces.count]))
            framer.append(stream[start..<end].span)
            (start, piece) = (end, piece + 1)
            while let incoming = framer.nextRequest() {
                guard count < expected.count else { return "an outcome without a line: \(incoming)" }
                if let fault = fault(of: incoming, expected[count]) { return "line \(count + 1): \(fault)" }
                count += 1
            }
        }
        return count == expected.count ? nil : "\(expected.count) lines had \(count) outcomes"
    }

    private static func fault(of incoming: LineFramer.Incoming, _ expected: ReferenceFramer.Line) -> String? {
        switch (incoming, expected) {
        case (.foreign, _): return "a foreign protocol was seen where none is looked for"
        case (.request, .unreadable): return "an unreadable line became a request"
        case (.fault(let fault), .unreadable(let code, let tag)):
            guard fault.code == code, fault.tag == tag else {
                return "\(fault) instead of \(code) under \(text(tag))"
            }
            return self.fault(of: fault)
        case (_, .text(let line)):
            switch (incoming, RequestParser.parse(line)) {
            case (.request(let request), .success(let alone)):
                guard request.canonical == alone.canonical, request.tag == alone.tag else {
                    return "another request than by itself: \(text(line))"
                }
                return self.fault(of: request, line)
            case (.fault(let fault), .failure(let alone)):
                guard fault == alone else { return "\(fault) instead of \(alone): \(text(line))" }
                return self.fault(of: fault, line)
            default: return "another outcome than by itself: \(text(line))"
            }
        }
    }

    /// One line by itself, without its end.
    package static func fault(ofLine line: [UInt8]) -> String? {
        switch RequestParser.parse(line) {
        case .success(let request): fault(of: request, line)
        case .failure(let fault): self.fault(of: fault, line)
        }
    }

    // MARK: What is refused

    /// The tag is the line's where it has one, and the answer is one line with words for people.
    package static func fault(of fault: RequestFault, _ line: [UInt8]) -> String? {
        let first = line[...].prefix { $0 != UInt8(ascii: " ") }
        let tag =
            fault.code == .badRequest || fault.code == .tooLarge
            ? ReferenceFramer.echo(line[...]) : ReferenceFramer.isTag(first) ? Array(first) : []
        guard fault.tag == tag else { return "the tag of \(fault) is not \(text(tag)): \(text(line))" }
        return self.fault(of: fault)
    }

    /// The answer is one line that a client can read, with words for people.
    private static func fault(of fault: RequestFault) -> String? {
        guard !fault.message.isEmpty, fault.message.utf8.count <= 600 else {
            return "no message for people: \(fault)"
        }
        var writer = LineWriter()
        writer.fault(fault)
        if let ill = AnswerGrammar.fault(of: writer.bytes.dropLast()) { return "\(ill): \(text(writer.bytes))" }
        let answer = AnswerLine(Array(writer.bytes.dropLast()))
        let message = String(fault.message.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : Character($0) })
        guard answer?.kind == .err(code: fault.code.name, message: message), answer?.string("field") == fault.field,
            answer?.tag == fault.tag
        else { return "the answer tells something else: \(text(writer.bytes))" }
        return nil
    }

    // MARK: What is taken

    /// Each field is one of the verb's, of its type and within its bounds; nothing is in it that a column would refuse;
    /// written again it is the same request.
    package static func fault(of request: Request, _ line: [UInt8]) -> String? {
        let spec = VerbTable.spec(request.verb)
        for field in spec.fields where field.required && (!request.has(field.key) || request.isEmpty(field.key)) {
            return "\(field.key.name) is missing: \(text(line))"
        }
        if spec.positional?.required == true, !request.has(.id) { return "the argument is missing: \(text(line))" }
        for key in FieldKey.allCases where request.has(key) {
            let field = spec.fields.first { $0.key == key }
            guard let type = key == .id ? spec.positional?.type : field?.type else {
                return "\(key.name) is no field of \(spec.words): \(text(line))"
            }
            let range = key == .id ? spec.positional?.range : field?.range
            if let ill = fault(ofValue: key, type, range, request) { return "\(key.name) \(ill): \(text(line))" }
        }
        return fault(ofWritingAgain: request, spec, line)
    }

    private static func fault(
        ofValue key: FieldKey, _ type: FieldType, _ range: ClosedRange<Int64>?, _ request: Request
    ) -> String? {
        guard let slice = request.text(key) else { return "has no bytes" }
        let bytes = Array(slice)
        if bytes.contains(0) { return "holds a NUL" }
        guard let string = String(validating: bytes, as: UTF8.self) else { return "is no UTF-8" }
        if request.isEmpty(key) { return bytes.isEmpty || type == .list ? nil : "is empty and has bytes" }
        switch type {
        case .text: return range.map { $0.contains(Int64(bytes.count)) } ?? true ? nil : "is too long or too short"
        case .name: return isName(string) ? nil : "is no name"
        case .names, .list:
            let items = request.list(key) ?? []
            guard type == .list || items.allSatisfy(isName) else { return "has an item that is no name" }
            return fault(ofItems: items, range)
        case .integer, .duration:
            guard let number = request.integer(key) else { return "is no number" }
            return range.map { $0.contains(number) } ?? true ? nil : "is out of its range"
        case .instant: return request.instant(key) == nil ? "is no time" : nil
        case .levels:
            let items = request.levels(key) ?? []
            guard items.allSatisfy({ Limits.level.contains(Int64($0.level)) && isName($0.name) }) else {
                return "has a level out of range"
            }
            return fault(ofItems: items.map(\.name), range)
        case .limits:
            let items = request.limits(key) ?? []
            guard items.allSatisfy({ isName($0.name) && Limits.channelLimit.contains(Int64($0.limit ?? 1)) }) else {
                return "has a limit out of range"
            }
            return fault(ofItems: items.map(\.name), range)
        case .json: return fault(ofJSON: bytes, most: range.map { Int($0.upperBound) } ?? Limits.attributesBytes)
        case .flag: return request.flag(key) == nil ? "is no flag" : nil
        case .choice(let words): return words.contains(string) ? nil : "is none of its words"
        }
    }

    private static func isName(_ name: String) -> Bool {
        (1...Limits.nameBytes).contains(name.utf8.count) && normalizedName(name).utf8.elementsEqual(name.utf8)
            && !name.unicodeScalars.contains { $0 == "," || $0 == ":" || $0.properties.isWhitespace }
    }

    private static func fault(ofItems items: [String], _ range: ClosedRange<Int64>?) -> String? {
        if let range, !range.contains(Int64(items.count)) { return "has too many items" }
        for (left, right) in zip(items, items.dropFirst()) where !left.utf8.lexicographicallyPrecedes(right.utf8) {
            return "is not sorted, each once: \(left), \(right)"
        }
        return nil
    }

    private static func fault(ofJSON bytes: [UInt8], most: Int) -> String? {
        guard bytes.count <= most else { return "is too long" }
        guard (try? JSONText.compact(bytes.span)) == bytes else { return "is not compact JSON" }
        var (depth, isInString, index) = (0, false, 0)
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += isInString ? 0 : 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= isInString ? 0 : 1
            case 0..<0x20: return "holds a raw control"
            default: break
            }
            if depth > Limits.jsonDepth { return "is nested too deep" }
            index += 1
        }
        return nil
    }

    // MARK: Writing again

    private static func fault(ofWritingAgain request: Request, _ spec: VerbSpec, _ line: [UInt8]) -> String? {
        var writer = LineWriter()
        writer.request(tag: request.tag, verb: spec.words)
        if let positional = request.positionalString, !request.isEmpty(.id) {
            // The name of a verb is the one argument of more than one word.
            if spec.positional?.type == .text {
                writer.bytes.append(contentsOf: " \(positional)".utf8)
            } else {
                writer.positional(positional)
            }
        }
        for field in spec.fields where request.has(field.key) {
            write(field, request, to: &writer)
        }
        guard case .success(let again) = RequestParser.parse(writer.bytes) else {
            // HELP takes any text, also one that stands only in quotes; there is no way to write that loose.
            return spec.positional?.type == .text
                ? nil : "what was taken is refused when written again: \(text(writer.bytes)), from \(text(line))"
        }
        guard again.canonical == request.canonical || spec.positional?.type == .text, again.tag == request.tag,
            FieldKey.allCases.allSatisfy({ again.isEmpty($0) == request.isEmpty($0) || $0 == .id })
        else { return "another request when written again: \(text(writer.bytes)), from \(text(line))" }
        return nil
    }

    private static func write(_ field: FieldSpec, _ request: Request, to writer: inout LineWriter) {
        let (key, name) = (field.key, field.key.name)
        if request.isEmpty(key) { return writer.field(name, text: "") }
        switch field.type {
        case .json: writer.field(name, json: Array(request.json(key) ?? []))
        case .integer: writer.field(name, integer: request.integer(key) ?? 0)
        case .duration: writer.field(name, text: WireTime.string(duration: request.duration(key) ?? 0))
        case .flag: writer.field(name, text: request.flag(key) == true ? "true" : "false")
        case .instant:
            switch request.instant(key) {
            case .absolute(let microseconds):
                var text = WireTime.string(instant: microseconds)
                // The wire drops what is under the millisecond.
                let rest = String((microseconds % 1_000 + 1_000) % 1_000)
                text.insert(
                    contentsOf: String(repeating: "0", count: 3 - rest.count) + rest,
                    at: text.index(before: text.endIndex))
                writer.field(name, text: text)
            case .relative(let microseconds): writer.field(name, text: "+" + WireTime.string(duration: microseconds))
            case nil: break
            }
        case .text, .name, .names, .list, .levels, .limits, .choice: writer.field(name, text: request.string(key) ?? "")
        }
    }
}

/// Bytes for a message.
func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
