import Foundation
import LineProtocol

/// A recorded conversation with the line port, to be held again.
///
/// ```
/// # a comment
/// [shop]
/// > HELLO version=1 token=…
/// < OK version=1 role=upstream server=… session=…
/// ```
///
/// `[name]` says who speaks from here on; `admin` (also where nobody is named) is on the Unix socket, everybody else on
/// TCP. `>` (or `C:`) is sent, `<` (or `S:`) must be the next line of that connection; `…` stands for any one value. In a
/// request `token=…` is the secret that the transcript's own TOKEN CREATE gave to the token with that `name=` or
/// `agent=`, else one that is made for it: of the role that the speaker is named after, or for the agent of that name.
struct Transcript: Sendable {
    enum Step: Sendable {
        case speaker(String)
        case request(String)
        case answer(String)
    }

    /// Where it stands, for messages.
    let name: String
    /// It goes on where the one before it in the file ended.
    let isContinued: Bool
    let steps: [(line: Int, step: Step)]

    /// - Parameter firstLine: The number of the first of `lines` in its file.
    init(name: String, lines: [Substring], firstLine: Int, isContinued: Bool = false) throws {
        self.name = name
        self.isContinued = isContinued
        steps = try lines.enumerated().compactMap { index, line in
            let number = firstLine + index
            return try Self.step(of: String(line), at: "\(name):\(number)").map { (number, $0) }
        }
    }

    private static func step(of line: String, at place: String) throws -> Step? {
        let text = line.trimmingCharacters(in: .whitespaces)
        if text.isEmpty || text.hasPrefix("#") { return nil }
        if text.hasPrefix("["), text.hasSuffix("]") { return .speaker(String(text.dropFirst().dropLast())) }
        for prefix in [">", "C:"] where text.hasPrefix(prefix) {
            return .request(text.dropFirst(prefix.count).trimmingCharacters(in: .whitespaces))
        }
        for prefix in ["<", "S:"] where text.hasPrefix(prefix) {
            return .answer(text.dropFirst(prefix.count).trimmingCharacters(in: .whitespaces))
        }
        throw PeerError("\(place) is no line of a transcript: \(line)")
    }

    /// The one transcript of a golden file.
    static func golden(_ path: String) throws -> Transcript {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return try Transcript(
            name: URL(fileURLWithPath: path).lastPathComponent,
            lines: text.split(separator: "\n", omittingEmptySubsequences: false), firstLine: 1)
    }

    /// The blocks of a Markdown page that are fenced as `transcript`, or `transcript continued`.
    static func fenced(in path: String) throws -> [Transcript] {
        let name = URL(fileURLWithPath: path).lastPathComponent
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        var found: [Transcript] = []
        var block: (first: Int, isContinued: Bool, lines: [Substring])?
        for (index, line) in lines.enumerated() {
            if let open = block {
                if line.hasPrefix("```") {
                    found.append(
                        try Transcript(
                            name: name, lines: open.lines, firstLine: open.first, isContinued: open.isContinued))
                    block = nil
                } else {
                    block?.lines.append(line)
                }
            } else if line.hasPrefix("```transcript") {
                block = (index + 2, line.contains("continued"), [])
            }
        }
        guard block == nil else { throw PeerError("\(name): a fence is not closed") }
        return found
    }
}

/// The parties of a transcript and what they know.
final class TranscriptStage {
    private let daemon: DaemonUnderTest
    private var peers: [String: LinePeer] = [:]
    private var secrets: [String: String] = [:]

    init(_ daemon: DaemonUnderTest) { self.daemon = daemon }

    /// Holds the conversation; returns where it went otherwise, nothing if it went as written.
    func play(_ transcript: Transcript) throws -> [String] {
        var differences: [String] = []
        var speaker = "admin"
        var lastRequest = ""
        for (line, step) in transcript.steps {
            let place = "\(transcript.name):\(line)"
            switch step {
            case .speaker(let name): speaker = name
            case .request(let request):
                lastRequest = try fill(request, for: speaker)
                try peer(speaker).send(lastRequest)
            case .answer(let expected):
                guard let line = try peer(speaker).readLine(patience: .seconds(10)) else {
                    differences.append("\(place): the connection was closed instead of\n  \(expected)")
                    return differences
                }
                remember(line, after: lastRequest)
                if !Self.matches(line, expected) {
                    differences.append("\(place): expected\n  \(expected)\ncame\n  \(line)")
                }
            }
        }
        for (name, peer) in peers.sorted(by: { $0.key < $1.key }) {
            try peer.send("#end PING")
            while let line = try peer.readLine(patience: .seconds(10)), !line.hasPrefix("#end OK") {
                differences.append("\(transcript.name): [\(name)] was also sent\n  \(line)")
            }
        }
        return differences
    }

    private func peer(_ name: String) throws -> LinePeer {
        if let peer = peers[name] { return peer }
        let peer = name == "admin" ? try daemon.admin() : try daemon.stranger()
        peers[name] = peer
        return peer
    }

    private func fill(_ request: String, for speaker: String) throws -> String {
        guard request.contains("token=…") else { return request }
        return request.replacingOccurrences(of: "token=…", with: "token=\(try secret(of: speaker))")
    }

    private func secret(of speaker: String) throws -> String {
        if let secret = secrets[speaker] { return secret }
        let isRole = RoleSet.all.names.contains(speaker)
        let secret = try daemon.token(isRole ? "role=\(speaker) name=\(speaker)" : "role=agent agent=\(speaker)")
        secrets[speaker] = secret
        return secret
    }

    private func remember(_ text: String, after request: String) {
        guard request.uppercased().contains("TOKEN CREATE"), let line = AnswerLine(text), let secret = line.string("token")
        else { return }
        for key in ["name", "agent"] {
            if let name = line.string(key) { secrets[name] = secret }
        }
    }

    /// Whether the line is what is written, each `…` standing for one value.
    static func matches(_ line: String, _ pattern: String) -> Bool {
        let value = #"(?:"(?:[^"\\]|\\.)*"|\{.*\}|\[.*\]|\S+?)"#
        let expression = pattern.components(separatedBy: "…").map(NSRegularExpression.escapedPattern(for:))
            .joined(separator: value)
        guard let regex = try? NSRegularExpression(pattern: "^\(expression)$") else { return false }
        return regex.firstMatch(in: line, range: NSRange(line.startIndex..., in: line)) != nil
    }
}
