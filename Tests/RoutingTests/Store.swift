@testable import Routing

/// What a store would hold: the rows as the batches left them.
struct Store {
    private(set) var inquiries: [Int64: InquiryRow] = [:]
    private(set) var agents: [String: AgentRow] = [:]
    private(set) var keys: [Digest128: KeyRow] = [:]
    private(set) var engine: EngineRow
    private(set) var figures = FigureTotals()
    private(set) var agentFigures: [AgentFigureRow] = []
    private var days: [Int32: DayFigures] = [:]
    private var surveyMark = SurveyMark(until: nil)

    init(engine: EngineRow) { self.engine = engine }

    /// Takes a batch in. Returns what no store could take.
    mutating func take(_ changes: Changes, engine row: EngineRow) -> [String] {
        var faults: [String] = []
        var seen: Set<Int64> = []
        for var change in changes.inquiries {
            if !seen.insert(change.id).inserted { faults.append("inquiry \(change.id) twice in one batch") }
            let known = inquiries[change.id]
            if (known == nil) != change.isNew { faults.append("inquiry \(change.id) is new exactly once") }
            if known == nil && change.definition == nil { faults.append("inquiry \(change.id) is new and not whole") }
            change.isNew = false
            change.definition = change.definition ?? known?.definition
            inquiries[change.id] = change
        }
        for id in changes.deletedAgents where agents.removeValue(forKey: id) == nil {
            faults.append("agent \(id) is deleted and was never there")
        }
        var people: Set<String> = []
        for var change in changes.agents {
            if !people.insert(change.id).inserted { faults.append("agent \(change.id) twice in one batch") }
            change.definition = change.definition ?? agents[change.id]?.definition
            if change.definition == nil { faults.append("agent \(change.id) has no definition") }
            agents[change.id] = change
        }
        for key in changes.keys { keys[key.fingerprint] = key }
        figures.add(changes)
        agentFigures += changes.agentFigures
        if let mark = changes.surveyMark { surveyMark = mark }
        for row in changes.figures { days[row.day, default: DayFigures(day: row.day)].rows.append(row) }
        engine = row
        return faults
    }

    /// With the time of all agents, that of the quarters under way too.
    private var recentDays: [DayFigures] {
        var days = days
        for tally in agentFigures.map(\.tally) + agents.values.map(\.time.tally) {
            var day = days[tally.day] ?? DayFigures(day: tally.day)
            day.idle = day.idle + tally.idle
            day.busy = day.busy + tally.busy + tally.wrapUp
            days[tally.day] = day
        }
        return days.values.sorted { $0.day < $1.day }
    }

    /// What a start finds.
    var recovered: Recovered {
        let kept = inquiries.values.filter { $0.state.isLive || $0.wrapUpEnds != nil }
        let oldest = engine.clock - Limits.keyWindow
        var recovered = Recovered(
            engine: engine,
            agents: agents.values.sorted { $0.number < $1.number },
            inquiries: kept.sorted { $0.id < $1.id },
            keys: keys.values.filter { $0.at >= oldest }.sorted { ($0.at, $0.inquiry) < ($1.at, $1.inquiry) },
            days: recentDays)
        guard let until = surveyMark.until else { return recovered }
        recovered.hasSurveyMark = true
        recovered.surveys = inquiries.values.compactMap { row in
            guard row.state == .completed, let closedAt = row.closedAt, closedAt > until else { return nil }
            return SurveyRow(id: row.id, closedAt: closedAt, queueName: row.queueName, agentName: row.agentName)
        }
        recovered.surveys.sort { ($0.closedAt, $0.id) < ($1.closedAt, $1.id) }
        return recovered
    }
}
