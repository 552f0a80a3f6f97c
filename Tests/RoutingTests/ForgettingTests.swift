import Testing

@testable import Routing

/// What the engine lets go of, what it reads back, and whom it forgets.
@Suite struct ForgettingTests {
    /// A class: the macros of tests want what can be copied.
    private final class Desk {
        private var engine = Engine(plan: .of(.channel("chat")), at: .epoch)
        private(set) var output = Output()

        func apply(_ command: Command, at now: Instant = .epoch) {
            output.clear()
            engine.apply(command, at: now, into: &output)
        }

        func changes() -> Changes {
            var changes = Changes()
            engine.takeChanges(into: &changes)
            return changes
        }

        var forgottenCount: Int64 { engine.forgottenCount }
        func knows(_ id: Int64) -> Bool { engine.knows(id) }
        func knows(customer: [UInt8]) -> Bool { engine.knows(customer: customer) }
        func inquiry(_ id: Int64) -> InquiryRow? { engine.inquiry(id) }
        func recall(_ row: InquiryRow) { engine.recall(row) }
    }

    private func submission(_ customer: String) -> Command {
        .submit(
            Submission(
                source: 1, channel: 0,
                texts: InquiryTexts(
                    key: Array("k".utf8), customer: Array(customer.utf8), subject: Array("s".utf8),
                    attributes: Array("{}".utf8))))
    }

    @Test("one that has changed stays in memory until that is handed over, and is let go of with the next batch")
    func letsGo() throws {
        let engine = Desk()
        engine.apply(submission("c-1"))
        engine.apply(.abandon(id: 1))
        #expect(engine.changes().released.isEmpty)
        let late = Instant.epoch + .hours(25)
        engine.apply(.rate(id: 1, Rating(csat: 5)), at: late)
        #expect(engine.changes().released.isEmpty)
        #expect(engine.knows(1))
        #expect(engine.changes().released == [ClosedInquiry(id: 1, closedAt: .epoch)])
        #expect(!engine.knows(1))
    }

    @Test("one that was read back closed is handed over whole and marked, until it is live")
    func readBack() throws {
        let engine = Desk()
        engine.apply(submission("c-1"))
        engine.apply(.abandon(id: 1))
        _ = engine.changes()
        var row = try #require(engine.inquiry(1))
        #expect(!row.isReadBack)
        engine.apply(.drain(false), at: .epoch + .hours(25))
        #expect(engine.changes().released.count == 1)
        row.state = .completed
        row.acceptedAt = .epoch
        row.closedAt = .epoch + .hours(24)
        engine.recall(row)
        for _ in 1...2 {
            engine.apply(.rate(id: 1, Rating(csat: 4)), at: .epoch + .hours(25))
            let rated = try #require(engine.changes().inquiries.first)
            #expect(rated.isReadBack && !rated.isNew && rated.definition?.csat == 4)
        }
        engine.apply(.message(id: 1, from: .customer), at: .epoch + .hours(25))
        let reopened = try #require(engine.changes().inquiries.first)
        #expect(reopened.state == .waiting && reopened.isReadBack && reopened.definition != nil)
        engine.apply(.abandon(id: 1), at: .epoch + .hours(25))
        let closed = try #require(engine.changes().inquiries.first)
        #expect(!closed.isReadBack && closed.definition == nil)
    }

    @Test("a customer is forgotten a slice at a time, the newest first, live or closed, and nobody else")
    func customer() throws {
        let engine = Desk()
        for customer in ["c-1", "c-2", "c-1", "c-1"] { engine.apply(submission(customer)) }
        engine.apply(.abandon(id: 1))
        engine.apply(.rate(id: 1, Rating(csat: 5, comment: Array("gut".utf8))))
        _ = engine.changes()
        let name = Array("c-1".utf8)
        engine.apply(.forget(customer: name, limit: 2))
        #expect(engine.output.events.isEmpty && engine.forgottenCount == 2 && engine.knows(customer: name))
        #expect(engine.changes().inquiries.map(\.id) == [4, 3])
        engine.apply(.forget(customer: name, limit: 2))
        #expect(engine.forgottenCount == 3 && !engine.knows(customer: name))
        #expect(engine.knows(customer: Array("c-2".utf8)))
        let row = try #require(engine.changes().inquiries.first)
        let definition = try #require(row.definition)
        #expect(row.id == 1 && definition.csat == 5 && definition.comment.isEmpty)
        #expect(definition.texts == InquiryTexts(key: Array("k".utf8)))
        // It leaves memory like any other.
        engine.apply(.abandon(id: 3), at: .epoch + .hours(30))
        #expect(engine.changes().released.map(\.id) == [1])
    }
}
