import NIOCore
import NIOPosix
import Synchronization

@testable import Client

/// A peer that a test plays itself: it sees each line that a client sends and says what it wants.
final class ScriptedServer: Sendable {
    enum Happening: Sendable {
        case connected(Int)
        case line(Int, String)
        case disconnected(Int)
    }

    private struct State {
        var channels: [Int: any Channel] = [:]
        var count = 0
    }

    private let server: any Channel
    private let state: StateBox
    /// What happens on all connections, in order; connections are numbered from 1.
    let happenings: AsyncStream<Happening>

    /// The mutable part, shared with the handlers.
    private final class StateBox: Sendable {
        let value = Mutex(State())
    }

    init(unixPath: String? = nil) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Happening.self)
        happenings = stream
        let state = StateBox()
        self.state = state
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                let number = state.value.withLock { state in
                    state.count += 1
                    state.channels[state.count] = channel
                    return state.count
                }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(number: number, tell: continuation))
                }
            }
        if let unixPath {
            server = try await bootstrap.bind(unixDomainSocketPath: unixPath).get()
        } else {
            server = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        }
    }

    var endpoint: Endpoint { .tcp(host: "127.0.0.1", port: server.localAddress?.port ?? 0) }

    func say(_ connection: Int, _ lines: String...) {
        let channel = state.value.withLock { $0.channels[connection] }
        let text = lines.map { $0 + "\n" }.joined()
        channel?.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    func cut(_ connection: Int) {
        state.value.withLock { $0.channels[connection] }?.close(promise: nil)
    }

    func stop() async {
        try? await server.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let number: Int
        private let tell: AsyncStream<Happening>.Continuation
        private var pending = ""

        init(number: Int, tell: AsyncStream<Happening>.Continuation) {
            self.number = number
            self.tell = tell
        }

        func channelActive(context: ChannelHandlerContext) {
            tell.yield(.connected(number))
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            pending += String(buffer: unwrapInboundIn(data))
            while let end = pending.firstIndex(of: "\n") {
                tell.yield(.line(number, String(pending[..<end])))
                pending = String(pending[pending.index(after: end)...])
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            tell.yield(.disconnected(number))
        }
    }
}

extension AsyncStream<ScriptedServer.Happening>.Iterator {
    /// The next line that a client sends, whatever connections do meanwhile.
    mutating func line() async -> (connection: Int, text: String) {
        while let happening = await next() {
            if case .line(let connection, let text) = happening { return (connection, text) }
        }
        return (0, "")
    }
}
