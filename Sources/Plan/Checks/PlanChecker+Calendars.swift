extension PlanChecker {
    mutating func checkCalendars() {
        count(plan.calendars.count, atMost: PlanLimits.calendars, "calendars", "calendars")
        var seen: Set<String> = []
        for calendar in plan.calendars {
            let path = PlanPath.key(calendar.name, under: "calendars")
            name(calendar.name, path)
            if !seen.insert(calendar.name).inserted { fault(path, "\(calendar.name) stands there twice") }
            zone(calendar.timezone, path + ".timezone")
            check(calendar, path)
        }
    }

    private mutating func check(_ calendar: BusinessCalendar, _ path: String) {
        for weekday in Weekday.allCases {
            count(
                calendar.week[weekday.index].count, atMost: PlanLimits.blocks, "blocks on \(weekday.rawValue)",
                path + ".hours")
        }
        if calendar.isNeverOpen {
            fault(
                path + ".hours",
                calendar.week.allSatisfy(\.isEmpty)
                    ? "no minute is ever open; give at least one block, such as {mon-fri: [\"09:00-18:00\"]}"
                    : "no minute is ever open: every day that has hours is a holiday"
            )
        } else if calendar.week.allSatisfy(\.isEmpty) {
            warn(path + ".hours", "open on extra days only; nothing is due after the last of them")
        }
        holidays(calendar.holidays, path + ".holidays")
        extraDays(calendar.extra, path + ".extra")
    }

    private mutating func holidays(_ holidays: [BusinessCalendar.Days], _ path: String) {
        count(holidays.count, atMost: PlanLimits.holidays, "holidays", path)
        for (index, days) in holidays.enumerated() where days.last < days.first {
            fault(
                PlanPath.item(index, of: path),
                "\(days.last.text) is before \(days.first.text); write the earlier day first")
        }
        // Sorted by their first day, each is compared with the one that has reached furthest.
        let inOrder = holidays.indices.filter { holidays[$0].first <= holidays[$0].last }
            .sorted { (holidays[$0].first, $0) < (holidays[$1].first, $1) }
        var furthest: Int?
        for index in inOrder {
            if let other = furthest, holidays[index].first <= holidays[other].last {
                let (earlier, later) = (min(index, other), max(index, other))
                warn(
                    PlanPath.item(later, of: path),
                    "\(holidays[later].text) has days that holidays[\(earlier)], \(holidays[earlier].text), has as well"
                )
            }
            if furthest.map({ holidays[$0].last < holidays[index].last }) ?? true { furthest = index }
        }
    }

    private mutating func extraDays(_ extra: [BusinessCalendar.ExtraDay], _ path: String) {
        count(extra.count, atMost: PlanLimits.extraDays, "extra days", path)
        var seen: Set<CivilDate> = []
        for day in extra {
            let below = PlanPath.key(day.date.text, under: path)
            if !seen.insert(day.date).inserted { fault(below, "\(day.date.text) stands there twice") }
            count(day.blocks.count, atMost: PlanLimits.blocks, "blocks a day", below)
        }
    }
}
