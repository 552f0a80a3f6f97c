/// The scheduler of a run: what is due, earliest first, equal times in the order in which they were added.
struct TimerHeap<Item: Sendable>: Sendable {
    private struct Entry: Sendable {
        var due: Int64
        var number: Int64
        var item: Item
    }

    private var entries: [Entry] = []
    private var added: Int64 = 0

    var isEmpty: Bool { entries.isEmpty }

    /// When the first is due. O(1).
    var nextDue: Int64? { entries.first?.due }

    /// O(log n).
    mutating func push(_ item: Item, due: Int64) {
        entries.append(Entry(due: due, number: added, item: item))
        added += 1
        var child = entries.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The first if it is due at `now`. O(log n).
    mutating func pop(at now: Int64) -> (item: Item, due: Int64)? {
        guard let first = entries.first, first.due <= now else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            siftDown()
        }
        return (first.item, first.due)
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count && isBefore(child, least) {
                least = child
            }
            if least == parent { return }
            entries.swapAt(parent, least)
            parent = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (entries[left].due, entries[left].number) < (entries[right].due, entries[right].number)
    }
}
