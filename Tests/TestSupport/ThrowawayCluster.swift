import Foundation
package import Storage
import Synchronization

/// A real PostgreSQL for tests, in a folder of its own, made as `serve` makes its private one and gone with the process.
///
/// Most tests share one server and take a database each; those that stop or kill it make their own with `fresh()`.
package final class ThrowawayCluster: Sendable {
    /// What switchboard would call its data folder.
    package let folder: String
    private let options: PrivateCluster.Options
    private let cluster: Mutex<PrivateCluster>
    private let reaper: Reaper
    private static let databaseCount = Atomic<Int>(0)

    /// The server that all tests of this process share, started by the first who asks.
    ///
    /// It does not sync to disk: nothing here outlives the machine, and every commit is as visible after the end of any
    /// process as with syncing. It saves most of the time of tests that commit a lot.
    package static func shared() async throws -> ThrowawayCluster {
        try await sharedTask.value
    }

    private static let sharedTask = Task {
        try await make(PrivateCluster.Options(isDurable: false, connectionCountMax: 200))
    }

    /// A server of the caller's own, syncing as in production: for tests that stop, kill or measure it.
    package static func fresh() async throws -> ThrowawayCluster {
        try await make(PrivateCluster.Options())
    }

    private static func make(_ options: PrivateCluster.Options) async throws -> ThrowawayCluster {
        try await onBlockingThread { try ThrowawayCluster(options) }
    }

    /// - Parameter folder: where a cluster may be already; nil for a new one.
    init(_ options: PrivateCluster.Options, in folder: String? = nil) throws {
        self.options = options
        let folder = try folder ?? makeTemporaryFolder()
        self.folder = folder
        reaper = try Reaper(of: folder)
        cluster = Mutex(try PrivateCluster.start(in: folder, options: options))
    }

    package var socketDirectory: String { cluster.withLock { $0.socketFolder } }

    /// The server as it was last started.
    package var privateCluster: PrivateCluster { cluster.withLock { $0 } }

    /// Makes an empty database and returns how libpq gets to it. Blocks for the tenth of a second that it takes.
    package func makeDatabase(_ name: String? = nil) throws -> String {
        let number = Self.databaseCount.add(1, ordering: .relaxed).newValue
        let name = name ?? "test_\(number)"
        let cluster = privateCluster
        try run(
            cluster.installation.program("createdb"),
            ["-h", cluster.socketFolder, "-p", "5432", "-U", "switchboard", "--maintenance-db=postgres", name])
        return cluster.connectionInfo(database: name)
    }

    /// How libpq gets to a database of the server.
    package func connectionInfo(database: String) -> String {
        privateCluster.connectionInfo(database: database)
    }

    /// Stops the server: as the daemon does, or at once as a crash would.
    package func stop(immediate: Bool) throws {
        if immediate { try privateCluster.stopImmediately() } else { try privateCluster.stop() }
    }

    /// Starts the server again after `stop`. Its address stays.
    package func start() throws {
        let started = try PrivateCluster.start(in: folder, options: options)
        cluster.withLock { $0 = started }
    }

    /// Stops the server and removes its folder, before the end of the process does it.
    package func remove() throws {
        try stop(immediate: true)
        try FileManager.default.removeItem(atPath: folder)
    }
}

/// Makes an empty folder for a test, short enough for a socket in it and open to be passed through by the account that
/// runs PostgreSQL when root runs the tests. Whoever makes it removes it.
package func makeTemporaryFolder() throws -> String {
    var template = Array("/tmp/switchboard-test-XXXXXX".utf8CString)
    return try template.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress, mkdtemp(start) != nil else {
            throw TestSupportError("no folder could be made in /tmp: \(String(cString: strerror(errno)))")
        }
        return String(cString: start)
    }
}

/// Runs a program to its end; anything but status 0 is an error that carries its words.
@discardableResult
package func run(_ path: String, _ arguments: [String]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        throw TestSupportError("\(path) \(arguments.joined(separator: " ")): \(output)")
    }
    return output
}

package struct TestSupportError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
