import Foundation

/// A recorded conversation with the line port, to be held again.
///
/// ```
/// # a comment
/// shop> HELLO version=1 token=$shop
/// shop< OK version=1 role=upstream server=… session=…
/// ```
///
/// `NAME> ` is sent by the session of that name once all above it has come, `NAME< ` must be the next line of that
/// session. `admin` is the owner on the Unix socket, everybody else is on TCP. `…` stands for any run of characters within
/// one value; `$word` in an expected line keeps such a run, and in a later request puts it in.
struct Transcript: Sendable {
    enum Step: Sendable {
        case request(session: String, String)
        case answer(session: String, String)
    }

    /// Where it stands, for messages.
    let name: String
    let steps: [(line: Int, step: Step)]

    /// - Parameter firstLine: The number of the first of `lines` in its file.
    init(name: String, lines: [Substring], firstLine: Int) throws {
        self.name = name
        steps = try lines.enumerated().compactMap { index, line in
            let number = firstLine + index
            return try Self.step(of: line, at: "\(name):\(number)").map { (number, $0) }
        }
    }

    private static func step(of line: Substring, at place: String) throws -> Step? {
        if line.allSatisfy(\.isWhitespace) || line.hasPrefix("#") { return nil }
        let session = line.prefix { $0.isLetter || $0.isNumber || $0 == "-" }
        let rest = line[session.endIndex...]
        if !session.isEmpty, rest.hasPrefix("> ") {
            return .request(session: String(session), String(rest.dropFirst(2)))
        }
        if !session.isEmpty, rest.hasPrefix("< ") {
            return .answer(session: String(session), String(rest.dropFirst(2)))
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

    /// The blocks of a Markdown page that are fenced as `transcript`.
    static func fenced(in path: String) throws -> [Transcript] {
        let name = URL(fileURLWithPath: path).lastPathComponent
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        var found: [Transcript] = []
        var open: Int?
        for (index, line) in lines.enumerated() where line.hasPrefix("```") {
            if let first = open {
                found.append(try Transcript(name: name, lines: Array(lines[first..<index]), firstLine: first + 1))
                open = nil
            } else if line == "```transcript" {
                open = index + 1
            }
        }
        guard open == nil else { throw PeerError("\(name): a fence is not closed") }
        return found
    }
}

/// The parties of a transcript and what they know.
final class TranscriptStage {
    private let daemon: DaemonUnderTest
    private var peers: [String: LinePeer] = [:]
    /// What `$word` stands for, by `$word`.
    private var kept: [String: String] = [:]

    init(_ daemon: DaemonUnderTest) { self.daemon = daemon }

    /// Holds the conversation; returns where it went otherwise, nothing if it went as written.
    func play(_ transcript: Transcript) throws -> [String] {
        var differences: [String] = []
        for (line, step) in transcript.steps {
            let place = "\(transcript.name):\(line)"
            switch step {
            case .request(let session, let request):
                try peer(session).send(fill(request))
            case .answer(let session, let expected):
                guard let line = try peer(session).readLine(patience: .seconds(10)) else {
                    return differences + ["\(place): [\(session)] was closed instead of\n  \(expected)"]
                }
                guard let found = Self.match(line, expected) else {
                    differences.append("\(place): [\(session)] expected\n  \(expected)\ncame\n  \(line)")
                    continue
                }
                kept.merge(found) { $1 }
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

    private func fill(_ request: String) -> String {
        var request = request
        // The longest first: `$shop2` is not `$shop` and a 2.
        for (word, value) in kept.sorted(by: { $0.key.count > $1.key.count }) {
            request = request.replacingOccurrences(of: word, with: value)
        }
        return request
    }

    /// What each `$word` of the pattern stands for in the line; nil if the line is not what is written.
    static func match(_ line: String, _ pattern: String) -> [String: String]? {
        let run = #"[^\s"]*?|(?<=")[^"]*?(?=")"#
        var expression = ""
        var words: [String] = []
        var rest = Substring(pattern)
        while let character = rest.first {
            let word = rest.dropFirst().prefix { $0.isLetter || $0.isNumber }
            if character == "…" {
                expression += "(?:\(run))"
                rest = rest.dropFirst()
            } else if character == "$", !word.isEmpty {
                expression += "(\(run))"
                words.append("$\(word)")
                rest = rest[word.endIndex...]
            } else {
                expression += NSRegularExpression.escapedPattern(for: String(character))
                rest = rest.dropFirst()
            }
        }
        let whole = NSRange(line.startIndex..., in: line)
        guard let regex = try? NSRegularExpression(pattern: "^\(expression)$"),
            let match = regex.firstMatch(in: line, range: whole)
        else { return nil }
        return words.enumerated().reduce(into: [:]) { found, entry in
            found[entry.element] = Range(match.range(at: entry.offset + 1), in: line).map { String(line[$0]) }
        }
    }
}
