/// What stands without operators: literals, names, calls, lists, maps, and what follows them with a dot or in brackets.
extension Parser {
    /// Source: CEL language definition, "Syntax", RESERVED.
    private static let reservedWords: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]

    mutating func member(of start: SyntaxTree.Index) throws(Fault) -> SyntaxTree.Index {
        var operand = start
        while true {
            let offset = token.range.lowerBound
            if try skip(.dot) {
                operand = try field(of: operand)
            } else if try skip(.openBracket) {
                let index = try expression()
                try expect(.closeBracket, "after the index")
                operand = try tree.add(.index(operand, index), at: offset, above: [operand, index])
            } else {
                return operand
            }
        }
    }

    private mutating func field(of operand: SyntaxTree.Index) throws(Fault) -> SyntaxTree.Index {
        let offset = token.range.lowerBound
        switch token.form {
        case .identifier(let name) where !["true", "false", "null"].contains(name):
            try advance()
            guard try skip(.openParenthesis) else {
                return try tree.add(.select(operand, field: name), at: offset, above: [operand])
            }
            return try methodCall(name, on: operand, at: offset)
        case .quotedIdentifier(let name):
            try advance()
            return try tree.add(.select(operand, field: name), at: offset, above: [operand])
        case .identifier, .int, .uint, .double, .string, .bytes, .symbol, .end:
            throw fault("after '.' stands a name, not \(found)")
        }
    }

    mutating func primary() throws(Fault) -> SyntaxTree.Index {
        let offset = token.range.lowerBound
        switch token.form {
        case .int(let magnitude):
            guard let int = Int64(exactly: magnitude) else { throw fault("an int is at most \(Int64.max)") }
            return try literal(.int(int))
        case .uint(let uint): return try literal(.uint(uint))
        case .double(let double): return try literal(.double(double))
        case .string(let string): return try literal(.string(string))
        case .bytes(let bytes): return try literal(.bytes(bytes))
        case .identifier(let name): return try named(name, at: offset, isRooted: false)
        case .symbol(.dot):
            try advance()
            guard case .identifier(let name) = token.form else { throw fault("after '.' stands a name, not \(found)") }
            return try named(name, at: token.range.lowerBound, isRooted: true)
        case .symbol(.openParenthesis):
            try advance()
            let inner = try expression()
            try expect(.closeParenthesis, "to close the parenthesis")
            return inner
        case .symbol(.openBracket): return try list()
        case .symbol(.openBrace): return try map()
        case .quotedIdentifier: throw fault("a name in backticks stands after '.' only")
        case .symbol, .end: throw fault("here a value was expected, not \(found)")
        }
    }

    private mutating func literal(_ value: Value) throws(Fault) -> SyntaxTree.Index {
        let offset = token.range.lowerBound
        try advance()
        return try tree.add(.literal(value), at: offset)
    }

    private mutating func named(_ name: String, at offset: Int, isRooted: Bool) throws(Fault) -> SyntaxTree.Index {
        if !isRooted {
            switch name {
            case "true": return try literal(.bool(true))
            case "false": return try literal(.bool(false))
            case "null": return try literal(.null)
            default: break
            }
        }
        if Self.reservedWords.contains(name) { throw fault("'\(name)' is a reserved word") }
        try advance()
        if try skip(.openParenthesis) { return try functionCall(name, at: offset) }
        if isAt(.openBrace) { throw fault("there are no messages in rules: a map is written {\"key\": value}") }
        return try tree.add(.identifier(name, isRooted: isRooted), at: offset)
    }

    /// What stands between parentheses or brackets, up to the closing one.
    mutating func elements(until close: Symbol, mayEndInComma: Bool) throws(Fault) -> [SyntaxTree.Index] {
        var elements: [SyntaxTree.Index] = []
        while !isAt(close) {
            elements.append(try expression())
            guard try skip(.comma) else { break }
            if isAt(close), !mayEndInComma { throw fault("after ',' a value was expected, not \(found)") }
        }
        try expect(close, "after the last value")
        return elements
    }

    private mutating func list() throws(Fault) -> SyntaxTree.Index {
        let offset = token.range.lowerBound
        try advance()
        let elements = try elements(until: .closeBracket, mayEndInComma: true)
        return try tree.add(.list(elements), at: offset, above: elements)
    }

    private mutating func map() throws(Fault) -> SyntaxTree.Index {
        let offset = token.range.lowerBound
        try advance()
        var entries: [(key: SyntaxTree.Index, value: SyntaxTree.Index)] = []
        while !isAt(.closeBrace) {
            let key = try expression()
            try expect(.colon, "between a key and its value")
            entries.append((key, try expression()))
            guard try skip(.comma) else { break }
        }
        try expect(.closeBrace, "after the last entry")
        return try tree.add(.map(entries), at: offset, above: entries.flatMap { [$0.key, $0.value] })
    }

    // MARK: calls and macros

    private mutating func functionCall(_ name: String, at offset: Int) throws(Fault) -> SyntaxTree.Index {
        let arguments = try elements(until: .closeParenthesis, mayEndInComma: false)
        guard name == "has" else {
            return try tree.add(.call(name, receiver: nil, arguments: arguments), at: offset, above: arguments)
        }
        guard arguments.count == 1, case .select(let operand, let field) = tree.nodes[arguments[0]].form else {
            throw fault("has() is asked for one field, as in has(inquiry.attrs.tier)", at: offset)
        }
        return try tree.add(.has(operand, field: field), at: tree.nodes[arguments[0]].offset, above: [operand])
    }

    private mutating func methodCall(
        _ name: String, on receiver: SyntaxTree.Index, at offset: Int
    ) throws(Fault) -> SyntaxTree.Index {
        let arguments = try elements(until: .closeParenthesis, mayEndInComma: false)
        guard let macro = SyntaxTree.Macro(rawValue: name) else {
            return try tree.add(
                .call(name, receiver: receiver, arguments: arguments), at: offset, above: [receiver] + arguments)
        }
        let counts = macro == .map ? 2...3 : 2...2
        guard counts.contains(arguments.count) else {
            let more = macro == .map ? "an expression, and a condition between them if need be" : "a condition"
            throw fault("\(name)() has a name for the element and \(more)", at: offset)
        }
        guard case .identifier(let variable, isRooted: false) = tree.nodes[arguments[0]].form else {
            throw fault("\(name)() begins with a name for the element", at: tree.nodes[arguments[0]].offset)
        }
        let isMap = macro == .map
        let comprehension = SyntaxTree.Comprehension(
            macro: macro, range: receiver, variable: variable,
            condition: !isMap || arguments.count == 3 ? arguments[1] : nil, transform: isMap ? arguments.last : nil)
        return try tree.add(.comprehension(comprehension), at: offset, above: [receiver] + arguments)
    }
}
