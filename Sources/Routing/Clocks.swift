/// How a clock ended: its target was kept or missed.
package enum Verdict: UInt8, CaseIterable, Sendable {
    case met = 1
    case breached

    package var name: String { self == .met ? "met" : "breached" }
}

/// The time that one promise has taken so far.
struct Clock {
    /// Before `since`, in the time of the policy's calendar. Frozen: no later calendar changes it.
    var consumed = TimeSpan.zero
    /// Since when it runs; `Instant.epoch` while it stands still.
    var since = Instant.epoch
    /// Thresholds of this cycle that have fired.
    var fired: UInt8 = 0
    /// Begun and not ended; it may stand still all the same.
    var isOn = false
    /// Of this cycle, as soon as it is known.
    var verdict: Verdict?

    /// As a row has it; nil for one that never began.
    func row(_ metric: Metric) -> ClockRow? {
        guard isOn || verdict != nil else { return nil }
        return ClockRow(
            metric: metric, consumed: consumed, since: since.unlessEpoch, fired: fired, isOn: isOn, verdict: verdict)
    }

    init() {}

    init(_ row: ClockRow) {
        consumed = row.consumed
        since = row.since ?? .epoch
        fired = row.fired
        isOn = row.isOn
        verdict = row.verdict
    }
}

/// The clocks of an inquiry, by metric. Like fields stand together: 76 bytes, where four `Clock`s take 96.
struct Clocks {
    private var consumed = InlineArray<4, TimeSpan>(repeating: .zero)
    private var since = InlineArray<4, Instant>(repeating: .epoch)
    private var fired = InlineArray<4, UInt8>(repeating: 0)
    private var isOn = InlineArray<4, Bool>(repeating: false)
    private var verdicts = InlineArray<4, Verdict?>(repeating: nil)

    subscript(metric: Int) -> Clock {
        get {
            var clock = Clock()
            clock.consumed = consumed[metric]
            clock.since = since[metric]
            clock.fired = fired[metric]
            clock.isOn = isOn[metric]
            clock.verdict = verdicts[metric]
            return clock
        }
        set {
            consumed[metric] = newValue.consumed
            since[metric] = newValue.since
            fired[metric] = newValue.fired
            isOn[metric] = newValue.isOn
            verdicts[metric] = newValue.verdict
        }
    }
}

/// The clocks of an inquiry that an SLA policy covers. Others have none.
struct ClockSet {
    /// By metric. They stand first, so that what follows fills their last word.
    var clocks = Clocks()
    /// Whose they are.
    var owner: UInt32
    /// In `Engine.policies`.
    var policy: UInt32
    /// Of the threshold that is due next.
    var timer = none
}

/// A policy as inquiries took it on: the one of the version in force, or of an earlier one that some still go by.
struct PinnedPolicy {
    var version: Int32
    var name: Name
    /// The queues of its actions are numbers of the plan in force; those that it lacks are left out.
    private(set) var promises: [CompiledPlan.Promise?]
    /// As its version has them, and the queues of that version.
    private let said: [CompiledPlan.Promise?]
    private let queueNames: [String]
    /// In `Engine.calendars`; nil: around the clock.
    var calendar: Int?
    /// A bit for each state in which its clocks stand still.
    var pauses: UInt16
    /// Inquiries in memory that go by it.
    var references = 0

    /// - Parameter queueNames: of the version that it is from.
    init(_ policy: CompiledPlan.Policy, version: Int32, queueNames: [String], calendar: Int?) {
        self.version = version
        name = Name(policy.name)
        promises = policy.promises
        said = policy.promises
        self.queueNames = queueNames
        self.calendar = calendar
        pauses = policy.pauses.reduce(0) { $0 | 1 << UInt16($1.rawValue) }
    }

    /// Goes on under another plan. A move to a queue that it lacks does nothing until a plan has it again.
    mutating func adapt(to plan: CompiledPlan) {
        promises = said.map { promise in
            promise?.changing { action in
                guard case .move(let queue) = action else { return action }
                let name = queueNames[Int(queue)]
                return plan.queues.firstIndex { $0.name == name }.map { .move(QueueIndex($0)) }
            }
        }
    }

    func isPaused(in state: InquiryState) -> Bool { pauses >> UInt16(state.rawValue) & 1 == 1 }
}

/// A clock of a row.
package struct ClockRow: Hashable, Sendable {
    package var metric: Metric
    package var consumed: TimeSpan
    /// nil: it stands still.
    package var since: Instant?
    package var fired: UInt8
    package var isOn: Bool
    package var verdict: Verdict?

    package init(
        metric: Metric, consumed: TimeSpan, since: Instant?, fired: UInt8, isOn: Bool, verdict: Verdict?
    ) {
        self.metric = metric
        self.consumed = consumed
        self.since = since
        self.fired = fired
        self.isOn = isOn
        self.verdict = verdict
    }
}
