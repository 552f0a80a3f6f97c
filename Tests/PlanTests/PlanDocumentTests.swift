import Plan
import Routing
import Testing

@Suite("docs/plan.md")
struct PlanDocumentTests {
    @Test("every plan that it shows has no fault and nothing odd, compiles, and is read from its export")
    func examples() throws {
        let examples = try DocumentedPlans.all()
        try #require(examples.count >= 17)
        for example in examples {
            let report = RoutingPlan.read(Array(example.text.utf8), conditions: ConditionLanguage())
            #expect(report.faultLines == [], "docs/plan.md:\(example.line)")
            #expect(report.warningLines == [], "docs/plan.md:\(example.line)")
            let plan = try #require(report.plan)
            #expect(throws: Never.self, "docs/plan.md:\(example.line)") { try plan.compile(version: 1) }
            #expect(RoutingPlan.read(plan.yaml).plan == plan)
        }
    }

    @Test("its examples show every key that a plan can have")
    func keys() throws {
        let text = try DocumentedPlans.all().map(\.text).joined()
        let keys = [
            "plan", "name", "defaults", "priority_boost", "continuity", "channels", "skills", "queues", "rules", "sla",
            "calendars", "survey", "queue", "priority", "timezone", "disconnect_grace", "missed_offers_to_away",
            "prefer", "for", "within", "weight", "limit", "target", "offer_timeout", "wrap_up", "accept",
            "hold_releases", "live", "with", "interrupted_by", "on_offline", "select", "teams", "max_length",
            "overflow", "steps", "after", "do", "require", "relax", "drop", "notify", "expire", "when", "then",
            "force", "stop", "calendar", "pause", "targets", "assign", "first_response", "resolution", "escalate",
            "metric", "at", "hours", "holidays", "extra",
        ]
        for key in keys { #expect(text.contains(key + ":"), "no example of \(key)") }
    }
}

@Suite("The recipes of docs/plan.md")
struct PlanRecipeTests {
    private func floor(_ recipe: String, at start: String = "2026-03-03T01:00:00Z") throws -> Floor {
        let example = try #require(try DocumentedPlans.all().first { $0.heading == recipe }, "\(recipe)")
        return try Floor(example.text, at: start)
    }

    @Test("VIP desk: a gold customer comes first, to the best at billing, then to anybody")
    func vipDesk() throws {
        let floor = try floor("VIP desk")
        let ordinary = floor.submit()
        floor.pass(.seconds(5))
        let gold = floor.submit(attrs: #"{"tier":"gold"}"#)
        #expect(floor.place(gold) == "waiting vip")
        // The better of two, though there is a longer wait.
        for (name, skills) in [("kim", "billing:4"), ("lee", "billing:9")] {
            floor.agent(name, team: "desk", skills: skills, ready: false)
        }
        floor.ready("lee")
        #expect(floor.place(gold) == "offered vip lee" && floor.place(ordinary) == "offered default lee")

        let second = try self.floor("VIP desk")
        let late = second.submit(attrs: #"{"tier":"gold"}"#)
        second.agent("han", team: "desk", skills: "billing:1")
        second.agent("other")
        #expect(second.place(late) == "waiting vip")
        second.pass(.seconds(30))
        #expect(second.place(late) == "offered vip han")
        second.offline("han")
        second.pass(.seconds(30))
        #expect(second.place(late) == "offered default other")
    }

    @Test("Language first: who speaks it well, who speaks it at all, then anybody")
    func languageFirst() throws {
        let floor = try floor("Language first")
        #expect(floor.skills(floor.submit(attrs: #"{"lang":"ko-KR"}"#)) == "korean:5")
        #expect(floor.skills(floor.submit(attrs: #"{"lang":"en"}"#)) == "english:5")
        #expect(floor.skills(floor.submit(subject: "환불 부탁드립니다")) == "korean:5")
        #expect(floor.skills(floor.submit(subject: "refund")) == "english:5")
        #expect(floor.skills(floor.submit()) == "english:5")
        #expect(floor.skills(floor.submit(attrs: #"{"lang":"de"}"#)) == "")

        let second = try self.floor("Language first")
        let korean = second.submit(attrs: #"{"lang":"ko"}"#)
        let again = second.submit(attrs: #"{"lang":"ko"}"#)
        second.agent("some", skills: "korean:2", channels: "chat")
        #expect(second.place(korean) == "waiting default")
        second.pass(.seconds(30))
        #expect(second.place(korean) == "offered default some" && second.place(again) == "offered default some")
        second.offline("some")
        second.agent("none", skills: "english:9")
        #expect(second.place(korean) == "waiting default")
        second.pass(.seconds(90))
        #expect(second.place(korean) == "offered default none")
    }

    @Test("After-hours overflow: the house by day to a length, the partner by night and on holidays")
    func afterHours() throws {
        // Tuesday 10:00 in Seoul.
        let floor = try floor("After-hours overflow")
        let ids = (0..<3).map { _ in floor.submit() }
        #expect(ids.map(floor.place) == ["waiting default", "waiting default", "waiting partner"])
        floor.agent("partner", team: "partner")
        #expect(floor.place(ids[2]) == "offered partner partner" && floor.place(ids[0]) == "waiting default")
        floor.go(to: "2026-03-03T09:00:00Z")
        let contract = floor.submit(attrs: #"{"topic":"contract"}"#)
        #expect(floor.queue(floor.submit()) == "partner" && floor.place(contract) == "waiting contracts")
        #expect(floor.rules(contract) == "after hours,contracts")
        // Monday, a holiday.
        #expect(try self.floor("After-hours overflow", at: "2026-03-02T01:00:00Z").queueOfChat() == "partner")
        #expect(try self.floor("After-hours overflow", at: "2026-03-06T08:59:59Z").queueOfChat() == "default")
    }

    @Test("Bot first, then a human: the bot hands on, and is passed over where it takes nothing")
    func botFirst() throws {
        let floor = try floor("Bot first, then a human")
        floor.agent("kim", team: "people", ready: false)
        floor.agent("bot-1", team: "bots")
        let id = floor.submit()
        #expect(floor.place(id) == "assigned bot bot-1")
        floor.transfer(id, "bot-1", queue: "default")
        #expect(floor.place(id) == "waiting default")
        floor.ready("kim")
        #expect(floor.place(id) == "assigned default kim")
        #expect(floor.queue(floor.submit("voice")) == "default")
        #expect(floor.place(floor.submit(attrs: #"{"human":true}"#)) == "assigned default kim")
        #expect(floor.queue(floor.submit(attrs: #"{"human":false}"#)) == "bot")
        floor.offline("bot-1")
        let lost = floor.submit()
        #expect(floor.place(lost) == "waiting bot")
        floor.pass(.seconds(10))
        #expect(floor.place(lost) == "assigned default kim")
    }

    @Test("Blended voice and chat: three chats, or a call and one chat; a call over e-mail")
    func blended() throws {
        let floor = try floor("Blended voice and chat")
        floor.agent("kim")
        let chats = (0..<4).map { _ in floor.submit() }
        #expect(chats.map(floor.place).filter { $0.hasPrefix("offered") }.count == 3)
        #expect(floor.place(floor.submit("voice")) == "waiting default")

        let second = try self.floor("Blended voice and chat")
        second.agent("lee")
        let call = second.submit("voice")
        let beside = (0..<2).map { _ in second.submit() }
        #expect(second.place(call) == "offered default lee")
        #expect(beside.map(second.place) == ["offered default lee", "waiting default"])
        #expect(second.place(second.submit("email")) == "waiting default")

        let third = try self.floor("Blended voice and chat")
        third.agent("han")
        for _ in 0..<3 { #expect(third.place(third.submit("email")) == "assigned default han") }
        #expect(third.place(third.submit("voice")) == "offered default han")
    }

    @Test("Protected specialists: what anybody could take reaches them only after a minute")
    func specialists() throws {
        let floor = try floor("Protected specialists")
        floor.agent("expert", team: "workshop", skills: "general,repairs:5", channels: "chat")
        let waiting = floor.submit()
        #expect(floor.place(waiting) == "waiting default")
        let repair = floor.submit(attrs: #"{"topic":"수리"}"#)
        #expect(floor.place(repair) == "offered repairs expert")
        floor.accept(repair, "expert")
        floor.agent("novice", team: "front", skills: "general", channels: "chat")
        #expect(floor.place(waiting) == "offered default novice")
        floor.offline("novice")
        floor.pass(.minutes(1))
        #expect(floor.place(waiting) == "offered everybody expert")
    }

    @Test("Follow-the-sun teams: the first that is open, then the next to the west")
    func followTheSun() throws {
        let floor = try floor("Follow-the-sun teams")
        func queue(at moment: String) throws -> String {
            try self.floor("Follow-the-sun teams", at: moment).queueOfChat()
        }
        // Seoul is nine hours ahead of UTC, Berlin one, New York five behind.
        #expect(try queue(at: "2026-03-03T01:00:00Z") == "seoul")
        #expect(try queue(at: "2026-03-03T08:30:00Z") == "seoul")
        #expect(try queue(at: "2026-03-03T09:00:00Z") == "berlin")
        #expect(try queue(at: "2026-03-03T17:00:00Z") == "new-york")
        #expect(try queue(at: "2026-03-03T23:00:00Z") == "default")
        // Summer time has begun there.
        #expect(try queue(at: "2026-07-01T15:00:00Z") == "new-york")
        let id = floor.submit()
        floor.agent("anna", team: "berlin")
        floor.pass(.minutes(5) - .seconds(1))
        #expect(floor.place(id) == "waiting seoul")
        floor.pass(.seconds(1))
        #expect(floor.place(id) == "offered berlin anna")
    }
}

extension Floor {
    /// Where a chat goes that comes now.
    fileprivate func queueOfChat() -> String { queue(submit()) }
}
