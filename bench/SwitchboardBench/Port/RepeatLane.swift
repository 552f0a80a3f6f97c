/// One connection that says one of a few lines again and again.
final class RepeatLane: Lane {
    let connection: LineConnection
    private let lines: [String]
    private var said = 0
    private(set) var answered = 0

    init(_ connection: LineConnection, lines: [String]) {
        self.connection = connection
        self.lines = lines
    }

    func begin(_ count: Int) { for _ in 0..<count { say() } }

    func reset() { answered = 0 }

    private func say() {
        connection.say(lines[said % lines.count])
        said += 1
    }

    func take() throws {
        try connection.read { line in
            guard line.first == UInt8(ascii: "O") else { throw BenchError(String(decoding: line, as: UTF8.self)) }
            answered += 1
            say()
        }
    }
}
