import Simulation

@testable import Routing

// What may happen in one step.

extension RandomWorld {
    mutating func act() {
        switch random.pick(0...99) {
        case 0..<18: submit()
        case 18..<32: answer { world, id, agent in world.accept(id, by: agent) }
        case 32..<37: answer { world, id, agent in world.decline(id, by: agent) }
        case 37..<45: finish()
        case 45..<48: leave()
        case 48..<51: wrongly()
        case 51..<63: presence()
        case 63..<65: change(isOfSkills: true)
        case 65..<67: change(isOfSkills: false)
        case 67: stall()
        case 68: world.drain(random.once(in: 3))
        case 69: populate()
        case 70: pass()
        case 71..<74: if let (id, agent) = work([.assigned]) { world.hold(id, by: agent) }
        case 74..<76: if let (id, agent) = work([.held]) { world.resume(id, by: agent) }
        case 76..<79: write()
        case 79..<81: transfer()
        case 81..<83: _ = world.tryNext(anybody(), channel: random.once(in: 2) ? channel() : nil)
        case 83..<85: assign()
        case 85: if let id = anyLive() { world.requeue(id, priority: priority()) }
        case 86..<89: update()
        case 89: if let id = anyone() { world.rate(id, csat: UInt8(random.pick(1...5)), comment: "good") }
        case 90: pauseOrResume()
        default: world.pass(.milliseconds(Int64(random.pick(0...4_000))))
        }
    }

    // MARK: Picking

    mutating func anybody() -> String { names.randomElement(using: &random) ?? "" }
    private mutating func channel() -> String { world.plan.channels.randomElement(using: &random)?.name ?? "" }
    private mutating func queue() -> String { world.plan.queues.randomElement(using: &random)?.name ?? "" }
    private mutating func capacity() -> Int32? { random.once(in: 2) ? Int32(random.pick(5...20) * 10) : nil }
    private mutating func priority() -> Int32? { random.once(in: 3) ? Int32(random.pick(-100...100)) : nil }

    /// Mostly one of the newest.
    private mutating func anyone() -> Int64? {
        let count = Int(world.auditor.totals.submitted)
        guard count > 0 else { return nil }
        return Int64(random.pick(random.once(in: 4) ? 1...count : max(1, count - 30)...count))
    }

    private mutating func anyLive() -> Int64? {
        for _ in 1...20 {
            if let id = anyone(), world.auditor.item(id)?.state.isLive ?? false { return id }
        }
        return nil
    }

    /// An agent's work in one of those states.
    private mutating func work(_ states: [InquiryState]) -> (id: Int64, agent: String)? {
        var found: [(Int64, String)] = []
        for person in world.auditor.people {
            for id in person.work.sorted() where states.contains(world.auditor.items[Int(id) - 1].state) {
                found.append((id, person.id))
            }
        }
        return found.randomElement(using: &random)
    }

    // MARK: Acts

    mutating func submit() {
        let customer = random.once(in: 2) ? "c\(random.pick(0...9))" : ""
        let isScheduled = random.once(in: 12)
        let ahead: [TimeSpan] = [
            .zero, .milliseconds(Int64(random.pick(1...60_000))), .minutes(Int64(random.pick(1...60))), .days(2),
        ]
        let holds: [TimeSpan] = [.zero, .seconds(5), .seconds(40), .minutes(10)]
        if isEventful {
            return submitForRules(
                customer: customer, hold: random.once(in: 5) ? holds.randomElement(using: &random) : nil,
                at: isScheduled ? (world.now - world.start) + (ahead.randomElement(using: &random) ?? .zero) : nil)
        }
        world.submit(
            channel(), queue: queue(), priority: priority(), skills: levels(most: 5, often: 5),
            prefer: random.once(in: 3) ? levels(most: 5, often: 3) : "", customer: customer,
            agent: random.once(in: 6) ? anybody() : nil,
            hold: random.once(in: 5) ? holds.randomElement(using: &random) : nil,
            at: isScheduled ? (world.now - world.start) + (ahead.randomElement(using: &random) ?? .zero) : nil)
    }

    /// Says little, so that rules and defaults have their part in it; a full queue may refuse it.
    private mutating func submitForRules(customer: String, hold: TimeSpan?, at: TimeSpan?) {
        let answer = world.tryToSubmit(
            channel(), queue: random.once(in: 3) ? queue() : nil, priority: priority(),
            skills: random.once(in: 2) ? levels(most: 5, often: 5) : "",
            prefer: random.once(in: 3) ? levels(most: 5, often: 3) : "", customer: customer,
            agent: random.once(in: 8) ? anybody() : nil, hold: hold, at: at)
        if answer == .limit { refused += 1 }
    }

    private mutating func answer(_ act: (World, Int64, String) -> Void) {
        if let (id, agent) = work([.offered]) { act(world, id, agent) }
    }

    private mutating func finish() {
        guard let (id, agent) = work([.assigned, .held, .completed]) else { return }
        if world.state(id) == .completed {
            world.wrapped(id, by: agent)
        } else {
            world.complete(id, by: agent, disposition: random.once(in: 2) ? "done" : "", outcome: .resolved)
        }
    }

    private mutating func leave() {
        guard let id = anyLive() else { return }
        if random.once(in: 3) { world.cancel(id, reason: "no more") } else { world.abandon(id) }
    }

    private mutating func write() {
        if random.once(in: 2), let (id, _) = work([.held, .assigned, .completed]) {
            world.message(id, from: random.once(in: 4) ? .agent : .customer)
        } else if let id = anyone() {
            world.message(id)
        }
    }

    private mutating func transfer() {
        guard let (id, agent) = work([.assigned, .held]) else { return }
        var queue: String?
        var skills: String?
        var receiver: String?
        switch random.pick(0...4) {
        case 0, 1: queue = self.queue()
        case 2: skills = levels(most: 5, often: 4)
        case 3:
            queue = self.queue()
            receiver = anybody()
        default: receiver = anybody()
        }
        world.transfer(id, by: agent, queue: queue, skills: skills, to: receiver, reason: "please")
    }

    private mutating func assign() {
        guard let id = anyLive() else { return }
        world.assign(id, to: anybody(), force: random.once(in: 2))
    }

    private mutating func update() {
        guard let id = anyLive() else { return }
        world.update(
            id, priority: priority(), queue: random.once(in: 3) ? queue() : nil,
            skills: random.once(in: 3) ? levels(most: 5, often: 4) : nil,
            prefer: random.once(in: 4) ? levels(most: 5, often: 3) : nil, subject: random.once(in: 5) ? "other" : nil)
    }

    private mutating func change(isOfSkills: Bool) {
        if isOfSkills {
            world.change(
                anybody(), skills: template(), capacity: capacity(),
                team: random.once(in: 3) ? teams.randomElement(using: &random) : nil)
        } else {
            world.change(anybody(), channels: limits(), capacity: capacity())
        }
    }

    /// Somebody new, or nobody any more.
    private mutating func populate() {
        let most = kind == .large ? 70 : 14
        if random.once(in: 2) {
            if names.count < most { signOn() }
            return
        }
        guard names.count > 2 else { return }
        let name = anybody()
        if random.once(in: 2) { world.offline(name) }
        if world.deleteAgent(name) == .done {
            names.removeAll { $0 == name }
            // Now and then somebody else comes under the same name.
            guard random.once(in: 3) else { return }
            world.agent(name, skills: template(), channels: limits(), ready: random.once(in: 2))
            names.append(name)
        }
    }

    private mutating func pauseOrResume() {
        if random.once(in: 3) { world.pause(queue()) } else { world.resumeQueue(queue()) }
    }

    private mutating func pass() {
        switch random.pick(0...9) {
        case 0:
            world.standStill(
                for: random.once(in: 2) ? .hours(Int64(random.pick(1...30))) : .days(Int64(random.pick(1...4))))
            world.fireTimers()
        case 1...4: world.pass(.minutes(Int64(random.pick(1...10))))
        default: world.pass(.seconds(Int64(random.pick(1...30))))
        }
    }

    /// Somebody asks for what is not theirs, or not the time for it.
    private mutating func wrongly() {
        let id = Int64(random.pick(0...Int(world.auditor.totals.submitted + 1)))
        let agent = anybody()
        switch random.pick(0...12) {
        case 0: world.accept(id, by: agent)
        case 1: world.decline(id, by: agent)
        case 2: world.complete(id, by: agent)
        case 3: world.wrapped(id, by: agent)
        case 4: world.hold(id, by: agent)
        case 5: world.resume(id, by: agent)
        case 6: world.transfer(id, by: agent, queue: queue())
        case 7: world.assign(id, to: agent)
        case 8: world.requeue(id)
        case 9: world.update(id, priority: 7)
        case 10: world.message(id, from: .agent)
        case 11 where names.count > 2:
            if world.deleteAgent(agent) == .done { names.removeAll { $0 == agent } }
        default: world.rate(id, nps: 7)
        }
    }

    private mutating func presence() {
        let agent = anybody()
        switch random.pick(0...13) {
        case 0...4: world.ready(agent)
        case 5:
            let channels = world.plan.channels.filter { _ in random.once(in: 2) }.map(\.name)
            world.ready(agent, channels: channels.joined(separator: ","))
        case 6: world.away(agent, reason: random.once(in: 2) ? "lunch" : "")
        case 7: world.offline(agent)
        case 8: world.disconnect(agent)
        default: for name in names where random.once(in: 2) { world.connect(name) }
        }
    }

    private mutating func stall() {
        let since = world.now
        world.answeredUntil = since
        for _ in 1...3 {
            world.standStill(for: .milliseconds(Int64(random.pick(1...10_000))))
            world.fireTimers()
            submit()
            finish()
        }
        world.answeredUntil = nil
        world.apply(.stalled(since: since))
        world.fireTimers()
    }
}
