import LineProtocol

/// A line that a daemon sent, as the client's own values.
enum ServerLine: Hashable, Sendable {
    case row(Fields)
    case ok(Fields)
    case error(Rejection)
    case event(Event)

    /// - Parameter bytes: without the line end.
    init(_ bytes: Span<UInt8>) throws(ClientError) {
        guard let line = AnswerLine(bytes) else {
            let head = bytes.extracting(first: 80).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
            throw .protocolViolation("a line that is neither answer nor event: \(head)")
        }
        let fields = Fields(line.fields.map { Field($0.key, $0.isJSON ? .json($0.string) : .text($0.string)) })
        switch line.kind {
        case .ok: self = .ok(fields)
        case .row: self = .row(fields)
        case .err(let code, let message): self = .error(Rejection(code: code, message: message, fields: fields))
        case .event(let type): self = .event(Event(type: type, fields: fields))
        }
    }
}
