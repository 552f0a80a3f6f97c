import Plan
import Routing
import Simulation

/// Calendars as admins might write them, and some that nobody would.
struct RandomCalendars {
    var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    static let zones = [
        "UTC", "Asia/Seoul", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu",
        "America/Sao_Paulo", "Pacific/Kiritimati", "Africa/Casablanca", "Africa/Cairo",
    ]

    mutating func next() -> BusinessCalendar {
        var calendar = BusinessCalendar("random", timezone: random.pick(Self.zones))
        for day in 0..<7 { calendar.week[day] = blocks() }
        let days = CivilDate(year: 2026, month: 1, day: 1).day...CivilDate(year: 2026, month: 12, day: 31).day
        for _ in 0..<random.int(0...12) {
            let first = random.int(days)
            calendar.holidays.append(
                BusinessCalendar.Days(
                    CivilDate(day: first), CivilDate(day: first + random.int(0...1) * random.int(0...9))))
        }
        var dates: Set<Int> = []
        for _ in 0..<random.int(0...6) {
            let day = random.int(days)
            guard dates.insert(day).inserted else { continue }
            calendar.extra.append(BusinessCalendar.ExtraDay(CivilDate(day: day), blocks()))
        }
        // One day is open in any case.
        if calendar.week.allSatisfy(\.isEmpty) { calendar.week[2] = [BusinessCalendar.Block(start: 600, end: 900)] }
        return calendar
    }

    /// Up to four blocks in order; they may overlap and go over midnight.
    private mutating func blocks() -> [BusinessCalendar.Block] {
        (0..<random.int(0...4)).map { _ in
            let start = time() % 1_440
            var end = time()
            // A whole day cannot begin at any other time than midnight.
            if end == start { end += end == 1_440 ? -60 : 60 }
            if end <= start { end += 1_440 }
            return BusinessCalendar.Block(start: start, end: end)
        }.sorted()
    }

    private mutating func time() -> Int {
        if random.once(in: 4) { return random.pick([0, 1_440]) }
        return random.int(0...1_440)
    }
}

/// Counts open minutes one by one with Foundation's offsets: what `CompiledCalendar` has to agree with.
struct MinuteCounter {
    let calendar: BusinessCalendar

    /// Whether the minute that begins then is open. Minutes since 1970.
    func isOpen(_ minute: Int) -> Bool {
        let local = minute + Int(LocalTime.offset(of: calendar.timezone, at: Int64(minute) * 60)) / 60
        let day = Int((Double(local) / 1_440).rounded(.down))
        let ofDay = local - day * 1_440
        return blocks(day).contains { $0.start <= ofDay && ofDay < $0.end }
            || blocks(day - 1).contains { $0.start <= ofDay + 1_440 && ofDay + 1_440 < $0.end }
    }

    private func blocks(_ day: Int) -> [BusinessCalendar.Block] {
        let date = CivilDate(day: day)
        if let extra = calendar.extra.first(where: { $0.date == date }) { return extra.blocks }
        if calendar.holidays.contains(where: { $0.first <= date && date <= $0.last }) { return [] }
        return calendar.week[date.weekday.index]
    }
}
