/// An expression as it was written, with the macros recognised.
struct SyntaxTree {
    typealias Index = Int

    struct Node {
        var form: Form
        /// The byte of the source that a message about the node points at.
        var offset: Int
        /// Levels of nodes, this one included.
        var height: Int
    }

    indirect enum Form {
        case literal(Value)
        /// With a dot before it, names of macros' variables are passed over.
        case identifier(String, isRooted: Bool)
        case select(Index, field: String)
        /// `has(operand.field)`.
        case has(Index, field: String)
        case index(Index, Index)
        case call(String, receiver: Index?, arguments: [Index])
        case unary(UnaryOperator, Index)
        case binary(BinaryOperator, Index, Index)
        /// A chain of `&&` or of `||`.
        case logical(isAnd: Bool, [Index])
        case conditional(Index, then: Index, otherwise: Index)
        case list([Index])
        case map([(key: Index, value: Index)])
        case comprehension(Comprehension)
    }

    struct Comprehension {
        var macro: Macro
        var range: Index
        var variable: String
        /// The condition; of `map` with two arguments nil.
        var condition: Index?
        /// What `map` makes of an element.
        var transform: Index?
    }

    enum Macro: String {
        case all
        case exists
        case existsOne = "exists_one"
        case map
        case filter
    }

    let source: String
    private(set) var nodes: [Node] = []
    var root: Index = 0

    init(source: String) { self.source = source }

    /// Of the leftmost node. O(nodes).
    var firstOffset: Int { nodes.reduce(source.utf8.count) { min($0, $1.offset) } }

    /// Adds a node above its parts.
    ///
    /// - Throws: a fault if there are too many nodes or levels.
    mutating func add(_ form: Form, at offset: Int, above parts: [Index] = []) throws(Fault) -> Index {
        let height = 1 + parts.reduce(0) { max($0, nodes[$1].height) }
        guard height <= ExpressionLimits.depthMax else { throw Self.tooDeep(at: offset, in: source) }
        guard nodes.count < ExpressionLimits.nodeCountMax else {
            throw Fault("an expression has \(ExpressionLimits.nodeCountMax) parts at most", at: offset, in: source)
        }
        nodes.append(Node(form: form, offset: offset, height: height))
        return nodes.count - 1
    }

    static func tooDeep(at offset: Int, in source: String) -> Fault {
        Fault("an expression nests \(ExpressionLimits.depthMax) levels at most", at: offset, in: source)
    }
}

enum UnaryOperator: String {
    case not = "!"
    case negate = "-"
}

enum BinaryOperator: String, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case `in`
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"

    init?(_ symbol: Symbol) { self.init(rawValue: symbol.rawValue) }
}
