import Foundation
import TestSupport
import Testing

/// A plan that changes every waiting inquiry is one transaction. The daemon, a process, is killed at each boundary of it,
/// again and again on the same data; `SWITCHBOARD_SOAK_WAITING` says how many wait.
@Suite("kill -9 while a plan comes into force", .blocking, .serialized)
struct PlanKillTests {
    enum Moment: CustomStringConvertible {
        case during(PostgresProxy.Point)
        /// The admin has its `OK`.
        case acknowledged

        static let all = PostgresProxy.Point.allCases.map(Moment.during) + [.acknowledged]

        var description: String {
            switch self {
            case .during(let point): "killed at \(point)"
            case .acknowledged: "killed when acknowledged"
            }
        }

        /// Whether the new plan must be in force afterwards; nil: it may.
        var isCommitted: Bool? {
            switch self {
            case .during(.beforeSend), .during(.halfSent), .during(.beforeCommit): false
            case .during(.sent): nil
            case .during(.committed), .during(.halfAnswered), .during(.answered), .acknowledged: true
            }
        }
    }

    @Test("every waiting inquiry is there once, all of them under the old plan or all under the new one")
    func boundaries() async throws {
        let cluster = try await ThrowawayCluster.shared()
        let site = try await Site.make(on: cluster)
        defer { site.removeFolder() }
        let proxy = try PostgresProxy(to: cluster.socketDirectory)
        defer { proxy.stop() }
        let behind = Site(folder: site.folder, database: proxy.connectionInfo(site.database))
        var publication = try Publication(behind: behind, proxy: proxy, site: site)
        for moment in Moment.all { try publication.kill(moment) }
        try publication.finish()
    }
}

/// Two plans that take turns on one crowd, and the daemon that is killed meanwhile.
private struct Publication {
    let proxy: PostgresProxy
    let site: Site
    var daemon: DaemonProcess
    var crowd: WaitingCrowd
    var told = Promises.Told()
    let agentToken: String
    let shopToken: String
    /// What is in force.
    var version: Int64 = 2
    var terms = WaitingCrowd.Terms.before

    private static let servedARound = 6
    /// How long anything may take that grows with the crowd.
    private let patience: Duration

    init(behind: Site, proxy: PostgresProxy, site: Site) throws {
        (self.proxy, self.site) = (proxy, site)
        patience = .seconds(30 + Soak.waiting / 500)
        daemon = try DaemonProcess.serving(at: behind)
        let admin = try daemon.admin()
        try admin.ok("PLAN PUT body=\(try PublishedPlan.line(terms.yaml))")
        try admin.ok("AGENT PUT kim skills=sales:10,care:10,korean:10")
        agentToken = try daemon.token("role=agent agent=kim")
        shopToken = try daemon.token("role=upstream")
        let began = ContinuousClock.now
        crowd = try WaitingCrowd(Soak.waiting, daemon.session(shopToken), site)
        told.ids = crowd.ids
        print("\(crowd.count) wait after \(ContinuousClock.now - began)")
        try check("at the beginning")
    }

    private var otherTerms: WaitingCrowd.Terms {
        terms.name == WaitingCrowd.Terms.before.name ? .after : .before
    }

    /// Publishes the other plan and kills the daemon at that moment of it; then another daemon has to be right.
    mutating func kill(_ moment: PlanKillTests.Moment) throws {
        let admin = try daemon.admin()
        let request = "PLAN PUT body=\(try PublishedPlan.line(otherTerms.yaml))"
        let began = ContinuousClock.now
        switch moment {
        case .during(let point):
            let faults = proxy.faultCount
            proxy.arm(
                PostgresProxy.Fault(batch: 1, point: point, harm: .cut) { [daemon] in daemon.kill(SIGKILL) })
            try admin.send(request)
            try #require(proxy.waitForFault(faults + 1, patience: patience), "\(moment): the batch never came")
        case .acknowledged:
            try admin.send(request)
            let answer = try #require(try admin.answer(patience: patience).last)
            #expect(answer.isOK && answer.integer("version") == version + 1, "\(answer)")
            daemon.kill(SIGKILL)
        }
        let took = ContinuousClock.now - began
        #expect(try daemon.waitForExit() == -SIGKILL)
        let restart = ContinuousClock.now
        daemon = try DaemonProcess.serving(at: daemon.site, port: daemon.port)
        let back = ContinuousClock.now - restart
        try settle(moment)
        print("\(moment) after \(took): version \(version), \(terms.name), served again after \(back)")
    }

    /// Finds out which plan is in force, and whether everything agrees with it.
    private mutating func settle(_ moment: PlanKillTests.Moment) throws {
        let found = try daemon.admin().ok("INFO").integer("plan_version")
        let isCommitted = found == version + 1
        #expect(isCommitted || found == version, "\(moment): version \(found ?? 0)")
        if let expected = moment.isCommitted { #expect(isCommitted == expected, "\(moment)") }
        if isCommitted { (version, terms) = (version + 1, otherTerms) }
        try check("\(moment)")
    }

    private mutating func check(_ story: String) throws {
        let admin = try daemon.admin()
        try crowd.checkRows(terms, site, story)
        try crowd.checkMemory(terms, admin, story)
        try checkPlan(admin, story)
        try checkNewcomer(story)
        let agent = try daemon.session(agentToken)
        for id in try crowd.serve(Self.servedARound, terms, agent) {
            told.acceptedBy[id] = "kim"
            told.ends[id] = "completed"
        }
    }

    /// What the port says of the versions, the table and the log.
    private func checkPlan(_ admin: LinePeer, _ story: String) throws {
        let present = try admin.ok("PLAN GET")
        #expect(present.integer("version") == version, "\(story)")
        #expect(present["body"]?.contains(#""name":"\#(terms.name)""#) == true, "\(story): \(present["body"] ?? "")")
        let history = try admin.rows("PLAN HISTORY")
        #expect(history.map { $0.integer("version") } == (1...version).reversed(), "\(story): \(history)")
        #expect(history.dropLast().allSatisfy { ($0.integer("changes") ?? 0) > 0 }, "\(story): \(history)")
        #expect(try site.number("SELECT count(*) FROM switchboard.plan") == version, "\(story)")
        let published = try site.sql(
            """
            SELECT details->>'version' FROM switchboard.event
            WHERE type = 'plan_published' AND (details->>'version')::integer > 1 ORDER BY seq
            """
        ).compactMap { $0[0].flatMap { Int64($0) } }
        #expect(published == Array(2...version), "\(story)")
    }

    /// Who comes now is asked for what the queue asks for by the plan in force.
    private mutating func checkNewcomer(_ story: String) throws {
        let shop = try daemon.session(shopToken)
        let key = "newcomer-\(told.ends.count)"
        let id = try shop.submit("channel=chat queue=sales key=\(key)")
        #expect(try shop.ok("GET \(id)")["skills"] == terms.salesSkills, "\(story)")
        try shop.ok("CANCEL \(id)")
        told.ids[key] = id
        told.ends[id] = "cancelled"
    }

    /// Once more without a kill, and an audit of all that is stored.
    mutating func finish() throws {
        let admin = try daemon.admin()
        let began = ContinuousClock.now
        try admin.send("PLAN ROLLBACK version=\(version - 1)")
        let answer = try #require(try admin.answer(patience: patience).last)
        let took = ContinuousClock.now - began
        #expect(answer.isOK && answer.integer("version") == version + 1, "\(answer)")
        (version, terms) = (version + 1, otherTerms)
        let info = try admin.ok("INFO")
        print(
            "\(crowd.count) changed: OK after \(took), plan_stall=\(info["plan_stall"] ?? ""), "
                + "commit_worst=\(info["commit_worst"] ?? "")")
        try check("at the end")
        try daemon.terminate()
        let audit = try Audit(site, told)
        #expect(audit.faults.isEmpty, "\(audit.lastEvents.joined(separator: "\n"))")
    }
}
