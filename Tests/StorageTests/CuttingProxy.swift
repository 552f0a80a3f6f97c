import Dispatch
import Foundation
import Synchronization
import TestSupport

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Stands between a client and PostgreSQL's socket and cuts one connection at a chosen moment.
final class CuttingProxy: Sendable {
    enum Cut: Sendable {
        /// What the client sends next never reaches the server.
        case beforeServer
        /// The server gets it, but its answer, up to its "ready for query", never reaches the client.
        case afterCommit
    }

    private struct State {
        var cut: Cut?
        var before: @Sendable () -> Void = {}
        var cutCount = 0
    }

    /// What to connect to, as the host of port 5432.
    let folder: String
    private let server: String
    private let listener: Int32
    private let state = Mutex(State())

    var cutCount: Int { state.withLock { $0.cutCount } }

    init(to folder: String) throws {
        server = folder + "/.s.PGSQL.5432"
        self.folder = try makeTemporaryFolder()
        listener = socket(AF_UNIX, streamType, 0)
        let status = withAddress(self.folder + "/.s.PGSQL.5432") { bind(listener, $0, $1) }
        guard status == 0, listen(listener, 16) == 0 else { throw TestSupportError("the proxy cannot listen") }
        Thread.detachNewThread { [self] in accept() }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Cuts the connection of whoever sends next; those after it go on undisturbed.
    func arm(_ cut: Cut, before: @escaping @Sendable () -> Void = {}) {
        state.withLock { state in
            state.cut = cut
            state.before = before
        }
    }

    private func accept() {
        while true {
            let client = Self.accepted(listener)
            if client < 0 { return }
            let upstream = socket(AF_UNIX, streamType, 0)
            guard withAddress(server, { connect(upstream, $0, $1) }) == 0 else {
                close(client)
                close(upstream)
                continue
            }
            Thread.detachNewThread { [self] in relay(client, upstream) }
        }
    }

    private static func accepted(_ listener: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.accept(listener, nil, nil)
        #else
            Darwin.accept(listener, nil, nil)
        #endif
    }

    /// One thread for both directions of one connection.
    private func relay(_ client: Int32, _ upstream: Int32) {
        defer {
            close(client)
            close(upstream)
        }
        var answer = AnswerScanner()
        var isSwallowing = false
        while true {
            var sockets = [
                pollfd(fd: client, events: Int16(POLLIN), revents: 0),
                pollfd(fd: upstream, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&sockets, 2, -1) > 0 else { return }
            if sockets[0].revents != 0 {
                guard let bytes = receive(client) else { return }
                switch takeCut() {
                case .beforeServer: return
                case .afterCommit: isSwallowing = true
                case nil: break
                }
                guard transmit(bytes, upstream) else { return }
            }
            if sockets[1].revents != 0 {
                guard let bytes = receive(upstream) else { return }
                if isSwallowing {
                    if answer.isReady(after: bytes) { return }
                } else if !transmit(bytes, client) {
                    return
                }
            }
        }
    }

    private func takeCut() -> Cut? {
        let (cut, before) = state.withLock { state in
            defer { state.cut = nil }
            if state.cut != nil { state.cutCount += 1 }
            return (state.cut, state.before)
        }
        if cut != nil { before() }
        return cut
    }
}

/// Finds the end of an answer in the server's stream: message "Z".
private struct AnswerScanner {
    private var rest: [UInt8] = []

    mutating func isReady(after bytes: [UInt8]) -> Bool {
        rest += bytes
        while rest.count >= 5 {
            let length = rest[1..<5].reduce(0) { $0 << 8 | Int($1) }
            guard rest.count > length else { return false }
            if rest[0] == UInt8(ascii: "Z") { return true }
            rest.removeFirst(length + 1)
        }
        return false
    }
}

#if canImport(Glibc)
    private let streamType = Int32(SOCK_STREAM.rawValue)
#else
    private let streamType = SOCK_STREAM
#endif

private func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
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

/// nil at the end of the stream.
private func receive(_ socket: Int32) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(socket, &buffer, buffer.count, 0)
    return count > 0 ? Array(buffer[..<count]) : nil
}

private func transmit(_ bytes: [UInt8], _ socket: Int32) -> Bool {
    var offset = 0
    while offset < bytes.count {
        let count = bytes[offset...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count <= 0 { return false }
        offset += count
    }
    return true
}
