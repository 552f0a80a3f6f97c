import Foundation

/// The server process of a private cluster: made, started, stopped, and sorted out after a kill.
struct ClusterServer: Sendable {
    let files: ClusterFiles
    let installation: PostgresInstallation
    let account: Account

    /// The role that we connect as, a superuser of this cluster, and the name of its one database.
    static let name = "switchboard"
    /// A fresh cluster is made in about a second; a slow disk may need many.
    private static let initSeconds = 300
    /// A start after a kill first replays up to `max_wal_size` of log.
    private static let startSeconds = 120

    // MARK: Making

    /// Makes the cluster with its database. One that is interrupted leaves nothing that a later start would take for
    /// a cluster.
    func initialise(isDurable: Bool) throws(PrivateClusterError) {
        try removeUnfinished()
        // A new name each time: an initdb that a kill has orphaned may still be writing under the old one.
        let fresh = "\(files.cluster)/\(ClusterFiles.freshPrefix)\(UUID().uuidString.prefix(8).lowercased())"
        try PrivateClusterError.wrapping { () throws(FileFault) in try files.makePrivateFolder(fresh, for: account) }
        do throws(PrivateClusterError) {
            try checkReach(of: fresh)
            try runInitdb(in: fresh, isDurable: isDurable)
            try makeDatabase(in: fresh)
            try files.includeSettings(in: fresh)
        } catch {
            // Half a cluster helps nobody, and on a full disk it hurts.
            try? FileManager.default.removeItem(atPath: fresh)
            throw error
        }
        guard rename(fresh, files.data) == 0 else {
            throw .file(FileFault(action: "rename", path: fresh, code: errno))
        }
        try PrivateClusterError.wrapping { () throws(FileFault) in try Files.syncFolder(of: files.data) }
    }

    private func removeUnfinished() throws(PrivateClusterError) {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: files.cluster)) ?? []
        for entry in entries where entry.hasPrefix(ClusterFiles.freshPrefix) {
            let path = "\(files.cluster)/\(entry)"
            do {
                try FileManager.default.removeItem(atPath: path)
            } catch {
                throw .file(FileFault(action: "remove", path: path, code: errno))
            }
        }
    }

    private func runInitdb(in fresh: String, isDurable: Bool) throws(PrivateClusterError) {
        let common =
            [
                "-D", fresh, "-U", Self.name, "-E", "UTF8", "--auth-local=trust", "--auth-host=reject",
                "--no-instructions",
            ] + (isDurable ? [] : ["--no-sync"])
        // Sorting by code point either way; C.UTF-8 also knows upper and lower case, but not every system has it.
        let wanted = program("initdb", common + ["--locale=C.UTF-8"], seconds: Self.initSeconds)
        let outcome = try wanted.run(as: account)
        if outcome.status == 0 { return }
        guard outcome.output.contains("locale") else {
            throw .failed(program: wanted.path, status: outcome.status, output: outcome.output)
        }
        try program("initdb", common + ["--locale=C"], seconds: Self.initSeconds).succeed(as: account)
    }

    /// In a server without a socket, so that the cluster is whole before anyone can see it.
    private func makeDatabase(in fresh: String) throws(PrivateClusterError) {
        var create = program("postgres", ["--single", "-D", fresh, "postgres"], seconds: Self.initSeconds)
        create.input = "CREATE DATABASE \(Self.name)\n"
        try create.succeed(as: account)
    }

    /// Names the parent that keeps the account out, if one does. The system is asked, not the mode bits: access lists
    /// and security modules have their say as well.
    func checkReach(of path: String) throws(PrivateClusterError) {
        guard account.isOther, try !canEnter(path) else { return }
        var prefix = ""
        for name in path.split(separator: "/") {
            prefix += "/\(name)"
            if try !canEnter(prefix) { break }
        }
        throw .notTraversable(folder: path, blocking: prefix, user: account.name)
    }

    private func canEnter(_ path: String) throws(PrivateClusterError) -> Bool {
        let enter = ChildProgram(path: "/bin/sh", arguments: ["-c", "cd \"$1\"", "sh", path], timeoutSeconds: 10)
        return try enter.run(as: account).status == 0
    }

    // MARK: Starting

    func start() throws(PrivateClusterError) {
        let before = Files.status(of: files.log)?.st_size ?? 0
        let start = program(
            "pg_ctl",
            ["start", "-D", files.data, "-l", files.log, "-w", "-t", String(Self.startSeconds), "-s"],
            seconds: Self.startSeconds + 10)
        let outcome = try start.run(as: account)
        guard outcome.status == 0 else {
            // What went wrong stands in the server's log, not in what pg_ctl says.
            throw .failed(
                program: start.path, status: outcome.status,
                output: outcome.output + "\n" + endOfLog(from: before))
        }
    }

    private func endOfLog(from offset: off_t) -> String {
        guard let text = Files.text(of: files.log)?.utf8.dropFirst(Int(offset)).suffix(2_000) else { return "" }
        return String(decoding: Array(text), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    // MARK: Stopping

    func stop(immediately: Bool, seconds: Int) throws(PrivateClusterError) {
        let mode = immediately ? "immediate" : "fast"
        try program(
            "pg_ctl", ["stop", "-D", files.data, "-m", mode, "-w", "-t", String(seconds), "-s"], seconds: seconds + 5
        ).succeed(as: account)
    }

    // MARK: After a kill

    /// A former server of this cluster that still runs and answers; nil once none is left and a new one can be started.
    ///
    /// Only for the holder of the data folder's lock: nobody else may be using the cluster.
    func formerServer() throws(PrivateClusterError) -> ClusterFiles.Postmaster? {
        guard let left = files.postmaster() else { return nil }
        let processes = try processesInData()
        if let processes, !processes.contains(left.processId) {
            try waitForEnd(of: processes)
            removeLocks(of: left)
            return nil
        }
        // It may still be recovering, or stopping: a killed daemon perhaps had just begun to stop it.
        let deadline = Deadline(seconds: Self.startSeconds)
        while let running = files.postmaster(), isAlive(running.processId), !deadline.hasPassed {
            if running.isReady, Self.answers(in: running.socketFolder) { return running }
            // One that is ready and silent hangs; one that is not ready gets its time.
            if running.isReady { break }
            Thread.sleep(forTimeInterval: 0.05)
        }
        if let hung = files.postmaster(), isAlive(hung.processId) {
            try end(hung)
        }
        return nil
    }

    /// Ends a server that does not answer; one that does not even hear the signal to stop is killed.
    private func end(_ hung: ClusterFiles.Postmaster) throws(PrivateClusterError) {
        do {
            try stop(immediately: true, seconds: 5)
        } catch {
            kill(hung.processId, SIGKILL)
            try waitForEnd(of: [hung.processId])
            removeLocks(of: hung)
        }
    }

    /// The sessions of a postmaster that was killed end by themselves, as soon as they notice; until then their memory
    /// must not be shared with a new server.
    private func waitForEnd(of processes: [Int32]) throws(PrivateClusterError) {
        guard !processes.isEmpty else { return }
        let deadline = Deadline(seconds: 15)
        while let rest = try processesInData(), !rest.isEmpty {
            guard !deadline.hasPassed else { throw .formerServerStays(data: files.data, processes: rest) }
            Thread.sleep(forTimeInterval: 0.1)
        }
    }

    /// After a restart of the machine or container, the number in the lock files may be somebody else's, and right after
    /// a kill it may be that of a process not yet buried. PostgreSQL would then refuse to start, and `pg_ctl stop` would
    /// kill the stranger. That no process works in the data folder has been seen, which is more than they can see.
    private func removeLocks(of left: ClusterFiles.Postmaster) {
        guard isAlive(left.processId) else { return }
        unlink(files.postmasterFile)
        unlink("\(left.socketFolder)/\(ClusterFiles.socketName).lock")
    }

    /// Whether there is a process of this number, ours or anyone's.
    func isAlive(_ processId: Int32) -> Bool {
        kill(processId, 0) == 0 || errno == EPERM
    }

    /// Every process that works in the cluster's data folder, as all of a server's do; nil where the system cannot say.
    ///
    /// Asked as the account: in a container even root may not look at another user's processes.
    private func processesInData() throws(PrivateClusterError) -> [Int32]? {
        #if os(Linux)
            let script = "for p in /proc/[0-9]*; do [ \"$p/cwd\" -ef \"$1\" ] && echo \"${p#/proc/}\"; done; :"
            let ask = ChildProgram(path: "/bin/sh", arguments: ["-c", script, "sh", files.data], timeoutSeconds: 30)
            return try ask.run(as: account).output.split(separator: "\n").compactMap { Int32($0) }
        #else
            return nil
        #endif
    }

    /// Whether the server behind the socket takes connections: it is asked for TLS, which it answers with one byte
    /// before anything else happens and without a line in its log.
    static func answers(in socketFolder: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array("\(socketFolder)/\(ClusterFiles.socketName)".utf8)
        guard path.count <= ClusterFiles.socketPathBytesMax else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        #if os(Linux)
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            let noSignal = Int32(MSG_NOSIGNAL)
        #else
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
            let noSignal: Int32 = 0
        #endif
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // Not even the connecting may hang, which it does when the queue of a stopped server is full.
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // SSLRequest: its length, then the number that stands for it.
        let request: [UInt8] = [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F]
        guard connected == 0, send(descriptor, request, request.count, noSignal) == request.count else { return false }
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        var answer: UInt8 = 0
        return poll(&wait, 1, 3_000) == 1 && read(descriptor, &answer, 1) == 1
    }

    private func program(_ name: String, _ arguments: [String], seconds: Int) -> ChildProgram {
        ChildProgram(path: installation.program(name), arguments: arguments, timeoutSeconds: seconds)
    }
}

/// A moment of real time that waiting must not pass.
struct Deadline {
    private let end: ContinuousClock.Instant

    init(seconds: Int) { end = .now + .seconds(seconds) }

    var hasPassed: Bool { ContinuousClock.now >= end }
}
