import Simulation

/// The report of a replay as one JSON object. Times are seconds of the daemon's clock, shares are from 0 to 1, what
/// nothing was divided by is null.
enum ReplayJSON {
    static func text(_ report: ReplayReport, _ check: Verification, _ performance: Performance) -> String {
        let lines = report.lines.map { line in
            object([
                ("kind", line.kind.map(JSONOutput.string) ?? "null"), ("recorded", figures(line.recorded)),
                ("replayed", figures(line.replayed)),
            ])
        }
        let driver = performance.driver
        return object([
            ("speed", "\(report.speed)"), ("figures", list(lines)),
            (
                "occupancy",
                object([
                    ("recorded", number(report.recordedOccupancy.share)),
                    ("replayed", number(report.replayedOccupancy.share)),
                ])
            ),
            ("acknowledgement_ms_p50", milliseconds(report, 50)), ("acknowledgement_ms_p99", milliseconds(report, 99)),
            ("floor_s", seconds(report.floorMicroseconds)), ("oddities", list(report.oddities.map(JSONOutput.string))),
            (
                "counts",
                object([
                    ("submitted", "\(check.submitted)"), ("answered", "\(check.answered)"),
                    ("abandoned", "\(check.abandoned)"), ("missed", "\(driver.missedOffers)"),
                    ("reconnections", "\(driver.reconnections)"), ("overtime", "\(driver.overtimeCalls)"),
                ])
            ),
            ("faults", list(check.faults.map(JSONOutput.string))),
        ])
    }

    static func figures(_ figures: Figures) -> String {
        object([
            ("answered", "\(figures.answered)"), ("abandoned", "\(figures.abandoned)"),
            ("asa_s", seconds(figures.meanWait)), ("p50_s", seconds(figures.median)),
            ("p95_s", seconds(figures.percentile95)), ("p99_s", seconds(figures.percentile99)),
            ("longest_s", seconds(figures.longest)), ("service_level_20s", number(figures.serviceLevel)),
            ("abandoned_wait_s", seconds(figures.meanWaitOfAbandoned)),
        ])
    }

    private static func milliseconds(_ report: ReplayReport, _ rank: Int) -> String {
        number(Figures.percentile(rank, of: report.acknowledgements).map { Double($0) / 1000 })
    }

    private static func seconds(_ microseconds: Int64?) -> String { seconds(microseconds.map { Double($0) }) }

    private static func seconds(_ microseconds: Double?) -> String { number(microseconds.map { $0 / 1e6 }) }

    static func number(_ value: Double?) -> String { value.map { Numbers.decimal($0, places: 4) } ?? "null" }

    static func list(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }

    static func object(_ pairs: [(String, String)]) -> String {
        "{" + pairs.map { JSONOutput.string($0) + ":" + $1 }.joined(separator: ",") + "}"
    }
}
