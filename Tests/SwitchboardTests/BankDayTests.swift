import Foundation
import TestSupport
import Testing

/// A recorded day of a bank under an SLA plan: how the promises were kept is told four ways, by the reports, by STATS, by
/// the log in SQL and by a client that reads the events, and all of them say the same; also when the daemon was killed in
/// the middle.
@Suite("Figures of a bank's day", .enabled(if: Reference.exists("traffic/bank_february_1_14.csv")), .blocking)
struct BankDayTests {
    private static let traffic = "traffic/bank_february_1_14.csv"

    /// `SWITCHBOARD_BANK_DAY=full` plays all of the day, which takes seven minutes; else two hours of the morning.
    private static let isFull = ProcessInfo.processInfo.environment["SWITCHBOARD_BANK_DAY"] == "full"
    private static let parts =
        isFull ? [("00:00", "12:00"), ("12:00", "23:59")] : [("09:30", "10:30"), ("10:30", "11:30")]
    /// The clock runs on between the parts: a day of it must be longer than the test.
    private static let speed = isFull ? 200 : 400

    /// A zone in which it is the hour after midnight, so that the whole recording falls on one day.
    private static func zone() -> String {
        let hour = Int(Date().timeIntervalSince1970) / 3_600 % 24
        return hour <= 12 ? "Etc/GMT+\(hour)" : "Etc/GMT-\(24 - hour)"
    }

    private static func plan() throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/plans/bank-sla.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        try #require(text.contains("timezone: Asia/Jerusalem"))
        return text.replacing("timezone: Asia/Jerusalem", with: "timezone: \(zone())")
    }

    @Test("attainment by kind is the same from report_sla, STATS, the log in SQL and a client, after a kill too")
    func attainment() async throws {
        try await DaemonUnderTest.withSite { site in
            let clock = ["--clock-speed", "\(Self.speed)"]
            let daemon = try DaemonProcess.serving(at: site, clock)
            try daemon.admin().ok("PLAN PUT body=" + PublishedPlan.line(Self.plan()))
            try await Self.replay(Self.parts[0], to: daemon)
            let morning = try Self.compare(daemon, site)
            #expect(morning.values.reduce(0) { $0 + $1.met + $1.breached } > 150)

            // Traffic is under way when it dies: the client finds the next one.
            let watch = try daemon.admin()
            try watch.ok("WATCH types=completed")
            async let rest: Void = Self.replay(Self.parts[1], to: daemon)
            for _ in 1...40 { try watch.expectEvent("completed") }
            try daemon.crash()
            let heir = try DaemonProcess.serving(at: site, port: daemon.port, clock)
            try await rest
            let day = try Self.compare(heir, site)
            for (key, kept) in morning { #expect(day[key].map { $0.met >= kept.met } == true) }
            #expect(day.values.contains { $0.breached > 0 })
            try Self.compareCounts(heir, site)
            try heir.terminate()
        }
    }

    private static func replay(_ part: (String, String), to daemon: DaemonProcess) async throws {
        let path = Reference.file(traffic).path
        let socket = daemon.socketPath
        let run = try await Task.detached {
            try ProgramRun(
                [
                    "replay", path, "--day", "1999-02-01", "--from", part.0, "--to", part.1, "--speed", "\(speed)",
                    "--connect", socket,
                ])
        }.value
        #expect(run.code == 0, "\(run.output.suffix(2_000)) \(run.errors.suffix(2_000))")
    }

    private struct Kept: Equatable {
        var met: Int64
        var breached: Int64

        /// As STATS writes it: four decimals, a half rounded up.
        var share: String {
            let parts = (20_000 * met + met + breached) / (2 * (met + breached))
            return "\(parts / 10_000)." + String(String(parts % 10_000 + 10_000).dropFirst())
        }
    }

    /// By queue and metric. Each of the four is held against the first.
    private static func compare(_ daemon: DaemonProcess, _ site: Site) throws -> [String: Kept] {
        let reported = try read(
            """
            SELECT queue, metric, sum(met), sum(breached) FROM switchboard.report_sla
            WHERE channel IS NULL AND policy IS NULL AND queue IS NOT NULL AND met + breached > 0
            GROUP BY queue, metric
            """, site)
        let logged = try read(
            """
            SELECT queue, metric, count(*) FILTER (WHERE type <> 'sla_breached'),
                count(*) FILTER (WHERE type = 'sla_breached')
            FROM switchboard.event CROSS JOIN LATERAL (
                SELECT details->>'metric' AS metric WHERE type = 'sla_breached'
                UNION ALL SELECT json_array_elements_text(details->'met')
            ) AS promise
            GROUP BY queue, metric
            """, site)
        #expect(reported == logged)
        #expect(try python(daemon) == reported)
        for row in try statsOfAll(daemon, site) {
            for metric in ["assign", "resolution"] {
                let queue = try #require(row["queue"])
                #expect(row[metric + "_sla"] == reported["\(queue) \(metric)"]?.share, "\(queue) \(metric)")
            }
        }
        return reported
    }

    /// Nothing, where the whole recording took the clock over midnight: STATS tells of one day.
    private static func statsOfAll(_ daemon: DaemonProcess, _ site: Site) throws -> [Line] {
        let days = try site.number("SELECT count(DISTINCT day) FROM switchboard.figure")
        if days > 1 && isFull { return [] }
        #expect(days == 1)
        let rows = try daemon.admin().ask("STATS window=today").filter { $0["queue"] != nil }
        return isFull && rows.allSatisfy { $0["entered"] == "0" } ? [] : rows
    }

    private static func read(_ query: String, _ site: Site) throws -> [String: Kept] {
        var kept: [String: Kept] = [:]
        for row in try site.sql(query, columns: 4) {
            let words = row.map { $0 ?? "" }
            kept["\(words[0]) \(words[1])"] = Kept(met: Int64(words[2]) ?? -1, breached: Int64(words[3]) ?? -1)
        }
        return kept
    }

    private static func python(_ daemon: DaemonProcess) throws -> [String: Kept] {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Scripts/attainment.py").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script, daemon.socketPath]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        var kept: [String: Kept] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            try #require(words.count == 4)
            kept["\(words[0]) \(words[1])"] = Kept(met: Int64(words[2]) ?? -1, breached: Int64(words[3]) ?? -1)
        }
        return kept
    }

    /// What else a queue and an agent are told of, by the log and by the reports.
    private static func compareCounts(_ daemon: DaemonProcess, _ site: Site) throws {
        let told = try site.sql(
            """
            SELECT queue, sum(accepted), sum(abandoned), sum(completed) FROM switchboard.report_queue
            WHERE channel IS NULL AND queue IS NOT NULL GROUP BY queue HAVING sum(entered) > 0 ORDER BY queue
            """, columns: 4)
        let logged = try site.sql(
            """
            SELECT queue, count(*) FILTER (WHERE type IN ('accepted', 'assigned')),
                count(*) FILTER (WHERE type = 'abandoned'), count(*) FILTER (WHERE type = 'completed')
            FROM switchboard.event WHERE queue IS NOT NULL GROUP BY queue ORDER BY queue
            """, columns: 4)
        #expect(told == logged)
        let completed =
            "SELECT agent, count(*) FROM switchboard.event WHERE type = 'completed' GROUP BY agent ORDER BY agent"
        #expect(
            try site.sql(
                "SELECT agent, sum(completed) FROM switchboard.report_agent GROUP BY agent HAVING sum(completed) > 0 ORDER BY agent",
                columns: 2)
                == (try site.sql(completed, columns: 2)))
        let stats = try statsOfAll(daemon, site)
        for row in told where !stats.isEmpty {
            let line = try #require(stats.first { $0["queue"] == row[0] })
            #expect(line["accepted"] == row[1] && line["abandoned"] == row[2] && line["completed"] == row[3])
        }
    }
}
