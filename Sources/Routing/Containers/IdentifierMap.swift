/// Finds the number of the record that an id stands for.
///
/// Ids are given out in order, and those in memory mostly are neighbours; so they stand in pages of 64, found by their
/// common part. A look-up touches a small index and one line of a page, not the record. Find, insert and remove are
/// O(1) expected; an id alone on its page costs 256 bytes.
struct IdentifierMap {
    private static let pageBits: Int64 = 6
    private static let pageSize = 1 << Int(pageBits)
    private static let vacant = UInt32.max

    private var index = HashIndex()
    /// Of each page the common part of its ids, and how many of them are there.
    private var parts: ContiguousArray<Int64> = []
    private var counts: ContiguousArray<Int32> = []
    /// By page × 64 + the rest of the id.
    private var slots: ContiguousArray<UInt32> = []
    private var free: ContiguousArray<UInt32> = []
    private(set) var count = 0

    @inline(__always)
    func find(_ id: Int64) -> UInt32? {
        guard let page = page(of: id) else { return nil }
        let slot = slots[Self.position(page, id)]
        return slot == Self.vacant ? nil : slot
    }

    /// The id must not be there yet.
    mutating func insert(_ id: Int64, slot: UInt32) {
        let page = page(of: id) ?? addPage(of: id)
        let position = Self.position(page, id)
        precondition(slots[position] == Self.vacant, "an id stands for one record")
        slots[position] = slot
        counts[Int(page)] += 1
        count += 1
    }

    /// The id must be there.
    mutating func remove(_ id: Int64) {
        guard let page = page(of: id), slots[Self.position(page, id)] != Self.vacant else {
            preconditionFailure("an id that is removed was there")
        }
        slots[Self.position(page, id)] = Self.vacant
        counts[Int(page)] -= 1
        count -= 1
        guard counts[Int(page)] == 0 else { return }
        index.remove(hash: Self.hash(of: id), value: page)
        free.append(page)
    }

    @inline(__always)
    private func page(of id: Int64) -> UInt32? {
        index.find(hash: Self.hash(of: id)) { parts[Int($0)] == id >> Self.pageBits }
    }

    private mutating func addPage(of id: Int64) -> UInt32 {
        let page: UInt32
        if let reused = free.popLast() {
            page = reused
        } else {
            page = UInt32(parts.count)
            parts.append(0)
            counts.append(0)
            slots.append(contentsOf: repeatElement(Self.vacant, count: Self.pageSize))
        }
        parts[Int(page)] = id >> Self.pageBits
        index.insert(hash: Self.hash(of: id), value: page)
        return page
    }

    @inline(__always)
    private static func position(_ page: UInt32, _ id: Int64) -> Int {
        Int(page) << Int(pageBits) | Int(truncatingIfNeeded: id) & (pageSize - 1)
    }

    @inline(__always)
    private static func hash(of id: Int64) -> UInt64 { StableHash.of(UInt64(bitPattern: id >> pageBits)) }
}
