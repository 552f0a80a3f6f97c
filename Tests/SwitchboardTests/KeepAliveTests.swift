import Server
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A host that lost its power says nothing, not even that it is gone: the system has to ask.
@Suite("Keep-alive", .blocking)
struct KeepAliveTests {
    private func option(_ name: Int32, level: Int32, of descriptor: Int32) throws -> Int32 {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        try #require(getsockopt(descriptor, level, name, &value, &size) == 0)
        return value
    }

    @Test("the system asks after a silent TCP peer, and gives it up when it does not answer")
    func options() async throws {
        try await DaemonUnderTest.with { daemon in
            let peer = try daemon.stranger()
            // Answered: the connection has been taken and set up.
            try peer.ok("PING")
            let port = try #require(peer.localPort)
            let end = try #require(SocketEnds.descriptor(from: daemon.port, to: port))
            #expect(try option(SO_KEEPALIVE, level: SOL_SOCKET, of: end) != 0)
            #if os(Linux)
                let tcp = Int32(IPPROTO_TCP)
                #expect(try option(TCP_KEEPIDLE, level: tcp, of: end) == ServerLimits.keepAliveIdleSeconds)
                #expect(try option(TCP_KEEPINTVL, level: tcp, of: end) == ServerLimits.keepAliveIntervalSeconds)
                #expect(try option(TCP_KEEPCNT, level: tcp, of: end) == ServerLimits.keepAliveTries)
            #endif
            // The test's own end has none: it is the daemon that asks.
            let own = try #require(SocketEnds.descriptor(from: port, to: daemon.port))
            #expect(try option(SO_KEEPALIVE, level: SOL_SOCKET, of: own) == 0)
        }
    }
}
