import Foundation
import FuzzSupport
import LineProtocol
import Server
import TestSupport
import Testing

/// Thousands of nearly right lines through sessions of every role, against the whole daemon with a real PostgreSQL: a
/// text that a column refuses, an answer too many or too few, or a step that traps would show.
@Suite("Any session", .blocking)
struct SessionFuzzTests {
    /// In all; another number by `SWITCHBOARD_FUZZ_SESSION_LINES`.
    private static let count =
        ProcessInfo.processInfo.environment["SWITCHBOARD_FUZZ_SESSION_LINES"].flatMap { Int($0) } ?? 20_000
    private static let seed =
        ProcessInfo.processInfo.environment["SWITCHBOARD_FUZZ_SEED"].flatMap { UInt64($0) } ?? 20_260_302

    /// A session that is taken up again when the daemon has closed it for a reason.
    private final class Talker {
        let daemon: DaemonUnderTest
        let fields: String
        var token: String
        var peer: LinePeer
        var book: AnswerBook
        private let limit: Int

        init(_ daemon: DaemonUnderTest, _ fields: String) throws {
            self.daemon = daemon
            self.fields = fields
            limit = fields == "role=admin" ? ServerLimits.adminLineBytes : ServerLimits.lineBytes
            token = try daemon.token(fields)
            peer = try daemon.session(token)
            book = AnswerBook(limit: limit)
        }

        /// Sends a stream, and reads until nothing more is owed.
        func exchange(_ stream: [UInt8]) throws {
            book.sent(stream)
            // Whatever the daemon closes meanwhile it also no longer takes.
            _ = try? peer.write(stream, patience: LinePeer.patience)
            while !book.isSettled {
                guard let line = try peer.readLineBytes() else { return try comeBack() }
                if let fault = book.took(line) {
                    throw PeerError("\(fault): \(String(decoding: line.prefix(400), as: UTF8.self))")
                }
            }
            if book.isClosing {
                while let line = try peer.readLineBytes() {
                    // Pushes that had been on their way; answers there are no more.
                    if let fault = AnswerGrammar.fault(of: line) { throw PeerError(fault) }
                }
                try comeBack()
            }
        }

        /// The daemon closes no session without a word but that of a token which is no longer valid, or of an agent who
        /// was deleted; another line may have made that agent anew since.
        private func comeBack() throws {
            let isExplained = book.isClosing || book.mayClose || fields.contains("agent=")
            let fresh = try daemon.stranger()
            let answer = try fresh.ask("HELLO version=1 token=\(token)").last
            if answer?.isOK == true {
                guard isExplained else { throw PeerError("the daemon closed the session of \(fields)") }
                peer = fresh
            } else {
                // The token was revoked, or its agent deleted.
                guard answer?.code == "unauthorized" || answer?.code == "not_found" else {
                    throw PeerError("HELLO was answered: \(answer?.text ?? "")")
                }
                if let agent = fields.split(separator: "agent=").dropFirst().first {
                    try daemon.admin().ok("AGENT PUT \(agent) team=seoul")
                }
                token = try daemon.token(fields)
                peer = try daemon.session(token)
            }
            book = AnswerBook(limit: limit)
        }
    }

    @Test("gives each line one answer, in order, by the grammar and by what HELP says; all of it is in the rows")
    func session() async throws {
        // What was found is for the parser, which refuses most of it.
        let kept = try Corpus.lines("lines", found: false)
        let site = try await Site.make()
        defer { site.removeFolder() }
        let figures = try await DaemonUnderTest.start(at: site).use { daemon in
            let figures = try talk(with: daemon, kept)
            try expectServing(daemon)
            try expectReplay(daemon)
            return (figures, try state(daemon))
        }
        // What the lines left behind is what is recovered.
        try await DaemonUnderTest.start(at: site).use { daemon in
            let recovered = try state(daemon)
            #expect(recovered.count > 10 && recovered.count == figures.1.count)
            for (before, after) in zip(figures.1, recovered) where before != after {
                Issue.record("before the start: \(before)\nafter it: \(after)")
            }
            try expectServing(daemon)
        }
        let (accepted, refused) = figures.0
        #expect(accepted > Self.count / 20 && refused > Self.count / 5, "\(accepted) taken, \(refused) refused")
    }

    private func talk(with daemon: DaemonUnderTest, _ kept: [[UInt8]]) throws -> (accepted: Int, refused: Int) {
        let admin = try daemon.admin()
        for name in ["kim", "lee", "park"] { try admin.ok("AGENT PUT \(name) team=seoul") }
        let talkers = try [
            "role=admin", "role=supervisor", "role=supervisor teams=seoul", "role=gateway", "role=upstream",
            "role=agent agent=kim", "role=agent agent=lee",
        ].map { try Talker(daemon, $0) }
        var mutator = LineMutator(kept: kept, seed: Self.seed)
        var (sent, accepted, refused) = (0, 0, 0)
        while sent < Self.count {
            // The admin twice as often: half of the verbs are refused to everybody else.
            let talker = talkers[mutator.number(0...talkers.count) % talkers.count]
            let lines = (0..<mutator.number(1...60)).map { _ in mutator.line() }
            let (acceptedBefore, refusedBefore) = (talker.book.acceptedCount, talker.book.refusedCount)
            do {
                try talker.exchange(Array(lines.map { $0 + [UInt8(ascii: "\n")] }.joined()))
            } catch {
                let said = lines.map { String(decoding: $0.prefix(300), as: UTF8.self) }.joined(separator: "\n")
                throw PeerError(
                    "seed \(Self.seed), after \(sent) lines, \(talker.fields): \(error), owed \(talker.book.owed)\n\(said)"
                )
            }
            sent += lines.count
            accepted += max(0, talker.book.acceptedCount - acceptedBefore)
            refused += max(0, talker.book.refusedCount - refusedBefore)
        }
        return (accepted, refused)
    }

    private func expectServing(_ daemon: DaemonUnderTest) throws {
        let admin = try daemon.admin()
        // Some line may have begun it.
        try admin.ok("DRAIN off=true")
        #expect(try admin.ok("PING")["status"] == "serving")
        #expect(try daemon.upstream().submit() > 0)
    }

    /// The log is whole, and every line of it is one by the grammar.
    private func expectReplay(_ daemon: DaemonUnderTest) throws {
        let admin = try daemon.admin()
        let last = try #require(try admin.ok("INFO").integer("seq"))
        try admin.ok("WATCH from=0")
        for seq in 1...last {
            let line = try #require(try admin.readLineBytes())
            #expect(AnswerGrammar.fault(of: line) == nil)
            try #require(AnswerLine(line)?.integer("seq") == seq)
        }
    }

    private static let lasting = [
        "id", "queue", "channel", "priority", "skills", "source", "key", "customer", "subject", "attrs", "submitted",
        "agent", "name", "team", "channels", "capacity", "role", "teams",
    ]
    private static let closed = ["completed", "abandoned", "cancelled"]

    /// Of every inquiry, agent and token what no timer and no start changes.
    private func state(_ daemon: DaemonUnderTest) throws -> [String] {
        let admin = try daemon.admin()
        let count = try #require(try admin.ok("INFO").integer("submitted"))
        var lines = try (1...count).map { try admin.ok("GET \($0)") }
        lines += try admin.rows("AGENTS limit=1000").compactMap { $0["agent"] }.map { name in
            // A name is a name: it needs no quotes.
            try admin.ok("AGENT GET \(name)")
        }
        lines += try admin.rows("TOKEN LIST")
        return lines.map { line in
            var shown = Self.lasting.compactMap { key in line[key].map { "\(key)=\($0)" } }
            // Whose offer it was a grace may have ended meanwhile.
            if let state = line["state"], !Self.closed.contains(state) {
                shown.removeAll { $0.hasPrefix("agent=") && line["id"] != nil }
            }
            if let state = line["state"], Self.closed.contains(state) {
                shown += ["state=\(state)"] + ["closed", "disposition", "reason", "outcome"].compactMap { line[$0] }
            }
            return shown.joined(separator: " ")
        }
    }
}
