import Foundation
import TestSupport
import Testing

/// What the documents show is what the daemon does.
@Suite("Transcripts", .blocking)
struct TranscriptTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    private static let root = folder.deletingLastPathComponent().deletingLastPathComponent()

    static let golden = files(in: folder.appendingPathComponent("Transcripts"), suffix: ".txt")
    static let pages = files(in: root.appendingPathComponent("docs"), suffix: ".md") + [root.path + "/README.md"]

    private static func files(in folder: URL, suffix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted().map { folder.path + "/" + $0 }
    }

    @Test("a golden transcript is answered as written", arguments: golden)
    func golden(_ path: String) async throws {
        let transcript = try Transcript.golden(path)
        #expect(!transcript.steps.isEmpty)
        try await DaemonUnderTest.with { daemon in
            for difference in try TranscriptStage(daemon).play(transcript) { Issue.record(Comment(rawValue: difference)) }
        }
    }

    @Test("the transcripts of a page are answered as written", arguments: pages)
    func page(_ path: String) async throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        // A block that continues another is played on the same daemon.
        var scenes: [[Transcript]] = []
        for transcript in try Transcript.fenced(in: path) {
            if transcript.isContinued, !scenes.isEmpty {
                scenes[scenes.count - 1].append(transcript)
            } else {
                scenes.append([transcript])
            }
        }
        for scene in scenes {
            try await DaemonUnderTest.with { daemon in
                let stage = TranscriptStage(daemon)
                for transcript in scene {
                    for difference in try stage.play(transcript) { Issue.record(Comment(rawValue: difference)) }
                }
            }
        }
    }

    @Test("a wildcard stands for one value and for nothing else")
    func wildcards() {
        #expect(TranscriptStage.matches("OK id=1 state=waiting", "OK id=… state=waiting"))
        #expect(TranscriptStage.matches(#"OK name="a b" x=1"#, "OK name=… x=1"))
        #expect(TranscriptStage.matches(#"OK attrs={"a":"b c"}"#, "OK attrs=…"))
        #expect(!TranscriptStage.matches("OK id=1 more=2 state=waiting", "OK id=… state=waiting"))
        #expect(!TranscriptStage.matches("OK id=1", "OK id=2"))
        #expect(!TranscriptStage.matches("OK id=1 state=waiting", "OK id=1"))
    }
}
