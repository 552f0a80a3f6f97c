import NIOCore

/// The engine thread's end of a connection: what it hands over here arrives on the connection's event loop.
final class Link: Sendable {
    let id: UInt64
    let eventLoop: any EventLoop
    /// The peer is the daemon's owner or root, who are admins by the rights of the Unix socket.
    let isOwner: Bool
    private let handler: NIOLoopBound<ConnectionHandler>

    /// On the connection's event loop.
    init(id: UInt64, eventLoop: any EventLoop, isOwner: Bool, handler: ConnectionHandler) {
        self.id = id
        self.eventLoop = eventLoop
        self.isOwner = isOwner
        self.handler = NIOLoopBound(handler, eventLoop: eventLoop)
    }

    /// On the connection's event loop.
    fileprivate func receive(_ delivery: Delivery) { handler.value.receive(delivery) }

    /// Leaves a message for the engine thread after a while of real time.
    func post(_ message: CoreMessage, to mailbox: Mailbox<CoreMessage>, afterSeconds seconds: Double) {
        eventLoop.scheduleTask(in: .milliseconds(Int64(seconds * 1_000))) { mailbox.post(message) }
    }

    /// Hands deliveries to their connections, one hop for each event loop.
    static func hand(over deliveries: [Delivery]) {
        var byLoop: [(loop: any EventLoop, deliveries: [Delivery])] = []
        for delivery in deliveries {
            if let index = byLoop.firstIndex(where: { $0.loop === delivery.link.eventLoop }) {
                byLoop[index].deliveries.append(delivery)
            } else {
                byLoop.append((delivery.link.eventLoop, [delivery]))
            }
        }
        for (loop, batch) in byLoop {
            loop.execute {
                for delivery in batch { delivery.link.receive(delivery) }
            }
        }
    }
}

/// What the engine thread has for a connection.
struct Delivery: Sendable {
    var link: Link
    var bytes: [UInt8]
    /// How many requests these bytes answer.
    var answered = 0
    /// The last event among them; 0 if they hold no push.
    var lastSeq: Int64 = 0
    /// Pushes the reader asked to have at its own pace do not count as owed.
    var isPaced = false
    var change = Change.none

    enum Change: Sendable {
        case none
        /// A session is there: as whom decides the length of its lines and how long it may be silent.
        case identified(Role, boundToAgent: Bool)
        /// Write what is there, then close.
        case close
    }
}
