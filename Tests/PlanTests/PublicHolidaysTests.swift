import Plan
import Testing

@Suite("Public holidays")
struct PublicHolidaysTests {
    private static let years = PublicHolidays.years(of: "KR") ?? []

    /// By Article 3 of the decree 관공서의 공휴일에 관한 규정; from 2026 on two more.
    private static func hasSubstitute(_ name: String, in year: Int) -> Bool {
        let names = ["삼일절", "광복절", "개천절", "한글날", "어린이날", "부처님오신날", "기독탄신일"]
        return names.contains(name) || year >= 2026 && ["노동절", "제헌절"].contains(name)
    }

    private static func isWeekend(_ date: CivilDate) -> Bool { date.weekday == .saturday || date.weekday == .sunday }

    @Test("the substitute days of South Korea are those that the decree gives", arguments: years)
    func substitutes(year: Int) throws {
        let days = try #require(PublicHolidays.year(year, of: "KR")).days
        let own = days.filter { !$0.name.hasPrefix("대체공휴일") }
        let taken = Set(own.map(\.date.day))
        var expected: Set<Int> = []
        for day in own {
            let names = day.name.split(separator: ", ").map(String.init)
            let isShared = names.count > 1
            let isFeast = names.contains { $0.hasPrefix("설날") || $0.hasPrefix("추석") }
            let isNamed = names.contains { Self.hasSubstitute($0, in: year) }
            guard
                isFeast && (isShared || day.date.weekday == .sunday)
                    || isNamed && (isShared || Self.isWeekend(day.date))
            else { continue }
            var next = day.date.day + 1
            while taken.contains(next) || Self.isWeekend(CivilDate(day: next)) { next += 1 }
            expected.insert(next)
        }
        let told = days.filter { $0.name.hasPrefix("대체공휴일") }.map(\.date.day)
        #expect(told == expected.sorted())
    }

    @Test("each year's days are of that year, in order, each once", arguments: years)
    func order(year: Int) throws {
        let days = try #require(PublicHolidays.year(year, of: "KR")).days.map(\.date)
        #expect(days.allSatisfy { $0.year == year } && zip(days, days.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("years that are computed say so, and that they may change")
    func source() throws {
        #expect(Self.years == [2024, 2025, 2026, 2027, 2028])
        for year in Self.years {
            let source = try #require(PublicHolidays.year(year, of: "KR")).source
            #expect((source.hasPrefix("computed") && source.contains("may add")) == (year > 2026))
        }
    }
}
