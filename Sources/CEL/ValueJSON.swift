extension Value {
    /// The value as JSON text.
    ///
    /// Timestamps, durations and types are strings as `string()` and `type()` name them, bytes are base64 (RFC 4648
    /// section 4), doubles that are no number are the strings `NaN`, `Infinity` and `-Infinity`, keys of maps are
    /// strings. Entries of maps keep their order. Nil if the text would be longer than allowed, or the value nests deeper
    /// than `EvaluationLimits.valueDepthMax`: values share their parts, so that a short expression can make an endless text.
    package func json(bytesMax: Int) -> String? {
        var writer = JSONWriter(bytesMax: bytesMax)
        return writer.write(self, depth: 0) ? String(decoding: writer.bytes, as: UTF8.self) : nil
    }
}

private struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    let bytesMax: Int

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// Whether it fitted.
    mutating func write(_ value: Value, depth: Int) -> Bool {
        switch value {
        case .null: append("null")
        case .bool(let bool): append(bool ? "true" : "false")
        case .int(let int): append(String(int))
        case .uint(let uint): append(String(uint))
        case .double(let double): double.isFinite ? append(double.description) : quote(NumberText.text(double))
        case .string(let string): quote(string)
        case .bytes(let bytes): bytes.count > bytesMax ? false : quote(base64(bytes))
        case .timestamp(let timestamp): quote(timestamp.text)
        case .duration(let duration): quote(DurationText.text(duration))
        case .type(let kind): quote(kind.name)
        case .list(let list): write(list, depth: depth + 1)
        case .map(let map): write(map, depth: depth + 1)
        }
    }

    private mutating func write(_ list: [Value], depth: Int) -> Bool {
        guard depth <= EvaluationLimits.valueDepthMax, append("[") else { return false }
        for (index, element) in list.enumerated() {
            guard index == 0 || append(","), write(element, depth: depth) else { return false }
        }
        return append("]")
    }

    private mutating func write(_ map: MapValue, depth: Int) -> Bool {
        guard depth <= EvaluationLimits.valueDepthMax, append("{") else { return false }
        for (index, entry) in map.entries.enumerated() {
            guard index == 0 || append(","), writeKey(entry.key), append(":"), write(entry.value, depth: depth) else {
                return false
            }
        }
        return append("}")
    }

    private mutating func writeKey(_ key: Value) -> Bool {
        switch key {
        case .bool(let bool): quote(bool ? "true" : "false")
        case .int(let int): quote(String(int))
        case .uint(let uint): quote(String(uint))
        case .string(let string): quote(string)
        case .null, .double, .bytes, .timestamp, .duration, .list, .map, .type: false
        }
    }

    private mutating func append(_ text: String) -> Bool {
        bytes.append(contentsOf: text.utf8)
        return bytes.count <= bytesMax
    }

    private mutating func quote(_ text: String) -> Bool {
        guard text.utf8.count <= bytesMax else { return false }
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
            case UInt8(ascii: "\r"): bytes += Array("\\r".utf8)
            case UInt8(ascii: "\t"): bytes += Array("\\t".utf8)
            case 0..<0x20, 0x7F: bytes += Array("\\u00".utf8) + [hexDigit(byte >> 4), hexDigit(byte & 0xF)]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return bytes.count <= bytesMax
    }

    private func hexDigit(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }

    private func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var encoded: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let digit = alphabet[Int(bits >> UInt32(18 - 6 * place) & 0x3F)]
                encoded.append(place <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
