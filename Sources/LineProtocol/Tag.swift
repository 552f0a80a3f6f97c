/// Tags: what a client puts before a request to know its answer again.
package enum Tag {
    /// Stands for the tag of a line that could not be read.
    package static let unknown: [UInt8] = [UInt8(ascii: "#"), UInt8(ascii: "?")]

    /// The tag that a line begins with, `#` included, or nil if it begins with something else.
    ///
    /// A tag ends with a space or with the line. `line` may be the first 66 bytes of a longer line, since a tag has at
    /// most 65.
    package static func leading(_ line: Span<UInt8>) -> Range<Int>? {
        guard line.count >= 2, line[0] == UInt8(ascii: "#") else { return nil }
        var index = 1
        while index < line.count, index < Limits.tagPrefixBytes, isTagByte(line[index]) { index += 1 }
        guard index > 1, index <= Limits.tagBytes else { return nil }
        guard index == line.count || line[index] == UInt8(ascii: " ") else { return nil }
        return 0..<index
    }

    /// What the answer to an unreadable line echoes: its tag if its first 66 bytes hold one, else `#?`.
    package static func echo(of line: Span<UInt8>) -> [UInt8] {
        guard let range = leading(line) else { return unknown }
        var tag: [UInt8] = []
        tag.append(copying: line.extracting(range))
        return tag
    }

    private static func isTagByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
