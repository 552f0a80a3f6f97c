package import Foundation
import Synchronization

/// The folder of one daemon: its lock, its identity, the first admin token, and the private PostgreSQL if it has one.
///
/// The lock is the operating system's and ends with the process, however that ends, so a kill leaves nothing stale.
package final class DataFolder: Sendable {
    /// The format of what lies in the folder; raised when an older switchboard could not use it any more.
    package static let version = 1

    /// Absolute, without symbolic links.
    package let path: String
    /// Random, made once: the name under which this folder's daemon holds the lease on a database.
    package let identifier: UUID
    /// The open file that holds the lock; nil once released.
    private let lockDescriptor: Mutex<Int32?>

    /// Where the first admin token is.
    package var adminTokenFile: String { "\(path)/admin.token" }

    /// Opens the data folder at `path`, made with mode 0700 where there is none, and takes its lock.
    ///
    /// Nothing is changed in a folder that is refused. The lock is held until `release()` or the end of the process.
    package init(_ path: String) throws(DataFolderError) {
        let real = try Self.makeFolder(Files.absolute(path))
        try Self.refuseStrangers(real)
        let descriptor = try Self.lock(real)
        do throws(DataFolderError) {
            try Self.settleVersion(real)
            identifier = try Self.settleIdentifier(real)
        } catch {
            close(descriptor)
            throw error
        }
        self.path = real
        lockDescriptor = Mutex(descriptor)
    }

    /// Gives the folder back. The daemon's last act: whoever gets the lock takes over its lease at once.
    package func release() {
        lockDescriptor.withLock { descriptor in
            if let open = descriptor {
                // Closing alone is not enough: a program that is just being started still has a copy until its exec.
                flock(open, LOCK_UN)
                close(open)
            }
            descriptor = nil
        }
    }

    // MARK: Opening

    private static func makeFolder(_ path: String) throws(DataFolderError) -> String {
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        } catch {
            throw .file(FileFault(action: "create the folder", path: parent.path, code: errno))
        }
        return try DataFolderError.wrapping { () throws(FileFault) in
            try Files.makeFolder(path, mode: 0o700)
            guard let real = realpath(path, nil) else {
                throw FileFault(action: "find", path: path, code: errno)
            }
            defer { free(real) }
            return String(cString: real)
        }
    }

    /// A mistyped `--data-dir` must not scatter our files over somebody's home.
    private static func refuseStrangers(_ path: String) throws(DataFolderError) {
        guard !Files.exists("\(path)/version") else { return }
        // What a first start that was cut off may have left, and what a file system has of its own.
        let harmless = ["lock", "version.new", "lost+found"]
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        guard entries.allSatisfy(harmless.contains) else { throw .notADataFolder(path: path) }
    }

    private static func lock(_ path: String) throws(DataFolderError) -> Int32 {
        let file = "\(path)/lock"
        // Closed at exec, or a PostgreSQL left behind by a kill would hold the lock on.
        let descriptor = open(file, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .file(FileFault(action: "open", path: file, code: errno)) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else { throw .file(FileFault(action: "lock", path: file, code: code)) }
            let holder = Files.text(of: file)?.trimmingCharacters(in: .whitespacesAndNewlines)
            throw .held(path: path, processId: holder.flatMap { Int32($0) })
        }
        // For people and for the message above; what counts is the lock.
        guard ftruncate(descriptor, 0) == 0, Files.write("\(getpid())\n", to: descriptor) else {
            let code = errno
            close(descriptor)
            throw .file(FileFault(action: "write", path: file, code: code))
        }
        return descriptor
    }

    private static func settleVersion(_ path: String) throws(DataFolderError) {
        let file = "\(path)/version"
        guard let found = Files.text(of: file) else {
            if Files.exists(file) { throw .file(FileFault(action: "read", path: file, code: EACCES)) }
            return try DataFolderError.wrapping { () throws(FileFault) in
                try Files.replace(file, text: "\(version)\n", mode: 0o600)
            }
        }
        let trimmed = found.trimmingCharacters(in: .whitespacesAndNewlines)
        guard trimmed == String(version) else { throw .otherVersion(path: path, found: trimmed) }
    }

    private static func settleIdentifier(_ path: String) throws(DataFolderError) -> UUID {
        let file = "\(path)/id"
        if let text = Files.text(of: file) {
            guard let identifier = UUID(uuidString: text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                throw .damaged(file: file)
            }
            return identifier
        }
        let identifier = UUID()
        try DataFolderError.wrapping { () throws(FileFault) in
            try Files.replace(file, text: "\(identifier.uuidString.lowercased())\n", mode: 0o600)
        }
        return identifier
    }

    // MARK: The first admin token

    /// The token that an earlier start has written; nil when there is none yet.
    package func adminToken() throws(DataFolderError) -> String? {
        guard Files.exists(adminTokenFile) else { return nil }
        guard let text = Files.text(of: adminTokenFile) else {
            throw .file(FileFault(action: "read", path: adminTokenFile, code: EACCES))
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else { throw .damaged(file: adminTokenFile) }
        return token
    }

    /// Keeps the first admin token, readable by the owner only. When this returns it is on disk, whole; one that is
    /// there already is never written over (`EEXIST`).
    ///
    /// Written before the token's hash is committed, so that a kill between the two loses neither: the next start finds
    /// the file and commits its hash.
    package func writeAdminToken(_ token: String) throws(DataFolderError) {
        let file = adminTokenFile
        let fresh = file + ".new"
        try DataFolderError.wrapping { () throws(FileFault) in
            unlink(fresh)
            try Files.create(fresh, text: token + "\n", mode: 0o600)
            defer { unlink(fresh) }
            // A link, unlike a rename, refuses a name that is taken.
            guard link(fresh, file) == 0 else { throw FileFault(action: "create", path: file, code: errno) }
            try Files.syncFolder(of: file)
        }
    }
}
