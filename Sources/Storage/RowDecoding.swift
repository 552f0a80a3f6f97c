import Postgres
import Routing

/// Reads rows as the store's queries return them; the columns stand in the order of `columns`.
struct InquiryDecoder {
    static let columns = """
        id, source, channel, skills, prefer, submitted_at, scheduled_at, preferred, hold, hold_until, csat, nps,
        comment, key, customer, subject, attrs, parts, policy, policy_version, failed,
        state, state_since, queue, priority, queued_at, rank, agent, offer_expires, accepted_at, closed_at,
        wrap_up_ends, disposition, outcome, excluded, excluded_at, passed, decision_seq, waiting_since, stay, clocks,
        responded, reopened, worked
        """

    private var levels = LevelsCache()
    private var names = NameCache()

    mutating func decode(_ row: inout RowReader) throws(StorageError) -> InquiryRow {
        let id = row.next().int64
        let definition = try decodeDefinition(&row, id)
        guard let state = InquiryState(name: row.next().string) else {
            throw StorageError(.corrupt, "inquiry \(id) has an unknown state")
        }
        var inquiry = InquiryRow(
            id: id, definition: definition, state: state, stateSince: row.nextInstant(),
            queueName: names.name(row.next().string), priority: row.next().int32, queuedAt: row.nextInstant(),
            rank: row.next().int64, agentName: names.name(row.next().stringOrEmpty))
        inquiry.offerExpires = row.nextOptionalInstant()
        inquiry.acceptedAt = row.nextOptionalInstant()
        inquiry.closedAt = row.nextOptionalInstant()
        inquiry.wrapUpEnds = row.nextOptionalInstant()
        inquiry.disposition = row.next().array
        let outcome = row.next()
        if !outcome.isNull { inquiry.outcome = Outcome(name: outcome.string) }
        let excluded = row.next()
        if !excluded.isNull { inquiry.excluded = excluded.strings }
        inquiry.excludedAt = row.nextOptionalInstant()
        let passed = row.next()
        if !passed.isNull { inquiry.passed = passed.strings }
        inquiry.decisionSeq = row.next().optionalInt64 ?? 0
        inquiry.waitingSince = row.nextOptionalInstant() ?? inquiry.queuedAt
        let stay = row.next()
        if !stay.isNull { try decode(stay, of: &inquiry) }
        let clocks = row.next()
        if !clocks.isNull { try decode(clocks: clocks, of: &inquiry) }
        inquiry.hasResponse = row.next().bool
        inquiry.isReopened = row.next().bool
        inquiry.worked = TimeSpan(microseconds: row.next().optionalInt64 ?? 0)
        return inquiry
    }

    private mutating func decodeDefinition(_ row: inout RowReader, _ id: Int64) throws(StorageError)
        -> InquiryDefinition
    {
        let source = row.next().int32
        let channel = row.next().string
        guard let skills = levels.levels(row.next()) else {
            throw StorageError(.corrupt, "the skills of inquiry \(id) are not levels by name")
        }
        guard let prefer = levels.levels(row.next()) else {
            throw StorageError(.corrupt, "what inquiry \(id) prefers is not levels by name")
        }
        var definition = InquiryDefinition(
            source: source, channel: channel, skills: skills, prefer: prefer, submittedAt: row.nextInstant(),
            scheduledAt: row.nextOptionalInstant(), preferred: row.next().stringOrEmpty,
            hold: row.next().optionalInt64.map { TimeSpan(microseconds: $0) }, holdUntil: row.nextOptionalInstant(),
            csat: row.nextOptionalUInt8(), nps: row.nextOptionalUInt8(), comment: row.next().array,
            texts: Self.texts(&row))
        let parts = row.next()
        if !parts.isNull {
            for text in parts.strings {
                guard let part = part(text) else {
                    throw StorageError(.corrupt, "inquiry \(id) requires \(text), which is no skill of anybody's")
                }
                definition.parts.append(part)
            }
        }
        definition.policy = row.next().stringOrEmpty
        let version = row.next()
        definition.policyVersion = version.isNull ? 0 : version.int32
        let failed = row.next()
        if !failed.isNull { definition.failed = failed.strings }
        return definition
    }

    /// Key, customer, subject and attributes, copied once.
    private static func texts(_ row: inout RowReader) -> InquiryTexts {
        let (key, customer, subject, attributes) = (row.next(), row.next(), row.next(), row.next())
        var bytes: [UInt8] = []
        bytes.reserveCapacity(key.count + customer.count + subject.count + attributes.count)
        key.append(to: &bytes)
        customer.append(to: &bytes)
        subject.append(to: &bytes)
        attributes.append(to: &bytes)
        return InquiryTexts(
            bytes, keyLength: key.count, customerLength: customer.count, subjectLength: subject.count)
    }

    /// `billing:3 rule:gold customers`
    private mutating func part(_ text: String) -> PartRow? {
        guard let space = text.firstIndex(of: " "), let colon = text[..<space].lastIndex(of: ":"),
            let level = UInt8(text[colon..<space].dropFirst()),
            let source = PartSource(text: String(text[space...].dropFirst()), names: &names)
        else { return nil }
        return PartRow(skill: String(text[..<colon]), level: level, source: source)
    }

    private func decode(clocks: Field, of inquiry: inout InquiryRow) throws(StorageError) {
        guard let entries = FlatObject.read(clocks.array) else {
            throw StorageError(.corrupt, "the clocks of inquiry \(inquiry.id) are not numbers by name")
        }
        let values = Dictionary(entries.map { ($0.name, $0.value ?? 0) }, uniquingKeysWith: { first, _ in first })
        inquiry.clocks = Metric.allCases.compactMap { metric in
            guard let consumed = values[metric.name] else { return nil }
            let since = values[metric.name + ".since"].map { Instant(microseconds: $0) }
            return ClockRow(
                metric: metric, consumed: TimeSpan(microseconds: consumed), since: since,
                fired: UInt8(clamping: values[metric.name + ".fired"] ?? 0),
                isOn: since != nil || values[metric.name + ".on"] == 1,
                verdict: values[metric.name + ".verdict"].flatMap { Verdict(rawValue: UInt8(clamping: $0)) })
        }
    }

    private func decode(_ stay: Field, of inquiry: inout InquiryRow) throws(StorageError) {
        guard let entries = FlatObject.read(stay.array) else {
            throw StorageError(.corrupt, "the stay of inquiry \(inquiry.id) is not numbers by name")
        }
        for (name, value) in entries {
            switch name {
            case "waited": inquiry.waitedBefore = TimeSpan(microseconds: value ?? 0)
            case "steps": inquiry.stepsDone = Int32(clamping: value ?? 0)
            case "moves": inquiry.moves = Int32(clamping: value ?? 0)
            default: break
            }
        }
    }
}

struct AgentDecoder {
    static let columns = """
        id, number, name, team, skills, channels, capacity, state, away_reason, state_since, channels_on, idle_since,
        missed_in_row, activity, activity_since, tally
        """

    private var levels = LevelsCache()

    mutating func decode(_ row: inout RowReader) throws(StorageError) -> AgentRow {
        let id = row.next().string
        let number = row.next().int32
        var definition = AgentDefinition(name: row.next().stringOrEmpty, team: row.next().stringOrEmpty)
        guard let skills = levels.levels(row.next()) else {
            throw StorageError(.corrupt, "the skills of agent \(id) are not levels by name")
        }
        definition.skills = skills
        let channels = row.next()
        if !channels.isNull {
            guard let entries = FlatObject.read(channels.array) else {
                throw StorageError(.corrupt, "the channels of agent \(id) are not limits by name")
            }
            definition.channels = entries.map { entry in
                ChannelLimit(channel: entry.name, limit: entry.value.map { Int32(clamping: $0) })
            }
        }
        definition.capacity = row.next().int32
        guard let state = AgentState(name: row.next().string) else {
            throw StorageError(.corrupt, "agent \(id) has an unknown state")
        }
        let reason = row.next().stringOrEmpty
        let stateSince = row.nextInstant()
        let channelsOn = row.next()
        return AgentRow(
            id: id, number: number, definition: definition, state: state, awayReason: reason, stateSince: stateSince,
            channelsOn: channelsOn.isNull ? nil : channelsOn.strings, idleSince: row.nextInstant(),
            missedInRow: row.next().int32, time: try decodeTime(&row, id))
    }

    private func decodeTime(_ row: inout RowReader, _ id: String) throws(StorageError) -> AgentTime {
        guard let activity = Activity(name: row.next().string) else {
            throw StorageError(.corrupt, "agent \(id) has an unknown activity")
        }
        var time = AgentTime(activity: activity, since: row.nextInstant())
        let tally = row.next()
        if tally.isNull { return time }
        guard let entries = FlatObject.read(tally.array) else {
            throw StorageError(.corrupt, "the tally of agent \(id) is not numbers by name")
        }
        let numbers = Dictionary(entries.map { ($0.name, $0.value ?? 0) }, uniquingKeysWith: { first, _ in first })
        time.tally = AgentTally(
            at: Instant(microseconds: numbers["at"] ?? 0), day: Int32(clamping: numbers["day"] ?? 0), numbers: numbers)
        return time
    }
}

/// Most inquiries require one of few sets of skills: each is parsed once and shared.
struct LevelsCache {
    private static let countMax = 10_000
    private var known: [[UInt8]: [SkillLevel]] = [:]
    /// Reused, so that a look-up makes no array.
    private var text: [UInt8] = []

    /// nil where the field is not levels by name; none for NULL.
    mutating func levels(_ field: Field) -> [SkillLevel]? {
        if field.isNull { return [] }
        text.removeAll(keepingCapacity: true)
        field.append(to: &text)
        if let levels = known[text] { return levels }
        guard let entries = FlatObject.read(text) else { return nil }
        var levels: [SkillLevel] = []
        for entry in entries {
            guard let value = entry.value, let level = UInt8(exactly: value) else { return nil }
            levels.append(SkillLevel(skill: entry.name, level: level))
        }
        if known.count < Self.countMax { known[text] = levels }
        return levels
    }
}

extension Field {
    var optionalInt64: Int64? { isNull ? nil : int64 }
}

extension RowReader {
    /// A smallint that no CHECK lets leave 0…255.
    mutating func nextOptionalUInt8() -> UInt8? {
        let field = next()
        return field.isNull ? nil : UInt8(clamping: field.int16)
    }

    mutating func nextInstant() -> Instant { Instant(microseconds: next().microseconds) }
    mutating func nextOptionalInstant() -> Instant? { next().optionalMicroseconds.map(Instant.init) }
}

extension EngineRow {
    static let columns = "seq, next_id, clock, submitted, completed, abandoned, cancelled, expired, draining, paused"

    init(_ row: inout RowReader) {
        let seq = row.next().int64
        let nextID = row.next().int64
        let clock = row.nextInstant()
        var totals = Totals()
        totals.submitted = row.next().int64
        totals.completed = row.next().int64
        totals.abandoned = row.next().int64
        totals.cancelled = row.next().int64
        totals.expired = row.next().int64
        let isDraining = row.next().bool
        let paused = row.next()
        self.init(
            seq: seq, nextID: nextID, clock: clock, totals: totals, isDraining: isDraining,
            pausedQueues: paused.isNull ? [] : paused.strings)
    }
}

extension TokenRow {
    static let columns = "id, role, agent, name, teams, digest, created_at, expires_at, revoked_at"

    init(_ row: inout RowReader) {
        self.init(
            id: row.next().int32, role: row.next().string, agent: row.next().stringOrEmpty,
            name: row.next().stringOrEmpty, digest: [], createdAt: .epoch)
        let teams = row.next()
        self.teams = teams.isNull ? nil : teams.strings
        digest = row.next().array
        createdAt = row.nextInstant()
        expiresAt = row.nextOptionalInstant()
        revokedAt = row.nextOptionalInstant()
    }
}

extension PlanRow {
    static let columns = "version, at, author, note, body"

    init(_ row: inout RowReader) {
        self.init(
            version: row.next().int32, at: row.nextInstant(), author: row.next().stringOrEmpty,
            note: row.next().stringOrEmpty, body: row.next().array)
    }
}
