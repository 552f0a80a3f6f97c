import Routing

extension PlanReader {
    mutating func calendars(_ node: PlanNode, _ path: String) -> [BusinessCalendar]? {
        named(node, path).map { calendar($0.node, $0.path, $0.name) }
    }

    private mutating func calendar(_ node: PlanNode, _ path: String, _ name: String) -> BusinessCalendar {
        var calendar = BusinessCalendar(name, timezone: "UTC")
        let keys = ["timezone", "hours", "holidays", "extra"]
        guard let fields = fields(node, path, keys: keys) else { return calendar }
        require(["timezone"], of: fields)
        fields.set("timezone", &calendar.timezone, &self) { $0.text($1, $2) }
        fields.set("hours", &calendar.week, &self) { $0.week($1, $2) }
        fields.set("holidays", &calendar.holidays, &self) { $0.holidays($1, $2) }
        fields.set("extra", &calendar.extra, &self) { $0.extraDays($1, $2) }
        return calendar
    }

    // MARK: Hours

    private mutating func week(_ node: PlanNode, _ path: String) -> [[BusinessCalendar.Block]]? {
        guard case .object(let members) = node.value else {
            fault(
                path, "days and their blocks, such as {mon-fri: [\"09:00-18:00\"]}, not \(node.described)",
                at: node.position)
            return nil
        }
        var week: [[BusinessCalendar.Block]] = Array(repeating: [], count: 7)
        var hasDay = Array(repeating: false, count: 7)
        for member in members {
            let below = PlanPath.key(member.key.text, under: path)
            let days = days(member, below)
            let blocks = blocks(member.value, below) ?? []
            for day in days {
                if hasDay[day.index] {
                    warn(below, "\(day.rawValue) has hours twice; they add up", at: member.keyPosition)
                }
                hasDay[day.index] = true
                week[day.index] = (week[day.index] + blocks).sorted()
            }
        }
        return week
    }

    private mutating func days(_ member: PlanNode.Member, _ path: String) -> [Weekday] {
        if let days = Weekday.days(member.key.text) { return days }
        let known = Weekday.allCases.map(\.rawValue).joined(separator: ", ")
        let near = Weekday.meant(by: member.key.text).map { "; did you mean \($0)?" } ?? " of \(known)"
        fault(path, "a day, a range or a list of days such as mon, mon-fri or mon,wed\(near)", at: member.keyPosition)
        return []
    }

    private mutating func blocks(_ node: PlanNode, _ path: String) -> [BusinessCalendar.Block]? {
        guard let items = list(node, path) else { return nil }
        let blocks = items.compactMap { block($0.node, $0.path) }
        if BusinessCalendar.overlap(blocks) {
            warn(path, "blocks overlap; what they have in common counts once", at: node.position)
        }
        return blocks.sorted()
    }

    private mutating func block(_ node: PlanNode, _ path: String) -> BusinessCalendar.Block? {
        if case .scalar(let scalar) = node.value, scalar.kind == .text, let block = BusinessCalendar.Block(scalar.text)
        {
            return block
        }
        fault(
            path, "a block such as 09:00-18:00 (up to 24:00; 22:00-06:00 ends the next day), not \(node.described)",
            at: node.position)
        return nil
    }

    // MARK: Days

    private mutating func holidays(_ node: PlanNode, _ path: String) -> [BusinessCalendar.Days]? {
        guard let items = list(node, path) else { return nil }
        // One that cannot be read stays, so that those behind it keep their numbers.
        return items.map { days($0.node, $0.path) ?? BusinessCalendar.Days(CivilDate(day: 0), CivilDate(day: 0)) }
    }

    private mutating func days(_ node: PlanNode, _ path: String) -> BusinessCalendar.Days? {
        if case .scalar(let scalar) = node.value, scalar.kind == .text {
            let ends = scalar.text.split(separator: "..", omittingEmptySubsequences: false)
            let dates = ends.map { CivilDate($0) }
            if let first = dates.first ?? nil, let last = dates.last ?? nil, dates.count <= 2 {
                return BusinessCalendar.Days(first, last)
            }
        }
        fault(
            path,
            "a day from 1970 on, such as 2026-02-16, or a range such as 2026-02-16..2026-02-18, not \(node.described)",
            at: node.position)
        return nil
    }

    private mutating func extraDays(_ node: PlanNode, _ path: String) -> [BusinessCalendar.ExtraDay]? {
        guard case .object(let members) = node.value else {
            fault(
                path, "days and their blocks, such as {\"2026-02-14\": [\"10:00-16:00\"]}, not \(node.described)",
                at: node.position)
            return nil
        }
        var days: [BusinessCalendar.ExtraDay] = []
        for member in members {
            let below = PlanPath.key(member.key.text, under: path)
            let blocks = blocks(member.value, below) ?? []
            if let date = CivilDate(member.key.text) {
                days.append(BusinessCalendar.ExtraDay(date, blocks))
            } else {
                fault(below, "a day from 1970 on, such as 2026-02-14", at: member.keyPosition)
            }
        }
        return days
    }
}
