import Foundation

/// A file or folder that the operating system did not let us use as we must.
package struct FileFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was tried, as a verb phrase: "create", "change the owner of".
    package let action: String
    package let path: String
    /// `errno` as the call left it.
    package let code: Int32

    package init(action: String, path: String, code: Int32) {
        self.action = action
        self.path = path
        self.code = code
    }

    package var description: String {
        "cannot \(action) \(path): \(String(cString: strerror(code)))"
    }
}

/// The few calls on files that the data folder and the private cluster share.
///
/// They go to the system directly where the order of durable steps, a mode from the first instant on, or not following
/// a symbolic link matters; Foundation promises none of these.
enum Files {
    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    static func isExecutable(_ path: String) -> Bool {
        access(path, X_OK) == 0
    }

    /// The whole of a small text file; nil when it is not there or cannot be read.
    static func text(of path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    /// The status of `path` itself, of a link rather than of what it points to.
    static func status(of path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// Makes the last folder of `path`; one that is there stays as it is.
    static func makeFolder(_ path: String, mode: mode_t) throws(FileFault) {
        if mkdir(path, mode) == 0 { return }
        let code = errno
        var isFolder: ObjCBool = false
        if code == EEXIST, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            return
        }
        throw FileFault(action: "create the folder", path: path, code: code)
    }

    /// Makes a file that must not be there yet, with its text safely on disk when this returns.
    static func create(_ path: String, text: String, mode: mode_t) throws(FileFault) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileFault(action: "create", path: path, code: errno) }
        defer { close(descriptor) }
        // The umask may have taken bits away; the mode is a promise either way.
        guard fchmod(descriptor, mode) == 0, write(text, to: descriptor), fsync(descriptor) == 0 else {
            let code = errno
            unlink(path)
            throw FileFault(action: "write", path: path, code: code)
        }
    }

    /// Puts `text` in the place of whatever `path` held: a reader sees the old text or the new one, also after a crash.
    static func replace(_ path: String, text: String, mode: mode_t) throws(FileFault) {
        let fresh = path + ".new"
        unlink(fresh)
        try create(fresh, text: text, mode: mode)
        guard rename(fresh, path) == 0 else { throw FileFault(action: "write", path: path, code: errno) }
        try syncFolder(of: path)
    }

    /// Makes the name of `path` in its folder durable.
    static func syncFolder(of path: String) throws(FileFault) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFault(action: "open", path: folder, code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileFault(action: "sync", path: folder, code: errno) }
    }

    /// Writes all of `text`; false leaves the reason in `errno`.
    static func write(_ text: String, to descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// The absolute form of `path`, seen from the folder that the process is in. Links are not resolved.
    static func absolute(_ path: String) -> String {
        let expanded = (path as NSString).expandingTildeInPath
        return URL(fileURLWithPath: expanded).standardizedFileURL.path
    }
}
