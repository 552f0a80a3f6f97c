import ArgumentParser
import Client
import Plan

/// Puts a plan into force.
struct PlanPublish: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Put a plan into force, as a new version.",
        discussion: "It is checked here first: faults are told with their lines, and nothing is sent.")

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The plan.")
    var file: String

    @Option(help: "Publish only if this version is in force; else tell what has changed since.")
    var ifVersion: Int?

    @Option(help: "What to say of it in the history.")
    var note: String?

    @Flag(help: "Tell what it would change, and change nothing.")
    var dryRun = false

    func run() async throws {
        let plan = try PlanFile.plan(file)
        let body = Field("body", .json(String(decoding: plan.document, as: UTF8.self)))
        let chosen = dryRun ? [] : Array(fields(["if_version": ifVersion.map(String.init), "note": note]))
        try await connection.withClient { client in
            try await Published.reporting {
                let verb = dryRun ? "PLAN CHECK" : "PLAN PUT"
                let answer = try await client.request(Request(verb, nil, Fields([body] + chosen)))
                Published.show(answer, isDry: dryRun)
            }
        }
    }
}

/// Brings an older version back.
struct PlanRollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Put an older version into force again, as a new one.")

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The version; `plan history` lists them.")
    var version: Int

    @Option(help: "Only if this version is in force.")
    var ifVersion: Int?

    func run() async throws {
        let chosen = fields(["version": String(version), "if_version": ifVersion.map(String.init)])
        try await connection.withClient { client in
            try await Published.reporting {
                Published.show(try await client.request(Request("PLAN ROLLBACK", nil, chosen)), isDry: false)
            }
        }
    }
}

/// What a daemon says of a plan that it was given.
private enum Published {
    static func show(_ answer: Answer, isDry: Bool) {
        for row in answer.rows {
            if let warning = row["warning"] { Terminal.complain("warning: \(row["path"] ?? ""): \(warning)") }
        }
        PlanLines.show(answer.rows.compactMap { $0["change"] })
        let version = answer["version"] ?? ""
        if answer["unchanged"] == "true" {
            Terminal.line("No differences: version \(version) stays in force.")
        } else if isDry {
            Terminal.line("Version \(version) is in force; nothing was changed.")
        } else {
            Terminal.line("Version \(version) is in force.")
        }
    }

    /// A refusal comes with rows that say what stands in the way.
    static func reporting(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch ClientError.rejected(let rejection) {
            for row in rejection.rows {
                if let error = row["error"] { Terminal.complain("\(row["path"] ?? ""): \(error)") }
            }
            PlanLines.show(rejection.rows.compactMap { $0["change"] })
            throw ClientError.rejected(rejection)
        }
    }
}

/// Lines of a difference in their colours.
enum PlanLines {
    static func show(_ lines: [String]) {
        for line in lines {
            if line.hasPrefix("+") {
                Terminal.line(Terminal.green(line))
            } else if line.hasPrefix("-") {
                Terminal.line(Terminal.red(line))
            } else {
                Terminal.line(line)
            }
        }
    }
}
