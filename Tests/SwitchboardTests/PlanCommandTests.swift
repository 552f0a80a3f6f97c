import Foundation
import Testing

/// The commands that need no daemon, as the program that people run.
@Suite("The commands of plans and expressions")
struct PlanCommandTests {
    private static let shop = """
        queues: {default: {}, vip: {target: 20s}}
        rules: [{name: gold, when: inquiry.attrs.tier == "gold", then: {queue: vip, skills: {billing: 3}}}]

        """

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "plans-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    @Test("check tells faults with file, line and column, then warnings, and ends with 1 or 0")
    func check() throws {
        try withFolder { folder in
            let path = folder + "/shop.yaml"
            try write(Self.shop, path)
            #expect(try CommandRun(["plan", "check", path]) == CommandRun(0, "\(path): no faults, no warnings\n"))
            try write(
                "queues:\n  vip: {targt: 20s, overflow: default}\nrules: [{name: a, when: 1, stop: true}]\n", path)
            let run = try CommandRun(["plan", "check", path])
            #expect(
                run
                    == CommandRun(
                        1,
                        """
                        \(path):2:9: queues.vip.targt: unknown key; did you mean target?
                        \(path):3:25: rules[0].when: column 1: here a condition is asked for; this is a value of type int
                        \(path):2:31: warning: queues.vip.overflow: nothing overflows without max_length

                        """))
            #expect(try CommandRun(["plan", "check", folder + "/none.yaml"]).code == 64)
            #expect(try CommandRun(["plan", "check", "-"], input: "{}").output == "-: no faults, no warnings\n")
        }
    }

    @Test("export prints the canonical plan, and a faulty one not at all")
    func export() throws {
        let run = try CommandRun(["plan", "export", "-"], input: "{queues: {default: {}, vip: {target: 60s}}}")
        #expect(run == CommandRun(0, "plan: 1\nqueues:\n  default: {}\n  vip: {target: 1m}\n"))
        let json = try CommandRun(["plan", "export", "-", "--json"], input: "{}")
        #expect(json.code == 0 && json.output.hasPrefix(#"{"plan":1,"#) && json.output.hasSuffix("}\n"))
        #expect(try CommandRun(["plan", "export", "-"], input: "queue: {}") == CommandRun(1, ""))
    }

    @Test("diff prints a line a change, without colours where nobody watches")
    func difference() throws {
        try withFolder { folder in
            try write(Self.shop, folder + "/old.yaml")
            try write("queues: {default: {}, vip: {target: 30s}}\n", folder + "/new.yaml")
            let run = try CommandRun(["plan", "diff", folder + "/old.yaml", folder + "/new.yaml"])
            #expect(run == CommandRun(0, "queues.vip.target: 20s → 30s\n- rules[0] \"gold\"\n"))
            let same = try CommandRun(["plan", "diff", folder + "/old.yaml", folder + "/old.yaml"])
            #expect(same == CommandRun(0, "No differences.\n"))
        }
    }

    @Test("route says what becomes of an inquiry")
    func route() throws {
        let inquiry = #"{"channel":"chat","attrs":{"tier":"gold"}}"#
        let run = try CommandRun(
            ["plan", "route", "--plan", "-", "--inquiry", inquiry, "--at", "2026-03-02T00:00:00Z"], input: Self.shop)
        #expect(
            run
                == CommandRun(
                    0,
                    """
                    queue     vip, by rule "gold"
                    priority  0, by default
                    target    20s
                    requires  billing 3, by rule "gold"
                    rules     "gold" matches
                    waits     after 14d: expires, reason max_age

                    """))
        #expect(try CommandRun(["plan", "route", "--inquiry", #"{"channel":"fax"}"#]) == CommandRun(1, ""))
    }

    @Test("cel prints values, answers lines, and ends with 1 where there is no value")
    func expressions() throws {
        #expect(try CommandRun(["cel", "1 + 2 * 3"]) == CommandRun(0, "7\n"))
        #expect(
            try CommandRun(["cel", "x + 'b'", "--bindings", "-"], input: #"{"x":"a"}"#) == CommandRun(0, "\"ab\"\n"))
        #expect(try CommandRun(["cel", "1 / 0"]) == CommandRun(1, ""))
        #expect(try CommandRun(["cel", "--rule", "has(inquiry.attrs.tier)"]) == CommandRun(0, "false\n"))
        let lines = "{\"expr\":\"1+1\"}\n\n{\"expr\":\"1/0\"}\n"
        #expect(
            try CommandRun(["cel"], input: lines)
                == CommandRun(0, "{\"value\":2}\n{\"error\":\"line 1, column 2: division by zero\"}\n"))
    }
}

/// A run of the program that people run: its exit code and what it printed.
struct CommandRun: Equatable {
    let code: Int32
    let output: String

    init(_ code: Int32, _ output: String) {
        self.code = code
        self.output = output
    }

    init(_ arguments: [String], input: String = "") throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: DaemonProcess.program)
        process.arguments = arguments
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let data = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        self.init(process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
