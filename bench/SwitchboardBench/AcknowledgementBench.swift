import ArgumentParser
import Foundation

/// How long one client waits for one durable acknowledgement while nobody else asks for anything.
struct AcknowledgementBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "The time of one durable acknowledgement: SUBMIT, one at a time.")

    @Option(help: "The daemon's line port, HOST:PORT.")
    var connect = "127.0.0.1:7411"

    @Option(help: "A file that holds an admin token.")
    var tokenFile: String

    @Option(help: "Submissions measured, after 100 of warm-up.")
    var count = 2_000

    func run() throws {
        let token = try String(contentsOfFile: tokenFile, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let parts = connect.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1]) else { throw ValidationError("--connect HOST:PORT") }
        let connection = try LineConnection(host: String(parts[0]), port: port)
        _ = try connection.ask("HELLO version=1 token=\(token)")
        var times: [Double] = []
        for number in 0..<(count + 100) {
            let began = ContinuousClock.now
            _ = try connection.ask(
                "SUBMIT channel=chat skills=nobody:1 customer=a\(number) attrs={\"order\":\(number)}")
            if number >= 100 { times.append(Measured.seconds(.now - began)) }
        }
        times.sort()
        print("ack count=\(count) \(Measured.percentiles(times, of: "submit"))")
    }
}
