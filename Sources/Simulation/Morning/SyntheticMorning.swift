/// Three hours at a Korean–English shoe shop: telephone, chat, a messenger and e-mail, made from a seed.
///
/// The shape is modelled on the published aggregates of a bank call centre (1999): arrivals by half hour rise from
/// nine to a height between ten and eleven, handling times are lognormal with a sigma of 0.95 and a mean of 178 s for
/// a call, and patience is exponential with a mean of 323 s (waiting time of all callers over the abandonments after
/// 0 s). Text channels take those shapes with longer times. None of the bank's records is in it.
package enum SyntheticMorning {
    /// A channel of the shop. Rates are inquiries in each half hour from nine to twelve.
    struct Traffic: Sendable {
        var channel: String
        var rates: [Double]
        /// Of the handling time, in log seconds.
        var mu: Double
        var sigma: Double
        /// Mean patience in seconds; nil stays until served.
        var patience: Double?
    }

    /// The telephone's rates are the bank's own for these half hours (a mean of ten working days); the others follow
    /// their shape.
    static let traffic = [
        Traffic(channel: "voice", rates: [51, 57, 61, 63, 59, 54], mu: 4.73, sigma: 0.95, patience: 323),
        Traffic(channel: "chat", rates: [82, 91, 98, 101, 94, 86], mu: 6.1, sigma: 0.75, patience: 420),
        Traffic(channel: "social", rates: [51, 57, 61, 63, 59, 54], mu: 6.4, sigma: 0.8, patience: 1800),
        Traffic(channel: "email", rates: [26, 28, 31, 32, 29, 27], mu: 5.2, sigma: 0.7, patience: nil),
    ]

    package static let halfHour: Int64 = 1800 * microsecondsPerSecond
    /// Nine to twelve.
    package static let length: Int64 = 6 * halfHour
    /// A telephone caller waits no less than this before hanging up, in seconds.
    static let patienceMinimum = 3.0

    /// - Parameter length: how much of the morning is wanted, in microseconds from nine o'clock.
    package static func scenario(seed: UInt64, length: Int64 = Self.length) -> Scenario {
        var random = SplitMix64(seed: seed)
        let agents = ShopStaff.agents(length: length, &random)
        var inquiries: [PlannedInquiry] = []
        for traffic in Self.traffic {
            for arrival in arrivals(rates: traffic.rates, length: length, &random) {
                inquiries.append(inquiry(traffic, arrival: arrival, &random))
            }
        }
        inquiries.sort { ($0.arrival, $0.channel) < ($1.arrival, $1.channel) }
        return Scenario(agents: agents, inquiries: inquiries, overtime: false)
    }

    /// A Poisson process whose rate is constant in each half hour.
    static func arrivals(rates: [Double], length: Int64, _ random: inout SplitMix64) -> [Int64] {
        var result: [Int64] = []
        for (index, rate) in rates.enumerated() {
            let start = Int64(index) * halfHour
            var offset = random.exponential(mean: Double(halfHour) / rate)
            while offset < Double(halfHour) {
                if start + Int64(offset) < length { result.append(start + Int64(offset)) }
                offset += random.exponential(mean: Double(halfHour) / rate)
            }
        }
        return result
    }

    private static func inquiry(
        _ traffic: Traffic, arrival: Int64, _ random: inout SplitMix64
    ) -> PlannedInquiry {
        let isKorean = random.chance(traffic.channel == "social" ? 0.97 : 0.8)
        let topic = random.pick(ShopWords.topics)
        let customer = ShopWords.customer(isKorean: isKorean, &random)
        var skills = [PlannedSkill(isKorean ? "korean" : "english")]
        if let skill = topic.skill { skills.append(PlannedSkill(skill, random.chance(0.15) ? 7 : 3)) }
        let isGold = random.chance(0.1)
        let patience = traffic.patience.map { mean in
            Int64(max(patienceMinimum, random.exponential(mean: mean)) * Double(microsecondsPerSecond))
        }
        let handling = random.lognormal(mu: traffic.mu, sigma: traffic.sigma)
        let product = random.pick(ShopWords.products)
        let tier = isGold ? "gold" : "basic"
        return PlannedInquiry(
            arrival: arrival, kind: traffic.channel, channel: traffic.channel, skills: skills,
            priority: isGold ? 2 : 0, customer: customer,
            subject: (isKorean ? topic.korean : topic.english) + ": " + (isKorean ? product.korean : product.english),
            attributes: "{\"tier\":\"\(tier)\",\"lang\":\"\(isKorean ? "ko" : "en")\",\"상품\":\"\(product.korean)\"}",
            patience: patience, handling: Int64(max(5, handling) * Double(microsecondsPerSecond)))
    }
}
