import ArgumentParser
import Client

/// Options of every command that prints rows.
struct ListOptions: ParsableArguments {
    @Flag(help: "Print one JSON array.")
    var json = false
}

/// Fields from options that were given.
func fields(_ pairs: KeyValuePairs<String, String?>) -> Fields {
    Fields(pairs.compactMap { key, value in value.map { Field(key, $0) } })
}

extension SwitchboardClient {
    /// The first `limit` rows of a list, all of them if nil, page after page.
    func rows(_ verb: String, _ fields: Fields, limit: Int?) async throws(ClientError) -> [Fields] {
        guard let limit else { return try await rows(verb, fields) }
        var rows: [Fields] = []
        var after: String?
        repeat {
            var page = Array(fields) + [Field("limit", min(1000, limit - rows.count))]
            if let after { page.append(Field("after", after)) }
            let answer = try await request(Request(verb, nil, Fields(page)))
            rows += answer.rows
            after = answer["after"] == after ? nil : answer["after"]
        } while after != nil && rows.count < limit
        return rows
    }
}

/// Lists agents.
struct ListAgents: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List agents.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: ListOptions

    @Option(help: "Only those in this state: ready, away, offline, …")
    var state: String?

    @Option(help: "Only those with this skill.")
    var skill: String?

    @Option(help: "Only those of this team.")
    var team: String?

    @Option(help: "No more than so many.")
    var limit: Int?

    func run() async throws {
        try await connection.withClient { client in
            let rows = try await client.rows(
                "AGENTS", fields(["state": state, "skill": skill, "team": team]), limit: limit)
            RowTable.show(rows, json: output.json, empty: "No agents.")
        }
    }
}

/// Lists inquiries.
struct ListInquiries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "inquiries", abstract: "List inquiries.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: ListOptions

    @Option(help: "Only those in this state: waiting, offered, assigned, …")
    var state: String?

    @Option(help: "Only those in this queue.")
    var queue: String?

    @Option(help: "Only those of this channel.")
    var channel: String?

    @Option(help: "Only those of this agent.")
    var agent: String?

    @Option(help: "Only those of this customer.")
    var customer: String?

    @Option(help: "No more than so many.")
    var limit: Int?

    func run() async throws {
        try await connection.withClient { client in
            let chosen = fields([
                "state": state, "queue": queue, "channel": channel, "agent": agent, "customer": customer,
            ])
            let rows = try await client.rows("INQUIRIES", chosen, limit: limit)
            RowTable.show(rows, json: output.json, empty: "No inquiries.")
        }
    }
}

/// Lists queues.
struct ListQueues: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "queues", abstract: "List queues.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: ListOptions

    func run() async throws {
        try await connection.withClient { client in
            RowTable.show(try await client.rows("QUEUES"), json: output.json, empty: "No queues.")
        }
    }
}

/// Shows live figures.
struct ShowStats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "stats", abstract: "Show live figures by queue.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: ListOptions

    @Option(help: "Of this queue only.")
    var queue: String?

    @Option(help: "Of this channel only.")
    var channel: String?

    @Option(help: "Over the last 5m, 30m, or today.")
    var window: String?

    @Flag(help: "All figures, not only those that tell how the floor does.")
    var all = false

    /// What a table has room for.
    private static let usual: Set = [
        "queue", "waiting", "offered", "assigned", "held", "oldest", "entered", "accepted", "abandoned",
        "service_level", "asa", "p95", "assign_sla", "first_response_sla", "next_response_sla", "resolution_sla",
        "ready", "occupancy",
    ]

    func run() async throws {
        try await connection.withClient { client in
            var rows = try await client.rows(
                "STATS", fields(["queue": queue, "channel": channel, "window": window]))
            if !all && !output.json {
                rows = rows.map { row in Fields(row.filter { Self.usual.contains($0.key) }) }
            }
            RowTable.show(rows, json: output.json, empty: "No figures.")
        }
    }
}
