import Foundation

/// One run of a short-lived program (`initdb`, `pg_ctl`), to its end or to its time-out.
///
/// Started directly, since Foundation's `Process` takes a program for running as long as anything that it left behind
/// runs, and `pg_ctl` leaves a server. Blocks the calling thread, which must not be one of the cooperative pool.
struct ChildProgram {
    let path: String
    let arguments: [String]
    /// What the program reads as its standard input.
    var input = ""
    let timeoutSeconds: Int

    struct Outcome {
        /// The exit status, or 128 and the number of the signal that ended it, as a shell counts.
        let status: Int32
        /// The last part of what the program wrote, to either stream.
        let output: String
    }

    /// As much of a program's words as an error message carries.
    private static let outputBytesMax: off_t = 4_096

    /// Runs the program as `account` (nil: as we are) and returns how it ended, whatever its status.
    func run(as account: Account? = nil) throws(PrivateClusterError) -> Outcome {
        // Files instead of pipes: a server that a program leaves behind may hold its streams open for ever.
        let output = try Self.scratchFile()
        defer { close(output) }
        let standardInput = try Self.scratchFile()
        defer { close(standardInput) }
        guard Files.write(input, to: standardInput), lseek(standardInput, 0, SEEK_SET) == 0 else {
            throw .file(FileFault(action: "write", path: "a temporary file", code: errno))
        }
        let words = (account?.switching ?? []) + [path] + arguments
        let child = try Self.spawn(words, input: standardInput, output: output)
        let status = try waitForEnd(of: child)
        return Outcome(status: status, output: Self.tail(of: output))
    }

    /// Runs the program as `account` and takes any other end than status 0 for a failure.
    func succeed(as account: Account? = nil) throws(PrivateClusterError) {
        let outcome = try run(as: account)
        guard outcome.status == 0 else {
            throw .failed(program: path, status: outcome.status, output: outcome.output)
        }
    }

    private func waitForEnd(of child: pid_t) throws(PrivateClusterError) -> Int32 {
        let deadline = Deadline(seconds: timeoutSeconds)
        var status: Int32 = 0
        while true {
            let ended = waitpid(child, &status, WNOHANG)
            if ended == child { break }
            if ended < 0 && errno != EINTR {
                throw .notStarted(program: path, reason: String(cString: strerror(errno)))
            }
            if deadline.hasPassed {
                kill(child, SIGKILL)
                waitpid(child, &status, 0)
                throw .timedOut(program: path, seconds: timeoutSeconds)
            }
            // There is no wait with a time-out; a start or a stop does not feel 5 ms.
            usleep(5_000)
        }
        // The C macros WIFEXITED and so on, which Swift does not see.
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }

    /// The numbers of our open files past standard error. One that is closed meanwhile does no harm.
    private static var openFiles: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }.filter { $0 > 2 }
    }

    /// Starts the program in `/` with nothing of ours but the two files: no other open file, no blocked or ignored
    /// signal, and a process group of its own, so that a Ctrl-C for us does not cut it off half way.
    private static func spawn(_ words: [String], input: Int32, output: Int32) throws(PrivateClusterError) -> pid_t {
        #if os(Linux)
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #else
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        var flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        #if os(Linux)
            for file in openFiles { posix_spawn_file_actions_addclose(&actions, file) }
        #else
            flags |= POSIX_SPAWN_CLOEXEC_DEFAULT
        #endif
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(flags))

        // Wherever we were started, the other user may not even be allowed to look.
        let shell = "/bin/sh"
        let all = [shell, "-c", "cd / && exec \"$@\"", shell] + words
        var arguments = all.map { strdup($0) } + [nil]
        var variables = environment.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, shell, &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw .notStarted(program: words[0], reason: String(cString: strerror(code))) }
        return child
    }

    /// Little of ours: no PG… variable that would change what the tools do, no secret that the other user could read.
    private static let environment: [String] = {
        let ours = ProcessInfo.processInfo.environment
        let kept = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"].compactMap { name in
            ours[name].map { "\(name)=\($0)" }
        }
        return kept + ["LC_ALL=C", "HOME=/"]
    }()

    /// A file without a name, gone when it is closed.
    private static func scratchFile() throws(PrivateClusterError) -> Int32 {
        var path = Array((NSTemporaryDirectory() + "switchboard-XXXXXX").utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else {
            throw .file(FileFault(action: "create a file in", path: NSTemporaryDirectory(), code: errno))
        }
        unlink(path)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    private static func tail(of descriptor: Int32) -> String {
        let length = lseek(descriptor, 0, SEEK_END)
        guard length > 0 else { return "" }
        var bytes = [UInt8](repeating: 0, count: Int(min(length, outputBytesMax)))
        let count = pread(descriptor, &bytes, bytes.count, max(0, length - outputBytesMax))
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
