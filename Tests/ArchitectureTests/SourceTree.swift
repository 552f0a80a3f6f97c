import Foundation

/// The repository's own files, found from where this one was compiled.
enum SourceTree {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().standardizedFileURL.path

    struct File {
        /// Below the root, with "/" between: "Sources/Routing/Engine.swift".
        let path: String
        let text: String
    }

    /// Every text file below the named folders and files of the root, in order of path.
    static func files(in names: [String]) -> [File] {
        names.flatMap { name -> [String] in
            let whole = "\(root)/\(name)"
            guard let below = FileManager.default.enumerator(atPath: whole) else { return [name] }
            let inside = below.compactMap { ($0 as? String).map { "\(name)/\($0)" } }
            return inside.isEmpty ? [name] : inside
        }
        .sorted()
        .compactMap { path in
            // Folders and what is no text fall out here.
            (try? String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)).map { File(path: path, text: $0) }
        }
    }
}
