import Plan
import TestSupport
import Testing

/// What a load leaves behind in PostgreSQL.
@Suite("Rows under load", .blocking)
struct StorageShapeTests {
    @Test("at least 9 of 10 updates of state rows are HOT")
    func hotUpdates() async throws {
        try await DaemonUnderTest.withSite { site in
            try await DaemonUnderTest.start(at: site).use { daemon in
                let kim = try daemon.readyAgent("kim", "channels=chat:100,email:100 capacity=10000")
                let shop = try daemon.upstream()
                for round in 1...100 {
                    try shop.send((1...10).map { "SUBMIT channel=chat key=r\(round)-\($0) attrs={\"n\":\($0)}" })
                    for _ in 1...10 { #expect(try shop.answer().last?.isOK == true) }
                    let ids = (0..<10).map { Int64(round * 10 - 9 + $0) }
                    for id in ids { try kim.expectEvent("offered", inquiry: id) }
                    try kim.send(ids.flatMap { ["ACCEPT \($0)", "COMPLETE \($0) disposition=done"] })
                    for _ in 1...20 { #expect(try kim.answer().last?.isOK == true) }
                }
            }
            // The writer's figures are there once its connection has ended.
            let tables = try site.sql(
                """
                SELECT relname, n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables
                WHERE schemaname = 'switchboard' AND n_tup_upd >= 100 ORDER BY 1
                """, columns: 3)
            #expect(tables.contains { $0[0] == "inquiry" } && tables.contains { $0[0] == "engine" }, "\(tables)")
            for table in tables {
                let (all, hot) = (Double(table[1] ?? "") ?? 0, Double(table[2] ?? "") ?? 0)
                #expect(hot / all >= 0.9, "\(table[0] ?? ""): \(hot) of \(all)")
            }
        }
    }
}
