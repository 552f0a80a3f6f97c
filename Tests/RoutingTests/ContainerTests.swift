import Simulation
import Testing

@testable import Routing

@Suite("HashIndex")
struct HashIndexTests {
    @Test("finds what a dictionary finds, through growth and removal", arguments: [1, 2, 3] as [UInt64])
    func random(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var index = HashIndex()
        var model: [UInt64: UInt32] = [:]
        var names: [UInt64] = []
        for number in 0..<20_000 {
            // Few hashes, so that runs of neighbours form and are shifted back.
            let name = UInt64(random.pick(0...999))
            if let value = model[name] {
                if random.once(in: 2) {
                    index.remove(hash: Self.hash(name), value: value)
                    model[name] = nil
                }
            } else {
                let value = UInt32(number)
                names.append(name)
                index.insert(hash: Self.hash(name), value: value)
                model[name] = value
            }
            if number % 500 == 0 {
                for name in 0..<1_000 as Range<UInt64> {
                    let found = index.find(hash: Self.hash(name)) { model[name] == $0 }
                    #expect(found == model[name])
                }
                #expect(index.count == model.count)
            }
        }
    }

    /// Eight names share each hash, and hashes crowd the end of the table.
    private static func hash(_ name: UInt64) -> UInt64 { name / 8 | 0xFFFF_FF00 }

    @Test("tells things of equal hash apart")
    func equalHash() {
        var index = HashIndex()
        for value in 0..<40 as Range<UInt32> { index.insert(hash: 7, value: value) }
        for value in stride(from: 0, to: 40, by: 2) as StrideTo<UInt32> { index.remove(hash: 7, value: value) }
        #expect(index.find(hash: 7) { $0 == 21 } == 21)
        #expect(index.find(hash: 7) { $0 == 20 } == nil)
        #expect(index.find(hash: 8) { _ in true } == nil)
    }

    @Test("the hash of bytes depends on each of them and on their number")
    func bytes() {
        let texts: [[UInt8]] = [
            [], [0], [0, 0], Array("chat".utf8), Array("chaт".utf8), Array(repeating: 0, count: 8),
        ]
        #expect(Set(texts.map { StableHash.of($0) }).count == texts.count)
        #expect(StableHash.of(Array("chat".utf8)) == StableHash.of("chat".utf8))
    }
}

@Suite("IdentifierMap")
struct IdentifierMapTests {
    @Test("finds what a dictionary finds, for neighbours and for ids far apart", arguments: [1, 2, 3] as [UInt64])
    func random(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var map = IdentifierMap()
        var model: [Int64: UInt32] = [:]
        for step in 0..<20_000 {
            let far = random.once(in: 10)
            let id = Int64(far ? random.pick(0...1_000_000) : random.pick(0...2_000)) + (far ? 1 << 48 : 0)
            if model[id] == nil {
                map.insert(id, slot: UInt32(step))
                model[id] = UInt32(step)
            } else if random.once(in: 2) {
                map.remove(id)
                model[id] = nil
            }
            #expect(map.find(id) == model[id])
            #expect(map.count == model.count)
        }
        for id in -10...2_010 as ClosedRange<Int64> { #expect(map.find(id) == model[id]) }
        for id in model.keys { map.remove(id) }
        #expect(map.count == 0)
        #expect(map.find(1) == nil)
    }
}

@Suite("IndexedHeap")
struct IndexedHeapTests {
    @Test("keeps the order of a sorted array under inserts, removals and new keys", arguments: [1, 2, 3] as [UInt64])
    func random(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var heap = IndexedHeap<Int>()
        var positions = HeapPositions()
        positions.grow(to: 300)
        var model: [UInt32: Int] = [:]
        for _ in 0..<5_000 {
            let item = UInt32(random.pick(0...299))
            let key = random.pick(0...1_000) * 300 + Int(item)
            switch (model[item] != nil, random.once(in: 2)) {
            case (false, _):
                heap.insert(key, item: item, positions: &positions)
                model[item] = key
            case (true, true):
                heap.remove(item: item, positions: &positions)
                model[item] = nil
            case (true, false):
                heap.update(key, item: item, positions: &positions)
                model[item] = key
            }
            let (head, count) = (heap.head?.key, heap.count)
            #expect(head == model.values.min())
            #expect(count == model.count)
            let isThere = positions.contains(item)
            #expect(isThere == (model[item] != nil))
        }
        let bound = random.pick(0...300_000)
        let smaller = model.values.filter { $0 < bound }.count
        let (all, few) = (heap.countSmaller(than: bound, limit: 1_000), heap.countSmaller(than: bound, limit: 5))
        #expect(all == smaller)
        #expect(few == min(smaller, 5))
        var drained: [Int] = []
        while let head = heap.head {
            drained.append(head.key)
            heap.remove(item: head.item, positions: &positions)
        }
        #expect(drained == model.values.sorted())
    }

    @Test("an empty heap has no head and nothing smaller")
    func empty() {
        let heap = IndexedHeap<Int>()
        let (isEmpty, head, none) = (heap.isEmpty, heap.head, heap.countSmaller(than: .max, limit: 10))
        #expect(isEmpty)
        #expect(head == nil)
        #expect(none == 0)
    }

    @Test("two heaps share positions as long as an item stands in one of them")
    func shared() {
        var positions = HeapPositions()
        positions.grow(to: 4)
        var one = IndexedHeap<Int>()
        var other = IndexedHeap<Int>()
        one.insert(5, item: 0, positions: &positions)
        other.insert(3, item: 1, positions: &positions)
        one.remove(item: 0, positions: &positions)
        other.insert(1, item: 0, positions: &positions)
        #expect(other.head?.item == 0)
        let found = [positions[0], positions[1]]
        let isThere = positions.contains(2)
        #expect(found == [0, 1])
        #expect(!isThere)
    }
}

@Suite("Slab")
struct SlabTests {
    private final class Token {}

    @Test("uses the numbers of removed records again and leaves the others alone")
    func reuse() {
        var slab = Slab<Int>()
        let numbers = (0..<10_000).map { slab.insert($0) }
        for number in numbers where number % 3 == 0 { slab.remove(number) }
        let left = slab.count
        #expect(left == 6_666)
        let isThere = [slab.contains(3), slab.contains(4)]
        #expect(isThere == [false, true])
        let again = (0..<3_334).map { slab.insert(-$0) }
        #expect(Set(again) == Set(numbers.filter { $0 % 3 == 0 }))
        let end = slab.end
        #expect(end == 10_000)
        slab[4] += 1
        let changed = slab[4]
        #expect(changed == 5)
    }

    @Test("lets go of what it held when a record or the slab ends")
    func deinitialised() {
        weak var removed: Token?
        weak var kept: Token?
        do {
            var slab = Slab<Token>()
            var first: Token? = Token()
            var second: Token? = Token()
            removed = first
            kept = second
            let number = first.map { slab.insert($0) }
            _ = second.map { slab.insert($0) }
            first = nil
            second = nil
            if let number { slab.remove(number) }
            #expect(removed == nil)
            #expect(kept != nil)
        }
        #expect(kept == nil)
    }
}

@Suite("KeyMemory")
struct KeyMemoryTests {
    private func row(_ number: Int64, at: Int64) -> KeyRow {
        KeyRow(
            fingerprint: Digest128(high: 0, low: UInt64(number)), request: Digest128(high: 0, low: 0),
            inquiry: number, at: Instant(microseconds: at))
    }

    @Test("finds each key until it is forgotten, four at a time, the oldest first")
    func forgets() {
        var keys = KeyMemory()
        for number in 1...100 as ClosedRange<Int64> { keys.insert(row(number, at: number)) }
        for number in 1...100 as ClosedRange<Int64> {
            #expect(keys.find(Digest128(high: 0, low: UInt64(number)), since: .epoch)?.inquiry == number)
        }
        keys.forget(before: Instant(microseconds: 51))
        #expect(keys.count == 96)
        for _ in 1...20 { keys.forget(before: Instant(microseconds: 51)) }
        #expect(keys.count == 50)
        #expect(keys.find(Digest128(high: 0, low: 50), since: .epoch) == nil)
        #expect(keys.find(Digest128(high: 0, low: 51), since: .epoch)?.inquiry == 51)
        #expect(keys.find(Digest128(high: 1, low: 51), since: .epoch) == nil)
    }

    @Test("does not find what is too old, and finds its successor of the same key")
    func tooOld() {
        var keys = KeyMemory()
        keys.insert(row(1, at: 10))
        #expect(keys.find(Digest128(high: 0, low: 1), since: Instant(microseconds: 11)) == nil)
        var later = row(2, at: 20)
        later.fingerprint = Digest128(high: 0, low: 1)
        keys.insert(later)
        #expect(keys.find(Digest128(high: 0, low: 1), since: Instant(microseconds: 11))?.inquiry == 2)
        keys.forget(before: Instant(microseconds: 11))
        #expect(keys.find(Digest128(high: 0, low: 1), since: .epoch)?.inquiry == 2)
    }
}
