/// The smallest parts of an expression.
struct Token {
    enum Form {
        case identifier(String)
        /// A name in backticks.
        case quotedIdentifier(String)
        /// Without a sign, which is an operator of its own: up to 2^63 after a minus.
        case int(UInt64)
        case uint(UInt64)
        case double(Double)
        case string(String)
        case bytes([UInt8])
        case symbol(Symbol)
        case end
    }

    var form: Form
    /// Bytes of the source.
    var range: Range<Int>
}

enum Symbol: String, CaseIterable {
    case openParenthesis = "("
    case closeParenthesis = ")"
    case openBracket = "["
    case closeBracket = "]"
    case openBrace = "{"
    case closeBrace = "}"
    case dot = "."
    case comma = ","
    case question = "?"
    case colon = ":"
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divide = "/"
    case remainder = "%"
    case not = "!"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "=="
    case notEqual = "!="
    case and = "&&"
    case or = "||"
    case `in`

    /// Of operators between operands: binds the tighter, the higher; operators of one rank bind from the left.
    var rank: Int? {
        switch self {
        case .or: 0
        case .and: 1
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .in: 2
        case .plus, .minus: 3
        case .times, .divide, .remainder: 4
        case .openParenthesis, .closeParenthesis, .openBracket, .closeBracket, .openBrace, .closeBrace, .dot, .comma,
            .question, .colon, .not:
            nil
        }
    }
}
