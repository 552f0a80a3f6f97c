import LineProtocol

extension Request {
    /// The field's bytes; nil if it is not there or clears.
    func value(_ key: FieldKey) -> ArraySlice<UInt8>? {
        guard let value = text(key), !value.isEmpty else { return nil }
        return value
    }

    /// The field's text; nil if it is not there or clears.
    func word(_ key: FieldKey) -> String? { value(key).map { String(decoding: $0, as: UTF8.self) } }
}
