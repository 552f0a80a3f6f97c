/// Why a data folder cannot be used.
package enum DataFolderError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another daemon works in it; nil: it could not be read which.
    case held(path: String, processId: Int32?)
    /// Made by a version of switchboard that this one does not know.
    case otherVersion(path: String, found: String)
    /// Something lies there that is not ours.
    case notADataFolder(path: String)
    /// A file of ours holds what we would never have written.
    case damaged(file: String)
    case file(FileFault)

    package var description: String {
        switch self {
        case .held(let path, let processId):
            let holder = processId.map { "process \($0)" } ?? "another process"
            return """
                \(path) is in use by \(holder), and a data folder serves one daemon. \
                Stop that one, or choose another --data-dir.
                """
        case .otherVersion(let path, let found):
            return """
                \(path) has format \(found), and this switchboard knows format \(DataFolder.version) only. \
                Start the version that made it, or choose another --data-dir.
                """
        case .notADataFolder(let path):
            return """
                \(path) is not empty and not a data folder of switchboard. Choose another --data-dir, \
                or one that does not exist yet.
                """
        case .damaged(let file):
            return "\(file) is damaged. Put it back from a backup, or remove it to have it made anew."
        case .file(let fault):
            return fault.description
        }
    }

    /// Does something with files; their fault becomes ours.
    static func wrapping<Value>(_ body: () throws(FileFault) -> Value) throws(DataFolderError) -> Value {
        do {
            return try body()
        } catch {
            throw .file(error)
        }
    }
}
