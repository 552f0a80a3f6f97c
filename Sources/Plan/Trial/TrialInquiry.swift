import LineProtocol
import Routing

/// An inquiry that somebody tries out, with the fields of SUBMIT.
package struct TrialInquiry {
    var channel = ""
    var queue: String?
    var priority: Int32?
    var skills: [SkillLevel] = []
    var prefer: [SkillLevel] = []
    var source: Int32 = 0
    var lastAgent = ""
    var texts: InquiryTexts

    /// What is wrong with it, for people.
    package struct Complaint: Error, Equatable {
        package var message: String
    }

    private static let keys = [
        "channel", "queue", "priority", "skills", "prefer", "customer", "subject", "key", "attrs", "source",
    ]

    /// - Parameter json: an object such as `{"channel": "chat", "skills": {"billing": 3}, "attrs": {"tier": "gold"}}`.
    package init(json: [UInt8]) throws(Complaint) {
        guard let members = parseFlatObject(json) else {
            throw Complaint(message: "an inquiry is a JSON object such as {\"channel\": \"chat\"}")
        }
        var texts: [String: [UInt8]] = [:]
        self.texts = InquiryTexts()
        for (key, value) in members {
            switch (key, value) {
            case ("channel", .string(let name)): channel = normalizedName(name)
            case ("queue", .string(let name)): queue = normalizedName(name)
            case ("priority", .integer(let number)) where Routing.Limits.priority.contains(Int32(clamping: number)):
                priority = Int32(number)
            case ("source", .integer(let number)): source = Int32(clamping: number)
            case ("skills", .raw(let json)): skills = try Self.levels(json, key)
            case ("prefer", .raw(let json)): prefer = try Self.levels(json, key)
            case ("customer", .string(let text)), ("subject", .string(let text)), ("key", .string(let text)):
                texts[key] = Array(text.utf8)
            case ("attrs", .raw(let json)) where json.first == UInt8(ascii: "{"): texts[key] = json
            default: throw Self.complaint(on: key)
            }
        }
        if channel.isEmpty { throw Complaint(message: "an inquiry has a channel; add \"channel\": \"…\"") }
        self.texts = InquiryTexts(
            key: texts["key"] ?? [], customer: texts["customer"] ?? [], subject: texts["subject"] ?? [],
            attributes: texts["attrs"] ?? [])
    }

    private static func levels(_ json: [UInt8], _ key: String) throws(Complaint) -> [SkillLevel] {
        guard let members = parseFlatObject(json), members.count <= Routing.Limits.skillsPerInquiry else {
            throw complaint(on: key)
        }
        var levels: [SkillLevel] = []
        for (name, value) in members {
            guard case .integer(let level) = value, 1...10 ~= level else { throw complaint(on: key) }
            levels.append(SkillLevel(skill: normalizedName(name), level: UInt8(level)))
        }
        return levels.sorted { $0.skill < $1.skill }
    }

    private static func complaint(on key: String) -> Complaint {
        switch key {
        case "channel", "queue": Complaint(message: "\(key) is a name, such as \"chat\"")
        case "priority": Complaint(message: "priority is a whole number from -100 to 100")
        case "source": Complaint(message: "source is a whole number")
        case "skills", "prefer":
            Complaint(
                message: "\(key) has up to \(Routing.Limits.skillsPerInquiry) names with levels from 1 to 10, such as "
                    + "{\"billing\": 3}")
        case "customer", "subject", "key": Complaint(message: "\(key) is a text")
        case "attrs": Complaint(message: "attrs is an object, such as {\"tier\": \"gold\"}")
        default:
            Complaint(
                message: "an inquiry has no \(key); \(Nearest.advice(on: key, among: keys, plural: "keys"))")
        }
    }
}
