import Routing
import Testing

@testable import Server

@Suite("Tokens")
struct TokenBookTests {
    private let now = Instant(microseconds: 1_000_000_000)

    private func record(_ id: Int32, _ secret: String, expires: Instant? = nil) -> TokenRecord {
        TokenRecord(
            id: id, role: .upstream, agent: "", name: "", teams: [], digest: TokenBook.digest(of: secret.utf8),
            createdAt: now, expiresAt: expires, revokedAt: nil)
    }

    @Test("a token is found by its secret, and by nothing else")
    func find() {
        let book = TokenBook([record(2, "two"), record(1, "one")])
        #expect(book.find(secret: "two".utf8, at: now)?.id == 2)
        #expect(book.find(secret: "tw".utf8, at: now) == nil)
        #expect(book.find(secret: TokenBook.digest(of: "two".utf8), at: now) == nil)
        #expect(book.nextID == 3)
    }

    @Test("an expired token is not found from its last moment on")
    func expiry() {
        let book = TokenBook([record(1, "one", expires: now + .seconds(1))])
        #expect(book.find(secret: "one".utf8, at: now + .milliseconds(999)) != nil)
        #expect(book.find(secret: "one".utf8, at: now + .seconds(1)) == nil)
    }

    @Test("a revoked token is not found, and its time of revocation stays the first")
    func revoke() {
        var book = TokenBook([record(1, "one")])
        let first = book.revoke(1, at: now)
        let again = book.revoke(1, at: now + .seconds(1))
        let unknown = book.revoke(2, at: now)
        #expect(first?.revokedAt == now)
        #expect(again?.revokedAt == now)
        #expect(unknown == nil)
        #expect(book.find(secret: "one".utf8, at: now) == nil)
    }

    @Test("two secrets are never equal, and are long enough")
    func secrets() {
        let secrets = (0..<100).map { _ in TokenBook.makeSecret() }
        #expect(Set(secrets).count == 100)
        #expect(secrets.allSatisfy { $0.utf8.count == 68 && $0.hasPrefix("sbt_") })
    }

    @Test("a key's fingerprint differs by source and by key; SHA-256 of the empty text is the known one")
    func fingerprints() {
        let key = ArraySlice("order-1".utf8)
        #expect(KeyDigest.fingerprint(source: 1, key: key) == KeyDigest.fingerprint(source: 1, key: key))
        #expect(KeyDigest.fingerprint(source: 1, key: key) != KeyDigest.fingerprint(source: 2, key: key))
        #expect(KeyDigest.fingerprint(source: 1, key: key) != KeyDigest.fingerprint(source: 1, key: key.dropLast()))
        // Source: FIPS 180-4 test vector, first 128 bits of e3b0c442 98fc1c14 9afbf4c8 996fb924 …
        #expect(KeyDigest.request([]) == Digest128(high: 0xe3b0_c442_98fc_1c14, low: 0x9afb_f4c8_996f_b924))
    }
}
