import DequeModule

// Some time after an inquiry was completed, whoever asks customers for their opinion is told that it is time.

/// One that was completed and whose survey is to come. It may have left memory when it is due.
package struct SurveyRow: Hashable, Sendable {
    package var id: Int64
    package var closedAt: Instant
    package var queueName: Name
    package var agentName: Name
    /// It was reopened since.
    var isForgone = false

    package init(id: Int64, closedAt: Instant, queueName: Name, agentName: Name) {
        self.id = id
        self.closedAt = closedAt
        self.queueName = queueName
        self.agentName = agentName
    }
}

/// Until when completed inquiries have been told of.
package struct SurveyMark: Hashable, Sendable {
    /// nil: the plan asks for no surveys.
    package var until: Instant?

    package init(until: Instant?) { self.until = until }
}

extension Engine {
    /// The inquiry has been completed. Where too many are waited for, the oldest is told of at once.
    mutating func awaitSurvey(_ slot: UInt32, _ agent: AgentIndex, into output: inout Output) {
        guard plan.surveyAfter != nil else { return }
        surveys.append(
            SurveyRow(
                id: inquiries[slot].id, closedAt: inquiries[slot].closedAt,
                queueName: queueNames[Int(classes[Int(inquiries[slot].requirement)].queue)],
                agentName: agents[Int(agent)].name))
        if surveys.count > Limits.surveys {
            cancelTimer(surveyTimer)
            surveyDue(into: &output)
        } else {
            watchSurveys()
        }
    }

    /// It comes back from its end: it is asked about when it is completed anew.
    mutating func forgoSurvey(_ slot: UInt32) {
        let (id, closedAt) = (inquiries[slot].id, inquiries[slot].closedAt)
        var place = 0
        var end = surveys.count
        while place < end {
            let middle = (place + end) / 2
            if surveys[middle].closedAt < closedAt { place = middle + 1 } else { end = middle }
        }
        while place < surveys.count, surveys[place].closedAt == closedAt {
            if surveys[place].id == id { surveys[place].isForgone = true }
            place += 1
        }
    }

    mutating func watchSurveys() {
        guard surveyTimer == none, let after = plan.surveyAfter, let first = surveys.first else { return }
        surveyTimer = startTimer(.survey, owner: 0, id: 0, due: first.closedAt + after)
    }

    /// Tells of those that were completed first, all of one moment together: so one moment says how far it is. Of these
    /// the order is that of their ids, as after a start.
    mutating func surveyDue(into output: inout Output) {
        guard let moment = surveys.first?.closedAt else { return }
        let rows = surveys.prefix { $0.closedAt == moment }.sorted { $0.id < $1.id }
        surveys.removeFirst(rows.count)
        for row in rows { tell(row, into: &output) }
        surveyMark = SurveyMark(until: moment)
        watchSurveys()
    }

    private mutating func tell(_ row: SurveyRow, into output: inout Output) {
        if row.isForgone { return }
        if let slot = slot(of: row.id) {
            return emit(.surveyDue, inquiry: slot, agent: inquiries[slot].agent, into: &output)
        }
        seq += 1
        output.events.append(
            Event(
                seq: seq, at: now, type: .surveyDue, inquiry: row.id, queue: row.queueName, agent: none,
                agentName: row.agentName))
    }

    /// The plan in force asks otherwise than the one before. What was completed before any survey was asked for is not
    /// surveyed.
    mutating func replanSurveys(from old: TimeSpan?) {
        cancelTimer(surveyTimer)
        if plan.surveyAfter == nil {
            surveys.removeAll()
            if old != nil { surveyMark = SurveyMark(until: nil) }
        } else if old == nil {
            surveyMark = SurveyMark(until: now)
        }
        watchSurveys()
    }

    mutating func restoreSurveys(_ rows: [SurveyRow], isMarked: Bool) {
        guard plan.surveyAfter != nil else { return }
        if !isMarked { surveyMark = SurveyMark(until: now) }
        surveys += rows
        watchSurveys()
    }
}
