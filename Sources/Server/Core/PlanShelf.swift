/// The published versions of the plan that are at hand: the newest of them, within a limit of bytes.
struct PlanShelf {
    private(set) var records: [PlanRecord] = []
    private var bytes = 0
    /// How long the engine stood still for the last plan that came into force.
    var lastStall: Duration?

    init() {}

    init(_ records: [PlanRecord]) {
        for record in records { add(record) }
    }

    /// Drops the oldest past the limit, but never the newest.
    mutating func add(_ record: PlanRecord) {
        records.append(record)
        bytes += record.document.count
        while records.count > ServerLimits.planVersions || bytes > ServerLimits.planBytes, records.count > 1 {
            bytes -= records.removeFirst().document.count
        }
    }

    subscript(version: Int32) -> PlanRecord? {
        // Versions rise by one; a gap is what somebody has deleted from the table.
        records.last { $0.version == version }
    }

    /// The one before that.
    func predecessor(of version: Int32) -> PlanRecord? { records.last { $0.version < version } }
}
