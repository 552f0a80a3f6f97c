/// How large things may become. What goes beyond is refused with a message that names the limit.
package struct Limits: Sendable {
    /// Steps that one evaluation may take.
    ///
    /// A step is one node of the expression, one element that is looked at, one state of a pattern that is advanced, or
    /// 16 bytes of text that are read or written.
    package var cost = 100_000
    /// Bytes of a string and elements of a list or map that an evaluation makes.
    package var size = 65_536

    package init() {}

    package init(cost: Int, size: Int) {
        self.cost = cost
        self.size = size
    }

    /// Bytes of the source of an expression.
    package static let sourceBytesMax = 65_536
    /// Levels that an expression nests. A chain of operators of one rank, like `a + b + c`, nests to the left; one of
    /// `&&` or `||` does not nest.
    package static let depthMax = 100
    /// Nodes of the syntax tree of an expression.
    package static let nodeCountMax = 10_000
    /// Levels of a value that are compared or printed.
    package static let valueDepthMax = 100
    /// Bytes of a pattern of `matches`.
    package static let patternBytesMax = 1_000
    /// Levels that groups nest in a pattern.
    package static let patternDepthMax = 50
    /// The largest count in `{n,m}` of a pattern. Source: RE2, which has the same.
    package static let patternRepeatMax = 1_000
    /// States of a compiled pattern, after its repetitions are written out.
    package static let patternStateCountMax = 5_000
    /// Steps that looking up a time zone counts for.
    static let zoneCost = 20
    /// Bytes of text that are read or written for one step.
    static let bytesPerStep = 16
}
