/// Reads one line into a request, or says what is wrong with it.
package enum RequestParser {
    /// `line` comes without its terminator. Never fails but by the fault that is the answer; linear in the line.
    package static func parse(_ line: Span<UInt8>) -> Result<Request, RequestFault> {
        guard line.count <= Limits.adminLineBytes else {
            return .failure(.tooLarge(prefix: line, limit: Limits.adminLineBytes))
        }
        var reading = RequestReading()
        do throws(RequestFault) {
            return .success(try reading.request(line))
        } catch {
            var fault = error
            fault.tag = fault.code == .badRequest ? Tag.echo(of: line) : reading.tag
            return .failure(fault)
        }
    }

    package static func parse(_ line: [UInt8]) -> Result<Request, RequestFault> { parse(line.span) }

    package static func parse(_ line: String) -> Result<Request, RequestFault> { parse(line.utf8.span) }
}

/// A request while it is read. Values are appended to `bytes` decoded and then checked there, by the extension in
/// `RequestValues.swift`.
struct RequestReading {
    var tag: [UInt8] = []
    var bytes: [UInt8] = []
    var fields: [Request.Field] = []
    /// The bits of the fields so far, and of those that are not empty.
    var present: UInt64 = 0
    var filled: UInt64 = 0
    /// The verb whose fields are read; for messages.
    var verb = Verb.ping

    mutating func request(_ line: Span<UInt8>) throws(RequestFault) -> Request {
        var index = try readTag(line)
        let entry = try readVerb(line, &index)
        verb = entry.verb
        bytes.reserveCapacity(line.count)
        fields.reserveCapacity(8)
        while true {
            Self.skipSpaces(line, &index)
            guard index < line.count else { break }
            if let (name, packed) = Self.fieldName(line, index) {
                index = name.upperBound + 1
                try readField(line, name, packed, entry, &index)
            } else {
                try readPositional(line, entry, &index)
            }
        }
        try checkWhole(entry)
        return Request(verb: verb, tag: tag, bytes: bytes, fields: fields, present: present)
    }

    // MARK: Tag and verb

    private mutating func readTag(_ line: Span<UInt8>) throws(RequestFault) -> Int {
        guard line.count > 0 else { throw .badRequest("an empty line is no request") }
        guard line[0] == UInt8(ascii: "#") else { return 0 }
        guard let range = Tag.leading(line) else {
            throw .badRequest("a tag is # and 1 to 64 of A-Z a-z 0-9 - _ . and then a space")
        }
        tag.append(copying: line.extracting(range))
        var index = range.upperBound
        Self.skipSpaces(line, &index)
        guard index < line.count else { throw .badRequest("a tag without a request; a verb comes after it") }
        return index
    }

    private func readVerb(_ line: Span<UInt8>, _ index: inout Int) throws(RequestFault) -> VerbIndex.Entry {
        let start = index
        guard let first = Self.word(line, &index) else { throw Self.noVerb(line, start) }
        let firstEnd = index
        Self.skipSpaces(line, &index)
        let secondStart = index
        if let first, let second = Self.word(line, &index), let second {
            let letters = index - secondStart
            if firstEnd - start + 1 + letters <= PackedWord.bytesMax,
                let verb = VerbIndex.shared.verb((first << 8 | 0x20) << UInt128(8 * letters) | second)
            {
                return VerbIndex.shared.entries[Int(verb.rawValue)]
            }
        }
        index = firstEnd
        if let first, let verb = VerbIndex.shared.verb(first) {
            return VerbIndex.shared.entries[Int(verb.rawValue)]
        }
        throw Self.unknownVerb(excerpt(line.extracting(start..<firstEnd)))
    }

    /// A word of letters up to a space or the end: `.some(nil)` if it is too long for any verb, nil if there is none.
    private static func word(_ line: Span<UInt8>, _ index: inout Int) -> UInt128?? {
        let start = index
        var packed: UInt128 = 0
        while index < line.count, line[index] != UInt8(ascii: " ") {
            let upper = PackedWord.uppercase(line[index])
            guard upper >= UInt8(ascii: "A"), upper <= UInt8(ascii: "Z") else { return nil }
            packed = packed << 8 | UInt128(upper)
            index += 1
        }
        if index == start { return nil }
        return .some(index - start <= PackedWord.bytesMax ? packed : nil)
    }

    private static func noVerb(_ line: Span<UInt8>, _ start: Int) -> RequestFault {
        if line[start] == UInt8(ascii: " ") {
            return .badRequest("a line begins with a tag or a verb, not with a space")
        }
        if !UnicodeText.isValid(line) { return .badRequest(UnreadableReason.invalidUTF8.message) }
        var end = start
        while end < line.count, line[end] != UInt8(ascii: " ") { end += 1 }
        return .badRequest("\"\(excerpt(line.extracting(start..<end)))\" is no verb; a request is VERB key=value …")
    }

    private static func unknownVerb(_ word: String) -> RequestFault {
        let prefix = word.uppercased() + " "
        let longer = VerbTable.all.map(\.words).filter { $0.hasPrefix(prefix) }
        let advice = longer.isEmpty ? "HELP lists the verbs" : "there is \(longer.joined(separator: ", "))"
        return RequestFault(code: .unknownVerb, message: "no verb \(word); \(advice)")
    }

    // MARK: Arguments

    private static func skipSpaces(_ line: Span<UInt8>, _ index: inout Int) {
        while index < line.count, line[index] == UInt8(ascii: " ") { index += 1 }
    }

    /// The name before `=` if a field begins at `start`: `^[a-z][a-z0-9_]*=`. A name over 16 bytes is packed as 0.
    private static func fieldName(_ line: Span<UInt8>, _ start: Int) -> (Range<Int>, UInt128)? {
        var index = start
        var packed: UInt128 = 0
        while index < line.count {
            let byte = line[index]
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): break
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                guard index > start else { return nil }
            case UInt8(ascii: "="):
                guard index > start else { return nil }
                return (start..<index, index - start <= PackedWord.bytesMax ? packed : 0)
            default: return nil
            }
            packed = packed << 8 | UInt128(byte)
            index += 1
        }
        return nil
    }

    private mutating func readField(
        _ line: Span<UInt8>, _ name: Range<Int>, _ packed: UInt128, _ entry: VerbIndex.Entry, _ index: inout Int
    ) throws(RequestFault) {
        guard let field = VerbIndex.shared.field(packed, of: entry) else {
            throw unknownField(excerpt(line.extracting(name)))
        }
        let key = field.key
        guard present & key.bit == 0 else { throw .badArgument(key.name, "\(key.name) is given twice; give it once") }
        var reader = ValueReader(at: index)
        let start = bytes.count
        let form = try read(line, &reader, field)
        index = reader.position
        try accept(form, from: start, field, expansion: reader.expansion)
    }

    private mutating func readPositional(
        _ line: Span<UInt8>, _ entry: VerbIndex.Entry, _ index: inout Int
    ) throws(RequestFault) {
        guard let field = entry.positional, let spec = VerbTable.spec(verb).positional else {
            throw unexpectedWord(line, index)
        }
        guard fields.isEmpty else {
            let problem = present & FieldKey.id.bit == 0 ? "comes before the fields" : "is one value"
            throw .badArgument(spec.name, "\(spec.name) \(problem); what follows is key=value")
        }
        var reader = ValueReader(at: index)
        let start = bytes.count
        let form = try read(line, &reader, field)
        index = reader.position
        // Only the name of a verb has more than one word: HELP AGENT PUT.
        for _ in 1..<max(spec.wordsMax, 1) {
            var next = index
            Self.skipSpaces(line, &next)
            guard next < line.count, form == .bare, Self.fieldName(line, next) == nil else { break }
            bytes.append(UInt8(ascii: " "))
            reader.position = next
            _ = try read(line, &reader, field)
            index = reader.position
        }
        try accept(form, from: start, field, expansion: 0)
    }

    /// Reads a value and says what is wrong with it in the words of its field.
    private mutating func read(
        _ line: Span<UInt8>, _ reader: inout ValueReader, _ field: VerbIndex.Field
    ) throws(RequestFault) -> ValueForm {
        do throws(ValueFault) {
            return try reader.read(line, into: &bytes)
        } catch {
            let name = self.name(of: field)
            switch error {
            case .invalidUTF8: throw .badRequest(UnreadableReason.invalidUTF8.message)
            case .bareCharacter("\0"): throw .badRequest(UnreadableReason.nul.message)
            case .bareCharacter(let scalar):
                throw .badArgument(
                    name, "\(name) holds \(described(scalar)), which stands only in quotes: write it as a JSON string")
            case .json(let fault):
                throw .badArgument(name, "\(name) is not JSON at byte \(fault.offset) of the value: \(fault.message)")
            case .behindJSON:
                throw .badArgument(name, "\(name) goes on behind its JSON value; a space comes after it")
            }
        }
    }

    // MARK: The whole

    /// What no single field can tell: that the required ones are there, and which go together.
    private func checkWhole(_ entry: VerbIndex.Entry) throws(RequestFault) {
        if filled & entry.required != entry.required { throw missing(entry.required & ~filled) }
        switch verb {
        case .get:
            let hasKey = filled & FieldKey.key.bit != 0
            guard (filled & FieldKey.id.bit != 0) != hasKey else {
                throw .badArgument(hasKey ? "key" : "id", "GET takes an id or key=, one of them")
            }
            guard hasKey || present & FieldKey.source.bit == 0 else {
                throw .badArgument("source", "source goes with key=, not with an id")
            }
        case .tokenCreate:
            try checkToken()
        case .update: try checkSome(of: [.priority, .skills, .prefer, .queue, .subject, .attrs], in: present)
        case .transfer:
            // No skills is something to ask for, no queue and no agent are not.
            try checkSome(of: [.queue, .skills, .agent], in: filled | present & FieldKey.skills.bit)
        case .rate:
            try checkSome(of: [.csat, .nps, .comment], in: present)
            for key in [FieldKey.csat, .nps] where present & ~filled & key.bit != 0 {
                throw .badArgument(key.name, "\(key.name) can be said anew, but not taken back")
            }
        case .hello, .ping, .help, .quit, .submit, .message, .abandon, .cancel, .ready, .away, .offline, .mine, .accept,
            .decline, .hold, .resume, .complete, .wrapped, .next, .agentPut, .agentGet, .agentDelete, .agents,
            .agentsPut, .queues, .inquiries, .stats, .explain, .assign, .requeue, .queuePause, .queueResume, .watch,
            .unwatch, .tokenList, .tokenRevoke, .customerForget, .drain, .info, .planGet, .planCheck, .planPut,
            .planPatch, .planHistory,
            .planRollback:
            break
        }
    }

    /// At least one of the fields must be there.
    private func checkSome(of keys: [FieldKey], in bits: UInt64) throws(RequestFault) {
        guard !keys.contains(where: { bits & $0.bit != 0 }) else { return }
        let names = keys.map { $0.name + "=" }.joined(separator: " ")
        throw .badArgument(nil, "\(VerbTable.spec(verb).words) needs at least one of \(names)")
    }

    /// A token of role agent is made for one agent, only a supervisor's has teams.
    private func checkToken() throws(RequestFault) {
        guard let role = fields.first(where: { $0.key == .role }) else { return }
        let name = String(decoding: bytes[Int(role.start)..<Int(role.end)], as: UTF8.self)
        let hasAgent = filled & FieldKey.agent.bit != 0
        guard (name == "agent") == hasAgent else {
            throw .badArgument(
                "agent", hasAgent ? "agent goes with role=agent only" : "role=agent needs agent=NAME")
        }
        guard filled & FieldKey.teams.bit == 0 || name == "supervisor" else {
            throw .badArgument("teams", "teams goes with role=supervisor only")
        }
    }

    private func missing(_ bits: UInt64) -> RequestFault {
        let spec = VerbTable.spec(verb)
        if bits & FieldKey.id.bit != 0, let positional = spec.positional {
            return .badArgument(positional.name, "\(spec.words) needs \(positional.name): \(spec.usage)")
        }
        guard let field = spec.fields.first(where: { bits & $0.key.bit != 0 }) else {
            preconditionFailure("a required bit belongs to a field of the verb")
        }
        return .badArgument(field.key.name, "\(spec.words) needs \(field.key.name)=\(field.placeholder)")
    }

    private func unknownField(_ name: String) -> RequestFault {
        let spec = VerbTable.spec(verb)
        let known = spec.fields.map { $0.key.name + "=" }
        let advice = known.isEmpty ? "it has none" : "it has " + known.joined(separator: " ")
        return .badArgument(name, "\(spec.words) has no field \(name); \(advice)")
    }

    private func unexpectedWord(_ line: Span<UInt8>, _ start: Int) -> RequestFault {
        guard UnicodeText.isValid(line) else { return .badRequest(UnreadableReason.invalidUTF8.message) }
        var end = start
        while end < line.count, line[end] != UInt8(ascii: " ") { end += 1 }
        // What stands loose behind HELLO may well be a secret.
        let word = verb == .hello ? "a word" : "\"\(excerpt(line.extracting(start..<end)))\""
        return .badArgument(nil, "\(word) is no field, a field is key=value: \(VerbTable.spec(verb).usage)")
    }
}

/// The beginning of a text, short enough for a message and whole in its characters.
func excerpt(_ text: Span<UInt8>) -> String {
    let bytesMax = 40
    var kept: [UInt8] = []
    kept.append(copying: text.extracting(0..<min(text.count, bytesMax)))
    guard text.count > bytesMax else { return String(decoding: kept, as: UTF8.self) }
    while let last = kept.last, last & 0xC0 == 0x80 { kept.removeLast() }
    if let last = kept.last, last >= 0xC0 { kept.removeLast() }
    return String(decoding: kept, as: UTF8.self) + "…"
}

func excerpt(_ text: ArraySlice<UInt8>) -> String { excerpt(text.span) }
