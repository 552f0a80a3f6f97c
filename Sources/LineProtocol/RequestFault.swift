/// The error codes of PROTOCOL §7.
package enum ErrorCode: UInt8, CaseIterable, Sendable {
    case badRequest
    case unknownVerb
    case badArgument
    case unauthorized
    case forbidden
    case notFound
    case conflict
    case gone
    case tooLarge
    case limit
    case unavailable
    case internalError

    /// The code on the wire.
    package var name: String {
        switch self {
        case .badRequest: "bad_request"
        case .unknownVerb: "unknown_verb"
        case .badArgument: "bad_argument"
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        case .notFound: "not_found"
        case .conflict: "conflict"
        case .gone: "gone"
        case .tooLarge: "too_large"
        case .limit: "limit"
        case .unavailable: "unavailable"
        case .internalError: "internal"
        }
    }

    package init?(name: String) {
        guard let code = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = code
    }
}

/// Why a line is not a request that can be carried out.
package struct RequestFault: Error, Sendable, Equatable {
    package var code: ErrorCode
    /// A sentence for people: what was wrong and what would be right.
    package var message: String
    /// The wire name of the field at fault, where there is one.
    package var field: String?
    /// What the answer echoes, `#` included: the tag of the line, `#?` for a line that could not be read, or nothing.
    package var tag: [UInt8]

    package init(code: ErrorCode, message: String, field: String? = nil, tag: [UInt8] = []) {
        self.code = code
        self.message = message
        self.field = field
        self.tag = tag
    }

    static func badArgument(_ field: String?, _ message: String) -> RequestFault {
        RequestFault(code: .badArgument, message: message, field: field)
    }

    static func badRequest(_ message: String) -> RequestFault {
        RequestFault(code: .badRequest, message: message)
    }

    /// The answer to a line longer than `limit` bytes, of which `prefix` is the beginning.
    package static func tooLarge(prefix: Span<UInt8>, limit: Int) -> RequestFault {
        RequestFault(
            code: .tooLarge, message: "a line is at most \(limit) bytes, its end included", tag: Tag.echo(of: prefix))
    }

    /// The answer to a line, of which `prefix` is the beginning, that holds a NUL or is not UTF-8.
    package static func unreadable(_ reason: UnreadableReason, prefix: Span<UInt8>) -> RequestFault {
        RequestFault(code: .badRequest, message: reason.message, tag: Tag.echo(of: prefix))
    }
}

/// Why the bytes of a line are no text.
package enum UnreadableReason: Sendable, Equatable {
    case nul
    case invalidUTF8

    package var message: String {
        switch self {
        case .nul: "a line holds no NUL; write text without U+0000"
        case .invalidUTF8: "the line is not valid UTF-8; send UTF-8 text"
        }
    }
}
