import Foundation
import Logging
import Plan
import Postgres
import Routing
import TestSupport
import Testing

@testable import switchboard

/// Where a daemon keeps everything: its folder and its database. It outlives the daemon, so that another can go on.
struct Site: Sendable {
    let folder: String
    let database: String

    /// An empty one on the server that all tests share, or on the given one.
    static func make(on cluster: ThrowawayCluster? = nil) async throws -> Site {
        let cluster = if let cluster { cluster } else { try await ThrowawayCluster.shared() }
        return try await onBlockingThread {
            Site(folder: try makeTemporaryFolder(), database: try cluster.makeDatabase())
        }
    }

    /// Another folder on the same database.
    func sibling() throws -> Site { Site(folder: try makeTemporaryFolder(), database: database) }

    func removeFolder() { try? FileManager.default.removeItem(atPath: folder) }

    /// The rows of a query with so many columns, as text.
    func sql(_ query: String, columns: Int = 1) throws -> [[String?]] {
        let connection = try Connection(database, applicationName: "test", timeout: .seconds(20))
        defer { connection.close() }
        let result = try connection.execute(query)
        return (0..<result.rowCount).map { row in (0..<columns).map { result.text(row, $0) } }
    }

    /// The one number of a query.
    func number(_ query: String) throws -> Int64 {
        guard let text = try sql(query).first?.first, let number = text.flatMap({ Int64($0) }) else {
            throw TestSupportError("no number: \(query)")
        }
        return number
    }
}

/// A daemon in this process, on ports of its own.
final class DaemonUnderTest: Sendable {
    /// Every daemon has threads, a database and connections of its own, and the machine only so many cores.
    private static let permits = Permits(6)

    let site: Site
    let port: Int
    let daemon: Daemon

    var socketPath: String { daemon.socketPath }

    /// Starts one and waits until it serves.
    static func start(
        at site: Site, plan: RoutingPlan? = nil, clockSpeed: Int64 = 1
    ) async throws -> DaemonUnderTest {
        let daemon = try await open(at: site, plan: plan, clockSpeed: clockSpeed)
        do {
            try await daemon.daemon.run()
        } catch {
            await daemon.stop()
            throw error
        }
        return daemon
    }

    /// Starts one without waiting: its ports are open, it does not serve yet.
    static func open(
        at site: Site, plan: RoutingPlan? = nil, clockSpeed: Int64 = 1
    ) async throws -> DaemonUnderTest {
        var options = DaemonOptions(dataDirectory: site.folder)
        options.tcp = ("127.0.0.1", 0)
        options.databaseURL = site.database
        options.clockSpeed = clockSpeed
        options.plan = plan
        var log = Logger(label: "daemon under test", factory: { StreamLogHandler.standardError(label: $0) })
        log.logLevel = .critical
        let daemon = try Daemon(options, log: log)
        guard let port = try await daemon.open() else { throw TestSupportError("no TCP port") }
        return DaemonUnderTest(site: site, port: port, daemon: daemon)
    }

    private init(site: Site, port: Int, daemon: Daemon) {
        self.site = site
        self.port = port
        self.daemon = daemon
    }

    func stop() async { await daemon.stop() }

    /// Runs `body` with a daemon on an empty database.
    static func with<Value>(
        plan: RoutingPlan? = nil, clockSpeed: Int64 = 1, _ body: (DaemonUnderTest) async throws -> Value
    ) async throws -> Value {
        try await withSite { site in
            let daemon = try await start(at: site, plan: plan, clockSpeed: clockSpeed)
            return try await daemon.use(body)
        }
    }

    /// Runs `body` with an empty database, when it is its turn.
    static func withSite<Value>(_ body: (Site) async throws -> Value) async throws -> Value {
        try await permits.withPermit {
            let site = try await Site.make()
            defer { site.removeFolder() }
            return try await body(site)
        }
    }

    /// Runs `body`, and stops the daemon however it ends.
    func use<Value>(_ body: (DaemonUnderTest) async throws -> Value) async throws -> Value {
        do {
            let value = try await body(self)
            await stop()
            return value
        } catch {
            await stop()
            throw error
        }
    }

    // MARK: Clients

    /// A connection that is admin by its owner.
    func admin() throws -> LinePeer { try LinePeer(path: socketPath) }

    /// A connection that has not said HELLO.
    func stranger() throws -> LinePeer { try LinePeer(port: port) }

    /// A connection that has said HELLO with that token.
    func session(_ token: String, _ more: String = "") throws -> LinePeer {
        let peer = try stranger()
        try peer.ok("HELLO version=1 token=\(token) \(more)")
        return peer
    }

    /// The secret of a new token.
    func token(_ fields: String) throws -> String {
        guard let secret = try admin().ok("TOKEN CREATE \(fields)")["token"] else { throw PeerError("no token") }
        return secret
    }

    func upstream() throws -> LinePeer { try session(token("role=upstream")) }

    /// The session of an agent who can take everything unless `fields` say otherwise; READY is not said.
    func agent(_ name: String, _ fields: String = "") throws -> LinePeer {
        try admin().ok("AGENT PUT \(name) \(fields)")
        return try session(token("role=agent agent=\(name)"))
    }

    /// The same, signed on.
    func readyAgent(_ name: String, _ fields: String = "") throws -> LinePeer {
        let peer = try agent(name, fields)
        try peer.ok("READY")
        return peer
    }
}

extension LinePeer {
    /// Hands in an inquiry and returns its id.
    func submit(_ fields: String = "channel=chat") throws -> Int64 {
        let answer = try ok("SUBMIT \(fields)")
        guard let id = answer.integer("id") else { throw PeerError("no id: \(answer)") }
        return id
    }

    /// What INFO says of the counts that a refused request must not change.
    func counts() throws -> [String: Int64] {
        let info = try ok("INFO")
        let names = [
            "submitted", "completed", "abandoned", "cancelled", "waiting", "offered", "assigned", "with_exclusions",
            "agents", "ready", "away", "classes", "profiles", "keys", "seq", "batch",
        ]
        return try names.reduce(into: [:]) { counts, name in
            guard let count = info.integer(name) else { throw PeerError("INFO has no \(name): \(info)") }
            counts[name] = count
        }
    }
}
