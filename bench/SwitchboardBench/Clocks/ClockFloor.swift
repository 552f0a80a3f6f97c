import Plan
import Routing

/// An engine in which inquiries wait and are worked on under an SLA policy, on a Monday morning, and who drives it.
struct ClockFloor: ~Copyable {
    /// What the policy promises; all but `next_response` runs from the submission.
    enum Promises {
        case none
        case three
        case four
    }

    /// What a storm took, in seconds of this thread's processor time.
    struct Storm {
        var fired = 0
        var seconds = 0.0
        /// Of each `expire`.
        var slices: [Double] = []
        /// Of each taking of rows, as for a batch of the store.
        var takings: [Double] = []
        /// From when a submission was there to its offer.
        var latencies: [Double] = []
    }

    /// Monday, 2 March 2026, 10:00 in Seoul: the calendar is open until 18:00.
    private static let start = Instant(microseconds: 1_772_413_200_000_000)
    /// When the thresholds of those that were submitted in the second from `start` on begin to fall due.
    static let warned = start + .minutes(45)
    static let breached = start + .minutes(60)

    /// The daemon's: timers, then commands, of one step, and events of one batch.
    private static let slice = 1_000
    private static let batchEvents = 20_000
    private static let agentLimit = 100
    /// Between two submissions while a storm goes on.
    private static let arrivalNanoseconds: UInt64 = 100_000

    private var engine: Engine
    private var output = Output()
    private var changes = Changes()
    private var now = Self.start
    private var served: Submission
    private var backlog: Submission
    /// Those that an agent works on.
    private var work: ContiguousArray<(id: Int64, agent: AgentIndex)> = []
    private var random = XorShift()

    static func plan(_ promises: Promises) throws -> RoutingPlan {
        let policy = """
            sla:
              - name: standard
                calendar: seoul
                pause: [held]
                targets: {\(promises == .four ? "assign: 2h, " : "")first_response: 1h, next_response: 30m, resolution: 40h}
                escalate:
                  - {metric: first_response, at: 75%, do: [{notify: lead}]}
                  - {metric: first_response, at: 100%, do: [{priority: 10}]}
                  - {metric: next_response, at: 75%, do: [{notify: lead}]}
                  - {metric: resolution, at: +30m, do: [{notify: manager}]}

            """
        let text = """
            channels: {chat: {weight: 1, limit: \(agentLimit), target: 1m, offer_timeout: 30s}}
            calendars: {seoul: {timezone: Asia/Seoul, hours: {mon-fri: ["09:00-18:00"]}}}

            """ + (promises == .none ? "" : policy)
        let report = RoutingPlan.read(Array(text.utf8))
        guard let plan = report.plan else { throw BenchError("the plan is faulty: \(report.faults)") }
        return plan
    }

    /// - Parameter count: How many inquiries the agents have room for, and for as many again.
    init(_ promises: Promises, roomFor count: Int) throws {
        let plan = try Self.plan(promises).compile(version: 1, around: Self.start)
        guard let chat = plan.channels.firstIndex(where: { $0.name == "chat" }) else { throw BenchError("no chat") }
        engine = Engine(plan: plan, at: now)
        served = Submission(source: 1, channel: ChannelIndex(chat))
        backlog = served
        served.skills = [requirement("served")]
        backlog.skills = [requirement("nobody's")]
        for number in 0..<(2 * count / Self.agentLimit + 2) {
            var change = AgentChange(id: "agent\(number)")
            change.skills = .set([SkillLevel(skill: "served", level: 5)])
            change.capacity = .set(Int32(Self.agentLimit))
            apply(.putAgent(change))
            apply(.ready(AgentIndex(number), channels: nil))
        }
        takeChanges()
    }

    private mutating func requirement(_ skill: String) -> SkillRequirement {
        guard let skill = engine.skill(named: skill) else { preconditionFailure("skills are within the limit") }
        return SkillRequirement(skill: skill, level: 1)
    }

    /// Clocks that run, counted one by one.
    var running: Int {
        var count = 0
        var id: Int64 = 0
        while engine.wasSubmitted(id + 1) {
            id += 1
            count += engine.clocks(of: id).count { $0.isOn && $0.due != nil }
        }
        return count
    }

    // MARK: What is there

    /// Submits so many within a second that nobody can take.
    mutating func submitBacklog(_ count: Int) {
        let begin = now
        for number in 0..<count {
            now = begin + TimeSpan(microseconds: Int64(number) * 999_999 / Int64(count))
            backlog.priority = Int32(number % 21) - 10
            apply(.submit(backlog))
            if number % Self.slice == Self.slice - 1 { takeChanges() }
        }
        takeChanges()
    }

    /// Those of the storm at ten o'clock, the others forty minutes later; agents work on some of these, and their
    /// customers have written again. Returns the processor time of what waits, in seconds.
    mutating func fill(inquiries: Int, storm: Int, assigned: Int) -> Double {
        let began = processorTime()
        submitBacklog(storm)
        now = Self.start + .minutes(40)
        submitBacklog(inquiries - storm - assigned)
        let spent = Double(processorTime() - began) / 1e9
        for _ in 0..<assigned {
            let job = submitServed()
            apply(.accept(id: job.id, job.agent))
            work.append(job)
        }
        for (id, _) in work { apply(.message(id: id, from: .agent)) }
        for (id, _) in work { apply(.message(id: id, from: .customer)) }
        takeChanges()
        return spent
    }

    // MARK: What is measured

    /// A message of that party to each that is worked on, in any order. Returns nanoseconds of one.
    mutating func exchange(from party: Party) -> Double {
        for place in work.indices.dropFirst() { work.swapAt(place, random.below(place + 1)) }
        now = now + .milliseconds(1)
        let began = processorTime()
        for (id, _) in work {
            engine.apply(.message(id: id, from: party), at: now, into: &output)
            output.clear()
        }
        let spent = processorTime() - began
        takeChanges()
        return Double(spent) / Double(work.count)
    }

    /// Does what the daemon does when it finds all that was due in the last second: at most 1,000 timers, then at most
    /// 1,000 commands, in turns, and the rows of a batch whenever it is full.
    ///
    /// Its time is the thread's, so that other programs count less. Meanwhile an inquiry comes every 100 µs for which
    /// there is an agent, who accepts and completes it.
    mutating func storm(at moment: Instant) -> Storm {
        var storm = Storm()
        var arrivals = 0
        // Of what the store, on another thread, would have done.
        var apart: UInt64 = 0
        let began = processorTime()
        func spent() -> UInt64 { processorTime() - began - apart }
        while let due = engine.nextDeadline, due <= moment {
            now = moment + TimeSpan(microseconds: Int64(spent() / 1_000))
            var since = spent()
            storm.fired += engine.expire(at: now, limit: Self.slice, into: &output)
            storm.slices.append(Double(spent() - since) / 1e9)
            var commands = 0
            while commands < Self.slice, UInt64(arrivals) * Self.arrivalNanoseconds <= spent() {
                let arrived = UInt64(arrivals) * Self.arrivalNanoseconds
                arrivals += 1
                commands += 3
                let job = submitServed()
                storm.latencies.append(Double(spent() - arrived) / 1e9)
                apply(.accept(id: job.id, job.agent))
                apply(.complete(id: job.id, job.agent, disposition: [], outcome: .resolved))
            }
            let isOver = engine.nextDeadline.map { $0 > moment } ?? true
            guard output.events.count >= Self.batchEvents || isOver else { continue }
            since = spent()
            changes.events.append(contentsOf: output.events)
            engine.takeChanges(into: &changes)
            storm.takings.append(Double(spent() - since) / 1e9)
            let handed = processorTime()
            changes = Changes()
            output.events.removeAll(keepingCapacity: true)
            apart += processorTime() - handed
        }
        storm.seconds = Double(spent()) / 1e9
        return storm
    }

    // MARK: Steps

    private mutating func apply(_ command: Command) {
        engine.apply(command, at: now, into: &output)
        if case .rejected(let rejection) = output.reply { preconditionFailure(rejection.message) }
    }

    /// Returns who was offered it.
    private mutating func submitServed() -> (id: Int64, agent: AgentIndex) {
        let first = output.events.count
        apply(.submit(served))
        for event in output.events[first...] where event.type == .offered {
            if let agent = event.agentIndex { return (event.inquiry, agent) }
        }
        preconditionFailure("there is an agent with room")
    }

    /// Nobody looks at rows and events.
    private mutating func takeChanges() {
        output.clear()
        engine.takeChanges(into: &changes)
        changes = Changes()
    }
}
