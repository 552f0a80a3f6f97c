#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

enum SocketDirection {
    case reading
    case readingAndWriting

    var events: Int16 {
        switch self {
        case .reading: Int16(POLLIN)
        case .readingAndWriting: Int16(POLLIN | POLLOUT)
        }
    }
}

/// Waits until a socket is ready or failed; false when the deadline passed first.
func waitForSocket(_ socket: Int32, _ direction: SocketDirection, until deadline: ContinuousClock.Instant) -> Bool {
    while true {
        let left = deadline - .now
        let milliseconds = left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000
        var request = pollfd(fd: socket, events: direction.events, revents: 0)
        // One more, since the rest of a millisecond was cut off.
        let count = poll(&request, 1, Int32(clamping: max(0, milliseconds + (left > .zero ? 1 : 0))))
        if count > 0 { return true }
        if count < 0 && errno != EINTR { return true }  // The next use of the socket says what is wrong with it.
        if count == 0 && deadline <= .now { return false }
    }
}

/// Calls `body` with a NULL-ended list of C strings.
func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    let copies = strings.map { UnsafePointer<CChar>(strdup($0)) }
    defer { for copy in copies { free(UnsafeMutableRawPointer(mutating: copy)) } }
    var list = copies
    list.append(nil)
    return list.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("the list holds at least its end") }
        return body(base)
    }
}

extension Parameters {
    /// Calls `body` with what libpq's functions with parameters take.
    func withPointers<Result>(
        _ body: (
            Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { buffer in
            // An empty value still needs an address: a NULL pointer is a NULL value.
            let base = buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1)
            let values = ranges.map { range in
                range.length < 0 ? nil : (base.map { $0 + range.start })?.assumingMemoryBound(to: CChar.self)
            }
            let lengths = ranges.map { max(0, $0.length) }
            let formats = [Int32](repeating: 1, count: ranges.count)
            return body(Int32(ranges.count), values, lengths, formats)
        }
    }
}
