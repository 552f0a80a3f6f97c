/// The generator of the reference program, with its seed: both route for the same floor.
///
/// Source: Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003), 64 bits, shifts 13, 7, 17.
struct XorShift {
    private var state: UInt64

    /// Different seeds give different sequences.
    init(seed: UInt64 = 0) { state = 88_172_645_463_325_252 &* (2 * seed + 1) }

    @inline(__always)
    mutating func next() -> UInt32 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt32(truncatingIfNeeded: state >> 32)
    }

    @inline(__always)
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt32(bound)) }
}
