import Plan
import Routing
import Testing

@Suite("What the conditions of rules see")
struct RuleScopeTests {
    /// A condition on the inquiry of `submit`, and whether it holds.
    static let conditions: [(String, Bool)] = [
        (#"inquiry.channel == "chat""#, true),
        (#"inquiry.customer == "김민지" && inquiry.key == "k-1""#, true),
        (#"inquiry.subject.contains("환불")"#, true),
        (#"inquiry.subject.startsWith("refund")"#, false),
        ("inquiry.priority == 3", true),
        (#"inquiry.queue == "vip""#, true),
        ("inquiry.skills.billing >= 3 && size(inquiry.skills) == 2", true),
        (#""korean" in inquiry.skills"#, true),
        ("has(inquiry.skills.english)", false),
        ("inquiry.source == 7", true),
        (#"inquiry.attrs.tier == "gold""#, true),
        (#"inquiry.attrs.tier in ["gold", "platinum"]"#, true),
        ("inquiry.attrs.amount > 100", true),
        ("inquiry.attrs.amount == 129.5 && inquiry.attrs.count == 2", true),
        ("inquiry.attrs.count == 2.0", true),
        ("inquiry.attrs.vip == true && inquiry.attrs.ref == null", true),
        (#"inquiry.attrs.cart.items.exists(i, i.sku == "S-2" && i.price < 10)"#, true),
        (#"inquiry.attrs["배송지"] == "서울특별시 강남구""#, true),
        (#"inquiry.attrs.note == "line\n\"quoted\" \\ 😀""#, true),
        ("inquiry.attrs.huge > 1e300", true),
        (#"inquiry.attrs.lang.matches("^ko(-.*)?$")"#, true),
        ("size(customer.open) == 1 && customer.open[0] == 1", true),
        (#"customer.last_agent == "kim""#, false),
        (#"now == timestamp("2026-03-02T00:00:00Z")"#, true),
        (#"now.getHours("Asia/Seoul") == 9 && now.getDayOfWeek("Asia/Seoul") == 1"#, true),
        (#"now.getHours("America/New_York") == 19"#, true),
        (#"now.getHours(inquiry.attrs.zone) == 1"#, true),
        (#"open("seoul") && !open("berlin")"#, true),
        (#"open(inquiry.attrs.desk)"#, true),
    ]

    private static let attributes = #"""
        {"tier":"gold","amount":129.5,"count":2,"vip":true,"ref":null,"lang":"ko-KR","zone":"Europe/Berlin","desk":"seoul",
        "cart":{"items":[{"sku":"S-1","price":99},{"sku":"S-2","price":9.9}]},"배송지":"서울특별시 강남구",
        "note":"line\n\"quoted\" \\ \ud83d\ude00","huge":1e400,"empty":{},"none":[]}
        """#

    private static func plan(_ conditions: [(name: String, when: String)]) throws -> RoutingPlan {
        let calendars = """
            calendars:
              seoul: {timezone: Asia/Seoul, hours: {mon-fri: ["09:00-18:00"]}}
              berlin: {timezone: Europe/Berlin, hours: {mon-fri: ["09:00-18:00"]}}
            queues: {vip: {}}
            """
        var plan = try #require(RoutingPlan.read(calendars).plan)
        plan.rules = conditions.map { condition in
            var rule = RoutingPlan.Rule(condition.name, condition: condition.when)
            rule.priority = 1
            return rule
        }
        return plan
    }

    @Test("each name has the value of the request", arguments: conditions)
    func value(condition: String, isExpected: Bool) throws {
        let floor = try Floor(try Self.plan([("it", condition)]))
        floor.submit(customer: "김민지")
        let compact = Self.attributes.replacing("\n", with: "")
        let id = floor.submit(
            queue: "vip", priority: 3, skills: "billing:3,korean", customer: "김민지",
            subject: "환불 부탁드립니다", key: "k-1", attrs: compact)
        #expect(floor.rules(id) == (isExpected ? "it" : ""), "\(condition)")
        #expect(floor.rulesThatFailed == [])
    }

    @Test(
        "what the request does not say is missing, which is no match and no failure",
        arguments: [
            #"inquiry.customer == """#, #"inquiry.subject != "x""#, #"inquiry.key != "x""#, "inquiry.priority < 100",
            #"inquiry.queue != "x""#, "inquiry.skills.billing > 0", #"inquiry.attrs.tier != "gold""#,
            #"inquiry.attrs["a"]["b"] == 1"#, #"customer.last_agent != "kim""#, "has(inquiry.queue)",
        ])
    func missing(condition: String) throws {
        let floor = try Floor(try Self.plan([("it", condition), ("not it", "!(\(condition))")]))
        let id = floor.submit()
        let isAskedFor = condition.hasPrefix("has(")
        #expect(floor.rules(id) == (isAskedFor ? "not it" : ""))
        #expect(floor.rulesThatFailed == [])
    }

    @Test("`||` and `&&` absorb what is missing")
    func absorbed() throws {
        let floor = try Floor(
            try Self.plan([
                ("or", #"inquiry.attrs.tier == "gold" || inquiry.channel == "chat""#),
                ("not and", #"!(inquiry.attrs.tier == "gold" && inquiry.channel == "email")"#),
            ]))
        #expect(floor.rules(floor.submit()) == "or,not and")
    }

    @Test("what cannot be evaluated is no match, counted, and told beside the rules that matched")
    func failures() throws {
        let floor = try Floor(
            try Self.plan([
                ("adds", "inquiry.attrs.n + 1 == 2"), ("divides", "1 / inquiry.attrs.n > 0"),
                ("compares", #"inquiry.attrs.n > "a""#), ("fine", "inquiry.attrs.n == 0"),
                ("is no bool", "inquiry.attrs.n"), ("zone", #"now.getHours("Asia/" + inquiry.attrs.city) == 1"#),
                ("calendar", "open(inquiry.attrs.city)"),
            ]))
        let id = floor.submit(attrs: #"{"n":0,"city":"Atlantis"}"#)
        #expect(floor.rules(id) == "fine,!divides,compares,is no bool,zone,calendar")
        floor.submit(attrs: #"{"n":"text","city":"Atlantis"}"#)
        // What is no map has no keys, what is no number is not added to one.
        #expect(
            floor.rulesThatFailed
                == ["adds 1", "divides 2", "is no bool 2", "compares 1", "zone 2", "calendar 2"].sorted {
                    Self.order($0) < Self.order($1)
                })
    }

    private static func order(_ line: String) -> Int {
        ["adds", "divides", "compares", "fine", "is no bool", "zone", "calendar"].firstIndex { line.hasPrefix($0) } ?? 9
    }

    @Test("an evaluation that takes too long is stopped, and fails")
    func limit() throws {
        let floor = try Floor(
            try Self.plan([
                ("endless", "inquiry.attrs.l.all(a, inquiry.attrs.l.all(b, inquiry.attrs.l.all(c, a + b + c >= 0)))"),
                ("behind it", "true"),
            ]))
        let numbers = (0..<100).map { "\($0)" }.joined(separator: ",")
        #expect(floor.rules(floor.submit(attrs: "{\"l\":[\(numbers)]}")) == "behind it,!endless")
    }

    @Test("so are the evaluations of one inquiry together; the next inquiry begins anew")
    func limitOfAll() throws {
        let endless = "inquiry.attrs.l.all(a, inquiry.attrs.l.all(b, inquiry.attrs.l.all(c, a + b + c >= 0)))"
        let floor = try Floor(
            try Self.plan((0..<12).map { ("r\($0)", endless) } + [("behind them", "inquiry.source == 7")]))
        let numbers = (0..<100).map { "\($0)" }.joined(separator: ",")
        let failed = (0..<12).map { "r\($0)" }.joined(separator: ",")
        #expect(floor.rules(floor.submit(attrs: "{\"l\":[\(numbers)]}")) == "!" + failed + ",behind them")
        #expect(floor.rules(floor.submit(attrs: "{\"l\":[]}")).hasSuffix("behind them"))
        #expect(floor.rulesThatFailed.allSatisfy { $0.hasSuffix(" 1") })
    }

    @Test("two Unicode spellings of one text are one, whoever writes which")
    func spellings() throws {
        let (composed, decomposed) = ("한국어 café", "한국어 cafe\u{301}".decomposed)
        for written in [composed, decomposed] {
            let floor = try Floor(
                try Self.plan([
                    ("customer", "inquiry.customer == '\(written)'"),
                    ("subject", "inquiry.subject.contains('\(written)')"),
                    ("value", "inquiry.attrs.a == '\(written)'"), ("key", "has(inquiry.attrs['\(written)'].x)"),
                    ("size", "size(inquiry.subject) == 8"),
                ]))
            for sent in [composed, decomposed] {
                let id = floor.submit(
                    customer: sent, subject: sent, attrs: "{\"a\":\"\(sent)\",\"\(sent)\":{\"x\":1}}")
                #expect(floor.rules(id) == "customer,subject,value,key,size")
            }
        }
    }

    @Test("a rule without a condition always matches")
    func always() throws {
        var plan = RoutingPlan()
        plan.rules = [RoutingPlan.Rule("always")]
        plan.rules[0].priority = 4
        let floor = try Floor(plan)
        let id = floor.submit()
        #expect(floor.rules(id) == "always" && floor.priority(id) == 4)
    }

    @Test("the agent of the customer's last inquiry is there, and the inquiries that are still open")
    func customer() throws {
        var plan = try Self.plan([
            ("again", #"customer.last_agent == "kim""#), ("in parallel", "size(customer.open) > 0"),
        ])
        plan.continuity.prefer = [.lastAgent]
        let floor = try Floor(plan)
        floor.agent("kim")
        let first = floor.submit(customer: "c-1")
        floor.accept(first, "kim")
        #expect(floor.rules(first) == "")
        #expect(floor.rules(floor.submit(customer: "c-1")) == "in parallel")
        floor.complete(first, "kim")
        #expect(floor.rules(floor.submit(customer: "c-1")) == "again,in parallel")
        #expect(floor.rules(floor.submit(customer: "c-2")) == "")
    }

    @Test("the agent of the last inquiry is known only where the plan asks for it, and a warning says so")
    func lastAgentUnasked() throws {
        let plan = try Self.plan([("again", #"customer.last_agent == "kim""#)])
        #expect(
            plan.check().warnings.map(\.description)
                == ["rules[0].when: customer.last_agent is known only where continuity.prefer has last_agent"])
        let floor = try Floor(plan)
        floor.agent("kim")
        let first = floor.submit(customer: "c-1")
        floor.accept(first, "kim")
        floor.complete(first, "kim")
        #expect(floor.rules(floor.submit(customer: "c-1")) == "")
    }
}

extension String {
    /// With Hangul syllables taken apart.
    fileprivate var decomposed: String {
        var scalars = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            guard (0xAC00...0xD7A3).contains(scalar.value) else {
                scalars.append(scalar)
                continue
            }
            // Source: The Unicode Standard, 3.12, "Conjoining Jamo Behavior".
            let index = scalar.value - 0xAC00
            for (value, base): (UInt32, UInt32) in [
                (index / 588, 0x1100), (index % 588 / 28, 0x1161), (index % 28, 0x11A7),
            ] where base != 0x11A7 || value > 0 {
                if let jamo = Unicode.Scalar(base + value) { scalars.append(jamo) }
            }
        }
        return String(scalars)
    }
}
