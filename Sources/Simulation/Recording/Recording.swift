/// One call as a call centre recorded it. Times are microseconds; `arrivedAt` counts from 1970-01-01 of the
/// recording's own local clock.
package struct RecordedCall: Hashable, Sendable {
    package var arrivedAt: Int64
    package var kind: String
    /// 0 unidentified, 1 regular, 2 priority: what the recorded system credited with waiting time.
    package var priorityCode: Int
    package var waited: Int64
    package var answered: Bool
    /// 0 for one that was abandoned.
    package var service: Int64
    /// nil: abandoned, or answered by somebody whom the recording does not name.
    package var agent: String?

    package init(
        arrivedAt: Int64, kind: String, priorityCode: Int, waited: Int64, answered: Bool, service: Int64, agent: String?
    ) {
        self.arrivedAt = arrivedAt
        self.kind = kind
        self.priorityCode = priorityCode
        self.waited = waited
        self.answered = answered
        self.service = service
        self.agent = agent
    }

    package var serviceStart: Int64 { arrivedAt + waited }
    package var serviceEnd: Int64 { arrivedAt + waited + service }
}

/// Recorded traffic: one or more days of calls, in order of arrival. `docs/replay.md` describes the file.
package struct Recording: Hashable, Sendable {
    package private(set) var calls: [RecordedCall]
    /// Records that stood before one that had arrived earlier; they are put in order.
    package private(set) var outOfOrder: Int

    /// Columns that a file must have, in any order; others are passed over.
    package static let columns = [
        "arrived_at", "kind", "priority_code", "waited_s", "outcome", "service_s", "agent",
    ]

    package init(calls: [RecordedCall], outOfOrder: Int = 0) {
        self.calls = calls
        self.outOfOrder = outOfOrder
    }

    /// Reads a whole file. O(n log n) in its records.
    /// - Throws: the first fault of the file, with its line and column.
    package init(csv bytes: [UInt8]) throws(RecordingFault) {
        var reader = CSVReader(bytes: bytes)
        guard let header = try reader.next() else {
            throw RecordingFault(line: 1, column: "1", problem: "the file is empty; its first line names the columns")
        }
        let columns = try ColumnIndex(header: header)
        var calls: [RecordedCall] = []
        var outOfOrder = 0
        while let record = try reader.next() {
            let call = try columns.call(record, line: reader.recordLine)
            if let last = calls.last, call.arrivedAt < last.arrivedAt { outOfOrder += 1 }
            calls.append(call)
        }
        if outOfOrder > 0 {
            // By place in the file where times are equal: `sort` is stable in fact but does not promise it.
            let order = calls.indices.sorted { (calls[$0].arrivedAt, $0) < (calls[$1].arrivedAt, $1) }
            calls = order.map { calls[$0] }
        }
        self.init(calls: calls, outOfOrder: outOfOrder)
    }

    /// The calls that arrived on one day, given as days from 1970-01-01.
    package func day(_ day: Int) -> Recording {
        Recording(calls: calls.filter { CivilTime.dayNumber($0.arrivedAt) == day }, outOfOrder: outOfOrder)
    }

    /// The calls that arrived at a time of day within `window`, in microseconds from midnight.
    package func within(_ window: Range<Int64>) -> Recording {
        let dayLength = 86_400 * microsecondsPerSecond
        let chosen = calls.filter { call in
            window.contains(call.arrivedAt - Int64(CivilTime.dayNumber(call.arrivedAt)) * dayLength)
        }
        return Recording(calls: chosen, outOfOrder: outOfOrder)
    }

    /// The kinds of call that appear, sorted.
    package var kinds: [String] { Set(calls.map(\.kind)).sorted() }
}

/// Where each known column stands in a file's records.
private struct ColumnIndex {
    private let places: [Int]
    private let width: Int

    init(header: [String]) throws(RecordingFault) {
        var places: [Int] = []
        for name in Recording.columns {
            guard let place = header.firstIndex(of: name) else {
                throw RecordingFault(
                    line: 1, column: name,
                    problem: "the header has no such column; it needs "
                        + Recording.columns.joined(separator: ","))
            }
            places.append(place)
        }
        self.places = places
        width = header.count
    }

    func call(_ record: [String], line: Int) throws(RecordingFault) -> RecordedCall {
        guard record.count == width else {
            throw RecordingFault(
                line: line, column: "\(min(record.count, width) + 1)",
                problem: "the record has \(record.count) fields, the header \(width)")
        }
        func field(_ index: Int) -> String { record[places[index]] }
        func fault(_ index: Int, _ expected: String) -> RecordingFault {
            RecordingFault(
                line: line, column: Recording.columns[index], problem: "\"\(field(index))\" is not \(expected)")
        }
        guard let arrivedAt = CivilTime.microseconds(field(0)) else {
            throw fault(0, "a local time such as 1999-02-01T07:00:17")
        }
        guard !field(1).isEmpty else { throw fault(1, "the name of a kind of call") }
        guard let code = Int(field(2)), (0...2).contains(code) else { throw fault(2, "0, 1 or 2") }
        guard let waited = seconds(field(3)) else { throw fault(3, "a number of seconds from 0 to a day") }
        let answered: Bool
        switch field(4) {
        case "answered": answered = true
        case "abandoned": answered = false
        default: throw fault(4, "answered or abandoned")
        }
        guard let service = field(5).isEmpty ? 0 : seconds(field(5)) else {
            throw fault(5, "a number of seconds from 0 to a day")
        }
        let agent = field(6)
        return RecordedCall(
            arrivedAt: arrivedAt, kind: field(1), priorityCode: code, waited: waited, answered: answered,
            service: answered ? service : 0, agent: answered && !agent.isEmpty ? agent : nil)
    }

    private func seconds(_ text: String) -> Int64? {
        guard let value = Double(text), value >= 0, value <= 86_400 else { return nil }
        return Int64((value * Double(microsecondsPerSecond)).rounded())
    }
}
