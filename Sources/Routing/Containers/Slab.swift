/// Records at numbers that stay theirs until they are removed. Numbers of removed records are used again.
///
/// Storage grows by chunks and never moves, so growth costs the same at a million records as at a thousand.
/// Insert, remove and access are O(1).
struct Slab<Element>: ~Copyable {
    private static var chunkBits: Int { 12 }
    private static var chunkSize: Int { 1 << chunkBits }

    private var chunks = Table<UnsafeMutablePointer<Element>>()
    private var occupied = Table<Bool>()
    private var free = Table<UInt32>()
    private(set) var count = 0

    /// One more than the highest number in use so far.
    var end: UInt32 { UInt32(occupied.count) }

    deinit {
        for slot in occupied.indices where occupied[slot] { address(UInt32(slot)).deinitialize(count: 1) }
        for chunk in chunks.indices { chunks[chunk].deallocate() }
    }

    mutating func insert(_ element: consuming Element) -> UInt32 {
        let slot: UInt32
        if free.count > 0 {
            slot = free.removeLast()
            occupied[Int(slot)] = true
        } else {
            slot = UInt32(occupied.count)
            if occupied.count == chunks.count << Self.chunkBits {
                chunks.append(.allocate(capacity: Self.chunkSize))
            }
            occupied.append(true)
        }
        address(slot).initialize(to: element)
        count += 1
        return slot
    }

    mutating func remove(_ slot: UInt32) {
        precondition(occupied[Int(slot)], "a removed record was there")
        address(slot).deinitialize(count: 1)
        occupied[Int(slot)] = false
        free.append(slot)
        count -= 1
    }

    @inline(__always)
    func contains(_ slot: UInt32) -> Bool { slot < end && occupied[Int(slot)] }

    @inline(__always)
    subscript(slot: UInt32) -> Element {
        _read {
            assert(contains(slot), "the record is there")
            yield address(slot).pointee
        }
        _modify {
            assert(contains(slot), "the record is there")
            yield &address(slot).pointee
        }
    }

    @inline(__always)
    private func address(_ slot: UInt32) -> UnsafeMutablePointer<Element> {
        chunks[Int(slot) >> Self.chunkBits] + (Int(slot) & (Self.chunkSize - 1))
    }
}
