import LineProtocol
import Plan
import TestSupport
import Testing

/// A daemon under a plan that came through the port, and clocks of its own to wait for.
extension DaemonUnderTest {
    /// Runs `body` with a daemon on an empty database, once that plan is in force.
    /// - Parameter yaml: A plan without faults.
    static func publishing<Value>(
        _ yaml: String, clockSpeed: Int64 = 1, _ body: (DaemonUnderTest) async throws -> Value
    ) async throws -> Value {
        try await with(clockSpeed: clockSpeed) { daemon in
            let admin = try daemon.admin()
            let version = try admin.ok("PLAN PUT body=\(try PublishedPlan.line(yaml))").integer("version")
            #expect(version == 2)
            #expect(try admin.ok("INFO").integer("plan_version") == 2)
            return try await body(daemon)
        }
    }

    /// Is told all that becomes of an inquiry, from its first event on.
    func watcher(of id: Int64) throws -> LinePeer {
        let peer = try admin()
        try peer.ok("WATCH inquiry=\(id) from=0")
        return peer
    }

    /// A whole second of the daemon's clock that is so many minutes ahead.
    func ahead(minutes: Int64) throws -> Int64 {
        let now = try #require(try admin().ok("PING").instant("time"))
        return (now / 1_000_000 + minutes * 60) * 1_000_000
    }

    /// An inquiry that nobody can take and that enters its queue at that time; whoever waits for its `queued` has waited
    /// so long, without sleeping.
    func alarm(at microseconds: Int64, _ shop: LinePeer) throws -> LinePeer {
        try watcher(of: shop.schedule("channel=voice skills=nobody", at: microseconds))
    }
}

extension LinePeer {
    /// Hands in an inquiry that enters its queue at that time, which is still to come, and returns its id.
    func schedule(_ fields: String, at microseconds: Int64) throws -> Int64 {
        let answer = try ok("SUBMIT \(fields) at=\(WireTime.string(instant: microseconds))")
        #expect(answer["state"] == "scheduled", "the daemon's clock was faster: \(answer)")
        return try #require(answer.integer("id"))
    }

    /// Why an inquiry waits: `excluded 2` a reason, and the last line.
    func explain(_ id: Int64) throws -> (reasons: [String], last: Line) {
        let lines = try ask("EXPLAIN \(id)")
        let last = try #require(lines.last)
        try #require(last.isOK, "\(last)")
        let reasons = lines.dropLast().compactMap { line in line["reason"].map { "\($0) \(line["agents"] ?? "")" } }
        return (reasons, last)
    }

    /// The next pushes, one of each of these types in this order.
    func expectEvents(_ types: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> [Line] {
        try types.map { try expectEvent($0, sourceLocation: sourceLocation) }
    }

    /// Takes one from its offer to its end.
    func serve(_ id: Int64, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try expectEvent("offered", inquiry: id, sourceLocation: sourceLocation)
        try ok("ACCEPT \(id)", sourceLocation: sourceLocation)
        try ok("COMPLETE \(id)", sourceLocation: sourceLocation)
    }
}

extension Line {
    /// When it happened, in microseconds of the daemon's clock.
    func time() throws -> Int64 { try #require(instant("time"), "\(self)") }
}

enum PublishedPlan {
    /// A plan in YAML as the line of JSON that PLAN PUT takes.
    static func line(_ yaml: String) throws -> String {
        let report = RoutingPlan.read(Array(yaml.utf8), conditions: ConditionLanguage())
        try #require(report.faults.isEmpty, "\(report.faults)")
        return String(decoding: try #require(report.plan).document, as: UTF8.self)
    }
}
