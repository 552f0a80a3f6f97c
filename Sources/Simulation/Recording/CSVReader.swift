/// What is wrong with a recording, and where: lines and columns count from 1.
package struct RecordingFault: Error, Hashable, CustomStringConvertible {
    package var line: Int
    /// The column's name, or its number where the header itself is at fault.
    package var column: String
    package var problem: String

    package init(line: Int, column: String, problem: String) {
        self.line = line
        self.column = column
        self.problem = problem
    }

    package var description: String { "line \(line), column \(column): \(problem)" }
}

/// Reads comma-separated values as RFC 4180 describes them: fields in double quotes may hold commas, line breaks and
/// doubled quotes. LF and CR LF end a line, a byte order mark is passed over, an empty line is skipped.
package struct CSVReader {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    /// The line on which the record returned last began.
    package private(set) var recordLine = 0

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    package init(bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            position = 3
        }
    }

    /// The fields of the next record, or nil at the end.
    package mutating func next() throws(RecordingFault) -> [String]? {
        while position < bytes.count {
            recordLine = line
            let record = try readRecord()
            if record.count > 1 || record.first?.isEmpty == false {
                return record
            }
        }
        return nil
    }

    private mutating func readRecord() throws(RecordingFault) -> [String] {
        var record: [String] = []
        while true {
            let column = record.count + 1
            let quoted = position < bytes.count && bytes[position] == Self.quote
            let field = quoted ? try readQuoted(column: column) : readBare()
            guard let text = String(validating: field, as: UTF8.self) else {
                throw fault(column: column, "the field is not valid UTF-8")
            }
            record.append(text)
            guard position < bytes.count, bytes[position] == Self.comma else { break }
            position += 1
        }
        try endLine(column: record.count)
        return record
    }

    private mutating func readBare() -> [UInt8] {
        let start = position
        while position < bytes.count, bytes[position] != Self.comma, bytes[position] != Self.lineFeed {
            position += 1
        }
        var end = position
        let atLineEnd = position == bytes.count || bytes[position] == Self.lineFeed
        if atLineEnd, end > start, bytes[end - 1] == Self.carriageReturn {
            end -= 1
        }
        return Array(bytes[start..<end])
    }

    private mutating func readQuoted(column: Int) throws(RecordingFault) -> [UInt8] {
        var field: [UInt8] = []
        let openedOn = line
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == Self.quote {
                guard position < bytes.count, bytes[position] == Self.quote else { return field }
                position += 1
            } else if byte == Self.lineFeed {
                line += 1
            }
            field.append(byte)
        }
        throw RecordingFault(
            line: openedOn, column: "\(column)", problem: "the quoted field that opens here is never closed")
    }

    private mutating func endLine(column: Int) throws(RecordingFault) {
        if position < bytes.count, bytes[position] == Self.carriageReturn { position += 1 }
        guard position < bytes.count else { return }
        guard bytes[position] == Self.lineFeed else {
            throw fault(column: column, "a comma or the end of the line must follow a closing quote")
        }
        position += 1
        line += 1
    }

    private func fault(column: Int, _ problem: String) -> RecordingFault {
        RecordingFault(line: line, column: "\(column)", problem: problem)
    }
}
