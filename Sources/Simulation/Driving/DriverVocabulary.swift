/// What a driver asks the port to do. Indices are those of the scenario.
package enum DriverAction: Hashable, Sendable {
    case submit(inquiry: Int)
    case abandon(inquiry: Int, id: Int64)
    /// Reads the inquiry's state.
    case look(inquiry: Int, id: Int64)
    case ready(agent: Int)
    case away(agent: Int)
    case offline(agent: Int)
    /// Reads what the agent has.
    case mine(agent: Int)
    case accept(agent: Int, id: Int64)
    case complete(agent: Int, id: Int64)

    /// True for what is said on the agents' connection. A driver repeats those itself when the connection was lost,
    /// after it has signed its agents on again; the others the client repeats.
    package var isFloor: Bool {
        switch self {
        case .submit, .abandon, .look: false
        case .ready, .away, .offline, .mine, .accept, .complete: true
        }
    }
}

/// A row of `MINE`.
package struct WorkRow: Hashable, Sendable {
    package var id: Int64
    package var state: String

    package init(id: Int64, state: String) {
        self.id = id
        self.state = state
    }
}

/// How an action ended.
package enum DriverOutcome: Hashable, Sendable {
    /// `OK`, with `id=` and `state=` where the answer has them.
    case done(id: Int64?, state: String?)
    /// `OK` to `MINE`.
    case work([WorkRow])
    /// `ERR` with its code and its `state=`.
    case refused(code: String, state: String?)
    /// Refused for now: again after so many virtual microseconds.
    case later(Int64)
    /// The connection was lost before the answer; whether it was done is unknown.
    case lost
}

/// A push on the agents' connection, as far as a driver needs it.
package enum FloorEvent: Hashable, Sendable {
    case offered(agent: Int, id: Int64)
    case assigned(agent: Int, id: Int64)
    /// The work ended without the agent: requeued, cancelled, transferred.
    case taken(agent: Int, id: Int64)
    case missed(agent: Int)
    case away(agent: Int)
    case offline(agent: Int)
}
