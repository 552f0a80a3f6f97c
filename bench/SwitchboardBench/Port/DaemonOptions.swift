import ArgumentParser
import Foundation

/// Which daemon is measured.
struct DaemonOptions: ParsableArguments {
    @Option(help: "The daemon's line port, HOST:PORT.")
    var connect = "127.0.0.1:7411"

    @Option(help: "A file that holds an admin token.")
    var tokenFile: String

    /// A connection that has said HELLO as admin.
    func open(_ address: String? = nil) throws -> LineConnection {
        let token = try String(contentsOfFile: tokenFile, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let connection = try LineConnection(address ?? connect)
        _ = try connection.ask("HELLO version=1 token=\(token)")
        return connection
    }

    func open(_ count: Int) throws -> [LineConnection] { try (0..<count).map { _ in try open() } }
}

/// What keeps requests under way on one connection.
protocol Lane: AnyObject {
    var connection: LineConnection { get }
    /// Takes the answers that have come and says what follows from them.
    func take() throws
}

enum Lanes {
    /// Serves all of them for some time. Returns how long it was, in seconds.
    @discardableResult
    static func drive(_ lanes: [some Lane], for seconds: Double) throws -> Double {
        let began = ContinuousClock.now
        var files = lanes.map { pollfd(fd: $0.connection.file, events: Int16(POLLIN), revents: 0) }
        while true {
            let elapsed = Measured.seconds(.now - began)
            if elapsed >= seconds { return elapsed }
            for (index, lane) in lanes.enumerated() {
                try lane.connection.flush()
                files[index].events = Int16(POLLIN) | (lane.connection.wantsToWrite ? Int16(POLLOUT) : 0)
            }
            guard poll(&files, nfds_t(files.count), 100) > 0 else { continue }
            for index in files.indices where files[index].revents != 0 { try lanes[index].take() }
        }
    }
}
