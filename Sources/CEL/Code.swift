/// A step of an evaluation. What `first`, `second` and `third` hold depends on the operation.
struct Instruction {
    var operation: Operation
    var first: Int32 = 0
    var second: Int32 = 0
    var third: Int32 = 0
    /// The byte of the source that errors point at.
    var offset: Int32
}

/// What a step does. `node` stands for the index of an instruction, `list` for the start and count of a run of
/// `Code.operands`.
enum Operation: UInt8 {
    /// constant
    case constant
    /// variable
    case variable
    /// local
    case local
    /// variable, name: an entry of a variable that is a map.
    case entry
    /// variable, node of the key
    case entryAt
    /// variable
    case hasVariable
    /// variable, name
    case hasEntry
    /// node of the key, variable
    case isKey
    /// node, name
    case select
    /// node, name
    case has
    /// node, node of the index
    case index
    /// list
    case and
    /// list
    case or
    /// node
    case not
    /// node
    case negate
    /// node, node
    case equal
    /// node, node
    case notEqual
    /// node, constant
    case equalConstant
    /// node, constant
    case notEqualConstant
    /// node, node
    case less
    /// node, node
    case lessOrEqual
    /// node, node
    case greater
    /// node, node
    case greaterOrEqual
    /// node, node
    case add
    /// node, node
    case subtract
    /// node, node
    case multiply
    /// node, node
    case divide
    /// node, node
    case remainder
    /// node, node
    case isElement
    /// node, set
    case isInSet
    /// node of the condition, node, node
    case conditional
    /// list
    case list
    /// list of keys and values in turn
    case map
    /// node, pattern
    case matches
    /// list, number in `Code.builtIns`
    case call
    /// list, function of the host
    case hostCall
    /// node of the range, local, node of the condition
    case all
    case exists
    case existsOne
    case filter
    /// node of the range, local, node of what becomes of an element
    case transform
    /// list of the range, the condition and what becomes of an element; local
    case transformWhere
    /// name that was not found
    case unknown
}

/// What an evaluation follows.
///
/// A class, so that an evaluation holds on to one thing instead of to each array.
final class Code: Sendable {
    let source: String
    /// Of its value.
    let type: ValueType
    let instructions: ContiguousArray<Instruction>
    /// The parts of instructions that have any number of them.
    let operands: ContiguousArray<Int32>
    let constants: ContiguousArray<Value>
    let names: ContiguousArray<String>
    let sets: ContiguousArray<ConstantSet>
    let patterns: ContiguousArray<Pattern>
    let builtIns: ContiguousArray<BuiltIn>
    /// By number.
    let variables: [Declarations.Variable]
    /// By number.
    let hostFunctions: [Declarations.Function]
    let timeZones: (any TimeZones)?
    let root: Int32
    let localCount: Int

    init(_ emitter: Emitter, root: Int32) {
        source = emitter.checked.tree.source
        type = emitter.checked.types[emitter.checked.tree.root]
        instructions = emitter.instructions
        operands = emitter.operands
        constants = emitter.constants
        names = emitter.names
        sets = emitter.sets
        patterns = emitter.patterns
        builtIns = emitter.builtIns
        variables = emitter.checked.declarations.variables
        hostFunctions = emitter.checked.declarations.functions
        timeZones = emitter.checked.declarations.timeZones
        self.root = root
        localCount = emitter.checked.localCountMax
    }
}

/// The elements of a list that is written out, prepared for `in`.
struct ConstantSet: Sendable {
    /// In the order of the list, without repetitions.
    private let keys: [MapKey]
    /// In sets of more than `searchMax` elements.
    private let hashed: Set<MapKey>?

    /// Up to this many elements, comparing each is faster than hashing.
    private static let searchMax = 8

    /// Nil if an element is of a type that cannot be a key of a map.
    init?(_ list: [Value]) {
        var keys: [MapKey] = []
        var seen: Set<MapKey> = []
        for element in list {
            guard let key = MapKey(element) else { return nil }
            if seen.insert(key).inserted { keys.append(key) }
        }
        self.keys = keys
        hashed = keys.count > Self.searchMax ? seen : nil
    }

    /// O(1).
    func contains(_ value: Value) -> Bool {
        guard let key = MapKey(value) else { return false }
        if let hashed { return hashed.contains(key) }
        return keys.contains(key)
    }
}
