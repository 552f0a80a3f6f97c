/// One value of a row in PostgreSQL's binary format.
///
/// It points into memory that its row owns: read it before the next row is asked for. Reading a NULL or a value of
/// another width than the statement's type is a bug, hence a precondition.
package struct Field {
    let bytes: UnsafeRawBufferPointer?

    package var isNull: Bool { bytes == nil }

    private var present: UnsafeRawBufferPointer {
        guard let bytes else { preconditionFailure("a column that is never NULL was NULL") }
        return bytes
    }

    private func integer<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer {
        let bytes = present
        precondition(bytes.count == MemoryLayout<Integer>.size, "a column has another width than its statement says")
        return Integer(bigEndian: bytes.loadUnaligned(as: Integer.self))
    }

    package var int64: Int64 { integer(Int64.self) }
    package var int32: Int32 { integer(Int32.self) }
    package var int16: Int16 { integer(Int16.self) }
    package var double: Double { Double(bitPattern: integer(UInt64.self)) }
    package var bool: Bool { integer(UInt8.self) != 0 }
    /// Of a timestamptz: microseconds since 1970.
    package var microseconds: Int64 { integer(Int64.self) &+ Parameters.epochMicroseconds }
    package var optionalMicroseconds: Int64? { isNull ? nil : microseconds }

    /// Text, json or bytea.
    package var string: String { String(decoding: present, as: UTF8.self) }
    /// Empty for NULL.
    package var stringOrEmpty: String { bytes.map { String(decoding: $0, as: UTF8.self) } ?? "" }
    /// Empty for NULL.
    package var array: [UInt8] { bytes.map { [UInt8]($0) } ?? [] }

    /// How many bytes its text, json or bytea has; none for NULL.
    package var count: Int { bytes?.count ?? 0 }

    /// Adds the bytes of text, json or bytea; nothing for NULL.
    package func append(to array: inout [UInt8]) {
        if let bytes { array.append(contentsOf: bytes) }
    }

    /// Of a uuid.
    package var words: (high: UInt64, low: UInt64) {
        let bytes = present
        precondition(bytes.count == 16, "a uuid has 16 bytes")
        return (
            UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
    }

    /// Of a text[] of one dimension without NULLs.
    package var strings: [String] {
        var reader = ByteReader(bytes: present)
        let dimensions = reader.integer()
        _ = reader.integer()  // Whether there are nulls.
        _ = reader.integer()  // Element type.
        if dimensions == 0 { return [] }
        precondition(dimensions == 1, "an array has one dimension")
        let count = reader.integer()
        _ = reader.integer()  // Lower bound.
        return (0..<count).map { _ in
            guard let element = reader.sized() else { preconditionFailure("an array without NULLs had one") }
            return String(decoding: element, as: UTF8.self)
        }
    }
}

/// Walks over bytes as PostgreSQL sends them.
struct ByteReader {
    let bytes: UnsafeRawBufferPointer
    var offset = 0

    mutating func integer() -> Int32 {
        defer { offset += 4 }
        return Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    }

    mutating func short() -> Int16 {
        defer { offset += 2 }
        return Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int16.self))
    }

    /// A length and as many bytes; nil for a length of -1.
    mutating func sized() -> UnsafeRawBufferPointer? {
        let length = Int(integer())
        if length < 0 { return nil }
        defer { offset += length }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
    }
}

extension ByteReader {
    /// Source: PostgreSQL's documentation of COPY, "Binary Format": signature, flags, length of an extension.
    mutating func skipCopyHeader() {
        offset = 15
        offset += Int(integer())
    }

    /// The end of the data stands in the place of a row's number of fields.
    var isAtCopyTrailer: Bool {
        var copy = self
        return copy.short() == -1
    }
}
