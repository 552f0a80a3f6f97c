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
        #expect(throws: PlanFault(path: "defaults.queue", message: "there is no queue vip")) {
            try plan.compile(version: 1)
        }
    }

    @Test("a channel beside that is not there is a fault that names its path")
    func unknownChannelBeside() {
        var plan = RoutingPlan()
        plan.channels[1].with = ["fax"]
        #expect(throws: PlanFault(path: "channels.chat.with", message: "there is no channel fax")) {
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
            RoutingPlan.Queue("default"), RoutingPlan.Queue("vip", target: .seconds(90), select: .longestIdle),
        ]
        plan.priorityBoost = .strict
        #expect(
            String(decoding: plan.document, as: UTF8.self)
                == #"{"plan":1,"name":"신발 가게","defaults":{"queue":"default","priority":0,"disconnect_grace":"30s","#
                + #""missed_offers_to_away":1},"priority_boost":"strict","channels":{"chat":{"weight":25,"limit":4,"#
                + #""target":"1m","offer_timeout":"30s","wrap_up":"0s","accept":"offer","with":[],"on_offline":"requeue"}},"#
                + #""queues":{"default":{"select":"least_loaded"},"vip":{"target":"1m30s","select":"longest_idle"}}}"#)
    }
}
