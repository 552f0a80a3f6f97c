// The inquiries of one customer, on whatever channel they came.

extension Engine {
    // MARK: The list of a customer

    /// Files the record under its customer, by id.
    mutating func linkCustomer(_ slot: UInt32) {
        let customer = inquiries[slot].texts.customer
        if customer.isEmpty { return }
        let hash = StableHash.of(customer)
        guard let newest = newestInquiry(hash: hash, customer) else {
            return customers.insert(hash: hash, value: slot)
        }
        var newer = none
        var older = newest
        while older != none, inquiries[older].id > inquiries[slot].id {
            newer = older
            older = inquiries[older].olderOfCustomer
        }
        inquiries[slot].newerOfCustomer = newer
        inquiries[slot].olderOfCustomer = older
        if older != none { inquiries[older].newerOfCustomer = slot }
        if newer == none {
            customers.remove(hash: hash, value: newest)
            customers.insert(hash: hash, value: slot)
        } else {
            inquiries[newer].olderOfCustomer = slot
        }
    }

    mutating func unlinkCustomer(_ slot: UInt32) {
        let customer = inquiries[slot].texts.customer
        if customer.isEmpty { return }
        let newer = inquiries[slot].newerOfCustomer
        let older = inquiries[slot].olderOfCustomer
        if older != none { inquiries[older].newerOfCustomer = newer }
        if newer == none {
            let hash = StableHash.of(customer)
            customers.remove(hash: hash, value: slot)
            if older != none { customers.insert(hash: hash, value: older) }
        } else {
            inquiries[newer].olderOfCustomer = older
        }
    }

    func newestInquiry(hash: UInt64, _ customer: ArraySlice<UInt8>) -> UInt32? {
        customers.find(hash: hash) { inquiries[$0].texts.customer == customer }
    }

    // MARK: Who knows the customer

    /// The agent to whom the plan's continuity sends an inquiry of this customer; `none` for nobody. `lastAgent` is who the
    /// caller knows to be the last one.
    func knownAgent(of slot: UInt32, lastAgent: AgentIndex?) -> AgentIndex {
        if plan.continuity.isEmpty || inquiries[slot].texts.customer.isEmpty { return none }
        for kind in plan.continuity {
            let agent =
                switch kind {
                case .openAgent: openAgent(besides: slot)
                case .lastAgent:
                    lastAgent.flatMap { agents[Int($0)].isDeleted ? nil : $0 } ?? lastKnownAgent(besides: slot) ?? none
                }
            if agent != none && !agents[Int(agent)].isDeleted { return agent }
        }
        return none
    }

    /// Who works on the newest of the customer's other inquiries.
    private func openAgent(besides slot: UInt32) -> AgentIndex {
        var found = none
        forEachOfCustomer(slot) { other in
            guard other != slot, inquiries[other].state == .assigned || inquiries[other].state == .held else {
                return true
            }
            found = inquiries[other].agent
            return false
        }
        return found
    }

    /// Who completed the last of the customer's other inquiries.
    private func lastKnownAgent(besides slot: UInt32) -> AgentIndex? {
        lastKnownAgent(ofCustomer: inquiries[slot].texts.customer, besides: slot)
    }

    func lastKnownAgent(ofCustomer customer: ArraySlice<UInt8>, besides slot: UInt32 = none) -> AgentIndex? {
        var found = none
        var last = now - plan.continuityWithin - TimeSpan(microseconds: 1)
        forEach(ofCustomer: customer) { other in
            if other != slot, inquiries[other].state == .completed, inquiries[other].closedAt > last {
                last = inquiries[other].closedAt
                found = inquiries[other].agent
            }
            return true
        }
        // One who is deleted is nobody's; neither is whoever had the customer before.
        return found == none || agents[Int(found)].isDeleted ? nil : found
    }

    /// The customer's live inquiries, by rising id.
    func openInquiries(ofCustomer customer: ArraySlice<UInt8>) -> [Int64] {
        var open: [Int64] = []
        forEach(ofCustomer: customer) { other in
            if inquiries[other].state.isLive { open.append(inquiries[other].id) }
            return true
        }
        return open.reversed()
    }

    private func forEachOfCustomer(_ slot: UInt32, _ visit: (UInt32) -> Bool) {
        forEach(ofCustomer: inquiries[slot].texts.customer, visit)
    }

    /// Visits the customer's inquiries, the newest first, until `visit` says false or enough were seen.
    private func forEach(ofCustomer customer: ArraySlice<UInt8>, _ visit: (UInt32) -> Bool) {
        guard !customer.isEmpty, var other = newestInquiry(hash: StableHash.of(customer), customer) else { return }
        var seen = 0
        while other != none, seen < Limits.customerHistory, visit(other) {
            seen += 1
            other = inquiries[other].olderOfCustomer
        }
    }

    /// Whether the plan asks for the last agent of a customer and nothing in memory tells who that is.
    package func lacksLastAgent(ofCustomer customer: ArraySlice<UInt8>) -> Bool {
        guard plan.continuity.contains(.lastAgent), !customer.isEmpty else { return false }
        guard let newest = newestInquiry(hash: StableHash.of(customer), customer) else { return true }
        var lacks = true
        let oldest = now - plan.continuityWithin
        forEachOfCustomer(newest) { other in
            lacks = inquiries[other].state != .completed || inquiries[other].closedAt < oldest
            return lacks
        }
        return lacks
    }

    /// The customer's other inquiries: those that are open, by rising id, and the one that was closed last.
    package func customerInquiries(of id: Int64) -> (open: [Int64], last: Int64?) {
        guard let slot = slot(of: id) else { return ([], nil) }
        var open: [Int64] = []
        var last: Int64?
        var lastClosed = Instant.epoch
        forEachOfCustomer(slot) { other in
            if other == slot { return true }
            if inquiries[other].state.isLive {
                open.append(inquiries[other].id)
            } else if inquiries[other].closedAt > lastClosed {
                lastClosed = inquiries[other].closedAt
                last = inquiries[other].id
            }
            return true
        }
        return (open.reversed(), last)
    }
}
