import LineProtocol
import Testing

@Suite("Any bytes")
struct FuzzTests {
    private static let seeds: [String] = [
        #"#1 SUBMIT channel=chat key=order-981 customer=c-42 skills=billing:3,korean attrs={"tier":"gold","상품":"신발"}"#,
        #"HELLO version=1 token=abc agent=kim"#,
        "AGENT PUT kim skills=billing:5,korean channels=chat:4,voice capacity=100",
        #"#x AGENT PUT "kim" skills={"a":1,"b":null} channels={"voice":1} team=t"#, "GET key=a source=2",
        "HELP agent put",
        #"READY channels=["chat","email"] as=kim"#,
        "TOKEN CREATE role=supervisor teams=a,b expires=+1h30m name=\"x y\"",
        "INQUIRIES state=waiting queue=q channel=c customer=x limit=1000 after=17", "WATCH types=offered,missed from=3",
        "TOKEN CREATE role=agent agent=kim expires=2026-03-02T00:00:00.000+09:00", "DRAIN off=true", "STATS window=5m",
        #"SUBMIT channel=c attrs={"a":[1,-2.5e3,true,false,null,{"b":{}}],"\u0041\ud83d\ude00":"\n"} priority=-100"#,
    ]

    private static let pieces: [[UInt8]] = [
        [0], [0xFF], [0xC3], [0x80], [0xED, 0xA0, 0x80], [13], [9], [32], Array("\"".utf8), Array("\\".utf8),
        Array("{".utf8),
        Array("}".utf8), Array("[".utf8), Array("]".utf8), Array(",".utf8), Array(":".utf8), Array("=".utf8),
        Array("#".utf8),
        Array("\\u0000".utf8), Array("\\ud800".utf8), Array("e\u{301}".utf8), Array("\u{202E}".utf8),
        Array("99999999999999999999".utf8),
        Array("-1".utf8), Array(" key=".utf8), Array(" as=x".utf8), Array("{\"a\":".utf8), Array("[[[[[[[[".utf8),
        Array("한".utf8),
    ]

    private static func mutated(_ generator: inout SeededGenerator) -> [UInt8] {
        var line = Array(pick(seeds, &generator).utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let index = Int.random(in: 0...line.count, using: &generator)
            switch Int.random(in: 0...4, using: &generator) {
            case 0: line.insert(contentsOf: pick(pieces, &generator), at: index)
            case 1 where index < line.count: line[index] = UInt8.random(in: 0...255, using: &generator)
            case 2 where index < line.count:
                line.removeSubrange(index..<min(line.count, index + Int.random(in: 1...9, using: &generator)))
            case 3 where index < line.count: line[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            default:
                let other = Array(pick(seeds, &generator).utf8)
                line = line.prefix(index) + other.suffix(Int.random(in: 0...other.count, using: &generator))
            }
        }
        line.removeAll { $0 == 10 }
        return line
    }

    @Test("are a request or have one fault; what is accepted keeps its promises")
    func lines() throws {
        var generator = SeededGenerator(seed: 20_260_302)
        var accepted = 0
        for round in 0..<100_000 {
            let line = Self.mutated(&generator)
            switch RequestParser.parse(line) {
            case .success(let request):
                accepted += 1
                try check(request, line)
            case .failure(let fault):
                if fault.message.isEmpty || fault.message.utf8.count > 600 { Issue.record("round \(round): \(fault)") }
                if fault.code == .badRequest, fault.tag.isEmpty { Issue.record("round \(round): no tag: \(fault)") }
                try checkWritten(fault, round)
            }
        }
        #expect(accepted > 3_000)
    }

    /// Each field is one of the verb's, within its bounds, valid text without NUL, and the digest holds.
    private func check(_ request: Request, _ line: [UInt8]) throws {
        let spec = VerbTable.spec(request.verb)
        for key in FieldKey.allCases where request.has(key) && key != .id {
            let field = try #require(spec.fields.first { $0.key == key })
            let bytes = Array(try #require(request.text(key)))
            if field.comesLater || bytes.contains(0) || String(validating: bytes, as: UTF8.self) == nil {
                Issue.record("\(key): \(text(line))")
            }
            if let integer = request.integer(key), let range = field.range, !range.contains(integer) {
                Issue.record("\(key) \(integer): \(text(line))")
            }
            if case .levels = field.type, let levels = request.levels(key) {
                for (name, level) in levels where !(1...10).contains(level) || normalizedName(name) != name {
                    Issue.record("\(name) \(level): \(text(line))")
                }
            }
            if case .json = field.type, !bytes.isEmpty, try JSONText.compact(bytes.span) != bytes {
                Issue.record("not compact: \(text(line))")
            }
        }
        for field in spec.fields where field.required && !request.has(field.key) {
            Issue.record("\(field.key) is missing: \(text(line))")
        }
        _ = request.canonical
    }

    /// The answer is one line that a client can read.
    private func checkWritten(_ fault: RequestFault, _ round: Int) throws {
        var writer = LineWriter()
        writer.fault(fault)
        let answer = AnswerLine(Array(writer.bytes.dropLast()))
        let message = String(fault.message.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : Character($0) })
        if answer?.kind != .err(code: fault.code.name, message: message) || answer?.string("field") != fault.field {
            Issue.record("round \(round): \(text(writer.bytes))")
        }
    }

    @Test("through the framer in chunks give one outcome a line")
    func framed() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<200 {
            let lines = (0..<50).map { _ in Self.mutated(&generator) }
            let stream = Array(lines.map { $0 + [10] }.joined())
            let expected = lines.count { !$0.isEmpty && $0 != [13] }
            var framer = LineFramer(detectsForeign: false)
            var outcomes = 0
            var index = 0
            while index < stream.count {
                let end = min(stream.count, index + Int.random(in: 1...200, using: &generator))
                framer.append(stream[index..<end].span)
                while framer.nextRequest() != nil { outcomes += 1 }
                index = end
            }
            #expect(outcomes == expected)
        }
    }
}
