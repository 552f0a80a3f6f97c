import TestSupport
import Testing

/// The documented scenarios that take their time, under published plans and on a faster clock. What happened when is read
/// from the events, whose time is the daemon's: nothing comes before it is due, and all in its order.
@Suite("Scenarios in time under published plans", .blocking)
struct PlanClockScenarioTests {
    private static let second: Int64 = 1_000_000
    private static let minute = 60 * second

    // MARK: Preferred agents

    @Test("12: for 40 s nobody but Kim gets it though Lee is idle, then anybody does; EXPLAIN says so until then")
    func held() async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.preferredAgent, clockSpeed: 10) { daemon in
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let taken = try shop.submit("channel=voice")
            try kim.expectEvent("offered", inquiry: taken)
            try kim.ok("ACCEPT \(taken)")
            let lee = try daemon.readyAgent("lee")
            let call = try shop.submit("channel=voice agent=kim hold=40s")
            let why = try daemon.admin().explain(call)
            let told = try daemon.watcher(of: call).expectEvents("submitted", "preferred_released", "offered")
            let due = try told[0].time() + 40 * Self.second
            #expect(why.reasons == ["limit 1", "held_for_another 1"], "\(why)")
            #expect(why.last["next"] == "preferred_released" && why.last.instant("hold_until") == due, "\(why)")
            #expect(try told[1].time() >= due && told[1]["reason"] == "timeout", "\(told)")
            #expect(told[2]["agent"] == "lee", "\(told)")
            try lee.expectEvent("offered", inquiry: call)
            #expect(try kim.takeEvents().isEmpty)
        }
    }

    @Test(
        "13: a call of weight 100 is held for Kim for 30 s or half its target, whichever is less, then goes to anybody",
        arguments: [("default", 30), ("quick", 20)])
    func heldForKim(queue: String, seconds: Int64) async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.oneAgent(voiceWeight: 100), clockSpeed: 10) { daemon in
            let lee = try daemon.readyAgent("lee")
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let message = try shop.submit("channel=social customer=ann agent=kim")
            try kim.expectEvent("offered", inquiry: message)
            try kim.ok("ACCEPT \(message)")
            let call = try shop.submit("channel=voice queue=\(queue) customer=ann")
            let told = try daemon.watcher(of: call).expectEvents("submitted", "preferred_released", "offered")
            #expect(told[0]["preferred"] == "kim" && told[0]["hold"] == "\(seconds)s", "\(told)")
            #expect(try told[1].time() - told[0].time() >= seconds * Self.second, "\(told)")
            #expect(told[1]["reason"] == "timeout" && told[2]["agent"] == "lee", "\(told)")
            try lee.expectEvent("offered", inquiry: call)
        }
    }

    // MARK: Which first

    /// That it was queued so many minutes after the start, or as much later as a fast clock shows, and has a rank that is
    /// so many minutes after that.
    private func expect(
        _ id: Int64, queuedAfter: Int64, rankedAfter: Int64, since start: Int64, _ daemon: DaemonUnderTest
    ) throws {
        let told = try daemon.admin().explain(id).last
        let queued = try #require(told.instant("queued"))
        #expect((0..<Self.minute).contains(queued - start - queuedAfter * Self.minute), "\(told)")
        #expect(try #require(told.instant("rank")) == queued + rankedAfter * Self.minute, "\(told)")
    }

    @Test(
        "14: X waited 5 min at priority 10, Y 12 min: X is first, Y when raised to 4",
        arguments: [(0, "X"), (4, "Y")])
    func priority(raised: Int, first: String) async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.priority, clockSpeed: 200) { daemon in
            let kim = try daemon.agent("kim")
            let shop = try daemon.upstream()
            let start = try daemon.ahead(minutes: 10)
            let old = try shop.schedule("channel=voice", at: start)
            let young = try shop.schedule(
                #"channel=voice attrs={"tier":"gold"}"#, at: start + 7 * Self.minute)
            try daemon.alarm(at: start + 12 * Self.minute, shop).skipToEvent("queued")
            if raised > 0 { try shop.ok("UPDATE \(old) priority=\(raised)") }
            // A minute's target each; a point is a minute.
            try expect(old, queuedAfter: 0, rankedAfter: Int64(1 - raised), since: start, daemon)
            try expect(young, queuedAfter: 7, rankedAfter: 1 - 10, since: start, daemon)
            try kim.ok("READY")
            try kim.expectEvent("offered", inquiry: first == "X" ? young : old)
        }
    }

    @Test("15: waited 58 of 60 minutes comes before waited 0 of 30")
    func slack() async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.slack, clockSpeed: 600) { daemon in
            let kim = try daemon.agent("kim")
            let shop = try daemon.upstream()
            let start = try daemon.ahead(minutes: 30)
            let slow = try shop.schedule("channel=voice queue=slow", at: start)
            let quick = try shop.schedule("channel=voice queue=quick", at: start + 58 * Self.minute)
            try daemon.watcher(of: quick).skipToEvent("queued")
            try expect(slow, queuedAfter: 0, rankedAfter: 60, since: start, daemon)
            try expect(quick, queuedAfter: 58, rankedAfter: 30, since: start, daemon)
            try kim.ok("READY")
            try kim.serve(slow)
            try kim.expectEvent("offered", inquiry: quick)
        }
    }

    // MARK: Offers

    @Test("20: 30 s after the last of two has declined it goes out again, and EXPLAIN says so until then")
    func everybodyDeclined() async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.everybodyDeclined, clockSpeed: 10) { daemon in
            let (ann, ben) = (try daemon.readyAgent("ann"), try daemon.readyAgent("ben"))
            let call = try daemon.upstream().submit("channel=voice")
            try ann.expectEvent("offered", inquiry: call)
            try ann.ok("DECLINE \(call)")
            try ben.expectEvent("offered", inquiry: call)
            try ben.ok("DECLINE \(call)")
            let why = try daemon.admin().explain(call)
            let told = try daemon.watcher(of: call).expectEvents(
                "submitted", "offered", "declined", "offered", "declined", "exclusions_cleared", "offered")
            let due = try told[4].time() + 30 * Self.second
            #expect(why.reasons == ["excluded 2"] && why.last["next"] == "exclusions_cleared", "\(why)")
            #expect(why.last.instant("next_at") == due && why.last["state"] == "waiting", "\(why)")
            #expect(try told[5].time() >= due, "\(told)")
            try ann.expectEvent("offered", inquiry: call)
        }
    }

    @Test("20: with a third able agent who is busy for 100 s nothing is cleared, and then it goes there")
    func thirdIsBusy() async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.everybodyDeclined, clockSpeed: 12) { daemon in
            let cho = try daemon.readyAgent("cho")
            let shop = try daemon.upstream()
            let other = try shop.submit("channel=voice")
            try cho.expectEvent("offered", inquiry: other)
            try cho.ok("ACCEPT \(other)")
            let (ann, ben) = (try daemon.readyAgent("ann"), try daemon.readyAgent("ben"))
            let call = try shop.submit("channel=voice")
            let watcher = try daemon.watcher(of: call)
            try ann.expectEvent("offered", inquiry: call)
            try ann.ok("DECLINE \(call)")
            try ben.expectEvent("offered", inquiry: call)
            try ben.ok("DECLINE \(call)")
            let told = try watcher.expectEvents("submitted", "offered", "declined", "offered", "declined")
            try daemon.alarm(at: told[4].time() + 100 * Self.second, shop).skipToEvent("queued")
            let why = try daemon.admin().explain(call)
            #expect(why.reasons == ["limit 1", "excluded 2"] && why.last["next"] == "expired", "\(why)")
            try cho.ok("COMPLETE \(other)")
            // The next that is told of it: no exclusions were cleared meanwhile.
            #expect(try watcher.expectEvent("offered")["agent"] == "cho")
            try cho.expectEvent("offered", inquiry: call)
        }
    }

    // MARK: Steps

    @Test("24: english with skill 5 is offered it when skill 10 is dropped at 60 s, one without english never is")
    func expiring() async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.expiringRequirement, clockSpeed: 20) { daemon in
            let kim = try daemon.readyAgent("kim", "skills=english,skill:5")
            let lee = try daemon.readyAgent("lee", "skills=skill:10")
            let shop = try daemon.upstream()
            let admin = try daemon.admin()
            let call = try shop.submit("channel=voice")
            let before = try admin.explain(call)
            let told = try daemon.watcher(of: call).expectEvents("submitted", "step", "offered")
            let due = try told[0].time() + 60 * Self.second
            #expect(before.reasons == ["skill_missing 1", "level_too_low 1"], "\(before)")
            #expect(before.last["next"] == "step" && before.last.instant("next_at") == due, "\(before)")
            #expect(try told[1].time() >= due && told[1]["skills"] == "english:1", "\(told)")
            #expect(told[2]["agent"] == "kim", "\(told)")
            try kim.expectEvent("offered", inquiry: call)
            try kim.ok("DECLINE \(call)")
            #expect(try admin.explain(call).reasons == ["skill_missing 1", "excluded 1"])
            #expect(try lee.takeEvents().isEmpty)
        }
    }

    @Test("25: location, product, issue are dropped at T, 2T, 3T, and so late those who lack them get it")
    func dropOneAfterAnother() async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.dropOneAfterAnother, clockSpeed: 20) { daemon in
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let admin = try daemon.admin()
            let left = ["english:1,issue:1,product:1", "english:1,issue:1", "english:1"]
            for (skills, turns) in [("english", 3), ("english,issue", 2), ("english,issue,product", 1)] {
                try admin.ok("AGENT PUT kim skills=\(skills)")
                let call = try shop.submit("channel=voice")
                let watcher = try daemon.watcher(of: call)
                let submitted = try watcher.expectEvent("submitted").time()
                for turn in 1...turns {
                    let step = try watcher.expectEvent("step")
                    #expect(step["after"] == (turn == 3 ? "1m" : "\(turn * 20)s"), "\(step)")
                    #expect(step["skills"]?.split(separator: ",").sorted().joined(separator: ",") == left[turn - 1])
                    #expect(try step.time() >= submitted + Int64(turn) * 20 * Self.second, "\(step)")
                }
                #expect(try watcher.expectEvent("offered")["agent"] == "kim")
                try kim.skipToEvent("offered", inquiry: call)
                try kim.ok("ACCEPT \(call)")
                try kim.ok("COMPLETE \(call)")
            }
        }
    }

    @Test("26: at 60 s priority +10, at 300 s queue two, each once")
    func wait() async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.waitAndLength, clockSpeed: 200) { daemon in
            let shop = try daemon.upstream()
            let call = try shop.submit("channel=voice queue=one")
            let watcher = try daemon.watcher(of: call)
            let told = try watcher.expectEvents("submitted", "step", "step", "queued")
            let start = try told[0].time()
            #expect(try told[1].time() >= start + 60 * Self.second && told[1].time() < start + 300 * Self.second)
            #expect(told[1]["after"] == "1m" && told[1]["priority"] == "10" && told[1]["queue"] == "one", "\(told)")
            #expect(try told[2].time() >= start + 300 * Self.second && told[2]["after"] == "5m", "\(told)")
            #expect(told[3]["queue"] == "two" && told[3]["priority"] == "10", "\(told)")
            try daemon.alarm(at: start + 900 * Self.second, shop).skipToEvent("queued")
            #expect(try watcher.takeEvents().isEmpty)
            let shown = try shop.ok("GET \(call)")
            #expect(shown["state"] == "waiting" && shown["queue"] == "two" && shown["priority"] == "10", "\(shown)")
        }
    }
}
