package import CEL
package import LineProtocol

/// Makes values of JSON that was checked before, such as the attributes of a request. Texts become NFC.
///
/// Recurses as deep as the JSON nests, which is at most `LineProtocol.Limits.jsonDepth`. Cost: linear.
package struct JSONValueReader {
    private let bytes: ArraySlice<UInt8>
    private var index: Int

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    /// The value of compact, valid JSON. Nil if it is none.
    package static func value(ofCompact json: ArraySlice<UInt8>) -> Value? {
        var reader = JSONValueReader(json)
        guard let value = reader.value(depth: 1), reader.index == json.endIndex else { return nil }
        return value
    }

    /// The value of any JSON text.
    ///
    /// - Throws: what is wrong with it.
    package static func value(of json: [UInt8]) throws(JSONFault) -> Value {
        let compact = try JSONText.compact(json.span)
        guard let value = value(ofCompact: compact[...]) else { preconditionFailure("compact JSON is a value") }
        return value
    }

    private var current: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard let current, UInt32(current) == byte.value else { return false }
        index += 1
        return true
    }

    private mutating func value(depth: Int) -> Value? {
        guard depth <= LineProtocol.Limits.jsonDepth + 1, let current else { return nil }
        switch current {
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return list(depth: depth)
        case UInt8(ascii: "t"): return word("true", .bool(true))
        case UInt8(ascii: "f"): return word("false", .bool(false))
        case UInt8(ascii: "n"): return word("null", .null)
        default: return number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: Value) -> Value? {
        guard bytes.endIndex - index >= word.utf8CodeUnitCount else { return nil }
        index += word.utf8CodeUnitCount
        return value
    }

    private mutating func number() -> Value? {
        let start = index
        while let byte = current, Self.isOfNumber(byte) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        // A number that no double holds is as far out as it gets.
        return Value(jsonNumber: text) ?? Double(text).map { .double($0) }
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private mutating func string() -> String? {
        index += 1
        let start = index
        var isEscaped = false
        while let byte = current, byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                index += 1
            }
            index += 1
        }
        guard index < bytes.endIndex else { return nil }
        let content = bytes[start..<index]
        index += 1
        return normalizedName(
            isEscaped ? JSONText.unescaped(content) : String(decoding: content, as: UTF8.self))
    }

    private mutating func list(depth: Int) -> Value? {
        index += 1
        var items: [Value] = []
        if take("]") { return .list(items) }
        repeat {
            guard let item = value(depth: depth + 1) else { return nil }
            items.append(item)
        } while take(",")
        return take("]") ? .list(items) : nil
    }

    /// Of two keys that are one in NFC, the first counts.
    private mutating func object(depth: Int) -> Value? {
        index += 1
        var map = MapValue()
        if take("}") { return .map(map) }
        repeat {
            guard current == UInt8(ascii: "\""), let key = string(), take(":"), let value = value(depth: depth + 1)
            else { return nil }
            _ = map.insert(.string(key), value)
        } while take(",")
        return take("}") ? .map(map) : nil
    }
}
