/// What an expression reads from its surroundings while it is evaluated.
///
/// Variables and functions are named by numbers: their places in the `Declarations` that the program was made with. A
/// class, or a struct of three words at most, is passed without allocating.
package protocol Bindings {
    /// The value of a variable, or nil if it has none now: reading it is an error of the code `missing`.
    func value(of variable: Int) -> Value?

    /// One entry of a variable that is a map with string keys, or nil if it has no such key.
    ///
    /// What the expression asks for, so that nobody converts a whole map for one of its entries.
    func entry(of variable: Int, key: String) -> Value?

    /// The result of a function of the host, or nil if it has none.
    ///
    /// - Parameter arguments: as many as were declared; their types are as declared, too.
    func call(_ function: Int, _ arguments: [Value]) -> Value?
}

extension Bindings {
    package func entry(of variable: Int, key: String) -> Value? {
        guard case .map(let map)? = value(of: variable) else { return nil }
        return map.value(of: key)
    }

    package func call(_ function: Int, _ arguments: [Value]) -> Value? { nil }
}

/// Values that are at hand already.
package struct ValueBindings: Bindings {
    /// By number of the variable.
    package var values: [Value?]

    package init(_ values: [Value?] = []) { self.values = values }

    package func value(of variable: Int) -> Value? {
        values.indices.contains(variable) ? values[variable] : nil
    }
}

/// Offsets of the time zones that an expression names.
package protocol TimeZones: Sendable {
    /// Seconds that local time is ahead of UTC at a moment, or nil if there is no such zone.
    ///
    /// - Parameters:
    ///   - zone: a name of the IANA database.
    ///   - seconds: since 1970-01-01T00:00:00Z.
    func offset(of zone: String, at seconds: Int64) -> Int?
}
