import LineProtocol
import NIOCore

/// One connection on its event loop: cuts lines, hands requests to the engine thread, writes what comes back, and keeps
/// to the limits. It knows nothing of what the requests mean.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private let id: UInt64
    private let mailbox: Mailbox<CoreMessage>
    private let gate: ConnectionGate
    private let admission: ConnectionGate.Admission
    /// The peer is the daemon's owner or root, so an admin from the first byte on.
    private let isOwner: Bool
    private var context: ChannelHandlerContext?
    private var framer = LineFramer(limit: ServerLimits.lineBytes)
    private var link: Link?

    /// Requests handed over that are not answered yet.
    private var unanswered = 0
    /// The socket was not read because of that.
    private var owesRead = false
    /// A request with a long answer is among the unanswered.
    private var awaitsPages = false
    private var isIdentified = false
    private var isBoundToAgent = false
    /// The peer has said all it had to say; it still reads.
    private var isInputClosed = false
    private var isClosing = false
    /// Our half is closed; the peer's last words are read and dropped.
    private var isLingering = false
    /// The gate and the engine thread no longer count on this connection.
    private var hasDeparted = false
    /// When the last line of a bound session ended.
    private var lastHeard = NIODeadline.now()
    private var lastSeqWritten: Int64 = 0

    init(
        id: UInt64, mailbox: Mailbox<CoreMessage>, gate: ConnectionGate, admission: ConnectionGate.Admission,
        isOwner: Bool
    ) {
        self.id = id
        self.mailbox = mailbox
        self.gate = gate
        self.admission = admission
        self.isOwner = isOwner
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelActive(context: ChannelHandlerContext) {
        if let refusal = admission.refusal {
            var line = LineWriter()
            line.error(tag: [], code: .limit, message: refusal)
            line.field("retry_after", durationMicroseconds: ServerLimits.retryAfterMicroseconds)
            line.end()
            write(line.bytes, context)
            finish(context)
            return
        }
        let link = Link(id: id, eventLoop: context.eventLoop, isOwner: isOwner, handler: self)
        self.link = link
        if isOwner { identify(as: .admin, boundToAgent: false) }
        gate.register(id, context.channel)
        mailbox.post(.opened(link))
        scheduleSilenceCheck(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        depart()
        if isLingering { gate.endLingering() }
        self.context = nil
        context.fireChannelInactive()
    }

    private func depart() {
        guard !hasDeparted else { return }
        hasDeparted = true
        gate.leave(admission, identified: isIdentified)
        if link != nil {
            gate.unregister(id)
            mailbox.post(.closed(id))
        }
        link = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        let buffer = unwrapInboundIn(data)
        // Only a line is a sign of life: bytes that come one by one and never end one are none.
        if isBoundToAgent, buffer.readableBytesView.contains(UInt8(ascii: "\n")) { lastHeard = .now() }
        framer.append(buffer.readableBytesView)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        handOver(context)
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            isInputClosed = true
            if isLingering { context.close(promise: nil) }
            finishIfDone(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// A peer that has closed its half gets the answers that it is owed.
    private func finishIfDone(_ context: ChannelHandlerContext) {
        if isInputClosed && unanswered == 0 && context.channel.isWritable && !isClosing { finish(context) }
    }

    /// Reads go on while the answers keep up.
    func read(context: ChannelHandlerContext) {
        if mayRead {
            context.read()
        } else {
            owesRead = true
        }
    }

    private var mayRead: Bool {
        if isClosing { return true }
        return unanswered < ServerLimits.unansweredRequests && (context?.channel.isWritable ?? false)
    }

    /// Nobody has more answers made than it reads: what has been read of its requests waits as well, and a megabyte of
    /// short ones may ask for gigabytes. Before HELLO is answered nothing goes past it: the answer decides how long
    /// lines may be. Long answers are made one at a time.
    private var mayHandOver: Bool {
        guard !isClosing, let context, context.channel.isWritable else { return false }
        if awaitsPages || !isIdentified { return unanswered == 0 }
        return unanswered < ServerLimits.unansweredRequests
    }

    private func handOver(_ context: ChannelHandlerContext) {
        var messages: [CoreMessage] = []
        while mayHandOver, let incoming = framer.nextRequest() {
            switch incoming {
            case .request(let request): messages.append(.incoming(id, .request(request)))
            case .fault(let fault): messages.append(.incoming(id, .fault(fault)))
            case .foreign:
                isClosing = true
                context.close(promise: nil)
                continue
            }
            unanswered += 1
            if case .request(let request) = incoming, VerbTable.spec(request.verb).isPaged { awaitsPages = true }
        }
        mailbox.post(contentsOf: messages)
    }

    // MARK: Out

    /// What the engine thread has for this connection.
    func receive(_ delivery: Delivery) {
        guard let context, !isClosing else { return }
        unanswered -= delivery.answered
        if unanswered == 0 { awaitsPages = false }
        if delivery.lastSeq > 0 && !delivery.isPaced && !context.channel.isWritable {
            return overflow(context)
        }
        if !delivery.bytes.isEmpty { write(delivery.bytes, context) }
        if delivery.lastSeq > 0 { lastSeqWritten = delivery.lastSeq }
        switch delivery.change {
        case .none: break
        case .identified(let role, let boundToAgent):
            identify(as: role, boundToAgent: boundToAgent)
        case .close:
            return finish(context)
        }
        if delivery.isPaced {
            let mailbox = mailbox
            let id = id
            context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(capacity: 0))).whenSuccess {
                mailbox.post(.drained(id))
            }
        } else {
            context.flush()
        }
        resume(context)
        finishIfDone(context)
    }

    private func identify(as role: Role, boundToAgent: Bool) {
        if !isIdentified { gate.identified(admission) }
        isIdentified = true
        isBoundToAgent = boundToAgent
        lastHeard = .now()
        framer.limit = role == .admin ? ServerLimits.adminLineBytes : ServerLimits.lineBytes
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            resume(context)
            finishIfDone(context)
        }
        context.fireChannelWritabilityChanged()
    }

    /// Takes up lines that waited for answers to leave, and the reading of the socket.
    private func resume(_ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        if framer.bufferedBytes > 0 { handOver(context) }
        if owesRead && mayRead {
            owesRead = false
            context.read()
        }
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: bytes.count)
        buffer.writeBytes(bytes)
        context.write(wrapOutboundOut(buffer), promise: nil)
    }

    // MARK: Ends

    /// The reader owes us more than it may: it is told where it stopped and can go on with WATCH from=.
    private func overflow(_ context: ChannelHandlerContext) {
        var line = LineWriter()
        line.event("overflow")
        line.field("seq", integer: lastSeqWritten)
        line.end()
        write(line.bytes, context)
        finish(context)
    }

    /// Closes once everything written has left, or after a while in any case.
    private func finish(_ context: ChannelHandlerContext) {
        isClosing = true
        let channel = context.channel
        let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(channel.allocator.buffer(capacity: 0))).whenComplete { _ in
            loopBound.value.closeOutput()
        }
        context.eventLoop.scheduleTask(in: .milliseconds(Int64(ServerLimits.closingSeconds * 1_000))) {
            channel.close(promise: nil)
        }
        // It was not read while its answers did not leave; what it has said meanwhile must not stay unread either.
        guard owesRead else { return }
        owesRead = false
        context.read()
    }

    /// A socket that is closed with bytes of the peer unread resets the connection, and the system throws away what is
    /// still on its way to the peer. So our half is closed first, and the peer's is read to its end.
    private func closeOutput() {
        guard let context else { return }
        depart()
        guard !isInputClosed, gate.beginLingering() else { return context.close(promise: nil) }
        isLingering = true
        context.close(mode: .output, promise: nil)
    }

    private func scheduleSilenceCheck(_ context: ChannelHandlerContext) {
        let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .seconds(1)) { loopBound.value.checkSilence() }
    }

    /// Without HELLO a connection lives for a while only; an agent's session must be heard of.
    private func checkSilence() {
        guard let context, !isClosing else { return }
        let silence = Double((NIODeadline.now() - lastHeard).nanoseconds) / 1e9
        let limit: Double? =
            if !isIdentified {
                ServerLimits.helloSeconds
            } else if isBoundToAgent {
                ServerLimits.agentSilenceSeconds
            } else {
                nil
            }
        if !isIdentified && openFor > ServerLimits.helloSeconds { return finish(context) }
        if let limit, isBoundToAgent && silence > limit { return finish(context) }
        scheduleSilenceCheck(context)
    }

    private let openedAt = NIODeadline.now()
    private var openFor: Double { Double((NIODeadline.now() - openedAt).nanoseconds) / 1e9 }
}
