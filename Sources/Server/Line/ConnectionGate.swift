import NIOCore
import Synchronization

/// Counts connections over all event loops, so that the limits hold for the server as a whole, and keeps the channels
/// for a stop.
final class ConnectionGate: Sendable {
    /// What was decided of a connection at its opening.
    struct Admission: Sendable {
        let address: String?
        /// Why it may not stay.
        let refusal: String?
    }

    fileprivate struct State {
        var all = 0
        var lingering = 0
        var unidentified = 0
        var unidentifiedByAddress: [String: Int] = [:]
        var nextID: UInt64 = 1
        var channels: [UInt64: any Channel] = [:]
    }

    private let state = Mutex(State())
    /// As many as are documented, or as the system's limit of open files leaves room for.
    private let connectionsMax: Int
    private let lingeringMax: Int

    /// - Parameter files: How many files the process may have open.
    init(files: Int = OpenFiles.raiseLimit()) {
        let room = max(0, files - OpenFiles.reserved)
        lingeringMax = min(ServerLimits.lingeringConnections, room / 5)
        connectionsMax = max(1, min(ServerLimits.connections, room - lingeringMax))
    }

    func nextID() -> UInt64 {
        state.withLock { state in
            defer { state.nextID += 1 }
            return state.nextID
        }
    }

    /// Counts the connection. `address` is nil on the Unix socket.
    func admit(address: String?) -> Admission {
        state.withLock { state in
            state.all += 1
            state.unidentified += 1
            if let address { state.unidentifiedByAddress[address, default: 0] += 1 }
            let refusal: String? =
                if state.all > connectionsMax {
                    "\(connectionsMax) connections are open already"
                } else if state.unidentified > ServerLimits.connectionsBeforeHello {
                    "\(ServerLimits.connectionsBeforeHello) connections have not said HELLO yet"
                } else if let address,
                    state.unidentifiedByAddress[address, default: 0] > ServerLimits.connectionsBeforeHelloPerAddress
                {
                    "\(ServerLimits.connectionsBeforeHelloPerAddress) connections of this address have not said HELLO yet"
                } else {
                    nil
                }
            return Admission(address: address, refusal: refusal)
        }
    }

    func identified(_ admission: Admission) { state.withLock { $0.forget(admission) } }

    func leave(_ admission: Admission, identified: Bool) {
        state.withLock { state in
            state.all -= 1
            if !identified { state.forget(admission) }
        }
    }

    /// Whether a connection that is closed on our side may wait for the peer's; one that may is counted.
    func beginLingering() -> Bool {
        state.withLock { state in
            guard state.lingering < lingeringMax else { return false }
            state.lingering += 1
            return true
        }
    }

    func endLingering() { state.withLock { $0.lingering -= 1 } }

    func register(_ id: UInt64, _ channel: any Channel) { state.withLock { $0.channels[id] = channel } }

    func unregister(_ id: UInt64) { state.withLock { $0.channels[id] = nil } }

    var channels: [any Channel] { state.withLock { Array($0.channels.values) } }
}

extension ConnectionGate.State {
    fileprivate mutating func forget(_ admission: ConnectionGate.Admission) {
        unidentified -= 1
        guard let address = admission.address, let count = unidentifiedByAddress[address] else { return }
        unidentifiedByAddress[address] = count > 1 ? count - 1 : nil
    }
}
