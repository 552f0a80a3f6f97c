import Testing

/// Many inquiries that wait, in three queues and on two channels, and what two plans make of them. It knows by itself
/// what a rank is: when it was queued, plus the target, less a minute a point of priority.
struct WaitingCrowd {
    /// A plan that differs from the other in the target of every inquiry, in the steps of every queue and in what the
    /// queues require. One item is all that an agent can take, so that offers come one by one.
    struct Terms {
        let name: String
        let yaml: String
        /// In minutes; a queue's own goes over the channel's.
        fileprivate let channelTargets: [String: Int64]
        fileprivate let queueTargets: [String: Int64]
        /// In hours.
        fileprivate let firstSteps: [String: Int64]
        /// What an inquiry requires that enters `sales` under this plan.
        let salesSkills: String

        fileprivate func target(_ member: Member) -> Int64 {
            (queueTargets[member.queue] ?? channelTargets[member.channel] ?? 0) * 60_000_000
        }

        static let before = Terms(
            name: "before",
            yaml: """
                name: before
                channels:
                  chat:  {weight: 100, limit: 1, target: 1m, offer_timeout: 1h}
                  email: {weight: 100, limit: 1, target: 4h, offer_timeout: 1h, accept: offer, interrupted_by: []}
                queues:
                  default: {}
                  sales: {target: 30m, skills: {sales: 1}}
                  care:  {target: 20m, skills: {care: 2}, steps: [{after: 10h, do: [{priority: 1}]}]}
                """,
            channelTargets: ["chat": 1, "email": 240], queueTargets: ["sales": 30, "care": 20],
            firstSteps: ["care": 10], salesSkills: "sales:1")

        static let after = Terms(
            name: "after",
            yaml: """
                name: after
                channels:
                  chat:  {weight: 100, limit: 1, target: 2h, offer_timeout: 1h}
                  email: {weight: 100, limit: 1, target: 1h, offer_timeout: 1h, accept: offer, interrupted_by: []}
                queues:
                  default: {steps: [{after: 9h, do: [{priority: 1}]}]}
                  sales: {target: 10m, skills: {sales: 3}, steps: [{after: 11h, do: [{relax: {sales: 1}}]}]}
                  care:  {target: 40m, skills: {korean: 1}}
                """,
            channelTargets: ["chat": 120, "email": 60], queueTargets: ["sales": 10, "care": 40],
            firstSteps: ["default": 9, "sales": 11], salesSkills: "sales:3")
    }

    fileprivate struct Member {
        let id: Int64
        let queue: String
        let channel: String
        let priority: Int64
        /// Microseconds since 1970.
        let queuedAt: Int64

        func rank(_ terms: Terms) -> Int64 { queuedAt + terms.target(self) - priority * 60_000_000 }
    }

    /// What it was told: the id of each key.
    let ids: [String: Int64]
    private var members: [Member]
    private let fingerprint: String

    var count: Int { members.count }

    /// Hands in that many under `Terms.before`, while nobody is signed on.
    init(_ count: Int, _ shop: LinePeer, _ site: Site) throws {
        var ids: [String: Int64] = [:]
        for start in stride(from: 0, to: count, by: Self.window) {
            let numbers = start..<min(count, start + Self.window)
            try shop.send(numbers.map(Self.request))
            for number in numbers {
                let line = try #require(try shop.answer().last)
                let id: Int64 = try #require(line.integer("id"), "\(line)")
                ids["k\(number)"] = id
            }
        }
        self.ids = ids
        members = try site.sql(
            "SELECT id, queue, channel, priority, (extract(epoch FROM queued_at) * 1000000)::bigint FROM switchboard.inquiry",
            columns: 5
        ).map { row in
            let numbers = [row[0], row[3], row[4]].map { $0.flatMap { Int64($0) } ?? 0 }
            return Member(
                id: numbers[0], queue: row[1] ?? "", channel: row[2] ?? "", priority: numbers[1], queuedAt: numbers[2])
        }
        fingerprint = try Self.fingerprint(site)
    }

    private static let window = 500
    private static let queues = ["default", "sales", "care"]

    private static func request(_ number: Int) -> String {
        "SUBMIT channel=\(number % 2 == 0 ? "chat" : "email") queue=\(queues[number % 3]) key=k\(number) "
            + "priority=\(number % 7 - 3)"
    }

    /// Of what no plan changes: all that were ever handed in with a key of the crowd.
    private static func fingerprint(_ site: Site) throws -> String {
        let lines = try site.sql(
            """
            SELECT md5(string_agg(format('%s %s %s %s %s %s', id, key, queue, channel, priority, queued_at), ',' ORDER BY id))
            FROM switchboard.all_inquiry WHERE key LIKE 'k%'
            """)
        return lines.first?.first?.flatMap { $0 } ?? ""
    }

    // MARK: Under a plan

    /// The rows: all are there once and unchanged, and each that waits has its rank by that plan.
    func checkRows(_ terms: Terms, _ site: Site, _ story: String) throws {
        #expect(try Self.fingerprint(site) == fingerprint, "\(story): what no plan changes has changed")
        let groups = try site.sql(
            """
            SELECT queue, channel, priority, state, rank - (extract(epoch FROM queued_at) * 1000000)::bigint,
                coalesce(skills::text, ''), count(*), count(DISTINCT key)
            FROM switchboard.inquiry WHERE key LIKE 'k%' AND state <> 'completed' GROUP BY 1, 2, 3, 4, 5, 6
            """, columns: 8)
        var rowCount = 0
        for group in groups {
            let row = group.map { $0 ?? "" }
            let member = Member(id: 0, queue: row[0], channel: row[1], priority: Int64(row[2]) ?? 0, queuedAt: 0)
            #expect(row[3] == "waiting", "\(story): \(row)")
            #expect(Int64(row[4]) == member.rank(terms), "\(story): not the rank of \(terms.name): \(row)")
            // They keep what they were asked for when they came.
            let skills = ["sales": #"{"sales":1}"#, "care": #"{"care":2}"#][row[0]] ?? ""
            #expect(row[5].filter { $0 != " " } == skills, "\(story): \(row)")
            #expect(row[6] == row[7], "\(story): \(row)")
            rowCount += Int(row[6]) ?? 0
        }
        #expect(rowCount == count, "\(story)")
    }

    /// What the daemon has in memory: as many, and of a sample the rank and the step to come by that plan.
    func checkMemory(_ terms: Terms, _ admin: LinePeer, _ story: String) throws {
        #expect(try admin.counts()["waiting"] == Int64(count), "\(story)")
        for index in stride(from: 0, to: count, by: max(1, count / 41)) {
            let member = members[index]
            let told = try admin.explain(member.id).last
            #expect(told.duration("target") == terms.target(member), "\(story): \(told)")
            // The port tells milliseconds.
            #expect(told.instant("rank") == member.rank(terms) / 1_000 * 1_000, "\(story): \(told)")
            guard let hours = terms.firstSteps[member.queue] else {
                #expect(told["next"] == "expired", "\(story): \(told)")
                continue
            }
            let due = member.queuedAt + hours * 3_600_000_000
            #expect(told["next"] == "step" && told.instant("next_at") == due / 1_000 * 1_000, "\(story): \(told)")
        }
    }

    /// An agent who can take all of them is offered the first that many, in the order of that plan, and completes them.
    /// - Returns: Whom it took.
    mutating func serve(_ first: Int, _ terms: Terms, _ agent: LinePeer) throws -> [Int64] {
        members.sort { ($0.rank(terms), $0.id) < ($1.rank(terms), $1.id) }
        let taken = members.prefix(first).map(\.id)
        try agent.ok("READY")
        for id in taken {
            try agent.expectEvent("offered", inquiry: id)
            try agent.ok("ACCEPT \(id)")
            // No more than these.
            if id == taken.last { try agent.ok("AWAY") }
            try agent.ok("COMPLETE \(id)")
        }
        try agent.ok("OFFLINE")
        members.removeFirst(taken.count)
        return taken
    }
}
