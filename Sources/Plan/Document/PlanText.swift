/// The text of a plan before anybody parses it: its size and its characters.
struct PlanText {
    /// Reserved for the reader of YAML (see `YAMLReader`); no text may have them.
    static let reserved: ClosedRange<UInt32> = 0x10_FFF0...0x10_FFFF

    /// UTF-8 without a byte order mark, its line breaks as `\n`.
    let bytes: [UInt8]

    /// Throws on a text that is too large, is not UTF-8, or has a character that no plan can have.
    ///
    /// Cost: linear.
    init(_ source: [UInt8]) throws(PlanFault) {
        guard source.count <= PlanLimits.documentBytes else {
            throw PlanFault(
                path: "", message: "a plan has at most \(PlanLimits.documentBytes) bytes, not \(source.count)",
                isTooLarge: true)
        }
        let text = source.starts(with: [0xEF, 0xBB, 0xBF]) ? source[3...] : source[...]
        if text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) {
            throw PlanFault(path: "", message: "this is UTF-16; save it as UTF-8")
        }
        guard String(validating: text, as: UTF8.self) != nil else {
            throw Self.notUTF8(text)
        }
        bytes = try Self.checked(text)
    }

    private static func checked(_ text: ArraySlice<UInt8>) throws(PlanFault) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var position = PlanPosition(line: 1, column: 1)
        var previous: Unicode.Scalar = " "
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            defer { previous = scalar }
            switch scalar {
            case "\r", "\n":
                if scalar == "\n", previous == "\r" { continue }
                out.append(UInt8(ascii: "\n"))
                position = PlanPosition(line: position.line + 1, column: 1)
                continue
            case _ where !mayStand(scalar):
                throw PlanFault(path: "", message: advice(on: scalar), position: position)
            default:
                if scalar.value < 0x80 {
                    out.append(UInt8(scalar.value))
                } else {
                    out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                }
                position.column += 1
            }
        }
        return out
    }

    /// False for what YAML does not take for printable, for its line breaks beside the usual ones, for what is reserved.
    static func mayStand(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
        case 0x1_0000..<reserved.lowerBound: true
        default: false
        }
    }

    static func advice(on scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let name = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return scalar.value == 0
            ? "\(name) cannot be stored" : "the character \(name) cannot stand in a plan as it is; take it out"
    }

    private static func notUTF8(_ text: ArraySlice<UInt8>) -> PlanFault {
        var position = PlanPosition(line: 1, column: 1)
        var decoder = UTF8()
        var bytes = text.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&bytes) {
            position =
                scalar == "\n"
                ? PlanPosition(line: position.line + 1, column: 1)
                : PlanPosition(line: position.line, column: position.column + 1)
        }
        return PlanFault(path: "", message: "this is not UTF-8; save it as UTF-8", position: position)
    }
}
