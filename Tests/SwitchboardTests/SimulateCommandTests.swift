import Foundation
import Testing

/// Plans tried on recorded traffic, as the program that people run.
@Suite("The command that tries plans on a recorded day")
struct SimulateCommandTests {
    /// One agent, in a call until 10:02:00; of the two who wait, a priority customer came a minute after the other.
    private static let day = """
        arrived_at,kind,priority_code,waited_s,outcome,service_s,agent
        1999-02-01T10:00:00,regular,0,0,answered,120,kim
        1999-02-01T10:00:10,regular,1,110,answered,60,kim
        1999-02-01T10:01:10,regular,2,110,answered,60,kim
        1999-02-02T10:00:00,regular,0,0,answered,120,kim

        """
    private static let credit = """
        {name: credit, priority_boost: 90s,
         rules: [{name: p, when: inquiry.attrs.priority_code == 2, then: {priority: 1}}]}

        """

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "simulate-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in [("day.csv", Self.day), ("credit.yaml", Self.credit), ("plain.yaml", "{}\n")] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
        }
        try body(folder)
    }

    private func simulate(_ folder: String, _ rest: [String]) throws -> CommandRun {
        try CommandRun(["simulate", folder + "/day.csv", "--day", "1999-02-01"] + rest)
    }

    @Test("the tables stand side by side, and the same input prints the same")
    func tables() throws {
        try withFolder { folder in
            let plans = ["--plan", folder + "/plain.yaml", "--plan", folder + "/credit.yaml"]
            let run = try simulate(folder, plans)
            #expect(run.code == 0)
            let lines = run.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            let plain = try #require(lines.firstIndex { $0.starts(with: ["priority", "code", "2"]) })
            // By arrival 110 s and then 60 + 50; with the credit the priority customer is answered at 10:02:00.
            #expect(lines[plain + 1].suffix(7) == ["0", "110.0", "110.0", "110.0", "110.0", "110.0", "0.0%"])
            #expect(lines[plain + 2] == ["credit", "1", "1", "0", "50.0", "50.0", "50.0", "50.0", "50.0", "0.0%"])
            #expect(try simulate(folder, plans) == run)
        }
    }

    @Test("as JSON it is one object")
    func json() throws {
        try withFolder { folder in
            let run = try simulate(folder, ["--plan", folder + "/credit.yaml", "--json"])
            let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
            let plans = try #require(object?["plans"] as? [[String: Any]])
            #expect(plans.count == 1 && plans[0]["name"] as? String == "credit")
            let groups = try #require(object?["figures"] as? [[String: Any]])
            #expect(groups.last?["calls_of"] as? String == "total")
        }
    }

    @Test("what is at fault is told with its file, and the exit code says which")
    func faults() throws {
        try withFolder { folder in
            #expect(try simulate(folder, []).code == 64)
            #expect(try simulate(folder, ["--plan", folder + "/none.yaml"]).code == 64)
            #expect(try simulate(folder, ["--plan", folder + "/credit.yaml", "--from", "9"]).code == 64)
            for text in ["queue: {}", "channels: {chat: {}}", "skills: [other]"] {
                try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/faulty.yaml"))
                #expect(try simulate(folder, ["--plan", folder + "/faulty.yaml"]) == CommandRun(1, ""))
            }
        }
    }
}
