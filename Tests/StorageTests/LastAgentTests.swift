import Routing
import Testing

@testable import Storage

@Suite struct LastAgentTests {
    private let start = Sample.start

    private func completed(_ id: Int64, _ agent: String, at: Instant, customer: String = "고객 42") -> InquiryRow {
        var row = Sample.completed(id)
        row.isNew = true
        row.definition = Sample.definition(customer: customer)
        row.agent = agent
        row.closedAt = at
        return row
    }

    @Test("it is who completed the one that was closed last, whatever came in last")
    func mostRecent() async throws {
        let rows = [
            completed(1, "lee", at: start + .seconds(50)), completed(2, "김", at: start + .seconds(90)),
            completed(3, "park", at: start + .seconds(70)),
            completed(4, "choi", at: start + .seconds(99), customer: "고객 4"),
        ]
        #expect(try await lastAgent("고객 42", of: rows) == "김")
        #expect(try await lastAgent("고객 4", of: rows) == "choi")
        #expect(try await lastAgent("고객", of: rows) == nil)
        #expect(try await lastAgent("", of: rows) == nil)
    }

    @Test("one that was closed at that moment counts, one before it does not")
    func since() async throws {
        let rows = [completed(1, "kim", at: start + .seconds(90))]
        #expect(try await lastAgent("고객 42", since: start + .seconds(90), of: rows) == "kim")
        #expect(
            try await lastAgent("고객 42", since: start + .seconds(90) + TimeSpan(microseconds: 1), of: rows) == nil)
    }

    @Test(
        "what was not completed, or was reopened, has no last agent",
        arguments: [
            InquiryState.waiting, .assigned, .abandoned, .cancelled, .expired,
        ])
    func others(_ state: InquiryState) async throws {
        var row = Sample.waiting(1, Sample.definition(customer: "고객 42"))
        row.state = state
        if !state.isLive { row.closedAt = start + .seconds(90) }
        if state != .waiting { row.agent = "kim" }
        if state == .assigned { row.acceptedAt = start }
        #expect(try await lastAgent("고객 42", of: [row]) == nil)
    }

    @Test("only the newest 64 are looked at", arguments: [(63, "kim"), (64, nil)])
    func bounded(newerCount: Int64, expected: String?) async throws {
        let newer = (0..<newerCount).map { Sample.waiting(2 + $0, Sample.definition(customer: "고객 42")) }
        let rows = [completed(1, "kim", at: start + .seconds(90))] + newer
        #expect(try await lastAgent("고객 42", of: rows) == expected)
    }

    private func lastAgent(_ customer: String, since: Instant? = nil, of rows: [InquiryRow]) async throws -> String? {
        let test = try await TestStore()
        let store = try await test.open()
        #expect(await store.commit(store.batch(inquiries: rows)).isDone)
        let reader = store.makeReader()
        let agent = try await reader.lastAgent(customer, since: since ?? start)
        try await blocking { reader.stop() }
        await store.close()
        return agent
    }
}
