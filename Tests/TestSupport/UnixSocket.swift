#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Stream sockets in the file system, blocking, as far as a proxy needs them.
enum UnixSocket {
    static func listening(at path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, streamType, 0)
        let status = withAddress(path) { bind(descriptor, $0, $1) }
        guard status == 0, listen(descriptor, 64) == 0 else {
            throw TestSupportError("cannot listen on \(path): \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    static func connected(to path: String) -> Int32? {
        let descriptor = socket(AF_UNIX, streamType, 0)
        if withAddress(path, { connect(descriptor, $0, $1) }) == 0 { return descriptor }
        close(descriptor)
        return nil
    }

    /// nil when the listener is at its end.
    static func accepted(by listener: Int32) -> Int32? {
        let descriptor = accept(listener, nil, nil)
        return descriptor < 0 ? nil : descriptor
    }

    /// Also wakes up whoever waits on it.
    static func end(_ descriptor: Int32) {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    /// nil at the end of the stream.
    static func receive(_ descriptor: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    static func transmit(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, noSignal) }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Which of two has something to be read, its end included.
    static func waitForEither(_ client: Int32, _ server: Int32) -> (client: Bool, server: Bool)? {
        var sockets = [
            pollfd(fd: client, events: Int16(POLLIN), revents: 0),
            pollfd(fd: server, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let count = poll(&sockets, 2, -1)
            if count > 0 { return (sockets[0].revents != 0, sockets[1].revents != 0) }
            if errno != EINTR { return nil }
        }
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { buffer in
            precondition(path.utf8.count < buffer.count, "the socket's path is too long")
            buffer.copyBytes(from: path.utf8)
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    #if canImport(Glibc)
        private static let streamType = Int32(SOCK_STREAM.rawValue)
        private static let noSignal = Int32(MSG_NOSIGNAL)
    #else
        private static let streamType = SOCK_STREAM
        private static let noSignal: Int32 = 0
    #endif
}
