/// The public holidays of a country, for the years that have been announced.
package enum PublicHolidays {
    package struct Day: Sendable, Equatable {
        package var date: CivilDate
        /// In the country's language.
        package var name: String
    }

    package struct Year: Sendable {
        package var days: [Day]
        package var source: String
    }

    package static var countries: [String] { ["KR"] }

    /// The years that are known, in order; nil for a country of which none is.
    package static func years(of country: String) -> [Int]? {
        country == "KR" ? southKorea.map(\.year) : nil
    }

    package static func year(_ year: Int, of country: String) -> Year? {
        guard country == "KR", let found = southKorea.first(where: { $0.year == year }) else { return nil }
        let days = found.days.compactMap { entry in CivilDate(entry.date).map { Day(date: $0, name: entry.name) } }
        return Year(days: days, source: found.source)
    }

    /// Source: the Act on Public Holidays (공휴일에 관한 법률) as amended on 2026-02-10 (Constitution Day is one again) and
    /// in April 2026 (Labour Day is one), its decree 관공서의 공휴일에 관한 규정, the almanacs (월력요항) of both years, and
    /// the cabinet's decision on 2025-01-27. The next year's almanac comes each June; a substitute day follows a holiday
    /// on a Sunday, and where the decree says so one on a Saturday.
    private static let southKorea: [(year: Int, source: String, days: [(date: String, name: String)])] = [
        (
            2_025, "공휴일에 관한 법률, 2025년 월력요항, 임시공휴일 2025-01-27 and 2025-06-03",
            [
                ("2025-01-01", "1월 1일"), ("2025-01-27", "임시공휴일"), ("2025-01-28", "설날 전날"),
                ("2025-01-29", "설날"), ("2025-01-30", "설날 다음 날"), ("2025-03-01", "삼일절"),
                ("2025-03-03", "대체공휴일(삼일절)"), ("2025-05-05", "어린이날, 부처님오신날"),
                ("2025-05-06", "대체공휴일(부처님오신날)"), ("2025-06-03", "임시공휴일(대통령 선거일)"),
                ("2025-06-06", "현충일"), ("2025-08-15", "광복절"), ("2025-10-03", "개천절"),
                ("2025-10-05", "추석 전날"), ("2025-10-06", "추석"), ("2025-10-07", "추석 다음 날"),
                ("2025-10-08", "대체공휴일(추석)"), ("2025-10-09", "한글날"), ("2025-12-25", "기독탄신일"),
            ]
        ),
        (
            2_026, "공휴일에 관한 법률 as amended in February and April 2026, 2026년 월력요항",
            [
                ("2026-01-01", "1월 1일"), ("2026-02-16", "설날 전날"), ("2026-02-17", "설날"),
                ("2026-02-18", "설날 다음 날"), ("2026-03-01", "삼일절"), ("2026-03-02", "대체공휴일(삼일절)"),
                ("2026-05-01", "노동절"), ("2026-05-05", "어린이날"), ("2026-05-24", "부처님오신날"),
                ("2026-05-25", "대체공휴일(부처님오신날)"), ("2026-06-03", "전국동시지방선거일"), ("2026-06-06", "현충일"),
                ("2026-07-17", "제헌절"), ("2026-08-15", "광복절"), ("2026-08-17", "대체공휴일(광복절)"),
                ("2026-09-24", "추석 전날"), ("2026-09-25", "추석"), ("2026-09-26", "추석 다음 날"),
                ("2026-10-03", "개천절"), ("2026-10-05", "대체공휴일(개천절)"), ("2026-10-09", "한글날"),
                ("2026-12-25", "기독탄신일"),
            ]
        ),
    ]
}
