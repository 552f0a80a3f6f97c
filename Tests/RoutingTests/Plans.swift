import Simulation

@testable import Routing

/// A channel of a test's plan, in names; `TestPlan.of` turns them into numbers.
struct TestChannel {
    var name: String
    var weight: Int32 = 25
    var limit: Int32 = 4
    var target = TimeSpan.minutes(1)
    var offerTimeout = TimeSpan.seconds(30)
    var wrapUp = TimeSpan.zero
    var isAutomatic = false
    var isLive = false
    var keepsWorkOffline = false
    var holdReleases = false
    /// nil: anything.
    var with: [String]?
    var interruptedBy: [String] = []

    static func channel(
        _ name: String, weight: Int32 = 25, limit: Int32 = 4, target: TimeSpan = .minutes(1),
        offerTimeout: TimeSpan = .seconds(30), wrapUp: TimeSpan = .zero, isAutomatic: Bool = false,
        keepsWorkOffline: Bool = false, holdReleases: Bool = false, with: [String]? = nil,
        interruptedBy: [String] = []
    ) -> TestChannel {
        TestChannel(
            name: name, weight: weight, limit: limit, target: target, offerTimeout: offerTimeout, wrapUp: wrapUp,
            isAutomatic: isAutomatic, keepsWorkOffline: keepsWorkOffline, holdReleases: holdReleases, with: with,
            interruptedBy: interruptedBy)
    }

    /// PLAN.md's default channels, but for the target: it is the same for all, so that order is by arrival.
    static let defaults: [TestChannel] = [
        .channel("voice", weight: 100, limit: 1, offerTimeout: .seconds(20)),
        .channel("chat"),
        .channel("social"),
        .channel(
            "email", weight: 10, limit: 10, isAutomatic: true, keepsWorkOffline: true, interruptedBy: ["voice"]),
    ]
}

extension CompiledPlan {
    /// A plan of those channels, with PLAN.md's defaults elsewhere.
    static func of(
        _ channels: [TestChannel] = TestChannel.defaults, queues: [Queue] = [Queue(name: "default")],
        boost: TimeSpan = .minutes(1), grace: TimeSpan = .seconds(30), missedOffersToAway: Int32 = 1,
        continuity: [Continuity] = [.openAgent], continuityHold: TimeSpan = .seconds(30),
        continuityWithin: TimeSpan = .days(30), reopenWithin: TimeSpan = .hours(24), maxAge: TimeSpan = .days(14),
        defaultPriority: Int32 = 0, rules: [(rule: Rule, when: TestConditions.Condition)] = [],
        policies: [(policy: Policy, when: TestConditions.Condition)] = [], calendars: [Calendar] = []
    ) -> CompiledPlan {
        func set(_ names: [String]) -> ChannelSet {
            var set = ChannelSet.none
            for (index, channel) in channels.enumerated() where names.contains(channel.name) {
                set.insert(ChannelIndex(index))
            }
            return set
        }
        let compiled = channels.map { channel in
            Channel(
                name: channel.name, weight: channel.weight, limit: channel.limit, target: channel.target,
                offerTimeout: channel.offerTimeout, wrapUp: channel.wrapUp,
                acceptsAutomatically: channel.isAutomatic, keepsWorkOffline: channel.keepsWorkOffline,
                holdReleases: channel.holdReleases, isLive: channel.isLive, with: channel.with.map(set) ?? .all,
                interruptedBy: set(channel.interruptedBy))
        }
        return CompiledPlan(
            version: 1, channels: compiled, queues: queues, defaultQueue: 0, defaultPriority: defaultPriority,
            priorityBoost: boost, disconnectGrace: grace, missedOffersToAway: missedOffersToAway,
            continuity: continuity, continuityHold: continuityHold, continuityWithin: continuityWithin,
            reopenWithin: reopenWithin, maxAge: maxAge, rules: rules.map(\.rule),
            policies: policies.map(\.policy), calendars: calendars,
            conditions: rules.isEmpty && policies.isEmpty
                ? nil : TestConditions(conditions: rules.map(\.when), policies: policies.map(\.when)))
    }

    /// One queue that selects in that way.
    static func selecting(_ selection: Selection, _ channels: TestChannel..., missed: Int32 = 1) -> CompiledPlan {
        .of(
            channels, queues: [Queue(name: "default", selection: selection)], missedOffersToAway: missed)
    }

    static func of(_ first: TestChannel, _ others: TestChannel...) -> CompiledPlan { .of([first] + others) }
}

/// A calendar that is known as far as it is.
struct NoYears: CalendarYears {
    func addition(to calendar: CompiledCalendar, at now: Instant) -> CompiledCalendar? { nil }
}

/// The conditions of rules as functions; the same input gives the same verdict.
struct TestConditions: RuleConditions {
    typealias Condition = @Sendable (RuleInput) -> RuleVerdict

    var conditions: [Condition]
    var policies: [Condition] = []

    func verdict(ofRule number: Int, on input: inout RuleInput) -> RuleVerdict { conditions[number](input) }
    func verdict(ofPolicy number: Int, on input: inout RuleInput) -> RuleVerdict { policies[number](input) }

    static let always: Condition = { _ in .matches }

    static func when(_ isSo: @escaping @Sendable (RuleInput) -> Bool) -> Condition {
        { isSo($0) ? .matches : .differs }
    }
}

extension SplitMix64 {
    /// True once in `count` times.
    mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
    mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}
