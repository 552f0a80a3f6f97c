import Client

/// The connections of one run: customers', agents', and the one that looks on.
struct Stage: Sendable {
    /// What one of them had to tell, in order.
    enum Word: Sendable {
        case customers(Notice)
        case agents(Notice)
        case onlooker(Notice)
    }

    /// Submits and abandons.
    let customers: SwitchboardClient
    /// Signs agents on and speaks for them.
    let agents: SwitchboardClient
    /// An admin's: defines the agents, watches the event log, reads the clock.
    let onlooker: SwitchboardClient

    init(
        customers: ClientConfiguration, agents: ClientConfiguration, onlooker: ClientConfiguration,
        tell: @escaping @Sendable (Word) -> Void
    ) {
        self.customers = SwitchboardClient(customers, onNotice: { tell(.customers($0)) })
        self.agents = SwitchboardClient(agents, onNotice: { tell(.agents($0)) })
        self.onlooker = SwitchboardClient(onlooker, onNotice: { tell(.onlooker($0)) })
    }

    func connect() async throws(ClientError) {
        try await onlooker.connect()
        try await agents.connect()
        try await customers.connect()
    }

    func close() async {
        await customers.close()
        await agents.close()
        await onlooker.close()
    }
}
