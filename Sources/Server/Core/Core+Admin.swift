import LineProtocol
import Routing

// What admins and supervisors ask: agents, lists, figures, tokens, DRAIN, INFO, PLAN GET.

extension Core {
    // MARK: Agents

    func agentPut(_ request: Request, _ session: Session) {
        var change = AgentChange(id: (request.word(.id) ?? ""))
        if request.has(.name) { change.name = .set(request.word(.name) ?? "") }
        if request.has(.team) { change.team = .set(request.word(.team) ?? "") }
        if request.has(.skills) {
            let levels = request.levels(.skills) ?? []
            if let other = levels.first(where: { !isOfPlan(skill: $0.name) }) {
                return refuse(skill: other.name, .skills, request, session)
            }
            change.skills = .set(levels.map { SkillLevel(skill: $0.name, level: $0.level) })
        }
        if request.has(.channels) {
            let limits = request.limits(.channels) ?? []
            change.channels = .set(
                limits.isEmpty ? nil : limits.map { ChannelLimit(channel: $0.name, limit: $0.limit) })
        }
        if request.has(.capacity) { change.capacity = .set(Int32(request.integer(.capacity) ?? 100)) }
        switch perform(.putAgent(change)) {
        case .agent(let agent):
            ok(session, request) {
                $0.field("agent", text: engine.name(of: agent))
                $0.field("state", text: engine.state(of: agent).name)
            }
        case .rejected(let rejection): refuse(session, request, rejection)
        case .inquiry, .submitted, .nothing, .done: preconditionFailure("AGENT PUT is answered with the agent")
        }
    }

    func agentGet(_ request: Request, _ session: Session) {
        let name = (request.word(.id) ?? "")
        guard let agent = engine.agent(named: ArraySlice(name.utf8)), isOfTeams(agent, session) else {
            return refuse(session, request, .notFound, "there is no agent \(name)")
        }
        ok(session, request) { describe(agent, to: &$0) }
    }

    func listAgents(_ request: Request, _ session: Session) {
        let limit = Int(request.integer(.limit) ?? Int64(ServerLimits.pageRows))
        var next: AgentIndex = 0
        if let after = request.word(.after) {
            guard let agent = engine.agent(named: ArraySlice(after.utf8)) else {
                return refuse(session, request, .badArgument, "there is no agent \(after)", field: "after")
            }
            next = agent + 1
        }
        let state = request.word(.state).flatMap { AgentState(name: $0) }
        var count = 0
        var last = next
        while Int(next) < engine.agentCount && count < limit {
            let agent = next
            next += 1
            guard !engine.isDeleted(agent) else { continue }
            last = agent
            guard isOfTeams(agent, session), state.map({ $0 == engine.state(of: agent) }) ?? true,
                request.word(.team).map({ $0 == engine.team(of: agent) }) ?? true,
                request.word(.skill).map({ engine.has(agent, skill: $0) }) ?? true
            else { continue }
            row(session, request) { describe(agent, to: &$0) }
            count += 1
        }
        ok(session, request) {
            $0.field("count", integer: Int64(count))
            if Int(next) < engine.agentCount { $0.field("after", text: engine.name(of: last)) }
        }
    }

    func describe(_ agent: AgentIndex, to line: inout LineWriter) {
        let view = engine.view(of: agent)
        line.field("agent", text: view.row.id)
        line.field("state", text: view.row.state.name)
        if view.isInGrace { line.field("connected", text: "false") }
        if !view.row.awayReason.isEmpty { line.field("reason", text: view.row.awayReason) }
        line.field("since", instantMicroseconds: view.row.stateSince.microseconds)
        if !view.definition.name.isEmpty { line.field("name", text: view.definition.name) }
        if !view.definition.team.isEmpty { line.field("team", text: view.definition.team) }
        if !view.definition.skills.isEmpty {
            line.field("skills", levels: view.definition.skills.map { ($0.skill, $0.level) })
        }
        if let channels = view.definition.channels {
            line.field("channels", limits: channels.map { ($0.channel, $0.limit) })
        }
        if let on = view.row.channelsOn { line.field("channels_on", text: on.joined(separator: ",")) }
        line.field("capacity", integer: Int64(view.definition.capacity))
        line.field("used", integer: Int64(view.used))
        if !view.work.isEmpty {
            line.field("work", limits: view.work.map { ($0.channel, $0.count) })
        }
    }

    // MARK: Queues, inquiries, figures

    func listQueues(_ request: Request, _ session: Session) {
        var count: Int64 = 0
        for index in engine.plan.queues.indices where serves(QueueIndex(index), session) {
            let queue = engine.plan.queues[index]
            count += 1
            let figures = engine.figures(queue: QueueIndex(index), channel: nil, window: .today)
            row(session, request) {
                $0.field("queue", text: queue.name)
                $0.field("waiting", integer: figures.waiting)
                $0.field("offered", integer: figures.offered)
                $0.field("assigned", integer: figures.assigned)
                $0.field("held", integer: figures.held)
                $0.field("scheduled", integer: figures.scheduled)
                $0.field("select", text: queue.selection.name)
                if let target = queue.target { $0.field("target", durationMicroseconds: target.microseconds) }
                if let teams = queue.teams { $0.field("teams", text: teams.joined(separator: ",")) }
                if engine.isPaused(QueueIndex(index)) { $0.field("paused", flag: true) }
            }
        }
        ok(session, request) { $0.field("count", integer: count) }
    }

    /// What the request asks for; nil once it has been refused.
    func inquiryFilter(_ request: Request, _ session: Session) -> InquiryFilter? {
        var filter = InquiryFilter()
        filter.state = request.word(.state).flatMap { InquiryState(name: $0) }
        if let name = request.value(.queue) {
            filter.queue = engine.queue(named: name)
            if filter.queue == nil { return refuseFilter(.queue, "queue", request, session) }
        }
        if let name = request.value(.channel) {
            filter.channel = engine.channel(named: name)
            if filter.channel == nil { return refuseFilter(.channel, "channel", request, session) }
        }
        if let name = request.value(.agent) {
            filter.agent = engine.agent(named: name)
            if filter.agent == nil { return refuseFilter(.agent, "agent", request, session) }
        }
        filter.customer = request.value(.customer).map { Array($0) }
        return filter
    }

    private func refuseFilter(
        _ key: FieldKey, _ what: String, _ request: Request, _ session: Session
    ) -> InquiryFilter? {
        refuseUnknown(key, what, request, session)
        return nil
    }

    func listInquiries(_ request: Request, _ session: Session) {
        guard let filter = inquiryFilter(request, session) else { return }
        if let state = filter.state, !state.isLive { return listClosed(filter, state, request, session) }
        let limit = Int(request.integer(.limit) ?? Int64(ServerLimits.pageRows))
        let page = engine.inquiries(filter, after: request.integer(.after) ?? 0, limit: limit)
        var count: Int64 = 0
        for inquiry in page.rows where isOfTeams(inquiry, session) {
            row(session, request) { summarize(inquiry, to: &$0) }
            count += 1
        }
        ok(session, request) {
            $0.field("count", integer: count)
            if let next = page.next { $0.field("after", integer: next) }
        }
    }

    func refuseUnknown(_ key: FieldKey, _ what: String, _ request: Request, _ session: Session) {
        refuse(session, request, .badArgument, "there is no \(what) \(request.word(key) ?? "")", field: what)
    }

    func stats(_ request: Request, _ session: Session) {
        var channel: ChannelIndex?
        if let name = request.value(.channel) {
            channel = engine.channel(named: name)
            if channel == nil { return refuseUnknown(.channel, "channel", request, session) }
        }
        var only: QueueIndex?
        if let name = request.value(.queue) {
            only = engine.queue(named: name)
            if only == nil { return refuseUnknown(.queue, "queue", request, session) }
        }
        let window: FigureWindow =
            switch request.word(.window) {
            case "5m": .fiveMinutes
            case "today": .today
            default: .thirtyMinutes
            }
        let ready = engine.census().ready
        let occupancy = engine.occupancy(window: window)
        var count: Int64 = 0
        for index in engine.plan.queues.indices
        where (only.map({ Int($0) == index }) ?? true) && serves(QueueIndex(index), session) {
            let figures = engine.figures(queue: QueueIndex(index), channel: channel, window: window)
            row(session, request) {
                write(figures, to: &$0)
                $0.field("ready", integer: Int64(ready))
                if let occupancy { $0.field("occupancy", text: Self.share(occupancy)) }
            }
            count += 1
        }
        ok(session, request) { $0.field("count", integer: count) }
    }

    private func write(_ figures: QueueFigures, to line: inout LineWriter) {
        line.field("queue", text: figures.queue)
        line.field("waiting", integer: figures.waiting)
        line.field("offered", integer: figures.offered)
        line.field("assigned", integer: figures.assigned)
        line.field("held", integer: figures.held)
        line.field("scheduled", integer: figures.scheduled)
        if let oldest = figures.oldest { line.field("oldest", durationMicroseconds: Self.inMilliseconds(oldest)) }
        line.field("entered", integer: figures.counts[.entered])
        line.field("accepted", integer: figures.counts[.accepted])
        line.field("abandoned", integer: figures.counts[.abandoned])
        line.field("completed", integer: figures.counts[.completed])
        writeWaits(of: figures, to: &line)
        if figures.counts[.abandonedShort] > 0 {
            line.field("abandoned_short", integer: figures.counts[.abandonedShort])
        }
        write("abandonment", share: figures.abandonment, to: &line)
        write("rona", share: figures.redirectedOnNoAnswer, to: &line)
        write("frt", span: figures.firstResponseTime, to: &line)
        write("aht", span: figures.averageHandleTime, to: &line)
        for metric in Metric.allCases {
            write(metric.name + "_sla", share: figures.attainment(metric), to: &line)
        }
        write("csat", share: figures.csat, to: &line)
        write("nps", share: figures.nps, to: &line)
    }

    private func writeWaits(of figures: QueueFigures, to line: inout LineWriter) {
        write("asa", span: figures.averageSpeedOfAnswer, to: &line)
        write("service_level", share: figures.serviceLevel, to: &line)
        for (name, hundredths) in [("p50", 50), ("p95", 95), ("p99", 99)] {
            write(name, span: figures.waits.percentile(Int64(hundredths)), to: &line)
        }
        write("longest", span: figures.longestWait, to: &line)
        write("late", span: figures.meanLateness, to: &line)
    }

    private func write(_ name: String, share: Share?, to line: inout LineWriter) {
        if let share { line.field(name, text: Self.share(share)) }
    }

    private func write(_ name: String, span: TimeSpan?, to line: inout LineWriter) {
        if let span { line.field(name, text: WireTime.string(duration: Self.inMilliseconds(span))) }
    }

    /// Four decimals: a share of 1 is `1.0000`.
    private static func share(_ share: Share) -> String {
        let parts = abs(share.tenThousandths)
        let decimals = String(parts % 10_000)
        return (share.tenThousandths < 0 ? "-" : "") + "\(parts / 10_000)."
            + String(repeating: "0", count: 4 - decimals.count) + decimals
    }

    private static func inMilliseconds(_ span: TimeSpan) -> Int64 { span.microseconds / 1_000 * 1_000 }

    // MARK: Tokens

    func tokenCreate(_ request: Request, _ session: Session) {
        guard let role = request.word(.role).flatMap({ Role(rawValue: $0) }) else {
            return refuse(session, request, .badArgument, "no such role", field: "role")
        }
        let agent = request.word(.agent) ?? ""
        if !agent.isEmpty, engine.agent(named: ArraySlice(agent.utf8)) == nil {
            return refuse(session, request, .notFound, "there is no agent \(agent)", field: "agent")
        }
        guard (role == .agent) == !agent.isEmpty else {
            let message = role == .agent ? "a token of role agent needs agent=" : "only role agent takes agent="
            return refuse(session, request, .badArgument, message, field: "agent")
        }
        let teams = request.list(.teams) ?? []
        guard teams.isEmpty || role == .supervisor else {
            return refuse(session, request, .badArgument, "only role supervisor takes teams=", field: "teams")
        }
        var expires: Instant?
        switch request.instant(.expires) {
        case .absolute(let time): expires = Instant(microseconds: time)
        case .relative(let span): expires = clock.last + TimeSpan(microseconds: span)
        case nil: break
        }
        if let expires, expires <= clock.last {
            return refuse(session, request, .badArgument, "expires= lies in the past", field: "expires")
        }
        let secret = TokenBook.makeSecret()
        let record = TokenRecord(
            id: tokens.nextID, role: role, agent: agent, name: request.word(.name) ?? "", teams: teams,
            digest: TokenBook.digest(of: secret.utf8), createdAt: clock.last, expiresAt: expires, revokedAt: nil)
        tokens.add(record)
        newTokens.append(record)
        ok(session, request) {
            describe(record, to: &$0)
            $0.field("token", text: secret)
        }
    }

    func tokenList(_ request: Request, _ session: Session) {
        for record in tokens.records { row(session, request) { describe(record, to: &$0) } }
        ok(session, request) { $0.field("count", integer: Int64(tokens.records.count)) }
    }

    func tokenRevoke(_ request: Request, _ session: Session) {
        let id = Int32(clamping: request.positionalInteger ?? 0)
        guard let record = tokens.revoke(id, at: clock.last) else {
            return refuse(session, request, .notFound, "there is no token \(request.positionalInteger ?? 0)")
        }
        newTokens.removeAll { $0.id == record.id }
        newTokens.append(record)
        ok(session, request) { describe(record, to: &$0) }
        endSessions(ofToken: id)
    }

    private func describe(_ token: TokenRecord, to line: inout LineWriter) {
        line.field("id", integer: Int64(token.id))
        line.field("role", text: token.role.rawValue)
        if !token.agent.isEmpty { line.field("agent", text: token.agent) }
        if !token.name.isEmpty { line.field("name", text: token.name) }
        if !token.teams.isEmpty { line.field("teams", text: token.teams.joined(separator: ",")) }
        if let expires = token.expiresAt { line.field("expires", instantMicroseconds: expires.microseconds) }
        if let revoked = token.revokedAt { line.field("revoked", instantMicroseconds: revoked.microseconds) }
    }

    // MARK: The daemon

    func drain(_ request: Request, _ session: Session) {
        _ = perform(.drain(request.flag(.off) != true))
        ok(session, request) { $0.field("draining", text: engine.isDrainingNow ? "true" : "false") }
    }

    func info(_ request: Request, _ session: Session) {
        let census = engine.census()
        let numbers: [(StaticString, Int)] = [
            ("submitted", Int(census.totals.submitted)), ("completed", Int(census.totals.completed)),
            ("abandoned", Int(census.totals.abandoned)), ("cancelled", Int(census.totals.cancelled)),
            ("expired", Int(census.totals.expired)),
            ("scheduled", census.scheduled), ("waiting", census.waiting), ("offered", census.offered),
            ("assigned", census.assigned), ("held", census.held), ("for_preferred", census.forPreferred),
            ("with_exclusions", census.withExclusions), ("agents", census.agents), ("ready", census.ready),
            ("away", census.away), ("classes", census.classes), ("profiles", census.profiles),
            ("timers", census.timers), ("keys", census.keys), ("closed_in_memory", census.closedInMemory),
            ("connections", sessions.count), ("watching", watching.count), ("batch", Int(batch)),
            ("seq", Int(engine.lastSeq)),
        ]
        ok(session, request) {
            $0.field("version", text: settings.version)
            $0.field("status", text: status.rawValue)
            $0.field("uptime", durationMicroseconds: EngineClock.microseconds(.now - startedAt) / 1_000_000 * 1_000_000)
            $0.field("site", integer: Int64(settings.site))
            $0.field("epoch", integer: epoch)
            $0.field("plan_version", integer: Int64(engine.plan.version))
            if let took = plans.lastStall {
                $0.field("plan_stall", durationMicroseconds: EngineClock.microseconds(took))
            }
            for (name, failing) in [
                ("failed_rules", engine.rulesThatFailed), ("failed_policies", engine.policiesThatFailed),
            ] where !failing.isEmpty {
                $0.field(name, names: failing.map { "\($0.name):\($0.times)" })
            }
            $0.field("clock_speed", integer: settings.clockSpeed)
            for (name, value) in numbers { $0.field(name, integer: Int64(value)) }
            $0.field("commit_mean", durationMicroseconds: commitLatency.meanMicroseconds)
            $0.field("commit_worst", durationMicroseconds: commitLatency.worstMicroseconds)
            $0.field("limit_live_inquiries", integer: Int64(Routing.Limits.liveInquiries))
            $0.field("limit_agents", integer: Int64(Routing.Limits.agents))
            $0.field("limit_connections", integer: Int64(ServerLimits.connections))
        }
    }
}
