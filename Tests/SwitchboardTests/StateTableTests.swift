import Foundation
import Plan
import Routing
import TestSupport
import Testing

/// The table of states and verbs in `docs/architecture.md`, run cell by cell.
@Suite("The table of states and verbs", .blocking)
struct StateTableTests {
    /// One cell: what a verb answers in a state.
    struct Cell: Sendable {
        let request: String
        let state: InquiryState
        let expected: String
    }

    private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs/architecture.md").path

    /// The cells of the table behind that mark.
    static func cells(_ mark: String) throws -> [Cell] {
        let lines = try String(contentsOfFile: page, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex(of: "<!-- run: \(mark) -->"))
        let table = lines[(start + 1)...].drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
        let rows = table.map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let head = try #require(rows.first)
        let states = try head.dropFirst().map { try #require(InquiryState(name: $0)) }
        #expect(states == InquiryState.allCases)
        return try rows.dropFirst(2).flatMap { row in
            try #require(row.count == states.count + 1, "\(row)")
            return zip(states, row.dropFirst()).map { Cell(request: row[0], state: $0, expected: $1) }
        }
    }

    @Test("said by the agent whose it is, each verb does in each state what the table says")
    func owner() async throws { try await run("whose it is", as: "kim", verbs: 15) }

    @Test("said by another agent, each verb does in each state what the table says")
    func other() async throws { try await run("another agent", as: "lee", verbs: 8) }

    private func run(_ mark: String, as agent: String, verbs: Int) async throws {
        let cells = try Self.cells(mark)
        try #require(cells.count == verbs * InquiryState.allCases.count)
        try await DaemonUnderTest.withSite { site in
            // What has expired was closed under a plan that lets nothing wait; it has left memory meanwhile.
            let expired = try await DaemonUnderTest.start(at: site, plan: Self.plan(maxAge: .seconds(1))).use {
                try Self.expire(verbs, $0)
            }
            try await DaemonUnderTest.start(at: site, plan: Self.plan(maxAge: .days(14))).use { daemon in
                let floor = try Floor(daemon, expired: expired)
                for cell in cells { try floor.check(cell, by: agent) }
            }
        }
    }

    /// Work weighs nothing much, so that what one cell leaves behind does not matter to the next.
    private static func plan(maxAge: TimeSpan) -> RoutingPlan {
        var plan = RoutingPlan()
        plan.channels = [RoutingPlan.Channel("chat")]
        plan.channels[0].weight = 1
        plan.channels[0].limit = 1_000
        plan.queues.append(RoutingPlan.Queue("second"))
        plan.maxAge = maxAge
        return plan
    }

    /// Inquiries that expired while they were offered to Kim.
    private static func expire(_ count: Int, _ daemon: DaemonUnderTest) throws -> [Int64] {
        let kim = try daemon.readyAgent("kim", "capacity=10000")
        let admin = try daemon.admin()
        let ids = try (0..<count).map { _ in try admin.submit() }
        for id in ids {
            let withdrawn = try kim.skipToEvent("withdrawn", inquiry: id)
            #expect(withdrawn["reason"] == "expired")
        }
        return ids
    }

    /// Brings inquiries into states, says verbs, and compares.
    private final class Floor {
        let admin: LinePeer
        let kim: LinePeer
        let lee: LinePeer
        var expired: [Int64]

        init(_ daemon: DaemonUnderTest, expired: [Int64]) throws {
            admin = try daemon.admin()
            kim = try daemon.agent("kim")
            lee = try daemon.agent("lee")
            try kim.ok("AWAY")
            self.expired = expired
        }

        func check(_ cell: Cell, by agent: String) throws {
            let id = try inquiry(cell.state)
            let before = try admin.ok("INFO").integer("seq")
            let answer = try #require(try speaker(cell, agent).ask(request(cell, id)).last)
            let isQuiet = try admin.ok("INFO").integer("seq") == before
            let place = "\(cell.request) of what is \(cell.state.name): \(answer)"
            switch cell.expected {
            case "conflict", "gone":
                #expect(answer.code == cell.expected && answer["state"] == cell.state.name, "\(place)")
                #expect(isQuiet, "\(place)")
            case "=":
                #expect(answer.isOK && answer["state"] == cell.state.name, "\(place)")
                #expect(isQuiet, "\(place)")
            default:
                #expect(answer.isOK && answer["state"] == cell.expected, "\(place)")
                #expect(!isQuiet, "\(place)")
            }
            // It is in nobody's way.
            _ = try admin.ask("CANCEL \(id)")
        }

        private func speaker(_ cell: Cell, _ agent: String) -> LinePeer {
            if agent == "lee" { return lee }
            let verb = cell.request.prefix { $0 != " " }
            let ofAgents = ["ACCEPT", "DECLINE", "HOLD", "RESUME", "COMPLETE", "WRAPPED", "TRANSFER"]
            return ofAgents.contains(String(verb)) ? kim : admin
        }

        private func request(_ cell: Cell, _ id: Int64) -> String {
            let words = cell.request.split(separator: " ", maxSplits: 1)
            let fields = words.count > 1 ? " \(words[1])" : ""
            return "\(words[0]) \(id)\(fields)" + (words[0] == "ASSIGN" ? " agent=kim" : "")
        }

        /// A new inquiry in that state. Kim is away afterwards, but where an offer needs her.
        private func inquiry(_ state: InquiryState) throws -> Int64 {
            if state == .expired { return expired.removeLast() }
            if state == .scheduled { return try admin.submit("channel=chat at=+1h") }
            try kim.ok("READY")
            let id = try admin.submit()
            switch state {
            case .offered: return id
            case .waiting, .scheduled, .expired: break
            case .abandoned: try admin.ok("ABANDON \(id)")
            case .assigned, .held, .completed, .cancelled:
                try kim.ok("ACCEPT \(id)")
                if state == .held { try kim.ok("HOLD \(id)") }
                if state == .completed { try kim.ok("COMPLETE \(id)") }
                if state == .cancelled { try admin.ok("CANCEL \(id)") }
            }
            try kim.ok("AWAY")
            return id
        }
    }
}
