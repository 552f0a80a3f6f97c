import Synchronization

/// A name that lives as long as the process, so that whoever refers to it counts no references: rows and events copy as
/// plain memory, and equal names are one.
///
/// Making one looks it up under a lock, and a new one costs its bytes for good: names are of agents, queues and channels,
/// never of what a request may say freely.
package struct Name: Hashable, @unchecked Sendable {
    // Safe to share: what it points to is written once, before the value exists, and never freed.
    private let start: UnsafePointer<UInt8>?
    private let count: Int

    private static let known = Mutex<[String: Name]>([:])

    package static let empty = Name(start: nil, count: 0)

    private init(start: UnsafePointer<UInt8>?, count: Int) {
        self.start = start
        self.count = count
    }

    package init(_ text: String) { self = text.isEmpty ? .empty : Self.intern(text) }

    private static func intern(_ text: String) -> Name {
        known.withLock { known in
            if let name = known[text] { return name }
            let utf8 = Array(text.utf8)
            let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: utf8.count)
            memory.initialize(from: utf8, count: utf8.count)
            let name = Name(start: UnsafePointer(memory), count: utf8.count)
            known[text] = name
            return name
        }
    }

    package var isEmpty: Bool { count == 0 }

    package var string: String { String(decoding: bytes, as: UTF8.self) }

    /// Its UTF-8; the buffer is good for ever.
    package var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }
}
