import LineProtocol
import Routing

extension RoutingPlan {
    /// The plan as one compact JSON object, everything spelled out, keys in the order of PLAN.md.
    package var document: [UInt8] {
        var writer = JSONWriter()
        writer.begin()
        writer.field("plan", integer: 1)
        if !name.isEmpty { writer.field("name", text: name) }
        writer.field("defaults", raw: defaultsDocument)
        switch priorityBoost {
        case .perPoint(let span): writer.field("priority_boost", text: span.text)
        case .strict: writer.field("priority_boost", text: "strict")
        }
        writer.field("continuity", raw: continuity.document)
        writer.field("channels", raw: Self.object(channels.map { ($0.name, $0.document) }))
        writer.field("queues", raw: Self.object(queues.map { ($0.name, $0.document) }))
        writer.end()
        return writer.bytes
    }

    private var defaultsDocument: [UInt8] {
        var writer = JSONWriter()
        writer.begin()
        writer.field("queue", text: defaultQueue)
        writer.field("priority", integer: Int64(defaultPriority))
        writer.field("disconnect_grace", text: disconnectGrace.text)
        writer.field("missed_offers_to_away", integer: Int64(missedOffersToAway))
        writer.field("reopen_within", text: reopenWithin.text)
        writer.field("max_age", text: maxAge.text)
        writer.end()
        return writer.bytes
    }

    /// An object whose keys are names: they need no escapes.
    private static func object(_ members: [(name: String, document: [UInt8])]) -> [UInt8] {
        var bytes = Array("{".utf8)
        for (index, member) in members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: "\"\(member.name)\":".utf8)
            bytes.append(contentsOf: member.document)
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    fileprivate static func array(_ names: [String]) -> [UInt8] {
        Array(("[" + names.map { "\"\($0)\"" }.joined(separator: ",") + "]").utf8)
    }
}

extension RoutingPlan.Channel {
    fileprivate var document: [UInt8] {
        var writer = JSONWriter()
        writer.begin()
        writer.field("weight", integer: Int64(weight))
        writer.field("limit", integer: Int64(limit))
        writer.field("target", text: target.text)
        writer.field("offer_timeout", text: offerTimeout.text)
        writer.field("wrap_up", text: wrapUp.text)
        writer.field("accept", text: accept.rawValue)
        writer.field("hold_releases", bool: holdReleases)
        if let with { writer.field("with", raw: RoutingPlan.array(with)) }
        if !interruptedBy.isEmpty { writer.field("interrupted_by", raw: RoutingPlan.array(interruptedBy)) }
        writer.field("on_offline", text: onOffline.rawValue)
        writer.end()
        return writer.bytes
    }
}

extension RoutingPlan.Queue {
    fileprivate var document: [UInt8] {
        var writer = JSONWriter()
        writer.begin()
        if let target { writer.field("target", text: target.text) }
        writer.field("select", text: select.rawValue)
        if let teams { writer.field("teams", raw: RoutingPlan.array(teams)) }
        writer.end()
        return writer.bytes
    }
}

extension RoutingPlan.Continuity {
    fileprivate var document: [UInt8] {
        var writer = JSONWriter()
        writer.begin()
        writer.field("prefer", raw: RoutingPlan.array(prefer.map(\.rawValue)))
        writer.field("for", text: hold.text)
        writer.field("within", text: within.text)
        writer.end()
        return writer.bytes
    }
}

extension TimeSpan {
    var text: String { WireTime.string(duration: microseconds) }
}
