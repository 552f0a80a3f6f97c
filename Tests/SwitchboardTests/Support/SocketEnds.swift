#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The ports of both ends of a TCP connection over IPv4; nil where the descriptor is none.
struct SocketEnds {
    let local: Int?
    let remote: Int?

    init(of descriptor: Int32) {
        local = Self.port { getsockname(descriptor, $0, $1) }
        remote = Self.port { getpeername(descriptor, $0, $1) }
    }

    /// This process's end of the connection between those two ports. Descriptors are given out from the lowest on.
    static func descriptor(from local: Int, to remote: Int) -> Int32? {
        (0..<min(getdtablesize(), 65_536)).first { descriptor in
            let ends = SocketEnds(of: descriptor)
            return ends.local == local && ends.remote == remote
        }
    }

    private static func port(
        _ ask: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int? {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask($0, &size) }
        }
        guard result == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
        return Int(in_port_t(bigEndian: address.sin_port))
    }
}
