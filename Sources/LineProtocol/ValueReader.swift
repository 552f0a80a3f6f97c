/// How a value was written.
enum ValueForm: UInt8, Sendable {
    /// Nothing at all, or an empty JSON string.
    case empty
    case bare
    /// A JSON string; the bytes are what it means.
    case string
    /// A JSON object; the bytes are compact.
    case object
    /// A JSON array; the bytes are compact.
    case array
}

/// Why a value cannot be read, whatever its field.
enum ValueFault: Error {
    case bareCharacter(Unicode.Scalar)
    case json(JSONFault)
    case behindJSON
    case invalidUTF8
}

/// Reads one value of a line: the grammar's `value`, the same in requests and in answers.
struct ValueReader {
    /// Where the value begins, and after `read` the space behind it or the end of the line.
    var position: Int
    /// How many more digits the numbers of a JSON value have once their exponents are written out.
    var expansion = 0

    init(at position: Int) { self.position = position }

    /// Appends what the value means to `out`: bare text as it stands, a string decoded, an object or array compacted.
    mutating func read(_ line: Span<UInt8>, into out: inout [UInt8]) throws(ValueFault) -> ValueForm {
        guard position < line.count else { return .empty }
        switch line[position] {
        case UInt8(ascii: " "): return .empty
        case UInt8(ascii: "\""):
            let start = out.count
            try json(line) { (reader: inout JSONCompactor) throws(JSONFault) in
                try reader.decodedString(line, into: &out)
            }
            return out.count == start ? .empty : .string
        case UInt8(ascii: "{"):
            try json(line) { (reader: inout JSONCompactor) throws(JSONFault) in try reader.value(line, into: &out) }
            return .object
        case UInt8(ascii: "["):
            try json(line) { (reader: inout JSONCompactor) throws(JSONFault) in try reader.value(line, into: &out) }
            return .array
        default:
            let start = position
            try skipBare(line)
            out.append(copying: line.extracting(start..<position))
            return .bare
        }
    }

    /// The end of a bare value: a space or the end of the line.
    private mutating func skipBare(_ line: Span<UInt8>) throws(ValueFault) {
        while position < line.count {
            let byte = line[position]
            if byte > 0x20, byte < 0x7F {
                position += 1
            } else if byte == 0x20 {
                return
            } else {
                guard let (scalar, length) = UnicodeText.decode(line, at: position) else { throw .invalidUTF8 }
                guard UnicodeText.mayStandBare(scalar) else { throw .bareCharacter(scalar) }
                position += length
            }
        }
    }

    private mutating func json(
        _ line: Span<UInt8>, _ read: (inout JSONCompactor) throws(JSONFault) -> Void
    ) throws(ValueFault) {
        var reader = JSONCompactor(position: position)
        do throws(JSONFault) {
            try read(&reader)
        } catch {
            if error.reason == .invalidUTF8 { throw .invalidUTF8 }
            // The place counts from the beginning of the value, which is what its writer has at hand.
            throw .json(JSONFault(reason: error.reason, offset: error.offset - position))
        }
        position = reader.position
        expansion = reader.expansion
        guard position == line.count || line[position] == UInt8(ascii: " ") else { throw .behindJSON }
    }
}
