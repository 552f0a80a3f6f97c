import ArgumentParser
import Client
import Foundation

/// How a command finds its daemon.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            HOST:PORT or the path of a Unix socket; several with commas, the first that serves is used. Without it \
            SWITCHBOARD_URL, written the same way.
            """,
            valueName: "where"))
    var connect: String?

    @Option(help: ArgumentHelp("A file that holds the token.", valueName: "file"))
    var tokenFile: String?

    /// The settings that options, environment and defaults amount to.
    func configuration(patience: Duration = .seconds(5)) throws(ClientError) -> ClientConfiguration {
        var token: String?
        if let tokenFile { token = try Self.readToken(tokenFile) }
        var configuration = try ClientConfiguration.resolve(
            connect: connect, token: token, environment: ProcessInfo.processInfo.environment,
            defaultSockets: [Defaults.socket(in: Defaults.dataDirectory)],
            exists: { FileManager.default.fileExists(atPath: $0) })
        configuration.patience = patience
        return configuration
    }

    static func readToken(_ path: String) throws(ClientError) -> String {
        let token: String
        do {
            token = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw .invalidConfiguration("the token file \(path) cannot be read: \(error.localizedDescription)")
        }
        let trimmed = token.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty else { throw .invalidConfiguration("the token file \(path) is empty") }
        return trimmed
    }

    /// Connects, does the work, closes; what goes wrong is told on stderr and becomes the exit code: 1 for what the
    /// daemon refused, 2 for a daemon that is not there.
    func withClient(
        patience: Duration = .seconds(5), _ body: (SwitchboardClient) async throws -> Void
    ) async throws {
        try await Failure.reporting {
            let client = SwitchboardClient(try configuration(patience: patience))
            try await client.connect()
            try await body(client)
            await client.close()
        }
    }
}

/// A file, or a part of one, that cannot be used; a sentence for people.
struct InputFault: Error {
    let sentence: String

    init(_ sentence: String) {
        self.sentence = sentence
    }
}

/// Exit codes and what is said with them.
enum Failure {
    /// A daemon refused something, or something did not come out as it should.
    static let refused = ExitCode(1)
    /// No daemon, or it was lost.
    static let connection = ExitCode(2)

    /// A file or an option is at fault; the parser's own code for that.
    static let input = ExitCode(64)

    /// Runs `body`; what a client or a file is at fault for is told on stderr and becomes an exit code.
    static func reporting(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as ClientError {
            Terminal.complain(explain(error))
            throw exitCode(error)
        } catch let fault as InputFault {
            Terminal.complain(fault.sentence)
            throw input
        }
    }

    static func exitCode(_ error: ClientError) -> ExitCode {
        switch error {
        case .rejected, .invalidRequest, .invalidEndpoint, .invalidConfiguration: refused
        case .connectionLost, .unreachable, .closed, .overloaded, .eventsUnread, .protocolViolation: connection
        }
    }

    private static func explain(_ error: ClientError) -> String {
        if case .rejected(let rejection) = error, rejection.code == "unauthorized" {
            return rejection.description + "\nName a token with --token-file or SWITCHBOARD_TOKEN."
        }
        return error.description
    }
}
