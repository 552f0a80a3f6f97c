/// The verbs that this version speaks. The parser, `HELP`, the roles and the tests read this one table.
package enum VerbTable {
    /// Every verb, at the place that its raw value names.
    package static let all: [VerbSpec] = session + upstream + agent + admin

    package static func spec(_ verb: Verb) -> VerbSpec { all[Int(verb.rawValue)] }

    /// The verb that `words` name in any case, its words separated by one space.
    package static func verb(named words: String) -> Verb? {
        guard let packed = PackedWord.pack(uppercasing: words.utf8) else { return nil }
        return VerbIndex.shared.verb(packed)
    }

    private static let session: [VerbSpec] = [
        VerbSpec(
            .hello, "HELLO",
            fields: [
                FieldSpec(.version, .integer, required: true, range: 1...1),
                FieldSpec(.token, .text, required: true, range: 1...Int64(Limits.tokenBytes)),
                FieldSpec(.agent, .name),
            ],
            roles: .all, beforeHello: true,
            errors: [.unauthorized, .forbidden, .notFound, .conflict, .limit, .unavailable],
            summary: "authenticates; agent= binds the session to an agent"),
        VerbSpec(
            .ping, "PING", roles: .all, beforeHello: true, summary: "keeps the session alive; tells time and status"),
        VerbSpec(
            .help, "HELP", PositionalSpec("verb", .text, required: false, range: 0...32, wordsMax: 2), roles: .all,
            beforeHello: true, isPaged: true, errors: [.notFound],
            summary: "lists the verbs of this role, or explains one"),
        VerbSpec(.quit, "QUIT", roles: .all, beforeHello: true, summary: "answers, then closes the connection"),
    ]

    private static let upstream: [VerbSpec] = [
        VerbSpec(
            .submit, "SUBMIT",
            fields: [
                FieldSpec(.channel, .name, required: true),
                FieldSpec(.key, .text, range: 1...Int64(Limits.keyBytes)),
                FieldSpec(.customer, .text, range: 1...Int64(Limits.customerBytes)),
                FieldSpec(.subject, .text, range: 1...Int64(Limits.subjectBytes)),
                FieldSpec(.skills, .levels, range: 0...Limits.requiredSkills),
                FieldSpec(.prefer, .levels, range: 0...Limits.requiredSkills),
                FieldSpec(.queue, .name),
                FieldSpec(.priority, .integer, range: Limits.priority),
                FieldSpec(.agent, .name),
                FieldSpec(.hold, .duration, range: Limits.holdMicroseconds),
                FieldSpec(.at, .instant),
                FieldSpec(.attrs, .json),
            ],
            roles: submits, changesState: true, errors: [.notFound, .conflict],
            summary: "hands in an inquiry; the same key again answers the first one"),
        VerbSpec(
            .get, "GET", PositionalSpec("id", .integer, required: false, range: 1...Int64.max),
            fields: [
                FieldSpec(.key, .text, range: 1...Int64(Limits.keyBytes)),
                FieldSpec(.source, .integer, range: 1...Int64.max),
            ],
            roles: .all, errors: [.notFound],
            summary: "the whole inquiry, by its id or by its key"),
        VerbSpec(
            .update, "UPDATE", inquiry,
            fields: [
                FieldSpec(.priority, .integer, range: Limits.priority),
                FieldSpec(.skills, .levels, range: 0...Limits.requiredSkills),
                FieldSpec(.prefer, .levels, range: 0...Limits.requiredSkills),
                FieldSpec(.queue, .name),
                FieldSpec(.subject, .text, range: 1...Int64(Limits.subjectBytes)),
                FieldSpec(.attrs, .json),
                FieldSpec(.reroute, .flag),
            ],
            roles: submits, changesState: true, errors: [.notFound, .conflict],
            summary: "changes an open inquiry; attrs= is merged into what is there"),
        VerbSpec(
            .message, "MESSAGE", inquiry,
            fields: [FieldSpec(.from, .choice(["customer", "agent"]), required: true), acting],
            roles: .all, changesState: true, errors: [.forbidden, .notFound, .conflict],
            summary: "a turn of the conversation; the customer's wakes held work and reopens what was completed"),
        VerbSpec(
            .rate, "RATE", inquiry,
            fields: [
                FieldSpec(.csat, .integer, range: Limits.csat), FieldSpec(.nps, .integer, range: Limits.nps),
                FieldSpec(.comment, .text, range: 1...Int64(Limits.commentBytes)),
            ],
            roles: submits, changesState: true, errors: [.notFound], summary: "the customer's answer to a survey"),
        VerbSpec(
            .abandon, "ABANDON", inquiry, roles: submits, changesState: true,
            errors: [.notFound, .conflict], summary: "the customer left before an agent took it"),
        VerbSpec(
            .cancel, "CANCEL", inquiry, fields: [reason], roles: submits, changesState: true,
            errors: [.notFound, .conflict], summary: "takes an inquiry back"),
    ]

    private static let agent: [VerbSpec] = [
        VerbSpec(
            .ready, "READY", fields: [FieldSpec(.channels, .names, range: 0...Limits.channels), acting],
            roles: acts, changesState: true, errors: [.notFound],
            summary: "takes work, on the named channels only where some are named"),
        VerbSpec(
            .away, "AWAY", fields: [reason, acting], roles: acts, changesState: true, errors: [.notFound],
            summary: "takes no new work, keeps what it has"),
        VerbSpec(
            .offline, "OFFLINE", fields: [acting], roles: acts, changesState: true, errors: [.notFound],
            summary: "signs off"),
        VerbSpec(
            .mine, "MINE", fields: [acting], roles: acts, isPaged: true, errors: [.notFound],
            summary: "a row for each offer, assignment and wrap-up that the agent has"),
        VerbSpec(
            .accept, "ACCEPT", inquiry, fields: [acting], roles: acts, changesState: true,
            errors: [.notFound, .conflict, .gone], summary: "takes an offer"),
        VerbSpec(
            .decline, "DECLINE", inquiry, fields: [reason, acting], roles: acts, changesState: true,
            errors: [.notFound, .conflict, .gone], summary: "gives an offer back; it is not offered to this agent again"
        ),
        VerbSpec(
            .hold, "HOLD", inquiry, fields: [acting], roles: acts, changesState: true, errors: [.notFound, .conflict],
            summary: "puts work aside until the customer writes, or RESUME"),
        VerbSpec(
            .resume, "RESUME", inquiry, fields: [acting], roles: acts, changesState: true,
            errors: [.notFound, .conflict], summary: "goes on with held work"),
        VerbSpec(
            .complete, "COMPLETE", inquiry,
            fields: [
                FieldSpec(.disposition, .text, range: 1...Int64(Limits.labelBytes)),
                FieldSpec(.outcome, .choice(["resolved", "unresolved"])),
                acting,
            ],
            roles: acts, changesState: true, errors: [.notFound, .conflict], summary: "ends an inquiry; wrap-up begins"),
        VerbSpec(
            .wrapped, "WRAPPED", inquiry, fields: [acting], roles: acts, changesState: true,
            errors: [.notFound, .conflict], summary: "ends wrap-up early"),
        VerbSpec(
            .transfer, "TRANSFER", inquiry,
            fields: [
                FieldSpec(.queue, .name),
                FieldSpec(.skills, .levels, range: 0...Limits.requiredSkills),
                FieldSpec(.agent, .name),
                reason, acting,
            ],
            roles: acts, changesState: true, errors: [.notFound, .conflict],
            summary: "hands work on to a queue, to other skills or to an agent; it keeps its age"),
        VerbSpec(
            .next, "NEXT", fields: [FieldSpec(.channel, .name), acting], roles: acts, changesState: true,
            errors: [.notFound, .conflict], summary: "takes the inquiry that comes first of those that fit"),
    ]

    private static let admin: [VerbSpec] = [
        VerbSpec(
            .agentPut, "AGENT PUT", PositionalSpec("id", .name),
            fields: [
                FieldSpec(.name, .text, range: 1...Int64(Limits.labelBytes)),
                FieldSpec(.skills, .levels, range: 0...Limits.agentSkills, defaultLevel: Limits.agentLevelDefault),
                FieldSpec(.channels, .limits, range: 0...Limits.channels),
                FieldSpec(.capacity, .integer, range: Limits.capacity),
                FieldSpec(.team, .name),
            ],
            roles: .admin, changesState: true,
            summary:
                "creates or changes an agent: a field left out stays, an empty one returns to its default"),
        VerbSpec(
            .agentGet, "AGENT GET", PositionalSpec("id", .name), roles: supervises, errors: [.notFound],
            summary: "an agent as it stands"),
        VerbSpec(
            .agentDelete, "AGENT DELETE", PositionalSpec("id", .name), roles: .admin, changesState: true,
            errors: [.notFound, .conflict], summary: "removes an agent who has no work"),
        VerbSpec(
            .agents, "AGENTS",
            fields: [
                FieldSpec(.state, .choice(["ready", "away", "offline"])),
                FieldSpec(.skill, .name),
                FieldSpec(.team, .name),
                page,
                FieldSpec(.after, .name),
            ],
            roles: supervises, isPaged: true, summary: "a row an agent, in pages"),
        VerbSpec(
            .agentsPut, "AGENTS PUT", fields: [document, FieldSpec(.check, .flag)], roles: .admin, changesState: true,
            isPaged: true, errors: [.conflict, .tooLarge],
            summary: "creates, changes and removes many agents, all or none; check=true only tells what it would do"),
        VerbSpec(.queues, "QUEUES", roles: supervises, isPaged: true, summary: "a row a queue"),
        VerbSpec(
            .inquiries, "INQUIRIES",
            fields: [
                FieldSpec(
                    .state,
                    .choice([
                        "scheduled", "waiting", "offered", "assigned", "held", "completed", "abandoned", "cancelled",
                        "expired",
                    ])),
                FieldSpec(.queue, .name),
                FieldSpec(.channel, .name),
                FieldSpec(.agent, .name),
                FieldSpec(.customer, .text, range: 1...Int64(Limits.customerBytes)),
                page,
                FieldSpec(.after, .integer, range: 0...Int64.max),
            ],
            roles: supervises, isPaged: true, errors: [.unavailable], summary: "a row an inquiry, in pages"),
        VerbSpec(
            .stats, "STATS",
            fields: [
                FieldSpec(.queue, .name), FieldSpec(.channel, .name),
                FieldSpec(.window, .choice(["5m", "30m", "today"])),
            ],
            roles: supervises, isPaged: true, summary: "live figures, a row a queue"),
        VerbSpec(
            .explain, "EXPLAIN", inquiry, fields: [FieldSpec(.agent, .name)], roles: supervises,
            errors: [.notFound, .conflict, .unavailable],
            summary: "why an inquiry waits, or why it went where it went; agent= asks about one agent"),
        VerbSpec(
            .assign, "ASSIGN", inquiry,
            fields: [FieldSpec(.agent, .name, required: true), FieldSpec(.force, .flag)],
            roles: supervises, changesState: true, errors: [.notFound, .conflict],
            summary: "gives an inquiry to that agent; force=true passes over room"),
        VerbSpec(
            .requeue, "REQUEUE", inquiry, fields: [FieldSpec(.priority, .integer, range: Limits.priority)],
            roles: supervises, changesState: true, errors: [.notFound, .conflict],
            summary: "takes an inquiry back from its agent into its queue"),
        VerbSpec(
            .queuePause, "QUEUE PAUSE", PositionalSpec("name", .name), roles: supervises, changesState: true,
            errors: [.notFound], summary: "stops offering what waits in a queue; it keeps its place"),
        VerbSpec(
            .queueResume, "QUEUE RESUME", PositionalSpec("name", .name), roles: supervises, changesState: true,
            errors: [.notFound], summary: "offers what waits in a queue again"),
        VerbSpec(
            .watch, "WATCH",
            fields: [
                FieldSpec(.types, .list, range: 0...Limits.listItems),
                FieldSpec(.queue, .name),
                FieldSpec(.inquiry, .integer, range: 1...Int64.max),
                FieldSpec(.from, .integer, range: 0...Int64.max),
            ],
            roles: watches, errors: [.gone, .unavailable],
            summary: "pushes events as they commit; from= replays what came after that one first"),
        VerbSpec(.unwatch, "UNWATCH", roles: watches, summary: "ends WATCH"),
        VerbSpec(
            .tokenCreate, "TOKEN CREATE",
            fields: [
                FieldSpec(.role, .choice(RoleSet.all.names), required: true),
                FieldSpec(.agent, .name),
                FieldSpec(.name, .text, range: 1...Int64(Limits.labelBytes)),
                FieldSpec(.teams, .names, range: 0...Limits.listItems),
                FieldSpec(.expires, .instant),
            ],
            roles: .admin, changesState: true, errors: [.notFound],
            summary: "makes a token; its secret is shown in this answer only"),
        VerbSpec(.tokenList, "TOKEN LIST", roles: .admin, isPaged: true, summary: "a row a token, without secrets"),
        VerbSpec(
            .tokenRevoke, "TOKEN REVOKE", PositionalSpec("id", .integer, range: 1...Int64.max), roles: .admin,
            changesState: true, errors: [.notFound], summary: "ends a token and closes its sessions"),
        VerbSpec(
            .customerForget, "CUSTOMER FORGET",
            PositionalSpec("customer", .text, range: 1...Int64(Limits.customerBytes)), roles: .admin,
            changesState: true,
            summary: "takes a customer's personal data out of all of their inquiries"),
        VerbSpec(
            .drain, "DRAIN", fields: [FieldSpec(.off, .flag)], roles: .admin, changesState: true,
            summary: "stops offering; off=true offers again"),
        VerbSpec(.info, "INFO", roles: .admin, summary: "version, uptime, backlog, latency and limits of the daemon"),
        VerbSpec(
            .planGet, "PLAN GET", fields: [FieldSpec(.version, .integer, range: 1...Int64.max)], roles: .admin,
            errors: [.notFound], summary: "the routing plan"),
        VerbSpec(
            .planCheck, "PLAN CHECK", fields: [document], roles: .admin, isPaged: true, errors: [.tooLarge],
            summary: "what is wrong or odd about a plan, and what it would change; changes nothing"),
        VerbSpec(
            .planPut, "PLAN PUT", fields: [document, ifVersion, note], roles: .admin, changesState: true,
            isPaged: true,
            errors: [.conflict, .tooLarge], summary: "puts a plan into force, as a new version"),
        VerbSpec(
            .planPatch, "PLAN PATCH", fields: [document, ifVersion, note], roles: .admin, changesState: true,
            isPaged: true,
            errors: [.conflict, .tooLarge],
            summary: "changes the plan in force by a JSON merge patch (RFC 7396): null takes a key out"),
        VerbSpec(
            .planHistory, "PLAN HISTORY",
            fields: [
                FieldSpec(.version, .integer, range: 1...Int64.max), page,
                FieldSpec(.after, .integer, range: 1...Int64.max),
            ],
            roles: .admin, isPaged: true, errors: [.notFound],
            summary: "a row a version, the newest first; with version= a row for each change that it made"),
        VerbSpec(
            .planRollback, "PLAN ROLLBACK",
            fields: [FieldSpec(.version, .integer, required: true, range: 1...Int64.max), ifVersion, note],
            roles: .admin, changesState: true, isPaged: true, errors: [.notFound, .conflict],
            summary: "puts an older version into force again, as a new one"),
    ]

    private static let document = FieldSpec(.body, .json, required: true, range: 2...Int64(Limits.adminLineBytes))
    private static let ifVersion = FieldSpec(.ifVersion, .integer, range: 1...Int64.max)
    private static let note = FieldSpec(.note, .text, range: 1...Int64(Limits.labelBytes))

    private static let submits: RoleSet = [.admin, .gateway, .upstream]
    private static let acts: RoleSet = [.admin, .supervisor, .gateway, .agent]
    private static let supervises: RoleSet = [.admin, .supervisor]
    private static let watches: RoleSet = [.admin, .supervisor, .gateway, .upstream]

    private static let inquiry = PositionalSpec("id", .integer, range: 1...Int64.max)
    private static let acting = FieldSpec(.as, .name)
    private static let reason = FieldSpec(.reason, .text, range: 1...Int64(Limits.labelBytes))
    private static let page = FieldSpec(.limit, .integer, range: Limits.pageRows)
}
