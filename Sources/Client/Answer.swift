/// The final `OK` of a request with its fields, and the rows that came before it.
public struct Answer: Hashable, Sendable {
    /// Of the final line.
    public var fields: Fields
    /// One for each `ROW`, in order.
    public var rows: [Fields]

    /// An answer with its parts.
    public init(fields: Fields, rows: [Fields] = []) {
        self.fields = fields
        self.rows = rows
    }

    /// The text of a field of the final line.
    public subscript(key: String) -> String? { fields[key] }
}

/// A push: something that happened, told once it is committed.
public struct Event: Hashable, Sendable {
    /// Such as `offered`.
    public var type: String
    /// Its number in the event log; 0 for a push that is not in the log, such as `session_taken`.
    public var seq: Int64
    /// When it happened by the daemon's clock, in microseconds since 1970 UTC; 0 for a push that is not in the log.
    public var time: Int64
    /// All fields, `seq` and `time` included.
    public var fields: Fields

    /// An event from its line's type and fields.
    public init(type: String, fields: Fields) {
        self.type = type
        self.fields = fields
        seq = fields.integer("seq") ?? 0
        time = fields.instant("time") ?? 0
    }

    /// The inquiry that it is about.
    public var inquiry: Int64? { fields.integer("inquiry") }

    /// The agent that it is about.
    public var agent: String? { fields["agent"] }
}

/// What a connection tells besides answers, in the order in which it happened, answers included.
public enum Notice: Sendable {
    /// Authenticated, on the first connection and on each later one: the answer to `HELLO`, or to `PING` where there
    /// is no token to say. Comes before anything is sent on the connection.
    case connected(Answer)
    case event(Event)
    /// Comes before the requests that were unanswered fail.
    case disconnected(ClientError)
}
