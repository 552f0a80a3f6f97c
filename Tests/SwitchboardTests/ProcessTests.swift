import Foundation
import TestSupport
import Testing

/// The daemon as an operator meets it: started twice, stopped, killed, started again.
@Suite("The daemon as a process", .blocking, .serialized)
struct ProcessTests {
    private func withSite(_ body: (Site) async throws -> Void) async throws {
        let site = try await Site.make()
        defer { site.removeFolder() }
        try await body(site)
    }

    @Test("a second daemon on the same folder, port or socket ends at once and says who is there")
    func secondDaemon() async throws {
        try await withSite { site in
            let first = try DaemonProcess.serving(at: site)
            let (other, third) = (try site.sibling(), try site.sibling())
            defer { for site in [other, third] { site.removeFolder() } }
            let tries: [(daemon: DaemonProcess, word: String)] = [
                (try DaemonProcess(at: Site(folder: site.folder, database: other.database)), "\(first.processID)"),
                (try DaemonProcess(at: other, port: first.port), "127.0.0.1:\(first.port)"),
                (try DaemonProcess(at: third, ["--socket", first.socketPath]), first.socketPath),
            ]
            for (daemon, word) in tries {
                #expect(try daemon.waitForExit() == 1)
                #expect(daemon.said.contains(word), "\(daemon.said)")
                // One sentence for people, no stack and no type names.
                #expect(!daemon.said.contains("Error(") && !daemon.said.contains("Fatal"), "\(daemon.said)")
                try first.admin().ok("PING")
                try LinePeer(port: first.port).ok("PING")
            }
            try first.terminate()
        }
    }

    @Test("a database that has run at another speed is refused")
    func otherSpeed() async throws {
        try await withSite { site in
            let first = try DaemonProcess.serving(at: site)
            try first.admin().ok("AGENT PUT kim")
            try first.terminate()
            let second = try DaemonProcess(at: site, ["--clock-speed", "10"])
            #expect(try second.waitForExit() == 1)
            #expect(second.said.contains("speed"), "\(second.said)")
            let third = try DaemonProcess.serving(at: site)
            try third.admin().ok("AGENT GET kim")
            try third.terminate()
        }
    }

    @Test(
        "wrong options end with a word, not with a daemon",
        arguments: [
            (["--listen", "0.0.0.0:0"], "--insecure-listen"), (["--listen", "127.0.0.1:x"], "--listen"),
            (["--clock-speed", "0"], "--clock-speed"), (["--log-level", "loud"], "--log-level"),
        ])
    func wrongOptions(_ options: [String], _ word: String) async throws {
        try await withSite { site in
            let daemon = try DaemonProcess(at: site, options)
            #expect(try daemon.waitForExit() != 0)
            #expect(daemon.said.contains(word), "\(daemon.said)")
        }
    }

    @Test("SIGTERM answers what was taken in, takes nothing more, and ends with 0 in time")
    func sigterm() async throws {
        try await withSite { site in
            let daemon = try DaemonProcess.serving(at: site)
            let token = try daemon.token("role=upstream")
            let peers = try (0..<4).map { _ in try daemon.session(token) }
            for (index, peer) in peers.enumerated() {
                try peer.send((1...2_000).map { "SUBMIT channel=chat key=p\(index)-\($0)" })
            }
            for peer in peers { #expect(try peer.answer().last?.isOK == true) }
            let asked = ContinuousClock.now
            daemon.kill(SIGTERM)
            var acknowledged = peers.count
            for peer in peers {
                let lines = try peer.readToEnd().map { try Line($0) }
                #expect(lines.count { !$0.isOK } == 0)
                acknowledged += lines.count
            }
            #expect(try daemon.waitForExit() == 0)
            #expect(ContinuousClock.now - asked < .seconds(10))
            // What was committed was told, and what was told was committed.
            #expect(try site.number("SELECT count(*) FROM switchboard.all_inquiry") == acknowledged)
        }
    }

    @Test("work that is under way stays in the rows when the daemon is stopped, and goes on")
    func liveWorkStays() async throws {
        try await withSite { site in
            var daemon = try DaemonProcess.serving(at: site)
            let admin = try daemon.admin()
            try admin.ok("AGENT PUT kim")
            let (shopToken, kimToken) = (try daemon.token("role=upstream"), try daemon.token("role=agent agent=kim"))
            let shop = try daemon.session(shopToken)
            let kim = try daemon.session(kimToken)
            try kim.ok("READY")
            let (taken, offered) = (try shop.submit(), try shop.submit())
            try kim.ok("ACCEPT \(taken)")
            try daemon.terminate()
            daemon = try DaemonProcess.serving(at: site)
            let again = try daemon.session(kimToken)
            let push = try again.skipToEvent("offered", inquiry: offered)
            #expect(try #require(push.instant("expires")) > #require(push.instant("time")))
            #expect(try again.ok("ACCEPT \(offered)")["state"] == "assigned")
            #expect(try again.ok("COMPLETE \(taken)")["state"] == "completed")
            try daemon.terminate()
        }
    }

    @Test("a second daemon on the same database stands by, and takes over when the first one ends")
    func standby() async throws {
        try await withSite { site in
            let other = try site.sibling()
            defer { other.removeFolder() }
            let first = try DaemonProcess.serving(at: site)
            let token = try first.token("role=upstream")
            let chat = try first.session(token).submit("channel=chat key=k")
            let second = try DaemonProcess(at: other)
            try second.waitForLog("standing by")
            #expect(try second.admin().ok("PING")["status"] == "standby")
            for request in ["INFO", "SUBMIT channel=chat", "GET 1"] {
                let answer = try second.admin().refused(request, "unavailable")
                #expect(answer["role"] == "standby" && answer["retry_after"] != nil)
            }
            let peer = try LinePeer(port: second.port)
            #expect(try peer.refused("HELLO version=1 token=\(token)", "unavailable")["role"] == "standby")
            #expect(try peer.readToEnd().isEmpty)

            // Killed: the lease lapses.
            let killed = ContinuousClock.now
            try first.crash()
            try second.waitUntilServing()
            #expect(ContinuousClock.now - killed < .seconds(15))
            let shop = try second.session(token)
            #expect(try shop.ok("GET key=k")["id"] == "\(chat)")
            let next = try shop.submit("channel=chat")
            #expect(next == chat + 1)

            // Stopped: the other goes on.
            let third = try DaemonProcess(at: site)
            try third.waitForLog("standing by")
            let stopped = ContinuousClock.now
            try second.terminate()
            try third.waitUntilServing()
            #expect(ContinuousClock.now - stopped < .seconds(15))
            #expect(try third.session(token).ok("GET \(next)")["state"] == "waiting")
            try third.terminate()
        }
    }

    @Test("the private PostgreSQL goes with the daemon, and is adopted after a kill")
    func embedded() async throws {
        let site = Site(folder: try makeTemporaryFolder(), database: "")
        defer {
            // Where the test fails between a kill and a start.
            if let server = postmaster(of: site) { kill(server, SIGQUIT) }
            site.removeFolder()
        }
        var daemon = try DaemonProcess.serving(at: site, embedded: true)
        let chat = try daemon.admin().submit("channel=chat key=k")
        let server = try #require(postmaster(of: site))
        try daemon.crash()
        #expect(kill(server, 0) == 0, "PostgreSQL outlives the daemon")
        daemon = try DaemonProcess.serving(at: site, embedded: true)
        #expect(postmaster(of: site) == server, "adopted, not started again")
        #expect(try daemon.admin().ok("GET key=k")["id"] == "\(chat)")
        // Its own PostgreSQL is killed as well: the lock that it leaves behind is stale.
        try daemon.crash()
        kill(server, SIGQUIT)
        try waitForEnd(of: server)
        daemon = try DaemonProcess.serving(at: site, embedded: true)
        #expect(try daemon.admin().ok("GET \(chat)")["state"] == "waiting")
        let last = try #require(postmaster(of: site))
        try daemon.terminate()
        // Stopped with the daemon.
        try waitForEnd(of: last)
        #expect(postmaster(of: site) == nil)

        // Stopped while it starts: nothing stays behind.
        daemon = try DaemonProcess(at: site, embedded: true)
        while postmaster(of: site) == nil && kill(daemon.processID, 0) == 0 { sched_yield() }
        daemon.kill(SIGTERM)
        #expect(try daemon.waitForExit() == 0)
        #expect(postmaster(of: site) == nil, "\(daemon.said)")
    }

    private func postmaster(of site: Site) -> Int32? {
        let text = try? String(contentsOfFile: site.folder + "/postgres/data/postmaster.pid", encoding: .utf8)
        return text?.split(separator: "\n").first.flatMap { Int32($0) }
    }

    private func waitForEnd(of process: Int32) throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while kill(process, 0) == 0 {
            guard ContinuousClock.now < deadline else { throw TestSupportError("process \(process) does not end") }
            sched_yield()
        }
    }
}
