import Foundation

/// A connection to the line port as cheap as a client can be: non-blocking, lines in and out in bulk, no text made of
/// bytes. The measuring side runs beside what is measured.
final class LineConnection {
    let file: Int32
    private var output: [UInt8] = []
    private var input: [UInt8] = []
    private var chunk = [UInt8](repeating: 0, count: 65_536)

    /// - Parameter address: HOST:PORT, or the path of a Unix socket.
    init(_ address: String) throws {
        file = address.hasPrefix("/") ? try Self.unix(address) : try Self.tcp(address)
        _ = fcntl(file, F_SETFL, fcntl(file, F_GETFL) | O_NONBLOCK)
    }

    deinit { close(file) }

    private static func tcp(_ address: String) throws -> Int32 {
        let parts = address.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1]) else { throw BenchError("\(address) is no HOST:PORT") }
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        inet_pton(AF_INET, String(parts[0]), &name.sin_addr)
        try open(file, &name, address)
        var on: Int32 = 1
        setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        return file
    }

    private static func unix(_ path: String) throws -> Int32 {
        let file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        try open(file, &name, path)
        return file
    }

    private static func open<Name>(_ file: Int32, _ name: inout Name, _ address: String) throws {
        let result = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(file, $0, socklen_t(MemoryLayout<Name>.size))
            }
        }
        guard result == 0 else { throw BenchError("cannot connect to \(address): \(String(cString: strerror(errno)))") }
    }

    var wantsToWrite: Bool { !output.isEmpty }

    func say(_ line: String) {
        output.append(contentsOf: line.utf8)
        output.append(UInt8(ascii: "\n"))
    }

    /// A line in three parts.
    func say(_ head: [UInt8], _ middle: ArraySlice<UInt8>, _ tail: [UInt8]) {
        output.append(contentsOf: head)
        output.append(contentsOf: middle)
        output.append(contentsOf: tail)
        output.append(UInt8(ascii: "\n"))
    }

    /// Writes what the socket takes.
    func flush() throws {
        guard !output.isEmpty else { return }
        let sent = output.withUnsafeBytes { Foundation.send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if sent < 0 {
            if errno == EAGAIN { return }
            throw BenchError("the daemon closed the connection")
        }
        if sent == output.count { output.removeAll(keepingCapacity: true) } else { output.removeFirst(sent) }
    }

    /// Reads what is there and hands over the complete lines.
    func read(_ each: (ArraySlice<UInt8>) throws -> Void) throws {
        while true {
            let count = chunk.withUnsafeMutableBytes { recv(file, $0.baseAddress, $0.count, 0) }
            if count < 0 && errno == EAGAIN { break }
            guard count > 0 else { throw BenchError("the daemon closed the connection") }
            input.append(contentsOf: chunk[0..<count])
            if count < chunk.count { break }
        }
        var start = 0
        while let end = endOfLine(from: start) {
            try each(input[start..<end])
            start = end + 1
        }
        if start == input.count {
            input.removeAll(keepingCapacity: true)
        } else if start > 0 {
            input.removeFirst(start)
        }
    }

    private func endOfLine(from start: Int) -> Int? {
        input.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, start < bytes.count,
                let found = memchr(base + start, Int32(UInt8(ascii: "\n")), bytes.count - start)
            else { return nil }
            return base.distance(to: found)
        }
    }

    /// Says a line and waits for its final answer.
    func ask(_ line: String) throws -> String {
        say(line)
        var answer: String?
        while answer == nil {
            try flush()
            var one = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            guard poll(&one, 1, 60_000) > 0 else { throw BenchError("no answer to \(line) in 60 s") }
            try read { bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                if text.hasPrefix("OK") || text.hasPrefix("ERR") { answer = text }
            }
        }
        guard let answer, answer.hasPrefix("OK") else { throw BenchError("\(line) → \(answer ?? "")") }
        return answer
    }
}
