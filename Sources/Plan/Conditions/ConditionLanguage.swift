package import CEL
import LineProtocol

/// The language of conditions: CEL, with an inquiry, its customer, the time and the plan's calendars in scope.
package struct ConditionLanguage: ConditionChecker {
    private let zones: ZoneCache

    package init(zones: ZoneCache = ZoneCache()) { self.zones = zones }

    /// The first fault of the condition, which is all that CEL tells of one.
    package func faults(of source: String, in scope: ConditionScope) -> [ConditionFault] {
        do throws(Fault) {
            _ = try program(source, calendars: scope.calendars)
            return []
        } catch {
            return [
                ConditionFault(line: error.position.line, column: error.position.column, message: error.message)
            ]
        }
    }

    /// The condition, ready to be evaluated with `InquiryValues`. About 10 µs.
    ///
    /// - Throws: its first fault.
    package func program(_ source: String, calendars: [String]) throws(Fault) -> Program {
        try Program(
            normalizedName(source), in: InquiryVariable.declarations(calendars: calendars, zones: zones),
            expecting: .bool)
    }
}
