import ArgumentParser

/// How long one client waits for one durable acknowledgement while nobody else asks for anything.
struct AcknowledgementBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "The time of one durable acknowledgement: SUBMIT, one at a time.")

    @OptionGroup var daemon: DaemonOptions

    @Option(help: "The daemon's Unix socket, measured too.")
    var socket: String?

    @Option(help: "The reference program writer, built; PGDSN says where. It shows what a bare INSERT costs.")
    var bareInsert: String?

    @Option(help: "Submissions measured, after 100 of warm-up.")
    var count = 2_000

    @OptionGroup var rows: RowOptions

    func run() throws {
        if let socket { try measure("ack.unix", daemon.open(socket)) }
        try measure("ack.tcp", daemon.open())
        guard let bareInsert else { return }
        // single … ack p50=0.310ms p99=…
        let line = try ReferenceProgram.firstLine(of: bareInsert, ["single", "1", "3"]) { $0.hasPrefix("single") }
        for name in ["p50", "p99"] {
            guard let word = line.split(separator: " ").first(where: { $0.hasPrefix("\(name)=") }),
                let value = Double(word.dropFirst(4).dropLast(2))
            else { throw BenchError("\(bareInsert) said \(line)") }
            try rows.put("reference.insert.\(name)", value, "ms", "writer.c, one bare INSERT")
        }
    }

    private func measure(_ name: String, _ connection: LineConnection) throws {
        var times: [Double] = []
        for number in 0..<(count + 100) {
            let began = ContinuousClock.now
            _ = try connection.ask(
                "SUBMIT channel=chat skills=nobody:1 customer=a\(number) attrs={\"order\":\(number)}")
            if number >= 100 { times.append(Measured.seconds(.now - began)) }
        }
        times.sort()
        try rows.put("\(name).p50", Measured.share(times, 0.5) * 1e3, "ms", "SUBMIT, one at a time")
        try rows.put("\(name).p99", Measured.share(times, 0.99) * 1e3, "ms")
    }
}
