import ArgumentParser
import Client
import Foundation

/// Everything about many agents at once.
struct AgentCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agents", abstract: "List agents; import, export and remove them.",
        discussion: "docs/agents.md describes the files.",
        subcommands: [ListAgents.self, AgentsImport.self, AgentsExport.self, AgentsRemove.self],
        defaultSubcommand: ListAgents.self)
}

extension AgentFile.Format: ExpressibleByArgument {}

/// Makes the agents what a file says.
struct AgentsImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make the agents what a file says: all of it, or nothing.",
        discussion: """
            A CSV file with the header id,name,skills,channels,capacity,team, or YAML; - is standard input. What would \
            change is shown first. A column or a key that is left out changes nothing, an empty one returns to its \
            default.
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var consent: Consent

    @Argument(help: "The file.")
    var file: String

    @Option(help: "csv or yaml; else what the file's name ends with.")
    var format: AgentFile.Format?

    @Flag(help: "Remove the agents that are not in the file.")
    var prune = false

    func run() async throws {
        guard let format = format ?? AgentFile.Format(path: file) else {
            throw ValidationError("Is \(file) CSV or YAML? Say it with --format.")
        }
        let listed = AgentFile(try InputFile.bytes(file), format: format)
        guard listed.faults.isEmpty else {
            for fault in listed.faults { complain(fault.place, fault.message) }
            throw Failure.refused
        }
        try await connection.withClient { client in
            let unlisted = prune ? try await agents(of: client, butFor: listed) : []
            let body =
                "{\"agents\":[" + listed.agents.map(\.json).joined(separator: ",") + "],\"remove\":["
                + unlisted.map { JSONOutput.string($0) }.joined(separator: ",") + "]}"
            do {
                try await consent.put(body, client, asks: file != "-")
            } catch ClientError.rejected(let rejection) {
                for row in rejection.rows { tell(row, listed, unlisted) }
                throw ClientError.rejected(rejection)
            }
        }
    }

    private func agents(of client: SwitchboardClient, butFor listed: AgentFile) async throws -> [String] {
        let kept = Set(listed.agents.map(\.id))
        return try await client.rows("AGENTS").compactMap { $0["agent"] }.filter { !kept.contains($0) }
    }

    /// A fault that the daemon found, at its place in the file.
    private func tell(_ row: Fields, _ listed: AgentFile, _ unlisted: [String]) {
        guard let path = row["path"], let error = row["error"] else { return }
        if let place = listed.place(ofPath: path) {
            complain(place, error)
        } else {
            complain("", path.hasPrefix("remove[") ? error : "\(path): \(error)")
        }
    }

    private func complain(_ place: String, _ message: String) {
        Terminal.complain(place.isEmpty ? "\(file): \(message)" : "\(file): \(place): \(message)")
    }
}

/// Prints the agents as a file.
struct AgentsExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print the agents as a file that can be imported.")

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "csv or yaml.")
    var format: AgentFile.Format = .csv

    @Flag(help: "Begin with a byte order mark: Excel takes a CSV file for UTF-8 only then.")
    var bom = false

    func run() async throws {
        try await connection.withClient { client in
            let rows = try await client.rows("AGENTS")
            let text =
                switch format {
                case .csv: AgentListing.csv(rows)
                case .yaml: AgentListing.yaml(rows)
                }
            Terminal.write((bom ? "\u{FEFF}" : "") + text)
        }
    }
}

/// Removes agents.
struct AgentsRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove agents who are signed off and have no work: all of them, or none.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var consent: Consent

    @Argument(help: "The agents.")
    var ids: [String]

    func run() async throws {
        try await connection.withClient { client in
            do {
                let list = ids.map { JSONOutput.string($0) }.joined(separator: ",")
                try await consent.put("{\"remove\":[\(list)]}", client, asks: true)
            } catch ClientError.rejected(let rejection) {
                for row in rejection.rows { if let error = row["error"] { Terminal.complain(error) } }
                throw ClientError.rejected(rejection)
            }
        }
    }
}

/// Whether what was shown is to be done.
struct Consent: ParsableArguments {
    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(help: "Show what would change, and change nothing.")
    var dryRun = false

    /// Shows what the body of an AGENTS PUT would change, then has it done if that is wanted.
    func put(_ body: String, _ client: SwitchboardClient, asks: Bool) async throws {
        let field = Field("body", .json(body))
        let check = try await client.request(Request("AGENTS PUT", nil, [field, Field("check", "true")]))
        PlanLines.show(AgentDifference.lines(check.rows))
        guard !check.rows.isEmpty else { return Terminal.line("No differences.") }
        if dryRun { return Terminal.line("Nothing was changed: \(AgentDifference.counts(check)).") }
        if !yes {
            guard asks, Terminal.isInteractive, isatty(STDIN_FILENO) == 1 else {
                Terminal.complain("nothing was changed: nobody can be asked here; --yes does it")
                throw Failure.refused
            }
            Terminal.progress("\(AgentDifference.counts(check)). Do it? [y/N] ")
            guard ["y", "yes"].contains(AgentFile.trimmed(readLine() ?? "").lowercased()) else {
                Terminal.line("Nothing was changed.")
                throw Failure.refused
            }
        }
        Terminal.line(AgentDifference.counts(try await client.request(Request("AGENTS PUT", nil, [field]))) + ".")
    }
}
