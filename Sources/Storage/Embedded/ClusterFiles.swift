import Foundation

/// Where a private cluster keeps what, below the data folder.
///
/// `postgres/` and what we write into it stay ours; `data` and the socket's folder belong to the account that runs the
/// server and are closed to everybody else, which is what makes `trust` on the socket safe: whoever gets to it is that
/// account or root.
struct ClusterFiles: Sendable {
    /// The data folder of switchboard.
    let folder: String
    /// The server's own log: `postgres.log`.
    var log: String { "\(folder)/postgres.log" }
    var cluster: String { "\(folder)/postgres" }
    /// What PostgreSQL calls the data directory.
    var data: String { "\(cluster)/data" }
    /// What a cluster in the making is called, and a few letters more, until it is whole and takes the place of `data`.
    static let freshPrefix = "data.new-"
    /// Our settings, included by `postgresql.conf`, written anew at each start.
    var settings: String { "\(cluster)/settings.conf" }
    /// Holds the path of a socket folder elsewhere, while there is one.
    private var socketFolderNote: String { "\(cluster)/socket-folder" }

    /// The log is put aside at a start once it is larger; one older log is kept.
    private static let logBytesMax: Int64 = 16 << 20
    /// The port is only the end of the socket's name: nothing listens on the network.
    static let port = 5432
    static let socketName = ".s.PGSQL.\(port)"
    /// How long the path of a socket may be, its closing zero not counted: 107 bytes on Linux, 103 on macOS.
    static let socketPathBytesMax = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    var isInitialised: Bool { Files.exists("\(data)/PG_VERSION") }

    init(folder: String) throws(PrivateClusterError) {
        // pg_ctl and initdb put paths into a double-quoted word of a shell command.
        guard !folder.contains(where: { "\"$`\\\n\r".contains($0) }) else { throw .unusablePath(folder) }
        self.folder = folder
    }

    /// Makes the folders and the log, as `account` needs them.
    func prepare(for account: Account) throws(PrivateClusterError) {
        try PrivateClusterError.wrapping { () throws(FileFault) in
            try Files.makeFolder(folder, mode: 0o700)
            try Files.makeFolder(cluster, mode: 0o700)
            if account.isOther {
                // May be passed through, not listed: what is inside is closed for itself.
                for path in [folder, cluster] { try openToPass(path) }
            }
            try prepareLog(for: account)
        }
    }

    private func openToPass(_ path: String) throws(FileFault) {
        guard let mode = Files.status(of: path)?.st_mode, chmod(path, mode & 0o777 | 0o011) == 0 else {
            throw FileFault(action: "change the mode of", path: path, code: errno)
        }
    }

    private func prepareLog(for account: Account) throws(FileFault) {
        if let size = Files.status(of: log)?.st_size, size > Self.logBytesMax {
            guard rename(log, log + ".1") == 0 else { throw FileFault(action: "rename", path: log, code: errno) }
        }
        let descriptor = open(log, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFault(action: "open", path: log, code: errno) }
        defer { close(descriptor) }
        if account.isOther, fchown(descriptor, account.userId, account.groupId) != 0 {
            throw FileFault(action: "change the owner of", path: log, code: errno)
        }
    }

    /// An empty folder that only `account` and root can get into.
    func makePrivateFolder(_ path: String, for account: Account) throws(FileFault) {
        try Files.makeFolder(path, mode: 0o700)
        guard chmod(path, 0o700) == 0 else { throw FileFault(action: "change the mode of", path: path, code: errno) }
        if account.isOther, lchown(path, account.userId, account.groupId) != 0 {
            throw FileFault(action: "change the owner of", path: path, code: errno)
        }
    }

    // MARK: The socket

    /// The folder for the server's socket: inside the data folder where the path is short enough for a socket, else a
    /// folder of its own in /tmp, noted so that every later start uses the same.
    func socketFolder(for account: Account) throws(PrivateClusterError) -> String {
        try PrivateClusterError.wrapping { () throws(FileFault) in
            let inside = "\(cluster)/socket"
            // libpq takes a comma for the end of a host.
            if inside.utf8.count + 1 + Self.socketName.utf8.count <= Self.socketPathBytesMax, !inside.contains(",") {
                try makePrivateFolder(inside, for: account)
                return inside
            }
            if let noted = Files.text(of: socketFolderNote), isPrivate(noted, to: account) { return noted }
            var template = Array("/tmp/switchboard-XXXXXX".utf8CString)
            let made = template.withUnsafeMutableBufferPointer { buffer -> String? in
                guard let start = buffer.baseAddress, mkdtemp(start) != nil else { return nil }
                return String(cString: start)
            }
            guard let made else { throw FileFault(action: "create a folder in", path: "/tmp", code: errno) }
            try makePrivateFolder(made, for: account)
            try Files.replace(socketFolderNote, text: made, mode: 0o600)
            return made
        }
    }

    /// Removes a socket folder outside the data folder, which nobody would miss.
    func removeNotedSocketFolder() {
        guard let noted = Files.text(of: socketFolderNote) else { return }
        // Only if it is empty: rmdir refuses anything else.
        rmdir(noted)
        unlink(socketFolderNote)
    }

    /// /tmp is everybody's: a folder that somebody else made in the meantime must not be trusted.
    private func isPrivate(_ path: String, to account: Account) -> Bool {
        guard let status = Files.status(of: path) else { return false }
        return status.st_mode & S_IFMT == S_IFDIR && status.st_mode & 0o777 == 0o700 && status.st_uid == account.userId
    }

    // MARK: The server's lock file

    /// What a running server says of itself in `postmaster.pid`.
    struct Postmaster {
        let processId: Int32
        let socketFolder: String
        /// Whether it takes connections: not while it recovers, not while it stops.
        let isReady: Bool
    }

    var postmasterFile: String { "\(data)/postmaster.pid" }

    /// Nil when no server runs and none was killed.
    func postmaster() -> Postmaster? {
        guard let text = Files.text(of: postmasterFile) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let first = lines.first, let processId = Int32(first), processId > 0 else { return nil }
        return Postmaster(
            processId: processId,
            socketFolder: lines.count > 4 ? lines[4] : "",
            isReady: lines.count > 7 && lines[7].trimmingCharacters(in: .whitespaces) == "ready")
    }

    // MARK: Settings

    /// Writes our settings. The server reads them at its start, through an `include` in `postgresql.conf`.
    func writeSettings(_ options: PrivateCluster.Options, socketFolder: String) throws(PrivateClusterError) {
        // A list of folders inside a string: each level has its own quotes.
        let listed = "\"\(socketFolder)\"".replacingOccurrences(of: "'", with: "''")
        let durable = options.isDurable ? "on" : "off"
        let text = """
            # Written by switchboard at each start; settings of your own belong into data/postgresql.auto.conf
            # (ALTER SYSTEM), which wins over these.
            listen_addresses = ''
            port = \(Self.port)
            unix_socket_directories = '\(listed)'
            max_connections = \(options.connectionCountMax)

            # A commit is a promise to whoever was answered.
            fsync = \(durable)
            full_page_writes = \(durable)
            synchronous_commit = on

            # The working set is the live inquiries and the newest events.
            shared_buffers = 128MB
            wal_compression = on
            max_wal_size = 2GB
            min_wal_size = 256MB
            checkpoint_timeout = 5min
            checkpoint_completion_target = 0.9
            # Short statements, the same ones all the time: compiling them costs more than running them.
            jit = off

            # A few hot tables whose rows change several times a minute.
            autovacuum_naptime = 10s
            autovacuum_vacuum_scale_factor = 0.05
            autovacuum_vacuum_cost_limit = 1000

            log_min_messages = warning
            log_checkpoints = off
            log_line_prefix = '%m [%p] '
            log_timezone = 'UTC'
            timezone = 'UTC'
            lc_messages = 'C'

            """
        // Others may read it: it says nothing that is secret, and the server's account is another than ours.
        try PrivateClusterError.wrapping { () throws(FileFault) in
            try Files.replace(settings, text: text, mode: 0o644)
        }
    }

    /// Makes a fresh cluster read our settings.
    func includeSettings(in fresh: String) throws(PrivateClusterError) {
        let path = "\(fresh)/postgresql.conf"
        let descriptor = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(FileFault(action: "open", path: path, code: errno)) }
        defer { close(descriptor) }
        // Relative, so that the data folder can be moved.
        guard Files.write("\ninclude '../settings.conf'\n", to: descriptor), fsync(descriptor) == 0 else {
            throw .file(FileFault(action: "write", path: path, code: errno))
        }
    }
}
