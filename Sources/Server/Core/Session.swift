import LineProtocol
import Routing

/// One connection as the engine thread knows it.
final class Session {
    let link: Link
    /// nil before HELLO.
    var role: Role?
    /// The token that it submits as.
    var source: Int32 = 0
    /// Of a supervisor: empty for all.
    var teams: [String] = []
    /// The agent that it speaks for without `as=`.
    var boundAgent: AgentIndex?
    /// All agents whose session it is.
    var agents: Set<AgentIndex> = []
    var watcher: Watcher?
    /// Live events that a replay has not come up to yet.
    var held = LineWriter()
    var heldLastSeq: Int64 = 0
    /// A page of the log has been asked for.
    var isReadingLog = false
    var saidHello = false
    var failedHellos = 0

    /// Answers and pushes of the batch that is forming.
    var out = LineWriter()
    var answered = 0
    var lastSeq: Int64 = 0
    /// A page of the log is in `out`.
    var isPaced = false
    /// Answers in batches under way: reads may not overtake them.
    var unreleased = 0
    var change = Delivery.Change.none
    /// Stands in the list of those with something to send.
    var isSpeaking = false

    /// Waits for something from outside the engine; requests that come meanwhile queue up behind it.
    var isParked = false
    var queued: [Incoming] = []
    /// The answer to what a submission that is taken up again has asked the store: the customer's last agent, empty for
    /// none; nil where it was not asked.
    var lastAgent: String?
    var isClosed = false
    /// Answers may be given before their batch is committed.
    var answersUncommitted = false
    /// The answer under way shows nothing that could be uncommitted, or waits for its commit.
    var saysCommitted = true

    init(link: Link) { self.link = link }

    var hasOutput: Bool {
        if case .none = change { return isPaced || !out.bytes.isEmpty }
        return true
    }

    /// Takes what is to be sent, and leaves nothing.
    func takeDelivery() -> Delivery {
        let delivery = Delivery(
            link: link, bytes: out.bytes, answered: answered, lastSeq: lastSeq, isPaced: isPaced, change: change)
        out = LineWriter()
        answered = 0
        lastSeq = 0
        isPaced = false
        change = .none
        return delivery
    }
}

/// One line of a connection, parsed on its event loop.
enum Incoming: Sendable {
    case request(Request)
    case fault(RequestFault)
}

/// Which events a session has asked for.
struct Watcher {
    enum Pace {
        case live
        /// Reading the log; `position` is the last entry it was given. Live events after `joinsAt`, once that is set,
        /// wait in the session's `held`.
        case replaying(position: Int64, joinsAt: Int64?)
    }

    /// nil: all.
    var types: Set<String>?
    var queue: String?
    var inquiry: Int64?
    /// nil: every source's.
    var source: Int32?
    var pace = Pace.live

    func wants(type: String, queue: String, inquiry: Int64, source: Int32?) -> Bool {
        if let types, !types.contains(type) { return false }
        if let wanted = self.queue, wanted != queue { return false }
        if let wanted = self.inquiry, wanted != inquiry { return false }
        if let own = self.source, own != source { return false }
        return true
    }
}
