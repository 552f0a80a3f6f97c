import Plan
import Routing
import Testing

@Suite("The routing plan")
struct RoutingPlanTests {
    @Test("the default plan has the documented channels and numbers")
    func defaults() throws {
        let plan = try RoutingPlan().compile(version: 1)
        let figures = plan.channels.map {
            "\($0.name) \($0.weight)/\($0.limit) \($0.target.microseconds / 1_000_000) \($0.offerTimeout.microseconds / 1_000_000)"
        }
        #expect(
            figures == [
                "voice 100/1 20 20", "chat 25/4 60 30", "social 25/4 300 30", "email 10/10 14400 30",
            ])
        #expect(plan.queues.map(\.name) == ["default"])
        #expect(plan.channels.map(\.acceptsAutomatically) == [false, false, false, true])
        #expect(plan.channels.map(\.keepsWorkOffline) == [false, false, false, true])
        #expect(plan.channels[3].interruptedBy.contains(0))
        #expect(!plan.channels[3].interruptedBy.contains(1))
        #expect(plan.disconnectGrace == .seconds(30))
        #expect(plan.missedOffersToAway == 1)
        #expect(plan.priorityBoost == .minutes(1))
        #expect(plan.channels.allSatisfy { !$0.holdReleases })
        #expect(plan.queues[0].selection == .leastLoaded && plan.queues[0].teams == nil)
        #expect(plan.continuity == [.openAgent])
        #expect(plan.continuityHold == .seconds(30) && plan.continuityWithin == .days(30))
        #expect(plan.reopenWithin == .hours(24) && plan.maxAge == .days(14))
    }

    @Test("selection, teams, continuity and what holding releases reach the engine as they are written")
    func routingOfPeople() throws {
        var plan = RoutingPlan()
        plan.channels[1].holdReleases = true
        plan.queues += [
            RoutingPlan.Queue("vip", select: .mostSkilled, teams: ["seoul", "busan"]),
            RoutingPlan.Queue("easy", select: .leastSkilled), RoutingPlan.Queue("idle", select: .longestIdle),
        ]
        plan.continuity = RoutingPlan.Continuity(
            prefer: [.lastAgent, .openAgent], hold: .minutes(2), within: .days(7))
        plan.reopenWithin = .zero
        plan.maxAge = .hours(1)
        let compiled = try plan.compile(version: 3)
        #expect(compiled.channels.map(\.holdReleases) == [false, true, false, false])
        #expect(compiled.queues.map(\.selection) == [.leastLoaded, .mostSkilled, .leastSkilled, .longestIdle])
        #expect(compiled.queues.map(\.teams) == [nil, ["seoul", "busan"], nil, nil])
        #expect(compiled.continuity == [.lastAgent, .openAgent])
        #expect(compiled.continuityHold == .minutes(2) && compiled.continuityWithin == .days(7))
        #expect(compiled.reopenWithin == .zero && compiled.maxAge == .hours(1))
        plan.continuity.prefer = []
        #expect(try plan.compile(version: 3).continuity.isEmpty)
    }

    /// A number of the plan, what it may be, and the nearest that it may not.
    struct Range: Sendable, CustomTestStringConvertible {
        let path: String
        let set: @Sendable (inout RoutingPlan, Int64) -> Void
        let inside: [Int64]
        let outside: [Int64]

        var testDescription: String { path }

        init(
            _ path: String, _ inside: [Int64], _ outside: [Int64],
            _ set: @escaping @Sendable (inout RoutingPlan, Int64) -> Void
        ) {
            (self.path, self.set, self.inside, self.outside) = (path, set, inside, outside)
        }
    }

    private static let day: Int64 = 86_400_000

    /// Spans in milliseconds.
    static let ranges: [Range] = [
        Range("channels.chat.weight", [1, 1_000], [0, 1_001]) { $0.channels[1].weight = Int32($1) },
        Range("channels.chat.limit", [1, 1_000], [0, 1_001]) { $0.channels[1].limit = Int32($1) },
        Range("channels.chat.target", [1_000, 30 * day], [999, 30 * day + 1]) {
            $0.channels[1].target = .milliseconds($1)
        },
        Range("channels.chat.offer_timeout", [1_000, 3_600_000], [999, 3_600_001]) {
            $0.channels[1].offerTimeout = .milliseconds($1)
        },
        Range("channels.chat.wrap_up", [0, day], [-1, day + 1]) { $0.channels[1].wrapUp = .milliseconds($1) },
        Range("queues.default.target", [1_000, 30 * day], [999, 30 * day + 1]) {
            $0.queues[0].target = .milliseconds($1)
        },
        Range("defaults.priority", [-100, 100], [-101, 101]) { $0.defaultPriority = Int32($1) },
        Range("defaults.reopen_within", [0, 400 * day], [-1, 400 * day + 1]) { $0.reopenWithin = .milliseconds($1) },
        Range("defaults.max_age", [1_000, 400 * day], [999, 400 * day + 1]) { $0.maxAge = .milliseconds($1) },
        Range("continuity.for", [0, 30 * day], [-1, 30 * day + 1]) { $0.continuity.hold = .milliseconds($1) },
        Range("continuity.within", [0, 400 * day], [-1, 400 * day + 1]) { $0.continuity.within = .milliseconds($1) },
        Range("queues.default.teams", [1, 64], [0, 65]) { plan, count in
            plan.queues[0].teams = (0..<count).map { "team-\($0)" }
        },
    ]

    @Test("a number is taken to the end of its range, and past it is a fault that names its path", arguments: ranges)
    func range(_ range: Range) {
        for value in range.inside {
            var plan = RoutingPlan()
            range.set(&plan, value)
            #expect(throws: Never.self, "\(value)") { try plan.compile(version: 1) }
        }
        for value in range.outside {
            var plan = RoutingPlan()
            range.set(&plan, value)
            #expect("\(value)") {
                try plan.compile(version: 1)
            } throws: {
                ($0 as? PlanFault)?.path == range.path
            }
        }
    }

    @Test("what stands twice in a list is a fault")
    func twice() {
        var plan = RoutingPlan()
        plan.queues[0].teams = ["seoul", "busan", "seoul"]
        #expect(throws: PlanFault(path: "queues.default.teams[2]", message: "seoul stands there twice")) {
            try plan.compile(version: 1)
        }
        plan.queues[0].teams = nil
        plan.continuity.prefer = [.openAgent, .openAgent]
        #expect(throws: PlanFault(path: "continuity.prefer[1]", message: "open_agent stands there twice")) {
            try plan.compile(version: 1)
        }
    }

    @Test("the grace of a lost connection stays real when the clock runs faster")
    func graceIsReal() throws {
        let plan = try RoutingPlan().compile(version: 1, clockSpeed: 200)
        #expect(plan.disconnectGrace == .seconds(6_000))
        #expect(plan.channels[0].offerTimeout == .seconds(20))
    }

    @Test("a default queue that is not there is a fault that names its path")
    func unknownDefaultQueue() {
        var plan = RoutingPlan()
        plan.defaultQueue = "vip"
        let fault = PlanFault(path: "defaults.queue", message: "there is no queue vip; the only one is default")
        #expect(throws: fault) {
            try plan.compile(version: 1)
        }
    }

    @Test("a channel beside that is not there is a fault that names its path")
    func unknownChannelBeside() {
        var plan = RoutingPlan()
        plan.channels[1].with = ["fax"]
        let fault = PlanFault(
            path: "channels.chat.with[0]",
            message: "there is no channel fax; the channels are voice, chat, social, email")
        #expect(throws: fault) {
            try plan.compile(version: 1)
        }
    }

    @Test("sixteen channels compile, seventeen are a fault", arguments: [(16, true), (17, false)])
    func channelLimit(count: Int, isAccepted: Bool) {
        var plan = RoutingPlan()
        plan.channels = (0..<count).map { RoutingPlan.Channel("c\($0)") }
        #expect(((try? plan.compile(version: 1)) != nil) == isAccepted)
    }

    @Test("the document spells everything out in the order of the plan's description")
    func document() {
        var plan = RoutingPlan()
        plan.name = "신발 가게"
        plan.channels = [RoutingPlan.Channel("chat")]
        plan.channels[0].with = []
        plan.queues = [
            RoutingPlan.Queue("default"),
            RoutingPlan.Queue("vip", target: .seconds(90), select: .mostSkilled, teams: ["서울", "busan"]),
        ]
        plan.channels[0].holdReleases = true
        plan.continuity = RoutingPlan.Continuity(prefer: [.openAgent, .lastAgent], within: .days(7))
        plan.priorityBoost = .strict
        #expect(
            String(decoding: plan.document, as: UTF8.self)
                == #"{"plan":1,"name":"신발 가게","defaults":{"queue":"default","priority":0,"timezone":"UTC","#
                + #""disconnect_grace":"30s","missed_offers_to_away":1,"reopen_within":"1d","max_age":"14d","#
                + #""retain":"400d"},"priority_boost":"strict","#
                + #""continuity":{"prefer":["open_agent","last_agent"],"for":"30s","within":"7d"},"channels":{"chat":"#
                + #"{"weight":25,"limit":4,"target":"1m","offer_timeout":"30s","wrap_up":"0s","accept":"offer","#
                + #""hold_releases":true,"live":false,"with":[],"on_offline":"requeue"}},"queues":{"default":{"select":"#
                + #""least_loaded"},"vip":{"target":"1m30s","select":"most_skilled","teams":["서울","busan"]}}}"#)
    }
}
