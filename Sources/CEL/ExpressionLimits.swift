/// How large expressions may be. What goes beyond is a fault that names the limit.
package enum ExpressionLimits {
    /// Bytes of the source.
    package static let sourceBytesMax = 65_536
    /// Levels that an expression nests. A chain of operators of one rank, like `a + b + c`, nests to the left; one of
    /// `&&` or `||` does not nest.
    package static let depthMax = 100
    /// Nodes of the syntax tree.
    package static let nodeCountMax = 10_000
    /// Bytes of a pattern of `matches`.
    package static let patternBytesMax = 1_000
    /// Levels that groups nest in a pattern.
    package static let patternDepthMax = 50
    /// Classes like `\D` between one pair of brackets of a pattern.
    package static let patternComplementCountMax = 8
    /// The largest count in `{n,m}` of a pattern. Source: RE2, which has the same.
    package static let patternRepeatMax = 1_000
    /// States of a compiled pattern, after its repetitions are written out.
    package static let patternStateCountMax = 5_000
}
