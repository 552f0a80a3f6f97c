// Inquiries keep the policy that they took on, whatever plan comes into force; calendars are those of the present plan.

extension Engine {
    // MARK: Another plan

    /// By policy in memory: whether its clocks run by other hours under the plan.
    func changesHours(_ new: CompiledPlan) -> [Bool] {
        policies.map { policy in
            guard policy.references > 0, let calendar = policy.calendar,
                let later = new.calendars.first(where: { $0.name == calendars[calendar].name })
            else { return false }
            return later.open != calendars[calendar].open
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
    mutating func carryPolicies(_ queues: [Int?]) {
        let old = calendars
        calendars = ContiguousArray(plan.calendars)
        for policy in policies.indices {
            guard policies[policy].references > 0 else {
                // Nobody goes by it, and nobody shall find it: what it names is of a plan that is gone.
                policies[policy] = PinnedPolicy(CompiledPlan.Policy(name: "", promises: [:]), version: 0, calendar: nil)
                continue
            }
            policies[policy].promises = policies[policy].promises.map { $0?.changing { Self.carry($0, queues) } }
            if let calendar = policies[policy].calendar { policies[policy].calendar = adopt(old[calendar]) }
        }
        policyNumbers = []
        for policy in plan.policies {
            policyNumbers.append(keep(PinnedPolicy(policy, version: plan.version, calendar: policy.calendar)))
        }
    }

    /// An action in terms of the present plan. A move to a queue that is gone does nothing.
    private static func carry(_ action: CompiledPlan.Action, _ queues: [Int?]) -> CompiledPlan.Action? {
        guard case .move(let queue) = action else { return action }
        return queues[Int(queue)].map { .move(QueueIndex($0)) }
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

    // MARK: A start

    /// The policies of an earlier version, for the inquiries that go by them.
    mutating func takeOn(policiesOf version: CompiledPlan) {
        let queues = version.queues.map { queue in plan.queues.firstIndex { $0.name == queue.name } }
        for policy in version.policies {
            let calendar = policy.calendar.map { adopt(version.calendars[$0]) }
            var pinned = PinnedPolicy(policy, version: version.version, calendar: calendar)
            pinned.promises = pinned.promises.map { $0?.changing { Self.carry($0, queues) } }
            policies.append(pinned)
        }
    }

    /// Where nobody knows the version any more, the policy of that name in the present plan goes on; where there is none,
    /// nothing is promised.
    mutating func restoreClocks(of row: InquiryRow, _ definition: InquiryDefinition, _ slot: UInt32) {
        guard !definition.policy.isEmpty else { return }
        let ofName = policies.indices.filter { policies[$0].name.string == definition.policy }
        guard
            let policy = ofName.first(where: { policies[$0].version == definition.policyVersion }) ?? ofName.first
        else { return }
        policies[policy].references += 1
        let set = clockSets.insert(ClockSet(owner: slot, policy: UInt32(policy)))
        inquiries[slot].clocks = set
        clockSets[set].hasResponse = row.hasResponse
        for clock in row.clocks { clockSets[set].clocks[Int(clock.metric.rawValue)] = Clock(clock) }
    }
}
