import Postgres
import Routing
import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite struct UnknownOutcomeTests {
    @Test(
        "a batch whose answer was lost is there once, whether it had been committed or not",
        arguments: [PostgresProxy.Point.beforeSend, .committed])
    func cut(at point: PostgresProxy.Point) async throws {
        let cluster = try await ThrowawayCluster.shared()
        let test = try await TestStore(cluster)
        let proxy = try PostgresProxy(to: cluster.socketDirectory)
        defer { proxy.stop() }
        var settings = test.settings
        settings.conninfo = proxy.connectionInfo(settings.conninfo)
        let states = StateLog()
        let store = try await test.open(settings) { states.append($0) }
        #expect(await store.commit(store.batch(1, inquiries: [Sample.waiting(1)], events: [Sample.event(1)])).isDone)

        proxy.arm(PostgresProxy.Fault(batch: 1, point: point, harm: .cut))
        #expect(await store.commit(store.batch(2, inquiries: [Sample.waiting(2)], events: [Sample.event(2)])).isDone)
        #expect(proxy.faultCount == 1)
        #expect(states.names == ["connected", "away", "connected"])
        #expect(try await test.sql("SELECT string_agg(seq::text, ',' ORDER BY seq) FROM switchboard.event") == "1,2")
        #expect(try await test.sql("SELECT count(*) FROM switchboard.inquiry") == "2")
        // Written by one transaction each: what was committed before the cut was not written again.
        #expect(
            try await test.sql("SELECT count(DISTINCT xmin::text) FROM switchboard.inquiry") == "2")
        #expect(await store.commit(store.batch(3)).isDone)
        await store.close()
    }

    @Test("a batch that comes late, after it was asked for and before it comes again, is there once")
    func late() async throws {
        let cluster = try await ThrowawayCluster.shared()
        let test = try await TestStore(cluster)
        let proxy = try PostgresProxy(to: cluster.socketDirectory)
        defer { proxy.stop() }
        var settings = test.settings
        settings.conninfo = proxy.connectionInfo(settings.conninfo)
        let store = try await test.open(settings)
        #expect(await store.commit(store.batch(1)).isDone)
        let conninfo = test.conninfo
        // The first copy is held for longer than the writer waits; the second until the first is committed.
        let second = PostgresProxy.Fault(batch: 1, point: .beforeSend, harm: .delay(.zero)) {
            let watcher = try? Connection(conninfo, applicationName: "test", timeout: .seconds(20))
            while let found = try? watcher?.query("SELECT batch FROM switchboard.engine"), found.field(0, 0).int64 < 2 {
            }
            watcher?.close()
        }
        let held = settings.roundTripTimeout + .seconds(1)
        proxy.arm(
            PostgresProxy.Fault(batch: 1, point: .beforeSend, harm: .delay(held)) { proxy.arm(second) })
        #expect(await store.commit(store.batch(2, events: [Sample.event(1)])).isDone)
        #expect(proxy.faultCount == 2)
        #expect(try await test.sql("SELECT count(*) FROM switchboard.event") == "1")
        #expect(await store.commit(store.batch(3)).isDone)
        await store.close()
    }

    @Test("a batch that waits when its session is terminated is sent again")
    func terminated() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        #expect(await store.renew().isDone)
        async let outcome = commitWhileLocked(store, test)
        #expect(try await outcome.isDone)
        #expect(try await test.sql("SELECT count(*) FROM switchboard.event") == "1")
        #expect(try await test.sql("SELECT batch FROM switchboard.engine") == "1")
        await store.close()
    }

    /// Holds the site's row, lets the batch wait for it, and ends the waiting session.
    private func commitWhileLocked(_ store: OpenedStore, _ test: TestStore) async throws -> JournalOutcome {
        let locker = try await blocking { () -> Blocker in
            let connection = try Connection(test.conninfo, applicationName: "test", timeout: .seconds(20))
            try connection.execute("BEGIN; SELECT FROM switchboard.engine FOR UPDATE")
            return Blocker(connection)
        }
        async let outcome = store.commit(store.batch(events: [Sample.event(1)]))
        let waiting = """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = 'switchboard journal' AND datname = current_database() AND wait_event_type = 'Lock'
            """
        while try await test.sql(waiting) == nil {}
        try await blocking { try locker.release() }
        return await outcome
    }

    @Test("a site that was deposed during the cut is told so")
    func deposedMeanwhile() async throws {
        let cluster = try await ThrowawayCluster.shared()
        let test = try await TestStore(cluster)
        let proxy = try PostgresProxy(to: cluster.socketDirectory)
        defer { proxy.stop() }
        var settings = test.settings
        settings.conninfo = proxy.connectionInfo(settings.conninfo)
        let store = try await test.open(settings)
        #expect(await store.renew().isDone)
        let taken = Mutex<OpenedStore?>(nil)
        let other = test.settings
        // Before the connection is cut, the same folder starts again.
        let start = PostgresProxy.Fault(batch: 1, point: .beforeSend, harm: .cut) {
            if case .opened(let next) = try? Store.open(other, onState: { _ in }) { taken.withLock { $0 = next } }
        }
        proxy.arm(start)
        #expect(await store.commit(store.batch(events: [Sample.event(1)])).isDeposed)
        #expect(try await test.sql("SELECT count(*) FROM switchboard.event") == "0")
        await store.close()
        await taken.withLock { $0 }?.close()
    }

    @Test("a server that crashes under a batch and comes back has the batch once")
    func crash() async throws {
        let cluster = try await ThrowawayCluster.fresh()
        let test = try await TestStore(cluster)
        let states = StateLog()
        let store = try await test.open { states.append($0) }
        #expect(await store.commit(store.batch(1, events: [Sample.event(1)])).isDone)
        try await blocking { try cluster.stop(immediate: true) }
        async let outcome = store.commit(store.batch(2, events: [Sample.event(2)]))
        await states.wait(for: "away")
        try await blocking { try cluster.start() }
        #expect(await outcome.isDone)
        #expect(try await test.sql("SELECT count(*) FROM switchboard.event") == "2")
        #expect(states.names.first == "connected" && states.names.last == "connected")
        await store.close()
        try await blocking { try cluster.remove() }
    }

    @Test("a writer that is stopped while PostgreSQL is away says that it does not know")
    func stopped() async throws {
        let cluster = try await ThrowawayCluster.fresh()
        let test = try await TestStore(cluster)
        let states = StateLog()
        let store = try await test.open { states.append($0) }
        #expect(await store.renew().isDone)
        try await blocking { try cluster.stop(immediate: true) }
        async let outcome = store.commit(store.batch())
        await states.wait(for: "away")
        await store.close()
        #expect(await outcome.isStopped)
        #expect(await store.renew().isStopped)
        try await blocking {
            try cluster.start()
            try cluster.remove()
        }
    }
}

/// A connection that is handed from thread to thread, one at a time.
private final class Blocker: @unchecked Sendable {
    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    func release() throws {
        try connection.execute("COMMIT")
        connection.close()
    }
}

/// The states that a writer told, without repetitions.
final class StateLog: Sendable {
    private struct State {
        var names: [String] = []
        var waiters: [(name: String, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var names: [String] { state.withLock { $0.names } }

    func append(_ told: JournalState) {
        let name =
            switch told {
            case .connected: "connected"
            case .away: "away"
            }
        let ready = state.withLock { state in
            if state.names.last != name { state.names.append(name) }
            let ready = state.waiters.filter { $0.name == name }.map(\.continuation)
            state.waiters.removeAll { $0.name == name }
            return ready
        }
        for continuation in ready { continuation.resume() }
    }

    func wait(for name: String) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.names.last == name { return true }
                state.waiters.append((name, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}
