import ArgumentParser

/// The whole program: the daemon and everything that talks to one.
@main
struct Switchboard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switchboard",
        abstract: "Decides who answers what, and when that is too late.",
        discussion: """
            Every command but serve, demo, plan, calendar, simulate and cel talks to a running daemon. It is found by \
            --connect, else by SWITCHBOARD_URL, else by the socket of the default data folder, else at 127.0.0.1:7411; the \
            token comes from --token-file, else from SWITCHBOARD_TOKEN. On the daemon's own Unix socket its owner needs none.
            """,
        subcommands: [
            Serve.self, Send.self, AgentCommands.self, ListInquiries.self, ListQueues.self, ShowStats.self, Watch.self,
            Token.self, PlanCommands.self, CalendarCommands.self, EvaluateExpression.self, Replay.self, Simulate.self,
            Demo.self,
        ])
}
