/// The public holidays of a country, for some years: `Year.source` says what they are from, and what may change.
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
    /// in April 2026 (Labour Day is one), its decree 관공서의 공휴일에 관한 규정, the almanacs (월력요항) of 2024 to 2026, and
    /// the cabinet's decisions on 2024-10-01 and 2025-01-27. A substitute day follows a holiday on a Sunday, and where the
    /// decree says so one on a Saturday.
    ///
    /// 2024 to 2026 are as announced. 2027 and 2028 are computed by that law, with the days of the moon of the Korea
    /// Astronomy and Space Science Institute's lunar calendar (2027: the substitute days of Labour Day and Constitution
    /// Day by the Ministry of Personnel Management's press release of July 2026; 2028: the election by Articles 14 and 34
    /// of the Public Official Election Act). They may change: a year's almanac comes in June of the year before, and an
    /// election out of turn or a decision of the cabinet, as in 2024 and 2025, adds a day within weeks. All five years
    /// agree with the Python package holidays 0.109, which cites these, and the moon's days with korean_lunar_calendar.
    private static let southKorea: [(year: Int, source: String, days: [(date: String, name: String)])] = [
        (
            2_024, "공휴일에 관한 법률, 2024년 월력요항, 임시공휴일 2024-10-01",
            [
                ("2024-01-01", "1월 1일"), ("2024-02-09", "설날 전날"), ("2024-02-10", "설날"),
                ("2024-02-11", "설날 다음 날"), ("2024-02-12", "대체공휴일(설날)"), ("2024-03-01", "삼일절"),
                ("2024-04-10", "국회의원 선거일"), ("2024-05-05", "어린이날"), ("2024-05-06", "대체공휴일(어린이날)"),
                ("2024-05-15", "부처님오신날"), ("2024-06-06", "현충일"), ("2024-08-15", "광복절"),
                ("2024-09-16", "추석 전날"), ("2024-09-17", "추석"), ("2024-09-18", "추석 다음 날"),
                ("2024-10-01", "임시공휴일(국군의 날)"), ("2024-10-03", "개천절"), ("2024-10-09", "한글날"),
                ("2024-12-25", "기독탄신일"),
            ]
        ),
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
        (
            2_027, "computed by 공휴일에 관한 법률 as of 2026; elections and 임시공휴일 may add days",
            [
                ("2027-01-01", "1월 1일"), ("2027-02-06", "설날 전날"), ("2027-02-07", "설날"),
                ("2027-02-08", "설날 다음 날"), ("2027-02-09", "대체공휴일(설날)"), ("2027-03-01", "삼일절"),
                ("2027-05-01", "노동절"), ("2027-05-03", "대체공휴일(노동절)"), ("2027-05-05", "어린이날"),
                ("2027-05-13", "부처님오신날"), ("2027-06-06", "현충일"), ("2027-07-17", "제헌절"),
                ("2027-07-19", "대체공휴일(제헌절)"), ("2027-08-15", "광복절"), ("2027-08-16", "대체공휴일(광복절)"),
                ("2027-09-14", "추석 전날"), ("2027-09-15", "추석"), ("2027-09-16", "추석 다음 날"),
                ("2027-10-03", "개천절"), ("2027-10-04", "대체공휴일(개천절)"), ("2027-10-09", "한글날"),
                ("2027-10-11", "대체공휴일(한글날)"), ("2027-12-25", "기독탄신일"), ("2027-12-27", "대체공휴일(기독탄신일)"),
            ]
        ),
        (
            2_028, "computed by 공휴일에 관한 법률 as of 2026 and 공직선거법; other elections and 임시공휴일 may add days",
            [
                ("2028-01-01", "1월 1일"), ("2028-01-26", "설날 전날"), ("2028-01-27", "설날"),
                ("2028-01-28", "설날 다음 날"), ("2028-03-01", "삼일절"), ("2028-04-12", "국회의원 선거일"),
                ("2028-05-01", "노동절"), ("2028-05-02", "부처님오신날"), ("2028-05-05", "어린이날"),
                ("2028-06-06", "현충일"), ("2028-07-17", "제헌절"), ("2028-08-15", "광복절"),
                ("2028-10-02", "추석 전날"), ("2028-10-03", "추석, 개천절"), ("2028-10-04", "추석 다음 날"),
                ("2028-10-05", "대체공휴일(추석)"), ("2028-10-09", "한글날"), ("2028-12-25", "기독탄신일"),
            ]
        ),
    ]
}
