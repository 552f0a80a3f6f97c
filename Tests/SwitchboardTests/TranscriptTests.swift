import Foundation
import TestSupport
import Testing

/// What the documents show is what the daemon does.
@Suite("Transcripts", .blocking)
struct TranscriptTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    private static let root = folder.deletingLastPathComponent().deletingLastPathComponent()

    static let goldenFiles = files(in: folder.appendingPathComponent("Transcripts"), suffix: ".txt")
    static let pages = files(in: root.appendingPathComponent("docs"), suffix: ".md") + [root.path + "/README.md"]

    private static func files(in folder: URL, suffix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted().map { folder.path + "/" + $0 }
    }

    @Test("a golden transcript is answered as written", arguments: goldenFiles)
    func golden(_ path: String) async throws {
        let transcript = try Transcript.golden(path)
        #expect(!transcript.steps.isEmpty)
        try await DaemonUnderTest.with { daemon in
            for difference in try TranscriptStage(daemon).play(transcript) {
                Issue.record(Comment(rawValue: difference))
            }
        }
    }

    @Test("the transcripts of a page are answered as written", arguments: pages)
    func page(_ path: String) async throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        for transcript in try Transcript.fenced(in: path) {
            try await DaemonUnderTest.with { daemon in
                for difference in try TranscriptStage(daemon).play(transcript) {
                    Issue.record(Comment(rawValue: difference))
                }
            }
        }
    }

    @Test("a wildcard stands for a run within one value, and a word keeps it")
    func wildcards() {
        func matches(_ line: String, _ pattern: String) -> Bool { TranscriptStage.match(line, pattern) != nil }
        #expect(matches("OK id=1 state=waiting", "OK id=… state=waiting"))
        #expect(matches(#"OK name="a b" x=1"#, #"OK name="…" x=1"#))
        #expect(matches(#"ERR limit "at most 7 of them""#, #"ERR limit "at most … of them""#))
        #expect(!matches("OK id=1 more=2 state=waiting", "OK id=… state=waiting"))
        #expect(!matches(#"OK a="x" b="y""#, #"OK a="…""#))
        #expect(!matches("OK id=1", "OK id=2"))
        #expect(!matches("OK id=1 state=waiting", "OK id=1"))
        #expect(TranscriptStage.match("OK id=3 token=abc", "OK id=… token=$shop") == ["$shop": "abc"])
    }
}
