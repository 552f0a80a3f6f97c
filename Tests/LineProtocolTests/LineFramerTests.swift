import FuzzSupport
import LineProtocol
import Testing

@Suite("Framing")
struct LineFramerTests {
    struct Framed: Equatable, CustomStringConvertible {
        let outcome: LineFramer.Outcome
        let bytes: [UInt8]
        var description: String { "\(outcome) \(text(bytes.prefix(80)))" }
    }

    private func drain(_ framer: inout LineFramer) -> [Framed] {
        var lines: [Framed] = []
        while let line = framer.next({ outcome, span in
            Framed(outcome: outcome, bytes: span.withUnsafeBufferPointer { Array($0) })
        }) { lines.append(line) }
        return lines
    }

    private func frame(_ bytes: [UInt8], limit: Int = Limits.lineBytes, chunk: Int = .max) -> [Framed] {
        var framer = LineFramer(limit: limit)
        var lines: [Framed] = []
        var index = 0
        while index < bytes.count {
            let end = index + min(chunk, bytes.count - index)
            framer.append(bytes[index..<end])
            lines += drain(&framer)
            index = end
        }
        return lines
    }

    private func frame(_ string: String) -> [Framed] { frame(Array(string.utf8)) }

    private func line(_ string: String) -> Framed { Framed(outcome: .line, bytes: Array(string.utf8)) }

    @Test("cuts at LF, takes CR LF, leaves out empty lines, keeps what is not whole")
    func lines() {
        #expect(frame("a\nb\r\n\n\r\n\nc d\nrest") == [line("a"), line("b"), line("c d")])
        #expect(frame("") == [])
        #expect(frame("a\r\r\n") == [line("a\r")])
    }

    @Test("takes a line of 65,536 bytes with its end, and no longer one", arguments: [1, 7, 4_096, Int.max])
    func limit(chunk: Int) {
        let fits = Array(repeating: UInt8(ascii: "x"), count: 65_535)
        let tail = Array("\nPING\n".utf8)
        #expect(frame(fits + tail, chunk: chunk) == [Framed(outcome: .line, bytes: fits), line("PING")])
        let withReturn = fits.dropLast() + [13]
        #expect(
            frame(withReturn + tail, chunk: chunk) == [Framed(outcome: .line, bytes: fits.dropLast()), line("PING")])
        let long = fits + [UInt8(ascii: "x")]
        let tooLarge = Framed(outcome: .tooLarge, bytes: Array(repeating: UInt8(ascii: "x"), count: 66))
        #expect(frame(long + tail, chunk: chunk) == [tooLarge, line("PING")])
        #expect(frame(long + long + long + tail, chunk: chunk) == [tooLarge, line("PING")])
    }

    @Test("answers an over-long line once, before it ends, and holds none of it")
    func boundedMemory() {
        var framer = LineFramer()
        framer.append(Array("#9 SUBMIT ".utf8))
        let chunk = Array(repeating: UInt8(ascii: "x"), count: 10_000)
        var found: [Framed] = []
        for _ in 0..<2_000 {
            framer.append(chunk)
            found += drain(&framer)
            #expect(framer.bufferedBytes <= Limits.lineBytes + chunk.count)
        }
        #expect(found.map(\.outcome) == [.tooLarge])
        #expect(framer.bufferedBytes == 0)
        framer.append(Array("\nPING\n".utf8))
        #expect(drain(&framer) == [line("PING")])
    }

    @Test("takes longer lines once the limit is raised between two lines")
    func raisedLimit() {
        var framer = LineFramer()
        let long = Array("PLAN ".utf8) + Array(repeating: UInt8(ascii: "x"), count: 1_000_000)
        framer.append(Array("HELLO\n".utf8) + long + [10])
        let first = framer.next { outcome, span in span.count }
        #expect(first == 5)
        framer.limit = Limits.adminLineBytes
        #expect(drain(&framer) == [Framed(outcome: .line, bytes: long)])
    }

    @Test("tells lines with NUL or without UTF-8, and goes on")
    func bad() {
        let bytes =
            Array("#1 a\u{0}b\n#2 ".utf8) + [0xFF, 10] + Array("#3 ".utf8) + [0xE2, 0x82, 10] + Array("신발\n".utf8)
        #expect(
            frame(bytes) == [
                Framed(outcome: .bad(.nul), bytes: Array("#1 a\u{0}b".utf8)),
                Framed(outcome: .bad(.invalidUTF8), bytes: Array("#2 ".utf8) + [0xFF]),
                Framed(outcome: .bad(.invalidUTF8), bytes: Array("#3 ".utf8) + [0xE2, 0x82]), line("신발"),
            ])
    }

    @Test(
        "knows HTTP and TLS by the first line",
        arguments: [
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST /api HTTP/1.0\n", "\r\nGET /metrics HTTP/1.1\n",
            "PRI * HTTP/2.0\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\n", "\u{16}\u{3}\u{1}",
            "GET /" + String(repeating: "a", count: 70_000) + " HTTP/1.1\r\nPING\r\n",
        ])
    func foreign(bytes: String) {
        for chunk in [1, 5, Int.max] {
            #expect(frame(Array(bytes.utf8), chunk: chunk).map(\.outcome) == [.foreign])
        }
    }

    @Test(
        "takes what only looks like it",
        arguments: [
            "GET 17\n", "GET key=a source=2\n", "PING\n", "GET key=HTTP/1.1\n", "\u{16}\n", "get / http/1.1\n",
            "PING\nGET / HTTP/1.1\n",
        ])
    func notForeign(bytes: String) {
        #expect(!frame(bytes).map(\.outcome).contains(.foreign))
    }

    @Test("does not look for foreign protocols for a client")
    func client() {
        var framer = LineFramer(detectsForeign: false)
        framer.append(Array("GET / HTTP/1.1\n".utf8))
        #expect(drain(&framer) == [line("GET / HTTP/1.1")])
    }

    @Test("gives the same lines byte by byte as at once", arguments: [11, 12, 13] as [UInt64])
    func chunks(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet: [UInt8] = [10, 10, 13, 0, 32, 65, 66, 35, 0xC3, 0xA9, 0xFF, 0xED, 0x95, 0x9C, 61]
        for _ in 0..<300 {
            let bytes = (0..<Int.random(in: 0...400, using: &generator)).map { _ in
                pick(alphabet, &generator)
            }
            let whole = frame(bytes, limit: 24)
            for chunk in [1, 2, 3, 17] { #expect(frame(bytes, limit: 24, chunk: chunk) == whole) }
        }
    }

    @Test("answers each unreadable line with its tag or #?")
    func faults() {
        var framer = LineFramer(limit: 100)
        let long = String(repeating: "y", count: 200)
        let tag = "#" + String(repeating: "t", count: 64)
        framer.append(
            Array("#1 \(long)\n\(long)\n#2\u{0} x\n#3 \u{0}\n\(tag) \(long)\n\(tag)t \(long)\n#4 PING\nFOO\n#5".utf8))
        var answers: [String] = []
        while let incoming = framer.nextRequest() {
            switch incoming {
            case .request(let request): answers.append("\(text(request.tag)) \(request.verb)")
            case .fault(let fault): answers.append("\(text(fault.tag)) \(fault.code.name)")
            case .foreign: answers.append("foreign")
            }
        }
        #expect(
            answers == [
                "#1 too_large", "#? too_large", "#? bad_request", "#3 bad_request", "\(tag) too_large", "#? too_large",
                "#4 ping", " unknown_verb",
            ])
    }
}
