import LineProtocol
import Routing

/// What the body of an AGENTS PUT asks for, as far as it can be read without a look at the agents that there are.
///
/// Reading it takes its time, so it is read off the engine's thread. Never stops at a fault.
struct AgentSheet: Sendable {
    /// Dots for keys, `[n]` for items; a sentence for people.
    struct Fault: Sendable, Equatable {
        var path: String
        var message: String
    }

    struct Entry: Sendable {
        var path: String
        var change: AgentChange
    }

    struct Removal: Sendable {
        var path: String
        var id: String
    }

    static let keys = ["agents", "remove"]
    static let agentKeys = ["id", "name", "skills", "channels", "capacity", "team"]

    private(set) var entries: [Entry] = []
    private(set) var removals: [Removal] = []
    private(set) var faults: [Fault] = []
    /// It names more agents than one step takes; nothing else of it was read.
    private(set) var isTooLarge = false
    /// Where each name was first met.
    private var places: [String: String] = [:]

    /// - Parameter body: One JSON object, valid and compact, no key of it twice. Cost: linear.
    init(_ body: [UInt8]) {
        guard let members = parseFlatObject(body) else { preconditionFailure("the field of a request is one object") }
        for (key, _) in members where !Self.keys.contains(key) {
            fault(Self.path(key), "unknown key; the keys are \(Self.keys.joined(separator: ", "))")
        }
        let agents = elements(members, "agents")
        let removed = elements(members, "remove")
        if faults.isEmpty, agents == nil, removed == nil { fault("", "neither agents nor remove is there") }
        guard (agents?.count ?? 0) + (removed?.count ?? 0) <= ServerLimits.agentsOfRequest else {
            isTooLarge = true
            return
        }
        for (index, value) in (agents ?? []).enumerated() { readAgent(value, "agents[\(index)]") }
        for (index, value) in (removed ?? []).enumerated() { readRemoval(value, "remove[\(index)]") }
    }

    private mutating func elements(_ members: [(key: String, value: JSONValue)], _ key: String) -> [JSONValue]? {
        guard let value = members.first(where: { $0.key == key })?.value else { return nil }
        if case .raw(let json) = value, let elements = parseArray(json) { return elements }
        fault(key, "\(key) is a list")
        return nil
    }

    // MARK: Agents

    private mutating func readAgent(_ value: JSONValue, _ path: String) {
        guard case .raw(let json) = value, let members = parseFlatObject(json) else {
            return fault(path, "an agent is an object such as {\"id\":\"kim\",\"skills\":{\"billing\":5}}")
        }
        guard let id = members.first(where: { $0.key == "id" })?.value else {
            return fault(path, "an agent needs an id")
        }
        guard let name = newName(id, path + ".id") else { return }
        var change = AgentChange(id: name)
        for (key, value) in members {
            let below = path + "." + Self.path(key)
            switch key {
            case "id": break
            case "name": readLabel(value, below).map { change.name = .set($0) }
            case "team": readTeam(value, below).map { change.team = .set($0) }
            case "capacity": readCapacity(value, below).map { change.capacity = .set($0) }
            case "skills":
                readNumbers(value, below, "level", Limits.level, most: Limits.agentSkills).map { skills in
                    change.skills = .set(
                        skills.map { skill in
                            SkillLevel(
                                skill: skill.name, level: skill.number.map { UInt8($0) } ?? Limits.agentLevelDefault)
                        })
                }
            case "channels":
                readNumbers(value, below, "limit", Limits.channelLimit, most: Limits.channels).map { channels in
                    let limits = channels.map { ChannelLimit(channel: $0.name, limit: $0.number.map { Int32($0) }) }
                    change.channels = .set(limits.isEmpty ? nil : limits)
                }
            default: fault(below, "unknown key; the keys are \(Self.agentKeys.joined(separator: ", "))")
            }
        }
        entries.append(Entry(path: path, change: change))
    }

    private mutating func readRemoval(_ value: JSONValue, _ path: String) {
        if let name = newName(value, path) { removals.append(Removal(path: path, id: name)) }
    }

    /// A name in NFC that nothing before it in the body has.
    private mutating func newName(_ value: JSONValue, _ path: String) -> String? {
        guard case .string(let text) = value else {
            fault(path, "a name is a text such as \"kim\"")
            return nil
        }
        guard let name = name(text, path) else { return nil }
        if let first = places[name] {
            fault(path, "\(name) is named by \(first) already")
            return nil
        }
        places[name] = path
        return name
    }

    // MARK: Fields

    /// Empty where there is to be none; nil once it is a fault.
    private mutating func readLabel(_ value: JSONValue, _ path: String) -> String? {
        switch value {
        case .null: return ""
        case .string(let text):
            if text.utf8.count <= Limits.labelBytes { return text }
            fault(path, "a name for people has at most \(Limits.labelBytes) bytes, not \(text.utf8.count)")
        case .integer, .bool, .raw: fault(path, "name is a text")
        }
        return nil
    }

    private mutating func readTeam(_ value: JSONValue, _ path: String) -> String? {
        switch value {
        case .null, .string(""): return ""
        case .string(let text): return name(text, path)
        case .integer, .bool, .raw:
            fault(path, "team is a name")
            return nil
        }
    }

    private mutating func readCapacity(_ value: JSONValue, _ path: String) -> Int32? {
        switch value {
        case .null, .string(""): return AgentDefinition().capacity
        case .integer(let number) where Limits.capacity.contains(number): return Int32(number)
        case .string, .integer, .bool, .raw:
            let (least, most) = (Limits.capacity.lowerBound, Limits.capacity.upperBound)
            fault(path, "capacity is a whole number from \(least) to \(most)\(Self.not(value))")
            return nil
        }
    }

    /// Names with numbers, `{"billing":5,"korean":null}`, by name.
    private mutating func readNumbers(
        _ value: JSONValue, _ path: String, _ what: String, _ range: ClosedRange<Int64>, most: Int64
    ) -> [(name: String, number: Int64?)]? {
        switch value {
        case .null, .string(""): return []
        case .string, .integer, .bool: break
        case .raw(let json):
            if let members = parseFlatObject(json) { return numbers(members, path, what, range, most: most) }
        }
        fault(path, "this is an object of names, each with its \(what) or null")
        return nil
    }

    private mutating func numbers(
        _ members: [(key: String, value: JSONValue)], _ path: String, _ what: String, _ range: ClosedRange<Int64>,
        most: Int64
    ) -> [(name: String, number: Int64?)]? {
        guard members.count <= most else {
            fault(path, "at most \(most) names, not \(members.count)")
            return nil
        }
        var numbers: [(name: String, number: Int64?)] = []
        var isRight = true
        for (key, value) in members {
            let below = path + "." + Self.path(key)
            guard let name = name(key, below) else {
                isRight = false
                continue
            }
            if numbers.contains(where: { $0.name == name }) {
                fault(below, "\(name) stands there twice")
                isRight = false
            }
            switch value {
            case .null: numbers.append((name, nil))
            case .integer(let number) where range.contains(number): numbers.append((name, number))
            case .string, .integer, .bool, .raw:
                fault(below, "a \(what) is \(range.lowerBound) to \(range.upperBound), or null\(Self.not(value))")
                isRight = false
            }
        }
        return isRight ? numbers.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } : nil
    }

    // MARK: Names and faults

    private mutating func name(_ text: String, _ path: String) -> String? {
        do throws(NameFault) {
            return try checkedName(text)
        } catch {
            fault(path, error.advice)
            return nil
        }
    }

    private mutating func fault(_ path: String, _ message: String) {
        faults.append(Fault(path: path, message: message))
    }

    /// A key as it stands in a path: in quotes where it has a dot or a bracket of its own.
    static func path(_ key: String) -> String {
        !key.isEmpty && !key.contains { ".[]\" ".contains($0) } ? key : "\"\(key)\""
    }

    /// `, not 11`: the value, where it is short enough to be shown.
    private static func not(_ value: JSONValue) -> String {
        switch value {
        case .integer(let number): ", not \(number)"
        case .string(let text): text.count <= 40 ? ", not \"\(text)\"" : ""
        case .bool(let flag): ", not \(flag)"
        case .raw(let json): json.count <= 40 ? ", not \(String(decoding: json, as: UTF8.self))" : ""
        case .null: ""
        }
    }
}
