import Foundation
import Storage
import TestSupport
import Testing

// One after the other: each starts servers, which keeps a core busy.
@Suite("the private cluster", .blocking, .serialized)
struct PrivateClusterTests {
    private let options = PrivateCluster.Options(isDurable: false)

    /// A data folder for the length of `body`, empty; the server that is left in it is stopped.
    private func withFolder(_ suffix: String = "data", _ body: (String) throws -> Void) throws {
        let parent = try makeTemporaryFolder()
        // As root the tests run the server as another user, who has to get through.
        try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: parent)
        let folder = "\(parent)/\(suffix)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer {
            if let left = postmaster(in: folder) { kill(left, SIGQUIT) }
            try? FileManager.default.removeItem(atPath: parent)
        }
        try body(folder)
    }

    /// The same with a cluster in it that was made and stopped: a copy, which takes a tenth of the time of a making.
    private func withCluster(_ suffix: String = "data", _ body: (String) throws -> Void) async throws {
        let template = try await Self.template.value
        try withFolder(suffix) { folder in
            try run("/bin/cp", ["-a", "\(template.folder)/postgres", folder])
            try body(folder)
        }
    }

    private static let template = Task {
        let cluster = try await ThrowawayCluster.fresh()
        try await onBlockingThread { try cluster.stop(immediate: false) }
        return cluster
    }

    private func postmaster(in folder: String) -> Int32? {
        let text = try? String(contentsOfFile: "\(folder)/postgres/data/postmaster.pid", encoding: .utf8)
        return text?.split(separator: "\n").first.flatMap { Int32($0) }
    }

    /// One value from one statement.
    private func query(_ cluster: PrivateCluster, _ sql: String) throws -> String {
        let psql = cluster.installation.program("psql")
        let output = try run(psql, ["-X", "-A", "-t", "-d", cluster.connectionInfo, "-c", sql])
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func isEmpty(_ folder: String) -> Bool {
        (try? FileManager.default.contentsOfDirectory(atPath: folder))?.isEmpty == true
    }

    private func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test("a cluster is made, listens on a closed socket only, never runs as root, and stops")
    func start() throws {
        try withFolder { folder in
            var steps: [String] = []
            let cluster = try PrivateCluster.start(in: folder) { steps.append($0) }
            #expect(!cluster.adopted)
            #expect(steps.count == 2)
            #expect(cluster.answers)
            #expect(try query(cluster, "SELECT current_user || ' ' || current_database()") == "switchboard switchboard")
            #expect(try query(cluster, "SHOW listen_addresses") == "")
            #expect(try query(cluster, "SHOW server_encoding") == "UTF8")
            // A commit is on disk before it is answered.
            for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
                #expect(try query(cluster, "SHOW \(setting)") == "on")
            }
            #expect(try mode(cluster.socketFolder) == 0o700)
            #expect(try mode(cluster.dataDirectory) == 0o700)
            let attributes = try FileManager.default.attributesOfItem(atPath: cluster.dataDirectory)
            let owner = try #require(attributes[.ownerAccountID] as? UInt32)
            #expect(owner != 0)
            #expect(owner == cluster.account.userId)
            try cluster.stop()
            #expect(!cluster.answers)
            #expect(postmaster(in: folder) == nil)
            // Nothing to stop is no error.
            try cluster.stop()
        }
    }

    @Test("what was written is there after a stop and a start, without making the cluster anew")
    func restart() async throws {
        try await withCluster { folder in
            let first = try PrivateCluster.start(in: folder, options: options)
            _ = try query(first, "CREATE TABLE kept AS SELECT 7 AS n")
            try first.stop()
            var steps: [String] = []
            let second = try PrivateCluster.start(in: folder, options: options) { steps.append($0) }
            #expect(!second.adopted)
            #expect(steps.count == 1)
            #expect(try query(second, "SELECT n FROM kept") == "7")
            try second.stop()
        }
    }

    @Test("a server that a killed daemon has left is adopted, with its sessions")
    func adoption() async throws {
        try await withCluster { folder in
            let first = try PrivateCluster.start(in: folder, options: options)
            // The daemon is gone without a stop: all that remains of it is what lies in the folder.
            let second = try PrivateCluster.start(in: folder, options: options)
            #expect(second.adopted)
            #expect(second.processId == first.processId)
            #expect(second.connectionInfo == first.connectionInfo)
            #expect(try query(second, "SELECT 1") == "1")
            try second.stop()
            #expect(!first.answers)
        }
    }

    @Test("a server that was killed itself is started again, with nothing lost")
    func killedServer() async throws {
        try await withCluster { folder in
            let first = try PrivateCluster.start(in: folder, options: options)
            _ = try query(first, "CREATE TABLE kept AS SELECT 7 AS n")
            kill(first.processId, SIGKILL)
            let second = try PrivateCluster.start(in: folder, options: options)
            #expect(!second.adopted)
            #expect(second.processId != first.processId)
            #expect(try query(second, "SELECT n FROM kept") == "7")
            try second.stop()
        }
    }

    @Test("a server that was stopped at once is started again, with nothing lost")
    func immediateStop() async throws {
        try await withCluster { folder in
            let first = try PrivateCluster.start(in: folder, options: options)
            _ = try query(first, "CREATE TABLE kept AS SELECT 7 AS n")
            try first.stopImmediately()
            let second = try PrivateCluster.start(in: folder, options: options)
            #expect(!second.adopted)
            #expect(try query(second, "SELECT n FROM kept") == "7")
            try second.stop()
        }
    }

    @Test("a stale lock file whose number now is another process does no harm to that process")
    func recycledProcessId() async throws {
        try await withCluster { folder in
            let first = try PrivateCluster.start(in: folder, options: options)
            let lock = "\(first.dataDirectory)/postmaster.pid"
            let text = try String(contentsOfFile: lock, encoding: .utf8)
            try first.stop()
            let stranger = Process()
            stranger.executableURL = URL(fileURLWithPath: "/bin/cat")
            let pipe = Pipe()
            stranger.standardInput = pipe.fileHandleForReading
            try stranger.run()
            // The lock beside the socket names the process as well.
            let stale = text.replacingOccurrences(of: "\(first.processId)\n", with: "\(stranger.processIdentifier)\n")
            for file in [lock, "\(first.socketFolder)/.s.PGSQL.5432.lock"] {
                try stale.write(toFile: file, atomically: false, encoding: .utf8)
            }

            let second = try PrivateCluster.start(in: folder, options: options)
            #expect(!second.adopted)
            #expect(stranger.isRunning)
            try pipe.fileHandleForWriting.close()
            stranger.waitUntilExit()
            #expect(stranger.terminationReason == .exit)
            try second.stop()
        }
    }

    @Test("a server that hangs is replaced")
    func hangingServer() async throws {
        try await withCluster { folder in
            let first = try PrivateCluster.start(in: folder, options: options)
            kill(first.processId, SIGSTOP)
            let second = try PrivateCluster.start(in: folder, options: options)
            #expect(!second.adopted)
            #expect(try query(second, "SELECT 1") == "1")
            try second.stop()
        }
    }

    @Test("a making that was cut off is begun anew")
    func interruptedMaking() throws {
        try withFolder { folder in
            let half = "\(folder)/postgres/data.new-cut/base"
            try FileManager.default.createDirectory(atPath: half, withIntermediateDirectories: true)
            let cluster = try PrivateCluster.start(in: folder, options: options)
            #expect(try query(cluster, "SELECT 1") == "1")
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/postgres/data.new-cut"))
            try cluster.stop()
        }
    }

    @Test("a path too long for a socket gets a short folder, the same at every start, gone after the stop")
    func longPath() async throws {
        try await withCluster(String(repeating: "long-name/", count: 12) + "data") { folder in
            let first = try PrivateCluster.start(in: folder, options: options)
            #expect(first.socketFolder.hasPrefix("/tmp/switchboard-"))
            #expect(try mode(first.socketFolder) == 0o700)
            #expect(try query(first, "SELECT 1") == "1")
            try first.stopImmediately()
            let second = try PrivateCluster.start(in: folder, options: options)
            #expect(second.socketFolder == first.socketFolder)
            let third = try PrivateCluster.start(in: folder, options: options)
            #expect(third.adopted)
            #expect(third.socketFolder == first.socketFolder)
            try third.stop()
            #expect(!FileManager.default.fileExists(atPath: first.socketFolder))
        }
    }

    @Test("a short folder that somebody else could have made is not used")
    func untrustedSocketFolder() async throws {
        try await withCluster(String(repeating: "long-name/", count: 12) + "data") { folder in
            let files = FileManager.default
            var noted = try PrivateCluster.start(in: folder, options: options)
            for how in ["open to all", "a link", "gone"] {
                try noted.stopImmediately()
                let path = noted.socketFolder
                defer { try? files.removeItem(atPath: path) }
                switch how {
                case "open to all": try files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
                case "a link":
                    try files.removeItem(atPath: path)
                    try files.createSymbolicLink(atPath: path, withDestinationPath: folder)
                default: try files.removeItem(atPath: path)
                }
                let next = try PrivateCluster.start(in: folder, options: options)
                #expect(next.socketFolder != path, "\(how)")
                noted = next
            }
            try noted.stop()
        }
    }

    @Test("a path with spaces, a comma, an apostrophe and Korean works")
    func unusualPath() async throws {
        try withFolder("two words, kim's 교환대") { folder in
            let cluster = try PrivateCluster.start(in: folder, options: options)
            #expect(try query(cluster, "SELECT 1") == "1")
            try cluster.stop()
            // The comma would have ended the socket's path.
            #expect(cluster.socketFolder.hasPrefix("/tmp/switchboard-"))
        }
        try await withCluster("two words kim's 교환대") { folder in
            let cluster = try PrivateCluster.start(in: folder, options: options)
            #expect(try query(cluster, "SELECT 1") == "1")
            try cluster.stop()
            #expect(cluster.socketFolder.hasPrefix(folder))
        }
    }

    @Test("a path that a shell would read otherwise is refused", arguments: ["a$b", "a\"b", "a`b", "a\\b", "a\nb"])
    func unusablePath(name: String) throws {
        try withFolder(name) { folder in
            let error = #expect(throws: PrivateClusterError.self) { try PrivateCluster.start(in: folder) }
            #expect(error == .unusablePath(folder))
            #expect(isEmpty(folder))
        }
    }

    @Test("a machine without PostgreSQL is told what to install, and nothing is made")
    func missingPrograms() throws {
        try withFolder { folder in
            let nowhere = PrivateCluster.Options(binaryFolders: ["\(folder)/bin"])
            let error = #expect(throws: PrivateClusterError.self) {
                try PrivateCluster.start(in: folder, options: nowhere)
            }
            #expect(error == .notInstalled(searched: ["\(folder)/bin"], tooOld: []))
            let words = error.map { "\($0)" } ?? ""
            #expect(words.contains("apt-get install postgresql"))
            #expect(words.contains("--database-url"))
            #expect(isEmpty(folder))
        }
    }

    /// A folder of programs that only say their version.
    private func makePrograms(in folder: String, version: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in ["initdb", "pg_ctl", "postgres"] {
            let script = "#!/bin/sh\necho 'postgres (PostgreSQL) \(version)'\n"
            try script.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/\(name)")
        }
    }

    @Test("the first folder that is new enough is taken; an old version alone is named")
    func choosesVersion() throws {
        try withFolder { folder in
            try makePrograms(in: "\(folder)/14", version: "14.9")
            try makePrograms(in: "\(folder)/16", version: "16.2 (Debian 16.2-1)")
            try makePrograms(in: "\(folder)/17", version: "17beta1")
            let found = try PostgresInstallation.find(in: ["14", "16", "17"].map { "\(folder)/\($0)" })
            #expect(found.version == "16.2")
            #expect(found.major == 16)
            let error = #expect(throws: PrivateClusterError.self) {
                try PostgresInstallation.find(in: ["\(folder)/14"])
            }
            #expect(error == .notInstalled(searched: ["\(folder)/14"], tooOld: ["PostgreSQL 14.9"]))
        }
    }

    @Test("a cluster of another major version is run by that version, or refused")
    func otherMajor() throws {
        try withFolder { folder in
            let data = "\(folder)/postgres/data"
            try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
            try "17\n".write(toFile: "\(data)/PG_VERSION", atomically: false, encoding: .utf8)
            try makePrograms(in: "\(folder)/16", version: "16.2")
            try makePrograms(in: "\(folder)/17", version: "17.0")
            let both = ["\(folder)/16", "\(folder)/17"]
            #expect(try PostgresInstallation.find(in: both, for: data).major == 17)
            let error = #expect(throws: PrivateClusterError.self) {
                try PostgresInstallation.find(in: ["\(folder)/16"], for: data)
            }
            #expect(error == .otherMajor(data: data, major: 17, installed: ["PostgreSQL 16.2"]))
        }
    }

    @Test("started by root, a parent folder that keeps the server's user out is named", .enabled(if: geteuid() == 0))
    func closedParent() throws {
        try withFolder("closed/data") { folder in
            let closed = URL(fileURLWithPath: folder).deletingLastPathComponent().path
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: closed)
            let error = #expect(throws: PrivateClusterError.self) {
                try PrivateCluster.start(in: folder, options: options)
            }
            guard case .notTraversable(_, let blocking, let user) = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
            #expect(blocking == closed)
            #expect(user == "postgres")
            // Half a cluster is not left behind, and opening the folder is all it takes.
            #expect(isEmpty("\(folder)/postgres"))
            try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: closed)
            try PrivateCluster.start(in: folder, options: options).stop()
        }
    }

    @Test("started by root, a cluster of an ordinary user stays that user's", .enabled(if: geteuid() == 0))
    func otherOwner() async throws {
        try await withCluster { folder in
            let first = try PrivateCluster.start(in: folder, options: options)
            try first.stop()
            for path in ["\(folder)/postgres", "\(folder)/postgres.log"] {
                try run("/bin/chown", ["-R", "nobody", path])
            }
            let second = try PrivateCluster.start(in: folder, options: options)
            #expect(second.account.name == "nobody")
            #expect(try query(second, "SELECT 1") == "1")
            try second.stop()
        }
    }

    @Test("a start that fails says what the server's log says")
    func failingStart() async throws {
        try await withCluster { folder in
            let cluster = try PrivateCluster.start(in: folder, options: options)
            _ = try query(cluster, "ALTER SYSTEM SET max_wal_size = '3GB'")
            try cluster.stop()
            let file = "\(cluster.dataDirectory)/postgresql.auto.conf"
            try "nonsense = 'on'\n".write(toFile: file, atomically: false, encoding: .utf8)
            let error = #expect(throws: PrivateClusterError.self) {
                try PrivateCluster.start(in: folder, options: options)
            }
            guard case .failed(let program, _, let output) = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
            #expect(program.hasSuffix("/pg_ctl"))
            #expect(output.contains("nonsense"))
        }
    }
}

@Suite("the cluster for tests", .blocking)
struct ThrowawayClusterTests {
    @Test("everybody shares one server and gets a database of their own")
    func sharing() async throws {
        let cluster = try await ThrowawayCluster.shared()
        let again = try await ThrowawayCluster.shared()
        #expect(cluster === again)
        let first = try cluster.makeDatabase()
        let second = try cluster.makeDatabase()
        #expect(first != second)
        let psql = cluster.privateCluster.installation.program("psql")
        #expect(try run(psql, ["-X", "-A", "-t", "-d", first, "-c", "SELECT 1"]) == "1\n")
    }

    @Test("a fresh one can be stopped and started at the same address")
    func restart() async throws {
        let cluster = try await ThrowawayCluster.fresh()
        let database = try cluster.makeDatabase()
        try cluster.stop(immediate: true)
        #expect(!cluster.privateCluster.answers)
        try cluster.start()
        let psql = cluster.privateCluster.installation.program("psql")
        #expect(try run(psql, ["-X", "-A", "-t", "-d", database, "-c", "SELECT 1"]) == "1\n")
        try cluster.remove()
        #expect(!FileManager.default.fileExists(atPath: cluster.folder))
    }
}
