import Plan
import TestSupport
import Testing

/// Who has which right, and for how long (PROTOCOL §6).
@Suite("Tokens", .blocking)
struct TokenTests {
    @Test("a secret is shown once; the list and the database know its digest only")
    func secrets() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            let made = try admin.ok("TOKEN CREATE role=supervisor name=\"the lead\" teams=seoul,busan")
            #expect(made.text.hasPrefix("OK id=2 role=supervisor name=\"the lead\" teams="))
            let secret = try #require(made["token"])
            let list = try admin.rows("TOKEN LIST")
            #expect(list.compactMap { $0["id"] } == ["1", "2"])
            #expect(list.allSatisfy { !$0.text.contains(secret) && $0["token"] == nil })
            let stored = try daemon.site.sql(
                "SELECT encode(digest, 'hex') || coalesce(name, '') FROM switchboard.token ORDER BY id")
            #expect(stored.count == 2)
            #expect(stored.allSatisfy { $0[0]?.contains(secret.dropFirst(4)) == false })
        }
    }

    @Test("REVOKE closes the token's sessions and refuses it from then on, also after a restart")
    func revoke() async throws {
        try await DaemonUnderTest.withSite { site in
            let (token, agentToken) = try await DaemonUnderTest.start(at: site).use { daemon in
                let admin = try daemon.admin()
                let token = try daemon.token("role=upstream")
                let (one, two) = (try daemon.session(token), try daemon.session(token))
                let other = try daemon.upstream()
                let revoked = try admin.ok("TOKEN REVOKE 2")
                #expect(revoked["id"] == "2" && revoked["revoked"] != nil)
                for peer in [one, two] { #expect(try peer.readToEnd().isEmpty) }
                try other.ok("PING")
                try daemon.stranger().refused("HELLO version=1 token=\(token)", "unauthorized")
                try admin.ok("TOKEN REVOKE 2")
                try admin.refused("TOKEN REVOKE 99", "not_found")
                try admin.refused("TOKEN REVOKE x", "bad_argument", field: "id")

                // An agent's session goes the way of a lost connection.
                try admin.ok("AGENT PUT kim")
                let agentToken = try daemon.token("role=agent agent=kim")
                let kim = try daemon.session(agentToken)
                try kim.ok("READY")
                let chat = try other.submit()
                try kim.expectEvent("offered", inquiry: chat)
                try admin.ok("TOKEN REVOKE 4")
                _ = try kim.readToEnd()
                #expect(try admin.ok("AGENT GET kim")["connected"] == "false")
                #expect(try other.ok("GET \(chat)")["state"] == "waiting")
                return (token, agentToken)
            }
            try await DaemonUnderTest.start(at: site).use { daemon in
                for token in [token, agentToken] {
                    try daemon.stranger().refused("HELLO version=1 token=\(token)", "unauthorized")
                }
                #expect(try daemon.admin().rows("TOKEN LIST").compactMap { $0["revoked"] }.count == 2)
            }
        }
    }

    @Test("whoever revokes its own token is answered first")
    func revokeOneself() async throws {
        try await DaemonUnderTest.with { daemon in
            let peer = try daemon.session(daemon.token("role=admin"))
            try peer.ok("TOKEN REVOKE 2")
            #expect(try peer.readToEnd().isEmpty)
        }
    }

    @Test("an expired token is refused, and its sessions are closed")
    func expires() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            let peer = try daemon.session(daemon.token("role=upstream expires=+900ms"))
            try peer.ok("SUBMIT channel=chat")
            #expect(try peer.readToEnd(patience: .seconds(10)).isEmpty)
            try admin.refused(
                "TOKEN CREATE role=upstream expires=2020-01-01T00:00:00Z", "bad_argument", field: "expires")
            try admin.refused("TOKEN CREATE role=upstream expires=soon", "bad_argument", field: "expires")
            let far = try admin.ok("TOKEN CREATE role=upstream expires=2199-01-01T00:00:00+09:00")
            #expect(far["expires"] == "2198-12-31T15:00:00.000Z")
            try daemon.session(#require(far["token"])).ok("PING")
        }
    }

    @Test("roles and teams that make no sense are refused")
    func nonsense() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            try admin.refused("TOKEN CREATE", "bad_argument", field: "role")
            try admin.refused("TOKEN CREATE role=king", "bad_argument", field: "role")
            try admin.refused("TOKEN CREATE role=upstream teams=seoul", "bad_argument", field: "teams")
            #expect(try admin.rows("TOKEN LIST").count == 1)
        }
    }
}
