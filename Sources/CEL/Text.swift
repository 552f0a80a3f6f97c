/// Strings as CEL sees them: sequences of code points, which compare and order as their UTF-8 bytes do.
///
/// Swift's own `==` holds two spellings of one character (NFC and NFD) for equal. CEL does not.
enum Text {
    /// Lends the UTF-8 bytes of a string. Copies none of a native string.
    static func withBytes<Result>(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = text.utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(text.utf8).withUnsafeBufferPointer(body)
    }

    static func areEqual(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        return withBytes(of: left) { left in
            withBytes(of: right) { right in left.elementsEqual(right) }
        }
    }

    static func isOrderedBefore(_ left: String, _ right: String) -> Bool {
        withBytes(of: left) { left in
            withBytes(of: right) { right in left.lexicographicallyPrecedes(right) }
        }
    }

    static func codePointCount(_ text: String) -> Int {
        withBytes(of: text) { bytes in
            var count = 0
            for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
            return count
        }
    }

    static func hasPrefix(_ text: String, _ prefix: String) -> Bool {
        guard text.utf8.count >= prefix.utf8.count else { return false }
        return withBytes(of: text) { text in
            withBytes(of: prefix) { prefix in text.prefix(prefix.count).elementsEqual(prefix) }
        }
    }

    static func hasSuffix(_ text: String, _ suffix: String) -> Bool {
        guard text.utf8.count >= suffix.utf8.count else { return false }
        return withBytes(of: text) { text in
            withBytes(of: suffix) { suffix in text.suffix(suffix.count).elementsEqual(suffix) }
        }
    }

    /// Whether `part` occurs in `text`. O(bytes of both) whatever they hold.
    static func contains(_ text: String, _ part: String) -> Bool {
        withBytes(of: text) { text in
            withBytes(of: part) { part in
                part.count <= directSearchBytesMax ? searchDirectly(text, part) : searchWithTable(text, part)
            }
        }
    }

    /// Up to this length of the part, trying every place is faster than making a table.
    private static let directSearchBytesMax = 8

    private static func searchDirectly(_ text: UnsafeBufferPointer<UInt8>, _ part: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = part.first else { return true }
        guard text.count >= part.count else { return false }
        for start in 0...text.count - part.count where text[start] == first {
            var matched = 1
            while matched < part.count, text[start + matched] == part[matched] { matched += 1 }
            if matched == part.count { return true }
        }
        return false
    }

    /// Source: Knuth, Morris, Pratt, "Fast pattern matching in strings", 1977.
    private static func searchWithTable(
        _ text: UnsafeBufferPointer<UInt8>, _ part: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        // For each place of the part: how long a beginning of it ends there.
        var borders = Array(repeating: 0, count: part.count)
        var border = 0
        for index in 1..<part.count {
            while border > 0, part[index] != part[border] { border = borders[border - 1] }
            if part[index] == part[border] { border += 1 }
            borders[index] = border
        }
        var matched = 0
        for byte in text {
            while matched > 0, byte != part[matched] { matched = borders[matched - 1] }
            if byte == part[matched] { matched += 1 }
            if matched == part.count { return true }
        }
        return false
    }
}
