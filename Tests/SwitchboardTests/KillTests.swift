import Foundation
import Simulation
import Synchronization
import TestSupport
import Testing

/// Promise 1 of DESIGN §1, tried at moments that nobody chose: what was acknowledged is there, nothing is assigned twice.
@Suite("kill -9 under load", .blocking, .serialized)
struct KillTests {
    @Test("every acknowledged request survives, and memory, rows and event log count the same", arguments: [1, 2, 3])
    func kills(_ seed: UInt64) async throws {
        let site = try await Site.make()
        defer { site.removeFolder() }
        var random = SplitMix64(seed: seed)
        var daemon = try DaemonProcess.serving(at: site)
        let ledger = Ledger()
        let crew = try Crew(daemon, ledger)
        for _ in 1...2 {
            let killAt = ledger.count + Int.random(in: 50...900, using: &random)
            ledger.at(killAt) { [daemon] in daemon.kill(SIGKILL) }
            try await crew.work(on: daemon)
            #expect(try daemon.waitForExit() == -SIGKILL)
            daemon = try DaemonProcess.serving(at: site, port: daemon.port)
            try ledger.check(daemon, crew)
        }
        // Everything ends at last.
        try await crew.finish(on: daemon)
        try ledger.check(daemon, crew)
        try checkCounts(of: daemon, site)
        try daemon.terminate()
        #expect(try site.number("SELECT count(*) FROM switchboard.all_inquiry WHERE state <> 'completed'") == 0)
    }

    private func checkCounts(of daemon: DaemonProcess, _ site: Site) throws {
        let info = try daemon.admin().counts()
        for state in ["waiting", "offered", "assigned", "completed", "abandoned", "cancelled"] {
            let rows = try site.number("SELECT count(*) FROM switchboard.all_inquiry WHERE state = '\(state)'")
            #expect(info[state] == rows, "\(state)")
        }
        for (event, count) in [("submitted", info["submitted"]), ("completed", info["completed"])] {
            let logged = try site.number("SELECT count(*) FROM switchboard.event WHERE type = '\(event)'")
            #expect(logged == count, "\(event)")
        }
        // One taking of each, and the log has no gap.
        let takings = try site.number("SELECT count(*) FROM switchboard.event WHERE type IN ('accepted', 'assigned')")
        let taken = try site.number(
            "SELECT count(DISTINCT inquiry) FROM switchboard.event WHERE type IN ('accepted', 'assigned')")
        let requeued = try site.number("SELECT count(*) FROM switchboard.event WHERE type = 'requeued'")
        #expect(takings == taken + requeued && taken == info["completed"])
        let seqs = try site.sql("SELECT min(seq), max(seq), count(*) FROM switchboard.event", columns: 3)[0]
        #expect(seqs[0] == "1" && seqs[1] == seqs[2] && seqs[1].flatMap { Int64($0) } == info["seq"], "\(seqs)")
    }
}

/// What the daemon has acknowledged so far.
private final class Ledger: Sendable {
    private struct State {
        var ids: [String: Int64] = [:]
        var acceptedBy: [Int64: String] = [:]
        var completed: Set<Int64> = []
        var count = 0
        var moment: (count: Int, action: @Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }
    var submissions: Int { state.withLock { $0.ids.count } }

    /// Calls `action` with the acknowledgement that makes so many in all.
    func at(_ count: Int, _ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.moment = (count, action) }
    }

    func submitted(_ key: String, _ id: Int64) {
        note { state in
            #expect(state.ids[key] ?? id == id, "\(key) was \(state.ids[key] ?? 0) and is \(id)")
            state.ids[key] = id
        }
    }

    func accepted(_ id: Int64, by agent: String) {
        note { state in
            #expect(state.acceptedBy[id] ?? agent == agent, "\(id) was given to two agents")
            state.acceptedBy[id] = agent
        }
    }

    func completed(_ id: Int64) { note { $0.completed.insert(id) } }

    private func note(_ change: (inout State) -> Void) {
        state.withLock { state in
            change(&state)
            state.count += 1
            if let moment = state.moment, state.count == moment.count { moment.action() }
        }
    }

    /// Asks the daemon for everything that any daemon on this database has acknowledged.
    func check(_ daemon: DaemonProcess, _ crew: Crew) throws {
        let (ids, acceptedBy, completed) = state.withLock { ($0.ids, $0.acceptedBy, $0.completed) }
        let shop = try daemon.session(crew.shopToken)
        let keys = ids.sorted { $0.value < $1.value }
        try shop.send(keys.map { "GET key=\($0.key)" })
        for (key, id) in keys {
            let line = try #require(try shop.answer().last)
            try #require(line.integer("id") == id, "\(key): \(line)")
            if let agent = acceptedBy[id] { #expect(line["agent"] == agent, "\(line)") }
            if completed.contains(id) { #expect(line["state"] == "completed", "\(line)") }
        }
    }
}

/// Clients that keep a daemon busy until it is gone, and go on where they were when there is one again.
private final class Crew: Sendable {
    let shopToken: String
    private let agentTokens: [(name: String, token: String)]
    private let ledger: Ledger
    /// The next number of each submitter's keys; the window before it may not have been acknowledged.
    private let next = Mutex([Int](repeating: 0, count: 3))
    private static let window = 20

    init(_ daemon: DaemonProcess, _ ledger: Ledger) throws {
        self.ledger = ledger
        shopToken = try daemon.token("role=upstream")
        let admin = try daemon.admin()
        agentTokens = try (1...4).map { number in
            try admin.ok("AGENT PUT agent-\(number)")
            return ("agent-\(number)", try daemon.token("role=agent agent=agent-\(number)"))
        }
    }

    /// Works until the daemon is gone.
    func work(on daemon: DaemonProcess) async throws {
        try await withThrowingTaskGroup { group in
            for index in 0..<3 {
                group.addTask { [self] in untilCut { try submit(index, to: daemon, rounds: .max) } }
            }
            for agent in agentTokens {
                group.addTask { [self] in untilCut { try serve(agent.name, agent.token, daemon) { false } } }
            }
            try await group.waitForAll()
        }
    }

    /// Works until all that was submitted is completed.
    func finish(on daemon: DaemonProcess) async throws {
        // Whatever was sent and not acknowledged is sent again.
        for index in 0..<3 { try submit(index, to: daemon, rounds: 1) }
        let total = Int64(ledger.submissions)
        try await withThrowingTaskGroup { group in
            for agent in agentTokens {
                group.addTask { [self] in
                    let admin = try daemon.admin()
                    try serve(agent.name, agent.token, daemon) { try admin.counts()["completed"] == total }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Runs `body` until its connection ends.
    private func untilCut(_ body: () throws -> Void) {
        do { try body() } catch is PeerError {} catch { Issue.record(error) }
    }

    private func submit(_ index: Int, to daemon: DaemonProcess, rounds: Int) throws {
        let shop = try daemon.session(shopToken)
        var round = 0
        while round < rounds {
            round += 1
            let first = next.withLock { $0[index] }
            let keys = (first..<(first + Self.window)).map { "s\(index)-\($0)" }
            try shop.send(keys.enumerated().map { "SUBMIT channel=\($0 % 3 == 0 ? "email" : "chat") key=\($1)" })
            for key in keys {
                guard let line = try shop.answer().last, let id = line.integer("id") else {
                    throw TestSupportError("\(key) was refused")
                }
                ledger.submitted(key, id)
            }
            next.withLock { $0[index] += Self.window }
        }
    }

    /// Takes and completes whatever the agent is given.
    private func serve(
        _ name: String, _ token: String, _ daemon: DaemonProcess, until isDone: () throws -> Bool
    ) throws {
        let agent = try daemon.session(token)
        try agent.ok("READY")
        // What it had when the last daemon died.
        for row in try agent.rows("MINE") where row["state"] == "assigned" {
            try complete(row.integer("id"), agent)
        }
        while try !isDone() {
            for push in try agent.takeEvents() {
                guard let id = push.integer("inquiry") else { continue }
                if push.event == "offered" {
                    guard let answer = try agent.ask("ACCEPT \(id)").last else { continue }
                    if answer.isOK { ledger.accepted(id, by: name) }
                    // Shown twice: as what it still had, and by the new session.
                    if answer.isOK || answer["state"] == "assigned" { try complete(id, agent) }
                } else if push.event == "assigned" {
                    ledger.accepted(id, by: name)
                    try complete(id, agent)
                }
            }
        }
    }

    private func complete(_ id: Int64?, _ agent: LinePeer) throws {
        guard let id else { return }
        let answer = try agent.ask("COMPLETE \(id) disposition=done").last
        guard answer?["state"] == "completed" else { throw TestSupportError("COMPLETE \(id): \(answer?.text ?? "")") }
        ledger.completed(id)
    }
}
