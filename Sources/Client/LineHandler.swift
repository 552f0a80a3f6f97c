import NIOCore

/// Cuts what a socket brings into lines and hands them to the client. Lives on the connection's event loop.
final class LineHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// A daemon's longest line is a plan, which it takes in 4 MiB at most.
    private static let lineBytesMaximum = 16 << 20

    private let owner: ClientCore
    private let generation: Int
    private var pending: ByteBuffer?
    /// Bytes at the head of `pending` that hold no line end.
    private var scanned = 0

    init(owner: ClientCore, generation: Int) {
        self.owner = owner
        self.generation = generation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var arrived = unwrapInboundIn(data)
        var buffer: ByteBuffer
        if var earlier = pending.take() {
            earlier.writeBuffer(&arrived)
            buffer = earlier
        } else {
            buffer = arrived
        }
        while let end = buffer.readableBytesView.dropFirst(scanned).firstIndex(of: 0x0A) {
            let length = end - buffer.readerIndex
            guard var line = buffer.readSlice(length: length) else { break }
            buffer.moveReaderIndex(forwardBy: 1)
            scanned = 0
            if line.readableBytesView.last == 0x0D { line.moveWriterIndex(to: line.writerIndex - 1) }
            owner.received(line, generation: generation)
        }
        scanned = buffer.readableBytes
        if scanned > Self.lineBytesMaximum {
            owner.lost(.protocolViolation("a line of over \(Self.lineBytesMaximum) bytes"), generation: generation)
            context.close(promise: nil)
            return
        }
        if scanned > 0 {
            buffer.discardReadBytes()
            pending = buffer
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        owner.readCycleEnded()
    }

    func channelInactive(context: ChannelHandlerContext) {
        owner.lost(.connectionLost, generation: generation)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        owner.lost(.connectionLost, generation: generation)
        context.close(promise: nil)
    }
}
