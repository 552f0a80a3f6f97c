import Foundation
import Synchronization

/// A daemon that this process started and ends again.
final class ChildDaemon: Sendable {
    let dataDirectory: String
    let port: Int
    let socket: String
    let log: String
    private let process: Process
    private let ended: AsyncStream<Int32>

    /// Why it could not be started.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Starts `switchboard serve` from this very executable, its output in a file of the data folder's neighbour.
    init(dataDirectory: String, speed: Int) throws {
        self.dataDirectory = dataDirectory
        port = try Self.freePort()
        socket = dataDirectory + "/switchboard.sock"
        log = dataDirectory + ".log"
        guard let executable = Self.executable else { throw Failure(description: "this program's own file is unknown") }
        guard FileManager.default.createFile(atPath: log, contents: nil),
            let output = FileHandle(forWritingAtPath: log)
        else { throw Failure(description: "\(log) cannot be written") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = [
            "serve", "--data-dir", dataDirectory, "--listen", "127.0.0.1:\(port)", "--socket", socket,
            "--clock-speed", "\(speed)",
        ]
        var environment = ProcessInfo.processInfo.environment
        // The demo has a database of its own, whatever else is around.
        environment["DATABASE_URL"] = nil
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            continuation.yield(process.terminationStatus)
            continuation.finish()
        }
        ended = stream
        self.process = process
        try process.run()
    }

    var isRunning: Bool { process.isRunning }

    /// Asks it to end.
    func terminate() {
        if process.isRunning { process.terminate() }
    }

    /// Asks it to end and waits until it has; a daemon that takes longer than 15 s is killed.
    /// - Returns: its exit code.
    func stop() async -> Int32 {
        terminate()
        let deadline = Task { [process] in
            try await Task.sleep(for: .seconds(15))
            kill(process.processIdentifier, SIGKILL)
        }
        var status: Int32 = 0
        for await code in ended { status = code }
        deadline.cancel()
        return status
    }

    /// The last lines that it wrote.
    var lastWords: String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(15).joined(separator: "\n")
    }

    /// Removes its data and its log.
    func removeData() {
        try? FileManager.default.removeItem(atPath: dataDirectory)
        try? FileManager.default.removeItem(atPath: log)
    }

    private static var executable: String? {
        let link = "/proc/self/exe"
        if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: link) { return path }
        return Bundle.main.executablePath
    }

    /// A port that nobody listens on at this moment.
    private static func freePort() throws -> Int {
        #if canImport(Glibc)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        let descriptor = Foundation.socket(AF_INET, stream, 0)
        guard descriptor >= 0 else { throw Failure(description: "no socket can be made") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 ? getsockname(descriptor, generic, &length) : -1
            }
        }
        guard result == 0 else { throw Failure(description: "no port of 127.0.0.1 is free") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
