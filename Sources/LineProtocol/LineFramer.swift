/// Cuts a stream of bytes into lines, with bounded memory and in linear time however the bytes come in.
///
/// Pull: `append` what was read, then call `next` until it gives nil; a caller that must not go on (the answers pile
/// up, or HELLO is being looked at and may raise the limit) stops calling. One owner, no thread of its own.
package struct LineFramer: Sendable {
    /// What a line turned out to be. The bytes that come with it are the line without its terminator, or at most its
    /// first 66 bytes if it cannot be used.
    package enum Outcome: Sendable, Equatable {
        case line
        /// Longer than the limit; the rest of it is skipped.
        case tooLarge
        case bad(UnreadableReason)
        /// The first line is an HTTP request or begins a TLS handshake: close. Nothing comes after it.
        case foreign
    }

    /// The longest line in bytes, its terminator included. May change between two calls of `next`.
    package var limit: Int

    private var buffer: [UInt8] = []
    /// Where the line that is under way begins.
    private var lineStart = 0
    /// Everything before it has been looked at.
    private var scanned = 0
    /// What the bytes looked at told: all of them or-ed together, and whether one was NUL.
    private var union: UInt8 = 0
    private var hasNUL = false
    private var isSkipping = false
    private var isFirstLine: Bool
    private var isForeign = false

    /// `detectsForeign` is for a server; a client knows whom it called.
    package init(limit: Int = Limits.lineBytes, detectsForeign: Bool = true) {
        self.limit = limit
        isFirstLine = detectsForeign
    }

    /// How many bytes wait to be handed out.
    package var bufferedBytes: Int { buffer.count - lineStart }

    package mutating func append(_ chunk: Span<UInt8>) {
        guard !isForeign else { return }
        makeRoom()
        buffer.append(copying: chunk)
    }

    package mutating func append(_ chunk: some Collection<UInt8>) {
        guard !isForeign else { return }
        makeRoom()
        // One copy of memory where the bytes lie together, whoever's type they are in.
        let isCopied: Void? = chunk.withContiguousStorageIfAvailable { buffer.append(contentsOf: $0) }
        if isCopied == nil { buffer.append(contentsOf: chunk) }
    }

    /// Hands the next line to `body`, or gives nil if there is none yet. Empty lines are left out.
    ///
    /// `body` must not touch the framer: the bytes are the framer's own.
    package mutating func next<Value, Failure: Error>(
        _ body: (Outcome, Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value? {
        while !isForeign {
            if isFirstLine, beginsHandshake { return try foreign(body) }
            let end = scan()
            if isSkipping {
                lineStart = scanned
                guard let end else { return nil }
                isSkipping = false
                startLine(at: end + 1)
            } else if scanned - lineStart > limit || (end == nil && scanned - lineStart >= limit) {
                if isFirstLine, ForeignProtocol.beginsHTTP(buffer.span.extracting(lineStart..<scanned)) {
                    return try foreign(body)
                }
                return try tooLarge(end, body)
            } else {
                guard let end else { return nil }
                if let value = try line(end, body) { return value }
            }
        }
        return nil
    }

    // MARK: Scanning

    /// Looks at what is new up to the line feed or to the limit, and gives the place of the line feed.
    private mutating func scan() -> Int? {
        // A line that is skipped may be of any length.
        let stop = isSkipping ? buffer.count : min(buffer.count, lineStart + limit)
        guard scanned < stop else { return nil }
        let found = Self.lineFeed(buffer.span.extracting(scanned..<stop))
        union |= found.union
        hasNUL = hasNUL || found.hasNUL
        let isFound = scanned + found.count < stop
        scanned += found.count + (isFound ? 1 : 0)
        return isFound ? scanned - 1 : nil
    }

    /// How many bytes stand before the line feed, or how many there are if there is none, and what they are.
    private static func lineFeed(_ bytes: Span<UInt8>) -> (count: Int, union: UInt8, hasNUL: Bool) {
        var union: UInt8 = 0
        var hasNUL = false
        for index in 0..<bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") { return (index, union, hasNUL) }
            union |= byte
            hasNUL = hasNUL || byte == 0
        }
        return (bytes.count, union, hasNUL)
    }

    private mutating func startLine(at index: Int) {
        lineStart = index
        scanned = index
        union = 0
        hasNUL = false
    }

    /// Drops what has been handed out before more comes in, so the buffer holds one line under way and one chunk.
    private mutating func makeRoom() {
        guard lineStart > 0 else { return }
        if lineStart == buffer.count {
            // A long line does not leave its room behind.
            buffer.removeAll(keepingCapacity: buffer.capacity <= 2 * Limits.lineBytes)
        } else if lineStart * 2 >= buffer.count {
            buffer.removeSubrange(..<lineStart)
        } else {
            return
        }
        scanned -= lineStart
        lineStart = 0
    }

    // MARK: Outcomes

    private mutating func line<Value, Failure: Error>(
        _ end: Int, _ body: (Outcome, Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value? {
        let start = lineStart
        let isCarriageReturn = end > start && buffer[end - 1] == UInt8(ascii: "\r")
        let contentEnd = isCarriageReturn ? end - 1 : end
        let outcome = outcome(start..<contentEnd)
        startLine(at: end + 1)
        guard contentEnd > start else { return nil }
        if isFirstLine {
            if ForeignProtocol.isHTTP(buffer.span.extracting(start..<contentEnd)) {
                lineStart = start
                return try foreign(body)
            }
            isFirstLine = false
        }
        let shown = outcome == .line ? contentEnd : min(contentEnd, start + Limits.tagPrefixBytes)
        return try body(outcome, buffer.span.extracting(start..<shown))
    }

    private func outcome(_ range: Range<Int>) -> Outcome {
        if hasNUL { return .bad(.nul) }
        if union >= 0x80, !UnicodeText.isValid(buffer.span.extracting(range)) { return .bad(.invalidUTF8) }
        return .line
    }

    private mutating func tooLarge<Value, Failure: Error>(
        _ end: Int?, _ body: (Outcome, Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let prefix = lineStart..<min(scanned, lineStart + Limits.tagPrefixBytes)
        isFirstLine = false
        if let end {
            startLine(at: end + 1)
        } else {
            isSkipping = true
            startLine(at: scanned)
        }
        return try body(.tooLarge, buffer.span.extracting(prefix))
    }

    private mutating func foreign<Value, Failure: Error>(
        _ body: (Outcome, Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        isForeign = true
        let prefix = lineStart..<min(buffer.count, lineStart + Limits.tagPrefixBytes)
        let value = try body(.foreign, buffer.span.extracting(prefix))
        buffer = []
        startLine(at: 0)
        return value
    }

    private var beginsHandshake: Bool {
        buffer.count - lineStart >= 2 && buffer[lineStart] == 0x16 && buffer[lineStart + 1] == 0x03
    }
}

/// What speaks to the wrong port.
enum ForeignProtocol {
    /// Whether the line is a request line of HTTP: it ends with the version, which no request of ours does.
    /// Source: RFC 9112 §3 (request-line), RFC 9113 §3.4 (the preface of HTTP/2).
    static func isHTTP(_ line: Span<UInt8>) -> Bool {
        let end = line.count
        guard end > 9, line[0] >= UInt8(ascii: "A"), line[0] <= UInt8(ascii: "Z") else { return false }
        let version: StaticString = " HTTP/"
        let start = end - 9
        let isVersion = version.withUTF8Buffer { letters in
            letters.indices.allSatisfy { line[start + $0] == letters[$0] }
        }
        return isVersion && line[end - 2] == UInt8(ascii: ".") && line[end - 3] &- 49 < 9 && line[end - 1] &- 48 < 10
    }

    /// Whether a line too long to be read begins as a request line of HTTP does: a method, then a path. Of ours none
    /// does, since no value that stands there begins with a slash.
    static func beginsHTTP(_ line: Span<UInt8>) -> Bool {
        var index = 0
        while index < min(line.count, 16), line[index] >= UInt8(ascii: "A"), line[index] <= UInt8(ascii: "Z") {
            index += 1
        }
        return index > 0 && index + 1 < line.count && line[index] == UInt8(ascii: " ")
            && line[index + 1] == UInt8(ascii: "/")
    }
}

extension LineFramer {
    /// What a server makes of the next line.
    package enum Incoming: Sendable {
        case request(Request)
        /// The answer to a line that is no request.
        case fault(RequestFault)
        /// Close the connection.
        case foreign
    }

    /// The next line as a request, or nil if there is none yet.
    package mutating func nextRequest() -> Incoming? {
        let limit = limit
        return next { outcome, bytes in
            switch outcome {
            case .line:
                switch RequestParser.parse(bytes) {
                case .success(let request): .request(request)
                case .failure(let fault): .fault(fault)
                }
            case .tooLarge: .fault(.tooLarge(prefix: bytes, limit: limit))
            case .bad(let reason): .fault(.unreadable(reason, prefix: bytes))
            case .foreign: .foreign
            }
        }
    }
}
