import ArgumentParser
import Foundation

/// Instructions a decision: what stays the same when the machine has other things to do.
struct InstructionsBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "instructions",
        abstract: "Counts instructions, by the processor's counters or, where there are none, by valgrind.")

    @Option(help: "The size.")
    var size = BenchSize.small

    @Option(help: "decision.cpp, built with bench/stepping_clock.h and for a processor that valgrind knows.")
    var reference: String?

    @OptionGroup var rows: RowOptions

    /// What the reference makes between two looks at its clock, times the looks of one of its measurements.
    private static let pairs = 64 * 1_024
    private static let cycles = 10_000

    func run() throws {
        guard let counter = InstructionCounter.find() else {
            print("instructions: neither perf's counters nor valgrind are here")
            return
        }
        let me = ProcessInfo.processInfo.arguments[0]
        let containers = ["containers", "--size", size.name, "--pairs"]
        let bare = try counter.count(me, containers + ["\(Self.pairs)"]) - counter.count(me, containers + ["0"])
        let note = "counted by \(counter.name)"
        try rows.put("instructions.containers.\(size)", Double(bare) / Double(Self.pairs), "instructions", note)
        if let reference { try count(reference, counter, note) }
        for work in EngineBench.Work.allCases where work != .nothing {
            let engine = ["engine", "--size", size.name, "--work", work.rawValue, "--cycles"]
            let whole = try counter.count(me, engine + ["\(Self.cycles)"]) - counter.count(me, engine + ["0"])
            try rows.put(
                "instructions.\(work.rawValue).\(size)", Double(whole) / Double(Self.cycles), "instructions", note)
        }
    }

    /// The first measurement of the reference's third part, lists with backlog: from where the clock has been looked at
    /// so often. Twice for the building; a part is half a second of warm-up, three measurements of one second and, with
    /// four looks at a time, one of 0.7 s.
    private func count(_ reference: String, _ counter: InstructionCounter, _ note: String) throws {
        let part = (1 + 512) + 3 * (1 + 1_024) + (1 + 4 * 180)
        let begin = 2 + 2 * part + (1 + 512)
        let arguments = [size.agents, size.skills, size.waiting, size.classes, size.profiles].map(String.init)
        setenv("STEPS", "\(begin)", 1)
        let before = try counter.count(reference, arguments)
        setenv("STEPS", "\(begin + 1 + 1_024)", 1)
        let after = try counter.count(reference, arguments)
        try rows.put(
            "instructions.reference.\(size)", Double(after - before) / Double(Self.pairs), "instructions", note)
    }
}

/// What counts the instructions of a program.
struct InstructionCounter {
    let name: String
    private let command: [String]

    static func find() -> InstructionCounter? {
        let counters = [
            InstructionCounter(name: "perf", command: ["perf", "stat", "-x", ",", "-e", "instructions:u"]),
            InstructionCounter(
                name: "valgrind",
                command: [
                    "valgrind", "--tool=cachegrind", "--cache-sim=no", "--branch-sim=no",
                    "--cachegrind-out-file=/dev/null",
                ]),
        ]
        return counters.first { (try? $0.count("/bin/true", [])) != nil }
    }

    /// Instructions of a whole run.
    func count(_ program: String, _ arguments: [String]) throws -> Int {
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command + [program] + arguments
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        // perf: "123456,,instructions:u,…"; valgrind: "==1== I   refs:      123,456".
        for line in text.split(separator: "\n") {
            let figure: Substring
            if line.contains("instructions") {
                figure = line.prefix { $0 != "," }
            } else if line.contains("I   refs:"), let last = line.split(separator: " ").last {
                figure = last
            } else {
                continue
            }
            if let count = Int(figure.filter { $0 != "," }) { return count }
        }
        throw BenchError("\(name) counted nothing: \(text)")
    }
}
