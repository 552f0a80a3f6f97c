/// Reading UTF-8 and the classes of characters that the protocol tells apart.
enum UnicodeText {
    /// The scalar that begins at `index` and its length in bytes, or nil if no valid one does.
    ///
    /// Strict: overlong forms, surrogates and values over U+10FFFF are none.
    /// Source: The Unicode Standard, table 3-7 (well-formed UTF-8 byte sequences).
    static func decode(_ bytes: Span<UInt8>, at index: Int) -> (scalar: Unicode.Scalar, length: Int)? {
        let first = UInt32(bytes[index])
        if first < 0x80 { return (Unicode.Scalar(UInt8(first)), 1) }
        let length: Int
        let least: UInt32
        var value: UInt32
        switch first {
        case 0xC2...0xDF: (length, least, value) = (2, 0x80, first & 0x1F)
        case 0xE0...0xEF: (length, least, value) = (3, 0x800, first & 0x0F)
        case 0xF0...0xF4: (length, least, value) = (4, 0x10000, first & 0x07)
        default: return nil
        }
        guard index + length <= bytes.count else { return nil }
        for offset in 1..<length {
            let next = UInt32(bytes[index + offset])
            guard next & 0xC0 == 0x80 else { return nil }
            value = value << 6 | next & 0x3F
        }
        guard value >= least, let scalar = Unicode.Scalar(value) else { return nil }
        return (scalar, length)
    }

    /// Whether the bytes are well-formed UTF-8.
    static func isValid(_ bytes: Span<UInt8>) -> Bool {
        var index = 0
        while index < bytes.count {
            if bytes[index] < 0x80 {
                index += 1
            } else {
                guard let (_, length) = decode(bytes, at: index) else { return false }
                index += length
            }
        }
        return true
    }

    /// Whether a value without quotes may hold it: no space characters, controls and format characters.
    static func mayStandBare(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x80 { return scalar.value > 0x20 && scalar.value < 0x7F }
        if isPlainIdeographOrSyllable(scalar) { return true }
        switch scalar.properties.generalCategory {
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format: return false
        default: return true
        }
    }

    /// Whether output shows it as `\uXXXX`: controls, DEL, C1, bidirectional controls, U+2028 and U+2029.
    ///
    /// The bidirectional controls are the characters with the property Bidi_Control.
    static func mustBeEscaped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    static func isName(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x80 { return isName(UInt8(scalar.value)) }
        if isPlainIdeographOrSyllable(scalar) { return true }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber:
            return true
        default: return false
        }
    }

    /// Hangul syllables and the unified ideographs: letters that no other of them composes with, so a text of these
    /// and ASCII is in NFC as it stands. Saves the look-up in the character database for most Korean text.
    static func isPlainIdeographOrSyllable(_ scalar: Unicode.Scalar) -> Bool {
        (0xAC00...0xD7A3).contains(scalar.value) || (0x4E00...0x9FFF).contains(scalar.value)
    }
}
