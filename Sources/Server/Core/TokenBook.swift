import Crypto
import Routing

/// The tokens, by id and by what they hash to. The secret itself is shown once and never kept.
package struct TokenBook {
    private(set) var records: [TokenRecord] = []
    private var byDigest: [[UInt8]: Int] = [:]

    init(_ records: [TokenRecord] = []) {
        for record in records.sorted(by: { $0.id < $1.id }) { add(record) }
    }

    var nextID: Int32 { (records.last?.id ?? 0) + 1 }

    mutating func add(_ record: TokenRecord) {
        byDigest[record.digest] = records.count
        records.append(record)
    }

    func find(secret: some Sequence<UInt8>, at now: Instant) -> TokenRecord? {
        guard let record = byDigest[Self.digest(of: secret)].map({ records[$0] }) else { return nil }
        return Self.isValid(record, at: now) ? record : nil
    }

    func token(_ id: Int32) -> TokenRecord? { records.first { $0.id == id } }

    mutating func revoke(_ id: Int32, at now: Instant) -> TokenRecord? {
        guard let index = records.firstIndex(where: { $0.id == id }) else { return nil }
        if records[index].revokedAt == nil { records[index].revokedAt = now }
        return records[index]
    }

    static func isValid(_ record: TokenRecord, at now: Instant) -> Bool {
        record.revokedAt == nil && (record.expiresAt.map { now < $0 } ?? true)
    }

    package static func digest(of secret: some Sequence<UInt8>) -> [UInt8] {
        Array(SHA256.hash(data: Array(secret)))
    }

    /// A new secret: 256 random bits in hexadecimal digits behind a prefix by which leaked ones can be found.
    package static func makeSecret() -> String {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        let digits = Array("0123456789abcdef".utf8)
        var text = Array("sbt_".utf8)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Digests of idempotency keys and of the requests that carry them.
enum KeyDigest {
    static func fingerprint(source: Int32, key: ArraySlice<UInt8>) -> Digest128 {
        var hash = SHA256()
        withUnsafeBytes(of: source.bigEndian) { hash.update(bufferPointer: $0) }
        hash.update(data: Array(key))
        return fold(hash.finalize())
    }

    static func request(_ canonical: [UInt8]) -> Digest128 { fold(SHA256.hash(data: canonical)) }

    private static func fold(_ digest: SHA256.Digest) -> Digest128 {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in digest.prefix(16).enumerated() {
            if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
        }
        return Digest128(high: high, low: low)
    }
}
