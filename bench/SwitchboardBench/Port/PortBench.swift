import ArgumentParser
import Foundation

/// Durable lifecycles through the port: SUBMIT, ACCEPT and COMPLETE, each acknowledged after its commit.
struct PortBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "port", abstract: "Durable lifecycles a second through the line port of a running daemon.")

    @OptionGroup var daemon: DaemonOptions

    @Option(help: "Connections at most; each acts for one agent.")
    var connections = 64

    @Option(help: "Requests under way at one time, over all connections: a measurement for each.")
    var inFlight = [1, 32, 512]

    @Option(help: "Seconds measured for each, after one of warm-up.")
    var seconds = 10.0

    @Option(help: "Inquiries that wait all the while, for a skill that nobody has.")
    var backlog = 100_000

    @OptionGroup var rows: RowOptions

    func run() throws {
        let admin = try daemon.open()
        let first = try submitBacklog(admin)
        for count in inFlight { try measureLifecycles(count, admin) }
        try measureReads("ping", ["PING"])
        if backlog > 0 { try measureReads("get", (0..<97).map { "GET \(first + $0 * (backlog / 97))" }) }
    }

    /// Returns the id of the first.
    private func submitBacklog(_ admin: LineConnection) throws -> Int {
        guard backlog > 0 else { return 0 }
        let answer = try admin.ask("SUBMIT channel=chat skills=nobody:1 customer=b0")
        guard let first = Int(answer.dropFirst(6).prefix { $0.isNumber }) else { throw BenchError(answer) }
        var sent = 1
        var answered = 1
        while answered < backlog {
            while sent < backlog && sent - answered < 1_000 {
                admin.say("SUBMIT channel=chat skills=nobody:1 customer=b\(sent) attrs={\"order\":\(sent)}")
                sent += 1
            }
            try admin.flush()
            var one = pollfd(fd: admin.file, events: Int16(POLLIN), revents: 0)
            _ = poll(&one, 1, 1_000)
            try admin.read { line in
                guard line.first == UInt8(ascii: "O") else { throw BenchError(String(decoding: line, as: UTF8.self)) }
                answered += 1
            }
        }
        return first
    }

    private func measureLifecycles(_ inFlight: Int, _ admin: LineConnection) throws {
        let lanes = try daemon.open(min(connections, inFlight)).enumerated().map {
            try LifecycleLane($0.element, number: $0.offset)
        }
        for (number, lane) in lanes.enumerated() {
            lane.begin(inFlight / lanes.count + (number < inFlight % lanes.count ? 1 : 0))
        }
        try Lanes.drive(lanes, for: 1)
        for lane in lanes { lane.reset() }
        let elapsed = try Lanes.drive(lanes, for: seconds)
        let rate = Double(lanes.reduce(0) { $0 + $1.completed }) / elapsed
        let times = lanes.flatMap(\.submissionTimes).sorted()
        try rows.put(
            "port.lifecycles.\(inFlight)", rate, "lifecycles/s",
            "\(lanes.count) connections, \(backlog) waiting; \(Measured.percentiles(times, of: "SUBMIT"))")
        for lane in lanes { lane.stop() }
        try Lanes.drive(lanes, for: 0.5)
        for lane in lanes { _ = try admin.ask("OFFLINE as=\(lane.agent)") }
    }

    private func measureReads(_ name: String, _ lines: [String]) throws {
        let lanes = try daemon.open(connections).map { RepeatLane($0, lines: lines) }
        for lane in lanes { lane.begin(8) }
        try Lanes.drive(lanes, for: 0.5)
        for lane in lanes { lane.reset() }
        let elapsed = try Lanes.drive(lanes, for: seconds / 4)
        let rate = Double(lanes.reduce(0) { $0 + $1.answered }) / elapsed
        try rows.put("port.\(name)", rate, "requests/s", "\(connections) connections, \(connections * 8) in flight")
    }
}
