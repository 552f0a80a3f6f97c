import Routing
import Testing

@testable import Storage

@Suite struct RefusedBatchTests {
    @Test("a NUL in a text is refused, its row named, and nothing of the batch is there")
    func nul() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        var poison = Sample.waiting(2)
        poison.disposition = [65, 0]
        let batch = store.batch(
            inquiries: [Sample.waiting(1), poison, Sample.waiting(3)], agents: [Sample.agent("kim", 0)])
        let refusal = try #require(await store.commit(batch).refusal)
        #expect(refusal.sqlState == "22021")
        #expect(refusal.row == "inquiry 2")
        #expect(try await test.sql("SELECT count(*) FROM switchboard.inquiry") == "0")
        #expect(try await test.sql("SELECT batch FROM switchboard.engine") == "0")
        await store.close()
    }

    @Test("attributes that are not JSON are refused, their inquiry named")
    func json() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        let poison = Sample.waiting(7, Sample.definition(attributes: #"{"a":}"#))
        let refusal = try #require(await store.commit(store.batch(inquiries: [Sample.waiting(1), poison])).refusal)
        #expect(refusal.sqlState == "22P02")
        #expect(refusal.row == "inquiry 7")
        await store.close()
    }

    @Test("a broken invariant is refused, its row named")
    func check() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        var poison = Sample.waiting(1)
        poison.agent = "kim"  // Waiting with an agent.
        #expect(try #require(await store.commit(store.batch(inquiries: [poison])).refusal) == ("23514", "inquiry 1"))
        let agent = Sample.agent("lee", 0, AgentDefinition(capacity: 0))
        #expect(try #require(await store.commit(store.batch(agents: [agent])).refusal) == ("23514", "agent lee"))
        let event = Sample.event(0)
        #expect(try #require(await store.commit(store.batch(events: [event])).refusal) == ("23514", "event 0"))
        let token = TokenRow(id: 5, role: "king", digest: [UInt8](repeating: 0, count: 32), createdAt: Sample.start)
        #expect(try #require(await store.commit(store.batch(tokens: [token])).refusal) == ("23514", "token 5"))
        let plan = PlanRow(version: 2, at: Sample.start, body: [])
        #expect(
            try #require(await store.commit(store.batch(plans: [plan])).refusal) == ("22P02", "version 2 of the plan"))
        let key = Sample.key(1, inquiry: 0)
        #expect(
            try #require(await store.commit(store.batch(keys: [key])).refusal) == ("23514", "the key of inquiry 0"))
        await store.close()
    }

    /// What no engine can mean of an inquiry.
    enum Nonsense: CaseIterable {
        case scheduledForNoTime, scheduledWithAgent, heldByNobody, heldButNeverAccepted, expiredButOpen
        case csatTooLow, csatTooHigh, npsTooHigh, holdBelowZero, decisionBeforeTheFirst

        func spoil(_ row: inout InquiryRow) {
            switch self {
            case .scheduledForNoTime: row.state = .scheduled
            case .scheduledWithAgent:
                row.state = .scheduled
                row.definition?.scheduledAt = Sample.start
                row.agent = "kim"
            case .heldByNobody:
                row.state = .held
                row.acceptedAt = Sample.start
            case .heldButNeverAccepted:
                row.state = .held
                row.agent = "kim"
            case .expiredButOpen: row.state = .expired
            case .csatTooLow: row.definition?.csat = 0
            case .csatTooHigh: row.definition?.csat = 6
            case .npsTooHigh: row.definition?.nps = 11
            case .holdBelowZero: row.definition?.hold = .milliseconds(-1)
            case .decisionBeforeTheFirst: row.decisionSeq = -1
            }
        }
    }

    @Test("an inquiry that no engine can mean is refused", arguments: Nonsense.allCases)
    func nonsense(_ nonsense: Nonsense) async throws {
        let test = try await TestStore()
        let store = try await test.open()
        var poison = Sample.waiting(1)
        nonsense.spoil(&poison)
        #expect(try #require(await store.commit(store.batch(inquiries: [poison])).refusal) == ("23514", "inquiry 1"))
        await store.close()
    }

    @Test("totals that do not add up are refused")
    func totals() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        var batch = store.batch()
        batch.engine.totals.submitted = 3
        batch.engine.totals.completed = 1
        batch.engine.totals.expired = 3
        #expect(try #require(await store.commit(batch).refusal).sqlState == "23514")
        batch.engine.totals.expired = 2
        #expect(await store.commit(batch).isDone)
        await store.close()
    }

    @Test("of two rows that exclude each other, the second is named")
    func pair() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        let agents = [Sample.agent("kim", 4), Sample.agent("lee", 4)]
        #expect(try #require(await store.commit(store.batch(agents: agents)).refusal) == ("23505", "agent lee"))
        await store.close()
    }

    @Test("an update of a row that somebody deleted is not acknowledged")
    func missing() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        #expect(await store.commit(store.batch(inquiries: [Sample.waiting(1)])).isDone)
        try await test.sql("DELETE FROM switchboard.inquiry")
        let refusal = try #require(await store.commit(store.batch(2, inquiries: [Sample.waiting(1, nil)])).refusal)
        #expect(refusal.sqlState == "SB003")
        var rewritten = Sample.waiting(1)
        rewritten.isNew = false
        let again = try #require(await store.commit(store.batch(3, inquiries: [rewritten])).refusal)
        #expect(again.sqlState == "SB003")
        await store.close()
    }
}
