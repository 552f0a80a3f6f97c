import Client
import Foundation
import Simulation
import Synchronization
import TestSupport
import Testing

/// Shops and agents on the Swift client, which is told of two daemons and left alone with what happens to them.
final class Desk: Sendable {
    let promises = Promises()
    /// When anybody was last acknowledged anything.
    let pulse = Pulse()
    private let shops: [SwitchboardClient]
    private let clerks: [(name: String, client: SwitchboardClient, notices: AsyncStream<Notice>)]
    private let isClosing = Mutex(false)

    /// More than the agents can have in hand would only wait.
    private static let openMaximum = 40

    init(_ endpoints: [Endpoint], shopToken: String, agents: [(name: String, token: String)]) {
        shops = (0..<3).map { _ in
            SwitchboardClient(ClientConfiguration(endpoints: endpoints, token: shopToken))
        }
        clerks = agents.map { agent in
            let (notices, told) = AsyncStream.makeStream(of: Notice.self)
            let client = SwitchboardClient(
                ClientConfiguration(endpoints: endpoints, token: agent.token), onNotice: { told.yield($0) })
            return (agent.name, client, notices)
        }
    }

    /// Works beside `body`, then brings everything to its end.
    func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            for clerk in clerks {
                group.addTask { [self] in try await serve(clerk.name, clerk.client, clerk.notices) }
            }
            group.addTask { [self] in
                // Whatever happens, the clerks go home, or the group would wait for them.
                do {
                    try await submitBeside(body)
                } catch {
                    await close()
                    throw error
                }
                await close()
            }
            try await group.waitForAll()
        }
    }

    private func close() async {
        for client in shops + clerks.map(\.client) { await client.close() }
    }

    private func submitBeside(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            for (index, shop) in shops.enumerated() {
                // Several requests of one connection are under way at any time.
                for lane in 0..<3 {
                    group.addTask { [self] in try await submit("shop\(index)-\(lane)", shop) }
                }
            }
            group.addTask { [self] in
                defer { isClosing.withLock { $0 = true } }
                try await body()
            }
            try await group.waitForAll()
        }
        let deadline = ContinuousClock.now + .seconds(60)
        while promises.openCount > 0 {
            guard ContinuousClock.now < deadline else {
                throw TestSupportError("\(promises.openCount) inquiries do not end")
            }
            try await shops[0].request(Request("PING"))
        }
    }

    private func submit(_ name: String, _ client: SwitchboardClient) async throws {
        var number = 0
        while !isClosing.withLock({ $0 }) {
            guard promises.openCount < Self.openMaximum else {
                try await client.request(Request("PING"))
                continue
            }
            number += 1
            let key = "\(name)-\(number)"
            let channel = number % 3 == 0 ? "email" : "chat"
            let answer = try await client.request(
                Request("SUBMIT", nil, [Field("channel", channel), Field("key", key), Field("customer", name)]))
            promises.submitted(key, answer.fields.integer("id") ?? 0)
            pulse.beat()
        }
    }

    private func serve(_ name: String, _ client: SwitchboardClient, _ notices: AsyncStream<Notice>) async throws {
        try await client.connect()
        for await notice in notices {
            do {
                switch notice {
                case .connected:
                    try await client.request(Request("READY"))
                    // What was assigned without its push having come.
                    for row in try await client.request(Request("MINE")).rows where row["state"] == "assigned" {
                        try await complete(row.integer("id") ?? 0, name, client)
                    }
                case .event(let event) where event.type == "offered":
                    try await take(event.inquiry ?? 0, name, client)
                case .event(let event) where event.type == "assigned":
                    promises.accepted(event.inquiry ?? 0, by: name)
                    try await complete(event.inquiry ?? 0, name, client)
                case .event: break
                case .disconnected(.closed): return
                case .disconnected(.connectionLost): break
                case .disconnected(let error): throw error
                }
            } catch {
                if error as? ClientError == .closed { return }
                throw error
            }
        }
    }

    private func take(_ id: Int64, _ name: String, _ client: SwitchboardClient) async throws {
        do {
            try await client.request(Request("ACCEPT", "\(id)"))
        } catch {
            guard case .rejected(let rejection) = error else { throw error }
            // Shown twice, and ended after the first time; or withdrawn.
            #expect(["gone", "conflict"].contains(rejection.code), "ACCEPT \(id): \(rejection)")
            return
        }
        promises.accepted(id, by: name)
        pulse.beat()
        try await complete(id, name, client)
    }

    private func complete(_ id: Int64, _ name: String, _ client: SwitchboardClient) async throws {
        try await client.request(Request("COMPLETE", "\(id)", [Field("disposition", "done")]))
        promises.ended(id, as: "completed")
        pulse.beat()
    }
}

/// Measures for how long nobody was acknowledged anything.
final class Pulse: Sendable {
    private struct State {
        var last = ContinuousClock.now
        var count = 0
        var longestGap = Duration.zero
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    func beat() {
        let ready = state.withLock { state in
            let now = ContinuousClock.now
            state.longestGap = max(state.longestGap, now - state.last)
            state.last = now
            state.count += 1
            let ready = state.waiters.filter { $0.count <= state.count }
            state.waiters.removeAll { $0.count <= state.count }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Forgets what was measured.
    func reset() { state.withLock { $0.longestGap = .zero } }

    /// The longest time between two acknowledgements since `reset`.
    var longestGap: Duration { state.withLock { $0.longestGap } }

    /// Waits for so many more acknowledgements.
    func wait(for more: Int) async {
        await withCheckedContinuation { continuation in
            state.withLock { $0.waiters.append(($0.count + more, continuation)) }
        }
    }
}
