import Postgres
import Routing
import TestSupport
import Testing

@testable import Storage

@Suite struct StatementPlanTests {
    @Test("what runs per batch looks rows up by index, even when prepared on empty, never analysed tables")
    func writerPlans() async throws {
        let statements = JournalStatement.allCases.map { ($0.rawValue, $0.sql) }
        let plans = try await plans(of: statements, session: WriterStatement.session)
        #expect(plans["updateInquiries"]?.contains("Index Scan using inquiry_pkey") == true)
        #expect(plans["rewriteInquiries"]?.contains("Index Scan using inquiry_pkey") == true)
        #expect(plans["takeOutUnswept"]?.contains("Index Scan using inquiry_pkey") == true)
        #expect(plans["takeOutSwept"]?.contains("_pkey on closed_inquiry_") == true)
        #expect(plans["deleteAgents"]?.contains("Index Scan using agent_pkey") == true)
        #expect(plans["updateAgents"]?.contains("Index Scan using agent_pkey") == true)
        for (name, plan) in plans {
            let isByKey = !["Seq Scan", "Hash Join", "Merge"].contains { plan.contains($0) }
            #expect(isByKey, "\(name): \(plan)")
        }
    }

    @Test("a replay reads the log by its key and each inquiry by its own")
    func readerPlans() async throws {
        let statements: [ReaderStatement] = [
            .events, .firstSeq, .inquiry, .closedInquiries, .closedInquiriesOfCustomer,
        ]
        let plans = try await plans(of: statements.map { ($0.rawValue, $0.sql) }, session: ReaderStatement.session)
        #expect(plans["events"]?.contains("Index Scan using inquiry_pkey") == true)
        for (name, plan) in plans { #expect(!plan.contains("Seq Scan"), "\(name): \(plan)") }
        // Both tables, each by its own.
        for name in ["events", "inquiry"] {
            #expect(plans[name]?.contains("closed_inquiry_2026_03_pkey") == true, "\(plans[name] ?? "")")
        }
        // In the order of the index, so that no more is read than a page looks at.
        let listing = try #require(plans["closedInquiries"])
        #expect(listing.contains("Merge Append") && listing.contains("closed_inquiry_2026_03_pkey"), "\(listing)")
        let customers = try #require(plans["closedInquiriesOfCustomer"])
        #expect(customers.contains("closed_inquiry_2026_03_customer_id_idx"), "\(customers)")
        #expect(customers.contains("Index Scan using inquiry_customer_idx"), "\(customers)")
    }

    @Test("a customer's last agent is found by the customer, the newest first")
    func lastAgentPlan() async throws {
        let statement = ReaderStatement.lastAgent
        let plans = try await plans(of: [(statement.rawValue, statement.sql)], session: ReaderStatement.session)
        let plan = try #require(plans[statement.rawValue])
        #expect(plan.contains("Index Scan Backward using inquiry_customer_idx"))
        #expect(plan.contains("Index Cond: (customer = "))
        #expect(plan.contains("Index Scan Backward using closed_inquiry_2026_03_customer_id_idx"))
        // The tables' orders are merged; the one sort is that of the 64 at most.
        #expect(plan.split(separator: "\n").filter { $0.contains("->  Sort") }.count == 1, "\(plan)")
    }

    private func plans(of statements: [(String, String)], session: String) async throws -> [String: String] {
        let test = try await TestStore()
        await (try test.open()).close()
        return try await blocking {
            let connection = try Connection(test.conninfo, applicationName: "test", timeout: .seconds(20))
            defer { connection.close() }
            try connection.execute(session)
            var plans: [String: String] = [:]
            for (name, sql) in statements {
                try connection.prepare(name, sql)
                let count = (1...64).last { sql.contains("$\($0)") } ?? 0
                let nulls = Array(repeating: "NULL", count: count).joined(separator: ", ")
                let result = try connection.execute("EXPLAIN (COSTS OFF) EXECUTE \"\(name)\"(\(nulls))")
                plans[name] = (0..<result.rowCount).compactMap { result.text($0, 0) }.joined(separator: "\n")
            }
            return plans
        }
    }

    @Test("nearly every update of an inquiry and an agent stays in its page")
    func hot() async throws {
        // A server of its own: long transactions of other tests would keep dead rows from being pruned.
        let cluster = try await ThrowawayCluster.fresh()
        let test = try await TestStore(cluster)
        let store = try await test.open()
        let ids = (1...500).map { Int64($0) }
        let attributes = #"{"lang":"en","tier":"gold","region":"emea","order":123456,"customer":654321}"#
        func definition(_ id: Int64) -> InquiryDefinition {
            Sample.definition(key: "order-\(id)", customer: "고객-\(id % 100)", attributes: attributes)
        }
        let rows = ids.map { Sample.waiting($0, definition($0)) }
        let agents = (0..<50).map { Sample.agent("agent-\($0)", $0) }
        #expect(await store.commit(store.batch(inquiries: rows, agents: agents)).isDone)
        for round in 1...3 {
            let changed = ids.map { id in
                // The second round rewrites, which must not touch what is indexed.
                var row = Sample.waiting(id, round == 2 ? definition(id) : nil)
                row.isNew = false
                row.definition?.preferred = "agent-7"
                row.decisionSeq = Int64(round)
                row.state = round == 3 ? .completed : .assigned
                row.agent = "agent-\(id % 50)"
                row.acceptedAt = Sample.start
                row.closedAt = round == 3 ? Sample.start : nil
                return row
            }
            var moved = agents
            for index in moved.indices { moved[index].definition = nil }
            #expect(await store.commit(store.batch(1 + Int64(round), inquiries: changed, agents: moved)).isDone)
        }
        await store.close()
        // The writer's session has reported its counts when it ended; until then there is nothing to see.
        let share = """
            SELECT min(n_tup_hot_upd::float8 / nullif(n_tup_upd, 0)) >= 0.9 FROM pg_stat_user_tables
            WHERE relname IN ('inquiry', 'agent') HAVING sum(n_tup_upd) >= 1650
            """
        var isHot: String?
        while isHot == nil { isHot = try await test.sql(share) }
        #expect(isHot == "t")
        try await blocking { try cluster.remove() }
    }
}
