@testable import Routing

// What an event about an inquiry does to the model, and what is wrong with it.

extension Auditor {
    // MARK: Entering

    mutating func submitted(_ told: Told) {
        let row = told.row
        totals.submitted += 1
        if row.inquiry != totals.submitted { violate("inquiry \(row.inquiry) is the \(totals.submitted)th") }
        var admitted: Request?
        if case .submission(let request) = asked { admitted = request }
        guard let name = told.name(.channel), let priority = told.integer(.priority), let queue = queue(row.queue),
            let parts = judgeAdmission(told, queue: queue)
        else { return violate("\(World.line(row)) lacks its inputs") }
        let shape = shape(queue: queue, channel: channel(name), skills: Part.merged(parts))
        var item = Item(
            id: row.inquiry, shape: shape, priority: Int32(priority), rank: 0, parts: parts, queuedAt: row.at,
            waitingSince: row.at, stateSince: row.at)
        item.prefer = levels(told, .prefer) ?? [:]
        item.rank = rankAnew(item)
        items.append(item)
        setPreference(items.count - 1, told)
        if let admitted { judgePolicy(items.count - 1, told, admitted.input) }
        entering = (row.inquiry, told)
        relist(items.count - 1)
    }

    mutating func scheduled(_ index: Int, _ told: Told) {
        if lastOfStep?.type != .submitted || lastOfStep?.inquiry != told.row.inquiry {
            violate("\(World.line(told.row)) without submitted")
        }
        guard let at = told.instant(.at), at > told.row.at else { return violate("\(World.line(told.row)): when?") }
        enter(index, .scheduled)
        items[index].scheduledAt = at
        items[index].wasQueued = false
        items[index].promised?.clocks = [:]
        items[index].wanted = items[index].preferred
        items[index].preferred = nil
        items[index].holdUntil = nil
        scheduled.insert(items[index].id)
    }

    /// A scheduled one is due, or one that is live has changed its queue.
    mutating func queued(_ index: Int, _ told: Told) {
        let row = told.row
        if queue(row.queue) != shapes[items[index].shape].queue { violate("\(World.line(row)): another queue") }
        if told.integer(.priority) != Int64(items[index].priority) { violate("\(World.line(row)): other priority") }
        switch items[index].state {
        case .scheduled:
            if let due = items[index].scheduledAt, due > row.at { violate("\(World.line(row)) before its time") }
            enter(index, .waiting)
            items[index].queuedAt = items[index].scheduledAt ?? row.at
            items[index].scheduledAt = nil
            items[index].waitingSince = row.at
            items[index].wasQueued = true
            items[index].rank = rankAnew(items[index])
            startClocks(index)
            scheduled.remove(items[index].id)
            setPreference(index, told)
            entering = (row.inquiry, told)
        case .waiting, .offered, .assigned, .held:
            let isMoved = owes.contains { $0.id == row.inquiry && $0.type == .queued }
            if !isMoved { violate("\(World.line(row)) though nothing moved it") }
            guard waits(items[index]) else { break }
            if told[.preferred] != nil { setPreference(index, told) }
            items[index].waitingSince = row.at
        default: violate("\(World.line(row)) in state \(items[index].state.name)")
        }
    }

    /// Takes over whom the event says that it is for; without a word it is anybody's.
    private mutating func setPreference(_ index: Int, _ told: Told) {
        let row = told.row
        items[index].preferred = nil
        items[index].holdUntil = nil
        guard let name = told.name(.preferred) else {
            if told[.hold] != nil { violate("\(World.line(row)): a hold for nobody") }
            return
        }
        guard let person = numbers[name] else { return violate("\(World.line(row)): for \(name), who is not there") }
        guard let hold = told.span(.hold) else { return violate("\(World.line(row)): preferred, but for how long?") }
        items[index].preferred = person
        items[index].holdUntil = row.at + hold
        let explicit = facts[row.inquiry]?.hold
        let usual = usualHold(items[index])
        switch row.type {
        case .submitted, .queued:
            if hold != explicit ?? usual { violate("\(World.line(row)): hold \(hold), not \(explicit ?? usual)") }
        default:
            if hold != usual && hold != explicit { violate("\(World.line(row)): hold \(hold), not \(usual)") }
        }
    }

    func usualHold(_ item: Item) -> TimeSpan {
        let shape = shapes[item.shape]
        let target = plan.queues[shape.queue].target ?? plan.channels[shape.channel].target
        return min(plan.continuityHold, TimeSpan(microseconds: target.microseconds / 2))
    }

    // MARK: Offers

    mutating func given(_ index: Int, _ told: Told) {
        let row = told.row
        guard let agent = person(row) else { return }
        let channel = plan.channels[shapes[items[index].shape].channel]
        let how = told.name(.how)
        endWithdrawals()
        let hadSpace = hasSpace(agent, shapes[items[index].shape].channel)
        let isOwnOffer = items[index].state == .offered && items[index].agent == agent
        let isByHand = row.type == .assigned && (how == "assign" || how == "force")
        if !(isByHand && isOwnOffer) { expect(index, .waiting, row) }
        switch (row.type, how) {
        case (.offered, nil), (.assigned, "auto"):
            if (row.type == .assigned) != channel.acceptsAutomatically { violate("\(World.line(row)): the other way") }
            if judges { judgeChoice(index, agent) }
        case (.assigned, "next"): if judges { judgePull(index, agent) }
        case (.assigned, "assign"), (.assigned, "force"): judgeByHand(index, agent, isForced: how == "force", row)
        default: violate("\(World.line(row)): how?")
        }
        items[index].had.insert(agent)
        items[index].decisionSeq = row.seq
        if !isOwnOffer { pickUp(index, agent) }
        if row.type == .assigned {
            items[index].acceptedAt = row.at
            items[index].preferred = nil
            items[index].holdUntil = nil
            people[agent].idleSince = row.at
            if told.span(.waited) != row.at - items[index].queuedAt - items[index].worked {
                violate("\(World.line(row)): wrong wait")
            }
            enter(index, .assigned)
            assignedClocks(index, told)
        } else {
            let expires = row.at + channel.offerTimeout
            if told.instant(.expires) != expires { violate("\(World.line(row)): expiry") }
            enter(index, .offered)
            items[index].expires = expires
        }
        let isOver = isOver(agent, shapes[items[index].shape].channel) || how == "force" && !isOwnOffer && !hadSpace
        if told.flag(.overCapacity) != isOver {
            violate("\(World.line(row)): flagged \(told.flag(.overCapacity))")
        }
    }

    mutating func accepted(_ index: Int, _ told: Told) {
        let row = told.row
        guard expect(index, .offered, row), let agent = items[index].agent else { return }
        items[index].acceptedAt = row.at
        items[index].preferred = nil
        items[index].holdUntil = nil
        people[agent].idleSince = row.at
        people[agent].missedInRow = 0
        people[agent].pardoned = 0
        if told.span(.waited) != row.at - items[index].queuedAt - items[index].worked {
            violate("\(World.line(row)): wrong wait")
        }
        enter(index, .assigned)
        assignedClocks(index, told)
    }

    mutating func offerEnded(_ index: Int, _ told: Told) {
        let row = told.row
        guard expect(index, .offered, row), let agent = items[index].agent else { return }
        if row.type == .missed {
            if items[index].expires.map({ $0 > row.at }) ?? true { violate("\(World.line(row)) before its time") }
            people[agent].missedInRow += 1
        }
        if row.type == .withdrawn { judgeWithdrawal(index, agent, told) } else { exclude(index, agent) }
        putDown(index)
        back(index)
    }

    /// The reason holds, and what it announces comes.
    private mutating func judgeWithdrawal(_ index: Int, _ agent: PersonNumber, _ told: Told) {
        let row = told.row
        let person = people[agent]
        switch told.reason {
        case "abandoned": owes.append((row.inquiry, .abandoned))
        case "cancelled": owes.append((row.inquiry, .cancelled))
        case "expired": owes.append((row.inquiry, .expired))
        case "away": if person.state != .away { violate("\(World.line(row)): not away") }
        case "offline": if person.state != .offline { violate("\(World.line(row)): not offline") }
        case "disconnected":
            if !person.isInGrace && person.state != .offline { violate("\(World.line(row)): it is there") }
        case "paused":
            if !paused.contains(shapes[items[index].shape].queue) { violate("\(World.line(row)): not paused") }
        case "changed" where publication != .none: judgeReturn(index, agent, row)
        case "changed":
            let isAfter = lastOfStep?.inquiry == row.inquiry
            if isAfter, isAble(agent, items[index].shape) { violate("\(World.line(row)): it meets what is asked") }
        case "forced": break
        default: violate("\(World.line(row)): no such reason")
        }
    }

    mutating func exclusionsCleared(_ index: Int, _ told: Told) {
        let row = told.row
        expect(index, .waiting, row)
        if let left = unexcluded(items[index]) { violate("\(World.line(row)) though \(name(left)) is left") }
        let timeout = plan.channels[shapes[items[index].shape].channel].offerTimeout
        if let last = items[index].excludedAt, last + timeout > row.at { violate("\(World.line(row)) before its time") }
        items[index].excluded = []
    }

    mutating func preferredReleased(_ index: Int, _ told: Told) {
        let row = told.row
        expect(index, .waiting, row)
        guard let preferred = items[index].preferred, name(preferred) == row.agent else {
            if !deletedNames.contains(row.agent) || items[index].preferred != nil {
                violate("\(World.line(row)): it was for \(name(items[index].preferred))")
            }
            return
        }
        let item = items[index]
        let person = people[preferred]
        let isTrue =
            switch told.reason {
            case "timeout": item.holdUntil.map { $0 <= row.at } ?? false
            case "away": person.state == .away
            case "offline": person.state == .offline
            case "changed": !isAble(preferred, item.shape) || !isOn(preferred, shapes[item.shape].channel)
            case "declined", "missed": item.excluded.contains(preferred)
            case "forced": wasTakenBack(item, by: row.agent)
            case "full": standing(for: preferred, without: item.id) >= Limits.heldForAgent
            default: false
            }
        if !isTrue { violate("\(World.line(row)): that is not so") }
        if judges && told.reason != "forced" && fits(item, preferred) { violate("\(World.line(row)) though it fits") }
        items[index].preferred = nil
        items[index].holdUntil = nil
    }

    // MARK: Work

    mutating func held(_ index: Int, _ told: Told) {
        guard expect(index, .assigned, told.row) else { return }
        enter(index, .held)
        if plan.channels[shapes[items[index].shape].channel].holdReleases { release(index) }
    }

    mutating func resumed(_ index: Int, _ told: Told) {
        guard expect(index, .held, told.row), let agent = items[index].agent else { return }
        if told.name(.by) != "agent" && told.name(.by) != "customer" { violate("\(World.line(told.row)): by whom?") }
        enter(index, .assigned)
        occupy(index)
        if isOver(agent, shapes[items[index].shape].channel) { owesFlag = items[index].id }
    }

    mutating func overCapacity(_ index: Int, _ told: Told) {
        let row = told.row
        guard owesFlag == row.inquiry, let agent = items[index].agent else {
            return violate("\(World.line(row)) without a reason")
        }
        owesFlag = nil
        if name(agent) != row.agent { violate("\(World.line(row)): it is \(name(agent))'s") }
        if told.integer(.used) != Int64(people[agent].used) { violate("\(World.line(row)): used") }
        if told.integer(.capacity) != Int64(people[agent].capacity) { violate("\(World.line(row)): capacity") }
    }

    mutating func message(_ index: Int, _ told: Told) {
        let row = told.row
        let item = items[index]
        messageClocks(index, told)
        guard told.name(.from) == "customer" else {
            if told.name(.from) != "agent" || !item.state.isLive { violate("\(World.line(row)): from whom, when?") }
            return
        }
        let isOffline = item.agent.map { people[$0].state == .offline } ?? false
        switch item.state {
        case .scheduled, .waiting, .offered: break
        case .assigned: if isOffline { owes.append((item.id, .requeued)) }
        case .held: owes.append((item.id, isOffline ? .requeued : .resumed))
        case .completed: judgeReopening(index, row)
        case .abandoned, .cancelled, .expired: violate("\(World.line(row)) in state \(item.state.name)")
        }
    }

    private mutating func judgeReopening(_ index: Int, _ row: Event) {
        if let closed = items[index].closedAt, row.at - closed > plan.reopenWithin {
            violate("\(World.line(row)) after its window")
        }
        owes.append((items[index].id, .reopened))
    }

    mutating func updated(_ index: Int, _ told: Told) {
        let row = told.row
        if !items[index].state.isLive { violate("\(World.line(row)) in state \(items[index].state.name)") }
        let priority = told.integer(.priority).map { Int32($0) }
        if let priority { items[index].priority = priority }
        if let prefer = levels(told, .prefer) { items[index].prefer = prefer }
        let before = shapes[items[index].shape].skills
        let isMoved = grant(index, row)
        let skills = shapes[items[index].shape].skills
        if levels(told, .skills) != (skills == before ? nil : skills) { violate("\(World.line(row)): other skills") }
        items[index].rank = rankAnew(items[index])
        if told.flag(.reroute) { promisedAnew(index, told) }
        if isMoved, items[index].state != .scheduled { owes.append((row.inquiry, .queued)) }
    }

    mutating func transferred(_ index: Int, _ told: Told) {
        let row = told.row
        guard items[index].state == .assigned || items[index].state == .held, let agent = items[index].agent else {
            return violate("\(World.line(row)) in state \(items[index].state.name)")
        }
        if name(agent) != row.agent { violate("\(World.line(row)): it is \(name(agent))'s") }
        putDown(index)
        people[agent].idleSince = row.at
        handOn(index, told)
        let isMoved = grant(index, row)
        if isMoved { owes.append((row.inquiry, .queued)) }
        if let skills = levels(told, .skills), skills != shapes[items[index].shape].skills {
            violate("\(World.line(row)): other skills")
        }
        items[index].rank = rankAnew(items[index])
        exclude(index, agent)
        back(index)
        items[index].waitingSince = row.at
        setPreference(index, told)
        // Whoever it is handed to may have declined or missed it before.
        if let receiver = items[index].preferred { items[index].excluded.removeAll { $0 == receiver } }
        if items[index].preferred == agent { violate("\(World.line(row)): to itself") }
    }

    mutating func requeued(_ index: Int, _ told: Told) {
        let row = told.row
        let item = items[index]
        let channel = plan.channels[shapes[item.shape].channel]
        let agent = item.agent
        let isOffline = agent.map { people[$0].state == .offline } ?? false
        switch (told.reason, item.state) {
        case ("offline", .assigned): if !isOffline || channel.keepsWorkOffline { violate("\(World.line(row)): why?") }
        case ("message", .assigned), ("message", .held):
            if !isOffline { violate("\(World.line(row)) though \(name(agent)) is there") }
            if told.name(.preferred) != row.agent { violate("\(World.line(row)): prefers not its agent") }
        case ("forced", .assigned), ("forced", .held): break
        case ("forced", .waiting):
            let isReleased = lastOfStep?.type == .preferredReleased && lastOfStep?.inquiry == item.id
            let isRight = isReleased || wasTakenBack(item, by: row.agent)
            if !isRight { violate("\(World.line(row)): it waits") }
        default: violate("\(World.line(row)) in state \(item.state.name)")
        }
        guard let giver = person(row) else { return }
        if let priority = told.integer(.priority) {
            items[index].priority = Int32(priority)
            items[index].rank = rankAnew(items[index])
        }
        if let agent {
            if agent != giver { violate("\(World.line(row)): it is \(name(agent))'s") }
            putDown(index)
            people[agent].idleSince = row.at
            handOn(index, told)
            back(index)
            items[index].waitingSince = row.at
        }
        if told.reason == "forced" { exclude(index, giver) }
        if told[.preferred] != nil { setPreference(index, told) }
    }

    /// Its agent's part is done: it counts as work, and not as waiting.
    private mutating func handOn(_ index: Int, _ told: Told) {
        let handled = told.row.at - (items[index].acceptedAt ?? told.row.at)
        if told.span(.handled) != (handled > .zero ? handled : nil) { violate("\(World.line(told.row)): wrong work") }
        items[index].worked = items[index].worked + handled
        items[index].acceptedAt = nil
    }

    /// By a supervisor, a moment ago, while it was offered to that agent.
    private func wasTakenBack(_ item: Item, by agent: String) -> Bool {
        guard let last = lastOfStep else { return false }
        return last.type == .withdrawn && last.inquiry == item.id && last.agent == agent && last.reason == "forced"
    }

    // MARK: Ends

    mutating func completed(_ index: Int, _ told: Told) {
        let row = told.row
        guard items[index].state == .assigned || items[index].state == .held, let agent = items[index].agent,
            name(agent) == row.agent
        else { return violate("\(World.line(row)) in state \(items[index].state.name)") }
        people[agent].idleSince = row.at
        items[index].disposition = told.text(.disposition)
        items[index].outcome = told.name(.outcome).flatMap { Outcome(name: $0) }
        items[index].lastDone = (agent, row.at)
        let channel = shapes[items[index].shape].channel
        let wrapUp = people[agent].state == .offline ? .zero : plan.channels[channel].wrapUp
        if told.span(.wrapUp) ?? .zero != wrapUp { violate("\(World.line(row)): wrap-up") }
        stopClocks([.firstResponse, .nextResponse, .resolution], index, told)
        if wrapUp > .zero {
            items[index].wrapUpEnds = row.at + wrapUp
            if occupy(index), isOver(agent, channel) {
                if !told.flag(.overCapacity) { owesFlag = items[index].id }
            } else if told.flag(.overCapacity) {
                violate("\(World.line(row)): flagged without a reason")
            }
        } else {
            putDown(index, keepsAgent: true)
        }
        close(index, .completed)
    }

    mutating func wrapped(_ index: Int, _ told: Told) {
        let row = told.row
        guard expect(index, .completed, row), let agent = items[index].agent else { return }
        if items[index].wrapUpEnds == nil { violate("\(World.line(row)) without wrap-up") }
        items[index].wrapUpEnds = nil
        putDown(index, keepsAgent: true)
        people[agent].idleSince = row.at
    }

    mutating func reopened(_ index: Int, _ told: Told) {
        let row = told.row
        guard expect(index, .completed, row) else { return }
        if items[index].wrapUpEnds != nil { violate("\(World.line(row)) in wrap-up") }
        if queue(row.queue) != shapes[items[index].shape].queue { violate("\(World.line(row)): another queue") }
        totals.completed -= 1
        items[index].agent = nil
        items[index].excluded = []
        items[index].hasResponse = false
        items[index].acceptedAt = nil
        items[index].closedAt = nil
        items[index].disposition = []
        items[index].outcome = nil
        items[index].queuedAt = row.at
        items[index].worked = .zero
        items[index].waitingSince = row.at
        enterAnew(index)
        items[index].rank = rankAnew(items[index])
        if told.integer(.priority) != Int64(items[index].priority) { violate("\(World.line(row)): other priority") }
        enter(index, .waiting)
        items[index].promised = nil
        let channel = shapes[items[index].shape].channelName
        judgePolicy(index, told, RuleInput(channel: channel, now: row.at))
        setPreference(index, told)
        entering = (row.inquiry, told)
    }

    mutating func left(_ index: Int, _ told: Told) {
        let row = told.row
        expect(index, .waiting, row)
        if told.span(.waited) != row.at - items[index].queuedAt - items[index].worked {
            violate("\(World.line(row)): wrong wait")
        }
        if let ended = endedByStep, row.type == .expired, ended.id == row.inquiry {
            if told.reason != ended.reason { violate("\(World.line(row)): not as its step says") }
            endedByStep = nil
        } else if row.type == .expired {
            if told.reason != "max_age" { violate("\(World.line(row)): why?") }
            if items[index].waitingSince + plan.maxAge > row.at { violate("\(World.line(row)) before its time") }
        }
        close(index, row.type == .expired ? .expired : .abandoned)
    }

    mutating func cancelled(_ index: Int, _ told: Told) {
        let row = told.row
        items[index].disposition = told.text(.reason)
        switch items[index].state {
        case .assigned, .held:
            if name(items[index].agent) != row.agent { violate("\(World.line(row)): it is another's") }
            if let agent = items[index].agent { people[agent].idleSince = row.at }
            putDown(index, keepsAgent: true)
        case .waiting: break
        case .scheduled: scheduled.remove(items[index].id)
        default: violate("\(World.line(row)) in state \(items[index].state.name)")
        }
        close(index, .cancelled)
    }

    mutating func rated(_ index: Int, _ told: Told) {
        if let csat = told.integer(.csat) { items[index].csat = UInt8(csat) }
        if let nps = told.integer(.nps) { items[index].nps = UInt8(nps) }
    }
}
