/// A name that lives as long as the process, so that whoever refers to it counts no references: rows and events copy as
/// plain memory.
///
/// Making one costs its bytes for good. They are made of agents, queues and channels, once each (`NameCache` where they
/// are read back), never of what a request may say freely.
package struct Name: Hashable, @unchecked Sendable {
    // Safe to share: what it points to is written once, before the value exists, and never freed.
    private let start: UnsafePointer<UInt8>?
    private let count: Int

    package static let empty = Name("")

    package init(_ text: String) {
        let utf8 = Array(text.utf8)
        count = utf8.count
        if utf8.isEmpty {
            start = nil
        } else {
            let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: utf8.count)
            memory.initialize(from: utf8, count: utf8.count)
            start = UnsafePointer(memory)
        }
    }

    package var isEmpty: Bool { count == 0 }

    package var string: String { String(decoding: bytes, as: UTF8.self) }

    /// Its UTF-8; the buffer is good for ever.
    package var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    package static func == (left: Name, right: Name) -> Bool {
        left.start == right.start || left.bytes.elementsEqual(right.bytes)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in bytes { hasher.combine(byte) }
    }
}

/// Each name once, for a reader of many rows.
package struct NameCache {
    private var known: [String: Name] = [:]

    package init() {}

    package mutating func name(_ text: String) -> Name {
        if text.isEmpty { return .empty }
        if let name = known[text] { return name }
        let name = Name(text)
        known[text] = name
        return name
    }
}
