import Foundation
import LineProtocol

/// Agents as a file lists them, and where in the file.
struct AgentFile {
    /// One agent: what the file says of it and nothing else.
    struct Agent {
        /// In NFC, if it is a name.
        var id: String
        /// What it is to be, `skills` and so on, each as JSON.
        var fields: [(key: String, json: String)]
        /// Where it stands, for messages; under a field's name where that stands.
        var places: [String: String]

        var json: String {
            let members = [("id", JSONOutput.string(id))] + fields.map { ($0.key, $0.json) }
            return "{" + members.map { "\(JSONOutput.string($0)):\($1)" }.joined(separator: ",") + "}"
        }
    }

    /// What is wrong with the file.
    struct Fault: Error {
        /// `line 4, column skills`; empty for the file as a whole.
        var place: String
        var message: String
    }

    enum Format: String, CaseIterable {
        case csv
        case yaml

        /// The format that the end of the file's name stands for.
        init?(path: String) {
            switch URL(fileURLWithPath: path).pathExtension.lowercased() {
            case "csv": self = .csv
            case "yaml", "yml", "json": self = .yaml
            default: return nil
            }
        }
    }

    static let fields = ["name", "skills", "channels", "capacity", "team"]

    var agents: [Agent] = []
    var faults: [Fault] = []

    init(_ bytes: [UInt8], format: Format) {
        if let problem = Encoding.problem(bytes) {
            faults = [Fault(place: "", message: problem)]
        } else {
            switch format {
            case .csv: readCSV(bytes)
            case .yaml: readYAML(bytes)
            }
        }
        checkNames()
        if faults.isEmpty, agents.isEmpty { faults = [Fault(place: "", message: "it lists no agents")] }
    }

    /// No two agents have one name.
    private mutating func checkNames() {
        var first: [String: Agent] = [:]
        for agent in agents where !agent.id.isEmpty {
            if let other = first.updateValue(agent, forKey: agent.id) {
                fault(agent.places["id"] ?? "", "\(agent.id) stands there twice, first at \(other.places["id"] ?? "")")
            }
        }
    }

    mutating func fault(_ place: String, _ message: String) {
        faults.append(Fault(place: place, message: message))
    }

    /// The place that the port's path means, such as `agents[3].skills.billing`; nil for one that is not of the file.
    func place(ofPath path: String) -> String? {
        guard path.hasPrefix("agents["), let end = path.firstIndex(of: "]"),
            let index = Int(path[path.index(path.startIndex, offsetBy: 7)..<end]), agents.indices.contains(index)
        else { return nil }
        let key = path[path.index(after: end)...].dropFirst().prefix { $0 != "." }
        return agents[index].places[String(key)] ?? agents[index].places[""]
    }

    /// The name as the daemon has it.
    static func normal(_ id: String) -> String { (try? checkedName(id)) ?? id }

    // MARK: Values

    /// `billing:5`, `korean`: the name and what follows its colon.
    static func splitEntry(_ text: some StringProtocol) -> (name: String, number: String?) {
        guard let colon = text.lastIndex(of: ":") else { return (trimmed(text), nil) }
        return (trimmed(text[..<colon]), trimmed(text[text.index(after: colon)...]))
    }

    static func trimmed(_ text: some StringProtocol) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }

    /// `{"billing":5,"korean":null}`; nil where a number is none.
    static func object(_ entries: [(name: String, number: String?)]) -> String? {
        var members: [String] = []
        for entry in entries {
            if let number = entry.number {
                guard let number = Int32(number) else { return nil }
                members.append("\(JSONOutput.string(normal(entry.name))):\(number)")
            } else {
                members.append("\(JSONOutput.string(normal(entry.name))):null")
            }
        }
        return "{" + members.joined(separator: ",") + "}"
    }
}

/// What a text is written in, as far as its bytes tell.
private enum Encoding {
    /// What is wrong with the bytes of a text that should be UTF-8; nil if they are.
    static func problem(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return "this is UTF-16, not UTF-8; in Excel save it as \"CSV UTF-8 (Comma delimited)\""
        }
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        if isCP949(bytes) {
            return "this is CP949 (Korean Windows), not UTF-8; in Excel save it as \"CSV UTF-8 (Comma delimited)\", "
                + "or convert it: iconv -f CP949 -t UTF-8"
        }
        return "this is not UTF-8"
    }

    /// Whether everything but ASCII are pairs of bytes that code page 949 has.
    /// Source: the WHATWG Encoding Standard, "euc-kr", which is code page 949.
    private static func isCP949(_ bytes: [UInt8]) -> Bool {
        var index = 0
        while index < bytes.count {
            if bytes[index] < 0x80 {
                index += 1
                continue
            }
            guard (0x81...0xFE).contains(bytes[index]), index + 1 < bytes.count else { return false }
            switch bytes[index + 1] {
            case 0x41...0x5A, 0x61...0x7A, 0x81...0xFE: index += 2
            default: return false
            }
        }
        return true
    }
}
