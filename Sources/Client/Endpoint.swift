/// Where a daemon listens: `HOST:PORT`, `[IPv6]:PORT`, or the path of a Unix socket.
public enum Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// A name or an address, and a port.
    case tcp(host: String, port: Int)
    /// The path of a socket in the file system.
    case unix(path: String)

    /// The port that a daemon listens on unless told otherwise.
    public static let defaultPort = 7411
    private static let scheme = "switchboard://"

    /// Reads one endpoint. What holds a `/`, and what begins with `unix:`, is a path; a host without a port has the
    /// default port.
    public init(_ text: String) throws(ClientError) {
        if text.hasPrefix("unix:") {
            self = .unix(path: String(text.dropFirst(5)))
        } else if text.contains("/") {
            self = .unix(path: text)
        } else {
            self = try Self.tcp(text)
        }
        if case .unix(path: let path) = self, path.isEmpty || path.utf8.count > 107 {
            throw .invalidEndpoint("\"\(text)\": the path of a Unix socket has 1 to 107 bytes")
        }
    }

    /// Reads endpoints separated by commas: the first that serves is used. `switchboard://` may stand before them.
    public static func list(_ text: String) throws(ClientError) -> [Endpoint] {
        var list = Substring(text)
        if list.hasPrefix(scheme) {
            list = list.dropFirst(scheme.count)
            if list.hasSuffix("/") { list = list.dropLast() }
        }
        var result: [Endpoint] = []
        for part in list.split(separator: ",") {
            result.append(try Endpoint(String(part)))
        }
        guard !result.isEmpty else { throw .invalidEndpoint("no HOST:PORT or PATH is named") }
        return result
    }

    private static func tcp(_ text: String) throws(ClientError) -> Endpoint {
        var host = Substring(text)
        var port = defaultPort
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            if !rest.isEmpty { port = try Self.port(rest.dropFirst(), of: text) }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = try Self.port(text[text.index(after: colon)...], of: text)
        }
        guard !host.isEmpty else { throw .invalidEndpoint("\"\(text)\" names no host; write HOST:PORT or a path") }
        return .tcp(host: String(host), port: port)
    }

    private static func port(_ digits: Substring, of text: String) throws(ClientError) -> Int {
        guard let port = Int(digits), (1...65_535).contains(port) else {
            throw .invalidEndpoint("\"\(text)\": the port is a number from 1 to 65535")
        }
        return port
    }

    /// As `init` reads it.
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): path.contains("/") ? path : "unix:\(path)"
        }
    }
}
