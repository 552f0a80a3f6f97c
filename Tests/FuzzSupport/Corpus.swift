import Foundation

/// The inputs that the fuzzers begin with, a file each: in `Tests/Fuzz/Seeds` what people wrote, most of it right, and
/// in `Tests/Fuzz/Corpus` what was found worth keeping since, most of it not.
package enum Corpus {
    /// The streams of bytes of one kind, in the order of their names, so that a seed gives the same lines everywhere.
    /// - Parameter found: What the fuzzers have found as well.
    package static func streams(
        _ name: String, found: Bool = true, source: String = #filePath
    ) throws -> [[UInt8]] {
        let folder = URL(fileURLWithPath: source).deletingLastPathComponent().deletingLastPathComponent()
        return try (["Fuzz/Seeds/\(name)"] + (found ? ["Fuzz/Corpus/\(name)"] : [])).flatMap { part in
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + part).sorted()
            return try files.filter { !$0.hasPrefix(".") }.map { file in
                Array(try Data(contentsOf: folder.appendingPathComponent("\(part)/\(file)")))
            }
        }
    }

    /// Their lines, each once, without their ends.
    package static func lines(_ name: String, found: Bool = true) throws -> [[UInt8]] {
        var seen: Set<[UInt8]> = []
        return try streams(name, found: found).flatMap { $0.split(separator: UInt8(ascii: "\n")).map(Array.init) }
            .filter {
                seen.insert($0).inserted
            }
    }
}
