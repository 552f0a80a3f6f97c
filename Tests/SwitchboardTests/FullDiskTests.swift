import Foundation
import Plan
import Postgres
import Storage
import TestSupport
import Testing

/// No room for PostgreSQL (docs/architecture.md, "What fails, and what then"): nothing is acknowledged that is not
/// there, and all of it goes on when there is room again.
@Suite(
    "A full disk", .blocking, .serialized,
    .enabled(
        if: SmallDisk.isPermitted, "a small disk cannot be mounted here: only root may, and not in every container"))
struct FullDiskTests {
    private static let count = 400

    /// An inquiry of 30,000 bytes that no compression makes smaller.
    private func request(_ number: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        let text = (0..<1_875).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return "#\(number) SUBMIT channel=chat key=k-\(number) attrs={\"text\":\"\(text.joined())\"}"
    }

    /// Fills the disk under the daemon while requests come; returns how many were answered before there was room again.
    private func fillAndFree(
        _ disk: SmallDisk, leaving bytes: Int, shop: LinePeer, admin: LinePeer, committed: () throws -> Int64?
    ) throws -> Int {
        try disk.fill(leaving: bytes)
        try shop.send((1...Self.count).map(request))
        var answered = 0
        // Answers come until the disk is full, and then none: 2 s are many tries.
        while answered < Self.count, try !shop.staysSilent(for: .seconds(2)) {
            answered += 1
            let line = try #require(try shop.answer().last)
            try #require(line.isOK && line.tag == "#\(answered)", "\(line)")
        }
        try #require(answered < Self.count, "the disk was not full")
        #expect(try admin.ok("PING")["status"] == "storage_away")
        // What was answered is there; what is there and not answered was under way.
        if let rows = try committed() { #expect(rows >= Int64(answered)) }
        // Others are told how it is, and reads go on.
        #expect(try admin.ok("INFO")["committed"] == "false")
        disk.free()
        for number in (answered + 1)...Self.count {
            let line = try #require(try shop.answer(patience: .seconds(60)).last)
            try #require(line.isOK && line.tag == "#\(number)", "\(line)")
        }
        return answered
    }

    @Test("under the tables: batches that get 53100 wait for room, and nothing is lost or done twice")
    func tables() async throws {
        let disk = try SmallDisk(megabytes: 40)
        let cluster = try await ThrowawayCluster.fresh()
        let server = cluster.privateCluster
        let place = "\(disk.folder)/tables"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        chown(place, server.account.userId, server.account.groupId)
        let psql = server.installation.program("psql")
        let base = ["-X", "-q", "-d", cluster.connectionInfo(database: "postgres"), "-c"]
        try run(psql, base + ["CREATE TABLESPACE small LOCATION '\(place)'"])
        try run(psql, base + ["CREATE DATABASE small TABLESPACE small"])
        let site = Site(folder: try makeTemporaryFolder(), database: cluster.connectionInfo(database: "small"))
        defer { site.removeFolder() }
        try await DaemonUnderTest.start(at: site).use { daemon in
            let (shop, admin) = (try daemon.upstream(), try daemon.admin())
            // Made before: for a new connection PostgreSQL writes a file, and there is no room for one.
            let connection = try Connection(site.database, applicationName: "test", timeout: .seconds(20))
            defer { connection.close() }
            let query = "SELECT count(*) FROM switchboard.all_inquiry"
            _ = try connection.execute(query)
            let early = try fillAndFree(disk, leaving: 2 << 20, shop: shop, admin: admin) {
                Int64(try connection.execute(query).text(0, 0) ?? "")
            }
            #expect(early < Self.count)
            #expect(try site.number("SELECT count(*) FROM switchboard.all_inquiry") == Self.count)
            let seqs = try site.sql("SELECT min(seq), max(seq), count(*) FROM switchboard.event", columns: 3)[0]
            #expect(seqs[0] == "1" && seqs[1] == seqs[2], "gaps: \(seqs)")
            #expect(try admin.ok("PING")["status"] == "serving")
        }
        try cluster.remove()
    }

    @Test("under all of the data folder: a private PostgreSQL that fails over it comes back when there is room")
    func everything() async throws {
        let disk = try SmallDisk(megabytes: 160)
        let site = Site(folder: "\(disk.folder)/data", database: "")
        let daemon = try DaemonProcess.serving(at: site, embedded: true)
        let (shop, admin) = (try daemon.session(daemon.token("role=upstream")), try daemon.admin())
        // Less than the next file of PostgreSQL's log needs.
        _ = try fillAndFree(disk, leaving: 3 << 20, shop: shop, admin: admin) { nil }
        let info = try admin.ok("INFO")
        #expect(info["submitted"] == "\(Self.count)" && info["status"] == "serving")
        // All of it is in the rows, also for another daemon.
        try daemon.crash()
        let next = try DaemonProcess.serving(at: site, embedded: true)
        #expect(try next.admin().ok("INFO")["submitted"] == "\(Self.count)")
        #expect(try next.admin().ok("GET \(Self.count)")["key"] == "k-\(Self.count)")
        try next.terminate()
    }

    @Test("from the start: the start says so and ends, and leaves nothing that a later one stumbles over")
    func fromTheStart() async throws {
        let disk = try SmallDisk(megabytes: 160)
        let site = Site(folder: "\(disk.folder)/data", database: "")
        try disk.fill(leaving: 10 << 20)
        let daemon = try DaemonProcess(at: site, embedded: true)
        #expect(try daemon.waitForExit() == 1)
        #expect(daemon.said.contains("No space left on device"), "\(daemon.said)")
        disk.free()
        let next = try DaemonProcess.serving(at: site, embedded: true)
        #expect(try next.admin().submit() == 1)
        try next.terminate()
    }
}
