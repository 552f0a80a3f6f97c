import ArgumentParser
import CAllocator
import Foundation
import Routing

/// What an inquiry that waits takes in memory, as the allocator and the kernel see it.
struct MemoryBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory", abstract: "Bytes a waiting inquiry, measured.")

    @Option(help: "How many wait.")
    var waiting = 1_000_000

    @Option(help: "In how many requirement classes.")
    var classes = 2_000

    @OptionGroup var rows: RowOptions

    func run() throws {
        let bare = try measure(texts: nil)
        try rows.put("memory.inquiry", bare.allocated, "bytes", "allocated; \(waiting) waiting, no texts")
        try rows.put("memory.inquiry.resident", bare.resident, "bytes", "resident set")
        let texts = InquiryTexts(
            customer: Array("c-1234567".utf8),
            attributes: Array(#"{"lang":"en","tier":"gold","region":"emea","order":123456}"#.utf8))
        let full = try measure(texts: texts)
        try rows.put(
            "memory.inquiry.texts", full.allocated - Double(texts.bytes.count), "bytes",
            "allocated, less the \(texts.bytes.count) bytes of customer and attributes themselves")
    }

    /// Bytes an inquiry, each with texts of its own.
    private func measure(texts: InquiryTexts?) throws -> (allocated: Double, resident: Double) {
        var engine = Engine(plan: EngineLoad.plan(offers: true, .leastLoaded), at: .epoch)
        var output = Output()
        var submissions: [Submission] = []
        for number in 0..<classes {
            guard let skill = engine.skill(named: "skill\(number)") else { throw BenchError("too many skills") }
            submissions.append(
                Submission(
                    source: 1, channel: ChannelIndex(number % RoutingWorld.channelCount),
                    skills: [SkillRequirement(skill: skill, level: 1)]))
        }
        // The classes are there before what is measured.
        submit(classes, submissions, nil, &engine, &output)
        let allocated = Int(allocated_bytes())
        let resident = try Self.resident()
        submit(waiting, submissions, texts, &engine, &output)
        let grown = Int(allocated_bytes()) - allocated
        let present = try Self.resident() - resident
        guard engine.nextDeadline != nil else { throw BenchError("what waits is watched") }
        return (Double(grown) / Double(waiting), Double(present) / Double(waiting))
    }

    private func submit(
        _ count: Int, _ submissions: [Submission], _ texts: InquiryTexts?, _ engine: inout Engine,
        _ output: inout Output
    ) {
        var changes = Changes()
        for number in 0..<count {
            var submission = submissions[number % submissions.count]
            submission.priority = Int32(number % 201) - 100
            if let texts {
                let customer = "c-\(1_000_000 + number)"
                submission.texts = InquiryTexts(customer: Array(customer.utf8), attributes: Array(texts.attributes))
            }
            engine.apply(.submit(submission), at: .epoch, into: &output)
            output.clear()
            if number % 1_000 == 999 {
                engine.takeChanges(into: &changes)
                changes = Changes()
            }
        }
        engine.takeChanges(into: &changes)
    }

    private static func resident() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/statm", encoding: .ascii)
        guard let pages = Int(status.split(separator: " ")[1]) else { throw BenchError("/proc/self/statm: \(status)") }
        return pages * Int(getpagesize())
    }
}
