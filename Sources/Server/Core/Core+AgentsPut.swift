import Dispatch
import LineProtocol
import Logging
import Routing

// AGENTS PUT: many agents created, changed and removed, all or none. The body is read off this thread, the session is
// parked meanwhile; everything is checked before the engine takes the first change, and all changes are one step of it,
// so they go into one transaction.

/// A body that is read, and whose it is.
struct AgentsJob: Sendable {
    var request: Request
    var sheet: AgentSheet
}

/// What an AGENTS PUT comes to.
private struct AgentsOutcome {
    var faults: [AgentSheet.Fault] = []
    /// All faults are of the agents' state, none of the body.
    var isConflict = true
    var rows: [AgentsRow] = []
    var puts: [AgentChange] = []
    var removed: [AgentIndex] = []
    var created = 0
    var unchanged = 0

    mutating func fault(_ path: String, _ message: String, isConflict: Bool = false) {
        faults.append(AgentSheet.Fault(path: path, message: message))
        if !isConflict { self.isConflict = false }
    }
}

/// An agent that would be another afterwards.
private struct AgentsRow {
    enum Kind: String {
        case created
        case changed
        case removed
    }

    var agent: String
    var kind: Kind
    var before = AgentDefinition()
    var after = AgentDefinition()
}

extension Core {
    func agentsPut(_ request: Request, _ session: Session) {
        session.isParked = true
        readSheet(request, session.link.id)
    }

    private func readSheet(_ request: Request, _ link: UInt64) {
        planReader.async { [mailbox] in
            let sheet = AgentSheet(Array(request.value(.body) ?? []))
            mailbox.post(.agentsRead(link, AgentsJob(request: request, sheet: sheet)))
        }
    }

    func agentsRead(_ link: UInt64, _ job: AgentsJob) {
        guard let session = sessions[link] else { return }
        session.isParked = false
        output.clear()
        let checks = job.request.flag(.check) == true
        atOnceIfAway(session) {
            session.saysCommitted = !checks
            answer(job, checks: checks, session)
            session.saysCommitted = true
        }
        harvest(cause: session)
        unpark(link)
    }

    private func answer(_ job: AgentsJob, checks: Bool, _ session: Session) {
        guard !job.sheet.isTooLarge else {
            return refuse(
                session, job.request, .tooLarge,
                "one request names at most \(ServerLimits.agentsOfRequest) agents", field: "body")
        }
        let outcome = judge(job)
        guard outcome.faults.isEmpty else { return refuse(outcome, job.request, session) }
        if let rejection = engine.limitMet(
            by: outcome.rows.filter { $0.kind != .removed }.map(\.after), created: outcome.created,
            deleted: outcome.removed.count)
        {
            return refuse(session, job.request, rejection)
        }
        if !checks {
            guard !isFull || !storage.isAway(at: .now) else { return refuseUnavailable(session, job.request) }
            apply(outcome)
        }
        for change in outcome.rows { row(session, job.request) { Self.write(change, to: &$0) } }
        ok(session, job.request) {
            $0.field("created", integer: Int64(outcome.created))
            $0.field("changed", integer: Int64(outcome.puts.count - outcome.created))
            $0.field("removed", integer: Int64(outcome.removed.count))
            $0.field("unchanged", integer: Int64(outcome.unchanged))
            if checks { $0.field("check", flag: true) }
        }
        if !checks, !outcome.rows.isEmpty {
            log.notice(
                "agents put",
                metadata: ["changed": "\(outcome.puts.count)", "removed": "\(outcome.removed.count)"])
        }
    }

    private func refuse(_ outcome: AgentsOutcome, _ request: Request, _ session: Session) {
        for fault in outcome.faults.prefix(ServerLimits.agentFaults) {
            row(session, request) {
                $0.field("path", text: fault.path)
                $0.field("error", text: fault.message)
            }
        }
        let count = outcome.faults.count
        let message = count == 1 ? "there is a fault" : "there are \(count) faults"
        refuse(
            session, request, outcome.isConflict ? .conflict : .badArgument, "\(message); nothing was changed",
            field: "body")
    }

    // MARK: Judging

    /// Everything that is at fault, or everything that is to be done. Changes nothing.
    private func judge(_ job: AgentsJob) -> AgentsOutcome {
        var outcome = AgentsOutcome()
        for fault in job.sheet.faults { outcome.fault(fault.path, fault.message) }
        for entry in job.sheet.entries { judge(entry, &outcome) }
        for removal in job.sheet.removals { judge(removal, &outcome) }
        return outcome
    }

    private func judge(_ entry: AgentSheet.Entry, _ outcome: inout AgentsOutcome) {
        let known = engine.agent(named: ArraySlice(entry.change.id.utf8))
        let before = known.map { engine.definition(of: $0) } ?? AgentDefinition()
        var change = entry.change
        var after = before
        if case .set(let name) = change.name { after.name = name }
        if case .set(let team) = change.team { after.team = team }
        if case .set(let capacity) = change.capacity { after.capacity = capacity }
        // What an agent has already is not judged: the plan may have come to list other names since.
        if case .set(let listed) = change.skills {
            if Set(listed) == Set(before.skills) {
                change.skills = .keep
            } else {
                after.skills = listed
                for skill in listed.map(\.skill) where !isOfPlan(skill: skill) {
                    outcome.fault("\(entry.path).skills.\(AgentSheet.path(skill))", "no skill \(skill) in the plan")
                }
            }
        }
        if case .set(let listed) = change.channels {
            if listed.map({ Set($0) }) == before.channels.map({ Set($0) }) {
                change.channels = .keep
            } else {
                after.channels = listed
                for channel in (listed ?? []).map(\.channel)
                where engine.channel(named: ArraySlice(channel.utf8)) == nil {
                    outcome.fault(
                        "\(entry.path).channels.\(AgentSheet.path(channel))", "no channel \(channel) in the plan")
                }
            }
        }
        guard known == nil || after != before else {
            outcome.unchanged += 1
            return
        }
        if known == nil { outcome.created += 1 }
        outcome.puts.append(change)
        outcome.rows.append(
            AgentsRow(agent: change.id, kind: known == nil ? .created : .changed, before: before, after: after))
    }

    private func judge(_ removal: AgentSheet.Removal, _ outcome: inout AgentsOutcome) {
        guard let agent = engine.agent(named: ArraySlice(removal.id.utf8)) else {
            return outcome.fault(removal.path, "there is no agent \(removal.id)")
        }
        // Whoever is offline can be given nothing by what the other changes set free.
        guard engine.state(of: agent) == .offline else {
            return outcome.fault(removal.path, "\(removal.id) is signed on", isConflict: true)
        }
        guard !engine.hasWork(agent) else {
            return outcome.fault(removal.path, "\(removal.id) still has work", isConflict: true)
        }
        outcome.removed.append(agent)
        outcome.rows.append(AgentsRow(agent: removal.id, kind: .removed))
    }

    /// One step of the engine, which has been asked before whether it will take it.
    private func apply(_ outcome: AgentsOutcome) {
        formingCommands += outcome.rows.count
        for agent in outcome.removed {
            guard case .agent = perform(.deleteAgent(agent)) else {
                preconditionFailure("an agent who is offline and has no work can be removed")
            }
            deleted.append(agent)
        }
        for change in outcome.puts {
            guard case .agent = perform(.putAgent(change)) else {
                preconditionFailure("a change whose channels and limits have been checked is taken")
            }
        }
    }

    // MARK: Answers

    /// What is new of the agent, and of a changed one under `…_before` what it was.
    private static func write(_ row: AgentsRow, to line: inout LineWriter) {
        line.field("agent", text: row.agent)
        line.field("change", text: row.kind.rawValue)
        guard row.kind != .removed else { return }
        let pairs: [(key: StaticString, keyBefore: StaticString, before: String, after: String)] = [
            ("name", "name_before", row.before.name, row.after.name),
            ("team", "team_before", row.before.team, row.after.team),
            ("skills", "skills_before", words(row.before.skills), words(row.after.skills)),
            ("channels", "channels_before", words(row.before.channels), words(row.after.channels)),
            ("capacity", "capacity_before", "\(row.before.capacity)", "\(row.after.capacity)"),
        ]
        for pair in pairs where pair.before != pair.after {
            if row.kind == .changed { line.field(pair.keyBefore, text: pair.before) }
            line.field(pair.key, text: pair.after)
        }
    }

    private static func words(_ skills: [SkillLevel]) -> String {
        skills.map { "\($0.skill):\($0.level)" }.sorted().joined(separator: ",")
    }

    private static func words(_ channels: [ChannelLimit]?) -> String {
        (channels ?? []).map { entry in entry.limit.map { "\(entry.channel):\($0)" } ?? entry.channel }.sorted()
            .joined(separator: ",")
    }
}
