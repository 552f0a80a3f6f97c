import Postgres
import Routing
import Simulation
import Testing

@testable import Storage

@Suite struct RecoveryTests {
    private let start = Sample.start

    /// Everything that is optional, set.
    private var full: InquiryRow {
        var row = Sample.waiting(
            3,
            Sample.definition(
                key: "order-981", customer: "고객 \"42\"", subject: "환불\n문의", attributes: #"{"tier":"gold","상품":"신발"}"#,
                skills: [SkillLevel(skill: "billing", level: 3), SkillLevel(skill: "한국어", level: 10)]))
        row.definition?.prefer = [SkillLevel(skill: "영어", level: 1), SkillLevel(skill: "refund", level: 9)]
        row.definition?.scheduledAt = start + .seconds(2)
        row.definition?.preferred = "김 상담"
        row.definition?.hold = .milliseconds(15_500)
        row.definition?.holdUntil = start + .milliseconds(17_500)
        row.definition?.csat = 5
        row.definition?.nps = 10
        row.definition?.comment = Array("고마워요 \"👍🏽\"\t\\N {} \n끝".utf8)
        row.state = .offered
        row.stateSince = start + .seconds(5)
        row.priority = -100
        row.agent = "김 상담"
        row.offerExpires = start + .seconds(20)
        row.acceptedAt = start + .seconds(1)
        row.excluded = ["lee", "q\"uote\\"]
        row.excludedAt = start + .seconds(4)
        row.passed = ["park"]
        row.disposition = Array("아니오".utf8)
        row.decisionSeq = .max
        row.definition?.parts = [
            PartRow(skill: "billing", level: 3, source: .request),
            PartRow(skill: "billing", level: 2, source: .rule(Name("gold: \"customers\", 한국어"))),
            PartRow(skill: "한국어", level: 10, source: .queue),
            PartRow(skill: "한국어", level: 1, source: .step(after: .milliseconds(1_500))),
            PartRow(skill: "billing", level: 10, source: .escalation(Name("lead"))),
            PartRow(skill: "billing", level: 1, source: .hand),
        ]
        row.waitedBefore = TimeSpan(microseconds: .max)
        row.stepsDone = 64
        row.moves = 16
        row.hasResponse = true
        row.isReopened = true
        row.worked = .minutes(10)
        return row
    }

    @Test("inquiries come back as they were written, everything optional set or not")
    func inquiries() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        let plain = Sample.waiting(1)
        // Not in order of id: recovery puts them in order.
        #expect(await store.commit(store.batch(inquiries: [full, plain])).isDone)
        await store.close()
        let again = try await test.open()
        #expect(again.state.recovered.inquiries == [plain, full].map(\.stored))
        #expect(again.state.batch == 1)
        await again.close()
    }

    @Test("however rows have come to stand in the table, they come back in order of id, each whole")
    func order() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        var expected = (Int64(1)...500).map { Sample.waiting($0, Sample.definition(key: "key-\($0)")) }
        var random = SplitMix64(seed: 5)
        #expect(await store.commit(store.batch(inquiries: expected.shuffled(using: &random))).isDone)
        // Those that are written again stand elsewhere.
        for place in expected.indices where place % 3 == 0 {
            expected[place].priority = Int32(place % 100)
            expected[place].isNew = false
        }
        let again = expected.filter { !$0.isNew }.shuffled(using: &random)
        #expect(await store.commit(store.batch(2, inquiries: again)).isDone)
        await store.close()
        let reopened = try await test.open()
        #expect(reopened.state.recovered.inquiries == expected.map(\.stored))
        await reopened.close()
    }

    @Test("an update changes all that can change and keeps the submission")
    func update() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        #expect(await store.commit(store.batch(inquiries: [Sample.waiting(3, full.definition)])).isDone)
        var changed = full
        changed.isNew = false
        changed.definition = nil
        #expect(await store.commit(store.batch(2, inquiries: [changed])).isDone)
        #expect(try await inquiries(test) == [full.stored])

        var back = Sample.waiting(3, nil)
        #expect(await store.commit(store.batch(3, inquiries: [back])).isDone)
        back.definition = full.definition
        #expect(try await inquiries(test) == [back])
        await store.close()
    }

    @Test("a rewrite changes everything, also what is taken away")
    func rewrite() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        let plain = Sample.waiting(3)
        #expect(await store.commit(store.batch(inquiries: [plain, Sample.waiting(4)])).isDone)
        var row = full
        row.isNew = false
        // Beside one that is new and one whose definition stays: each goes its own way.
        var hot = Sample.waiting(4, nil)
        hot.priority = 100
        let new = Sample.waiting(5)
        #expect(await store.commit(store.batch(2, inquiries: [row, hot, new])).isDone)
        hot.definition = Sample.definition()
        #expect(try await inquiries(test) == [row, hot, new].map(\.stored))

        var back = plain
        back.isNew = false
        #expect(await store.commit(store.batch(3, inquiries: [back])).isDone)
        #expect(try await inquiries(test) == [back, hot, new].map(\.stored))
        await store.close()
    }

    @Test(
        "the least and the most that a mark and a hold can be come back",
        arguments: [
            (1, 0, TimeSpan.zero), (5, 10, TimeSpan(microseconds: .max)),
        ] as [(UInt8, UInt8, TimeSpan)])
    func limits(csat: UInt8, nps: UInt8, hold: TimeSpan) async throws {
        let test = try await TestStore()
        let store = try await test.open()
        var row = Sample.waiting(1)
        row.definition?.csat = csat
        row.definition?.nps = nps
        row.definition?.hold = hold
        #expect(await store.commit(store.batch(inquiries: [row])).isDone)
        #expect(try await inquiries(test) == [row.stored])
        await store.close()
    }

    @Test("every state that is live comes back, none that is closed", arguments: InquiryState.allCases)
    func states(_ state: InquiryState) async throws {
        let test = try await TestStore()
        let store = try await test.open()
        var row = Sample.waiting(1)
        row.state = state
        switch state {
        case .waiting: break
        case .scheduled: row.definition?.scheduledAt = start + .days(1)
        case .offered:
            row.agent = "kim"
            row.offerExpires = start + .seconds(20)
        case .assigned, .held:
            row.agent = "kim"
            row.acceptedAt = start
        case .completed:
            row.agent = "kim"
            row.acceptedAt = start
            row.closedAt = start
        case .abandoned, .cancelled, .expired: row.closedAt = start
        }
        #expect(await store.commit(store.batch(inquiries: [row])).isDone)
        #expect(try await inquiries(test) == (state.isLive ? [row.stored] : []))

        let reader = store.makeReader()
        #expect(try await reader.inquiry(id: 1) == row.stored)
        try await blocking { reader.stop() }
        await store.close()
    }

    @Test("a site reads back its own inquiries and keys only")
    func sites() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        var settings = test.settings
        settings.site = 3
        settings.holder = "folder-3"
        let other = try await test.open(settings)
        let id: Int64 = 3 << 48 + 1
        #expect(
            await store.commit(store.batch(inquiries: [Sample.waiting(1)], keys: [Sample.key(1, inquiry: 1)])).isDone)
        #expect(
            await other.commit(other.batch(inquiries: [Sample.waiting(id)], keys: [Sample.key(2, inquiry: id)])).isDone)
        let here = try await recovered(test)
        #expect(here.inquiries.map(\.id) == [1])
        #expect(here.keys.map(\.inquiry) == [1])
        await store.close()
        await other.close()
        let again = try await test.open(settings)
        #expect(again.state.recovered.inquiries.map(\.id) == [id])
        #expect(again.state.recovered.keys.map(\.inquiry) == [id])
        await again.close()
    }

    @Test("closed inquiries stay in the store; those in wrap-up come back")
    func closed() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        let ids: [Int64] = [1, 2, 3, 4]
        #expect(await store.commit(store.batch(inquiries: ids.map { Sample.waiting($0) })).isDone)
        var abandoned = Sample.waiting(4, nil)
        abandoned.state = .abandoned
        abandoned.closedAt = start
        let rows = [Sample.completed(1), Sample.completed(2, wrapUpEnds: start + .seconds(120)), abandoned]
        #expect(await store.commit(store.batch(2, inquiries: rows)).isDone)
        var wrapping = rows[1]
        wrapping.definition = Sample.definition()
        #expect(try await inquiries(test) == [wrapping, Sample.waiting(3).stored])

        let reader = store.makeReader()
        var gone = rows[0]
        gone.definition = Sample.definition()
        #expect(try await reader.inquiry(id: 1) == gone)
        #expect(try await reader.inquiry(id: 99) == nil)
        try await blocking { reader.stop() }
        await store.close()
    }

    @Test("agents come back in order of number, everything optional set or not")
    func agents() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        var kim = Sample.agent(
            "김", 0,
            AgentDefinition(
                name: "김 \"철수\"", team: "서울", skills: [SkillLevel(skill: "billing", level: 5)],
                channels: [ChannelLimit(channel: "voice", limit: 1), ChannelLimit(channel: "chat", limit: nil)],
                capacity: 10_000))
        kim.state = .away
        kim.awayReason = "점심"
        kim.channelsOn = ["chat", "email"]
        kim.missedInRow = 2
        kim.idleSince = start + .seconds(7)
        var lee = Sample.agent("lee", 1)
        var none = Sample.agent("none", 2, AgentDefinition(channels: []))
        none.channelsOn = []
        #expect(await store.commit(store.batch(agents: [lee, none, kim])).isDone)
        #expect(try await recovered(test).agents == [kim, lee, none])

        // A hot update leaves the definition alone, a definition replaces everything.
        lee.state = .ready
        lee.stateSince = start + .seconds(1)
        let definition = lee.definition
        lee.definition = nil
        kim = Sample.agent("김", 0, AgentDefinition(capacity: 1))
        #expect(await store.commit(store.batch(2, agents: [lee, kim])).isDone)
        lee.definition = definition
        #expect(try await recovered(test).agents == [kim, lee, none])
        await store.close()
    }

    @Test("a deleted agent is gone, and may be made anew in the same batch")
    func deletedAgents() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        let agents = [Sample.agent("김", 0), Sample.agent("lee", 1), Sample.agent("park", 2)]
        #expect(await store.commit(store.batch(agents: agents)).isDone)
        let anew = Sample.agent("김", 3, AgentDefinition(name: "다른 김"))
        // The last was made and deleted before the store heard of it.
        let batch = store.batch(2, agents: [anew], deletedAgents: ["김", "park", "none"])
        #expect(await store.commit(batch).isDone)
        #expect(try await recovered(test).agents == [agents[1], anew])
        await store.close()
    }

    @Test("keys within the window come back in order of time; an expired one is used anew")
    func keys() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        let old = Sample.key(1, inquiry: 1, at: start - .days(7))
        let recent = Sample.key(2, inquiry: 2, at: start - .days(7) + .milliseconds(1))
        let latest = Sample.key(.max, inquiry: 3, at: start)
        let twin = Sample.key(4, inquiry: 4, at: start)
        #expect(await store.commit(store.batch(keys: [twin, latest, old, recent])).isDone)
        #expect(try await recovered(test).keys == [recent, latest, twin])

        let reused = Sample.key(1, inquiry: 9, at: start)
        #expect(await store.commit(store.batch(2, keys: [reused])).isDone)
        #expect(try await recovered(test).keys == [recent, latest, twin, reused])
        await store.close()
    }

    @Test("the engine's row, tokens and plans come back")
    func rest() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        let admin = TokenRow(id: 1, role: "admin", digest: [UInt8](repeating: 1, count: 32), createdAt: start)
        var supervisor = TokenRow(
            id: 2, role: "supervisor", name: "팀장", teams: ["서울", "부산"], digest: [UInt8](repeating: 2, count: 32),
            createdAt: start, expiresAt: start + .days(1))
        let plan = PlanRow(version: 1, at: start, author: "admin", note: "첫", body: Array(#"{"queues": {}}"#.utf8))
        var batch = store.batch(tokens: [supervisor, admin], plans: [plan])
        batch.engine = EngineRow(
            seq: 12, nextID: 11, clock: start + .seconds(9), totals: Totals(), isDraining: true,
            pausedQueues: ["환불", "q\"uote\\,{}", "NULL"])
        batch.engine.totals.submitted = 10
        batch.engine.totals.expired = 4
        batch.engine.totals.completed = 3
        batch.engine.totals.abandoned = 2
        batch.engine.totals.cancelled = 1
        #expect(await store.commit(batch).isDone)
        supervisor.revokedAt = start + .seconds(2)
        #expect(
            await store.commit(JournalBatch(number: 2, engine: batch.engine, changes: Changes(), tokens: [supervisor]))
                .isDone)
        await store.close()

        let again = try await test.open()
        #expect(again.state.recovered.engine == batch.engine)
        #expect(again.state.tokens == [admin, supervisor])
        #expect(again.state.plans == [plan])
        #expect(again.state.batch == 2)
        await again.close()
    }

    @Test("a long list of paused queues is kept through batches that do not change it, and can be emptied")
    func paused() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        var batch = store.batch()
        batch.engine.pausedQueues = (0..<1_024).map { "\($0) " + String(repeating: "큐", count: 20) }
        for number in 1...3 {
            batch.number = Int64(number)
            #expect(await store.commit(batch).isDone)
        }
        #expect(try await recovered(test).engine == batch.engine)
        batch.number = 4
        batch.engine.pausedQueues = []
        #expect(await store.commit(batch).isDone)
        #expect(try await recovered(test).engine == batch.engine)
        await store.close()
    }

    @Test("a row that no batch can have written is named")
    func corrupt() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        #expect(await store.commit(store.batch(inquiries: [Sample.waiting(17)])).isDone)
        await store.close()
        try await test.sql("UPDATE switchboard.inquiry SET skills = '[1]'")
        let error = try #require(try await test.openingFailure())
        #expect(error.code == .corrupt)
        #expect(error.description == "the skills of inquiry 17 are not levels by name")
        for part in ["billing", "billing:x request", "billing:3 nobody", "billing:3 step:soon", "billing:300 request"] {
            try await test.sql("UPDATE switchboard.inquiry SET skills = NULL, parts = ARRAY['\(part)']")
            let error = try #require(try await test.openingFailure())
            #expect(error.description == "inquiry 17 requires \(part), which is no skill of anybody's")
        }
        try await test.sql("UPDATE switchboard.inquiry SET parts = NULL, stay = '[1]'")
        #expect(try await test.openingFailure()?.description == "the stay of inquiry 17 is not numbers by name")
    }

    @Test("a start that lost its lease meanwhile does not serve")
    func deposedStart() async throws {
        let test = try await TestStore()
        await (try test.open()).close()
        let error = await #expect(throws: StorageError.self) {
            try await blocking {
                let connection = try Connection(test.conninfo, applicationName: "test", timeout: .seconds(20))
                defer { connection.close() }
                let old = LeaseTerm(site: 0, epoch: 0, length: .seconds(4))
                _ = try Recovery(connection: connection, term: old, keyWindow: .days(7)).read()
            }
        }
        #expect(error?.code == .deposed)
    }

    /// What a start would find now; the open store keeps its lease.
    private func recovered(_ test: TestStore) async throws -> Recovered {
        try await blocking {
            let connection = try Connection(test.conninfo, applicationName: "test", timeout: .seconds(20))
            defer { connection.close() }
            let term = LeaseTerm(site: 0, epoch: 1, length: .seconds(4))
            return try Recovery(connection: connection, term: term, keyWindow: .days(7)).read().recovered
        }
    }

    private func inquiries(_ test: TestStore) async throws -> [InquiryRow] { try await recovered(test).inquiries }
}

extension InquiryRow {
    /// As it comes back from the store.
    var stored: InquiryRow {
        var row = self
        row.isNew = false
        return row
    }
}

extension JournalReader {
    func lastAgent(_ customer: String, since: Instant) async throws -> String? {
        try await withCheckedThrowingContinuation { continuation in
            lastAgent(ofCustomer: Array(customer.utf8), closedSince: since) { continuation.resume(with: $0) }
        }
    }

    func inquiry(id: Int64) async throws -> InquiryRow? {
        try await withCheckedThrowingContinuation { continuation in
            inquiry(id: id) { continuation.resume(with: $0) }
        }
    }

    func events(after seq: Int64, limit: Int32 = 1_000) async throws -> [LogEntry] {
        try await withCheckedThrowingContinuation { continuation in
            events(after: seq, limit: limit) { continuation.resume(with: $0) }
        }
    }

    func seqs() async throws -> (first: Int64?, last: Int64) {
        let first = try await withCheckedThrowingContinuation { continuation in
            firstSeq { continuation.resume(with: $0) }
        }
        let last = try await withCheckedThrowingContinuation { continuation in
            lastSeq { continuation.resume(with: $0) }
        }
        return (first, last)
    }

    func closed(_ query: ClosedQuery) async throws -> ClosedPage {
        try await withCheckedThrowingContinuation { continuation in
            closedInquiries(query) { continuation.resume(with: $0) }
        }
    }

    func forget(_ customer: String, before: Int64, epoch: Int64) async throws -> Int64 {
        try await withCheckedThrowingContinuation { continuation in
            forget(customer: Array(customer.utf8), before: before, epoch: epoch) { continuation.resume(with: $0) }
        }
    }
}

extension Sweeper {
    func maintain(clock: Instant, retain: TimeSpan? = nil, keys: Int32 = 10_000) async throws -> Maintenance {
        try await withCheckedThrowingContinuation { continuation in
            maintain(clock: clock, retain: retain, keys: keys) { continuation.resume(with: $0) }
        }
    }
}
