// What stops all offers, or those of one queue, and starts them again.

extension Engine {
    mutating func drain(_ on: Bool, into output: inout Output) {
        output.reply = .done
        guard isDraining != on else { return }
        isDraining = on
        emit(.drain, into: &output) { $0.first = on ? 1 : 0 }
        for agent in agents.indices where agents[agent].state == .ready { refreshRooms(AgentIndex(agent)) }
        if !on { rematch(into: &output) }
    }

    /// A paused queue keeps what waits in it; its open offers come back.
    mutating func pause(_ queue: QueueIndex, _ on: Bool, into output: inout Output) {
        output.reply = .done
        guard paused[Int(queue)] != on else { return }
        paused[Int(queue)] = on
        for requirement in classes.indices where classes[requirement].queue == queue {
            refreshHead(UInt32(requirement))
        }
        let name = queueNames[Int(queue)]
        emit(on ? .queuePaused : .queueResumed, into: &output) { $0.queueName = name }
        guard on else { return rematch(into: &output) }
        for agent in agents.indices where agents[agent].firstWork != none {
            withdrawOffers(of: AgentIndex(agent), inQueue: queue, into: &output)
        }
    }

    private mutating func withdrawOffers(of agent: AgentIndex, inQueue queue: QueueIndex, into output: inout Output) {
        var returned = ContiguousArray<UInt32>()
        for slot in work(of: agent) where inquiries[slot].state == .offered {
            guard classes[Int(inquiries[slot].requirement)].queue == queue else { continue }
            withdraw(slot, reason: .paused, into: &output)
            returned.append(slot)
        }
        if returned.isEmpty { return }
        refreshRooms(agent)
        place(all: returned, into: &output)
        fill(agent, isFresh: true, into: &output)
    }

    var pausedQueueNames: [String] { plan.queues.indices.filter { paused[$0] }.map { plan.queues[$0].name } }

    package func isPaused(_ queue: QueueIndex) -> Bool { paused[Int(queue)] }
}
