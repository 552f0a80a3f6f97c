/// When a team is there, as an admin writes it down.
///
/// It is open while the zone's wall clocks show a time of a block: a time that they skip is not there, one that they show
/// twice is there twice. A block that ends before it begins, `22:00-06:00`, goes on into the next
/// day and belongs to the day on which it begins: a holiday on that day closes all of it, one on the next day nothing.
package struct BusinessCalendar: Sendable, Equatable {
    /// From a time of day up to another.
    package struct Block: Sendable, Hashable, Comparable {
        /// Minutes since the day's midnight, 0 to 1,439.
        package var start: Int
        /// Over `start`; over 1,440 on the next day.
        package var end: Int

        package init(start: Int, end: Int) {
            self.start = start
            self.end = end
        }

        package static func < (left: Block, right: Block) -> Bool {
            (left.start, left.end) < (right.start, right.end)
        }
    }

    /// Days from one to another, both with it.
    package struct Days: Sendable, Hashable {
        package var first: CivilDate
        package var last: CivilDate

        package init(_ first: CivilDate, _ last: CivilDate) {
            self.first = first
            self.last = last
        }
    }

    package struct ExtraDay: Sendable, Equatable {
        package var date: CivilDate
        /// In place of that day's hours, also on a holiday; none: closed.
        package var blocks: [Block]

        package init(_ date: CivilDate, _ blocks: [Block]) {
            self.date = date
            self.blocks = blocks
        }
    }

    package var name: String
    /// The name of an IANA zone.
    package var timezone: String
    /// The blocks of each weekday from Monday on, in order; what overlaps counts once.
    package var week: [[Block]]
    /// As written: they may overlap and have any order.
    package var holidays: [Days] = []
    package var extra: [ExtraDay] = []

    package init(_ name: String, timezone: String, week: [[Block]] = Array(repeating: [], count: 7)) {
        precondition(week.count == 7, "a week has seven days")
        self.name = name
        self.timezone = timezone
        self.week = week
    }

    /// Whether no minute of it can ever be open: no extra day has any, and each day that has hours is a holiday.
    var isNeverOpen: Bool {
        guard extra.allSatisfy(\.blocks.isEmpty) else { return false }
        let replaced = extra.map { Days($0.date, $0.date) }
        // All that can be written.
        var next = CivilDate(day: 0)
        let end = CivilDate(year: 10_000, month: 1, day: 1)
        for closed in (holidays + replaced).sorted(by: { $0.first < $1.first }) {
            if isOpenSomewhere(from: next, until: closed.first) { return false }
            next = max(next, CivilDate(day: closed.last.day + 1))
        }
        return !isOpenSomewhere(from: next, until: end)
    }

    /// Whether a weekday with hours is among the days from one up to but not with another.
    private func isOpenSomewhere(from first: CivilDate, until end: CivilDate) -> Bool {
        guard first < end else { return false }
        return (first.day..<min(end.day, first.day + 7)).contains { !week[CivilDate(day: $0).weekday.index].isEmpty }
    }

    /// Whether two of the blocks have a minute in common; they count once.
    static func overlap(_ blocks: [Block]) -> Bool {
        let sorted = blocks.sorted()
        var end = 0
        for block in sorted {
            if block.start < end { return true }
            end = block.end
        }
        return false
    }
}

extension BusinessCalendar.Block {
    /// `09:00-18:00`, `18:00-24:00`, `22:00-06:00`. Nil if it is none, or has no minute.
    package init?(_ text: String) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let start = Self.minutes(ends[0]), let end = Self.minutes(ends[1]), start < 1_440,
            start != end
        else { return nil }
        self.init(start: start, end: end > start ? end : end + 1_440)
    }

    /// `HH:MM`, up to 24:00.
    private static func minutes(_ text: Substring) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), [0, 1, 3, 4].allSatisfy({ bytes[$0] &- 48 <= 9 }) else {
            return nil
        }
        let digits = bytes.map { Int($0) - 48 }
        let minutes = digits[3] * 10 + digits[4]
        let total = (digits[0] * 10 + digits[1]) * 60 + minutes
        return minutes < 60 && total <= 1_440 ? total : nil
    }

    package var text: String { "\(Self.clock(start))-\(Self.clock(end > 1_440 ? end - 1_440 : end))" }

    private static func clock(_ minutes: Int) -> String {
        func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(padded(minutes / 60)):\(padded(minutes % 60))"
    }
}

extension BusinessCalendar.Days {
    package var text: String { first == last ? first.text : "\(first.text)..\(last.text)" }
}
