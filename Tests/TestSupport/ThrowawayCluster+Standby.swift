import Foundation
import Storage

extension ThrowawayCluster {
    /// A server that follows this one and takes no writes until `promote`; this one acknowledges a commit only once the
    /// other has it.
    package func synchronousStandby() async throws -> ThrowawayCluster {
        let folder = try makeTemporaryFolder()
        return try await onBlockingThread {
            try copy(into: folder + "/postgres/data")
            let standby = try ThrowawayCluster(PrivateCluster.Options(), in: folder)
            // Only now: the copy must not wait for a standby of its own when it is promoted.
            try psql("ALTER SYSTEM SET synchronous_standby_names = '*'")
            try psql("SELECT pg_reload_conf()")
            while try psql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") != "1" {}
            return standby
        }
    }

    /// Lets a standby take writes. What it followed must be stopped.
    package func promote() throws { try psql("SELECT pg_promote()") }

    /// Runs SQL in the database `postgres` and returns what it says.
    @discardableResult
    package func psql(_ sql: String) throws -> String {
        let cluster = privateCluster
        return try run(
            cluster.installation.program("psql"),
            [
                "-X", "-q", "-A", "-t", "-h", cluster.socketFolder, "-p", "5432", "-U", "switchboard", "-c", sql,
                "postgres",
            ]
        ).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// PostgreSQL's own programs refuse root, and the server's files belong to the account that runs it.
    private func copy(into data: String) throws {
        let cluster = privateCluster
        let account = cluster.account
        try FileManager.default.createDirectory(
            atPath: data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: data)
        for path in [data + "/../..", data + "/.."] {
            try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: path)
        }
        let backup =
            [
                cluster.installation.program("pg_basebackup"), "-h", cluster.socketFolder, "-p", "5432", "-U",
                "switchboard", "-D", data, "-R", "-X", "stream", "-c", "fast",
            ]
        if geteuid() == account.userId {
            try run(backup[0], Array(backup.dropFirst()))
        } else {
            chown(data, account.userId, account.groupId)
            let become = ["--reuid=\(account.userId)", "--regid=\(account.groupId)", "--clear-groups", "--"]
            try run("/usr/bin/setpriv", become + backup)
        }
    }
}
