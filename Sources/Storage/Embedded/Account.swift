package import Foundation

/// The user that PostgreSQL runs as: ours, or an unprivileged one when root started us.
package struct Account: Equatable, Sendable {
    /// Who runs PostgreSQL for root; the name that every distribution's package creates.
    static let serverName = "postgres"

    package let name: String
    package let userId: uid_t
    package let groupId: gid_t
    /// What stands before a command to run it as this user; empty when we are this user.
    let switching: [String]

    /// Whether files that we make must be given to this user.
    var isOther: Bool { userId != geteuid() }

    /// Who runs the cluster in `dataFolder`.
    ///
    /// Not started by root: ourselves. Started by root: the owner of a cluster that is there, so that one made by an
    /// ordinary user stays theirs, else `postgres`.
    static func toRun(_ dataFolder: String) throws(PrivateClusterError) -> Account {
        let me = geteuid()
        let owner = Files.status(of: dataFolder)?.st_uid
        guard me == 0 else {
            let mine = withId(me) ?? Account(name: "uid \(me)", userId: me, groupId: getegid(), switching: [])
            if let owner, owner != me {
                throw .foreignFolder(path: dataFolder, owner: nameOrNumber(owner), user: mine.name)
            }
            return mine
        }
        let other: Account? =
            if let owner, owner != 0 { withId(owner) } else { named(serverName) }
        guard let other, other.userId != 0 else { throw .noUnprivilegedUser }
        guard let switching = wordsToBecome(other) else { throw .cannotSwitchUser(to: other.name) }
        return Account(name: other.name, userId: other.userId, groupId: other.groupId, switching: switching)
    }

    static func named(_ name: String) -> Account? {
        lookUp { entry, buffer, size, found in getpwnam_r(name, entry, buffer, size, found) }
    }

    static func withId(_ userId: uid_t) -> Account? {
        lookUp { entry, buffer, size, found in getpwuid_r(userId, entry, buffer, size, found) }
    }

    private static func nameOrNumber(_ userId: uid_t) -> String {
        withId(userId)?.name ?? "uid \(userId)"
    }

    /// The words of the first program that is there; each starts the command itself, without a shell or a login.
    private static func wordsToBecome(_ account: Account) -> [String]? {
        if let setpriv = program("setpriv") {
            return [setpriv, "--reuid=\(account.userId)", "--regid=\(account.groupId)", "--init-groups", "--"]
        }
        if let runuser = program("runuser") {
            return [runuser, "-u", account.name, "--"]
        }
        if let sudo = program("sudo") {
            return [sudo, "-n", "-u", account.name, "--"]
        }
        return nil
    }

    private static func program(_ name: String) -> String? {
        ["/usr/bin", "/bin", "/usr/sbin", "/sbin"].map { "\($0)/\(name)" }.first(where: Files.isExecutable)
    }

    private typealias Found = UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>

    private static func lookUp(
        _ call: (UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int, Found) -> Int32
    ) -> Account? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        // An entry is a line of text; 16 KiB is what the C library itself suggests at most.
        var buffer = [CChar](repeating: 0, count: 16_384)
        return buffer.withUnsafeMutableBufferPointer { buffer -> Account? in
            guard let start = buffer.baseAddress, call(&entry, start, buffer.count, &found) == 0, found != nil,
                let name = entry.pw_name
            else { return nil }
            return Account(
                name: String(cString: name), userId: entry.pw_uid, groupId: entry.pw_gid, switching: [])
        }
    }
}
