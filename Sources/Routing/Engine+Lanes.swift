// A lane is what waits in one queue on one channel, in the order in which it began to: it tells how long the first has
// waited, and when that is too long.

extension Engine {
    @inline(__always)
    func lane(of slot: UInt32) -> Int {
        let requirement = Int(inquiries[slot].requirement)
        return Int(classes[requirement].queue) * stride + Int(classes[requirement].channel)
    }

    /// Adds one that waits from now on: at the end, but for those that began at the same moment.
    mutating func linkLane(_ slot: UInt32) {
        let lane = lane(of: slot)
        let key = (inquiries[slot].waitingSince, inquiries[slot].id)
        var previous = figures.lanes[lane].last
        while previous != none, (inquiries[previous].waitingSince, inquiries[previous].id) > key {
            previous = inquiries[previous].previousInLane
        }
        let next = previous == none ? figures.lanes[lane].first : inquiries[previous].nextInLane
        inquiries[slot].previousInLane = previous
        inquiries[slot].nextInLane = next
        if previous == none { figures.lanes[lane].first = slot } else { inquiries[previous].nextInLane = slot }
        if next == none { figures.lanes[lane].last = slot } else { inquiries[next].previousInLane = slot }
        if laneTimers[lane] == none { watchLane(lane) }
    }

    mutating func unlinkLane(_ slot: UInt32) {
        let lane = lane(of: slot)
        let previous = inquiries[slot].previousInLane
        let next = inquiries[slot].nextInLane
        if previous == none { figures.lanes[lane].first = next } else { inquiries[previous].nextInLane = next }
        if next == none { figures.lanes[lane].last = previous } else { inquiries[next].previousInLane = previous }
        inquiries[slot].previousInLane = none
        inquiries[slot].nextInLane = none
    }

    /// One timer a lane, for the first that waits in it; when that one has left, the timer finds the next.
    private mutating func watchLane(_ lane: Int) {
        let first = figures.lanes[lane].first
        laneTimers[lane] = startTimer(
            .maxAge, owner: UInt32(lane), id: Int64(lane), due: inquiries[first].waitingSince + plan.maxAge)
    }

    /// The lane has no timer, and what waits in it has another limit.
    mutating func watchLaneAnew(_ lane: Int) {
        if figures.lanes[lane].first != none { watchLane(lane) }
    }

    mutating func laneIsDue(_ lane: UInt32, into output: inout Output) {
        let first = figures.lanes[Int(lane)].first
        guard first != none else { return }
        if inquiries[first].waitingSince + plan.maxAge <= now {
            expire(first, reason: Reason.maxAge.name, into: &output)
        }
        if figures.lanes[Int(lane)].first != none, laneTimers[Int(lane)] == none { watchLane(Int(lane)) }
    }

    /// Ends what has waited too long.
    mutating func expire(_ slot: UInt32, reason: String, into output: inout Output) {
        let waited = waited(slot)
        close(slot, as: .expired, reason: .expired, into: &output) { engine, output in
            engine.emit(.expired, inquiry: slot, into: &output) {
                $0.first = waited.microseconds
                $0.text = Array(reason.utf8)
            }
            engine.count(.expired, slot)
        }
    }
}
