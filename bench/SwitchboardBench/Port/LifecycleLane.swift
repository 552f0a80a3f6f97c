/// One connection that acts for one agent, and the lifecycles that it has under way: SUBMIT, ACCEPT, COMPLETE, each once
/// the one before it is acknowledged.
final class LifecycleLane: Lane {
    private enum Step {
        case submit(at: ContinuousClock.Instant)
        case accept
        case complete
    }

    let connection: LineConnection
    let agent: String
    private var waiting: [Step] = []
    private var next = 0
    private var isStopping = false
    private(set) var completed = 0
    private(set) var submissionTimes: [Double] = []
    private let submission: String
    private let accept = Array("ACCEPT ".utf8)
    private let complete = Array("COMPLETE ".utf8)
    private let tail: [UInt8]

    /// The agent is made and made ready.
    init(_ connection: LineConnection, number: Int) throws {
        self.connection = connection
        agent = "bench\(number)"
        submission =
            #"SUBMIT channel=chat skills=\#(agent):1 customer=c-\#(number) attrs={"lang":"en","tier":"gold","region":"emea"}"#
        tail = Array(" as=\(agent)".utf8)
        _ = try connection.ask("AGENT PUT \(agent) skills=\(agent) channels=chat:1000 capacity=10000")
        _ = try connection.ask("READY as=\(agent)")
    }

    func begin(_ count: Int) { for _ in 0..<count { submit() } }

    func reset() {
        completed = 0
        submissionTimes.removeAll(keepingCapacity: true)
    }

    /// What is under way is finished, nothing new begun.
    func stop() { isStopping = true }

    private func submit() {
        if isStopping { return }
        connection.say(submission)
        waiting.append(.submit(at: .now))
    }

    func take() throws {
        try connection.read { line in
            guard line.first == UInt8(ascii: "O") else {
                if line.starts(with: "EVENT ".utf8) { return }
                throw BenchError(String(decoding: line, as: UTF8.self))
            }
            guard next < waiting.count else { throw BenchError("an answer too many") }
            let step = waiting[next]
            next += 1
            if next == 4_096 {
                waiting.removeFirst(next)
                next = 0
            }
            switch step {
            case .submit(let at):
                submissionTimes.append(Measured.seconds(.now - at))
                connection.say(accept, Self.id(line), tail)
                waiting.append(.accept)
            case .accept:
                connection.say(complete, Self.id(line), tail)
                waiting.append(.complete)
            case .complete:
                completed += 1
                submit()
            }
        }
    }

    /// The digits of `OK id=17 …`.
    private static func id(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.dropFirst(6).prefix { $0 != UInt8(ascii: " ") }
    }
}
