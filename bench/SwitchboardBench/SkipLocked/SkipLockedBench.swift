import ArgumentParser
import Foundation
import Postgres
import Synchronization

/// What a user would build instead: a table of jobs that agents claim from with FOR UPDATE SKIP LOCKED.
///
/// Agents have ten of fifty skills, a job asks for two that some agent has; a lifecycle is three transactions: insert,
/// claim, complete. The tables have what they need to be fast: a partial index in the order of claims, room for HOT
/// updates on the agents.
struct SkipLockedBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip-locked", abstract: "Lifecycles a second of a job table claimed with SKIP LOCKED.")

    @OptionGroup var database: DatabaseOptions

    @Option(help: "How many clients at one time: a measurement for each.")
    var clients = [8, 16, 32]

    @Option(help: "Seconds of each.")
    var seconds = 5.0

    @Option(help: "Jobs that wait.")
    var backlog = 100_000

    @Option(help: "The reference program skip_locked, built.")
    var reference: String?

    @Option(help: "The reference's skip_locked.sql.")
    var referenceSchema: String?

    @OptionGroup var rows: RowOptions

    func run() throws {
        try database.make("bench_jobs")
        let setUp = try database.connect("bench_jobs")
        try setUp.execute(JobTable.schema)
        try setUp.execute(JobTable.fill(backlog))
        try setUp.execute("VACUUM ANALYZE")
        let skills = try JobTable.skills(setUp)
        for count in clients {
            try setUp.execute("UPDATE agent SET load = 0")
            let done = Mutex((lifecycles: 0, failure: String?.none))
            let conninfo = database.conninfo("bench_jobs")
            let end = ContinuousClock.now + .milliseconds(Int(seconds * 1e3))
            let group = DispatchGroup()
            for number in 0..<count {
                group.enter()
                Thread.detachNewThread {
                    defer { group.leave() }
                    do {
                        var client = try JobClient(conninfo, skills, seed: UInt64(number))
                        let lifecycles = try client.run(until: end)
                        done.withLock { $0.lifecycles += lifecycles }
                    } catch {
                        done.withLock { $0.failure = "\(error)" }
                    }
                }
            }
            group.wait()
            let (lifecycles, failure) = done.withLock { $0 }
            if let failure { throw BenchError(failure) }
            try rows.put(
                "skip-locked.\(count)", Double(lifecycles) / seconds, "lifecycles/s",
                "\(count) clients, \(backlog) waiting")
        }
        try database.drop("bench_jobs")
        if let reference, let referenceSchema { try measure(reference, referenceSchema) }
    }

    /// The reference program at the same numbers of clients.
    private func measure(_ program: String, _ schema: String) throws {
        try database.make("bench_reference")
        let dsn = database.conninfo("bench_reference")
        setenv("PGOPTIONS", "-c client_min_messages=warning", 1)
        try run("psql", ["-q", "-o", "/dev/null", "-v", "n=\(backlog)", "-v", "nsk=10", "-f", schema, dsn])
        unsetenv("PGOPTIONS")
        let connection = try database.connect("bench_reference")
        try connection.execute(
            "CREATE INDEX job_w ON job(channel,priority,created_at) WHERE state='waiting'")
        try connection.execute("VACUUM ANALYZE")
        setenv("PGDSN", dsn, 1)
        for count in clients {
            let line = try ReferenceProgram.firstLine(of: program, ["\(count)", "\(Int(seconds))"]) {
                $0.hasPrefix("clients=")
            }
            guard let word = line.split(separator: " ").first(where: { $0.hasPrefix("lifecycles/s=") }),
                let rate = Double(word.dropFirst("lifecycles/s=".count))
            else { throw BenchError("\(program) said \(line)") }
            try rows.put(
                "reference.skip-locked.\(count)", rate, "lifecycles/s",
                "skip_locked.c, \(count) clients, \(backlog) waiting")
        }
        connection.close()
        try database.drop("bench_reference")
    }

    private func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchError("\(program) failed") }
    }
}
