import Foundation
import Simulation
import Synchronization
import TestSupport
import Testing

/// Shops and agents that keep a daemon busy. When they lose it they wait for the next one on its port, ask again what
/// was not answered, and go on. They are nothing but sockets: what they prove, any client can rely on.
final class Traffic: Sendable {
    let promises = Promises()
    let shift: Shift
    private let shopToken: String
    private let agents: [(name: String, token: String)]
    private let seed: UInt64
    private static let shopCount = 3

    init(_ daemon: DaemonProcess, seed: UInt64) throws {
        self.seed = seed
        shift = Shift(daemon)
        shopToken = try daemon.token("role=upstream")
        let admin = try daemon.admin()
        agents = try (1...4).map { number in
            try admin.ok("AGENT PUT agent-\(number)")
            return ("agent-\(number)", try daemon.token("role=agent agent=agent-\(number)"))
        }
    }

    /// Runs all of them, and `body` beside them; they go on until the shift is over.
    func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            for index in 0..<Self.shopCount {
                let shop = Shop(index, SplitMix64(seed: seed &* 31 &+ UInt64(index)), promises, shift)
                group.addTask { [self] in try shift.attend(token: shopToken) { try shop.work($0) } }
            }
            for (index, agent) in agents.enumerated() {
                let random = SplitMix64(seed: seed &* 37 &+ UInt64(index))
                // Somebody must take what the others do not want: exclusions end only after an offer's time.
                let clerk = Clerk(agent.name, random, promises, shift, declines: index < 2)
                group.addTask { [self] in try shift.attend(token: agent.token) { try clerk.work($0) } }
            }
            group.addTask { [self] in
                do { try await body() } catch {
                    shift.end()
                    throw error
                }
            }
            try await group.waitForAll()
        }
    }

    /// Waits until so many more inquiries have come to their end, as their agents were told.
    func waitForMore(_ count: Int) async throws { try await promises.waitForEnds(promises.endCount + count) }

    /// Lets everybody do a little more and come to an end.
    func finish(_ daemon: DaemonProcess) throws {
        let admin = try daemon.admin()
        let submitted = try #require(try admin.counts()["submitted"])
        let deadline = ContinuousClock.now + .seconds(30)
        while try #require(try admin.counts()["submitted"]) < submitted + 30 {
            guard ContinuousClock.now < deadline else {
                throw TestSupportError("the shops stand still: \(daemon.said)")
            }
        }
        shift.close()
        try shift.waitForShops()
        while true {
            let counts = try admin.counts()
            if ["waiting", "offered", "assigned"].allSatisfy({ counts[$0] == 0 }) { break }
            guard ContinuousClock.now < deadline + .seconds(30) else {
                throw TestSupportError("not all of it ends: \(counts)")
            }
        }
        shift.end()
    }
}

/// Which daemon serves at the moment, and how long its clients work.
///
/// `@unchecked Sendable`: what may change is only touched with `condition` locked.
final class Shift: @unchecked Sendable {
    /// How long a client waits for another daemon.
    private static let patience = 60.0

    private let condition = NSCondition()
    private var daemon: DaemonProcess
    private var generation = 1
    private var openShops = 0
    private var isClosing = false
    private var hasEnded = false

    init(_ daemon: DaemonProcess) { self.daemon = daemon }

    /// Another daemon serves.
    func handOver(to next: DaemonProcess) {
        change {
            daemon = next
            generation += 1
        }
    }

    /// Shops finish what they are at and submit nothing more.
    func close() { change { isClosing = true } }

    /// Everybody goes home.
    func end() {
        change {
            isClosing = true
            hasEnded = true
        }
    }

    private var said: String { locked { daemon.said } }
    var isOver: Bool { locked { hasEnded } }
    var takesNoMore: Bool { locked { isClosing } }

    func shopOpened() { change { openShops += 1 } }
    func shopClosed() { change { openShops -= 1 } }

    /// Waits until every shop has finished.
    func waitForShops() throws {
        guard wait(until: { openShops == 0 || hasEnded }) else { throw TestSupportError("the shops do not finish") }
    }

    /// Runs `body` with a session, and with one more on the next daemon whenever the connection was lost.
    func attend(token: String, _ body: (LinePeer) throws -> Void) throws {
        var last = 0
        var loss = "nothing was lost"
        while !isOver {
            guard wait(until: { generation > last || hasEnded }) else {
                throw TestSupportError("no daemon follows the one that was lost (\(loss)): \(said)")
            }
            if isOver { return }
            let (daemon, present) = locked { (self.daemon, generation) }
            last = present
            do {
                return try body(try daemon.session(token))
            } catch let error as PeerError {
                loss = error.description
            }
        }
    }

    private func change(_ body: () -> Void) {
        condition.lock()
        body()
        condition.broadcast()
        condition.unlock()
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }

    private func wait(until isTrue: () -> Bool) -> Bool {
        let deadline = Date() + Self.patience
        condition.lock()
        defer { condition.unlock() }
        while !isTrue() {
            if !condition.wait(until: deadline) { return isTrue() }
        }
        return true
    }
}

/// Submits, and takes some of it back. One thread uses it at a time.
private final class Shop {
    private static let window = 6
    /// Of all shops together.
    private static let openMaximum = 40

    private let index: Int
    private var random: SplitMix64
    private let promises: Promises
    private let shift: Shift
    /// Sent and not answered, in order.
    private var unanswered: [(line: String, key: String?, id: Int64)] = []
    private var nextKey = 1
    private var open: [Int64] = []

    init(_ index: Int, _ random: SplitMix64, _ promises: Promises, _ shift: Shift) {
        self.index = index
        self.random = random
        self.promises = promises
        self.shift = shift
        shift.shopOpened()
    }

    func work(_ peer: LinePeer) throws {
        while !shift.takesNoMore || !unanswered.isEmpty {
            // What the last daemon left unanswered comes first, and is the same request again.
            if unanswered.isEmpty { unanswered = (1...Self.window).map { _ in nextRequest() } }
            try peer.send(unanswered.map(\.line))
            while let request = unanswered.first {
                guard let answer = try peer.answer().last else { return }
                unanswered.removeFirst()
                take(answer, request.line, request.key, request.id)
            }
        }
        shift.shopClosed()
    }

    private func nextRequest() -> (line: String, key: String?, id: Int64) {
        // No more than the agents can end.
        if promises.openCount > Self.openMaximum, let id = open.last { return ("GET \(id)", nil, id) }
        if random.chance(0.2), let id = open.randomElement(using: &random) {
            return ("\(random.chance(0.5) ? "ABANDON" : "CANCEL") \(id)", nil, id)
        }
        let key = "shop\(index)-\(nextKey)"
        nextKey += 1
        return ("SUBMIT channel=\(random.chance(0.3) ? "email" : "chat") key=\(key) customer=c\(nextKey % 7)", key, 0)
    }

    private func take(_ answer: Line, _ line: String, _ key: String?, _ id: Int64) {
        if let key {
            guard let id = answer.integer("id") else {
                Issue.record("\(line): \(answer)")
                return
            }
            promises.submitted(key, id)
            open.append(id)
            if open.count > 20 { open.removeFirst() }
        } else if answer.isOK {
            if !line.hasPrefix("GET") { promises.ended(id, as: answer["state"] ?? "") }
        } else {
            // Somebody was faster; but it must be known.
            #expect(answer.code == "conflict", "\(line): \(answer)")
        }
    }
}

/// An agent: takes, declines, completes. One thread uses it at a time.
private final class Clerk {
    private let name: String
    private var random: SplitMix64
    private let promises: Promises
    private let shift: Shift
    private let declines: Bool
    /// Sent and not answered.
    private var unanswered: (verb: String, id: Int64)?

    init(_ name: String, _ random: SplitMix64, _ promises: Promises, _ shift: Shift, declines: Bool) {
        self.name = name
        self.random = random
        self.promises = promises
        self.shift = shift
        self.declines = declines
    }

    func work(_ peer: LinePeer) throws {
        if let (verb, id) = unanswered { try ask(verb, id, peer) }
        try peer.ok("READY")
        // What it had when the last daemon died.
        for row in try peer.rows("MINE") where row["state"] == "assigned" {
            if let id = row.integer("id") { try ask("COMPLETE", id, peer) }
        }
        while !shift.isOver {
            if try peer.events.isEmpty && peer.staysSilent(for: .milliseconds(50)) { continue }
            for push in try peer.takeEvents() {
                guard let id = push.integer("inquiry") else { continue }
                if push.event == "assigned" {
                    promises.accepted(id, by: name)
                    try ask("COMPLETE", id, peer)
                } else if push.event != "offered" {
                    continue
                } else if declines && random.chance(0.2) {
                    try ask("DECLINE", id, peer)
                } else if try ask("ACCEPT", id, peer) {
                    try ask("COMPLETE", id, peer)
                }
            }
        }
    }

    /// Whether the answer was OK.
    @discardableResult
    private func ask(_ verb: String, _ id: Int64, _ peer: LinePeer) throws -> Bool {
        unanswered = (verb, id)
        guard let answer = try peer.ask("\(verb) \(id)\(verb == "COMPLETE" ? " disposition=done" : "")").last else {
            return false
        }
        unanswered = nil
        guard answer.isOK else {
            // Withdrawn, taken back, or done already by what was asked before the daemon was lost.
            #expect(answer.code == "gone" || answer.code == "conflict", "\(verb) \(id): \(answer)")
            // Whoever was told that it is theirs can end it, unless the shop has taken it back.
            if verb == "COMPLETE", promises.isTaken(id, by: name) {
                #expect(answer["state"] == "cancelled", "COMPLETE \(id) of \(name): \(answer)")
            }
            return false
        }
        switch verb {
        case "ACCEPT": promises.accepted(id, by: name)
        case "DECLINE": promises.declined(id, by: name)
        default: promises.ended(id, as: "completed")
        }
        return true
    }
}
