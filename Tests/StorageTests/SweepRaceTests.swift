import Postgres
import Routing
import Simulation
import Synchronization
import TestSupport
import Testing

@testable import Storage

/// The sweeper and the writer on the same inquiries, while both lose their connections.
@Suite struct SweepRaceTests {
    /// What the engine would know.
    private struct Model {
        struct Inquiry {
            var closedAt: Instant?
            /// Let go of since it was closed: the engine would have to read it back.
            var isReleased = false
            var word = "0"
        }

        var inquiries: [Int64: Inquiry]
        /// Every closing that was ever let go of, also of those that were reopened since.
        var released: [ClosedInquiry] = []
        var random: SplitMix64

        mutating func isChosen(_ percent: Int) -> Bool { random.next() % 100 < percent }
    }

    private final class End: Sendable {
        let isReached = Atomic<Bool>(false)
    }

    private static let count: Int64 = 60

    private static func row(_ id: Int64, _ inquiry: Model.Inquiry, isNew: Bool = false) -> InquiryRow {
        var row = inquiry.closedAt == nil ? Sample.waiting(id) : Sample.completed(id)
        row.isNew = isNew
        row.closedAt = inquiry.closedAt
        row.definition = Sample.definition(customer: "c-\(id % 7)", subject: inquiry.word)
        return row
    }

    /// What one batch does to some of them, and what is let go of with it.
    private static func step(_ model: inout Model, round: Int64) -> [InquiryRow] {
        var rows: [InquiryRow] = []
        for id in 1...count {
            guard var inquiry = model.inquiries[id], model.isChosen(30) else { continue }
            let wasReleased = inquiry.isReleased
            inquiry.word = "\(round)"
            if inquiry.closedAt == nil {
                if model.isChosen(60) { inquiry.closedAt = Sample.start + .seconds(round) }
            } else if model.isChosen(40) {
                inquiry.closedAt = nil
            }
            if inquiry.closedAt == nil || model.inquiries[id]?.closedAt == nil { inquiry.isReleased = false }
            var row = row(id, inquiry)
            row.isReadBack = wasReleased
            model.inquiries[id] = inquiry
            rows.append(row)
        }
        for id in 1...count {
            guard let inquiry = model.inquiries[id], let closedAt = inquiry.closedAt, !inquiry.isReleased,
                model.isChosen(50)
            else { continue }
            model.inquiries[id]?.isReleased = true
            model.released.append(ClosedInquiry(id: id, closedAt: closedAt))
        }
        return rows
    }

    @Test("an inquiry has one row at any instant, whatever sweeper, writer and lost connections do", arguments: [1, 2])
    func onePlace(seed: UInt64) async throws {
        var test = try await TestStore()
        test.settings.sweepDelay = .zero
        let store = try await test.open(test.settings)
        var model = Model(inquiries: [:], random: SplitMix64(seed: seed))
        for id in 1...Self.count { model.inquiries[id] = Model.Inquiry() }
        let first = (1...Self.count).map { Self.row($0, Model.Inquiry(), isNew: true) }
        #expect(await store.commit(store.batch(inquiries: first)).isDone)
        let sweeper = store.makeSweeper()

        let end = End()
        let conninfo = test.conninfo
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await blocking { try Self.watch(conninfo, until: end) }
            }
            group.addTask {
                try await blocking { try Self.cut(conninfo, until: end) }
            }
            defer { end.isReached.store(true, ordering: .releasing) }
            for round in 1...Int64(150) {
                let rows = Self.step(&model, round: round)
                // All closings there ever were: those of inquiries that live again, or were closed anew, move nothing.
                let released = model.released
                let outcome = await store.commit(store.batch(1 + round, inquiries: rows))
                guard outcome.isDone else {
                    Issue.record("batch \(1 + round): \(outcome)")
                    break
                }
                sweeper.release(Array(released.suffix(400)))
            }
            end.isReached.store(true, ordering: .releasing)
            try await group.waitForAll()
        }
        _ = try await settle(sweeper)
        let reader = store.makeReader()
        for id in 1...Self.count {
            let found = try await reader.inquiry(id: id)
            let expected = try #require(model.inquiries[id])
            #expect(found?.closedAt == expected.closedAt, "\(id)")
            #expect(found?.definition?.texts.subject.elementsEqual(expected.word.utf8) == true, "\(id)")
        }
        // In the end all that was let go of is put away, and nothing else.
        sweeper.release(model.released)
        let expected = model.inquiries.filter(\.value.isReleased).keys.sorted().map { "\($0)" }.joined(separator: ",")
        let deadline = ContinuousClock.now + .seconds(20)
        var found: String?
        while found != expected, ContinuousClock.now < deadline {
            found = try await test.sql(
                "SELECT coalesce(string_agg(id::text, ',' ORDER BY id), '') FROM switchboard.closed_inquiry")
        }
        #expect(found == expected)
        try await blocking { sweeper.stop() }
        try await blocking { reader.stop() }
        await store.close()
    }

    private func settle(_ sweeper: Sweeper) async throws -> Maintenance {
        while true {
            // Its connection may be one that was cut.
            if let done = try? await sweeper.maintain(clock: Sample.start) { return done }
        }
    }

    /// Looks at one moment after the other.
    private static func watch(_ conninfo: String, until end: End) throws {
        let connection = try Connection(conninfo, applicationName: "test", timeout: .seconds(20))
        defer { connection.close() }
        while !end.isReached.load(ordering: .acquiring) {
            let result = try connection.execute(
                "SELECT count(*) || ' ' || count(DISTINCT id) FROM switchboard.all_inquiry")
            let found = result.text(0, 0)
            guard found == "\(count) \(count)" else {
                Issue.record("rows and inquiries: \(found ?? "")")
                return
            }
        }
    }

    /// Ends the sessions of the one and of the other, again and again.
    private static func cut(_ conninfo: String, until end: End) throws {
        let connection = try Connection(conninfo, applicationName: "test", timeout: .seconds(20))
        defer { connection.close() }
        var turn = 0
        while !end.isReached.load(ordering: .acquiring) {
            let victim = turn % 2 == 0 ? SweeperLoop.applicationName : StuckBatch.applicationName
            turn += 1
            try connection.execute(
                """
                SELECT pg_sleep(0.15);
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE application_name = '\(victim)' AND datname = current_database()
                """)
        }
    }
}
