/// What is wrong in a plan, or odd: where, and what would be right.
package struct PlanFault: Error, Sendable, Equatable {
    /// Where: dots for keys, `[n]` for list items. Empty: the document as a whole.
    package var path: String
    package var message: String
    /// Where in the text; nil: the plan was not read from one.
    package var position: PlanPosition?
    /// The text is refused for its size, not for what it says.
    package var isTooLarge = false

    package init(path: String, message: String, position: PlanPosition? = nil, isTooLarge: Bool = false) {
        self.path = path
        self.message = message
        self.position = position
        self.isTooLarge = isTooLarge
    }
}

extension PlanFault: CustomStringConvertible {
    /// `12:5 queues.vip.target: 1s to 30d, not 0s`.
    package var description: String {
        let place = position.map { "\($0.line):\($0.column) " } ?? ""
        return path.isEmpty ? place + message : "\(place)\(path): \(message)"
    }
}

extension PlanFault {
    /// In the order of the text; what has no place there keeps its order and comes last.
    static func inOrder(_ faults: [PlanFault]) -> [PlanFault] {
        faults.enumerated().sorted { left, right in
            switch (left.element.position, right.element.position) {
            case (let one?, let other?) where one != other: one < other
            case (_?, nil): true
            case (nil, _?): false
            default: left.offset < right.offset
            }
        }.map(\.element)
    }
}
