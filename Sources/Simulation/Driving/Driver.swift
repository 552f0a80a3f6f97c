/// Plays the outside world of a scenario against a running daemon: customers who come and leave, agents who sign on,
/// accept and finish. Pure: times and answers go in, actions come out; one heap holds all that is due.
///
/// Times are the daemon's, in microseconds since 1970 UTC. Every method appends to `actions` what to send next, in
/// order. The caller tells it how each action ended, in the order in which the answers came.
package struct Driver: Sendable {
    enum Timer: Sendable {
        case arrival(inquiry: Int)
        case patience(inquiry: Int)
        case shiftStart(agent: Int)
        case shiftEnd(agent: Int)
        case finish(agent: Int, id: Int64)
        case again(DriverAction)
    }

    /// Where an inquiry of the scenario stands.
    enum Stage: Hashable, Sendable {
        case planned
        case submitting
        case waiting
        case abandoning
        case served
        case answered
        case abandoned
        case failed
    }

    struct InquiryState: Sendable {
        var stage = Stage.planned
        /// 0 until the submission is answered.
        var id: Int64 = 0
        var submittedAt: Int64 = 0
        var patienceIsOver = false
    }

    enum WorkPhase: Hashable, Sendable {
        case accepting
        /// Accepted before the submission's own answer has told whose it is.
        case unclaimed
        case working
        case completing
    }

    struct Work: Sendable {
        var agent: Int
        var phase: WorkPhase
        var since: Int64
    }

    /// What the daemon last said of an agent's presence.
    enum Presence: Hashable, Sendable {
        case offline
        case ready
        case away
        /// Signed on when the connection was lost.
        case unknown
    }

    struct AgentState: Sendable {
        var onShift = false
        /// Past the shift, but needed.
        var isStaying = false
        var told = Presence.offline
        var isAsking = false
        /// What it has after a lost connection is yet to be read.
        var needsMine = false
        var work: [Int64] = []
        /// Offers whose acceptance was under way when the connection was lost.
        var uncertain: [Int64] = []
        var lastShiftEnd: Int64 = .min
        var nextShift = 0
    }

    package let scenario: Scenario
    /// The virtual time of the scenario's 0.
    package let origin: Int64
    /// The handling time of an inquiry that is none of the scenario's, in microseconds.
    let strangerHandling: Int64

    var inquiries: [InquiryState]
    var agents: [AgentState]
    var timers = TimerHeap<Timer>()
    /// Scenario index by the daemon's id.
    var indexByID: [Int64: Int] = [:]
    var work: [Int64: Work] = [:]
    var submitsUnanswered = 0
    var floorIsConnected = true
    /// Floor work that fell due while there was no connection.
    var deferred: [DriverAction] = []
    var cover: Cover

    /// Unexpected answers, each a sentence; the first 100.
    package private(set) var problems: [String] = []
    package private(set) var problemCount = 0
    package internal(set) var missedOffers = 0
    package internal(set) var reconnections = 0
    /// Agents kept or called back past their shift.
    package internal(set) var overtimeCalls = 0
    package private(set) var arrivedCount = 0
    package private(set) var answeredCount = 0
    package private(set) var abandonedCount = 0
    package private(set) var failedCount = 0

    /// How long what was refused for the moment waits at least, in virtual microseconds, so that a refusal without a
    /// hint does not spin.
    static let retryMinimum: Int64 = microsecondsPerSecond
    /// How long a presence that was refused for good waits before it is asked for again.
    static let refusalPause: Int64 = 60 * microsecondsPerSecond

    package init(scenario: Scenario, origin: Int64, strangerHandling: Int64 = 120 * microsecondsPerSecond) {
        self.scenario = scenario
        self.origin = origin
        self.strangerHandling = strangerHandling
        inquiries = Array(repeating: InquiryState(), count: scenario.inquiries.count)
        agents = Array(repeating: AgentState(), count: scenario.agents.count)
        cover = Cover(scenario: scenario)
        for (index, inquiry) in scenario.inquiries.enumerated() {
            timers.push(.arrival(inquiry: index), due: origin + inquiry.arrival)
        }
        for (index, agent) in scenario.agents.enumerated() {
            for shift in agent.shifts {
                timers.push(.shiftStart(agent: index), due: origin + shift.lowerBound)
                timers.push(.shiftEnd(agent: index), due: origin + shift.upperBound)
            }
        }
    }

    /// When `advance` has something to do next; nil when nothing is due ever.
    package var nextDue: Int64? { timers.nextDue }

    /// All inquiries have ended and all agents have signed off.
    package var isFinished: Bool {
        endedCount == inquiries.count && agents.allSatisfy { !$0.onShift && $0.told == .offline && !$0.isAsking }
    }

    package var endedCount: Int { answeredCount + abandonedCount + failedCount }

    /// The daemon's ids of the scenario's inquiries, nil for one that was never taken in.
    package var ids: [Int64?] { inquiries.map { $0.id == 0 ? nil : $0.id } }

    /// The scenario's inquiry with the daemon's `id`.
    package func index(id: Int64) -> Int? { indexByID[id] }

    /// Whether this run saw the inquiry end as answered, as abandoned, or not end.
    package func ending(inquiry: Int) -> String? {
        switch inquiries[inquiry].stage {
        case .answered: "completed"
        case .abandoned: "abandoned"
        case .planned, .submitting, .waiting, .abandoning, .served, .failed: nil
        }
    }

    /// Does everything that is due at `now`.
    package mutating func advance(to now: Int64, into actions: inout [DriverAction]) {
        while let (timer, due) = timers.pop(at: now) {
            switch timer {
            case .arrival(let inquiry): arrive(inquiry, at: now, into: &actions)
            case .patience(let inquiry): losePatience(inquiry, into: &actions)
            case .shiftStart(let agent): startShift(agent, into: &actions)
            case .shiftEnd(let agent): endShift(agent, at: due, into: &actions)
            case .finish(let agent, let id): finish(agent, id, into: &actions)
            case .again(let action): repeatAction(action, into: &actions)
            }
        }
    }

    /// How `action` ended.
    package mutating func finished(
        _ action: DriverAction, _ outcome: DriverOutcome, at now: Int64, into actions: inout [DriverAction]
    ) {
        if case .later(let delay) = outcome {
            timers.push(.again(action), due: now + max(delay, Self.retryMinimum))
            return
        }
        switch action {
        case .submit(let inquiry): submitted(inquiry, outcome, at: now, into: &actions)
        case .abandon(let inquiry, _): abandonAnswered(inquiry, outcome, into: &actions)
        case .look(let inquiry, let id): looked(inquiry, id, outcome, into: &actions)
        case .ready(let agent):
            presenceAnswered(agent, action, outcome, .ready, at: now, into: &actions)
        case .away(let agent):
            presenceAnswered(agent, action, outcome, .away, at: now, into: &actions)
        case .offline(let agent):
            presenceAnswered(agent, action, outcome, .offline, at: now, into: &actions)
        case .mine(let agent): mineAnswered(agent, outcome, at: now, into: &actions)
        case .accept(let agent, let id): acceptAnswered(agent, id, outcome, at: now, into: &actions)
        case .complete(let agent, let id): completeAnswered(agent, id, outcome, at: now, into: &actions)
        }
    }

    private mutating func arrive(_ inquiry: Int, at now: Int64, into actions: inout [DriverAction]) {
        inquiries[inquiry].stage = .submitting
        inquiries[inquiry].submittedAt = now
        submitsUnanswered += 1
        arrivedCount += 1
        actions.append(.submit(inquiry: inquiry))
    }

    private mutating func repeatAction(_ action: DriverAction, into actions: inout [DriverAction]) {
        if action.isFloor, !floorIsConnected {
            deferred.append(action)
        } else {
            actions.append(action)
        }
    }

    private mutating func submitted(
        _ inquiry: Int, _ outcome: DriverOutcome, at now: Int64, into actions: inout [DriverAction]
    ) {
        submitsUnanswered -= 1
        guard case .done(let id?, let state) = outcome else {
            end(inquiry, .failed)
            note("submission \(inquiry + 1) was answered \(outcome)")
            claimStrangers(into: &actions)
            return
        }
        inquiries[inquiry].id = id
        indexByID[id] = inquiry
        let planned = scenario.inquiries[inquiry]
        if let taken = work[id], taken.phase == .unclaimed {
            // The agent was quicker than this answer.
            claim(id, inquiry: inquiry, by: taken)
        } else if state == "completed" || state == "abandoned" {
            // Only after a lost connection: the repeated submission answers with the present state.
            end(inquiry, state == "completed" ? .answered : .abandoned)
        } else {
            inquiries[inquiry].stage = .waiting
            if planned.patience == nil { cover.waiting(planned.kind) }
        }
        if let patience = planned.patience {
            let due = inquiries[inquiry].submittedAt + patience
            if due <= now {
                losePatience(inquiry, into: &actions)
            } else {
                timers.push(.patience(inquiry: inquiry), due: due)
            }
        } else {
            keepCover(of: planned.kind, at: now, into: &actions)
        }
        claimStrangers(into: &actions)
    }

    /// An agent who has accepted, or is about to, keeps the customer.
    mutating func losePatience(_ inquiry: Int, into actions: inout [DriverAction]) {
        inquiries[inquiry].patienceIsOver = true
        guard inquiries[inquiry].stage == .waiting, work[inquiries[inquiry].id] == nil else { return }
        inquiries[inquiry].stage = .abandoning
        actions.append(.abandon(inquiry: inquiry, id: inquiries[inquiry].id))
    }

    private mutating func abandonAnswered(
        _ inquiry: Int, _ outcome: DriverOutcome, into actions: inout [DriverAction]
    ) {
        guard inquiries[inquiry].stage == .abandoning else { return }
        switch outcome {
        case .done:
            end(inquiry, .abandoned)
        case .refused(code: "conflict", let state):
            // Mostly accepted a moment before.
            switch state {
            case "completed": end(inquiry, .answered)
            case "abandoned": end(inquiry, .abandoned)
            default: inquiries[inquiry].stage = .served
            }
        case .work, .refused, .later, .lost:
            note("ABANDON of inquiry \(inquiries[inquiry].id) was answered \(outcome)")
            end(inquiry, .failed)
        }
    }

    private mutating func looked(
        _ inquiry: Int, _ id: Int64, _ outcome: DriverOutcome, into actions: inout [DriverAction]
    ) {
        guard case .done(_, let state?) = outcome else {
            note("GET of inquiry \(id) was answered \(outcome)")
            return
        }
        switch state {
        case "completed": end(inquiry, .answered)
        case "abandoned": end(inquiry, .abandoned)
        case "waiting", "offered":
            if inquiries[inquiry].stage == .served, work[id] == nil {
                inquiries[inquiry].stage = .waiting
                if scenario.inquiries[inquiry].patience == nil { cover.waiting(scenario.inquiries[inquiry].kind) }
            }
            if inquiries[inquiry].patienceIsOver { losePatience(inquiry, into: &actions) }
        case "assigned", "held": break
        default:
            note("inquiry \(id) is \(state)")
            end(inquiry, .failed)
        }
    }

    /// Counts an ending once.
    mutating func end(_ inquiry: Int, _ stage: Stage) {
        switch inquiries[inquiry].stage {
        case .answered, .abandoned, .failed: return
        case .waiting, .abandoning:
            if scenario.inquiries[inquiry].patience == nil { cover.settled(scenario.inquiries[inquiry].kind) }
        case .planned, .submitting, .served: break
        }
        inquiries[inquiry].stage = stage
        switch stage {
        case .answered: answeredCount += 1
        case .abandoned: abandonedCount += 1
        case .planned, .submitting, .waiting, .abandoning, .served, .failed: failedCount += 1
        }
    }

    mutating func note(_ problem: String) {
        problemCount += 1
        if problems.count < 100 { problems.append(problem) }
    }
}
