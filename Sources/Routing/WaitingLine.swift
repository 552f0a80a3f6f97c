/// How fast the line of a requirement class moves, for the estimate of a wait: what those who stood in it saw of it.
///
/// Who is given to an agent at once never stood in the line and says nothing of its pace; the time in which nobody stood
/// in it says nothing either. docs/estimates.md has what this was chosen by.
struct WaitingLine {
    /// Intervals that the mean remembers, about.
    private static let memory: Int64 = 32

    /// When somebody last left it, or when the class came to be.
    private var lastLeft: Instant
    /// When somebody last came to stand in it alone.
    private var began: Instant
    /// Mean time between two who left while others stood behind or came.
    private var meanInterval: Int64 = 0
    private var intervals: Int64 = 0
    /// How long the last who was accepted had stood in it.
    private var lastWait: Int64?

    init(at now: Instant) {
        lastLeft = now
        began = now
    }

    /// Somebody stands in the line, and nobody else does.
    mutating func begin(at now: Instant) { began = now }

    /// Who has stood in it since `since` was accepted, or is gone.
    mutating func leave(since: Instant, accepted: Bool, at now: Instant) {
        // An offer is out while the line behind it may have ended and begun anew.
        let interval = (now - max(lastLeft, min(since, began))).microseconds
        intervals = min(intervals + 1, Self.memory)
        meanInterval += (interval - meanInterval) / intervals
        lastLeft = now
        if accepted { lastWait = (now - since).microseconds }
    }

    /// How long it will yet take for the one at `place`, who has stood there since `since`; nil before anybody has left.
    ///
    /// What the pace says and what the last wait says, half and half, as things were when somebody last left, or when it
    /// came if that was later; less the time since then, and never below 0: it does not grow by overrunning.
    /// - Parameter place: nil: further back than places are counted. Then the last wait tells alone.
    func wait(place: Int?, since: Instant, at now: Instant) -> TimeSpan? {
        guard intervals > 0 else { return nil }
        let quotedAt = max(lastLeft, since)
        let byPace = place.map { meanInterval * Int64($0) }
        let byLast = lastWait.map { max(0, $0 - (quotedAt - since).microseconds) }
        guard let either = byPace ?? byLast else { return nil }
        let quote = ((byPace ?? either) + (byLast ?? either)) / 2
        return TimeSpan(microseconds: max(0, quote - (now - quotedAt).microseconds))
    }
}

extension Engine {
    /// The inquiry is about to stand in the heap of its class or beside it.
    @inline(__always)
    mutating func joinLine(_ slot: UInt32) {
        let requirement = Int(inquiries[slot].requirement)
        if classes[requirement].waiting.head == nil, classes[requirement].aside.isEmpty {
            classes[requirement].line.begin(at: now)
        }
        if inquiries[slot].linedAt == .epoch { inquiries[slot].linedAt = now }
    }

    /// The inquiry is accepted, closed, or goes over to another class; nothing if it never had to stand in the line.
    @inline(__always)
    mutating func leaveLine(_ slot: UInt32, accepted: Bool) {
        let since = inquiries[slot].linedAt
        guard since != .epoch else { return }
        inquiries[slot].linedAt = .epoch
        classes[Int(inquiries[slot].requirement)].line.leave(since: since, accepted: accepted, at: now)
    }
}
