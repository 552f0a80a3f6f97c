import Foundation
import LineProtocol
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One line that the daemon sent.
struct Line: CustomStringConvertible {
    let text: String
    let parsed: AnswerLine

    init(_ text: String) throws {
        guard let parsed = AnswerLine(text) else { throw PeerError("no line of the protocol: \(text)") }
        self.text = text
        self.parsed = parsed
    }

    var description: String { text }
    var tag: String { String(decoding: parsed.tag, as: UTF8.self) }
    var isOK: Bool { parsed.kind == .ok }
    var isRow: Bool { parsed.kind == .row }

    var event: String? {
        guard case .event(let type) = parsed.kind else { return nil }
        return type
    }

    var code: String? {
        guard case .err(let code, _) = parsed.kind else { return nil }
        return code
    }

    var message: String? {
        guard case .err(_, let message) = parsed.kind else { return nil }
        return message
    }

    subscript(key: String) -> String? { parsed.string(key) }

    func integer(_ key: String) -> Int64? { parsed.integer(key) }

    /// Microseconds.
    func duration(_ key: String) -> Int64? { parsed.duration(key) }

    /// Microseconds since 1970.
    func instant(_ key: String) -> Int64? { parsed.instant(key) }
}

struct PeerError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A client that is nothing but a socket: what it sends is what a test wrote, byte for byte, and what it was sent is
/// there to be read in order. It blocks, and gives up after `patience`.
final class LinePeer {
    /// How long the daemon may take for anything. A loaded machine takes its time; a healthy one never needs it.
    static let patience = Duration.seconds(20)

    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private var consumed = 0
    private var hasEnded = false
    /// Pushes that came while something else was waited for, in order.
    private(set) var events: [Line] = []

    init(port: Int, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, streamSocket, 0)
        guard descriptor >= 0 else { throw PeerError("no socket: \(String(cString: strerror(errno)))") }
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        try connect(&address, "127.0.0.1:\(port)")
    }

    init(path: String) throws {
        descriptor = socket(AF_UNIX, streamSocket, 0)
        guard descriptor >= 0 else { throw PeerError("no socket: \(String(cString: strerror(errno)))") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else { throw PeerError("\(path) is too long for a Unix socket") }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        try connect(&address, path)
    }

    deinit { close() }

    private func connect<Address>(_ address: inout Address, _ name: String) throws {
        let descriptor = descriptor
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                systemConnect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard result == 0 else { throw PeerError("cannot connect to \(name): \(String(cString: strerror(errno)))") }
    }

    /// The port of this end, by which the daemon's end can be told from others.
    var localPort: Int? { SocketEnds(of: descriptor).local }

    func close() {
        guard descriptor >= 0 else { return }
        _ = systemClose(descriptor)
        descriptor = -1
    }

    /// Says that nothing more will be said; answers still come.
    func closeWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    // MARK: Out

    func send(_ lines: String...) throws { try send(lines) }

    func send(_ lines: [String]) throws { try write(Array((lines.joined(separator: "\n") + "\n").utf8)) }

    func write(_ bytes: [UInt8]) throws {
        let sent = try write(bytes, patience: Self.patience)
        guard sent == bytes.count else { throw PeerError("the daemon did not take \(bytes.count - sent) bytes") }
    }

    /// Writes what the daemon takes before it has not taken anything for so long; returns how much that was.
    func write(_ bytes: [UInt8], patience: Duration) throws -> Int {
        var sent = 0
        while sent < bytes.count {
            guard try wait(for: POLLOUT, patience) else { return sent }
            let count = bytes[sent...].withUnsafeBytes {
                systemSend(descriptor, $0.baseAddress, $0.count, noSignal | dontWait)
            }
            if count < 0 && (errno == EAGAIN || errno == EINTR) { continue }
            guard count > 0 else { throw PeerError("writing failed: \(String(cString: strerror(errno)))") }
            sent += count
        }
        return sent
    }

    // MARK: In

    /// The next line; nil when the daemon has closed the connection.
    func readLine(patience: Duration = LinePeer.patience) throws -> String? {
        try readLineBytes(patience: patience).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The same with its bytes as they came.
    func readLineBytes(patience: Duration = LinePeer.patience) throws -> [UInt8]? {
        let deadline = ContinuousClock.now + patience
        var searched = consumed
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer {
                    consumed = end + 1
                    if consumed > 1 << 20 { drop() }
                }
                return Array(buffer[consumed..<end])
            }
            if hasEnded {
                guard consumed == buffer.count else { throw PeerError("the connection ended within a line") }
                return nil
            }
            searched = buffer.count
            try fill(until: deadline)
        }
    }

    private func drop() {
        buffer.removeFirst(consumed)
        consumed = 0
    }

    private func fill(until deadline: ContinuousClock.Instant) throws {
        guard try wait(for: POLLIN, deadline - .now) else {
            throw PeerError("nothing came in time; waiting pushes: \(events.map(\.text))")
        }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = chunk.withUnsafeMutableBytes { systemReceive(descriptor, $0.baseAddress, $0.count, 0) }
        if count > 0 {
            buffer.append(contentsOf: chunk[..<count])
        } else if count == 0 || errno == ECONNRESET {
            hasEnded = true
        } else if errno != EINTR {
            throw PeerError("reading failed: \(String(cString: strerror(errno)))")
        }
    }

    private func wait(for what: some BinaryInteger, _ patience: Duration) throws -> Bool {
        let deadline = ContinuousClock.now + patience
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(what), revents: 0)
            let left = max(.zero, deadline - .now)
            let milliseconds = left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000
            let result = poll(&entry, 1, Int32(milliseconds))
            if result < 0 && errno == EINTR { continue }
            guard result >= 0 else { throw PeerError("poll failed: \(String(cString: strerror(errno)))") }
            return result > 0
        }
    }

    /// Whether nothing comes for so long. Only for what cannot be waited for otherwise: an answer that must not come.
    func staysSilent(for patience: Duration) throws -> Bool {
        if consumed < buffer.count || hasEnded { return false }
        return try !wait(for: POLLIN, patience)
    }

    func next(patience: Duration = LinePeer.patience) throws -> Line {
        guard let text = try readLine(patience: patience) else {
            throw PeerError("the daemon closed the connection; waiting pushes: \(events.map(\.text))")
        }
        return try Line(text)
    }

    /// The lines of the next answer: its rows and its final line. Pushes that come meanwhile are kept.
    func answer(patience: Duration = LinePeer.patience) throws -> [Line] {
        var lines: [Line] = []
        while true {
            let line = try next(patience: patience)
            if line.event != nil {
                guard lines.isEmpty else { throw PeerError("a push stands within an answer: \(line)") }
                events.append(line)
                continue
            }
            lines.append(line)
            if line.parsed.isFinal { return lines }
        }
    }

    func ask(_ request: String) throws -> [Line] {
        try send(request)
        return try answer()
    }

    /// The final line of the answer, which must be `OK`.
    @discardableResult
    func ok(_ request: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Line {
        let lines = try ask(request)
        let final = try #require(lines.last, sourceLocation: sourceLocation)
        try #require(final.isOK, "\(request.prefix(200)) was answered: \(final)", sourceLocation: sourceLocation)
        return final
    }

    /// The rows of the answer, whose final line must be `OK` and count them.
    func rows(_ request: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [Line] {
        let lines = try ask(request)
        let final = try #require(lines.last, sourceLocation: sourceLocation)
        try #require(final.isOK, "\(request) was answered: \(final)", sourceLocation: sourceLocation)
        #expect(final.integer("count") == Int64(lines.count - 1), sourceLocation: sourceLocation)
        return Array(lines.dropLast())
    }

    /// The final line of the answer, which must be `ERR` with that code and, where given, that field or state.
    @discardableResult
    func refused(
        _ request: String, _ code: String, field: String? = nil, state: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Line {
        let final = try #require(try ask(request).last, sourceLocation: sourceLocation)
        #expect(final.code == code, "\(request.prefix(200)) was answered: \(final)", sourceLocation: sourceLocation)
        if let field { #expect(final["field"] == field, "\(final)", sourceLocation: sourceLocation) }
        if let state { #expect(final["state"] == state, "\(final)", sourceLocation: sourceLocation) }
        return final
    }

    // MARK: Pushes

    /// The next push, which must be of that type and about that inquiry.
    @discardableResult
    func expectEvent(
        _ type: String, inquiry: Int64? = nil, patience: Duration = LinePeer.patience,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Line {
        let line = events.isEmpty ? try next(patience: patience) : events.removeFirst()
        try #require(line.event == type, "\(type) was expected: \(line)", sourceLocation: sourceLocation)
        if let inquiry {
            try #require(line.integer("inquiry") == inquiry, "\(line)", sourceLocation: sourceLocation)
        }
        return line
    }

    /// The next pushes, which must bear these numbers, one after the other.
    func expectEvents(_ seqs: ClosedRange<Int64>, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for seq in seqs {
            let line = events.isEmpty ? try next() : events.removeFirst()
            try #require(line.integer("seq") == seq, "\(seq) was expected: \(line)", sourceLocation: sourceLocation)
        }
    }

    /// Reads on to a push of that type, and forgets those before it.
    @discardableResult
    func skipToEvent(_ type: String, inquiry: Int64? = nil, patience: Duration = LinePeer.patience) throws -> Line {
        while true {
            let line = events.isEmpty ? try next(patience: patience) : events.removeFirst()
            if line.event == type && (inquiry == nil || line.integer("inquiry") == inquiry) { return line }
        }
    }

    /// All pushes that were under way when this was called: the answer to a PING comes after them.
    func takeEvents() throws -> [Line] {
        try ok("PING")
        defer { events = [] }
        return events
    }

    /// Reads to the end that the daemon makes of the connection; what comes before it is returned.
    func readToEnd(patience: Duration = LinePeer.patience) throws -> [String] {
        var lines: [String] = []
        while let line = try readLine(patience: patience) { lines.append(line) }
        return lines
    }
}

#if canImport(Glibc)
    private let streamSocket = Int32(SOCK_STREAM.rawValue)
    private let noSignal = Int32(MSG_NOSIGNAL)
    private let dontWait = Int32(MSG_DONTWAIT)
    private let systemConnect = Glibc.connect
    private let systemSend = Glibc.send
    private let systemReceive = Glibc.recv
    private let systemClose = Glibc.close
#else
    private let streamSocket = SOCK_STREAM
    private let noSignal: Int32 = 0
    private let dontWait = MSG_DONTWAIT
    private let systemConnect = Darwin.connect
    private let systemSend = Darwin.send
    private let systemReceive = Darwin.recv
    private let systemClose = Darwin.close
#endif
