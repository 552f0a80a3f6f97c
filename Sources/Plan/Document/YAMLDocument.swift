/// The text that Yams gets, and what is looked up in it when Yams complains.
struct YAMLDocument {
    private(set) var bytes: [UInt8]

    /// The text with `*` and `&` exchanged for two characters that no plan has.
    init(hidingReferences text: PlanText, alias: Unicode.Scalar, anchor: Unicode.Scalar) {
        let (alias, anchor) = (Array(String(alias).utf8), Array(String(anchor).utf8))
        bytes = []
        bytes.reserveCapacity(text.bytes.count + 32)
        for byte in text.bytes {
            switch byte {
            case UInt8(ascii: "*"): bytes.append(contentsOf: alias)
            case UInt8(ascii: "&"): bytes.append(contentsOf: anchor)
            default: bytes.append(byte)
            }
        }
    }

    /// The line breaks at the end keep it from being one of Swift's small strings, whose bytes have no fixed place to
    /// parse from.
    var text: String { String(decoding: bytes, as: UTF8.self) + String(repeating: "\n", count: 24) }

    /// Puts a character into the key at that place: behind its quote, if it has one. False if it has another shape.
    mutating func insert(_ scalar: Unicode.Scalar, at position: PlanPosition) -> Bool {
        guard var offset = offset(of: position), offset < bytes.count else { return false }
        switch bytes[offset] {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): offset += 1
        case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "!"), UInt8(ascii: "|"), UInt8(ascii: ">"): return false
        default: break
        }
        bytes.insert(contentsOf: Array(String(scalar).utf8), at: offset)
        return true
    }

    /// Whether the text has ended by that place.
    func isAtEnd(_ position: PlanPosition) -> Bool {
        offset(of: position).map { offset in bytes[offset...].allSatisfy { $0 == UInt8(ascii: "\n") } } ?? true
    }

    /// Whether spaces and tabs, with a tab among them, begin the line.
    func isIndentedByTab(line: Int) -> Bool {
        guard let start = offset(of: PlanPosition(line: line, column: 1)) else { return false }
        return bytes[start...].prefix { $0 == 0x20 || $0 == 0x09 }.contains(0x09)
    }

    /// The last anchor or alias, if it is one, on the line or one of the three before it.
    ///
    /// Looks at single lines, so it may take text for one: good enough for advice on a text that is wrong anyway.
    func reference(near position: PlanPosition, signs: [Unicode.Scalar]) -> PlanPosition? {
        for line in stride(from: position.line, through: max(1, position.line - 3), by: -1) {
            guard let start = offset(of: PlanPosition(line: line, column: 1)) else { continue }
            let text = String(decoding: bytes[start...].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            let scalars = Array(text.unicodeScalars)
            for (index, scalar) in scalars.enumerated().reversed() where signs.contains(scalar) {
                let before = index == 0 ? " " : scalars[index - 1]
                let after = index + 1 < scalars.count ? scalars[index + 1] : " "
                if " [{,:\t-".unicodeScalars.contains(before), after.properties.isAlphabetic {
                    return PlanPosition(line: line, column: index + 1)
                }
            }
        }
        return nil
    }

    /// Where an escape, `\U0010FFF0` and on, stands for one of the reserved characters; nil: nowhere.
    var escapeOfReserved: PlanPosition? {
        let pattern = Array("\\u0010fff".utf8)
        var position = PlanPosition(line: 1, column: 1)
        for (index, byte) in bytes.enumerated() {
            if byte == pattern[0],
                bytes[index...].prefix(pattern.count).map({ $0 | 0x20 }) == pattern.map({ $0 | 0x20 })
            {
                return position
            }
            if byte == UInt8(ascii: "\n") {
                position = PlanPosition(line: position.line + 1, column: 1)
            } else if index + 1 == bytes.count || bytes[index + 1] & 0xC0 != 0x80 {
                position.column += 1
            }
        }
        return nil
    }

    /// Where the place is in the bytes. Columns count Unicode scalars.
    private func offset(of position: PlanPosition) -> Int? {
        var line = 1
        var offset = 0
        while line < position.line {
            guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            offset = end + 1
            line += 1
        }
        var column = 1
        while column < position.column {
            guard offset < bytes.count else { return nil }
            offset += 1
            while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
            column += 1
        }
        return offset
    }
}
