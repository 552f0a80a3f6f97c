package import LineProtocol

/// What the lines of a stream are, told the plain way: with all of it at hand, without a state. What `LineFramer` does
/// in pieces is compared with it.
package enum ReferenceFramer {
    package enum Line: Equatable, Sendable {
        case text([UInt8])
        /// What comes of it whatever it says.
        case unreadable(code: ErrorCode, tag: [UInt8])
    }

    /// The lines of a whole stream; an end without a line feed is none, unless it is too long already.
    package static func lines(_ stream: [UInt8], limit: Int) -> [Line] {
        var lines: [Line] = []
        var start = 0
        while start < stream.count {
            let end = stream[start...].firstIndex(of: UInt8(ascii: "\n"))
            let whole = stream[start..<(end ?? stream.count)]
            start = (end ?? stream.count) + 1
            if whole.count >= limit {
                lines.append(.unreadable(code: .tooLarge, tag: echo(whole)))
                continue
            }
            guard end != nil else { break }
            let content = whole.last == UInt8(ascii: "\r") ? whole.dropLast() : whole
            if content.isEmpty { continue }
            if content.contains(0) || String(validating: content, as: UTF8.self) == nil {
                lines.append(.unreadable(code: .badRequest, tag: echo(content)))
            } else {
                lines.append(.text(Array(content)))
            }
        }
        return lines
    }

    /// The tag that the answer to an unreadable line bears.
    package static func echo(_ line: ArraySlice<UInt8>) -> [UInt8] {
        let head = line.prefix(66)
        let word = head.prefix { $0 != UInt8(ascii: " ") }
        return isTag(word) ? Array(word) : Array("#?".utf8)
    }

    /// `#` and 1 to 64 of the characters of tags.
    package static func isTag(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.first == UInt8(ascii: "#"), (2...65).contains(word.count) else { return false }
        return word.dropFirst().allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}
