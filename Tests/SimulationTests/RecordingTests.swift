import Foundation
import Testing

@testable import Simulation

private let header = "arrived_at,kind,priority_code,waited_s,outcome,service_s,agent\n"

@Suite("Recordings")
struct RecordingTests {
    private func recording(_ text: String) throws -> Recording {
        try Recording(csv: Array(text.utf8))
    }

    @Test("columns may stand in any order, others are passed over")
    func columns() throws {
        let text = """
            note,agent,kind,priority_code,waited_s,outcome,service_s,arrived_at
            x,kim,billing,2,1.5,answered,60,1999-02-01T10:00:00
            """
        let call = try #require(try recording(text).calls.first)
        #expect(call.agent == "kim")
        #expect(call.waited == 1_500_000)
        #expect(call.service == 60_000_000)
        #expect(call.priorityCode == 2)
    }

    @Test(
        "a fault is named with its line and column",
        arguments: [
            ("1999-02-01,a,0,0,answered,1,k", "arrived_at"), ("1999-02-01T10:00:00,,0,0,answered,1,k", "kind"),
            ("1999-02-01T10:00:00,a,3,0,answered,1,k", "priority_code"),
            ("1999-02-01T10:00:00,a,0,-1,answered,1,k", "waited_s"),
            ("1999-02-01T10:00:00,a,0,0,lost,1,k", "outcome"), ("1999-02-01T10:00:00,a,0,0,answered,x,k", "service_s"),
            ("1999-02-01T10:00:00,a,0,0,answered,1", "7"),
        ])
    func faults(line: String, column: String) {
        let good = "1999-02-01T09:00:00,a,0,0,answered,1,k\n"
        let fault = #expect(throws: RecordingFault.self) { try recording(header + good + line) }
        #expect(fault?.line == 3)
        #expect(fault?.column == column)
    }

    @Test("a header without a column says which")
    func missingColumn() {
        let fault = #expect(throws: RecordingFault.self) { try recording("arrived_at,kind\n") }
        #expect(fault?.column == "priority_code")
    }

    @Test("records out of order are sorted and counted")
    func order() throws {
        let text = header + "1999-02-01T10:00:05,a,0,0,abandoned,0,\n1999-02-01T10:00:00,a,0,0,abandoned,0,\n"
        let recording = try recording(text)
        #expect(recording.outOfOrder == 1)
        #expect(recording.calls[0].arrivedAt < recording.calls[1].arrivedAt)
    }

    @Test("oddities are counted")
    func oddities() throws {
        let text =
            header + """
                1999-02-01T10:00:00,a,0,0,answered,60,kim
                1999-02-01T10:00:30,a,0,0,answered,5,kim
                1999-02-01T10:00:40,a,0,0,abandoned,0,
                1999-02-01T10:00:50,a,0,0,answered,20,
                """
        let oddities = Oddities(try recording(text))
        #expect(oddities.agentInTwoCalls == 1)
        #expect(oddities.answeredUnderTenSeconds == 1)
        #expect(oddities.abandonedAtZero == 1)
        #expect(oddities.answeredByNobodyNamed == 1)
        #expect(oddities.sentences.count == 4)
    }

    @Test("a pause of over thirty minutes is a break")
    func shifts() {
        let minute = 60 * microsecondsPerSecond
        let calls = [60 * minute..<61 * minute, 0..<2 * minute, 32 * minute..<33 * minute, 1 * minute..<5 * minute]
        #expect(Shifts.signedOn(calls: calls) == [0..<61 * minute])
        let apart = [0..<2 * minute, 33 * minute..<34 * minute]
        #expect(Shifts.signedOn(calls: apart) == apart)
        #expect(Shifts.union(calls) == 7 * minute)
    }

    @Test("1 February of the bank's traffic has its known counts")
    func bank() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appendingPathComponent("shared/reference/traffic/bank_february_1_14.csv")
        guard let bytes = try? Data(contentsOf: file) else {
            print("skipped: \(file.path) is not here")
            return
        }
        let day = try #require(CivilTime.day("1999-02-01"))
        let recording = try Recording(csv: Array(bytes)).day(day)
        #expect(recording.calls.count == 1551)
        #expect(recording.calls.count { $0.answered } == 1354)
        let scenario = Scenario(recording: recording, seed: 1)
        #expect(scenario.agents.count == 16)
        #expect(scenario.inquiries.allSatisfy { $0.handling >= 0 })
    }
}
