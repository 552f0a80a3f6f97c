package import Routing

/// What was told to somebody who had to wait, and how long they did. Microseconds.
package struct WaitQuote: Hashable, Sendable {
    package var inquiry: Int64
    package var skills: [SkillLevel]
    package var place: Int64
    /// nil: nothing could be told.
    package var estimates: [WaitEstimator: Int64]
    /// What the engine itself would have told.
    package var engine: Int64?
    package var submittedAt: Int64
    /// nil for who gave up: how long they would have waited is unknown.
    package var actual: Int64?
}

/// Asks each way of estimating a wait at each submission that has to wait, and sees how long it did.
///
/// It goes by events, and by the rows of inquiries for what they ask. An inquiry has to stay in the class that it came
/// to: plans with steps that change requirements are not for it.
package final class EstimateStudy: RehearsalObserver {
    private struct Class: Hashable {
        var queue: Name
        var skills: [SkillLevel]
    }

    private struct Person {
        var skills: [SkillLevel]
        var isReady = false
    }

    private var histories: [Class: ClassHistory] = [:]
    private var classes: [Int64: Class] = [:]
    private var acceptances: [Int64: Int64] = [:]
    private var people: [AgentIndex: Person] = [:]
    private var quoteIndex: [Int64: Int] = [:]
    package private(set) var quotes: [WaitQuote] = []

    package init() {}

    package func stepped(
        _ command: Command?, at now: Instant, reply: Reply, events: ContiguousArray<Event>, engine: borrowing Engine
    ) {
        if case .putAgent(let change)? = command, case .agent(let agent) = reply, case .set(let skills) = change.skills
        {
            people[agent] = Person(skills: skills)
        }
        for event in events { follow(event, at: now.microseconds, engine) }
    }

    private func follow(_ event: Event, at now: Int64, _ engine: borrowing Engine) {
        switch event.type {
        case .agentReady: if let agent = event.agentIndex { people[agent]?.isReady = true }
        case .agentAway, .agentOffline: if let agent = event.agentIndex { people[agent]?.isReady = false }
        case .submitted: submitted(event.inquiry, at: now, engine)
        case .accepted, .assigned:
            acceptances[event.inquiry] = now
            left(event.inquiry, accepted: true, at: now)
            if let index = quoteIndex[event.inquiry] { quotes[index].actual = now - quotes[index].submittedAt }
        case .abandoned, .cancelled, .expired: left(event.inquiry, accepted: false, at: now)
        case .completed:
            guard let type = classes[event.inquiry], let at = acceptances[event.inquiry] else { break }
            histories[type]?.completed(after: now - at)
        case .scheduled, .queued, .offered, .declined, .missed, .withdrawn, .exclusionsCleared, .preferredReleased,
            .held, .resumed, .message, .updated, .transferred, .requeued, .step, .escalated, .slaWarned, .slaBreached,
            .overCapacity, .wrapped,
            .reopened, .rated, .surveyDue, .agentDisconnected, .agentReconnected, .agentChanged, .stalled,
            .planPublished,
            .queuePaused, .queueResumed, .drain:
            break
        }
    }

    private func submitted(_ id: Int64, at now: Int64, _ engine: borrowing Engine) {
        guard let row = engine.inquiry(id) else { return }
        let type = Class(queue: row.queueName, skills: row.definition?.skills ?? [])
        classes[id] = type
        var history = histories[type] ?? ClassHistory(at: now)
        if row.state == .waiting {
            history.join(id, rank: row.rank, at: now)
            let place = history.place(of: id) ?? 1
            let able = people.values.count { $0.isReady && Self.meets($0.skills, type.skills) }
            var quote = WaitQuote(
                inquiry: id, skills: type.skills, place: place, estimates: [:],
                engine: engine.estimatedWait(of: id)?.microseconds, submittedAt: now)
            for estimator in WaitEstimator.allCases {
                quote.estimates[estimator] = history.quote(estimator, place: place, able: able, at: now)
            }
            quoteIndex[id] = quotes.count
            quotes.append(quote)
        }
        histories[type] = history
    }

    private func left(_ id: Int64, accepted: Bool, at now: Int64) {
        guard let type = classes[id] else { return }
        histories[type]?.leave(id, accepted: accepted, at: now)
    }

    private static func meets(_ has: [SkillLevel], _ needs: [SkillLevel]) -> Bool {
        needs.allSatisfy { need in has.contains { $0.skill == need.skill && $0.level >= need.level } }
    }
}
