import ArgumentParser
import Client
import Simulation

/// Prints events as they are committed.
struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print events as they are committed, until Ctrl-C.",
        discussion: """
            After a lost connection it goes on where it stopped, without a gap or a repeat. With --from it begins \
            after the event of that number.
            """)

    /// Longer than another daemon needs to take over.
    private static let patience = Duration.seconds(15)

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Print each event as a line of JSON.")
    var json = false

    @Option(help: "Only these types of event, with commas.")
    var types: String?

    @Option(help: "Only of this queue.")
    var queue: String?

    @Option(help: "Only of this inquiry.")
    var inquiry: String?

    @Option(help: "First those after this number.")
    var from: Int64?

    func run() async throws {
        try await Failure.reporting {
            let (notices, continuation) = AsyncStream.makeStream(of: Notice.self)
            let client = SwitchboardClient(
                try connection.configuration(patience: Self.patience), onNotice: { continuation.yield($0) })
            try await client.connect()
            var last = from
            for await notice in notices {
                switch notice {
                case .connected:
                    client.send(request(from: last)) { result in
                        if case .failure(let error) = result, error != .connectionLost {
                            continuation.yield(.disconnected(error))
                        }
                    }
                case .event(let event):
                    if event.seq > 0 { last = event.seq }
                    show(event)
                case .disconnected(.connectionLost): Terminal.complain("the connection was lost; looking for a daemon")
                case .disconnected(let error): throw error
                }
            }
        }
    }

    private func request(from last: Int64?) -> Request {
        Request(
            "WATCH", nil,
            fields(["types": types, "queue": queue, "inquiry": inquiry, "from": last.map { "\($0)" }]))
    }

    private func show(_ event: Event) {
        if json { return Terminal.line(JSONOutput.event(event)) }
        let rest = event.fields.filter { $0.key != "seq" && $0.key != "time" }
            .map { Terminal.dim($0.key + "=") + SafeText.visible($0.text) }
        let head = [event.fields["seq"] ?? "-", event.fields["time"] ?? "-", Terminal.cyan(event.type)]
        Terminal.line((head + rest).joined(separator: " "))
    }
}
