import Testing

@testable import Simulation

@Suite("Figures")
struct FiguresTests {
    private func sample(_ seconds: Int64, answered: Bool) -> WaitSample {
        WaitSample(kind: "a", waited: seconds * microsecondsPerSecond, answered: answered)
    }

    @Test("service level leaves out who gave up within the target")
    func serviceLevel() throws {
        let figures = Figures([
            sample(20, answered: true), sample(21, answered: true), sample(5, answered: false),
            sample(30, answered: false),
        ])
        #expect(try #require(figures.serviceLevel) == 1.0 / 3)
        #expect(figures.answered == 2)
        #expect(figures.abandoned == 2)
        #expect(figures.meanWait == 20_500_000)
    }

    @Test("percentiles are by the nearest rank", arguments: [(50, 5), (95, 10), (99, 10), (10, 1), (0, 1)])
    func percentiles(rank: Int, expected: Int64) {
        #expect(Figures.percentile(rank, of: Array(1...10)) == expected)
    }

    @Test("nothing divided by nothing is no figure")
    func empty() {
        let figures = Figures([])
        #expect(figures.serviceLevel == nil)
        #expect(figures.meanWait == nil)
        #expect(figures.median == nil)
    }

    @Test("occupancy of a recording counts an agent in two calls at once as busy once")
    func occupancy() {
        func call(_ start: Int64, _ service: Int64) -> RecordedCall {
            RecordedCall(
                arrivedAt: start, kind: "a", priorityCode: 0, waited: 0, answered: true, service: service, agent: "kim")
        }
        let recording = Recording(calls: [call(0, 60), call(30, 60), call(150, 30)])
        #expect(ReplayReport.occupancy(of: recording) == Occupancy(busy: 120, signedOn: 180))
    }
}

@Suite("Ledgers")
struct LedgerTests {
    private func ledger(_ events: [(String, Int64, String?)]) -> Ledger {
        var ledger = Ledger()
        for (index, event) in events.enumerated() {
            ledger.record(
                LedgerEvent(
                    seq: Int64(index + 1), type: event.0, time: event.1,
                    inquiry: event.0.hasPrefix("agent") ? nil : 7, agent: event.2))
        }
        return ledger
    }

    @Test("a wait is from submission to acceptance, handling makes the agent busy")
    func answered() {
        let ledger = ledger([
            ("agent_ready", 0, "kim"), ("submitted", 10, nil), ("offered", 12, "kim"), ("accepted", 15, "kim"),
            ("completed", 40, "kim"), ("agent_offline", 100, "kim"),
        ])
        #expect(ledger.sample(id: 7, kind: "a") == WaitSample(kind: "a", waited: 5, answered: true))
        #expect(ledger.occupancy == Occupancy(busy: 25, signedOn: 100))
        #expect(ledger.doubleAssignments == 0)
    }

    @Test("an inquiry accepted twice without being given back is told")
    func doubleAssignment() {
        let ledger = ledger([("submitted", 0, nil), ("accepted", 1, "kim"), ("accepted", 2, "lee")])
        #expect(ledger.doubleAssignments == 1)
    }

    @Test("an inquiry that was given back may be accepted again")
    func requeued() {
        let ledger = ledger([
            ("submitted", 0, nil), ("accepted", 1, "kim"), ("requeued", 5, "kim"), ("accepted", 9, "lee"),
            ("completed", 10, "lee"),
        ])
        #expect(ledger.doubleAssignments == 0)
        // Until 1 and from 5 on; between, kim worked on it.
        #expect(ledger.sample(id: 7, kind: "a")?.waited == 5)
    }

    @Test("gaps and repeats in the numbers are counted")
    func numbers() {
        var ledger = Ledger()
        for seq in [3, 4, 4, 6] as [Int64] {
            ledger.record(LedgerEvent(seq: seq, type: "drain", time: 0, inquiry: nil, agent: nil))
        }
        #expect(ledger.gaps == 1)
        #expect(ledger.repeats == 1)
        #expect(ledger.lastSeq == 6)
    }
}
