/// Makes a tree of a source.
///
/// Recursive descent. Each level of recursion is counted, and every node's height is (`SyntaxTree.add`), so that no source
/// exhausts the stack here or in what walks the tree.
///
/// Source: CEL language definition, "Syntax".
struct Parser {
    var lexer: Lexer
    var token: Token
    /// Of the token before.
    var previousEnd = 0
    var tree: SyntaxTree
    private var depth = 0

    /// - Throws: the first fault.
    static func parse(_ source: String) throws(Fault) -> SyntaxTree {
        var parser = try Parser(source)
        parser.tree.root = try parser.expression()
        guard case .end = parser.token.form else {
            throw parser.fault("here an operator or the end was expected, not \(parser.found)")
        }
        return parser.tree
    }

    private init(_ source: String) throws(Fault) {
        lexer = try Lexer(source)
        tree = SyntaxTree(source: source)
        token = try lexer.next()
    }

    // MARK: tokens

    mutating func advance() throws(Fault) {
        previousEnd = token.range.upperBound
        token = try lexer.next()
    }

    /// Whether the token is the symbol, which is then behind.
    mutating func skip(_ symbol: Symbol) throws(Fault) -> Bool {
        guard isAt(symbol) else { return false }
        try advance()
        return true
    }

    func isAt(_ symbol: Symbol) -> Bool {
        if case .symbol(symbol) = token.form { return true }
        return false
    }

    mutating func expect(_ symbol: Symbol, _ purpose: String) throws(Fault) {
        guard try skip(symbol) else {
            throw fault("here '\(symbol.rawValue)' was expected \(purpose), not \(found)")
        }
    }

    func fault(_ message: String, at offset: Int? = nil) -> Fault {
        Fault(message, at: offset ?? token.range.lowerBound, in: tree.source)
    }

    /// The token in a message.
    var found: String {
        switch token.form {
        case .end: "the end"
        case .symbol(let symbol): "'\(symbol.rawValue)'"
        case .identifier(let name): "'\(name)'"
        case .quotedIdentifier(let name): "`\(name)`"
        case .int, .uint, .double: "a number"
        case .string, .bytes: "a text"
        }
    }

    // MARK: operators

    /// `a ? b : c`, and all that binds tighter.
    mutating func expression() throws(Fault) -> SyntaxTree.Index {
        depth += 1
        defer { depth -= 1 }
        guard depth <= ExpressionLimits.depthMax else {
            throw SyntaxTree.tooDeep(at: token.range.lowerBound, in: tree.source)
        }
        let condition = try operators(from: 0)
        let offset = token.range.lowerBound
        guard try skip(.question) else { return condition }
        let then = try operators(from: 0)
        try expect(.colon, "between the two results of '?'")
        let otherwise = try expression()
        return try tree.add(
            .conditional(condition, then: then, otherwise: otherwise), at: offset, above: [condition, then, otherwise])
    }

    /// Operands with the operators between them that bind as tightly as said or more so.
    ///
    /// Source: Theodore Norvell, "Parsing Expressions by Recursive Descent", precedence climbing. A function for each
    /// rank would take as many frames of the stack for each level of parentheses.
    private mutating func operators(from rank: Int) throws(Fault) -> SyntaxTree.Index {
        var left = try unary()
        while case .symbol(let symbol) = token.form, let found = symbol.rank, found >= rank {
            let offset = token.range.lowerBound
            if let binaryOperator = BinaryOperator(symbol) {
                try advance()
                let right = try operators(from: found + 1)
                left = try tree.add(.binary(binaryOperator, left, right), at: offset, above: [left, right])
            } else {
                left = try chain(of: symbol, found, after: left)
            }
        }
        return left
    }

    /// All that `&&` or `||` joins without parentheses.
    private mutating func chain(
        of symbol: Symbol, _ rank: Int, after first: SyntaxTree.Index
    ) throws(Fault) -> SyntaxTree.Index {
        let offset = token.range.lowerBound
        var parts = [first]
        while try skip(symbol) { parts.append(try operators(from: rank + 1)) }
        return try tree.add(.logical(isAnd: symbol == .and, parts), at: offset, above: parts)
    }

    /// `!` and `-`, however many.
    private mutating func unary() throws(Fault) -> SyntaxTree.Index {
        var operators: [(UnaryOperator, Int)] = []
        while true {
            let offset = token.range.lowerBound
            if try skip(.not) {
                operators.append((.not, offset))
            } else if try skip(.minus) {
                operators.append((.negate, offset))
            } else {
                break
            }
            guard operators.count <= ExpressionLimits.depthMax else {
                throw SyntaxTree.tooDeep(at: offset, in: tree.source)
            }
        }
        var operand = try signedOperand(&operators)
        for (unaryOperator, offset) in operators.reversed() {
            operand = try tree.add(.unary(unaryOperator, operand), at: offset, above: [operand])
        }
        return operand
    }

    /// A minus before a number belongs to it: the least int has no positive counterpart.
    private mutating func signedOperand(_ operators: inout [(UnaryOperator, Int)]) throws(Fault) -> SyntaxTree.Index {
        guard case (.negate, let offset)? = operators.last else { return try member() }
        switch token.form {
        case .int(let magnitude):
            guard magnitude <= Int64.min.magnitude else { throw fault("an int is at least \(Int64.min)", at: offset) }
            operators.removeLast()
            try advance()
            return try member(.int(Int64(truncatingIfNeeded: 0 &- magnitude)), at: offset)
        case .double(let double):
            operators.removeLast()
            try advance()
            return try member(.double(-double), at: offset)
        case .identifier, .quotedIdentifier, .uint, .string, .bytes, .symbol, .end: return try member()
        }
    }

    private mutating func member(_ literal: Value, at offset: Int) throws(Fault) -> SyntaxTree.Index {
        try member(of: tree.add(.literal(literal), at: offset))
    }

    private mutating func member() throws(Fault) -> SyntaxTree.Index {
        try member(of: primary())
    }
}
