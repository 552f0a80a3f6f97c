/// A document of YAML or JSON that is no plan: its tree, read as strictly as a plan.
package struct DocumentTree: Sendable {
    /// nil: it cannot be read.
    package let root: PlanNode?
    /// What is wrong with how it is written.
    package let faults: [PlanFault]

    /// Never throws: what is wrong is in `faults`. Cost: linear in the text.
    package init(_ bytes: [UInt8], format: PlanFormat = .detected) {
        let document = PlanDocument(bytes, format: format)
        root = document.root
        faults = document.faults
    }
}

extension PlanNode {
    package static var null: PlanNode { PlanNode(.scalar(Scalar(text: "null", kind: .null))) }

    /// On one line of YAML, lists and objects in brackets.
    package var flowYAML: String { YAMLText.flow(self) }
}
