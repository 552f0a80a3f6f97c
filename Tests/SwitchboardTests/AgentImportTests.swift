import Foundation
import TestSupport
import Testing

@Suite("Agents from files", .blocking)
struct AgentImportTests {
    /// A daemon and a folder with files, in which the program is run.
    private struct Desk {
        let daemon: DaemonUnderTest
        let folder: String

        func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

        func write(_ name: String, _ bytes: [UInt8]) throws {
            try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
        }

        func agents(_ arguments: String..., input: String = "") throws -> ProgramRun {
            try run(["agents"] + arguments, input: input)
        }

        func run(_ arguments: [String], input: String = "") throws -> ProgramRun {
            try ProgramRun(
                arguments, input: Array(input.utf8), folder: folder,
                environment: ["SWITCHBOARD_URL": daemon.socketPath])
        }
    }

    private func withDesk(_ body: (Desk) throws -> Void) async throws {
        let site = try await Site.make()
        let folder = try makeTemporaryFolder()
        defer {
            site.removeFolder()
            try? FileManager.default.removeItem(atPath: folder)
        }
        try await DaemonUnderTest.start(at: site).use { try body(Desk(daemon: $0, folder: folder)) }
    }

    @Test("docs/agents.md shows what happens")
    func documentation() async throws {
        let path = URL(fileURLWithPath: #filePath).appending(path: "../../../docs/agents.md").standardizedFileURL.path
        var lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")[...]
        try await withDesk { desk in
            var commands = 0
            while let start = lines.firstIndex(where: { $0.hasPrefix("```") }) {
                let end = try #require(lines[(start + 1)...].firstIndex(of: "```"))
                let block = lines[(start + 1)..<end]
                let words = lines[start].dropFirst(3).split(separator: " ").map(String.init)
                lines = lines[(end + 1)...]
                if words.count == 2 { try desk.write(words[1], block.joined(separator: "\n") + "\n") }
                guard words.first == "console" else { continue }
                for part in block.joined(separator: "\n").components(separatedBy: "$ switchboard ").dropFirst() {
                    let (command, shown) = try #require(part.split(separator: "\n", maxSplits: 1).pair)
                    let run = try desk.run(command.split(separator: " ").map(String.init))
                    let said = (run.output + run.errors).replacing("\r\n", with: "\n")
                    #expect(said.trimmingCharacters(in: .newlines) == shown.trimmingCharacters(in: .newlines))
                    commands += 1
                }
            }
            #expect(commands == 7)
        }
    }

    @Test("what was exported makes no difference when it is imported", arguments: ["csv", "yaml"])
    func roundTrip(format: String) async throws {
        try await withDesk { desk in
            let admin = try desk.daemon.admin()
            try admin.ok(#"AGENT PUT kim name="김, \"지수\"" skills=billing:5,korean:10 channels=voice:1,chat team=서울"#)
            try admin.ok(#"AGENT PUT 1e3 name=no capacity=7"#)
            try admin.ok(#"AGENT PUT no name=42 channels=email"#)
            try admin.ok(#"AGENT PUT 박서연 name="- a: #b" skills=no:1,7:2"#)
            let exported = try desk.agents("export", "--format", format)
            #expect(exported.code == 0 && exported.output.contains("박서연"))
            for mark in ["", "\u{FEFF}"] {
                try desk.write("all.\(format)", mark + exported.output)
                let again = try desk.agents("import", "all.\(format)", "--prune")
                #expect(again.output == "No differences.\n" && again.code == 0, "\(again)")
            }
            // Changed and lost agents come back.
            try admin.ok("AGENT PUT kim name= skills=english capacity=3 team=busan")
            try admin.ok("AGENT DELETE 박서연")
            try admin.ok("AGENT PUT new")
            let back = try desk.agents("import", "all.\(format)", "--prune", "--yes")
            #expect(back.output.hasSuffix("1 created, 1 changed, 1 removed, 2 unchanged.\n"), "\(back)")
            let after = try desk.agents("export", "--format", format).output
            #expect(Set(after.split(separator: "\n")) == Set(exported.output.split(separator: "\n")))
        }
    }

    @Test("nothing is done without a terminal and --yes, on a dry run, or where there are no differences")
    func consent() async throws {
        try await withDesk { desk in
            let asked = try desk.agents("import", "-", "--format", "csv", input: "id\nkim\n")
            #expect(asked.code == 1 && asked.output == "+ kim\n" && asked.errors.contains("--yes"), "\(asked)")
            let dry = try desk.agents("import", "-", "--format", "csv", "--dry-run", input: "id\nkim\n")
            #expect(dry.code == 0 && dry.output.hasSuffix("1 created, 0 changed, 0 removed, 0 unchanged.\n"))
            #expect(try desk.agents("list").output == "No agents.\n")
            #expect(try desk.agents().output == "No agents.\n")
            #expect(try desk.agents("import", "-", input: "id\nkim\n").code == 64)
        }
    }

    @Test("only those who are signed off and have no work are removed, or nobody")
    func remove() async throws {
        try await withDesk { desk in
            let admin = try desk.daemon.admin()
            for name in ["lee", "park", "최유나"] { try admin.ok("AGENT PUT \(name)") }
            let kim = try desk.daemon.readyAgent("kim")
            let refused = try desk.agents("remove", "lee", "kim", "nobody", "--yes")
            #expect(refused.code == 1 && refused.output.isEmpty)
            #expect(refused.errors.contains("kim is signed on") && refused.errors.contains("no agent nobody"))
            let pruned = try desk.agents("import", "-", "--format", "csv", "--prune", "--yes", input: "id\nlee\n")
            #expect(pruned.code == 1 && pruned.errors.contains("-: kim is signed on"), "\(pruned)")
            #expect(try admin.ask("AGENTS").last?["count"] == "4")
            try kim.ok("OFFLINE")
            let removed = try desk.agents("remove", "kim", "최유나", "--yes")
            #expect(removed.output == "- kim\n- 최유나\n0 created, 0 changed, 2 removed, 0 unchanged.\n", "\(removed)")
            #expect(try admin.ask("AGENTS").last?["count"] == "2")
        }
    }

    /// A file, and what must be said of it.
    struct Faulty: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let told: [String]

        init(_ name: String, _ text: String, _ told: String...) {
            self.init(name, bytes: Array(text.utf8), told)
        }

        init(_ name: String, bytes: [UInt8], _ told: [String]) {
            (self.name, self.bytes, self.told) = (name, bytes, told)
        }

        var testDescription: String { told.first ?? name }
    }

    @Test(
        "a faulty file is told by line and column, and changes nothing",
        arguments: [
            Faulty("a.csv", "id,skils\nkim,a\n", "line 1, column 2: unknown column \"skils\"; did you mean skills?"),
            Faulty("a.csv", "name\nkim\n", "line 1: there is no column id"),
            Faulty("a.csv", "id,id\nkim,kim\n", "line 1, column 2: a second column id"),
            Faulty("a.csv", "id,team\r\nkim\r\n", "line 2: 1 fields, but the header has 2"),
            Faulty(
                "a.csv", "\u{FEFF}id,skills\r\n김,billing:x\r\n,a\r\n",
                "line 2, column skills: the level of billing is a whole number, not \"x\"",
                "line 3, column id: an agent needs an id"),
            Faulty(
                "a.csv", "id,capacity\nkim,1.5\n", "line 2, column capacity: capacity is a whole number, not \"1.5\""),
            Faulty(
                "a.csv", "id\nkim\n\nkim\n", "line 4, column id: kim stands there twice, first at line 2, column id"),
            Faulty(
                "a.csv", "id,name\nkim,\"a\nb", "line 2, column 2: the quoted field that opens here is never closed"),
            Faulty(
                "a.csv", "id,skills,channels,capacity\nkim,a:5,voice:1,5\nlee lee,a:50,voice:0;fax,20000\n",
                "line 3, column id: a name is made of letters"),
            Faulty("a.csv", "id,channels\nkim,fax:1\n", "line 2, column channels: no channel fax in the plan"),
            Faulty("a.csv", "id,capacity\nkim,20000\n", "line 2, column capacity: capacity is a whole number from 1"),
            Faulty("a.csv", "id\n", "it lists no agents"),
            Faulty("a.csv", bytes: [0x69, 0x64, 0x0A, 0xB1, 0xE8, 0x0A], ["a.csv: this is CP949 (Korean Windows)"]),
            Faulty("a.csv", bytes: [0xFF, 0xFE, 0x69, 0x00], ["a.csv: this is UTF-16"]),
            Faulty("a.csv", bytes: [0x69, 0x64, 0x0A, 0xE9, 0x0A], ["a.csv: this is not UTF-8"]),
            Faulty(
                "a.yaml", "- {id: kim, skils: {a: 1}}\n", "line 1, column 13: unknown key skils; did you mean skills?"),
            Faulty("a.yaml", "- id: kim\n  skills: {a: b}\n", "line 2, column 15: the level of a is a whole number"),
            Faulty("a.yaml", "- {id: no}\n- {name: x}\n", "line 1, column 8: an id is a text; quote it: \"no\""),
            Faulty("a.yaml", "kim: {capacity: 0}\n", "line 1, column 17: capacity is a whole number from 1 to 10000"),
            Faulty("a.yaml", "kim: {channels: {fax: 1}}\n", "line 1, column 17: no channel fax in the plan"),
            Faulty("a.yaml", "kim\n", "line 1, column 1: agents are a list of objects"),
            Faulty("a.yaml", "kim: [\n", "a.yaml: line "),
        ])
    func faults(_ faulty: Faulty) async throws {
        try await withDesk { desk in
            try desk.write(faulty.name, faulty.bytes)
            let run = try desk.agents("import", faulty.name, "--yes")
            #expect(run.code == 1 && run.output.isEmpty, "\(run)")
            for told in faulty.told { #expect(run.errors.contains(told), "\(run.errors)") }
            #expect(try desk.daemon.admin().ask("AGENTS").last?["count"] == "0")
        }
    }
}

extension Array {
    fileprivate var pair: (Element, Element)? { count == 2 ? (self[0], self[1]) : nil }
}
