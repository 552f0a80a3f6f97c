import TestSupport

/// Reads the rows and the event log with plain SQL and says what is wrong with them. It shares no code with the engine,
/// the store or the recovery: it knows what the words of the log mean, and follows each inquiry through it.
struct Audit {
    private(set) var faults: [String] = []
    /// The end of the log, for whoever has to find out what went wrong.
    private(set) var lastEvents: [String] = []

    private struct Life: Equatable {
        var state: String
        var agent: String?
        /// Agents who were ever assigned it and did not lose it again.
        var takings = 0
        var declinedBy: Set<String> = []
        var acceptedBy: Set<String> = []
    }

    private var lives: [Int64: Life] = [:]
    private var presence: [String: String] = [:]

    init(_ site: Site, _ told: Promises.Told = .init()) throws {
        try readLog(site)
        try compareInquiries(site)
        try compareAgents(site)
        try checkKeys(site)
        try checkEngine(site)
        check(told)
        try checkKeys(of: told, site)
    }

    private mutating func expect(_ isTrue: Bool, _ fault: String) {
        if !isTrue { faults.append(fault) }
    }

    // MARK: The log

    private mutating func readLog(_ site: Site) throws {
        let log = try site.sql(
            "SELECT seq, type, inquiry, agent, xmin::text::bigint, details FROM switchboard.event ORDER BY seq",
            columns: 6)
        lastEvents = log.suffix(15).map { $0.map { $0 ?? "-" }.joined(separator: " ") }
        var lastTransaction = Int64(0)
        for (index, row) in log.enumerated() {
            let type = row[1] ?? ""
            expect(row[0] == "\(index + 1)", "the log has event \(row[0] ?? "") in place \(index + 1)")
            // A batch is one transaction, and one follows the other.
            let transaction = row[4].flatMap { Int64($0) } ?? 0
            expect(transaction >= lastTransaction, "event \(index + 1) was written before the one that precedes it")
            lastTransaction = transaction
            if let id = row[2].flatMap({ Int64($0) }) {
                follow(type, id, agent: row[3], "event \(index + 1), \(type) of \(id)")
            } else if let agent = row[3] {
                note(type, agent)
            }
        }
    }

    private mutating func follow(_ type: String, _ id: Int64, agent: String?, _ place: String) {
        var life = lives[id] ?? Life(state: "none")
        let isOffered = life.state == "offered" && life.agent == agent
        let isOpen = ["waiting", "offered", "assigned"].contains(life.state)
        switch type {
        case "submitted":
            expect(life.state == "none", "\(place): it was there already")
            life.state = "waiting"
        case "offered":
            // To the same agent again after a stall or a start.
            expect(life.state == "waiting" || isOffered, "\(place) to \(agent ?? ""): it is \(life.state)")
            (life.state, life.agent) = ("offered", agent)
        case "accepted", "assigned":
            expect(
                type == "accepted" ? isOffered : life.state == "waiting",
                "\(place) by \(agent ?? ""): it is \(life.state) \(life.agent ?? "")")
            (life.state, life.agent) = ("assigned", agent)
            life.takings += 1
            if let agent { life.acceptedBy.insert(agent) }
        case "declined", "missed", "withdrawn":
            expect(isOffered, "\(place) of \(agent ?? ""): it is \(life.state) \(life.agent ?? "")")
            if type == "declined", let agent { life.declinedBy.insert(agent) }
            (life.state, life.agent) = ("waiting", nil)
        case "requeued":
            expect(life.state == "assigned", "\(place): it is \(life.state)")
            (life.state, life.agent) = ("waiting", nil)
            life.takings -= 1
        case "completed":
            expect(life.state == "assigned" && life.agent == agent, "\(place): it is \(life.state) \(life.agent ?? "")")
            life.state = "completed"
        case "abandoned", "cancelled":
            expect(isOpen && (type == "cancelled" || life.state != "assigned"), "\(place): it is \(life.state)")
            life.state = type
        case "wrapped": expect(life.state == "completed", "\(place): it is \(life.state)")
        case "exclusions_cleared", "preferred_released", "queued", "updated":
            expect(isOpen, "\(place): it is \(life.state)")
        default: faults.append("\(place): what is that?")
        }
        expect(life.takings <= 1, "\(place): it was assigned twice")
        lives[id] = life
    }

    private mutating func note(_ type: String, _ agent: String) {
        switch type {
        case "agent_ready": presence[agent] = "ready"
        case "agent_away": presence[agent] = "away"
        case "agent_offline": presence[agent] = "offline"
        default: if presence[agent] == nil { presence[agent] = "offline" }
        }
    }

    // MARK: The rows

    private mutating func compareInquiries(_ site: Site) throws {
        let rows = try site.sql("SELECT id, state, agent FROM switchboard.all_inquiry ORDER BY id", columns: 3)
        expect(rows.count == lives.count, "\(rows.count) inquiries have rows, \(lives.count) are in the log")
        for row in rows {
            guard let id = row[0].flatMap({ Int64($0) }), let life = lives[id] else {
                faults.append("inquiry \(row[0] ?? "") is in no event")
                continue
            }
            expect(row[1] == life.state, "inquiry \(id) is \(row[1] ?? "") in its row, \(life.state) by the log")
            if ["offered", "assigned", "completed"].contains(life.state) {
                let (row, log) = (row[2] ?? "nobody", life.agent ?? "nobody")
                expect(row == log, "inquiry \(id) has \(row) in its row, \(log) by the log")
            }
        }
    }

    private mutating func compareAgents(_ site: Site) throws {
        for row in try site.sql("SELECT id, state FROM switchboard.agent", columns: 2) {
            let (id, state) = (row[0] ?? "", row[1] ?? "")
            let logged = presence[id] ?? "nothing"
            expect(state == logged, "agent \(id) is \(state) in its row, \(logged) by the log")
        }
    }

    private mutating func checkKeys(_ site: Site) throws {
        for row in try site.sql(
            "SELECT key, count(*) FROM switchboard.all_inquiry WHERE key IS NOT NULL GROUP BY source, key HAVING count(*) > 1",
            columns: 2)
        {
            faults.append("key \(row[0] ?? "") has \(row[1] ?? "") inquiries")
        }
        for row in try site.sql(
            """
            SELECT coalesce(q.id, k.inquiry) FROM switchboard.inquiry_key AS k
            FULL JOIN (SELECT id FROM switchboard.all_inquiry WHERE key IS NOT NULL) AS q ON q.id = k.inquiry
            WHERE q.id IS NULL OR k.inquiry IS NULL
            """)
        {
            faults.append("inquiry \(row[0] ?? ""): its key and its row do not go together")
        }
    }

    private mutating func checkEngine(_ site: Site) throws {
        let row = try site.sql(
            """
            SELECT e.seq - (SELECT count(*) FROM switchboard.event),
                e.next_id - 1 - (SELECT count(*) FROM switchboard.all_inquiry),
                e.submitted - (SELECT count(*) FROM switchboard.all_inquiry),
                e.completed - (SELECT count(*) FROM switchboard.all_inquiry WHERE state = 'completed'),
                e.abandoned - (SELECT count(*) FROM switchboard.all_inquiry WHERE state = 'abandoned'),
                e.cancelled - (SELECT count(*) FROM switchboard.all_inquiry WHERE state = 'cancelled'),
                (SELECT count(DISTINCT xmin::text) FROM switchboard.event), e.batch
            FROM switchboard.engine AS e
            """, columns: 8)[0].map { $0.flatMap { Int64($0) } ?? .min }
        for (name, difference) in zip(["seq", "next_id", "submitted", "completed", "abandoned", "cancelled"], row) {
            expect(difference == 0, "engine.\(name) is off by \(difference)")
        }
        expect(row[6] <= row[7], "\(row[6]) transactions wrote events, and there were \(row[7]) batches")
    }

    // MARK: What was told

    private mutating func check(_ told: Promises.Told) {
        for (key, id) in told.ids where lives[id] == nil { faults.append("\(key), told to be \(id), is lost") }
        for (id, agent) in told.acceptedBy where lives[id]?.acceptedBy.contains(agent) != true {
            faults.append("\(id), told to be \(agent)'s, never was")
        }
        for (id, agents) in told.declinedBy where lives[id]?.declinedBy.isSuperset(of: agents) != true {
            faults.append("\(id): declining it, told to \(agents), was lost")
        }
        for (id, end) in told.ends where lives[id]?.state != end {
            faults.append("\(id), told to be \(end), is \(lives[id]?.state ?? "lost")")
        }
    }

    private mutating func checkKeys(of told: Promises.Told, _ site: Site) throws {
        let rows = try site.sql("SELECT key, id FROM switchboard.all_inquiry WHERE key IS NOT NULL", columns: 2)
        let ids = Dictionary(rows.map { ($0[0] ?? "", $0[1].flatMap { Int64($0) } ?? 0) }) { first, _ in first }
        for (key, id) in told.ids { expect(ids[key] == id, "\(key), told to be \(id), is \(ids[key] ?? 0)") }
    }
}
