import Dispatch
import Postgres
import Routing

/// Statements of the sweeping connection.
enum SweeperStatement: String, CaseIterable {
    case sweep
    case sweepSlice
    case makePartitions
    case dropPartition
    case deleteKeys
    case defaultPartition
    case keepSpans
    case keepResolution

    /// As on the other connections, but for what the index of old keys needs.
    static let session = """
        SET search_path = pg_catalog; SET plan_cache_mode = force_generic_plan; SET jit = off;
        SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off
        """

    var sql: String {
        switch self {
        case .sweep: "SELECT switchboard.sweep($1, $2, $3, $4)"
        case .sweepSlice: "SELECT moved, last FROM switchboard.sweep_slice($1, $2, $3, $4, $5)"
        case .makePartitions: "SELECT switchboard.make_partitions($1, $2, $3)"
        case .dropPartition: "SELECT switchboard.drop_partition($1, $2, $3, $4)"
        case .deleteKeys:
            """
            DELETE FROM switchboard.inquiry_key
            WHERE fingerprint = ANY (ARRAY(
                SELECT k.fingerprint FROM switchboard.inquiry_key AS k WHERE k.at <= $1 LIMIT $2)) AND at <= $1
            """
        case .defaultPartition:
            """
            SELECT EXISTS (SELECT FROM switchboard.event_default),
                EXISTS (SELECT FROM switchboard.closed_inquiry_default)
            """
        case .keepSpans: "SELECT switchboard.keep_spans($1, $2, 1)"
        case .keepResolution: "SELECT switchboard.keep_resolution($1, $2, 1)"
        }
    }
}

/// What the sweeper's thread owns.
final class SweeperLoop {
    static let applicationName = "switchboard sweeper"
    private static let timeout: Duration = .seconds(10)
    private static let statementTimeout: Duration = .seconds(8)
    /// Attaching a partition waits for readers; it gives way instead of holding up those behind it.
    private static let lockTimeout: Duration = .milliseconds(500)
    /// Rows of one transaction. A batch that changes a closed inquiry which had left memory may have to wait for it.
    static let rowsMax = 250
    /// Between two slices of what an earlier sweeper left.
    private static let pace: Duration = .milliseconds(20)
    /// What waits to be moved, in memory. Past it nothing more is noted: the next start finds it.
    private static let waitingMax = 4_000_000
    /// Rows a DELETE: short enough never to be noticed by the writer.
    private static let keysPerStatement: Int32 = 1_000
    /// Days or quarters of an hour of one report that are kept in one round.
    static let slicesMax = 40
    private static let dropTries = 5
    private static let dropPause = DispatchTimeInterval.milliseconds(200)
    static let partitioned = ["event", "closed_inquiry"]

    private let settings: StoreSettings
    private let epoch: Int64
    private let before: Instant
    private let worker: Worker<SweeperJob>
    private var connection: Connection?
    private var parameters = Parameters()
    /// Released and not moved yet, the oldest first.
    private var waiting: [ClosedInquiry] = []
    private var waitingSince = ContinuousClock.now
    /// The last one that was looked at of those that an earlier sweeper left; nil once all were.
    private var lookedAt: Int64?
    private var lastLook = ContinuousClock.now
    private var swept: Int64 = 0
    private var backOff = BackOff()
    /// The lease is another's, or the store was stopped: nothing more is moved.
    private var isOver = false

    init(_ settings: StoreSettings, epoch: Int64, before: Instant, _ worker: Worker<SweeperJob>) {
        self.settings = settings
        self.epoch = epoch
        self.before = before
        self.worker = worker
        lookedAt = Int64(settings.site) << 48
    }

    func run() {
        while true {
            switch worker.next(timeout: patience) {
            case .job(.release(let inquiries)): gather(inquiries)
            case .job(.maintain(let order, let completion)):
                do throws(StorageError) {
                    completion(.success(try maintain(order)))
                } catch {
                    completion(.failure(error))
                }
            case .timedOut: break
            case .stopped:
                connection?.close()
                return
            }
            work()
        }
    }

    /// When there is something to move.
    private var releaseDue: ContinuousClock.Instant? {
        if isOver || waiting.isEmpty { return nil }
        return waiting.count >= Self.rowsMax ? .now : waitingSince + settings.sweepDelay
    }

    private var leftDue: ContinuousClock.Instant? { isOver || lookedAt == nil ? nil : lastLook + Self.pace }

    private var patience: DispatchTimeInterval {
        guard let due = [releaseDue, leftDue].compactMap({ $0 }).min() else { return .never }
        return .milliseconds(Int(max(.zero, due - .now).milliseconds))
    }

    private func gather(_ inquiries: [ClosedInquiry]) {
        if isOver { return }
        if waiting.isEmpty { waitingSince = .now }
        waiting.append(contentsOf: inquiries.prefix(Self.waitingMax - waiting.count))
    }

    // MARK: Sweeping

    /// A transaction of what was released and one of what was left, as far as they are due.
    private func work() {
        do throws(StorageError) {
            if let due = releaseDue, due <= .now { try sweepReleased() }
            if let due = leftDue, let lookedAt, due <= .now { try sweepLeft(after: lookedAt) }
            backOff.reset()
        } catch {
            if error.code == .deposed {
                isOver = true
                waiting = []
            } else if !worker.pause(backOff.next()) {
                isOver = true
            }
        }
    }

    private func sweepReleased() throws(StorageError) {
        let slice = waiting.prefix(Self.rowsMax)
        let connection = try connected()
        begin()
        parameters.openArray(of: .bigint)
        for inquiry in slice { parameters.append(inquiry.id) }
        parameters.closeArray()
        parameters.openArray(of: .timestamptz)
        for inquiry in slice { parameters.append(timestamp: inquiry.closedAt.microseconds) }
        parameters.closeArray()
        let result = try storing("sweep closed inquiries") { () throws(PostgresError) in
            try connection.execute(prepared: SweeperStatement.sweep.rawValue, parameters)
        }
        swept += Int64(result.field(0, 0).int32)
        waiting.removeFirst(slice.count)
        waitingSince = .now
    }

    private func sweepLeft(after id: Int64) throws(StorageError) {
        let connection = try connected()
        begin()
        parameters.add(timestamp: before.microseconds)
        parameters.add(id)
        parameters.add(Int32(Self.rowsMax))
        let result = try storing("sweep what was closed before the start") { () throws(PostgresError) in
            try connection.execute(prepared: SweeperStatement.sweepSlice.rawValue, parameters)
        }
        swept += Int64(result.field(0, 0).int32)
        let last = result.field(0, 1)
        lastLook = .now
        lookedAt = last.isNull ? nil : last.int64
    }

    /// The first parameters of what is fenced.
    private func begin() {
        parameters.removeAll()
        parameters.add(settings.site)
        parameters.add(epoch)
    }

    // MARK: Maintenance

    private func maintain(_ order: MaintenanceOrder) throws(StorageError) -> Maintenance {
        var done = Maintenance(inquiriesSwept: swept)
        for table in Self.partitioned {
            try attempt(&done) { done throws(StorageError) in
                done.partitionsMade += try makePartitions(of: table, at: order.clock)
            }
        }
        for report in [SweeperStatement.keepSpans, .keepResolution] {
            try attempt(&done) { done throws(StorageError) in try keepReports(report, &done) }
        }
        if let retain = order.retain {
            for table in Self.partitioned {
                try attempt(&done) { done throws(StorageError) in
                    try dropPartitions(of: table, before: order.clock - retain, &done)
                }
            }
        }
        try attempt(&done) { done throws(StorageError) in
            done.keysDeleted = try deleteKeys(before: order.clock - settings.keyWindow, order.keys)
        }
        try attempt(&done) { done throws(StorageError) in done.defaultPartitionsUsed = try usedDefaultPartitions() }
        swept = 0
        return done
    }

    /// What PostgreSQL refuses of one step keeps nothing from the others. Without a connection, or without the lease, none
    /// can be done.
    private func attempt(
        _ done: inout Maintenance, _ step: (inout Maintenance) throws(StorageError) -> Void
    ) throws(StorageError) {
        do throws(StorageError) {
            try step(&done)
        } catch {
            guard error.code == .postgres, connection?.isOpen == true else { throw error }
            done.failures.append(error.description)
        }
    }

    private func usedDefaultPartitions() throws(StorageError) -> [String] {
        let connection = try connected()
        let isUsed = try storing("look into the default partitions") { () throws(PostgresError) in
            try connection.execute(prepared: SweeperStatement.defaultPartition.rawValue, Parameters())
        }
        return Self.partitioned.enumerated().filter { isUsed.field(0, $0.offset).bool }.map(\.element)
    }

    private func makePartitions(of table: String, at clock: Instant) throws(StorageError) -> Int32 {
        let connection = try connected()
        parameters.removeAll()
        parameters.add(table)
        parameters.add(timestamp: clock.microseconds)
        parameters.add(Store.partitionMonthsAhead)
        let made = try storing("make partitions of \(table)") { () throws(PostgresError) in
            try connection.execute(prepared: SweeperStatement.makePartitions.rawValue, parameters)
        }
        return made.field(0, 0).int32
    }

    /// Keeps what a report says of what is over, a slice a transaction. One that takes too long, or whose table is
    /// locked, is for a later round.
    private func keepReports(_ statement: SweeperStatement, _ done: inout Maintenance) throws(StorageError) {
        for _ in 0..<Self.slicesMax {
            let connection = try connected()
            begin()
            do throws(StorageError) {
                let kept = try storing("keep a report") { () throws(PostgresError) in
                    try connection.execute(prepared: statement.rawValue, parameters)
                }
                if kept.field(0, 0).int32 == 0 { return }
                done.slicesKept += 1
            } catch {
                let state = error.underlying?.sqlState
                guard state == SQLState.cancelled || state == SQLState.lockNotAvailable else { throw error }
                done.isKeepingPostponed = true
                return
            }
        }
    }

    /// A transaction each, so that none holds the table for longer than it takes to drop one.
    private func dropPartitions(
        of table: String, before: Instant, _ done: inout Maintenance
    ) throws(StorageError) {
        var triesLeft = Self.dropTries
        while true {
            let connection = try connected()
            begin()
            parameters.add(table)
            parameters.add(timestamp: before.microseconds)
            do throws(StorageError) {
                let dropped = try storing("drop a partition of \(table)") { () throws(PostgresError) in
                    try connection.execute(prepared: SweeperStatement.dropPartition.rawValue, parameters)
                }
                if dropped.field(0, 0).isNull { return }
                done.partitionsDropped.append(dropped.field(0, 0).string)
            } catch {
                guard error.underlying?.sqlState == SQLState.lockNotAvailable else { throw error }
                triesLeft -= 1
                guard triesLeft > 0, worker.pause(Self.dropPause) else {
                    done.isDropPostponed = true
                    return
                }
            }
        }
    }

    private func deleteKeys(before: Instant, _ most: Int32) throws(StorageError) -> Int32 {
        var deleted: Int32 = 0
        while deleted < most {
            let connection = try connected()
            let count = min(Self.keysPerStatement, most - deleted)
            parameters.removeAll()
            parameters.add(timestamp: before.microseconds)
            parameters.add(Int64(count))
            let result = try storing("delete old keys") { () throws(PostgresError) in
                try connection.execute(prepared: SweeperStatement.deleteKeys.rawValue, parameters)
            }
            deleted += Int32(result.changedRows)
            if result.changedRows < Int(count) { break }
        }
        return deleted
    }

    // MARK: Connection

    private func connected() throws(StorageError) -> Connection {
        if let connection, connection.isOpen { return connection }
        connection = nil
        let fresh = try storing("connect to PostgreSQL") { () throws(PostgresError) in
            let fresh = try Connection(settings.conninfo, applicationName: Self.applicationName, timeout: Self.timeout)
            try fresh.execute(SweeperStatement.session)
            try fresh.execute(
                """
                SET statement_timeout = \(Self.statementTimeout.milliseconds);
                SET lock_timeout = \(Self.lockTimeout.milliseconds)
                """)
            for statement in SweeperStatement.allCases { try fresh.prepare(statement.rawValue, statement.sql) }
            return fresh
        }
        connection = fresh
        return fresh
    }
}
