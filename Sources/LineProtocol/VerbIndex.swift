/// A word of at most 16 ASCII bytes in one integer, so that a name is looked up by comparing numbers.
enum PackedWord {
    static let bytesMax = 16

    /// The word in capitals, or nil if it is longer than 16 bytes or not ASCII.
    static func pack(uppercasing word: some Sequence<UInt8>) -> UInt128? {
        var packed: UInt128 = 0
        var count = 0
        for byte in word {
            guard byte < 0x80, count < bytesMax else { return nil }
            packed = packed << 8 | UInt128(uppercase(byte))
            count += 1
        }
        return packed
    }

    static func uppercase(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte & 0xDF : byte
    }
}

/// The verb table as the parser reads it: plain values, no strings, nothing to retain.
struct VerbIndex: Sendable {
    static let shared = VerbIndex(VerbTable.all)

    /// A field's type without what only a fault needs.
    enum Kind: UInt8, Sendable {
        case text, name, names, integer, duration, instant, list, levels, limits, json, flag, choice
    }

    struct Field: Sendable {
        let packed: UInt128
        let lower: Int64
        let upper: Int64
        let key: FieldKey
        let kind: Kind
        /// The place of its `FieldSpec` in the verb; −1 for the positional argument.
        let place: Int8
        let defaultLevel: UInt8
    }

    struct Entry: Sendable {
        let verb: Verb
        let packed: UInt128
        let fields: Range<Int>
        let positional: Field?
        /// The bits of the fields that must be there and not be empty.
        let required: UInt64
    }

    let entries: [Entry]
    let fields: [Field]

    init(_ specs: [VerbSpec]) {
        var entries: [Entry] = []
        var fields: [Field] = []
        for spec in specs {
            let start = fields.count
            var required: UInt64 = 0
            for (place, field) in spec.fields.enumerated() {
                fields.append(Self.field(field, place: place))
                if field.required { required |= field.key.bit }
            }
            var positional: Field?
            if let argument = spec.positional {
                positional = Self.positional(argument)
                if argument.required { required |= FieldKey.id.bit }
            }
            guard let packed = PackedWord.pack(uppercasing: spec.words.utf8) else {
                preconditionFailure("a verb has at most \(PackedWord.bytesMax) letters: \(spec.words)")
            }
            entries.append(
                Entry(
                    verb: spec.verb, packed: packed, fields: start..<fields.count, positional: positional,
                    required: required))
        }
        self.entries = entries
        self.fields = fields
    }

    /// Cost: one comparison a verb.
    func verb(_ packed: UInt128) -> Verb? {
        for entry in entries where entry.packed == packed { return entry.verb }
        return nil
    }

    /// The field of that (lower-case, packed) name. Cost: one comparison a field of the verb.
    func field(_ packed: UInt128, of entry: Entry) -> Field? {
        for index in entry.fields where fields[index].packed == packed { return fields[index] }
        return nil
    }

    private static func field(_ spec: FieldSpec, place: Int) -> Field {
        var packed: UInt128 = 0
        for byte in spec.key.name.utf8 { packed = packed << 8 | UInt128(byte) }
        return Field(
            packed: packed, lower: spec.range?.lowerBound ?? .min, upper: spec.range?.upperBound ?? .max, key: spec.key,
            kind: kind(spec.type), place: Int8(place), defaultLevel: spec.defaultLevel)
    }

    private static func positional(_ spec: PositionalSpec) -> Field {
        Field(
            packed: 0, lower: spec.range?.lowerBound ?? .min, upper: spec.range?.upperBound ?? .max, key: .id,
            kind: kind(spec.type), place: -1, defaultLevel: 0)
    }

    private static func kind(_ type: FieldType) -> Kind {
        switch type {
        case .text: .text
        case .name: .name
        case .names: .names
        case .integer: .integer
        case .duration: .duration
        case .instant: .instant
        case .list: .list
        case .levels: .levels
        case .limits: .limits
        case .json: .json
        case .flag: .flag
        case .choice: .choice
        }
    }
}
