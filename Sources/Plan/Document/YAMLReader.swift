import Yams

/// Reads YAML into nodes.
///
/// Yams composes the tree; three things it would do on the way are kept from it. It would expand aliases, and hash what
/// they expand to when they stand in a key, which grows exponentially with the text: so it never sees an anchor or an
/// alias, their signs are exchanged before it reads for characters that no plan may have, and put back afterwards. It
/// would stop at the first key that comes twice: so that one is made different and the text read again, a few times. It
/// would resolve types by its own rules: those here are the plan's (`YAMLScalar`).
struct YAMLReader {
    /// Stands for `*`, for `&`, and before a key that comes again.
    private static let alias: Unicode.Scalar = "\u{10FFF0}"
    private static let anchor: Unicode.Scalar = "\u{10FFF1}"
    private static let repeated: Unicode.Scalar = "\u{10FFF2}"

    /// How much text is read again at most for the sake of keys that come twice.
    private static let bytesReadAgain = 1_048_576
    private static let roundsMax = 64

    private(set) var faults: [PlanFault] = []
    /// The paths of values that are anchored, aliases, tagged or cannot be stored: what is meant is not known.
    private(set) var unknown: Set<String> = []
    /// Where the sign for a key that comes again was put in, in the order in which it was.
    private var insertions: [PlanPosition] = []
    private var nodeCount = 0

    /// Reads the one document of the text. Throws at what leaves no tree; other faults are in `faults`.
    mutating func read(_ text: PlanText) throws(PlanFault) -> PlanNode {
        let document = YAMLDocument(hidingReferences: text, alias: Self.alias, anchor: Self.anchor)
        if let place = document.escapeOfReserved {
            throw PlanFault(path: "", message: "this character cannot stand in a plan; take it out", position: place)
        }
        let root = try compose(document)
        guard let root else { throw PlanFault(path: "", message: "the document is empty; the default plan is {}") }
        return try node(root, path: "", depth: 1)
    }

    // MARK: Yams

    private mutating func compose(_ document: YAMLDocument) throws(PlanFault) -> Node? {
        var document = document
        let rounds = min(Self.roundsMax, max(1, Self.bytesReadAgain / (document.bytes.count + 1)))
        for round in 0...rounds {
            do {
                return try Parser(yaml: document.text, resolver: .basic, encoding: .utf8).singleRoot()
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let position = PlanPosition(line: context.mark.line, column: context.mark.column)
                guard round < rounds, document.insert(Self.repeated, at: position) else {
                    throw PlanFault(
                        path: "", message: "the key \(shown(keys.first ?? "")) stands there twice; keep one of them",
                        position: source(position))
                }
                insertions.append(position)
            } catch let error as YamlError {
                throw fault(error, document)
            } catch {
                throw PlanFault(path: "", message: "this is not YAML: \(error)")
            }
        }
        preconditionFailure("the last round returns or throws")
    }

    private func fault(_ error: YamlError, _ document: YAMLDocument) -> PlanFault {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            var position = PlanPosition(line: mark.line, column: mark.column)
            // What never ends is told where it begins.
            if let context, document.isAtEnd(position) {
                position = PlanPosition(line: context.mark.line, column: context.mark.column)
            }
            if let place = document.reference(near: position, signs: [Self.alias, Self.anchor]) {
                return PlanFault(path: "", message: Self.referenceAdvice, position: source(place))
            }
            if document.isIndentedByTab(line: mark.line) {
                return PlanFault(
                    path: "", message: "a tab indents this line; YAML is indented with spaces",
                    position: PlanPosition(line: mark.line, column: 1))
            }
            return PlanFault(path: "", message: YAMLAdvice.message(problem, context?.text), position: source(position))
        case .memory:
            return PlanFault(path: "", message: "objects and lists nest at most \(PlanLimits.depth) deep")
        default:
            return PlanFault(path: "", message: "this is not YAML")
        }
    }

    // MARK: Nodes

    private mutating func node(_ source: Node, path: String, depth: Int) throws(PlanFault) -> PlanNode {
        nodeCount += 1
        let position = self.position(of: source)
        guard nodeCount <= PlanLimits.nodes else {
            throw PlanFault(
                path: path, message: "a plan has at most \(PlanLimits.nodes) values", position: position,
                isTooLarge: true)
        }
        guard depth <= PlanLimits.depth else {
            throw PlanFault(
                path: path, message: "objects and lists nest at most \(PlanLimits.depth) deep", position: position)
        }
        switch source {
        case .scalar(let value):
            return PlanNode(.scalar(scalar(value, path: path)), at: position)
        case .sequence(let items):
            checkTag(source, path: path)
            var list: [PlanNode] = []
            for (index, item) in items.enumerated() {
                list.append(try node(item, path: PlanPath.item(index, of: path), depth: depth + 1))
            }
            return PlanNode(.list(list), at: position)
        case .mapping(let pairs):
            checkTag(source, path: path)
            var members: [PlanNode.Member] = []
            for pair in pairs {
                if let member = try member(pair.key, pair.value, path: path, depth: depth) { members.append(member) }
            }
            return PlanNode(.object(members), at: position)
        case .alias:
            refuse(path, Self.referenceAdvice, at: position)
            return PlanNode(.scalar(PlanNode.Scalar(text: "", kind: .null)), at: position)
        }
    }

    private mutating func member(
        _ key: Node, _ value: Node, path: String, depth: Int
    ) throws(PlanFault) -> PlanNode.Member? {
        let position = self.position(of: key)
        guard case .scalar(var scalar) = key else {
            faults.append(PlanFault(path: path, message: "a key is one word or text, not a list", position: position))
            return nil
        }
        let isRepeated = scalar.string.unicodeScalars.first == Self.repeated
        if isRepeated {
            let tag = scalar.tag
            scalar.string = String(String.UnicodeScalarView(scalar.string.unicodeScalars.drop { $0 == Self.repeated }))
            scalar.tag = tag
        }
        let below = PlanPath.key(shown(scalar.string), under: path)
        let name = self.scalar(scalar, path: below)
        if name.text == "<<" {
            faults.append(PlanFault(path: path, message: Self.referenceAdvice, position: position))
            return nil
        }
        let value = try node(value, path: below, depth: depth + 1)
        guard !isRepeated else {
            faults.append(
                PlanFault(
                    path: below, message: "the key \(shown(name.text)) stands there twice; keep one of them",
                    position: position))
            return nil
        }
        return PlanNode.Member(key: name, keyPosition: position, value: value)
    }

    private mutating func scalar(_ value: Node.Scalar, path: String) -> PlanNode.Scalar {
        let isPlain = value.style == .plain || value.style == .any
        let position = value.mark.map { source(PlanPosition(line: $0.line, column: $0.column)) }
        let first = value.string.unicodeScalars.first
        if isPlain, first == Self.alias || first == Self.anchor { refuse(path, Self.referenceAdvice, at: position) }
        if value.string.unicodeScalars.contains("\0") { refuse(path, "U+0000 cannot be stored", at: position) }
        // That it is a text is what Yams itself notes of quoted values and of keys.
        let tag = value.tag.rawValue
        if !tag.isEmpty, tag != Tag.Name.str.rawValue {
            refuse(path, Self.tagAdvice, at: position)
            return PlanNode.Scalar(text: shown(value.string), kind: .text)
        }
        return PlanNode.Scalar(
            text: shown(value.string), kind: isPlain ? YAMLScalar.kind(ofPlain: value.string) : .text)
    }

    private mutating func checkTag(_ node: Node, path: String) {
        let tag = node.tag.rawValue
        guard !tag.isEmpty, tag != Tag.Name.seq.rawValue, tag != Tag.Name.map.rawValue else { return }
        refuse(path, Self.tagAdvice, at: position(of: node))
    }

    private mutating func refuse(_ path: String, _ advice: String, at position: PlanPosition?) {
        faults.append(PlanFault(path: path, message: advice, position: position))
        unknown.insert(path)
    }

    private static let referenceAdvice =
        "anchors and aliases (&name, *name, <<) are not taken; write it out, or quote it"
    private static let tagAdvice = "tags (!name) are not taken; write the value without it, or quote it"

    // MARK: Back to the source

    /// The text with the signs of anchors and aliases as they were.
    private func shown(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { PlanText.reserved.contains($0.value) }) else { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case Self.alias: out.append("*")
            case Self.anchor: out.append("&")
            case Self.repeated: continue
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    private func position(of node: Node) -> PlanPosition? {
        node.mark.map { source(PlanPosition(line: $0.line, column: $0.column)) }
    }

    /// The place before the signs were put in: the last one first.
    private func source(_ position: PlanPosition) -> PlanPosition {
        var position = position
        for insertion in insertions.reversed()
        where insertion.line == position.line && insertion.column < position.column {
            position.column -= 1
        }
        return position
    }
}
