import ArgumentParser
import Foundation

/// Durable lifecycles through the port: SUBMIT, ACCEPT and COMPLETE, each acknowledged after its commit.
struct PortBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "port", abstract: "Durable lifecycles a second through the line port of a running daemon.")

    @OptionGroup var daemon: DaemonOptions

    @Option(help: "Connections; each acts for one agent.")
    var connections = 64

    @Option(help: "Requests under way at one time, over all connections.")
    var inFlight = 512

    @Option(help: "Seconds measured, after one of warm-up.")
    var seconds = 10.0

    @Option(help: "Inquiries that wait all the while, for a skill that nobody has.")
    var backlog = 0

    func run() throws {
        let admin = try daemon.open()
        try submitBacklog(admin)
        var lanes: [Lane] = []
        for number in 0..<connections {
            let share = inFlight / connections + (number < inFlight % connections ? 1 : 0)
            _ = try admin.ask("AGENT PUT bench\(number) skills=bench\(number) channels=chat:1000 capacity=10000")
            let connection = try daemon.open()
            _ = try connection.ask("READY as=bench\(number)")
            lanes.append(Lane(connection, number: number, share: share))
        }
        for lane in lanes { lane.begin() }
        _ = try drive(lanes, for: 1)
        for lane in lanes { lane.reset() }
        let elapsed = try drive(lanes, for: seconds)
        report(lanes, elapsed)
        for lane in lanes { lane.stop() }
        _ = try drive(lanes, for: 1)
        for lane in lanes { _ = try lane.connection.ask("OFFLINE as=bench\(lane.number)") }
    }

    private func submitBacklog(_ admin: LineConnection) throws {
        guard backlog > 0 else { return }
        var sent = 0
        var answered = 0
        while answered < backlog {
            while sent < backlog && sent - answered < 1_000 {
                admin.say("SUBMIT channel=chat skills=nobody:1 customer=b\(sent) attrs={\"order\":\(sent)}")
                sent += 1
            }
            try admin.flush()
            var one = pollfd(fd: admin.file, events: Int16(POLLIN), revents: 0)
            _ = poll(&one, 1, 1_000)
            try admin.read { _ in answered += 1 }
        }
    }

    private func drive(_ lanes: [Lane], for seconds: Double) throws -> Double {
        let began = ContinuousClock.now
        var files = lanes.map { pollfd(fd: $0.connection.file, events: Int16(POLLIN), revents: 0) }
        while true {
            let elapsed = Measured.seconds(.now - began)
            if elapsed >= seconds { return elapsed }
            for (index, lane) in lanes.enumerated() {
                try lane.connection.flush()
                files[index].events = Int16(POLLIN) | (lane.connection.wantsToWrite ? Int16(POLLOUT) : 0)
            }
            guard poll(&files, nfds_t(files.count), 1_000) > 0 else { continue }
            for index in files.indices where files[index].revents != 0 { try lanes[index].take() }
        }
    }

    private func report(_ lanes: [Lane], _ elapsed: Double) {
        let lifecycles = lanes.reduce(0) { $0 + $1.completed }
        let submissions = lanes.flatMap(\.submissionTimes).sorted()
        print(
            "port connections=\(connections) in_flight=\(inFlight) backlog=\(backlog) "
                + "lifecycles/s=\(Int(Double(lifecycles) / elapsed)) \(Measured.percentiles(submissions, of: "submit"))"
        )
    }
}

/// One connection and the lifecycles that it has under way.
private final class Lane {
    private enum Step {
        case submit(at: ContinuousClock.Instant)
        case accept(Substring)
        case complete
    }

    let connection: LineConnection
    let number: Int
    private let share: Int
    private var waiting: [Step] = []
    private var next = 0
    private var isStopping = false
    private(set) var completed = 0
    private(set) var submissionTimes: [Double] = []

    init(_ connection: LineConnection, number: Int, share: Int) {
        self.connection = connection
        self.number = number
        self.share = share
    }

    func begin() { for _ in 0..<share { submit() } }

    func reset() {
        completed = 0
        submissionTimes.removeAll(keepingCapacity: true)
    }

    func stop() { isStopping = true }

    private func submit() {
        if isStopping { return }
        connection.say(
            "SUBMIT channel=chat skills=bench\(number):1 customer=c-\(number) "
                + "attrs={\"lang\":\"en\",\"tier\":\"gold\",\"region\":\"emea\",\"order\":\(completed)}")
        waiting.append(.submit(at: .now))
    }

    /// Takes the answers that have come and says what follows from them.
    func take() throws {
        try connection.read { line in
            if line.first == UInt8(ascii: "E") && line.dropFirst().first == UInt8(ascii: "V") { return }
            let text = Substring(decoding: line, as: UTF8.self)
            guard text.hasPrefix("OK") else { throw BenchError("\(text)") }
            guard next < waiting.count else { throw BenchError("an answer too many: \(text)") }
            let step = waiting[next]
            next += 1
            if next == 4_096 {
                waiting.removeFirst(next)
                next = 0
            }
            switch step {
            case .submit(let at):
                submissionTimes.append(Measured.seconds(.now - at))
                guard let id = text.split(separator: " ").dropFirst().first?.dropFirst(3) else { return }
                connection.say("ACCEPT \(id) as=bench\(number)")
                waiting.append(.accept(id))
            case .accept(let id):
                connection.say("COMPLETE \(id) as=bench\(number)")
                waiting.append(.complete)
            case .complete:
                completed += 1
                submit()
            }
        }
    }
}

enum Measured {
    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    /// `values` in seconds, sorted.
    static func percentiles(_ values: [Double], of what: String) -> String {
        guard !values.isEmpty else { return "\(what): none" }
        let shown = [("p50", 0.5), ("p99", 0.99)].map { name, share in
            "\(name)=\(String(format: "%.2f", values[Int(Double(values.count - 1) * share)] * 1e3))ms"
        }
        return "\(what) " + shown.joined(separator: " ")
    }
}
