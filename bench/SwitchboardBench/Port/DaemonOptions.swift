import ArgumentParser
import Foundation

/// Which daemon is measured.
struct DaemonOptions: ParsableArguments {
    @Option(help: "The daemon's line port, HOST:PORT.")
    var connect = "127.0.0.1:7411"

    @Option(help: "A file that holds an admin token.")
    var tokenFile: String

    /// A connection that has said HELLO as admin.
    func open() throws -> LineConnection {
        let token = try String(contentsOfFile: tokenFile, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let parts = connect.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1]) else { throw ValidationError("--connect HOST:PORT") }
        let connection = try LineConnection(host: String(parts[0]), port: port)
        _ = try connection.ask("HELLO version=1 token=\(token)")
        return connection
    }
}
