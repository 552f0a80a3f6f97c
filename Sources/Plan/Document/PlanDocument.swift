/// How a plan is written.
package enum PlanFormat: Sendable {
    case yaml
    case json
    /// JSON where an object with its first key in double quotes begins the text, YAML otherwise.
    case detected
}

/// A plan's text as a tree, and what is wrong with how it is written.
struct PlanDocument: Sendable {
    /// nil: there is none.
    var root: PlanNode?
    var faults: [PlanFault]
    /// The paths of values that are something else than they seem: anchored, aliases or tagged.
    var unknown: Set<String> = []

    private init(root: PlanNode?, faults: [PlanFault], unknown: Set<String> = []) {
        self.root = root
        self.faults = faults
        self.unknown = unknown
    }

    /// Never throws: what is wrong is in `faults`. Cost: linear in the text.
    init(_ bytes: [UInt8], format: PlanFormat) {
        do throws(PlanFault) {
            let text = try PlanText(bytes)
            self = try Self.parse(text, format)
        } catch {
            self.init(root: nil, faults: [error])
        }
    }

    private static func parse(_ text: PlanText, _ format: PlanFormat) throws(PlanFault) -> PlanDocument {
        switch format {
        case .json: return try json(text)
        case .yaml: return try yaml(text)
        case .detected:
            guard JSONReader.suits(text) else { return try yaml(text) }
            do throws(PlanFault) {
                return try json(text)
            } catch let fault {
                // An object of YAML may begin as one of JSON does: `{"a": b}`.
                do throws(PlanFault) {
                    return try yaml(text)
                } catch {
                    throw fault
                }
            }
        }
    }

    private static func json(_ text: PlanText) throws(PlanFault) -> PlanDocument {
        var reader = JSONReader(text)
        let root = try reader.read()
        return PlanDocument(root: root, faults: reader.faults)
    }

    private static func yaml(_ text: PlanText) throws(PlanFault) -> PlanDocument {
        let result = DeepStack.run { () -> Result<PlanDocument, PlanFault> in
            var reader = YAMLReader()
            do throws(PlanFault) {
                let root = try reader.read(text)
                return .success(PlanDocument(root: root, faults: reader.faults, unknown: reader.unknown))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
