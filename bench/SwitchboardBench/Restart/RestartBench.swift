import ArgumentParser
import Foundation
import Plan
import Postgres
import Routing
import Storage

/// How long a start takes when much waits: from the first word to PostgreSQL to an engine that can decide.
struct RestartBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "A start with a large backlog, beside a C client that reads the same rows.")

    @OptionGroup var database: DatabaseOptions

    @Option(help: "bench/copy_out.c, built.")
    var copyOut: String

    @Option(help: "The daemon's program, to be started as a whole, too.")
    var daemon: String?

    @Option(help: "How many wait.")
    var waiting = 1_000_000

    @Option(help: "How often both read; the best counts.")
    var rounds = 2

    @OptionGroup var rows: RowOptions

    private static let name = "bench_restart"
    /// Rows that the engine makes; the others are copies of them.
    private static let originals = 1_000

    func run() throws {
        try database.make(Self.name)
        try fill()
        var reading = Rounds()
        var copying = Rounds()
        var opening = Rounds()
        for _ in 0..<rounds {
            copying.add(try copy())
            let (opened, whole) = try start()
            opening.add(opened)
            reading.add(whole)
        }
        try rows.put(
            "restart.swift", reading.best, "s",
            String(format: "%d waiting; lease and reading %.2f s, then the engine", waiting, opening.best))
        try rows.put("restart.c", copying.best, "s", "the same rows by binary COPY")
        try rows.put("restart.ratio", reading.best / copying.best, "×")
        if let daemon {
            try rows.put(
                "restart.daemon", try startDaemon(daemon), "s",
                "the whole program, from its start to PING's status=serving")
        }
        try database.drop(Self.name)
    }

    private func fill() throws {
        let store = try database.open(Self.name)
        var run = try RecordedRun(store.state, at: DatabaseOptions.wallClock())
        try store.commit(try run.makeAgents())
        try store.commit(try run.submitInVain(Self.originals, skills: 200))
        store.writer.stop()
        let connection = try database.connect(Self.name)
        let columns = try connection.query(
            """
            SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
            WHERE attrelid = 'switchboard.inquiry'::regclass AND attnum > 0 AND NOT attisdropped
                AND attname NOT IN ('id', 'customer')
            """)
        var row = columns.row(0)
        let others = row.next().string
        let copies = max(1, waiting / Self.originals) - 1
        try connection.execute(
            """
            INSERT INTO switchboard.inquiry (id, customer, \(others))
            SELECT id + \(Self.originals) * copy, 'c-' || (id + \(Self.originals) * copy), \(others)
            FROM generate_series(1, \(copies)) AS copy, switchboard.inquiry ORDER BY 1
            """)
        try connection.execute(
            """
            UPDATE switchboard.engine SET next_id = next_id + \(Self.originals * copies),
                submitted = submitted + \(Self.originals * copies)
            """)
        try connection.execute("VACUUM ANALYZE switchboard.inquiry")
        try connection.execute("CHECKPOINT")
    }

    private func start() throws -> (opened: Double, whole: Double) {
        let began = ContinuousClock.now
        let store = try database.open(Self.name)
        let opened = Measured.seconds(.now - began)
        let engine = try Engine(
            plan: try RoutingPlan().compile(version: 1), recovered: store.state.recovered,
            at: DatabaseOptions.wallClock())
        let whole = Measured.seconds(.now - began)
        store.writer.stop()
        guard engine.row.totals.submitted >= waiting else { throw BenchError("not all that waits came back") }
        return (opened, whole)
    }

    private func copy() throws -> Double {
        setenv("PGDSN", database.conninfo(Self.name), 1)
        let line = try ReferenceProgram.firstLine(of: copyOut, [JournalScript.inquiries(of: 0)]) {
            $0.hasPrefix("seconds ")
        }
        let words = line.split(separator: " ").map(String.init)
        guard words.count == 4, let seconds = Double(words[1]), let count = Int(words[3]), count >= waiting else {
            throw BenchError("\(copyOut) said \(line)")
        }
        return seconds
    }

    private func startDaemon(_ program: String) throws -> Double {
        let folder = FileManager.default.temporaryDirectory.path + "/switchboard-restart.\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        setenv("DATABASE_URL", database.conninfo(Self.name), 1)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["serve", "--data-dir", folder, "--listen", "off", "--log-level", "error"]
        process.standardOutput = FileHandle.nullDevice
        let began = ContinuousClock.now
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        // It says itself when it can decide.
        while true {
            guard process.isRunning else { throw BenchError("\(program) ended") }
            if let connection = try? LineConnection("\(folder)/switchboard.sock"),
                let answer = try? connection.ask("PING"), answer.contains("status=serving")
            {
                break
            }
            usleep(5_000)
        }
        return Measured.seconds(.now - began)
    }
}
