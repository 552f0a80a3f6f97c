import Foundation
import Testing

@testable import Routing

/// The table of docs/sla.md, row by row.
@Suite("What happens to the clocks")
struct ClockTableTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var before: String
        var act: String
        /// By metric.
        var after: [String]

        var testDescription: String { "\(before): \(act)" }
    }

    static let rows: [Row] = {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/sla.md")
        let text = (try? String(contentsOf: page, encoding: .utf8)) ?? ""
        let lines = text.components(separatedBy: "<!-- run: clocks -->").last?.split(separator: "\n") ?? []
        return lines.drop { !$0.hasPrefix("|") }.dropFirst(2).prefix { $0.hasPrefix("|") }.map { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            return Row(before: cells[0], act: cells[1], after: Array(cells[2...]))
        }
    }()

    @Test("the table is there")
    func isThere() { #expect(Self.rows.count == 35) }

    @Test("it happens as the table says", arguments: rows)
    func row(_ row: Row) throws {
        let isLive = row.act.hasSuffix("live channel")
        var channel = TestChannel.channel("chat", limit: 10, offerTimeout: .minutes(1))
        channel.isLive = isLive
        var promises: [Metric: CompiledPlan.Promise] = [:]
        for metric in Metric.allCases { promises[metric] = .init(target: .days(30)) }
        let world = World(
            .promising(
                promises, pauses: [.held], channels: [channel],
                queues: [CompiledPlan.Queue(name: "default"), CompiledPlan.Queue(name: "second")]))
        let id = prepare(row.before, world)
        world.pass(.seconds(1))
        let subject = try act(row.act, id, world)
        let after = Metric.allCases.map { world.stands($0, of: subject) }
        let expected = row.after.map { $0 == "ends" ? "–" : $0 }
        #expect(after == expected)
        // What ended without a verdict had begun, and what is not on any more does not fire.
        if row.after.contains("ends") { #expect(world.row(subject)?.state.isLive == false) }
        // Nobody shall be offered it for forty days.
        if let state = world.state(subject), state == .waiting || state == .offered, world.knows(agent: "kim") {
            world.offline("kim")
        }
        world.pass(.days(40))
        let running = zip(Metric.allCases, expected).filter { $0.1 == "runs" }.count
        let closes = world.row(subject).map { !$0.state.isLive } ?? true
        #expect(closes || world.times(.slaBreached, of: subject).count == running)
    }

    private func prepare(_ before: String, _ world: World) -> Int64 {
        switch before {
        case "nothing": return 0
        case "scheduled": return world.submit(at: .minutes(5))
        case "waiting": return world.submit()
        default: break
        }
        world.agent("kim")
        let id = world.submit()
        if before == "offered" { return id }
        world.accept(id, by: "kim")
        if before == "assigned" { return id }
        world.message(id, from: .agent)
        switch before {
        case "answered": break
        case "asked": world.message(id, from: .customer)
        case "held": world.hold(id, by: "kim")
        case "completed": world.complete(id, by: "kim")
        default: Issue.record("nobody knows how to be \(before)")
        }
        return id
    }

    private func act(_ act: String, _ id: Int64, _ world: World) throws -> Int64 {
        switch act {
        case "SUBMIT": return world.submit()
        case "SUBMIT at=": return world.submit(at: .minutes(5))
        case "its time comes": world.pass(.minutes(5))
        case "it is offered": world.agent("kim")
        case "the offer is missed": world.pass(.seconds(59))
        case "it expires": world.pass(.days(14))
        case "its agent signs off": world.offline("kim")
        case "MESSAGE from=customer": world.message(id, from: .customer)
        case "MESSAGE from=agent": world.message(id, from: .agent)
        case "UPDATE queue=": world.update(id, queue: "second")
        case "ABANDON": world.abandon(id)
        case "CANCEL": world.cancel(id)
        case "DECLINE": world.decline(id, by: "kim")
        case "ACCEPT", "ACCEPT on a live channel": world.accept(id, by: "kim")
        case "ASSIGN":
            world.agent("kim", ready: false)
            world.ready("kim", channels: "")
            world.assign(id, to: "kim", force: true)
        case "NEXT":
            world.agent("kim", ready: false)
            world.away("kim")
            world.next("kim")
        case "HOLD": world.hold(id, by: "kim")
        case "RESUME": world.resume(id, by: "kim")
        case "TRANSFER": world.transfer(id, by: "kim", queue: "second")
        case "REQUEUE": world.requeue(id)
        case "COMPLETE": world.complete(id, by: "kim")
        default: Issue.record("nobody knows how to \(act)")
        }
        return id
    }
}
