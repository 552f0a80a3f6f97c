/// Cuts one direction of a PostgreSQL connection into its messages.
///
/// Source: PostgreSQL documentation, "Message Formats": a type byte, a length that counts itself, the contents; what a
/// client says before its session has begun has no type byte.
struct FrameCutter {
    struct Frame {
        let bytes: [UInt8]
        /// 0 for what has no type.
        let type: UInt8

        var isSync: Bool { type == UInt8(ascii: "S") }
        var isReadyForQuery: Bool { type == UInt8(ascii: "Z") }
        /// Of the server; a client's E is an Execute.
        var isErrorResponse: Bool { type == UInt8(ascii: "E") }

        /// Whether a client binds the prepared statement of that name. A Bind begins with two names: portal, statement.
        func binds(_ statement: String) -> Bool {
            guard type == UInt8(ascii: "B") else { return false }
            let names = bytes.dropFirst(5).split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
            return names.count > 1 && names[1].elementsEqual(statement.utf8)
        }
    }

    static let syncLength = 5
    private static let protocolVersion3: [UInt8] = [0, 3, 0, 0]

    private var rest: [UInt8] = []
    private var isBeforeSession: Bool

    init(beginsWithStartup: Bool) { isBeforeSession = beginsWithStartup }

    mutating func append(_ bytes: [UInt8]) { rest += bytes }

    /// The next whole message.
    mutating func next() -> Frame? {
        let typeLength = isBeforeSession ? 0 : 1
        guard rest.count >= typeLength + 4 else { return nil }
        let length = typeLength + rest[typeLength..<(typeLength + 4)].reduce(0) { $0 << 8 | Int($1) }
        guard rest.count >= length else { return nil }
        let frame = Frame(bytes: Array(rest[..<length]), type: isBeforeSession ? 0 : rest[0])
        rest.removeFirst(length)
        // Requests for encryption come before it and look alike.
        if isBeforeSession, frame.bytes.dropFirst(4).prefix(4).elementsEqual(Self.protocolVersion3) {
            isBeforeSession = false
        }
        return frame
    }
}
