import Foundation

/// The inputs that the fuzzers have found worth keeping: a file each, in `Tests/Fuzz/Corpus`.
package enum Corpus {
    /// The streams of bytes of one corpus, in the order of their names, so that a seed gives the same lines everywhere.
    package static func streams(_ name: String, source: String = #filePath) throws -> [[UInt8]] {
        let folder = URL(fileURLWithPath: source).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fuzz/Corpus/\(name)")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try files.filter { !$0.hasPrefix(".") }.map { file in
            Array(try Data(contentsOf: folder.appendingPathComponent(file)))
        }
    }

    /// Its lines, each once, without their ends and without what chooses a session.
    package static func lines(_ name: String) throws -> [[UInt8]] {
        var seen: Set<[UInt8]> = []
        return try streams(name).flatMap { $0.split(separator: UInt8(ascii: "\n")).map(Array.init) }.filter {
            seen.insert($0).inserted
        }
    }
}
