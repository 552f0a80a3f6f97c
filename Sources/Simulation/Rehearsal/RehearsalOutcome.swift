/// What became of one inquiry of a rehearsal. Times are microseconds since 1970 UTC.
package struct RehearsedInquiry: Hashable, Sendable {
    package enum Ending: Hashable, Sendable {
        case answered
        case abandoned
        /// The plan refused it (`max_length`) or ended it (`expire`, `max_age`).
        case turnedAway
    }

    package var ending: Ending
    package var submittedAt: Int64
    /// nil where nobody accepted it, as the next two.
    package var acceptedAt: Int64?
    package var agent: String?
    /// nil where it was refused at the door.
    package var endedAt: Int64?
}

/// What came of a rehearsal.
package struct RehearsalOutcome: Sendable {
    /// In the scenario's order.
    package let inquiries: [RehearsedInquiry]
    package let occupancy: Occupancy
    /// Agents kept or called back past their shift.
    package let overtimeCalls: Int
    package let eventCount: Int
    /// What does not add up, a sentence each: must be empty.
    package let faults: [String]

    /// - Parameters:
    ///   - driver: what the outside world believes.
    ///   - ledger: what the engine's events say.
    init(driver: borrowing Driver, ledger: Ledger) {
        var faults: [String] = []
        var inquiries: [RehearsedInquiry] = []
        for (index, id) in driver.ids.enumerated() {
            let planned = driver.origin + driver.scenario.inquiries[index].arrival
            guard let id, let entry = ledger.entries[id] else {
                if driver.ending(inquiry: index) != nil { faults.append("inquiry \(index + 1) is in no event") }
                inquiries.append(RehearsedInquiry(ending: .turnedAway, submittedAt: planned))
                continue
            }
            let ending: RehearsedInquiry.Ending
            switch driver.ending(inquiry: index) {
            case "completed": ending = .answered
            case "abandoned": ending = .abandoned
            default: ending = .turnedAway
            }
            if entry.endings != 1 { faults.append("inquiry \(id) ended \(entry.endings) times") }
            if ending == .answered, entry.state != .completed || entry.acceptances != 1 {
                faults.append("inquiry \(id) was answered, and its events say \(entry.state)")
            }
            if ending == .abandoned, entry.state != .abandoned {
                faults.append("inquiry \(id) was abandoned, and its events say \(entry.state)")
            }
            inquiries.append(
                RehearsedInquiry(
                    ending: ending, submittedAt: entry.submittedAt, acceptedAt: entry.acceptedAt, agent: entry.agent,
                    endedAt: entry.endedAt))
        }
        if ledger.doubleAssignments > 0 { faults.append("\(ledger.doubleAssignments) were accepted twice") }
        if ledger.gaps + ledger.repeats > 0 { faults.append("the events' numbers do not rise by one") }
        if driver.endedCount != inquiries.count {
            faults.append("\(inquiries.count - driver.endedCount) inquiries did not end")
        }
        self.inquiries = inquiries
        self.faults = faults
        occupancy = ledger.occupancy
        overtimeCalls = driver.overtimeCalls
        eventCount = ledger.eventCount
    }

    package var turnedAway: Int { inquiries.count { $0.ending == .turnedAway } }

    /// The wait of an inquiry; nil for one that was turned away.
    package func sample(_ index: Int, kind: String) -> WaitSample? {
        let inquiry = inquiries[index]
        switch inquiry.ending {
        case .answered:
            return inquiry.acceptedAt.map { WaitSample(kind: kind, waited: $0 - inquiry.submittedAt, answered: true) }
        case .abandoned:
            return inquiry.endedAt.map { WaitSample(kind: kind, waited: $0 - inquiry.submittedAt, answered: false) }
        case .turnedAway: return nil
        }
    }
}
