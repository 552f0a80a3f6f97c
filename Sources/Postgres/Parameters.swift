/// What a parameter's array is made of.
package enum ElementType: UInt32, Sendable {
    case bool = 16
    case bytea = 17
    case bigint = 20
    case smallint = 21
    case integer = 23
    case text = 25
    case json = 114
    case timestamptz = 1184
    case uuid = 2950
    case jsonb = 3802
}

/// The parameters of one statement in PostgreSQL's binary format, in one buffer that is reused from batch to batch.
///
/// Scalars are added one by one; an array is opened, filled and closed:
/// `openArray(of: .bigint)`, `append(17)`, `appendNull()`, `closeArray()`.
/// Source: the binary formats are those of array_recv, int8recv, timestamptz_recv … in PostgreSQL's backend/utils/adt.
package struct Parameters: Sendable {
    /// PostgreSQL counts microseconds from 2000-01-01, Switchboard from 1970-01-01.
    static let epochMicroseconds: Int64 = 946_684_800_000_000

    package private(set) var bytes: [UInt8] = []
    /// Where each parameter begins in `bytes`, and its length; a length of -1 is NULL.
    package private(set) var ranges: [(start: Int, length: Int32)] = []

    private var arrayStart = 0
    private var elementCount: Int32 = 0
    private var nullCount: Int32 = 0

    package init() {}

    package var count: Int { ranges.count }

    /// Forgets all parameters and keeps the memory.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ranges.removeAll(keepingCapacity: true)
    }

    // MARK: Scalars

    package mutating func add(_ value: Int64) { addScalar { $0.put(value) } }
    package mutating func add(_ value: Int32) { addScalar { $0.put(value) } }
    package mutating func add(_ value: Int16) { addScalar { $0.put(value) } }
    package mutating func add(_ value: Double) { addScalar { $0.put(value.bitPattern) } }
    package mutating func add(_ value: Bool) { addScalar { $0.bytes.append(value ? 1 : 0) } }
    package mutating func add(_ value: String) { addScalar { $0.bytes.append(contentsOf: value.utf8) } }
    package mutating func add(bytes value: [UInt8]) { addScalar { $0.bytes.append(contentsOf: value) } }
    /// A timestamptz, from microseconds since 1970.
    package mutating func add(timestamp microseconds: Int64) {
        addScalar { $0.put(microseconds &- Self.epochMicroseconds) }
    }
    /// An interval of real time.
    package mutating func add(interval microseconds: Int64) {
        addScalar {
            $0.put(microseconds)
            $0.put(0 as Int64)  // Days and months.
        }
    }
    package mutating func addNull() { ranges.append((bytes.count, -1)) }

    private mutating func addScalar(_ write: (inout Parameters) -> Void) {
        let start = bytes.count
        write(&self)
        ranges.append((start, Int32(bytes.count - start)))
    }

    // MARK: Arrays

    package mutating func openArray(of type: ElementType) {
        arrayStart = bytes.count
        elementCount = 0
        nullCount = 0
        put(1 as Int32)  // Dimensions.
        put(0 as Int32)  // Whether there are nulls; set by `closeArray`.
        put(type.rawValue)
        put(0 as Int32)  // Length; set by `closeArray`.
        put(1 as Int32)  // Lower bound.
    }

    package mutating func append(_ value: Int64) {
        beginElement(length: 8)
        put(value)
    }

    package mutating func append(_ value: Int32) {
        beginElement(length: 4)
        put(value)
    }

    package mutating func append(_ value: Int16) {
        beginElement(length: 2)
        put(value)
    }

    package mutating func append(_ value: Bool) {
        beginElement(length: 1)
        bytes.append(value ? 1 : 0)
    }

    package mutating func append(_ value: String) {
        let utf8 = value.utf8
        beginElement(length: utf8.count)
        bytes.append(contentsOf: utf8)
    }

    /// Text, json or bytea.
    package mutating func append(bytes value: [UInt8]) {
        beginElement(length: value.count)
        bytes.append(contentsOf: value)
    }

    package mutating func append(bytes value: UnsafeBufferPointer<UInt8>) {
        beginElement(length: value.count)
        bytes.append(contentsOf: value)
    }

    package mutating func append(bytes value: ArraySlice<UInt8>) {
        beginElement(length: value.count)
        bytes.append(contentsOf: value)
    }

    /// A jsonb, from its text.
    package mutating func append(jsonb value: [UInt8]) {
        beginElement(length: value.count + 1)
        bytes.append(1)  // Version of the format.
        bytes.append(contentsOf: value)
    }

    /// A timestamptz, from microseconds since 1970.
    package mutating func append(timestamp microseconds: Int64) {
        beginElement(length: 8)
        put(microseconds &- Self.epochMicroseconds)
    }

    /// A uuid, or 16 bytes of bytea.
    package mutating func append(high: UInt64, low: UInt64) {
        beginElement(length: 16)
        put(high)
        put(low)
    }

    package mutating func appendNull() {
        elementCount += 1
        nullCount += 1
        put(-1 as Int32)
    }

    package mutating func closeArray() {
        if elementCount == 0 {
            setInteger(0, at: arrayStart)
            bytes.removeLast(8)  // An array without a dimension has neither length nor bound.
        } else {
            setInteger(nullCount > 0 ? 1 : 0, at: arrayStart + 4)
            setInteger(elementCount, at: arrayStart + 12)
        }
        ranges.append((arrayStart, Int32(bytes.count - arrayStart)))
    }

    /// Closes an array that is one of several arguments of one `unnest`: that fills shorter arrays up with NULL, so one
    /// that holds nothing else is sent empty.
    package mutating func closeColumn() {
        if nullCount == elementCount {
            bytes.removeLast(4 * Int(elementCount))
            elementCount = 0
        }
        closeArray()
    }

    private mutating func beginElement(length: Int) {
        elementCount += 1
        put(Int32(length))
    }

    // MARK: Bytes

    private mutating func put(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func setInteger(_ value: Int32, at offset: Int) {
        withUnsafeBytes(of: value.bigEndian) { source in
            for index in 0..<4 { bytes[offset + index] = source[index] }
        }
    }
}
