import Foundation

/// Stands between switchboard and PostgreSQL's socket, knows where a batch begins and ends, and does harm at a named
/// point of one. The product has no such hooks, so what is tried is what is shipped.
///
/// `@unchecked Sendable`: what may change is only touched with `condition` locked.
package final class PostgresProxy: @unchecked Sendable {
    /// Where in the way of a batch the harm is done, in order.
    package enum Point: Int, CaseIterable, Sendable {
        /// All of it has come from the daemon, nothing was passed on.
        case beforeSend
        /// A part of it was passed on, ending within a message or between two.
        case halfSent
        /// All but the Sync at its end was passed on: executed, not committed.
        case beforeCommit
        /// All of it was passed on: PostgreSQL commits while the harm is done.
        case sent
        /// It is committed, and nothing of PostgreSQL's answer was passed on.
        case committed
        /// A part of the answer was passed on.
        case halfAnswered
        /// All of the answer was passed on.
        case answered
    }

    package enum Harm: Hashable, Sendable {
        /// Both connections end.
        case cut
        /// The daemon's connection ends and PostgreSQL does not hear of it, as when a machine or a cable dies.
        case strand
        /// Nothing passes any more, and neither side is told.
        case silence
        /// All waits for so long, then goes on.
        case delay(Duration)
    }

    package struct Fault: Sendable {
        /// The so-manieth batch from the arming on, counted from 1.
        package var batch: Int
        package var point: Point
        package var harm: Harm
        /// Which part of a half is passed on, from 0 to 1.
        package var part: Double
        /// Called at the point, before the harm.
        package var action: @Sendable () -> Void

        package init(
            batch: Int, point: Point, harm: Harm, part: Double = 0.5, action: @escaping @Sendable () -> Void = {}
        ) {
            self.batch = batch
            self.point = point
            self.harm = harm
            self.part = part
            self.action = action
        }
    }

    /// What to connect to, as the host of port 5432.
    package let folder: String
    private let serverPath: String
    private let listener: Int32
    private let condition = NSCondition()
    private var armed: Fault?
    private var batchesToGo = 0
    private var firedCount = 0
    private var healCount = 0
    private var isFrozen = false
    private var isStopped = false

    package init(to socketFolder: String) throws {
        serverPath = socketFolder + "/.s.PGSQL.5432"
        folder = try makeTemporaryFolder()
        listener = try UnixSocket.listening(at: folder + "/.s.PGSQL.5432")
        Thread.detachNewThread { [self] in accept() }
    }

    /// How libpq gets to the same database through here. The proxy is not who the server is.
    package func connectionInfo(_ direct: String) -> String {
        direct + " host='\(folder)' port=5432 requirepeer=''"
    }

    package func stop() {
        change { isStopped = true }
        UnixSocket.end(listener)
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: Faults

    package func arm(_ fault: Fault) {
        change {
            armed = fault
            batchesToGo = fault.batch
        }
    }

    /// How many faults have happened.
    package var faultCount: Int {
        condition.lock()
        defer { condition.unlock() }
        return firedCount
    }

    /// Waits until so many faults have happened in all.
    package func waitForFault(_ count: Int, patience: Duration = .seconds(30)) -> Bool {
        wait(until: { firedCount >= count }, patience)
    }

    /// Ends what was stranded or silenced.
    package func heal() { change { healCount += 1 } }

    /// From now on nothing passes, on no connection, until `thaw`; then all that was sent meanwhile does.
    package func freeze() { change { isFrozen = true } }

    package func thaw() { change { isFrozen = false } }

    private func change(_ body: () -> Void) {
        condition.lock()
        body()
        condition.broadcast()
        condition.unlock()
    }

    /// How long the tests that use a proxy may take at most.
    private static let forEver = Duration.seconds(3_600)

    private func wait(until isTrue: () -> Bool, _ patience: Duration = forEver) -> Bool {
        let deadline = Date() + patience / .seconds(1)
        condition.lock()
        defer { condition.unlock() }
        while !isTrue() {
            if isStopped || !condition.wait(until: deadline) { return isTrue() }
        }
        return true
    }

    /// The fault, if the batch that begins now is the one.
    private func takeFault() -> Fault? {
        condition.lock()
        defer { condition.unlock() }
        guard let fault = armed else { return nil }
        batchesToGo -= 1
        if batchesToGo > 0 { return nil }
        armed = nil
        return fault
    }

    // MARK: Connections

    private func accept() {
        while let client = UnixSocket.accepted(by: listener) {
            Thread.detachNewThread { [self] in
                guard wait(until: { !isFrozen }), let server = UnixSocket.connected(to: serverPath) else {
                    return UnixSocket.end(client)
                }
                relay(Pair(client: client, server: server))
            }
        }
    }

    /// One thread for both directions of one connection.
    private func relay(_ pair: Pair) {
        defer { pair.end() }
        var requests = FrameCutter(beginsWithStartup: true)
        var isCollecting: Fault?
        var batch: [UInt8] = []
        while let ready = pair.waitForEither() {
            guard wait(until: { !isFrozen }) else { return }
            if ready.client {
                guard let bytes = UnixSocket.receive(pair.client) else { return }
                requests.append(bytes)
                var through: [UInt8] = []
                while let frame = requests.next() {
                    if isCollecting == nil, frame.binds("fence") { isCollecting = takeFault() }
                    guard let fault = isCollecting else {
                        through += frame.bytes
                        continue
                    }
                    batch += frame.bytes
                    guard frame.isSync else { continue }
                    guard UnixSocket.transmit(through[...], to: pair.server), carry(batch, fault, pair) else { return }
                    (through, batch, isCollecting) = ([], [], nil)
                }
                guard UnixSocket.transmit(through[...], to: pair.server) else { return }
            }
            if ready.server {
                guard let bytes = UnixSocket.receive(pair.server), UnixSocket.transmit(bytes[...], to: pair.client)
                else { return }
            }
        }
    }

    /// Takes a batch as far as its fault; false where the connection ends there.
    private func carry(_ batch: [UInt8], _ fault: Fault, _ pair: Pair) -> Bool {
        let sent =
            switch fault.point {
            case .beforeSend: 0
            case .halfSent: Self.part(fault.part, of: batch.count)
            case .beforeCommit: batch.count - FrameCutter.syncLength
            case .sent, .committed, .halfAnswered, .answered: batch.count
            }
        guard UnixSocket.transmit(batch[..<sent], to: pair.server) else { return false }
        if fault.point.rawValue <= Point.sent.rawValue {
            return harm(fault, pair) && UnixSocket.transmit(batch[sent...], to: pair.server)
        }
        var answers = FrameCutter(beginsWithStartup: false)
        var answer: [UInt8] = []
        var isWhole = false
        var isRefused = false
        while !isWhole {
            guard let bytes = UnixSocket.receive(pair.server) else { return false }
            answer += bytes
            answers.append(bytes)
            while let frame = answers.next() {
                isWhole = isWhole || frame.isReadyForQuery
                isRefused = isRefused || frame.isErrorResponse
            }
        }
        if isRefused {
            // It is not committed, say because it took too long. The daemon sends it again, and that is the one.
            change {
                armed = fault
                batchesToGo = 1
            }
            return UnixSocket.transmit(answer[...], to: pair.client)
        }
        let told =
            switch fault.point {
            case .halfAnswered: Self.part(fault.part, of: answer.count)
            case .answered: answer.count
            case .beforeSend, .halfSent, .beforeCommit, .sent, .committed: 0
            }
        return UnixSocket.transmit(answer[..<told], to: pair.client) && harm(fault, pair)
            && UnixSocket.transmit(answer[told...], to: pair.client)
    }

    /// At least a byte, and not all.
    private static func part(_ part: Double, of count: Int) -> Int {
        min(count - 1, max(1, Int(part * Double(count))))
    }

    /// False where the connection is over.
    private func harm(_ fault: Fault, _ pair: Pair) -> Bool {
        fault.action()
        change { firedCount += 1 }
        switch fault.harm {
        case .cut: return false
        case .strand:
            pair.endClient()
            waitForHealing()
            return false
        case .silence:
            waitForHealing()
            return false
        case .delay(let duration):
            _ = wait(until: { false }, duration)
            return true
        }
    }

    private func waitForHealing() {
        condition.lock()
        let now = healCount
        condition.unlock()
        _ = wait(until: { healCount > now })
    }

    /// The two ends of one connection; belongs to its relay's thread.
    private final class Pair {
        let client: Int32
        let server: Int32
        private var hasClient = true

        init(client: Int32, server: Int32) {
            self.client = client
            self.server = server
        }

        /// Which of them has something to be read, its end included.
        func waitForEither() -> (client: Bool, server: Bool)? {
            UnixSocket.waitForEither(client, server)
        }

        func endClient() {
            if hasClient { UnixSocket.end(client) }
            hasClient = false
        }

        func end() {
            endClient()
            UnixSocket.end(server)
        }
    }
}
