import Routing

/// Starts and spans drawn over the whole window of a calendar, as clocks would ask for them.
struct CalendarQuestions {
    private struct Question {
        var start: Instant
        var span: TimeSpan
        var due: Instant
    }

    private let calendar: CompiledCalendar
    private var questions: ContiguousArray<Question> = []

    /// Starts in the first nine tenths of the window, open or not, and up to two weeks of open time.
    init(_ calendar: CompiledCalendar, count: Int) {
        self.calendar = calendar
        var random = XorShift()
        let seconds = Int((calendar.until - calendar.from).microseconds / 1_000_000) * 9 / 10
        questions.reserveCapacity(count)
        for _ in 0..<count {
            let start = calendar.from + .seconds(Int64(random.below(seconds)))
            let span = TimeSpan.seconds(1 + Int64(random.below(90 * 3_600)))
            guard let due = calendar.due(start: start, open: span) else { preconditionFailure("it is in the window") }
            questions.append(Question(start: start, span: span, due: due))
        }
    }

    /// Nanoseconds of one `due`, and of one `open(between:)`, whose answers are looked at.
    @discardableResult
    func ask() -> (due: Double, open: Double) {
        var began = processorTime()
        var isRight = true
        for question in questions {
            isRight = isRight && calendar.due(start: question.start, open: question.span) == question.due
        }
        let due = processorTime() - began
        began = processorTime()
        for question in questions {
            isRight = isRight && calendar.open(between: question.start, and: question.due) == question.span
        }
        let open = processorTime() - began
        precondition(isRight, "what is due after an open time is that open time away")
        return (Double(due) / Double(questions.count), Double(open) / Double(questions.count))
    }
}
