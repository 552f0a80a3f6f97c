@_spi(_Unicode) import Swift

/// The name in NFC, so that two Unicode spellings of one name are one name.
///
/// Does not check what the name is made of; any text will do. Costs nothing for ASCII, Hangul syllables and ideographs
/// but a look at each.
/// The standard library has the normaliser but no public call of it; this is the only use.
package func normalizedName(_ name: String) -> String {
    if name.utf8.allSatisfy({ $0 < 0x80 }) { return name }
    let isPlain = name.unicodeScalars.allSatisfy {
        $0.value < 0x80 || UnicodeText.isPlainIdeographOrSyllable($0)
    }
    if isPlain { return name }
    var scalars = String.UnicodeScalarView()
    for scalar in name._nfc { scalars.append(scalar) }
    return String(scalars)
}

/// What is wrong with a name.
package enum NameFault: Error, Sendable, Equatable {
    case empty
    case tooLong(bytes: Int)
    case character(Unicode.Scalar)

    /// The rest of a sentence that begins with the field.
    package var advice: String {
        switch self {
        case .empty: "a name has 1 to \(Limits.nameBytes) bytes, not none"
        case .tooLong(let bytes): "a name has at most \(Limits.nameBytes) bytes, not \(bytes)"
        case .character(let scalar):
            "a name is made of letters, marks, digits and _ . - and not of \(described(scalar))"
        }
    }
}

/// The name in NFC if it is one: 1–64 bytes of letters, marks and digits of any script and `_ . -`.
package func checkedName(_ name: String) throws(NameFault) -> String {
    // No composition makes a text six times shorter: do not normalise what cannot become a name.
    if name.utf8.count > 6 * Limits.nameBytes { throw .tooLong(bytes: name.utf8.count) }
    let normal = normalizedName(name)
    for scalar in normal.unicodeScalars where !UnicodeText.isName(scalar) { throw .character(scalar) }
    let count = normal.utf8.count
    if count == 0 { throw .empty }
    if count > Limits.nameBytes { throw .tooLong(bytes: count) }
    return normal
}

/// A character as a message shows it: by its number where it could not be seen.
func described(_ scalar: Unicode.Scalar) -> String {
    if scalar == " " { return "a space" }
    if UnicodeText.mayStandBare(scalar) { return "\"\(scalar)\"" }
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}
