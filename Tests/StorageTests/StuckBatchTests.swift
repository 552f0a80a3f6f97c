import Postgres
import Routing
import TestSupport
import Testing

@testable import Storage

/// PostgreSQL has a part of a batch, and its connection is dead without PostgreSQL's knowing.
@Suite("A batch that came in part", .timeLimit(.minutes(2))) struct StuckBatchTests {
    @Test(
        "the writer that lost it is not held up by it",
        arguments: [PostgresProxy.Point.halfSent, .beforeCommit, .committed])
    func writer(_ point: PostgresProxy.Point) async throws {
        try await withProxy { test, proxy in
            let store = try await test.open()
            #expect(await store.renew().isDone)
            proxy.arm(PostgresProxy.Fault(batch: 1, point: point, harm: .strand, part: 0.7))
            let batch = store.batch(1, inquiries: [Sample.waiting(1)], events: [Sample.event(1)])
            let asked = ContinuousClock.now
            #expect(await store.commit(batch).isDone)
            #expect(ContinuousClock.now - asked < .seconds(8))
            #expect(try await test.sql("SELECT count(*) FROM switchboard.event") == "1")
            await store.close()
        }
    }

    @Test("who takes the lease over is not held up by it, and the old writer is deposed", arguments: [true, false])
    func takeover(_ isSameFolder: Bool) async throws {
        try await withProxy { test, proxy in
            let old = try await test.open()
            #expect(await old.renew().isDone)
            // It waits for its answer for as long as a writer waits, as one that was stopped would.
            proxy.arm(PostgresProxy.Fault(batch: 1, point: .beforeCommit, harm: .silence))
            async let outcome = old.commit(old.batch(1, inquiries: [Sample.waiting(1)], events: [Sample.event(1)]))
            try await blocking { #expect(proxy.waitForFault(1)) }
            proxy.freeze()
            var other = test.settings
            other.conninfo = test.conninfo
            if !isSameFolder { other.holder = "folder-2" }
            let asked = ContinuousClock.now
            var opened: OpenedStore?
            while opened == nil {
                do {
                    if case .opened(let store) = try await test.tryOpen(other) { opened = store }
                } catch let error as StorageError where error.isTransient {}
            }
            #expect(ContinuousClock.now - asked < .seconds(isSameFolder ? 4 : 7))
            let new = try #require(opened)
            #expect(new.state.batch == 0)
            #expect(await new.commit(new.batch(1, inquiries: [Sample.waiting(1)], events: [Sample.event(1)])).isDone)
            proxy.thaw()
            #expect(await outcome.isDeposed)
            #expect(try await test.sql("SELECT count(*) FROM switchboard.event") == "1")
            await new.close()
            await old.close()
        }
    }

    @Test("a server that takes no writes any more is waited for, and does not count as a refusal")
    func readOnly() async throws {
        let cluster = try await ThrowawayCluster.fresh()
        let test = try await TestStore(cluster)
        let states = StateLog()
        let store = try await test.open { states.append($0) }
        #expect(await store.commit(store.batch(1, events: [Sample.event(1)])).isDone)
        let anyHost = test.conninfo + " target_session_attrs=any"
        try await setReadOnly("on", anyHost)
        async let outcome = store.commit(store.batch(2, events: [Sample.event(2)]))
        await states.wait(for: "away")
        try await setReadOnly("off", anyHost)
        #expect(await outcome.isDone)
        #expect(try await test.sql("SELECT count(*) FROM switchboard.event") == "2")
        await store.close()
        try await blocking { try cluster.remove() }
    }

    private func setReadOnly(_ value: String, _ conninfo: String) async throws {
        try await blocking {
            let connection = try Connection(conninfo, applicationName: "test", timeout: .seconds(20))
            defer { connection.close() }
            try connection.execute("ALTER SYSTEM SET default_transaction_read_only = \(value)")
            try connection.execute("SELECT pg_reload_conf()")
            // Each session reads it when it gets to it; the setting is there when this one has.
            while try connection.execute("SHOW default_transaction_read_only").text(0, 0) != value {}
        }
    }

    /// `test.settings` lead through the proxy, `test.conninfo` does not.
    private func withProxy(_ body: (TestStore, PostgresProxy) async throws -> Void) async throws {
        let cluster = try await ThrowawayCluster.shared()
        var test = try await TestStore(cluster)
        let proxy = try PostgresProxy(to: cluster.socketDirectory)
        defer { proxy.stop() }
        test.settings.conninfo = proxy.connectionInfo(test.conninfo)
        try await body(test, proxy)
    }
}
