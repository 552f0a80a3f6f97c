import Foundation
import Simulation
import Synchronization
import TestSupport
import Testing

/// Promise 1 of DESIGN §1, tried at every boundary of a batch: before it is sent, sent and not committed, committed and
/// not answered, answered. The daemon is the shipped one; the harm is done by a proxy before its PostgreSQL.
@Suite("Kills at every boundary", .blocking, .serialized)
struct BoundaryTests {
    @Test("what was acknowledged is there, once, and rows and log tell the same", arguments: Soak.seeds)
    func round(_ seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let blow = Blow(seed: seed, random: &random)
        let began = ContinuousClock.now
        let cluster = try await ThrowawayCluster.shared()
        let site = try await Site.make(on: cluster)
        defer { site.removeFolder() }
        let proxy = try PostgresProxy(to: cluster.socketDirectory)
        defer { proxy.stop() }
        let behind = Site(folder: site.folder, database: proxy.connectionInfo(site.database))

        let first = try DaemonProcess.serving(at: behind)
        let traffic = try Traffic(first, seed: seed)
        try await traffic.run {
            let shift = traffic.shift
            blow.arm(proxy) { if blow.kills { first.kill(SIGKILL) } }
            try #require(proxy.waitForFault(1), "the batch never came")
            var daemon = first
            if blow.kills {
                #expect(try first.waitForExit() == -SIGKILL)
                daemon = try DaemonProcess.serving(at: behind, port: first.port)
                shift.handOver(to: daemon)
            }
            try #require(proxy.waitForFault(blow.count), "there was no other batch")
            try traffic.finish(daemon)
            try daemon.terminate()
        }
        let audit = try Audit(site, traffic.promises.told)
        let story = "seed \(seed): \(blow)"
        #expect(audit.faults.isEmpty, "\(story)\n\(audit.lastEvents.joined(separator: "\n"))")
        print("\(story): \(traffic.promises.told.ids.count) inquiries, \(ContinuousClock.now - began)")
    }

    @Test(
        "a first start that is killed at its first batch is made up for by the next",
        arguments: PostgresProxy.Point.allCases)
    func firstStart(_ point: PostgresProxy.Point) async throws {
        let cluster = try await ThrowawayCluster.shared()
        let site = try await Site.make(on: cluster)
        defer { site.removeFolder() }
        let proxy = try PostgresProxy(to: cluster.socketDirectory)
        defer { proxy.stop() }
        let behind = Site(folder: site.folder, database: proxy.connectionInfo(site.database))
        let started = Mutex<DaemonProcess?>(nil)
        proxy.arm(
            PostgresProxy.Fault(batch: 1, point: point, harm: .strand) {
                // It may come to its first batch before the test has hold of it.
                while started.withLock({ $0 }) == nil { sched_yield() }
                started.withLock { $0 }?.kill(SIGKILL)
            })
        let first = try DaemonProcess(at: behind)
        started.withLock { $0 = first }
        #expect(try first.waitForExit() == -SIGKILL)
        let second = try DaemonProcess.serving(at: behind)
        let token = try String(contentsOfFile: site.folder + "/admin.token", encoding: .utf8)
        let admin = try second.session(token.trimmingCharacters(in: .whitespacesAndNewlines))
        #expect(try admin.rows("TOKEN LIST").count == 1)
        try second.terminate()
        for table in ["token", "plan", "event"] {
            #expect(try site.number("SELECT count(*) FROM switchboard.\(table)") == 1, "\(table)")
        }
    }
}
