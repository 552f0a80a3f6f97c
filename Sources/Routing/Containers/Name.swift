/// A name that lives as long as the process, so that whoever refers to it counts no references: rows and events copy as
/// plain memory.
///
/// Making one costs its bytes for good. They are made of agents, queues and channels, once each (`NameCache` where they
/// are read back), never of what a request may say freely.
package struct Name: Hashable, @unchecked Sendable {
    // Safe to share: what it points to is written once, before the value exists, and never freed.
    /// How many bytes there are, then the bytes; nil for none.
    private let memory: UnsafeRawPointer?

    package static var empty: Name { Name(memory: nil) }

    private init(memory: UnsafeRawPointer?) { self.memory = memory }

    package init(_ text: String) {
        let utf8 = Array(text.utf8)
        if utf8.isEmpty {
            memory = nil
        } else {
            let size = MemoryLayout<Int>.size
            let fresh = UnsafeMutableRawPointer.allocate(
                byteCount: size + utf8.count, alignment: MemoryLayout<Int>.alignment)
            fresh.storeBytes(of: utf8.count, as: Int.self)
            (fresh + size).copyMemory(from: utf8, byteCount: utf8.count)
            memory = UnsafeRawPointer(fresh)
        }
    }

    package var isEmpty: Bool { memory == nil }

    package var string: String { String(decoding: bytes, as: UTF8.self) }

    /// Its UTF-8; the buffer is good for ever.
    package var bytes: UnsafeBufferPointer<UInt8> {
        guard let memory else { return UnsafeBufferPointer(start: nil, count: 0) }
        let start = (memory + MemoryLayout<Int>.size).assumingMemoryBound(to: UInt8.self)
        return UnsafeBufferPointer(start: start, count: memory.load(as: Int.self))
    }

    package static func == (left: Name, right: Name) -> Bool {
        left.memory == right.memory || left.bytes.elementsEqual(right.bytes)
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
