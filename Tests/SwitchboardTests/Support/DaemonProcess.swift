import Foundation
import Synchronization
import TestSupport
import Testing

/// `switchboard serve` as a process of its own, which can be killed.
///
/// It never outlives the tests, however they end: a shell that waits for the end of this process kills it.
final class DaemonProcess: Sendable {
    /// The program that was built with these tests, beside them.
    static let program =
        Bundle.main.executableURL?.deletingLastPathComponent().appendingPathComponent("switchboard").path
        ?? "switchboard"

    let site: Site
    let port: Int
    let processID: Int32
    private let process: Mutex<Process>
    private let output: LineCollector
    private let errors: LineCollector
    /// nil once it has ended.
    private let lifeline: Mutex<FileHandle?>
    private let exit: ExitStatus

    /// Starts one and returns at once.
    /// - Parameters:
    ///   - embedded: It runs its own PostgreSQL in its folder; the site's database is not used.
    ///   - openFiles: How many files it may have open at most.
    init(
        at site: Site, port: Int = freePort(), embedded: Bool = false, openFiles: Int? = nil, _ more: [String] = []
    ) throws {
        self.site = site
        self.port = port
        let process = Process()
        let arguments =
            ["serve", "--data-dir", site.folder, "--listen", "127.0.0.1:\(port)"]
            + (embedded ? [] : ["--database-url", site.database]) + more
        if let openFiles {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments =
                ["-c", "ulimit -n \(openFiles) && exec \"$0\" \"$@\"", Self.program] + arguments
        } else {
            process.executableURL = URL(fileURLWithPath: Self.program)
            process.arguments = arguments
        }
        var environment = ProcessInfo.processInfo.environment
        environment["DATABASE_URL"] = nil
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let (out, err) = (Pipe(), Pipe())
        process.standardOutput = out
        process.standardError = err
        let exit = ExitStatus()
        process.terminationHandler = { exit.ended(with: $0) }
        try process.run()
        processID = process.processIdentifier
        output = LineCollector(reading: out.fileHandleForReading)
        errors = LineCollector(reading: err.fileHandleForReading)
        lifeline = Mutex(try Self.guardedLifeline(of: processID, folder: site.folder))
        self.exit = exit
        self.process = Mutex(process)
    }

    /// Starts one and waits until it serves.
    static func serving(
        at site: Site, port: Int = freePort(), embedded: Bool = false, openFiles: Int? = nil, _ more: [String] = []
    ) throws -> DaemonProcess {
        let daemon = try DaemonProcess(at: site, port: port, embedded: embedded, openFiles: openFiles, more)
        try daemon.waitUntilServing()
        return daemon
    }

    func waitUntilServing() throws { try waitForOutput("serves.") }

    func waitForOutput(_ text: String) throws {
        guard output.wait(for: text) else { throw TestSupportError("the daemon did not say \(text): \(said)") }
    }

    /// Waits for a line of its log.
    func waitForLog(_ text: String) throws {
        guard errors.wait(for: text) else { throw TestSupportError("the daemon did not log \(text): \(said)") }
    }

    /// All that it has said so far.
    var said: String { (output.lines + errors.lines).joined(separator: "\n") }

    func kill(_ signal: Int32) { _ = Foundation.kill(processID, signal) }

    /// Waits for its end and returns its exit code, or minus the signal that ended it.
    func waitForExit(patience: Duration = .seconds(30)) throws -> Int32 {
        guard let status = exit.wait(patience) else {
            throw TestSupportError("the daemon did not end: \(said)")
        }
        output.waitForEnd()
        errors.waitForEnd()
        lifeline.withLock { lifeline in
            try? lifeline?.write(contentsOf: Data("ended\n".utf8))
            lifeline = nil
        }
        return status
    }

    /// Ends it as a crash does.
    func crash() throws {
        kill(SIGKILL)
        _ = try waitForExit()
    }

    /// Ends it as an operator does; the exit code must be 0.
    func terminate() throws {
        kill(SIGTERM)
        let status = try waitForExit()
        guard status == 0 else { throw TestSupportError("the daemon ended with \(status): \(said)") }
    }

    var socketPath: String { site.folder + "/switchboard.sock" }
    func admin() throws -> LinePeer { try LinePeer(path: socketPath) }

    func session(_ token: String) throws -> LinePeer {
        let peer = try LinePeer(port: port)
        try peer.ok("HELLO version=1 token=\(token)")
        return peer
    }

    /// The secret of a new token.
    func token(_ fields: String) throws -> String {
        guard let secret = try admin().ok("TOKEN CREATE \(fields)")["token"] else { throw PeerError("no token") }
        return secret
    }

    /// Kills the daemon, and the PostgreSQL in its folder, when the handle is closed before anything was written to it.
    private static func guardedLifeline(of processID: Int32, folder: String) throws -> FileHandle {
        let script = """
            trap '' INT TERM HUP
            read -r word && exit 0
            kill -KILL "$1" 2> /dev/null
            file="$2/postgres/data/postmaster.pid"
            [ -f "$file" ] && kill -QUIT "$(head -n 1 "$file")" 2> /dev/null
            exit 0
            """
        let pipe = Pipe()
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", script, "sh", String(processID), folder]
        shell.standardInput = pipe.fileHandleForReading
        shell.standardOutput = FileHandle.nullDevice
        shell.standardError = FileHandle.nullDevice
        try shell.run()
        return pipe.fileHandleForWriting
    }
}

/// A TCP port that nobody has at this moment.
func freePort() -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            _ = bind(descriptor, $0, length)
            _ = getsockname(descriptor, $0, &length)
        }
    }
    return Int(in_port_t(bigEndian: address.sin_port))
}

/// The end of a process, to be waited for.
private final class ExitStatus: Sendable {
    private let status = Mutex<Int32?>(nil)
    private let signal = DispatchSemaphore(value: 0)

    func ended(with process: Process) {
        let code = process.terminationStatus
        status.withLock { $0 = process.terminationReason == .exit ? code : -code }
        signal.signal()
    }

    func wait(_ patience: Duration) -> Int32? {
        if let status = status.withLock({ $0 }) { return status }
        _ = signal.wait(timeout: .now() + .seconds(Int(patience.components.seconds)))
        signal.signal()
        return status.withLock { $0 }
    }
}

/// The lines of a pipe, read on a thread of its own, so that whoever writes is never held up.
///
/// `@unchecked Sendable`: what it holds is only touched with `condition` locked.
private final class LineCollector: @unchecked Sendable {
    private let condition = NSCondition()
    private var collected: [String] = []
    private var hasEnded = false

    init(reading handle: FileHandle) {
        let thread = Thread { [self] in
            var rest = Data()
            while true {
                let chunk = handle.availableData
                rest.append(chunk)
                condition.lock()
                while let end = rest.firstIndex(of: 10) {
                    collected.append(String(decoding: rest[..<end], as: UTF8.self))
                    rest = Data(rest[(end + 1)...])
                }
                hasEnded = chunk.isEmpty
                condition.broadcast()
                condition.unlock()
                if chunk.isEmpty { return }
            }
        }
        thread.start()
    }

    var lines: [String] {
        condition.lock()
        defer { condition.unlock() }
        return collected
    }

    /// Waits for a line that contains the text.
    func wait(for text: String) -> Bool {
        let deadline = Date() + 60
        condition.lock()
        defer { condition.unlock() }
        while !collected.contains(where: { $0.contains(text) }) {
            if hasEnded || !condition.wait(until: deadline) { return collected.contains { $0.contains(text) } }
        }
        return true
    }

    func waitForEnd() {
        let deadline = Date() + 5
        condition.lock()
        defer { condition.unlock() }
        while !hasEnded, condition.wait(until: deadline) {}
    }
}
