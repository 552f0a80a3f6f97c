/// A place in a document. Lines and columns count from 1; a column is a Unicode scalar.
package struct PlanPosition: Hashable, Comparable, Sendable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (left: PlanPosition, right: PlanPosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A plan as it is written: what YAML and JSON have in common, keys in their order.
package struct PlanNode: Sendable, Equatable {
    package enum Value: Sendable, Equatable {
        case scalar(Scalar)
        case list([PlanNode])
        case object([Member])
    }

    /// A single value, as text, and what it is read as.
    package struct Scalar: Sendable, Equatable {
        package enum Kind: Sendable, Equatable {
            /// In quotes, or a word that nothing takes for anything else.
            case text
            /// A decimal whole number.
            case integer
            /// Any other number.
            case number
            case bool
            case null
            /// Without quotes, and read as a truth value or a number by some programs: `no`, `on`, `0x10`, `12:30`.
            case ambiguous
        }

        package var text: String
        package var kind: Kind
    }

    package struct Member: Sendable, Equatable {
        package var key: Scalar
        package var keyPosition: PlanPosition?
        package var value: PlanNode
    }

    package var value: Value
    /// nil: made by the program.
    package var position: PlanPosition?

    package init(_ value: Value, at position: PlanPosition? = nil) {
        self.value = value
        self.position = position
    }

    package var isNull: Bool {
        if case .scalar(let scalar) = value { return scalar.kind == .null }
        return false
    }

    /// What it is, as a message calls it.
    var described: String {
        switch value {
        case .list: "a list"
        case .object: "an object"
        case .scalar(let scalar): scalar.described
        }
    }
}

extension PlanNode.Scalar {
    /// The value as a message shows it: at most 60 characters of it.
    var described: String {
        switch kind {
        case .null: "nothing"
        case .integer, .number, .bool, .ambiguous: Self.excerpt(text)
        case .text: "\"\(Self.excerpt(text))\""
        }
    }

    private static func excerpt(_ text: String) -> String {
        text.count > 60 ? text.prefix(60) + "…" : text
    }
}

// MARK: Nodes that the program makes

extension PlanNode {
    package static func text(_ text: String) -> PlanNode { PlanNode(.scalar(Scalar(text: text, kind: .text))) }
    package static func integer(_ value: Int32) -> PlanNode {
        PlanNode(.scalar(Scalar(text: "\(value)", kind: .integer)))
    }
    static func bool(_ value: Bool) -> PlanNode { PlanNode(.scalar(Scalar(text: "\(value)", kind: .bool))) }
    static func list(_ items: [PlanNode]) -> PlanNode { PlanNode(.list(items)) }
    static func texts(_ items: [String]) -> PlanNode { PlanNode(.list(items.map { text($0) })) }

    /// An object of what is there: a member whose value is nil is left out.
    package static func object(_ members: [(key: String, value: PlanNode?)]) -> PlanNode {
        PlanNode(
            .object(
                members.compactMap { member in
                    member.value.map { Member(key: Scalar(text: member.key, kind: .text), value: $0) }
                }))
    }
}
