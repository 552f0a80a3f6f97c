import TestSupport
import Testing

/// The reader of rows and events that the kills are judged by finds what it is there to find.
@Suite("The audit", .blocking, .serialized)
struct AuditTests {
    /// What somebody could have done to a database, and the word by which the audit must speak of it.
    private static let damages: [(sql: String, word: String)] = [
        ("UPDATE switchboard.inquiry SET agent = 'lee' WHERE id = 2", "by the log"),
        ("DELETE FROM switchboard.event WHERE type = 'completed' AND inquiry = 1", "the log has event"),
        (
            """
            INSERT INTO switchboard.event (at, seq, inquiry, site, type, agent)
            SELECT now(), seq + 1, 2, 0, 'accepted', 'lee' FROM switchboard.engine
            """, "assigned twice"
        ),
        ("UPDATE switchboard.inquiry SET key = 'b' WHERE id = 1", "2 inquiries"),
        ("DELETE FROM switchboard.inquiry_key WHERE inquiry = 3", "do not go together"),
        ("UPDATE switchboard.engine SET submitted = submitted + 1", "engine.submitted is off"),
        ("UPDATE switchboard.engine SET batch = 1", "there were 1 batches"),
        ("UPDATE switchboard.agent SET state = 'away' WHERE id = 'kim'", "agent kim"),
        ("DELETE FROM switchboard.inquiry WHERE id = 3", "c, told to be 3"),
        ("DELETE FROM switchboard.event WHERE inquiry = 3", "c, told to be 3, is lost"),
    ]

    @Test("a database as a daemon left it has no faults; each damage is found")
    func damages() async throws {
        try await DaemonUnderTest.withSite { site in
            let daemon = try await DaemonUnderTest.start(at: site)
            let promises = Promises()
            try await daemon.use { daemon in
                let shop = try daemon.upstream()
                let kim = try daemon.readyAgent("kim")
                for (index, key) in ["a", "b", "c"].enumerated() {
                    let id = try shop.submit("channel=chat key=\(key)")
                    promises.submitted(key, id)
                    if index == 2 { continue }
                    try kim.ok("ACCEPT \(id)")
                    promises.accepted(id, by: "kim")
                    try kim.ok("COMPLETE \(id)")
                    promises.ended(id, as: "completed")
                }
            }
            #expect(try Audit(site, promises.told).faults.isEmpty)
            for damage in Self.damages {
                let before = try Audit(site, promises.told).faults
                _ = try site.sql(damage.sql)
                let found = try Audit(site, promises.told).faults.filter { !before.contains($0) }
                #expect(found.contains { $0.contains(damage.word) }, "\(damage.sql): \(found)")
            }
        }
    }
}
