extension Scenario {
    /// What a recording becomes in a replay. Time 0 is `lead` before the first arrival.
    ///
    /// - Each named agent has the kinds that they served as skills, and is signed on from their first to their last
    ///   call but for breaks; one voice call at a time.
    /// - A call that was abandoned leaves after its recorded wait; one that was answered stays, since how long it
    ///   would have waited is unknown.
    /// - A call is handled for as long as it was; one that was abandoned and is answered here takes the handling time
    ///   of an answered call of its kind, drawn with `seed`.
    /// - Priority code 2 was credited with 90 s of waiting. In whole points of one minute that is 1; codes 0 and 1
    ///   are 0. With `priorityByPlan` every call comes without one, and the plan's rules may give it.
    /// - Rules see the kind as `inquiry.attrs.kind` and the code as `inquiry.attrs.priority_code`.
    package init(
        recording: Recording, seed: UInt64, priorityByPlan: Bool = false, lead: Int64 = Self.recordedLead
    ) {
        var random = SplitMix64(seed: seed)
        let start = (recording.calls.first?.arrivedAt ?? 0) - lead
        let handling = HandlingTimes(recording)
        let inquiries = recording.calls.map { call in
            PlannedInquiry(
                arrival: call.arrivedAt - start, kind: call.kind, channel: "voice", skills: [PlannedSkill(call.kind)],
                priority: call.priorityCode == 2 && !priorityByPlan ? 1 : 0, attributes: Self.attributes(call),
                patience: call.answered ? nil : call.waited,
                handling: call.answered ? call.service : handling.draw(kind: call.kind, &random))
        }
        self.init(agents: Self.agents(recording, start: start), inquiries: inquiries, overtime: true)
    }

    /// How long before the first arrival a recording's scenario begins.
    package static let recordedLead: Int64 = 60 * microsecondsPerSecond

    /// What the recording says of the call, as a JSON object.
    private static func attributes(_ call: RecordedCall) -> String {
        var kind = ""
        for scalar in call.kind.unicodeScalars {
            switch scalar {
            case "\"", "\\": kind += "\\" + String(scalar)
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                kind += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: kind.unicodeScalars.append(scalar)
            }
        }
        return "{\"kind\":\"\(kind)\",\"priority_code\":\(call.priorityCode)}"
    }

    private static func agents(_ recording: Recording, start: Int64) -> [PlannedAgent] {
        var calls: [String: [RecordedCall]] = [:]
        for call in recording.calls {
            if let agent = call.agent { calls[agent, default: []].append(call) }
        }
        let served = Set(recording.calls.filter { $0.agent != nil }.map(\.kind))
        // Answered, but by nobody who is named: everybody may.
        let unclaimed = Set(recording.calls.filter(\.answered).map(\.kind)).subtracting(served)
        return calls.sorted { $0.key < $1.key }.map { name, calls in
            let kinds = Set(calls.map(\.kind)).union(unclaimed).sorted()
            let shifts = Shifts.signedOn(calls: calls.map { $0.serviceStart - start..<$0.serviceEnd - start })
            return PlannedAgent(
                id: name, name: name, skills: kinds.map { PlannedSkill($0) }, channels: "voice:1", kinds: kinds,
                shifts: shifts)
        }
    }
}

/// The handling times of a recording's answered calls.
private struct HandlingTimes {
    private var byKind: [String: [Int64]] = [:]
    private var all: [Int64] = []

    init(_ recording: Recording) {
        for call in recording.calls where call.answered {
            byKind[call.kind, default: []].append(call.service)
            all.append(call.service)
        }
    }

    func draw(kind: String, _ random: inout SplitMix64) -> Int64 {
        let pool = byKind[kind] ?? all
        return pool.isEmpty ? 60 * microsecondsPerSecond : random.pick(pool)
    }
}
