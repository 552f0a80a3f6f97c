/// What a daemon refused, and why: the `ERR` line.
public struct Rejection: Error, Hashable, Sendable, CustomStringConvertible {
    /// One of the protocol's closed set, such as `not_found`.
    public var code: String
    /// A sentence for people.
    public var message: String
    /// What follows the sentence, such as `field=` or `retry_after=`.
    public var fields: Fields
    /// What came before it, such as a row a fault of a plan.
    public var rows: [Fields]

    /// A rejection with its parts.
    public init(code: String, message: String, fields: Fields = Fields(), rows: [Fields] = []) {
        self.code = code
        self.message = message
        self.fields = fields
        self.rows = rows
    }

    /// Code, sentence and fields in one line.
    public var description: String {
        let rest = fields.map { " \($0.key)=\($0.text)" }.joined()
        return "\(code): \(message)\(rest)"
    }
}

/// Why a request has no answer.
public enum ClientError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The daemon answered `ERR`.
    case rejected(Rejection)
    /// The connection was lost before the answer; whether the request was carried out is unknown, and repeating it
    /// might do it twice.
    case connectionLost
    /// None of the endpoints serves; the text says what each of them answered last.
    case unreachable(String)
    /// The client was closed.
    case closed
    /// More requests wait to be sent than `SwitchboardClient.waitingMaximum`.
    case overloaded
    /// Nobody read the events for so long that more than `SwitchboardClient.unreadEventsMaximum` came together.
    case eventsUnread
    /// The daemon sent what the protocol does not allow.
    case protocolViolation(String)
    /// A request that the protocol cannot carry.
    case invalidRequest(String)
    /// Text that names no endpoint.
    case invalidEndpoint(String)
    /// A setting, such as a token file, cannot be used.
    case invalidConfiguration(String)

    /// A sentence for people.
    public var description: String {
        switch self {
        case .rejected(let rejection): rejection.description
        case .connectionLost: "the connection was lost before the answer"
        case .unreachable(let why): "no daemon serves: \(why)"
        case .closed: "the client is closed"
        case .overloaded: "too many requests wait to be sent"
        case .eventsUnread: "too many events were left unread"
        case .protocolViolation(let what): "the daemon sent what the protocol does not allow: \(what)"
        case .invalidRequest(let why), .invalidEndpoint(let why), .invalidConfiguration(let why): why
        }
    }
}
