import Foundation

/// A connection to the line port as cheap as a client can be: non-blocking, lines in and out in bulk. The measuring side
/// must not be what is measured.
final class LineConnection {
    let file: Int32
    private var output: [UInt8] = []
    private var input: [UInt8] = []
    private var chunk = [UInt8](repeating: 0, count: 65_536)

    init(host: String, port: UInt16) throws {
        file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            throw BenchError("cannot connect to \(host):\(port): \(String(cString: strerror(errno)))")
        }
        var on: Int32 = 1
        setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        _ = fcntl(file, F_SETFL, fcntl(file, F_GETFL) | O_NONBLOCK)
    }

    deinit { close(file) }

    var wantsToWrite: Bool { !output.isEmpty }

    func say(_ line: String) {
        output.append(contentsOf: line.utf8)
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
        output.removeFirst(sent)
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
        while let end = input[start...].firstIndex(of: UInt8(ascii: "\n")) {
            try each(input[start..<end])
            start = end + 1
        }
        if start > 0 { input.removeFirst(start) }
    }

    /// Says a line and waits for its final answer.
    func ask(_ line: String) throws -> String {
        say(line)
        var answer: String?
        while answer == nil {
            try flush()
            var one = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            guard poll(&one, 1, 10_000) > 0 else { throw BenchError("no answer to \(line) in 10 s") }
            try read { bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                if text.hasPrefix("OK") || text.hasPrefix("ERR") { answer = text }
            }
        }
        guard let answer, answer.hasPrefix("OK") else { throw BenchError("\(line) → \(answer ?? "")") }
        return answer
    }
}
