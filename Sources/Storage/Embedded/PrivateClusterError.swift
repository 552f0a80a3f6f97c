import Foundation

/// Why the private PostgreSQL could not be had. Each says what is wrong, where, and what would be right.
package enum PrivateClusterError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No usable PostgreSQL on the machine; `tooOld` names the versions that were found and are below the least one.
    case notInstalled(searched: [String], tooOld: [String])
    /// The cluster in the data folder was made by another major version than any that is installed.
    case otherMajor(data: String, major: Int, installed: [String])
    /// Started by root, and there is nobody to run PostgreSQL as.
    case noUnprivilegedUser
    /// Started by root, and the machine has no program that changes to another user.
    case cannotSwitchUser(to: String)
    /// The user who runs PostgreSQL cannot get to the data folder because of `blocking`, one of its parents.
    case notTraversable(folder: String, blocking: String, user: String)
    /// The cluster in the data folder belongs to somebody else.
    case foreignFolder(path: String, owner: String, user: String)
    /// A path that PostgreSQL's own tools cannot be given, since they hand it to a shell.
    case unusablePath(String)
    /// Processes of a former server that neither answer nor end.
    case formerServerStays(data: String, processes: [Int32])
    case file(FileFault)
    /// A program of PostgreSQL's ended with a failure; `output` is the end of what it and the server's log said.
    case failed(program: String, status: Int32, output: String)
    /// A program of PostgreSQL's did not end in time and was killed.
    case timedOut(program: String, seconds: Int)
    case notStarted(program: String, reason: String)

    package var description: String {
        switch self {
        case .notInstalled(let searched, let tooOld):
            let found =
                tooOld.isEmpty
                ? "there is none in \(searched.joined(separator: ", "))"
                : "only \(tooOld.joined(separator: ", ")) was found"
            return """
                PostgreSQL \(PostgresInstallation.leastMajor) or newer is needed, and \(found). Install it \
                (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17), \
                or name a server with --database-url.
                """
        case .otherMajor(let data, let major, let installed):
            return """
                \(data) was made by PostgreSQL \(major), and only \(installed.joined(separator: ", ")) is installed. \
                Install PostgreSQL \(major), or move the data with its pg_upgrade.
                """
        case .noUnprivilegedUser:
            return """
                PostgreSQL does not run as root, and there is no user "\(Account.serverName)" to run it as. Create one \
                (useradd --system \(Account.serverName)), start switchboard as another user, \
                or name a server with --database-url.
                """
        case .cannotSwitchUser(let user):
            return """
                PostgreSQL does not run as root, and none of setpriv, runuser and sudo is there to run it as \(user). \
                Install util-linux, or start switchboard as \(user).
                """
        case .notTraversable(let folder, let blocking, let user):
            return """
                the user \(user), who runs PostgreSQL, cannot get to \(folder): \(blocking) is closed to it. \
                Choose another --data-dir (such as /var/lib/switchboard), or chmod o+x \(blocking).
                """
        case .foreignFolder(let path, let owner, let user):
            return """
                \(path) belongs to \(owner), and this is \(user). Start switchboard as \(owner) or root, \
                or choose another --data-dir.
                """
        case .unusablePath(let path):
            return """
                PostgreSQL's tools cannot handle \(path): choose a --data-dir without quotes, backslashes, \
                dollar signs, backticks and line breaks.
                """
        case .formerServerStays(let data, let processes):
            return """
                a former PostgreSQL still works in \(data) and does not end (process \
                \(processes.map(String.init).joined(separator: ", "))). Stop it, then start again.
                """
        case .file(let fault):
            return fault.description
        case .failed(let program, let status, let output):
            return "\(program) failed (status \(status)): \(output.isEmpty ? "it said nothing" : output)"
        case .timedOut(let program, let seconds):
            return "\(program) did not end within \(seconds) s and was killed"
        case .notStarted(let program, let reason):
            return "\(program) could not be run: \(reason)"
        }
    }

    /// Does something with files; their fault becomes ours.
    static func wrapping<Value>(_ body: () throws(FileFault) -> Value) throws(PrivateClusterError) -> Value {
        do {
            return try body()
        } catch {
            throw .file(error)
        }
    }
}
