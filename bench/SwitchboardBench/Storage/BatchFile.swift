import Foundation
import Postgres
import Storage

/// Batches as `bench/writer.c` reads them.
struct BatchFile {
    private var bytes: [UInt8] = []

    init() {
        append(JournalScript.session)
        append(Int32(JournalScript.statements.count))
        for statement in JournalScript.statements {
            append(statement.name)
            append(statement.sql)
        }
    }

    /// - Parameter lifecycles: how many it counts for; nil: it is not measured.
    mutating func append(_ batch: JournalBatch, of store: OpenedStore, lifecycles: Int?) {
        append(Int32(lifecycles ?? -1))
        let countPlace = bytes.count
        append(0 as Int32)
        var count: Int32 = 0
        JournalScript.encode(batch, of: store) { place, parameters in
            count += 1
            append(Int32(place))
            append(Int32(parameters.ranges.count))
            for range in parameters.ranges {
                append(range.length)
                if range.length > 0 { bytes += parameters.bytes[range.start..<range.start + Int(range.length)] }
            }
        }
        withUnsafeBytes(of: count) { bytes.replaceSubrange(countPlace..<countPlace + 4, with: $0) }
    }

    func write(to path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    private mutating func append(_ value: Int32) { withUnsafeBytes(of: value) { bytes += $0 } }

    private mutating func append(_ text: String) {
        append(Int32(text.utf8.count))
        bytes += text.utf8
    }
}
