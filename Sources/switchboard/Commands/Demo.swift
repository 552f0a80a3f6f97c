import ArgumentParser
import Client
import Foundation
import Simulation

/// Shows the whole thing at work, with nothing set up.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Play a morning at a Korean–English shoe shop against a daemon of its own.",
        discussion: """
            Starts a daemon with its own PostgreSQL in a fresh folder, at 200 times the speed of the wall clock, and \
            plays about three hours of calls, chats, messages and e-mails against its port. On a terminal the daemon \
            then stays until Ctrl-C, so that you can go on by hand; else everything is stopped.
            """)

    /// A morning of three hours takes 54 s.
    static let speed = 200

    @Option(help: "How long the morning takes, in seconds.")
    var seconds = 60

    @Option(help: "The same seed makes the same morning.")
    var seed: UInt64 = 7

    @Option(help: "The folder for the daemon's data; it must not exist. Default: a fresh one in the temporary folder.")
    var dataDir: String?

    @Flag(help: "Keep the folder.")
    var keep = false

    func validate() throws {
        guard (5...3600).contains(seconds) else { throw ValidationError("--seconds is from 5 to 3600") }
        if let dataDir, FileManager.default.fileExists(atPath: dataDir) {
            throw ValidationError("\(dataDir) is there already; a demo begins with a fresh folder")
        }
    }

    func run() async throws {
        let interruption = Interruption()
        let curtain = Curtain()
        let folder = dataDir ?? "/tmp/switchboard-demo-\(ProcessInfo.processInfo.processIdentifier)"
        Terminal.line("Starting a daemon with its own PostgreSQL in \(folder) …")
        let daemon = try ChildDaemon(dataDirectory: folder, speed: Self.speed)
        let stopping = Task { [signals = interruption.signals] in
            for await _ in signals { curtain.fall(daemon) }
        }
        defer { stopping.cancel() }
        var failure: (any Error)?
        do {
            try await play(daemon, curtain)
        } catch {
            failure = error
        }
        let status = await daemon.stop()
        if let failure, !curtain.hasFallen {
            Terminal.complain("\(failure)\n\(daemon.lastWords)\nThe daemon's whole log: \(daemon.log)")
            throw Failure.connection
        }
        guard status == 0 else {
            Terminal.complain("the daemon ended with code \(status)\n\(daemon.lastWords)")
            throw Failure.refused
        }
        if keep {
            Terminal.line("The daemon has stopped; its data is kept in \(folder).")
        } else {
            daemon.removeData()
            Terminal.line("The daemon has stopped; its data is removed.")
        }
    }

    private func play(_ daemon: ChildDaemon, _ curtain: Curtain) async throws {
        let admin = ClientConfiguration(endpoints: [.unix(path: daemon.socket)], patience: .seconds(2))
        try await waitUntilServing(daemon, admin)
        let performance = try await prepare(admin, port: daemon.port)
        curtain.rise(on: performance)
        var screen = DemoScreen()
        let end = ContinuousClock.now + .seconds(seconds)
        var wasInterrupted = true
        try await performance.run(
            until: { _ in
                wasInterrupted = .now < end
                return !wasInterrupted
            }, look: { screen.look($0) })
        screen.finish(performance)
        summarize(performance)
        if Terminal.isInteractive, !wasInterrupted {
            goOnByHand(daemon)
            // The agents stay at their desks and serve whatever is submitted by hand.
            try await performance.run(until: { _ in false }, look: { _ in })
            Terminal.line("")
        }
        await performance.close()
    }

    /// A first start makes a database: some seconds, on a slow disk many.
    private func waitUntilServing(_ daemon: ChildDaemon, _ admin: ClientConfiguration) async throws(ClientError) {
        let deadline = ContinuousClock.now + .seconds(90)
        while true {
            let client = SwitchboardClient(admin)
            do throws(ClientError) {
                try await client.connect()
                return await client.close()
            } catch {
                guard daemon.isRunning, .now < deadline else { throw error }
            }
        }
    }

    private func prepare(_ admin: ClientConfiguration, port: Int) async throws(ClientError) -> Performance {
        let client = SwitchboardClient(admin)
        try await client.connect()
        let upstream = try await client.request(Self.tokenRequest(role: "upstream", name: "shop"))
        let gateway = try await client.request(Self.tokenRequest(role: "gateway", name: "desk"))
        await client.close()
        func configuration(_ answer: Answer) -> ClientConfiguration {
            ClientConfiguration(endpoints: [.tcp(host: "127.0.0.1", port: port)], token: answer["token"])
        }
        // Nobody comes in the last seconds, so that the end can be watched too.
        let length = Int64(seconds) * Int64(Self.speed) * microsecondsPerSecond * 9 / 10
        let scenario = SyntheticMorning.scenario(seed: seed, length: min(length, SyntheticMorning.length))
        return try await Performance(
            scenario: scenario, run: "demo", speed: Int64(Self.speed), customers: configuration(upstream),
            agents: configuration(gateway), onlooker: admin)
    }

    private static func tokenRequest(role: String, name: String) -> Request {
        Request("TOKEN CREATE", nil, [Field("role", role), Field("name", name)])
    }

    private func summarize(_ performance: Performance) {
        let driver = performance.driver
        let open = driver.arrivedCount - driver.endedCount
        Terminal.line("")
        Terminal.line(
            "\(driver.arrivedCount) inquiries in \(Numbers.length(performance.elapsed)) of the shop's time: "
                + "\(driver.answeredCount) completed, \(driver.abandonedCount) abandoned, \(open) still open.")
        Terminal.line(
            "\(performance.ledger.eventCount) events in the log; "
                + "\(performance.ledger.doubleAssignments) inquiries given to two agents at once.")
        if driver.problemCount > 0 {
            Terminal.line("\(driver.problemCount) answers were not as expected; the first: \(driver.problems[0])")
        }
    }

    private func goOnByHand(_ daemon: ChildDaemon) {
        let program = CommandLine.arguments.first ?? "switchboard"
        let options = "--connect \(daemon.socket)"
        let lines = [
            "", "The daemon runs on. In another terminal:", "",
            "  \(program) queues \(options)",
            "  \(program) agents \(options)",
            "  \(program) watch \(options)",
            "  \(program) send \(options) 'SUBMIT channel=chat skills=korean customer=you subject=\"운동화 문의\"'",
            "  nc -U \(daemon.socket)        and type HELP", "", "Ctrl-C stops it.",
        ]
        for line in lines { Terminal.line(line) }
    }
}
