import Foundation
import LineProtocol
import Plan
import TestSupport
import Testing

/// Who may come in, and as whom (PROTOCOL §3).
@Suite("HELLO", .blocking)
struct HelloTests {
    @Test("before HELLO, TCP answers PING, HELP and QUIT and nothing else")
    func beforeHello() async throws {
        try await DaemonUnderTest.with { daemon in
            let peer = try daemon.stranger()
            for spec in VerbTable.all where !spec.beforeHello && spec.verb != .hello {
                try peer.refused(Sample.request(spec.verb), "unauthorized")
            }
            let pong = try peer.ok("PING")
            #expect(pong["status"] == "serving" && pong["time"] != nil)
            let verbs = try peer.rows("HELP").compactMap { $0["verb"] }
            #expect(verbs == VerbTable.all.filter(\.beforeHello).map(\.words))
            #expect(try peer.rows("HELP submit").first?["usage"]?.hasPrefix("SUBMIT channel=") == true)
            try peer.refused("HELP delegate", "not_found")
            try peer.ok("QUIT")
            #expect(try peer.readToEnd().isEmpty)
        }
    }

    @Test("HELLO tells role, server and session, and can be said once")
    func hello() async throws {
        try await DaemonUnderTest.with { daemon in
            let peer = try daemon.stranger()
            let answer = try peer.ok("#h HELLO version=1 token=\(try daemon.token("role=upstream"))")
            #expect(answer.tag == "#h" && answer["version"] == "1" && answer["role"] == "upstream")
            #expect(answer["server"] != nil && answer["session"] != nil && answer["agent"] == nil)
            try peer.refused("HELLO version=1 token=x", "conflict")
            try peer.ok("SUBMIT channel=chat")

            let other = try daemon.stranger()
            try other.refused("HELLO version=2 token=x", "bad_argument", field: "version")
            try other.refused("HELLO version=1", "bad_argument", field: "token")
        }
    }

    @Test("a wrong token is told late, and the fifth closes")
    func wrongToken() async throws {
        try await DaemonUnderTest.with { daemon in
            let peer = try daemon.stranger()
            let started = ContinuousClock.now
            // All at once: one is looked at after the other.
            try peer.send((1...6).map { "#\($0) HELLO version=1 token=guess-\($0)" })
            for number in 1...5 {
                let line = try #require(try peer.answer().last)
                #expect(line.tag == "#\(number)" && line.code == "unauthorized")
            }
            #expect(ContinuousClock.now - started > .seconds(2))
            #expect(try peer.readToEnd().isEmpty)

            // A good one after four bad ones comes in.
            let other = try daemon.stranger()
            let token = try daemon.token("role=upstream")
            for _ in 1...4 { try other.refused("HELLO version=1 token=\(token)x", "unauthorized") }
            try other.ok("HELLO version=1 token=\(token)")
        }
    }

    @Test("a token made for an agent binds to it, and to no other")
    func agentToken() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            for name in ["kim", "lee"] { try admin.ok("AGENT PUT \(name)") }
            let token = try daemon.token("role=agent agent=kim")
            #expect(try daemon.stranger().ok("HELLO version=1 token=\(token)")["agent"] == "kim")
            #expect(try daemon.stranger().ok("HELLO version=1 token=\(token) agent=kim")["agent"] == "kim")
            try daemon.stranger().refused("HELLO version=1 token=\(token) agent=lee", "forbidden")
            try admin.refused("TOKEN CREATE role=agent", "bad_argument", field: "agent")
            try admin.refused("TOKEN CREATE role=upstream agent=kim", "bad_argument", field: "agent")
            try admin.refused("TOKEN CREATE role=agent agent=nobody", "not_found", field: "agent")
        }
    }

    @Test("agent= binds sessions of admin, gateway and the team's supervisor")
    func binding() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            try admin.ok("AGENT PUT kim team=seoul")
            for role in ["role=admin", "role=gateway", "role=supervisor", "role=supervisor teams=busan,seoul"] {
                let peer = try daemon.session(daemon.token(role), "agent=kim")
                #expect(try peer.ok("READY")["agent"] == "kim")
            }
            for role in ["role=upstream", "role=supervisor teams=busan"] {
                try daemon.stranger().refused(
                    "HELLO version=1 token=\(daemon.token(role)) agent=kim", "forbidden", field: "agent")
            }
            try daemon.stranger().refused(
                "HELLO version=1 token=\(daemon.token("role=admin")) agent=nobody", "not_found", field: "agent")
        }
    }

    @Test("the owner of the daemon is admin on the Unix socket, and submits as token 1")
    func unixSocket() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            let chat = try admin.submit()
            #expect(try admin.ok("GET \(chat)")["source"] == "1")
            // The first token is in the folder, for its owner's eyes only.
            let file = daemon.site.folder + "/admin.token"
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let secret = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(
                in: .whitespacesAndNewlines)
            let peer = try daemon.session(secret)
            #expect(try peer.ok("GET \(chat)")["source"] == "1")
            #expect(try peer.rows("TOKEN LIST").map { $0["id"] } == ["1"])
            // HELLO on the Unix socket makes it another's session.
            let shop = try daemon.admin()
            #expect(try shop.ok("HELLO version=1 token=\(daemon.token("role=upstream"))")["role"] == "upstream")
            try shop.refused("INFO", "forbidden")
        }
    }

    @Test("others than owner and root must say HELLO on the Unix socket", .enabled(if: getuid() == 0))
    func unixSocketOfOthers() async throws {
        try await DaemonUnderTest.with { daemon in
            chmod(daemon.site.folder, 0o711)
            let script =
                "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('\(daemon.socketPath)')\n"
                + "s.sendall(b'INFO\\n')\nprint(s.makefile().readline())"
            // Whatever speaks to a Unix socket will do: nc here, Python where there is no nc.
            let command =
                "command -v nc > /dev/null && exec sh -c \"echo INFO | nc -N -U '\(daemon.socketPath)'\" || "
                + "exec python3 -c \"\(script)\""
            let said = try run(
                "/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "/bin/sh", "-c", command])
            #expect(said.hasPrefix("ERR unauthorized"))
        }
    }

    @Test("every verb is for its roles and for no others", arguments: RoleSet.all.names)
    func roles(_ role: String) async throws {
        try await DaemonUnderTest.with { daemon in
            try daemon.admin().ok("AGENT PUT kim")
            let token = try daemon.token(role == "agent" ? "role=agent agent=kim" : "role=\(role)")
            let peer = try daemon.session(token)
            for spec in VerbTable.all where spec.verb != .quit {
                let line = try #require(try peer.ask(Sample.request(spec.verb)).last)
                let isAllowed = Sample.roles(spec.verb).contains(role)
                #expect((line.code != "forbidden") == isAllowed, "\(spec.words) by \(role): \(line)")
                #expect(line.code != "unauthorized" && line.code != "internal", "\(spec.words) by \(role): \(line)")
                // What HELP says of a verb is what happens.
                let isListed = try peer.rows("HELP \(spec.words)").first?["roles"]?.contains(role)
                #expect(isListed == isAllowed, "HELP \(spec.words)")
                _ = try peer.takeEvents()
            }
            let listed = try peer.rows("HELP").compactMap { $0["verb"] }
            #expect(listed == VerbTable.all.filter { Sample.roles($0.verb).contains(role) }.map(\.words))
            try peer.ok("QUIT")
        }
    }

    @Test("without HELLO a connection lives 30 s, a bound agent's without a line 60 s, also if bytes drip in")
    func silence() async throws {
        // Not in line with the others: it only waits.
        let site = try await Site.make()
        defer { site.removeFolder() }
        try await DaemonUnderTest.start(at: site).use { daemon in
            // The daemon counts from a moment between these two, however long the opening takes: nobody is gone
            // before its time after the first, nor long after its time after the second.
            let began = ContinuousClock.now
            let (stranger, drippingStranger) = (try daemon.stranger(), try daemon.stranger())
            let (kim, lee) = (try daemon.agent("kim"), try daemon.agent("lee"))
            let (admin, shop) = (try daemon.admin(), try daemon.upstream())
            let park = try daemon.agent("park")
            let opened = ContinuousClock.now
            // Saying PING does not help whoever does not say who they are, nor does half a line.
            try stranger.ok("PING")
            // The daemon's silence towards a dripping peer is the clock: a second of it, then the next byte.
            func drip(_ peer: LinePeer, _ others: LinePeer...) throws {
                while try peer.staysSilent(for: .seconds(1)) {
                    for peer in [peer] + others { try? peer.write([UInt8(ascii: "x")]) }
                    try park.ok("PING")
                    guard ContinuousClock.now - opened < .seconds(90) else { throw PeerError("it is still open") }
                }
                #expect(try peer.readToEnd().isEmpty)
            }
            try drip(drippingStranger, lee)
            #expect(ContinuousClock.now - began >= .seconds(30) && ContinuousClock.now - opened <= .seconds(45))
            #expect(try stranger.readToEnd(patience: .seconds(5)).isEmpty)
            try drip(lee)
            #expect(ContinuousClock.now - began >= .seconds(60) && ContinuousClock.now - opened <= .seconds(75))
            #expect(try kim.readToEnd(patience: .seconds(5)).isEmpty)
            for peer in [admin, shop, park] { try peer.ok("PING") }
        }
    }
}

/// For each verb a request that is well formed, and whose it is by PROTOCOL §4 to §6 (read there, not in the table).
enum Sample {
    static func request(_ verb: Verb) -> String {
        switch verb {
        case .hello: "HELLO version=1 token=none"
        case .ping: "PING"
        case .help: "HELP"
        case .quit: "QUIT"
        case .submit: "SUBMIT channel=chat"
        case .get: "GET 1"
        case .update: "UPDATE 1 priority=1"
        case .message: "MESSAGE 1 from=agent"
        case .rate: "RATE 1 csat=5"
        case .abandon: "ABANDON 1"
        case .cancel: "CANCEL 1"
        case .ready: "READY"
        case .away: "AWAY"
        case .offline: "OFFLINE"
        case .mine: "MINE"
        case .accept: "ACCEPT 1"
        case .decline: "DECLINE 1"
        case .hold: "HOLD 1"
        case .resume: "RESUME 1"
        case .complete: "COMPLETE 1"
        case .wrapped: "WRAPPED 1"
        case .transfer: "TRANSFER 1 queue=default"
        case .next: "NEXT"
        case .agentPut: "AGENT PUT lee"
        case .agentGet: "AGENT GET kim"
        case .agentDelete: "AGENT DELETE nobody"
        case .agents: "AGENTS"
        case .agentsPut: "AGENTS PUT body={\"agents\":[]}"
        case .queues: "QUEUES"
        case .inquiries: "INQUIRIES"
        case .stats: "STATS"
        case .explain: "EXPLAIN 1"
        case .assign: "ASSIGN 1 agent=kim"
        case .requeue: "REQUEUE 1"
        case .queuePause: "QUEUE PAUSE nowhere"
        case .queueResume: "QUEUE RESUME nowhere"
        case .watch: "WATCH"
        case .unwatch: "UNWATCH"
        case .tokenCreate: "TOKEN CREATE role=upstream"
        case .tokenList: "TOKEN LIST"
        case .tokenRevoke: "TOKEN REVOKE 999"
        case .customerForget: "CUSTOMER FORGET nobody"
        case .drain: "DRAIN off=true"
        case .info: "INFO"
        case .planGet: "PLAN GET"
        case .planCheck: "PLAN CHECK body={}"
        case .planPut: "PLAN PUT body={\"channels\":3}"
        case .planPatch: "PLAN PATCH body={\"channels\":3}"
        case .planHistory: "PLAN HISTORY"
        case .planRollback: "PLAN ROLLBACK version=99"
        }
    }

    static func roles(_ verb: Verb) -> Set<String> {
        switch verb {
        case .hello, .ping, .help, .quit, .get, .message: ["admin", "supervisor", "gateway", "upstream", "agent"]
        case .submit, .update, .rate, .abandon, .cancel: ["admin", "gateway", "upstream"]
        case .ready, .away, .offline, .mine, .accept, .decline, .hold, .resume, .complete, .wrapped, .transfer, .next:
            ["admin", "supervisor", "gateway", "agent"]
        case .agentGet, .agents, .queues, .inquiries, .stats, .explain, .assign, .requeue, .queuePause, .queueResume:
            ["admin", "supervisor"]
        case .watch, .unwatch: ["admin", "supervisor", "gateway", "upstream"]
        case .agentPut, .agentDelete, .agentsPut, .tokenCreate, .tokenList, .tokenRevoke, .customerForget, .drain,
            .info,
            .planGet, .planCheck, .planPut, .planPatch, .planHistory, .planRollback:
            ["admin"]
        }
    }
}
