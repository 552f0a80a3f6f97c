import ArgumentParser
import Foundation
import Storage

/// The PostgreSQL on which everything is measured: made as the daemon makes its private one, with room for more clients.
struct ServerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server", abstract: "Runs a private PostgreSQL in a folder until it is interrupted.")

    @Argument(help: "The folder; other accounts must be able to pass through it.")
    var folder: String

    @Option(help: "Connections at most.")
    var connections = 100

    func run() throws {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let cluster = try PrivateCluster.start(
            in: folder, options: PrivateCluster.Options(connectionCountMax: connections))
        // Written whole, so that who reads it reads all.
        let address = "host=\(cluster.socketFolder) user=switchboard"
        try Data("\(address)\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/address"), options: .atomic)
        var received: Int32 = 0
        sigwait(&signals, &received)
        try cluster.stop()
    }
}
