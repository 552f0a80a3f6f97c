import Foundation
import TestSupport
import Testing

/// What another version of something left: the start is refused in words, and what is there stays as it is.
@Suite("Another version", .blocking, .serialized)
struct OtherVersionTests {
    /// The names of all files below a folder, with what is in the small ones; the lock's holder aside.
    private func contents(_ folder: String) -> [String: String] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return Dictionary(
            uniqueKeysWithValues: names.filter { $0 != "lock" }.map { name in
                (name, (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? "")
            })
    }

    @Test("a data folder of a newer switchboard is refused, and nothing in it is touched")
    func folder() async throws {
        let site = try await Site.make()
        defer { site.removeFolder() }
        try DaemonProcess.serving(at: site).terminate()
        try "99\n".write(toFile: site.folder + "/version", atomically: false, encoding: .utf8)
        let before = contents(site.folder)
        let daemon = try DaemonProcess(at: site)
        #expect(try daemon.waitForExit() == 1)
        #expect(daemon.said.contains("99") && daemon.said.contains(site.folder), "\(daemon.said)")
        #expect(contents(site.folder) == before)
        try "1\n".write(toFile: site.folder + "/version", atomically: false, encoding: .utf8)
        try DaemonProcess.serving(at: site).terminate()
    }

    @Test("a private PostgreSQL of a version that is not installed is refused, and nothing in it is touched")
    func postgres() async throws {
        let site = Site(folder: try makeTemporaryFolder(), database: "")
        defer { site.removeFolder() }
        let first = try DaemonProcess.serving(at: site, embedded: true)
        let chat = try first.admin().submit("channel=chat key=k")
        try first.terminate()
        let file = site.folder + "/postgres/data/PG_VERSION"
        let real = try String(contentsOfFile: file, encoding: .utf8)
        try "99\n".write(toFile: file, atomically: false, encoding: .utf8)
        let before = contents(site.folder)
        let daemon = try DaemonProcess(at: site, embedded: true)
        #expect(try daemon.waitForExit() == 1)
        #expect(daemon.said.contains("PostgreSQL 99"), "\(daemon.said)")
        #expect(contents(site.folder) == before)
        try real.write(toFile: file, atomically: false, encoding: .utf8)
        let again = try DaemonProcess.serving(at: site, embedded: true)
        #expect(try again.admin().ok("GET key=k")["id"] == "\(chat)")
        try again.terminate()
    }

    @Test("a database with a migration that this version does not know is refused, and goes on under the newer one")
    func schema() async throws {
        let site = try await Site.make()
        defer { site.removeFolder() }
        let first = try DaemonProcess.serving(at: site)
        let chat = try first.admin().submit("channel=chat key=k")
        try first.terminate()
        _ = try site.sql(
            "INSERT INTO switchboard.migration (number, name, checksum) SELECT max(number) + 1, 'later', repeat('0', 64) FROM switchboard.migration"
        )
        let engine = try site.sql("SELECT epoch, batch FROM switchboard.engine", columns: 2)
        let daemon = try DaemonProcess(at: site)
        #expect(try daemon.waitForExit() == 1)
        #expect(daemon.said.contains("use the newer version"), "\(daemon.said)")
        #expect(try site.sql("SELECT epoch, batch FROM switchboard.engine", columns: 2) == engine)
        _ = try site.sql("DELETE FROM switchboard.migration WHERE name = 'later'")
        let again = try DaemonProcess.serving(at: site)
        #expect(try again.admin().ok("GET key=k")["id"] == "\(chat)")
        try again.terminate()
    }
}
