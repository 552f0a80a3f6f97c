import CLibpq

/// The fields of one row, from left to right; the same for a query's result and for a row of COPY.
///
/// Valid only while the result, or the call that handed it out, is.
package struct RowReader {
    private enum Source {
        case copied(ByteReader)
        case result(OpaquePointer, row: Int32, column: Int32)
    }

    private var source: Source

    /// A row of COPY in binary format.
    init(copied bytes: ByteReader) {
        var bytes = bytes
        _ = bytes.short()  // Number of fields.
        source = .copied(bytes)
    }

    init(result: OpaquePointer, row: Int) {
        source = .result(result, row: Int32(row), column: 0)
    }

    package mutating func next() -> Field {
        switch source {
        case .copied(var reader):
            let bytes = reader.sized()
            source = .copied(reader)
            return Field(bytes: bytes)
        case .result(let result, let row, let column):
            source = .result(result, row: row, column: column + 1)
            return Field(bytes: resultBytes(result, row, column))
        }
    }
}

/// The bytes of one value of a result; nil for NULL.
func resultBytes(_ result: OpaquePointer, _ row: Int32, _ column: Int32) -> UnsafeRawBufferPointer? {
    if PQgetisnull(result, row, column) != 0 { return nil }
    return UnsafeRawBufferPointer(
        start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
}
