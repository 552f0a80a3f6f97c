import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where the line port listens.
package enum ListenAddress: Sendable {
    case tcp(host: String, port: Int)
    case unix(path: String)
}

/// A port cannot be opened.
package struct ListenError: Error, Sendable {
    package var message: String
}

/// The open ports of the line protocol.
final class LineListener: Sendable {
    private let mailbox: Mailbox<CoreMessage>
    private let group: MultiThreadedEventLoopGroup
    private let gate: ConnectionGate
    private let ownerID: UInt32

    init(mailbox: Mailbox<CoreMessage>, group: MultiThreadedEventLoopGroup, gate: ConnectionGate, ownerID: UInt32) {
        self.mailbox = mailbox
        self.group = group
        self.gate = gate
        self.ownerID = ownerID
    }

    /// Opens one port. The address it got is the channel's `localAddress`.
    func open(_ address: ListenAddress) async throws(ListenError) -> any Channel {
        let isUnix = if case .unix = address { true } else { false }
        let mailbox = mailbox
        let gate = gate
        let ownerID = ownerID
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 16)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(low: ServerLimits.pendingPushBytes / 4, high: ServerLimits.pendingPushBytes)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let user = isUnix ? Self.peerUserID(of: channel) : nil
                    let admission = gate.admit(address: isUnix ? nil : channel.remoteAddress?.ipAddress ?? "")
                    let handler = ConnectionHandler(
                        id: gate.nextID(), mailbox: mailbox, gate: gate, admission: admission,
                        isOwner: user == ownerID || user == 0)
                    if !isUnix { try Self.setOptions(ofTCP: channel) }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        do {
            switch address {
            case .tcp(let host, let port):
                return try await bootstrap.bind(host: host, port: port).get()
            case .unix(let path):
                // What is cleaned up below is the leftover of a daemon that was killed, never the socket of a live one.
                guard !Self.isListening(path) else {
                    throw ListenError(message: "cannot listen on \(path): another process does")
                }
                return try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
            }
        } catch let error as ListenError {
            throw error
        } catch {
            throw ListenError(message: "cannot listen on \(address.text): \(error.reason)")
        }
    }

    /// Whether somebody takes connections on that Unix socket.
    private static func isListening(_ path: String) -> Bool {
        guard let address = try? SocketAddress(unixDomainSocketPath: path) else { return false }
        #if canImport(Glibc)
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return address.withSockAddr { connect(descriptor, $0, socklen_t($1)) } == 0
    }

    /// Answers go out at once, and a peer that is no more is noticed.
    private static func setOptions(ofTCP channel: any Channel) throws {
        guard let options = channel.syncOptions else { return }
        try options.setOption(.tcpOption(.tcp_nodelay), value: 1)
        try options.setOption(.socketOption(.so_keepalive), value: 1)
        #if os(Linux)
            for (name, value) in [
                (TCP_KEEPIDLE, ServerLimits.keepAliveIdleSeconds),
                (TCP_KEEPINTVL, ServerLimits.keepAliveIntervalSeconds), (TCP_KEEPCNT, ServerLimits.keepAliveTries),
            ] {
                try options.setOption(.tcpOption(.init(rawValue: name)), value: Int(value))
            }
        #endif
    }

    /// Who is at the other end of a Unix socket, as the kernel says.
    private static func peerUserID(of channel: any Channel) -> UInt32? {
        #if os(Linux)
            guard let provider = channel as? any SocketOptionProvider else { return nil }
            let credentials: EventLoopFuture<PeerCredentials> = provider.unsafeGetSocketOption(
                level: .init(rawValue: CInt(SOL_SOCKET)), name: .init(rawValue: CInt(SO_PEERCRED)))
            // On the channel's own loop the future is done already.
            var user: UInt32?
            credentials.assumeIsolated().whenSuccess { user = $0.uid }
            return user
        #else
            return nil
        #endif
    }
}

/// Laid out as the kernel's `struct ucred`.
private struct PeerCredentials {
    var pid: Int32
    var uid: UInt32
    var gid: UInt32
}

extension ListenAddress {
    package var text: String {
        switch self {
        case .tcp(let host, let port): "\(host):\(port)"
        case .unix(let path): path
        }
    }
}

extension Error {
    /// What the system said, without the wrapping.
    fileprivate var reason: String {
        if let io = self as? IOError { return String(cString: strerror(io.errnoCode)) }
        return "\(self)"
    }
}
