import Routing
import TestSupport
import Testing

@testable import Storage

@Suite struct JournalReaderTests {
    @Test("events come back in order with their details in the words of the wire")
    func details() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        let details: [EventDetail] = [
            EventDetail(.channel, .name("chat")), EventDetail(.reason, .text(Array("왜 \"그\"\n\u{1}".utf8))),
            EventDetail(.priority, .integer(-7)), EventDetail(.expires, .instant(Sample.start + .milliseconds(20_250))),
            EventDetail(.waited, .span(.milliseconds(90_000))), EventDetail(.late, .flag(true)),
            EventDetail(.skills, .levels([SkillLevel(skill: "billing", level: 3), SkillLevel(skill: "a", level: 1)])),
            EventDetail(
                .channels,
                .limits([ChannelLimit(channel: "voice", limit: 1), ChannelLimit(channel: "chat", limit: nil)])),
        ]
        var nobody = Sample.event(2, .drain)
        nobody.inquiry = 0
        nobody.queue = ""
        let events = [Sample.event(1, .declined, agent: "kim", details: details), nobody]
        #expect(await store.commit(store.batch(inquiries: [Sample.waiting(1)], events: events)).isDone)
        let reader = store.makeReader()
        let log = try await reader.events(after: 0)
        #expect(log.map(\.seq) == [1, 2])
        #expect(log[0].type == "declined")
        #expect(log[0].at == Sample.start)
        #expect(log[0].agent == "kim")
        #expect(log[0].queue == "default")
        #expect(
            String(decoding: log[0].details, as: UTF8.self)
                == #"{"channel":"chat","reason":"왜 \"그\"\u000a\u0001","priority":-7,"#
                + #""expires":"2026-03-02T00:00:20.250Z","waited":"1m30s","late":true,"#
                + #""skills":{"billing":3,"a":1},"channels":{"voice":1,"chat":null}}"#)
        #expect((log[1].inquiry, log[1].source, log[1].queue, log[1].details) == (0, 0, "", []))
        try await blocking { reader.stop() }
        await store.close()
    }

    @Test("an offer's entry joins what the inquiry's row still has, others only its source and channel")
    func join() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        let row = Sample.waiting(1, Sample.definition(customer: "c-42", subject: "문의", attributes: #"{"b":1,"a":2}"#))
        let events = [Sample.event(1), Sample.event(2, .offered, agent: "kim"), Sample.event(3, .accepted)]
        #expect(await store.commit(store.batch(inquiries: [row], events: events)).isDone)
        let reader = store.makeReader()
        var log = try await reader.events(after: 1)
        #expect(log.map(\.customer) == [Array("c-42".utf8), []])
        #expect(log.map(\.subject) == [Array("문의".utf8), []])
        #expect(log.map(\.attributes) == [Array(#"{"b":1,"a":2}"#.utf8), []])
        #expect(log.map(\.source) == [2, 2])
        #expect(log.map(\.channel) == ["chat", "chat"])

        try await test.sql("UPDATE switchboard.inquiry SET customer = NULL, subject = NULL, attrs = NULL")
        log = try await reader.events(after: 1, limit: 1)
        #expect(log.count == 1)
        #expect(log[0].customer.isEmpty && log[0].attributes.isEmpty)
        try await blocking { reader.stop() }
        await store.close()
    }

    @Test("the log is read across months, and its first and last numbers are known")
    func months() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        let reader = store.makeReader()
        var seqs = try await reader.seqs()
        #expect(seqs.first == nil && seqs.last == 0)
        let events = (1...4).map { Sample.event($0, .drain, at: Sample.start + .days(20 * ($0 - 1))) }
        #expect(await store.commit(store.batch(events: events)).isDone)
        #expect(try await test.sql("SELECT count(DISTINCT tableoid) FROM switchboard.event") == "3")
        #expect(try await reader.events(after: 1).map(\.seq) == [2, 3, 4])
        try await test.sql("DROP TABLE switchboard.event_2026_03")
        seqs = try await reader.seqs()
        #expect(seqs.first == 3 && seqs.last == 4)
        try await blocking { reader.stop() }
        await store.close()
    }

    @Test("a reader that lost its connection connects anew")
    func reconnects() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        let reader = store.makeReader()
        #expect(try await reader.events(after: 0).isEmpty)
        try await test.sql(
            """
            SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
            WHERE application_name = 'switchboard reader' AND datname = current_database()
            """)
        #expect(try await reader.events(after: 0).isEmpty)
        try await blocking { reader.stop() }
        await #expect(throws: StorageError.self) { try await reader.events(after: 0) }
        await store.close()
    }
}
