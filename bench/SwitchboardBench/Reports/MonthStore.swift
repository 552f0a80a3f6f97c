import Foundation
import Plan
import Postgres
import Routing
import Storage

/// A database with a month in it, committed by the journal's writer and swept by the sweeper.
struct MonthStore {
    let database: DatabaseOptions
    let name: String

    /// How much there is.
    struct Size {
        var events = 0
        var inquiries = 0
        var batches = 0
        var swept: Int64 = 0
    }

    /// Makes the database anew and fills it. While one batch is committed, the next one is made.
    func fill(_ plan: RoutingPlan, events: Int) throws -> Size {
        try database.make(name)
        let store = try database.open(name, at: MonthPlan.begins, isPatient: true)
        let sweeper = store.makeSweeper()
        defer {
            sweeper.stop()
            store.writer.stop()
        }
        var traffic = try MonthTraffic(store.state, plan: plan, events: events)
        var size = Size()
        var released: Int64 = 0
        var pending: (commit: PendingCommit, released: [ClosedInquiry])?
        while var batch = traffic.nextBatch() {
            if size.batches == 0 {
                batch.plans = [PlanRow(version: 1, at: MonthPlan.begins, author: "bench", body: plan.document)]
            }
            size.batches += 1
            try pending?.commit.wait()
            if let done = pending { sweeper.release(done.released) }
            pending = (store.begin(batch), batch.changes.released)
            released += Int64(batch.changes.released.count)
            Self.tell("\(traffic.eventCount) events")
        }
        try pending?.commit.wait()
        if let done = pending { sweeper.release(done.released) }
        while size.swept < released {
            size.swept += try maintain(sweeper, at: MonthPlan.ends).inquiriesSwept
            Self.tell("\(size.swept) of \(released) inquiries put away")
            usleep(200_000)
        }
        Self.tell("")
        size.events = traffic.eventCount
        size.inquiries = traffic.inquiryCount
        return size
    }

    /// The sweeper of a later start puts away what the engine before had in memory still: waits until it has.
    func awaitSweep(_ connection: Connection) throws {
        func left() throws -> Bool {
            try connection.query(
                """
                SELECT EXISTS (
                    SELECT FROM switchboard.inquiry AS q, switchboard.engine AS e
                    WHERE q.closed_at < e.clock AND q.wrap_up_ends IS NULL)
                """
            ).field(0, 0).bool
        }
        while try left() { usleep(200_000) }
    }

    private func maintain(_ sweeper: Sweeper, at clock: Instant) throws -> Maintenance {
        let round = Drop()
        sweeper.maintain(clock: clock) { round.end($0) }
        while !round.isOver { usleep(10_000) }
        return try round.done()
    }

    /// On one line, for who waits.
    private static func tell(_ progress: String) {
        guard isatty(2) == 1 else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(progress)".utf8))
    }
}
