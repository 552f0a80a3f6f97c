/// A 4-ary min-heap of (key, item) whose items know where they stand, so that any of them can be removed or re-keyed.
///
/// Positions live in an array that the caller owns, indexed by item, so that several heaps may share it (an item stands
/// in one of them at a time). `absent` marks an item that stands in none. Head is O(1), the rest O(log n).
struct IndexedHeap<Key: Comparable>: ~Copyable {
    struct Entry {
        var key: Key
        var item: UInt32
    }

    private(set) var entries = Table<Entry>()

    var count: Int { entries.count }
    /// A copy of all entries, in the heap's order.
    var all: ContiguousArray<Entry> {
        var copy = ContiguousArray<Entry>()
        copy.reserveCapacity(count)
        for position in entries.indices { copy.append(entries[position]) }
        return copy
    }
    var isEmpty: Bool { entries.isEmpty }
    @inline(__always)
    var head: Entry? { entries.isEmpty ? nil : entries[0] }
    /// The key behind the head's. O(1).
    var secondKey: Key? {
        guard count > 1 else { return nil }
        var second = entries[1].key
        for child in 2..<max(2, min(5, count)) where entries[child].key < second { second = entries[child].key }
        return second
    }

    mutating func insert(_ key: Key, item: UInt32, positions: inout HeapPositions) {
        let entry = Entry(key: key, item: item)
        entries.append(entry)
        siftUp(entry, from: entries.count - 1, positions: &positions)
    }

    /// The item must stand in this heap.
    mutating func remove(item: UInt32, positions: inout HeapPositions) {
        let position = Int(positions[item])
        precondition(position < entries.count && entries[position].item == item, "the item stands in this heap")
        positions[item] = HeapPositions.absent
        let last = entries.removeLast()
        guard position < entries.count else { return }
        settle(last, at: position, positions: &positions)
    }

    /// Gives an item of this heap another key.
    mutating func update(_ key: Key, item: UInt32, positions: inout HeapPositions) {
        let position = Int(positions[item])
        precondition(position < entries.count && entries[position].item == item, "the item stands in this heap")
        settle(Entry(key: key, item: item), at: position, positions: &positions)
    }

    /// How many entries have a smaller key, counted to `limit`. O(limit).
    func countSmaller(than key: Key, limit: Int) -> Int {
        var found = 0
        var open = ContiguousArray<Int>()
        if !entries.isEmpty { open.append(0) }
        while let position = open.popLast(), found < limit {
            guard entries[position].key < key else { continue }
            found += 1
            let first = position * 4 + 1
            for child in first..<max(first, min(first + 4, entries.count)) { open.append(child) }
        }
        return found
    }

    private mutating func settle(_ entry: Entry, at position: Int, positions: inout HeapPositions) {
        if position > 0 && entry.key < entries[(position - 1) / 4].key {
            siftUp(entry, from: position, positions: &positions)
        } else {
            siftDown(entry, from: position, positions: &positions)
        }
    }

    private mutating func siftUp(_ entry: Entry, from start: Int, positions: inout HeapPositions) {
        var position = start
        while position > 0 {
            let parent = (position - 1) / 4
            guard entry.key < entries[parent].key else { break }
            entries[position] = entries[parent]
            positions[entries[position].item] = UInt32(position)
            position = parent
        }
        entries[position] = entry
        positions[entry.item] = UInt32(position)
    }

    private mutating func siftDown(_ entry: Entry, from start: Int, positions: inout HeapPositions) {
        var position = start
        while true {
            let first = position * 4 + 1
            guard first < entries.count else { break }
            var least = first
            for child in (first + 1)..<max(first + 1, min(first + 4, entries.count))
            where entries[child].key < entries[least].key {
                least = child
            }
            guard entries[least].key < entry.key else { break }
            entries[position] = entries[least]
            positions[entries[position].item] = UInt32(position)
            position = least
        }
        entries[position] = entry
        positions[entry.item] = UInt32(position)
    }
}

/// Where each item stands in its heap.
struct HeapPositions: ~Copyable {
    static var absent: UInt32 { .max }

    private var positions = Table<UInt32>()

    /// Makes room for items below `count`.
    mutating func grow(to count: Int) {
        while positions.count < count { positions.append(Self.absent) }
    }

    @inline(__always)
    subscript(item: UInt32) -> UInt32 {
        get { positions[Int(item)] }
        set { positions[Int(item)] = newValue }
    }

    @inline(__always)
    func contains(_ item: UInt32) -> Bool { positions[Int(item)] != Self.absent }
}
