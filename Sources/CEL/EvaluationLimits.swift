/// How much one evaluation may do. What goes beyond is an error that `&&` and `||` do not absorb.
package struct EvaluationLimits: Sendable {
    /// Steps: ten milliseconds or so at worst. A typical rule takes about ten of them.
    ///
    /// A step is one node of the expression, one element that is looked at, one state of a pattern that is entered, or
    /// 16 bytes of text that are read or written.
    package var cost = 100_000
    /// Bytes of a string and elements of a list that an evaluation makes.
    package var size = 65_536

    package init() {}

    package init(cost: Int, size: Int) {
        self.cost = cost
        self.size = size
    }

    /// Levels of a value that are compared or printed.
    package static let valueDepthMax = 100
    /// Steps that looking up a time zone counts for.
    static let zoneCost = 20
    /// Bytes of text that are read or written for one step.
    static let bytesPerStep = 16
}
