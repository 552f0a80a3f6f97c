/// Finds a number by the hash of what it stands for: open addressing with linear probing and backward-shift removal.
///
/// The things themselves live elsewhere; the caller gives their hash and says whether a candidate is the right one.
/// Values are below `UInt32.max`. Find, insert and remove are O(1) expected; growth doubles the table.
struct HashIndex {
    private struct Slot {
        var hash: UInt32
        /// `HashIndex.vacant` marks an empty slot.
        var value: UInt32
    }

    private static let vacant = UInt32.max
    private static let capacityMin = 16

    private var slots: ContiguousArray<Slot>
    private var mask: Int
    private(set) var count = 0

    init() {
        slots = ContiguousArray(repeating: Slot(hash: 0, value: Self.vacant), count: Self.capacityMin)
        mask = Self.capacityMin - 1
    }

    /// The value with that hash for which `matches` is true.
    @inline(__always)
    func find(hash: UInt64, where matches: (UInt32) -> Bool) -> UInt32? {
        let short = Self.shorten(hash)
        var position = Int(short) & mask
        while true {
            let slot = slots[position]
            if slot.value == Self.vacant { return nil }
            if slot.hash == short && matches(slot.value) { return slot.value }
            position = (position + 1) & mask
        }
    }

    /// The caller has made sure that the thing is not there yet.
    mutating func insert(hash: UInt64, value: UInt32) {
        precondition(value != Self.vacant, "HashIndex values are below UInt32.max")
        if (count + 1) * 4 > slots.count * 3 { grow() }
        place(Slot(hash: Self.shorten(hash), value: value))
        count += 1
    }

    /// Removes the value; it must be there with that hash.
    mutating func remove(hash: UInt64, value: UInt32) {
        var hole = Int(Self.shorten(hash)) & mask
        while slots[hole].value != value {
            precondition(slots[hole].value != Self.vacant, "HashIndex.remove of what is not there")
            hole = (hole + 1) & mask
        }
        var next = (hole + 1) & mask
        while slots[next].value != Self.vacant {
            let home = Int(slots[next].hash) & mask
            // The entry may move into the hole when its home is not between the hole and where it is.
            if ((next - home) & mask) >= ((next - hole) & mask) {
                slots[hole] = slots[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        slots[hole].value = Self.vacant
        count -= 1
    }

    private mutating func place(_ slot: Slot) {
        var position = Int(slot.hash) & mask
        while slots[position].value != Self.vacant { position = (position + 1) & mask }
        slots[position] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = ContiguousArray(repeating: Slot(hash: 0, value: Self.vacant), count: old.count * 2)
        mask = slots.count - 1
        for slot in old where slot.value != Self.vacant { place(slot) }
    }

    private static func shorten(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash ^ (hash >> 32)) }
}

/// A hash that is the same in every run: decisions must not depend on a per-process seed.
struct StableHash {
    private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

    @inline(__always)
    mutating func combine(_ word: UInt64) {
        // The multiply-and-fold step of wyhash-style hashes: one 64 × 64 → 128 bit product, halves xored.
        let product = (value ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        value = product.high ^ product.low ^ word
    }

    static func of(_ word: UInt64) -> UInt64 {
        var hash = StableHash()
        hash.combine(word)
        return hash.value
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash = StableHash()
        var word: UInt64 = 0
        var filled = 0
        for byte in bytes {
            word = word << 8 | UInt64(byte)
            filled += 1
            if filled % 8 == 0 {
                hash.combine(word)
                word = 0
            }
        }
        hash.combine(word)
        hash.combine(UInt64(filled))
        return hash.value
    }
}
