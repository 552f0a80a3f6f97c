import Postgres

/// The tables and statements of the design with SKIP LOCKED.
enum JobTable {
    static let agentCount = 200
    static let channelCount = 5
    private static let capacity = 5

    static let schema = """
        CREATE TABLE agent (
            id integer PRIMARY KEY,
            capacity integer NOT NULL,
            load integer NOT NULL DEFAULT 0,
            skills integer[] NOT NULL
        ) WITH (fillfactor = 50);
        CREATE TABLE job (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            submitted_at timestamptz NOT NULL DEFAULT now(),
            assigned_at timestamptz,
            done_at timestamptz,
            agent integer,
            priority integer NOT NULL,
            channel integer NOT NULL,
            state text NOT NULL DEFAULT 'waiting',
            skills integer[] NOT NULL,
            customer text NOT NULL,
            attrs json NOT NULL
        );
        CREATE INDEX job_waiting ON job (channel, priority DESC, submitted_at) WHERE state = 'waiting';
        """

    /// Agents, each with ten skills of fifty, and jobs that ask for two skills of some agent each.
    static func fill(_ backlog: Int) -> String {
        """
        SELECT setseed(0.5);
        INSERT INTO agent (id, capacity, skills)
        SELECT id, \(capacity), (
            SELECT array_agg(skill) FROM (
                SELECT skill FROM generate_series(1, 50) AS skill WHERE id >= 0 ORDER BY random() LIMIT 10) AS drawn)
        FROM generate_series(0, \(agentCount - 1)) AS id;
        INSERT INTO job (submitted_at, priority, channel, skills, customer, attrs)
        SELECT now() - interval '1 day' + number * interval '1 millisecond', floor(random() * 10),
            floor(random() * \(channelCount)), ARRAY[agent.skills[1 + one], agent.skills[1 + (one + step) % 10]],
            'c-' || number, '{"lang":"en","tier":"gold","region":"emea"}'
        FROM (
            SELECT number, floor(random() * \(agentCount))::integer AS agent, floor(random() * 10)::integer AS one,
                1 + floor(random() * 9)::integer AS step
            FROM generate_series(1, \(backlog)) AS number) AS drawn
        JOIN agent ON agent.id = drawn.agent;
        """
    }

    static func skills(_ connection: Connection) throws -> [[Int32]] {
        let result = try connection.query("SELECT array_to_string(skills, ',') FROM agent ORDER BY id")
        return (0..<result.rowCount).map { index in
            var row = result.row(index)
            return row.next().string.split(separator: ",").compactMap { Int32($0) }
        }
    }

    static let insert = """
        INSERT INTO job (priority, channel, skills, customer, attrs) VALUES ($1, $2, $3, $4, $5)
        """

    /// The most urgent job of the channel whose skills the agent has, if the agent has room.
    static let claim = """
        WITH taken AS (
            UPDATE job SET state = 'assigned', agent = $1, assigned_at = now()
            WHERE id = (
                SELECT waiting.id FROM job AS waiting
                WHERE waiting.state = 'waiting' AND waiting.channel = $2
                    AND waiting.skills <@ (SELECT agent.skills FROM agent WHERE agent.id = $1 AND load < capacity)
                ORDER BY waiting.priority DESC, waiting.submitted_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id),
        busy AS (UPDATE agent SET load = load + 1 WHERE id = $1 AND EXISTS (SELECT FROM taken))
        SELECT id FROM taken
        """

    static let complete = """
        WITH done AS (
            UPDATE job SET state = 'completed', done_at = now() WHERE id = $1 AND state = 'assigned' RETURNING agent)
        UPDATE agent SET load = load - 1 FROM done WHERE agent.id = done.agent
        """
}

/// One client of the job table: a connection and a thread's work.
struct JobClient {
    private let connection: Connection
    private let skills: [[Int32]]
    private var random: XorShift
    private var parameters = Parameters()

    init(_ conninfo: String, _ skills: [[Int32]], seed: UInt64) throws {
        connection = try Connection(conninfo, applicationName: "jobs", timeout: .seconds(60))
        self.skills = skills
        random = XorShift(seed: seed)
        try connection.execute("SET plan_cache_mode = force_generic_plan")
        try connection.prepare("insert", JobTable.insert)
        try connection.prepare("claim", JobTable.claim)
        try connection.prepare("complete", JobTable.complete)
    }

    /// Returns how many lifecycles it finished. A claim that finds nothing ends its round.
    mutating func run(until end: ContinuousClock.Instant) throws -> Int {
        var finished = 0
        while .now < end {
            try insert()
            guard let job = try claim() else { continue }
            parameters.removeAll()
            parameters.add(job)
            try connection.execute(prepared: "complete", parameters)
            finished += 1
        }
        return finished
    }

    private mutating func insert() throws {
        let of = skills[random.below(skills.count)]
        let one = random.below(of.count)
        let other = (one + 1 + random.below(of.count - 1)) % of.count
        parameters.removeAll()
        parameters.add(Int32(random.below(10)))
        parameters.add(Int32(random.below(JobTable.channelCount)))
        parameters.openArray(of: .integer)
        parameters.append(of[one])
        parameters.append(of[other])
        parameters.closeArray()
        parameters.add("c-\(random.below(1_000_000))")
        parameters.add(#"{"lang":"en","tier":"gold","region":"emea"}"#)
        try connection.execute(prepared: "insert", parameters)
    }

    private mutating func claim() throws -> Int64? {
        parameters.removeAll()
        parameters.add(Int32(random.below(JobTable.agentCount)))
        parameters.add(Int32(random.below(JobTable.channelCount)))
        let result = try connection.execute(prepared: "claim", parameters)
        if result.rowCount == 0 { return nil }
        var row = result.row(0)
        return row.next().int64
    }
}
