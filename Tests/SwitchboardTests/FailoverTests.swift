import Foundation
import TestSupport
import Testing

/// Several PostgreSQL hosts in one address: the daemon uses the one that takes writes, and goes on with another.
@Suite("Several PostgreSQL hosts", .blocking, .serialized)
struct FailoverTests {
    @Test("the one that only follows is passed over until it is promoted; nothing acknowledged is lost by that")
    func failover() async throws {
        let primary = try await ThrowawayCluster.fresh()
        let standby = try await primary.synchronousStandby()
        let name = "failover"
        _ = try primary.makeDatabase(name)
        // The standby first: libpq must find out that it takes no writes. The missing one stands for one that is down.
        let hosts = ["/nonexistent", standby.socketDirectory, primary.socketDirectory].joined(separator: ",")
        let url = "postgresql://switchboard@/\(name)?host=\(hosts)&port=5432,5432,5432&target_session_attrs=read-write"
        let folder = try makeTemporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let daemon = try DaemonProcess.serving(at: Site(folder: folder, database: url))
        let traffic = try Traffic(daemon, seed: 1)
        try await traffic.run {
            try await traffic.waitForMore(200)
            try primary.stop(immediate: true)
            let stopped = ContinuousClock.now
            try standby.promote()
            try await traffic.waitForMore(100)
            print("PostgreSQL failed over, without an acknowledgement \(ContinuousClock.now - stopped)")
            try traffic.finish(daemon)
            // Whatever reads goes to the new one as well: the log, and what has left memory.
            let admin = try daemon.admin()
            let last = try #require(try admin.ok("INFO").integer("seq"))
            try admin.ok("WATCH from=\(last - 20)")
            try admin.expectEvents((last - 19)...last)
            try daemon.terminate()
        }
        let survivor = Site(folder: folder, database: standby.connectionInfo(database: name))
        let audit = try Audit(survivor, traffic.promises.told)
        #expect(audit.faults.isEmpty, "\(audit.lastEvents.joined(separator: "\n"))")
        try standby.remove()
        try FileManager.default.removeItem(atPath: primary.folder)
    }
}
