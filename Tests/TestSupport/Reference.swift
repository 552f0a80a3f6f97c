package import Foundation

/// Reference data of others beside the repository, `../shared/reference`; it is not part of it.
package enum Reference {
    package static func file(_ path: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/reference/\(path)")
    }

    package static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: file(path).path) }
}
