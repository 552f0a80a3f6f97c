// Inquiries keep the policy that they took on, whatever plan comes into force; calendars are those of the present plan.

extension Engine {
    // MARK: Another plan

    /// By policy in memory: whether its clocks run by other hours under the plan.
    func changesHours(_ new: CompiledPlan) -> [Bool] {
        let areOthers = calendars.map { old in
            new.calendars.first { $0.name == old.name }.map { !$0.open.hasHours(of: old.open) } ?? false
        }
        return policies.map { policy in
            policy.references > 0 && policy.calendar.map { areOthers[$0] } ?? false
        }
    }

    /// What has run so far stays as it was counted; from now on the new hours count. Call it while the old ones are there.
    mutating func freezeClocks(_ changesHours: [Bool]) {
        guard changesHours.contains(true) else { return }
        for slot in 0..<inquiries.end where inquiries.contains(slot) && isChanged(slot, changesHours) {
            freezeAll(inquiries[slot].clocks)
            touch(inquiry: slot)
        }
    }

    /// Whether a row changes with the hours of a policy's calendar.
    func isChanged(_ slot: UInt32, _ changesHours: [Bool]) -> Bool {
        let set = inquiries[slot].clocks
        guard set != none, inquiries[slot].state.isLive, changesHours[Int(clockSets[set].policy)] else { return false }
        return Metric.allCases.contains { clockSets[set].clocks[Int($0.rawValue)].since != .epoch }
    }

    /// Takes on the policies and calendars of the plan in force; policies that inquiries still go by stay beside them.
    mutating func carryPolicies() {
        let old = calendars
        calendars = ContiguousArray(plan.calendars)
        for number in calendars.indices {
            // Of the same hours the known years stay: clocks may run from before the new ones.
            if let known = old.first(where: { $0.name == calendars[number].name })?.open,
                known.hasHours(of: calendars[number].open)
            {
                calendars[number].open = known
            }
        }
        for policy in policies.indices {
            guard policies[policy].references > 0 else {
                // Nobody goes by it, and nobody shall find it: what it names is of a plan that is gone.
                policies[policy] = Self.nameOnly("", version: 0)
                continue
            }
            policies[policy].adapt(to: plan)
            if let calendar = policies[policy].calendar { policies[policy].calendar = adopt(old[calendar]) }
        }
        policyNumbers = []
        let queueNames = plan.queues.map(\.name)
        for policy in plan.policies {
            let pinned = PinnedPolicy(
                policy, version: plan.version, queueNames: queueNames, calendar: policy.calendar)
            policyNumbers.append(keep(pinned))
        }
    }

    /// The plan's calendar of that name, or else this one.
    private mutating func adopt(_ calendar: CompiledPlan.Calendar) -> Int {
        if let known = calendars.firstIndex(where: { $0.name == calendar.name }) { return known }
        calendars.append(calendar)
        return calendars.count - 1
    }

    /// In the place of one that nobody goes by any more.
    private mutating func keep(_ policy: PinnedPolicy) -> UInt32 {
        for number in policies.indices
        where policies[number].references == 0 && !policyNumbers.contains(UInt32(number)) {
            policies[number] = policy
            return UInt32(number)
        }
        policies.append(policy)
        return UInt32(policies.count - 1)
    }

    /// One of which only the name is known any more.
    private mutating func remember(policyOf definition: InquiryDefinition) -> Int {
        policies.append(Self.nameOnly(definition.policy, version: definition.policyVersion))
        return policies.count - 1
    }

    private static func nameOnly(_ name: String, version: Int32) -> PinnedPolicy {
        let policy = CompiledPlan.Policy(name: name, promises: [:])
        return PinnedPolicy(policy, version: version, queueNames: [], calendar: nil)
    }

    // MARK: A start

    /// The policies of an earlier version, for the inquiries that go by them.
    mutating func takeOn(policiesOf version: CompiledPlan) {
        let queueNames = version.queues.map(\.name)
        for policy in version.policies {
            let calendar = policy.calendar.map { adopt(version.calendars[$0]) }
            var pinned = PinnedPolicy(policy, version: version.version, queueNames: queueNames, calendar: calendar)
            pinned.adapt(to: plan)
            policies.append(pinned)
        }
    }

    /// Where nobody knows the version any more, the policy of that name in the present plan goes on. Where there is none,
    /// or the inquiry is closed, nothing is promised any more: what is known stays as it is.
    mutating func restoreClocks(of row: InquiryRow, _ definition: InquiryDefinition, _ slot: UInt32) {
        guard !definition.policy.isEmpty else { return }
        let ofName = policies.indices.filter { policies[$0].name.string == definition.policy }
        let ofVersion = ofName.first { policies[$0].version == definition.policyVersion }
        let policy = ofVersion ?? (row.state.isLive ? ofName.first : nil) ?? remember(policyOf: definition)
        policies[policy].references += 1
        let set = clockSets.insert(ClockSet(owner: slot, policy: UInt32(policy)))
        inquiries[slot].clocks = set
        for clock in row.clocks { clockSets[set].clocks[Int(clock.metric.rawValue)] = Clock(clock) }
    }
}
