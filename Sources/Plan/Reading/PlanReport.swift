/// What came of reading or checking a plan.
package struct PlanReport: Sendable {
    /// nil: it has faults.
    package var plan: RoutingPlan?
    /// All of them, in the order of the text.
    package var faults: [PlanFault]
    /// What is legal but odd, in the order of the text; there also where there are faults.
    package var warnings: [PlanFault]

    /// The text is refused for its size: `too_large` on the wire.
    package var isTooLarge: Bool { faults.contains(where: \.isTooLarge) }
}

extension RoutingPlan {
    /// Reads a document and finds everything that is wrong with it.
    /// - Parameters:
    ///   - conditions: Checks the text of conditions; nil: they are taken as they are.
    ///   - agents: All there are, for the warnings of queues that nobody can serve; empty: they are not looked at.
    ///
    /// Never throws: a text that is too large or no YAML is a fault like any other. Cost: linear in the text.
    package static func read(
        _ document: [UInt8], format: PlanFormat = .detected, conditions: (any ConditionChecker)? = nil,
        agents: [PlanAgent] = []
    ) -> PlanReport {
        let document = PlanDocument(document, format: format)
        guard let root = document.root else {
            return PlanReport(plan: nil, faults: document.faults, warnings: [])
        }
        var reader = PlanReader()
        let plan = reader.plan(root)
        let checked = plan.check(conditions: conditions, agents: agents)
        let told = ToldPaths(reader, document.unknown)
        let faults =
            document.faults + reader.faults.filter { !document.unknown.contains($0.path) }
            + checked.faults.filter { told.isNews($0.path) }.map { reader.placed($0) }
        let warnings = reader.warnings + checked.warnings.filter { told.isNews($0.path) }.map { reader.placed($0) }
        return PlanReport(
            plan: faults.isEmpty ? plan : nil, faults: limited(faults, "faults"),
            warnings: limited(warnings, "warnings"))
    }

    /// Everything that is wrong or odd about a plan, in its order.
    package func check(conditions: (any ConditionChecker)? = nil, agents: [PlanAgent] = []) -> PlanReport {
        var checker = PlanChecker(self, conditions: conditions)
        checker.check()
        checker.warnOfLoops()
        checker.warnOfUnserved(by: agents)
        return PlanReport(
            plan: checker.faults.isEmpty ? self : nil, faults: checker.faults, warnings: checker.warnings)
    }

    private static func limited(_ findings: [PlanFault], _ word: String) -> [PlanFault] {
        let inOrder = PlanFault.inOrder(findings)
        guard inOrder.count > PlanLimits.findings else { return inOrder }
        let rest = inOrder.count - PlanLimits.findings
        return inOrder.prefix(PlanLimits.findings) + [PlanFault(path: "", message: "\(rest) more \(word)")]
    }
}

extension PlanReader {
    /// The finding with its place in the text: that of its path, or of the nearest one above it.
    func placed(_ finding: PlanFault) -> PlanFault {
        var finding = finding
        for path in PlanPath.prefixes(of: finding.path) {
            if let position = positions[path] {
                finding.position = position
                break
            }
        }
        return finding
    }
}

/// Where the reader has found a fault: what the checker says of the same place only follows from it.
private struct ToldPaths {
    /// The paths of faults and those above them.
    private var told: Set<String> = []
    private let unread: Set<String>

    init(_ reader: PlanReader, _ unknown: Set<String>) {
        unread = reader.unread
        for path in unknown { told.formUnion(PlanPath.prefixes(of: path)) }
        for fault in reader.faults { told.formUnion(PlanPath.prefixes(of: fault.path)) }
    }

    func isNews(_ path: String) -> Bool {
        !told.contains(path) && !PlanPath.prefixes(of: path).contains { unread.contains($0) }
    }
}
