import Routing

/// What the world outside does next to the engine, the earliest first; equal times in the order in which they were put in.
struct Agenda {
    enum Kind: UInt8 {
        case arrival
        case patienceEnds
        case accept
        case decline
        case agentWrites
        case customerWrites
        case complete
        case rate
        case shiftBegins
        case returns
        case goesAway
        case shiftEnds
    }

    struct Entry {
        var due: Instant
        fileprivate var number: Int64 = 0
        var kind: Kind
        var agent = AgentIndex(0)
        var inquiry: Int64 = 0

        fileprivate static func < (left: Entry, right: Entry) -> Bool {
            left.due == right.due ? left.number < right.number : left.due < right.due
        }
    }

    private var entries: ContiguousArray<Entry> = []
    private var added: Int64 = 0

    /// O(1).
    var nextDue: Instant? { entries.first?.due }

    /// O(log n).
    mutating func put(_ kind: Kind, at due: Instant, agent: AgentIndex = 0, inquiry: Int64 = 0) {
        added += 1
        entries.append(Entry(due: due, number: added, kind: kind, agent: agent, inquiry: inquiry))
        var child = entries.count - 1
        while child > 0, entries[child] < entries[(child - 1) / 2] {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The first if it is due. O(log n).
    mutating func take(at now: Instant) -> Entry? {
        guard let first = entries.first, first.due <= now else { return nil }
        let last = entries.removeLast()
        guard !entries.isEmpty else { return first }
        entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in 2 * parent + 1...2 * parent + 2
            where child < entries.count && entries[child] < entries[least] { least = child }
            if least == parent { return first }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}
