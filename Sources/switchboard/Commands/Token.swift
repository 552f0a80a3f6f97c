import ArgumentParser
import Client

/// Makes, lists and revokes tokens.
struct Token: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list and revoke tokens.", subcommands: [TokenCreate.self, TokenList.self, TokenRevoke.self])
}

/// Makes a token.
struct TokenCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a token; its secret is shown this once.")

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "admin, supervisor, gateway, upstream or agent.")
    var role: String

    @Option(help: "The agent whom a token of role agent is for.")
    var agent: String?

    @Option(help: "What to call it.")
    var name: String?

    @Option(help: "The teams that a supervisor sees, with commas.")
    var teams: String?

    @Option(help: "When it ends: a time, or a length such as +30d.")
    var expires: String?

    @Flag(help: "Print the answer as a JSON object.")
    var json = false

    @Flag(help: "Print nothing but the secret.")
    var secretOnly = false

    func run() async throws {
        try await connection.withClient { client in
            let chosen = fields(["role": role, "agent": agent, "name": name, "teams": teams, "expires": expires])
            let answer = try await client.request(Request("TOKEN CREATE", nil, chosen))
            if json {
                Terminal.line(JSONOutput.object(answer.fields))
            } else if secretOnly {
                Terminal.line(answer["token"] ?? "")
            } else {
                RowTable.show([answer.fields], json: false, empty: "")
            }
        }
    }
}

/// Lists tokens.
struct TokenList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List tokens, without secrets.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: ListOptions

    func run() async throws {
        try await connection.withClient { client in
            RowTable.show(try await client.rows("TOKEN LIST"), json: output.json, empty: "No tokens.")
        }
    }
}

/// Revokes a token.
struct TokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke a token; its sessions are closed.")

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The token's id, as `token list` shows it.")
    var id: String

    func run() async throws {
        try await connection.withClient { client in
            let answer = try await client.request(Request("TOKEN REVOKE", id))
            Terminal.line("Revoked token \(answer["id"] ?? id).")
        }
    }
}
