/// The words of the synthetic shop.
enum ShopWords {
    struct Topic: Sendable {
        /// The skill it needs besides the language.
        var skill: String?
        var korean: String
        var english: String
    }

    struct Product: Sendable {
        var korean: String
        var english: String
    }

    static let topics = [
        Topic(skill: "billing", korean: "결제가 두 번 되었어요", english: "I was charged twice"),
        Topic(skill: "billing", korean: "현금영수증 발급 요청", english: "Invoice with company name"),
        Topic(skill: "billing", korean: "쿠폰이 적용되지 않아요", english: "Coupon was not applied"),
        Topic(skill: "returns", korean: "사이즈 교환 문의", english: "Exchange for another size"),
        Topic(skill: "returns", korean: "반품 접수 부탁드립니다", english: "I want to return these"),
        Topic(skill: "returns", korean: "환불은 언제 되나요", english: "When will I get my refund"),
        Topic(skill: nil, korean: "배송이 아직 안 왔어요", english: "Where is my parcel"),
        Topic(skill: nil, korean: "재입고 알림 문의", english: "When is it back in stock"),
        Topic(skill: nil, korean: "매장 영업시간 문의", english: "Opening hours of the store"),
    ]

    static let products = [
        Product(korean: "운동화", english: "running shoes"), Product(korean: "등산화", english: "hiking boots"),
        Product(korean: "구두", english: "dress shoes"), Product(korean: "샌들", english: "sandals"),
        Product(korean: "슬리퍼", english: "slippers"), Product(korean: "어린이 신발", english: "children's shoes"),
    ]

    private static let familyNames = ["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신"]
    private static let givenNames = [
        "민준", "서연", "도윤", "지우", "하은", "시우", "수아", "예준", "지아", "현우", "유진", "은채", "태윤", "나래",
    ]
    private static let firstNames = [
        "Alice", "Ben", "Chloe", "Daniel", "Emma", "Felix", "Grace", "Henry", "Isla", "Jack", "Kate", "Liam",
    ]
    private static let lastNames = ["Brown", "Clarke", "Davies", "Evans", "Hughes", "Lewis", "Moore", "Walker"]

    static func customer(isKorean: Bool, _ random: inout SplitMix64) -> String {
        if isKorean { return random.pick(familyNames) + random.pick(givenNames) }
        return random.pick(firstNames) + " " + random.pick(lastNames)
    }
}

/// The people of the synthetic shop.
enum ShopStaff {
    private struct Member {
        var id: String
        var name: String
        var skills: [PlannedSkill]
        var channels: String
        /// Hours from nine o'clock at which the shift begins and ends.
        var from: Double
        var to: Double
    }

    private static let members: [Member] = [
        member("minjun", "김민준", "billing:8 korean:9", "voice,email", -1, 4),
        member("seoyeon", "이서연", "returns:8 korean:9 english:4", "voice,email", -1, 4),
        member("doyun", "박도윤", "billing:5 returns:5 korean:8", "voice,email", -1, 3),
        member("jiwoo", "최지우", "billing:6 korean:9 english:6", "voice,email", -1, 3),
        member("haeun", "정하은", "returns:7 korean:9", "chat:4,social:4,email", -1, 2.5),
        member("siwoo", "강시우", "billing:7 returns:7 korean:9 english:7", "voice,email", 0.25, 4),
        member("sua", "조수아", "billing:4 returns:4 korean:8", "chat:4,social:4", 0.5, 4),
        member("alice", "Alice Brown", "billing:7 returns:6 english:10", "voice,email", -1, 4),
        member("ben", "Ben Hughes", "billing:4 returns:8 english:10 korean:3", "voice,email", 0.5, 4),
        member("yejun", "윤예준", "billing:6 korean:9", "chat:4,social:4,email", -1, 3),
        member("jia", "장지아", "returns:6 korean:9", "chat:4,social:4,email", -1, 3),
        member("hyunwoo", "임현우", "billing:8 returns:8 korean:9", "chat:4,social:4,email", -1, 4),
        member("yujin", "한유진", "billing:5 returns:5 korean:9 english:6", "chat:4,social:4", -1, 4),
        member("eunchae", "오은채", "returns:9 korean:8", "chat:4,social:4", 0, 4),
        member("taeyun", "서태윤", "billing:9 korean:8", "chat:4,social:4", 0, 4),
        member("narae", "신나래", "billing:4 returns:4 korean:9", "chat:4,social:4", 0.5, 4),
        member("chloe", "Chloe Evans", "billing:6 returns:8 english:10", "chat:4,social:4,email", -1, 4),
        member("daniel", "Daniel Moore", "billing:8 returns:5 english:10 korean:4", "chat:4,social:4,email", 0.5, 4),
        member("minseo", "김민서", "billing:5 returns:5 korean:9", "chat:4,social:4", 0.75, 4),
        member("jiho", "이지호", "billing:7 korean:8 english:3", "chat:4,social:4", 1, 4),
        member("soyul", "박소율", "returns:7 korean:8", "chat:4,social:4,email", 1, 4),
        member("junseo", "최준서", "billing:5 returns:5 korean:8", "voice:1,chat:2", -1, 4),
        member("dahye", "정다혜", "billing:8 returns:8 korean:9 english:8", "voice:1,chat:2", -1, 4),
        member("emma", "Emma Lewis", "billing:8 returns:8 english:10 korean:6", "voice:1,chat:2", 0, 4),
        member("gaeun", "강가은", "returns:5 korean:9", "voice,email", -1, 4),
    ]

    /// Whoever is there at the end of the morning stays as long as somebody looks on: a week.
    private static let afterHours: Int64 = 7 * 86_400 * microsecondsPerSecond

    /// Everybody who works in the first `length` microseconds of the morning, with a break of ten to fifteen minutes
    /// within the shift.
    static func agents(length: Int64, _ random: inout SplitMix64) -> [PlannedAgent] {
        members.map { member in
            let start = max(0, time(member.from) + Int64(random.unit() * 60) * microsecondsPerSecond)
            let end = time(member.to) < length ? time(member.to) : length + afterHours
            let breakLength = Int64(600 + random.unit() * 300) * microsecondsPerSecond
            let breakStart = time(0.75) + Int64(random.unit() * 5400) * microsecondsPerSecond
            var shifts: [Range<Int64>] = []
            if breakStart > start, breakStart + breakLength < min(length, end) {
                shifts = [start..<breakStart, breakStart + breakLength..<end]
            } else if start < min(length, end) {
                shifts = [start..<end]
            }
            return PlannedAgent(
                id: member.id, name: member.name, skills: member.skills, channels: member.channels, kinds: [],
                shifts: shifts)
        }
    }

    private static func time(_ hours: Double) -> Int64 {
        Int64(hours * 3600) * microsecondsPerSecond
    }

    private static func member(
        _ id: String, _ name: String, _ skills: String, _ channels: String, _ from: Double, _ to: Double
    ) -> Member {
        let skills = skills.split(separator: " ").map { skill in
            let parts = skill.split(separator: ":")
            return PlannedSkill(String(parts[0]), parts.count > 1 ? Int(parts[1]) : nil)
        }
        return Member(id: id, name: name, skills: skills, channels: channels, from: from, to: to)
    }
}
