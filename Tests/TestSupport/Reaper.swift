import Foundation

/// A small process that outlives the tests by a moment and clears a cluster away, however they ended.
///
/// An `atexit` handler would miss a crash and a kill, and leave servers behind that nobody knows of. The reaper instead
/// waits for the end of a pipe whose other end only the test process holds.
final class Reaper: Sendable {
    private static let script = """
        trap '' INT TERM HUP
        cat > /dev/null
        for file in "$1"/postgres/data/postmaster.pid; do
            [ -f "$file" ] || continue
            server=$(head -n 1 "$file")
            kill -QUIT "$server" 2> /dev/null
            tries=0
            while [ -f "$file" ] && kill -0 "$server" 2> /dev/null && [ "$tries" -lt 100 ]; do
                sleep 0.05
                tries=$((tries + 1))
            done
        done
        rm -rf "$1"
        """

    /// Never written to, never closed: the end of the process closes it.
    private let lifeline: FileHandle

    init(of folder: String) throws {
        let pipe = Pipe()
        // Otherwise each program that the tests start would hold the other end as well.
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        lifeline = pipe.fileHandleForWriting
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", Self.script, "sh", folder]
        process.standardInput = pipe.fileHandleForReading
        // Not ours: whoever reads the tests' output would wait for the reaper.
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }
}
