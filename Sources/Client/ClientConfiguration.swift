/// Where and as whom a client connects, and how long it tries.
public struct ClientConfiguration: Sendable {
    /// In order of preference: the first that serves is used.
    public var endpoints: [Endpoint]
    /// Said in `HELLO`; nil on a Unix socket whose owner is trusted without.
    public var token: String?
    /// The agent that `HELLO` binds the session to.
    public var agent: String?
    /// How long to look for a daemon that serves, at first and after each lost connection, before giving up for good.
    public var patience: Duration
    /// Looks for a daemon again when the connection is lost; else the client then ends.
    public var reconnects: Bool
    /// How long nothing is sent before a `PING` keeps the session alive; 5 s at most where there are several endpoints,
    /// since its answer then also tells whether the daemon is still the one that serves.
    public var pingInterval: Duration

    /// Settings with the usual times.
    public init(
        endpoints: [Endpoint], token: String? = nil, agent: String? = nil, patience: Duration = .seconds(30),
        reconnects: Bool = true, pingInterval: Duration = .seconds(20)
    ) {
        self.endpoints = endpoints
        self.token = token
        self.agent = agent
        self.patience = patience
        self.reconnects = reconnects
        self.pingInterval = pingInterval
    }

    /// Settings as a person gives them: an option beats the environment (`SWITCHBOARD_URL`, `SWITCHBOARD_TOKEN`),
    /// which beats the default: the first of `defaultSockets` that is there, else 127.0.0.1:7411.
    ///
    /// - Parameters:
    ///   - connect: `HOST:PORT` or a path, several with commas.
    ///   - token: the secret itself, as read from a token file.
    ///   - exists: whether a file is there.
    public static func resolve(
        connect: String?, token: String?, environment: [String: String], defaultSockets: [String],
        exists: (String) -> Bool
    ) throws(ClientError) -> ClientConfiguration {
        let named = connect ?? environment["SWITCHBOARD_URL"].flatMap { $0.isEmpty ? nil : $0 }
        let endpoints: [Endpoint]
        if let named {
            endpoints = try Endpoint.list(named)
        } else if let socket = defaultSockets.first(where: exists) {
            endpoints = [.unix(path: socket)]
        } else {
            endpoints = [.tcp(host: "127.0.0.1", port: Endpoint.defaultPort)]
        }
        let secret = token ?? environment["SWITCHBOARD_TOKEN"]
        return ClientConfiguration(endpoints: endpoints, token: secret.flatMap { $0.isEmpty ? nil : $0 })
    }
}
