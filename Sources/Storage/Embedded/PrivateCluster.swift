import Foundation

/// The PostgreSQL that `serve` runs for itself in its data folder when it is given no database.
///
/// Only a Unix socket leads to it, in a folder that only the owner and root can enter. It ends with `stop()`; when the
/// daemon is killed it stays, nothing lost, and the next start adopts it.
///
/// Every call blocks its thread, some for seconds: not for the cooperative pool, not for an event loop.
package struct PrivateCluster: Sendable, CustomStringConvertible {
    package struct Options: Sendable {
        /// Off only for tests: a commit then survives the end of every process, but not that of the machine.
        package var isDurable: Bool
        /// The daemon needs a handful; the rest is for `psql` and reports.
        package var connectionCountMax: Int
        /// Where PostgreSQL is looked for; nil: PATH, `pg_config` and the folders of the usual packages.
        package var binaryFolders: [String]?

        package init(isDurable: Bool = true, connectionCountMax: Int = 20, binaryFolders: [String]? = nil) {
            self.isDurable = isDurable
            self.connectionCountMax = connectionCountMax
            self.binaryFolders = binaryFolders
        }
    }

    private let server: ClusterServer
    /// The folder that holds the server's socket, closed to all but its account and root.
    package let socketFolder: String
    /// Whether the server ran already: one that a killed daemon has left.
    package let adopted: Bool
    /// The server's main process.
    package let processId: Int32

    /// PostgreSQL's own data directory.
    package var dataDirectory: String { server.files.data }
    package var logFile: String { server.files.log }
    /// The programs that run it; `psql` is mostly beside them.
    package var installation: PostgresInstallation { server.installation }
    /// The user that it runs as.
    package var account: Account { server.account }

    /// Starts the cluster of the data folder `folder`, making it first where there is none; a server that is running
    /// there already is adopted, so the call also brings back one that has died.
    ///
    /// The caller holds the folder's lock (`DataFolder`). `log` gets a line for each step that takes time.
    package static func start(
        in folder: String, options: Options = Options(), log: (String) -> Void = { _ in }
    ) throws(PrivateClusterError) -> PrivateCluster {
        let files = try ClusterFiles(folder: Files.absolute(folder))
        let account = try Account.toRun(files.data)
        let installation = try PostgresInstallation.find(in: options.binaryFolders, for: files.data)
        let server = ClusterServer(files: files, installation: installation, account: account)
        try files.prepare(for: account)

        if files.isInitialised {
            try server.checkReach(of: files.data)
            if let running = try server.formerServer() {
                log("adopting PostgreSQL \(installation.version), process \(running.processId), in \(files.cluster)")
                return PrivateCluster(
                    server: server, socketFolder: running.socketFolder, adopted: true, processId: running.processId)
            }
        } else {
            log("making a private PostgreSQL \(installation.version) in \(files.cluster)")
            try server.initialise(isDurable: options.isDurable)
        }
        let socketFolder = try files.socketFolder(for: account)
        try files.writeSettings(options, socketFolder: socketFolder)
        log("starting PostgreSQL \(installation.version) as \(account.name)")
        try server.start()
        return PrivateCluster(
            server: server, socketFolder: socketFolder, adopted: false,
            processId: files.postmaster()?.processId ?? 0)
    }

    /// How libpq gets to it, as the cluster's superuser.
    package var connectionInfo: String { connectionInfo(database: ClusterServer.name) }

    /// How libpq gets to one of its databases. The server must run as the account that we started, so nobody can pose
    /// as it in a folder in /tmp.
    package func connectionInfo(database: String) -> String {
        [
            ("host", socketFolder), ("port", String(ClusterFiles.port)), ("user", ClusterServer.name),
            ("dbname", database), ("requirepeer", server.account.name),
        ]
        .map { "\($0)=\(Self.quoted($1))" }.joined(separator: " ")
    }

    /// What to type to look into it.
    package var shellCommand: String {
        "psql -h '\(socketFolder)' -U \(ClusterServer.name) \(ClusterServer.name)"
    }

    /// Whether the server takes connections at this moment.
    package var answers: Bool { ClusterServer.answers(in: socketFolder) }

    /// Stops the server: open transactions are rolled back, everything committed is written. One that has not ended
    /// after `seconds` is stopped without the writing, which its next start makes up for. No server: nothing to do.
    package func stop(within seconds: Int = 8) throws(PrivateClusterError) {
        guard server.files.postmaster() != nil else { return cleanUp() }
        do {
            try server.stop(immediately: false, seconds: seconds)
        } catch {
            try stopImmediately()
        }
        cleanUp()
    }

    /// Stops the server as a crash would, with nothing written but the log that its next start replays.
    package func stopImmediately() throws(PrivateClusterError) {
        do {
            try server.stop(immediately: true, seconds: 5)
        } catch {
            // It may have been gone before, or have gone between our question and the signal.
            if let left = server.files.postmaster(), server.isAlive(left.processId) { throw error }
        }
    }

    private func cleanUp() {
        server.files.removeNotedSocketFolder()
    }

    package var description: String {
        "PostgreSQL \(server.installation.version), process \(processId) of \(server.account.name), in \(dataDirectory)"
    }

    /// A value of a connection string, in single quotes.
    private static func quoted(_ value: String) -> String {
        let escaped = value.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "'", with: "\\'")
        return "'\(escaped)'"
    }
}
