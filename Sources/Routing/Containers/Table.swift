/// A growing array with one owner. Without sharing there is nothing to check before an element is changed in place;
/// indices are checked in debug builds only, since the engine's own numbers are all that it is asked for.
///
/// Append is O(1) amortised, access O(1).
struct Table<Element>: ~Copyable {
    private var memory: UnsafeMutablePointer<Element>
    private var capacity: Int
    private(set) var count = 0

    init() {
        capacity = 8
        memory = .allocate(capacity: capacity)
    }

    init(repeating element: Element, count: Int) {
        self.init()
        for _ in 0..<count { append(element) }
    }

    deinit {
        memory.deinitialize(count: count)
        memory.deallocate()
    }

    var isEmpty: Bool { count == 0 }
    var indices: Range<Int> { 0..<count }

    mutating func append(_ element: consuming Element) {
        if count == capacity { grow() }
        (memory + count).initialize(to: element)
        count += 1
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: memory, count: count)
        memory.deallocate()
        memory = larger
        capacity *= 2
    }

    @inline(__always)
    subscript(index: Int) -> Element {
        _read {
            assert(index >= 0 && index < count, "an index of the table")
            yield memory[index]
        }
        _modify {
            assert(index >= 0 && index < count, "an index of the table")
            yield &memory[index]
        }
    }
}
