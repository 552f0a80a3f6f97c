import Client
import Simulation

/// The daemon's own counters of all inquiries that ever ended, by `INFO`.
struct Totals: Sendable {
    var submitted: Int64
    var completed: Int64
    var abandoned: Int64

    init(_ client: SwitchboardClient) async throws(ClientError) {
        let info = try await client.request(Request("INFO")).fields
        submitted = info.integer("submitted") ?? 0
        completed = info.integer("completed") ?? 0
        abandoned = info.integer("abandoned") ?? 0
    }

    static func - (later: Totals, earlier: Totals) -> Totals {
        var result = later
        result.submitted -= earlier.submitted
        result.completed -= earlier.completed
        result.abandoned -= earlier.abandoned
        return result
    }
}

/// Whether a run adds up: what the driver saw, what the event log says and what the daemon answers for each inquiry
/// must be the same, each inquiry ended exactly once.
struct Verification: Sendable {
    private(set) var submitted = 0
    private(set) var answered = 0
    private(set) var abandoned = 0
    private(set) var faults: [String] = []

    /// - Parameters:
    ///   - states: by `GET`, for each id.
    ///   - totals: what the daemon's counters gained.
    init(driver: Driver, ledger: Ledger, states: [Int64: String], totals: Totals) {
        for index in driver.scenario.inquiries.indices {
            check(index, driver, ledger, states)
        }
        if submitted != answered + abandoned {
            faults.append("\(submitted) submitted, but \(answered) answered + \(abandoned) abandoned")
        }
        if Set(states.keys).count != submitted { faults.append("\(states.count) inquiries of \(submitted) were found") }
        if ledger.doubleAssignments > 0 {
            faults.append("\(ledger.doubleAssignments) inquiries were accepted while they were somebody's already")
        }
        if ledger.gaps > 0 { faults.append("\(ledger.gaps) gaps in the numbers of the events") }
        if ledger.repeats > 0 { faults.append("\(ledger.repeats) events came twice") }
        if totals.submitted != submitted || totals.completed != answered || totals.abandoned != abandoned {
            faults.append(
                "the daemon's counters gained \(totals.submitted) submitted, \(totals.completed) completed, "
                    + "\(totals.abandoned) abandoned (did somebody else use it?)")
        }
        faults += driver.problems
    }

    private mutating func check(_ index: Int, _ driver: Driver, _ ledger: Ledger, _ states: [Int64: String]) {
        guard let id = driver.ids[index] else {
            faults.append("submission \(index + 1) has no inquiry")
            return
        }
        submitted += 1
        let name = "inquiry \(id) (submission \(index + 1))"
        guard let entry = ledger.entries[id] else {
            faults.append("\(name) is not in the event log")
            return
        }
        let state = states[id] ?? "unknown"
        switch entry.state {
        case .completed: answered += 1
        case .abandoned: abandoned += 1
        case .waiting, .offered, .assigned, .cancelled, .expired:
            faults.append("\(name) is \(entry.state) in the event log at the end")
        }
        if entry.endings != 1 { faults.append("\(name) ended \(entry.endings) times") }
        if entry.state == .completed, entry.acceptances < 1 { faults.append("\(name) was never accepted") }
        if state != "\(entry.state)" { faults.append("\(name) is \(entry.state) in the log, but GET says \(state)") }
        if let seen = driver.ending(inquiry: index), seen != "\(entry.state)" {
            faults.append("\(name) was \(seen) by its answer, but is \(entry.state) in the log")
        }
    }
}
