/// The names that an expression may use besides those of the language.
package struct Declarations: Sendable {
    struct Variable: Sendable {
        let name: String
        let type: ValueType
    }

    struct Function: Sendable {
        let name: String
        let parameters: [ValueType]
        let result: ValueType
        let checkLiteral: (@Sendable (Value) -> String?)?
    }

    private(set) var variables: [Variable] = []
    private(set) var functions: [Function] = []
    /// Looked up only.
    private(set) var variableNumbers: [String: Int] = [:]
    /// Where names of time zones are looked up. Without it, UTC and offsets like `+09:00` are known.
    package var timeZones: (any TimeZones)?

    package init() {}

    /// Declares a variable.
    ///
    /// A name with dots declares a field of something that is no value of its own: with `inquiry.channel`, expressions
    /// may read `inquiry.channel` but not `inquiry`.
    ///
    /// - Returns: its number, which counts from 0.
    @discardableResult
    package mutating func variable(_ name: String, _ type: ValueType) -> Int {
        precondition(variableNumbers[name] == nil, "a variable is declared once")
        variableNumbers[name] = variables.count
        variables.append(Variable(name: name, type: type))
        return variables.count - 1
    }

    /// Declares a function of the host.
    ///
    /// - Parameter checkLiteral: says what is wrong with an argument that is written out in the expression, or nil.
    ///   Called while the expression is made into a program.
    /// - Returns: its number, which counts from 0.
    @discardableResult
    package mutating func function(
        _ name: String, _ parameters: [ValueType], _ result: ValueType,
        checkLiteral: (@Sendable (Value) -> String?)? = nil
    ) -> Int {
        functions.append(
            Function(name: name, parameters: parameters, result: result, checkLiteral: checkLiteral))
        return functions.count - 1
    }

    /// The fields that are declared below a name, in order: `channel` and `queue` for `inquiry`.
    func fields(of name: String) -> [String] {
        variables.compactMap { variable in
            guard Text.hasPrefix(variable.name, name + ".") else { return nil }
            return String(variable.name.dropFirst(name.count + 1))
        }
    }
}
