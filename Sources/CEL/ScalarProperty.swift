/// What `\p{…}` asks of a character.
enum ScalarProperty: Equatable {
    /// By `Unicode.GeneralCategory`: a bit for each.
    case category(UInt32)
    case script(Script)
    case any

    init?(name: String) {
        if name == "Any" {
            self = .any
        } else if let script = Script(rawValue: name) {
            self = .script(script)
        } else {
            let bits = Self.categoryNames.filter { $0.name.hasPrefix(name) }.reduce(0) { $0 | Self.bit($1.category) }
            guard bits != 0, 1...2 ~= name.utf8.count else { return nil }
            self = .category(bits)
        }
    }

    func holds(for scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .any: true
        case .category(let bits): bits & Self.bit(scalar.properties.generalCategory) != 0
        case .script(let script): script.contains(scalar)
        }
    }

    private static func bit(_ category: Unicode.GeneralCategory) -> UInt32 {
        categoryNames.firstIndex { $0.category == category }.map { 1 << UInt32($0) } ?? 0
    }

    /// Source: The Unicode Standard, table 4-4; without Cn and Cs, which RE2 does not know either.
    private static let categoryNames: [(name: String, category: Unicode.GeneralCategory)] = [
        ("Lu", .uppercaseLetter), ("Ll", .lowercaseLetter), ("Lt", .titlecaseLetter), ("Lm", .modifierLetter),
        ("Lo", .otherLetter), ("Mn", .nonspacingMark), ("Mc", .spacingMark), ("Me", .enclosingMark),
        ("Nd", .decimalNumber), ("Nl", .letterNumber), ("No", .otherNumber), ("Pc", .connectorPunctuation),
        ("Pd", .dashPunctuation), ("Ps", .openPunctuation), ("Pe", .closePunctuation), ("Pi", .initialPunctuation),
        ("Pf", .finalPunctuation), ("Po", .otherPunctuation), ("Sm", .mathSymbol), ("Sc", .currencySymbol),
        ("Sk", .modifierSymbol), ("So", .otherSymbol), ("Zs", .spaceSeparator), ("Zl", .lineSeparator),
        ("Zp", .paragraphSeparator), ("Cc", .control), ("Cf", .format), ("Co", .privateUse),
    ]
}
