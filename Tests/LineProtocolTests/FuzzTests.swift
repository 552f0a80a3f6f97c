import Foundation
import FuzzSupport
import LineProtocol
import Synchronization
import Testing

/// A million lines, kept ones changed and others made by the verb table, the same ones each time. What libFuzzer does
/// beside it (`make fuzz`) finds its way by coverage and leaves what it found in the corpus that these begin with.
@Suite("Any bytes")
struct FuzzTests {
    /// In all; another number by `SWITCHBOARD_FUZZ_LINES`.
    private static let count =
        ProcessInfo.processInfo.environment["SWITCHBOARD_FUZZ_LINES"].flatMap { Int($0) } ?? 1_000_000
    /// Parts with a seed each, so that every processor has some and each part is the same on any machine.
    private static let parts = 20

    private static func inParts(_ body: @Sendable (_ part: Int) -> String?) -> [String] {
        let faults = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: parts) { part in
            if let fault = body(part) { faults.withLock { $0.append("part \(part): \(fault)") } }
        }
        return faults.withLock { $0 }
    }

    @Test("are a request or have one fault; what is taken keeps its promises, and written again it is the same")
    func lines() throws {
        let kept = try Corpus.lines("lines")
        try #require(kept.count > 50)
        let accepted = Atomic<Int>(0)
        let faults = Self.inParts { part in
            var mutator = LineMutator(kept: kept, seed: 20_260_302 + UInt64(part))
            for round in 0..<Self.count / Self.parts {
                let line = mutator.line()
                switch RequestParser.parse(line) {
                case .success(let request):
                    accepted.add(1, ordering: .relaxed)
                    if let fault = LineProperties.fault(of: request, line) { return "line \(round): \(fault)" }
                case .failure(let refused):
                    if let fault = LineProperties.fault(of: refused, line) { return "line \(round): \(fault)" }
                }
            }
            return nil
        }
        #expect(faults.isEmpty)
        // Neither all nonsense nor all sense.
        let share = Double(accepted.load(ordering: .relaxed)) / Double(Self.count)
        #expect((0.05...0.9).contains(share), "\(share) were taken")
    }

    @Test("in pieces give one outcome a line, whatever stood before it")
    func framed() throws {
        let kept = try Corpus.lines("lines")
        let faults = Self.inParts { part in
            var mutator = LineMutator(kept: kept, seed: 4 + UInt64(part))
            for round in 0..<max(1, Self.count / 1_000 / Self.parts) {
                let ends = ["\n", "\r\n", "\n\n"].map { Array($0.utf8) }
                let lines = (0..<50).map { _ in mutator.line() + ends[mutator.number(0...2)] }
                // Some are too long for the smaller limit, and the last one has no end.
                let stream = lines.joined() + mutator.line()
                let pieces = (0..<20).map { _ in mutator.number(1...200) }
                let limit = [128, Limits.lineBytes][mutator.number(0...1)]
                if let fault = LineProperties.fault(ofStream: Array(stream), limit: limit, pieces: pieces) {
                    return "stream \(round): \(fault)"
                }
            }
            return nil
        }
        #expect(faults.isEmpty)
    }

    @Test("that were kept are read at any limit and in any pieces", arguments: [128, 1_000, Limits.lineBytes])
    func corpus(limit: Int) throws {
        for stream in try Corpus.streams("lines") {
            for pieces in [[1], [7, 64], [stream.count]] {
                let fault = LineProperties.fault(ofStream: stream, limit: limit, pieces: pieces)
                #expect(fault == nil, "\(text(stream))")
            }
        }
    }
}
