import ArgumentParser

/// How long one client waits for one durable acknowledgement while nobody else asks for anything.
struct AcknowledgementBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "The time of one durable acknowledgement: SUBMIT, one at a time.")

    @OptionGroup var daemon: DaemonOptions

    @Option(help: "Submissions measured, after 100 of warm-up.")
    var count = 2_000

    func run() throws {
        let connection = try daemon.open()
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
