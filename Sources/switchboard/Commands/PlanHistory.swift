import ArgumentParser
import Client

/// Lists the versions of the plan, or what one of them changed.
struct PlanHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List the versions of the plan, or what one of them changed.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: ListOptions

    @Argument(help: "The version whose changes are shown.")
    var version: Int?

    func run() async throws {
        try await connection.withClient { client in
            if let version {
                let asked = fields(["version": String(version)])
                let answer = try await client.request(Request("PLAN HISTORY", nil, asked))
                return PlanLines.show(answer.rows.compactMap { $0["change"] })
            }
            RowTable.show(try await client.rows("PLAN HISTORY"), json: output.json, empty: "No versions.")
        }
    }
}
