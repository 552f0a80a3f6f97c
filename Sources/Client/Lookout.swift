import NIOCore
import NIOPosix

/// Asks endpoints whether a daemon serves there, on connections of its own. Belongs to one event loop.
///
/// A daemon that is stopped, whose machine died without a word, or that is cut off from its PostgreSQL does not end its
/// connections. Where another one serves the same database meanwhile, the silent one will acknowledge nothing more.
final class Lookout {
    private static let timeout = TimeAmount.seconds(1)

    private let loop: any EventLoop
    /// Questions without an answer.
    private var open = 0

    init(loop: any EventLoop) { self.loop = loop }

    var isAsking: Bool { open > 0 }

    /// Calls `found` with the place of each of the endpoints that serves; within about a second all have been asked.
    func ask(_ endpoints: [(place: Int, endpoint: Endpoint)], found: @escaping (Int) -> Void) {
        for (place, endpoint) in endpoints {
            open += 1
            let loopBound = NIOLoopBound(found, eventLoop: loop)
            let ended = NIOLoopBound(self, eventLoop: loop)
            let bootstrap = ClientBootstrap(group: loop)
                .connectTimeout(Self.timeout)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = StatusHandler { loopBound.value(place) }
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                }
            bootstrap.connect(to: endpoint).assumeIsolated().whenComplete { result in
                guard case .success(let channel) = result else {
                    ended.value.open -= 1
                    return
                }
                let patience = channel.eventLoop.scheduleTask(in: Self.timeout) { channel.close(promise: nil) }
                channel.closeFuture.whenComplete { _ in
                    patience.cancel()
                    ended.value.open -= 1
                }
            }
        }
    }
}

/// Says `PING`, reads the answer, closes.
private final class StatusHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// An answer to PING is shorter.
    private static let answerBytesMaximum = 1_024

    private let onServing: () -> Void
    private var received = ByteBuffer()

    init(onServing: @escaping () -> Void) { self.onServing = onServing }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: Request("PING").bytes)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var arrived = unwrapInboundIn(data)
        received.writeBuffer(&arrived)
        guard let end = received.readableBytesView.firstIndex(of: 0x0A) else {
            if received.readableBytes > Self.answerBytesMaximum { context.close(promise: nil) }
            return
        }
        context.close(promise: nil)
        guard let line = received.readSlice(length: end - received.readerIndex),
            case .ok(let fields)? = try? ServerLine(line.readableBytesUInt8Span)
        else { return }
        if fields["status"] == "serving" || fields["status"] == "draining" { onServing() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

extension ClientBootstrap {
    func connect(to endpoint: Endpoint) -> EventLoopFuture<any Channel> {
        switch endpoint {
        case .tcp(let host, let port): channelOption(.tcpOption(.tcp_nodelay), value: 1).connect(host: host, port: port)
        case .unix(let path): connect(unixDomainSocketPath: path)
        }
    }
}
