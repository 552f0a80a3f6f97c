/// One request, parsed and checked: what a verb's spec asks of its fields holds.
///
/// Flat: the values stand decoded one behind the other in `bytes`, the fields say where. An accessor gives nil for a
/// field that the request does not have; where it is there and empty ("clears"), `isEmpty` is true, texts are empty,
/// lists have no items, and numbers are nil. Asking for a field by an accessor that is not of its type is a bug.
package struct Request: Sendable {
    /// One field: where its value stands and, for numbers, what it is.
    struct Field: Sendable {
        enum Form: UInt8, Sendable {
            case empty
            /// The bytes are the value; lists, levels and limits in their canonical text.
            case text
            /// `number` is the value; the bytes are how it was written.
            case number
            /// `number` microseconds from now.
            case relative
        }

        let key: FieldKey
        let form: Form
        let start: UInt32
        let end: UInt32
        let number: Int64
    }

    package let verb: Verb
    /// The tag, `#` included; empty if there was none.
    package let tag: [UInt8]
    /// The decoded values of the fields.
    package let bytes: [UInt8]
    let fields: [Field]
    /// The bits of the fields that are there, empty ones included.
    let present: UInt64

    // MARK: The positional argument

    /// The argument without a key, decoded; a name in NFC.
    package var positional: ArraySlice<UInt8>? { text(.id) }
    package var positionalString: String? { string(.id) }
    package var positionalInteger: Int64? { integer(.id) }

    // MARK: Fields

    package func has(_ key: FieldKey) -> Bool { present & key.bit != 0 }

    /// Whether the field is there with nothing in it. Empty JSON texts, lists and levels count as nothing too.
    package func isEmpty(_ key: FieldKey) -> Bool { field(key)?.form == .empty }

    /// The bytes of the field as text. Lists, levels and limits: their canonical text, `a:1,b:2` in the order of names.
    package func text(_ key: FieldKey) -> ArraySlice<UInt8>? {
        guard let field = field(key) else { return nil }
        return bytes[Int(field.start)..<Int(field.end)]
    }

    package func string(_ key: FieldKey) -> String? {
        text(key).map { String(decoding: $0, as: UTF8.self) }
    }

    package func integer(_ key: FieldKey) -> Int64? {
        guard let field = field(key), field.form == .number else { return nil }
        return field.number
    }

    /// The duration in microseconds.
    package func duration(_ key: FieldKey) -> Int64? { integer(key) }

    package func instant(_ key: FieldKey) -> InstantValue? {
        guard let field = field(key) else { return nil }
        switch field.form {
        case .number: return .absolute(microseconds: field.number)
        case .relative: return .relative(microseconds: field.number)
        case .empty, .text: return nil
        }
    }

    package func flag(_ key: FieldKey) -> Bool? { integer(key).map { $0 != 0 } }

    /// The items in the order of their bytes, each once.
    package func list(_ key: FieldKey) -> [String]? {
        guard let text = text(key) else { return nil }
        return text.split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The names with their levels in the order of the names' bytes, each once.
    package func levels(_ key: FieldKey) -> [(name: String, level: UInt8)]? {
        guard has(key) else { return nil }
        var items: [(name: String, level: UInt8)] = []
        forEachLevel(key) { name, level in items.append((String(decoding: name, as: UTF8.self), level)) }
        return items
    }

    /// `levels` without a String: the name of each item in NFC bytes and its level.
    package func forEachLevel(_ key: FieldKey, _ body: (ArraySlice<UInt8>, UInt8) -> Void) {
        forEachItem(key) { name, number in body(name, UInt8(clamping: number ?? 0)) }
    }

    /// The names with their limits in the order of the names' bytes, each once; nil where a name has no number.
    package func limits(_ key: FieldKey) -> [(name: String, limit: Int32?)]? {
        guard has(key) else { return nil }
        var items: [(name: String, limit: Int32?)] = []
        forEachItem(key) { name, number in items.append((String(decoding: name, as: UTF8.self), number)) }
        return items
    }

    /// The JSON object, valid and compact, its keys in the order given.
    package func json(_ key: FieldKey) -> ArraySlice<UInt8>? {
        guard let text = text(key), !text.isEmpty else { return nil }
        return text
    }

    // MARK: Digest

    /// The request without its tag as bytes that are the same for every way of writing it, for a digest that is kept.
    ///
    /// The verb, then each field that is not empty by name, every part with its length; numbers, durations and instants
    /// by value. Goes by wire names, not by raw values, so the digest of a request outlives a release.
    package var canonical: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + 16 * fields.count + 16)
        Self.append(part: VerbTable.spec(verb).words.utf8, to: &out)
        for key in FieldKey.byName where has(key) {
            guard let field = field(key), field.form != .empty else { continue }
            Self.append(part: key.name.utf8, to: &out)
            out.append(field.form.rawValue)
            if field.form == .text {
                Self.append(part: bytes[Int(field.start)..<Int(field.end)], to: &out)
            } else {
                for shift in stride(from: Int64(56), through: 0, by: -8) {
                    out.append(UInt8(truncatingIfNeeded: field.number >> shift))
                }
            }
        }
        return out
    }

    private static func append(part: some Collection<UInt8>, to out: inout [UInt8]) {
        let count = UInt32(part.count)
        for shift in [24, 16, 8, 0] as [UInt32] { out.append(UInt8(truncatingIfNeeded: count >> shift)) }
        out.append(contentsOf: part)
    }

    // MARK: Helpers

    private func field(_ key: FieldKey) -> Field? {
        guard has(key) else { return nil }
        for index in fields.indices where fields[index].key == key { return fields[index] }
        return nil
    }

    /// The items of a canonical `name:number,name,…`.
    private func forEachItem(_ key: FieldKey, _ body: (ArraySlice<UInt8>, Int32?) -> Void) {
        guard let field = field(key) else { return }
        let end = Int(field.end)
        var index = Int(field.start)
        while index < end {
            let start = index
            while index < end, bytes[index] != UInt8(ascii: ":"), bytes[index] != UInt8(ascii: ",") { index += 1 }
            let name = bytes[start..<index]
            var number: Int32?
            if index < end, bytes[index] == UInt8(ascii: ":") {
                index += 1
                var value: Int32 = 0
                while index < end, bytes[index] != UInt8(ascii: ",") {
                    value = value * 10 + Int32(bytes[index]) - 48
                    index += 1
                }
                number = value
            }
            index += 1
            body(name, number)
        }
    }
}
