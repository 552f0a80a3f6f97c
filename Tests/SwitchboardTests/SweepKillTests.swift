import Foundation
import Simulation
import TestSupport
import Testing

/// Kills while what earlier daemons closed is being put away, and clients rate it and bring it back.
@Suite("kill -9 while closed inquiries move", .blocking, .serialized)
struct SweepKillTests {
    private static let count: Int64 = 400

    @Test("no inquiry is lost or doubled, and every rating and reopening that was told is there", arguments: [1, 2])
    func kills(_ seed: UInt64) async throws {
        let site = try await Site.make()
        defer { site.removeFolder() }
        var random = SplitMix64(seed: seed)
        var daemon = try DaemonProcess.serving(at: site)
        var marks: [Int64: Int64] = [:]
        var bothPlaces = 0
        try complete(on: daemon)
        for _ in 1...12 {
            daemon.kill(SIGKILL)
            #expect(try daemon.waitForExit() == -SIGKILL)
            try check(site, marks)
            let split = """
                SELECT EXISTS (SELECT FROM switchboard.inquiry) AND EXISTS (SELECT FROM switchboard.closed_inquiry)
                """
            if try site.sql(split) == [["t"]] { bothPlaces += 1 }
            daemon = try DaemonProcess.serving(at: site, port: daemon.port)
            // It puts away what is closed from now on; the kill comes while both are at it.
            let peer = try daemon.admin()
            for _ in 1...Int.random(in: 1...120, using: &random) {
                let id = Int64.random(in: 1...Self.count, using: &random)
                if Int.random(in: 0..<4, using: &random) == 0 {
                    // To be cancelled, so that it is closed again.
                    let answer = try peer.ask("MESSAGE \(id) from=customer").last
                    if answer?["state"] == "waiting" { try peer.ok("CANCEL \(id)") }
                } else {
                    let nps = Int64.random(in: 0...10, using: &random)
                    try peer.ok("RATE \(id) nps=\(nps)")
                    marks[id] = nps
                }
            }
        }
        try daemon.terminate()
        try check(site, marks)
        #expect(bothPlaces > 0, "no kill came while they moved")
    }

    private func complete(on daemon: DaemonProcess) throws {
        let admin = try daemon.admin()
        try admin.ok("AGENT PUT kim channels=email:1000 capacity=10000")
        try admin.ok("READY as=kim")
        for _ in 1...Self.count {
            let mail = try admin.submit("channel=email customer=c-1")
            try admin.ok("COMPLETE \(mail) as=kim")
        }
    }

    private func check(_ site: Site, _ marks: [Int64: Int64]) throws {
        let rows = try site.sql("SELECT id, nps FROM switchboard.all_inquiry ORDER BY id", columns: 2)
        #expect(rows.map { $0[0] } == (1...Self.count).map { "\($0)" })
        for row in rows {
            guard let id = row[0].flatMap({ Int64($0) }), let mark = marks[id] else { continue }
            #expect(row[1] == "\(mark)", "inquiry \(id)")
        }
    }
}
