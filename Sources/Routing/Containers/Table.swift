/// A growing array with one owner. Without sharing there is nothing to check before an element is changed in place;
/// indices are checked in debug builds only, since the engine's own numbers are all that it is asked for.
///
/// An empty one takes no memory of its own. Append is O(1) amortised, access O(1).
struct Table<Element: ~Copyable>: ~Copyable {
    private var memory: UnsafeMutablePointer<Element>?
    private var capacity = 0
    private(set) var count = 0

    init() {}

    deinit {
        memory?.deinitialize(count: count)
        memory?.deallocate()
    }

    var isEmpty: Bool { count == 0 }
    var indices: Range<Int> { 0..<count }

    @inline(__always)
    mutating func append(_ element: consuming Element) {
        if count == capacity { grow() }
        (elements + count).initialize(to: element)
        count += 1
    }

    /// There must be one.
    @inline(__always)
    mutating func removeLast() -> Element {
        assert(count > 0, "something to remove")
        count -= 1
        return (elements + count).move()
    }

    /// Keeps the memory.
    mutating func removeAll() {
        memory?.deinitialize(count: count)
        count = 0
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: max(4, capacity * 2))
        if let memory {
            larger.moveInitialize(from: memory, count: count)
            memory.deallocate()
        }
        memory = larger
        capacity = max(4, capacity * 2)
    }

    @inline(__always)
    private var elements: UnsafeMutablePointer<Element> { memory.unsafelyUnwrapped }

    @inline(__always)
    subscript(index: Int) -> Element {
        _read {
            assert(index >= 0 && index < count, "an index of the table")
            yield elements[index]
        }
        _modify {
            assert(index >= 0 && index < count, "an index of the table")
            yield &elements[index]
        }
    }
}

extension Table {
    init(repeating element: Element, count: Int) {
        self.init()
        for _ in 0..<count { append(element) }
    }

    @inline(__always)
    var last: Element? { isEmpty ? nil : self[count - 1] }

    /// O(n)
    mutating func removeAll(where isOver: (Element) -> Bool) {
        var kept = 0
        for index in indices where !isOver(self[index]) {
            if kept < index { self[kept] = self[index] }
            kept += 1
        }
        while count > kept { _ = removeLast() }
    }
}
