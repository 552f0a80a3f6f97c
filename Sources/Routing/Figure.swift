/// What is counted of a lane, a queue and a channel together, as it happens. The name is the column's; spans are sums of
/// microseconds. `sql/0008_figures.sql` says what each means.
package enum Figure: Int, CaseIterable, Sendable {
    /// Came into the queue: submitted, due, moved there, reopened.
    case entered
    case offered
    /// By an offer, or assigned without one.
    case accepted
    /// Within the target of the queue, as it was then.
    case acceptedInTarget
    case abandoned
    case abandonedAfterTarget
    /// Before `Figures.shortWait`: mostly misdialled.
    case abandonedShort
    case expired
    case cancelled
    case declined
    case missed
    case completed
    case reopened
    /// Had their first response.
    case responded
    case csatRated
    /// 4 or 5.
    case csatGood
    case npsRated
    /// 9 or 10.
    case npsPromoters
    /// 0 to 6.
    case npsDetractors
    /// From `queued` to acceptance, of the accepted.
    case waited
    /// Of that, what was beyond the target.
    case waitedLate
    /// The longest of those waits: a maximum, not a sum.
    case waitedLongest
    /// From `queued` to the first response.
    case responseTook
    /// From acceptance to completion, held time with it.
    case handled
    /// From completion to the end of the wrap-up.
    case wrapUpTook

    package var name: String {
        switch self {
        case .entered: "entered"
        case .offered: "offered"
        case .accepted: "accepted"
        case .acceptedInTarget: "accepted_in_target"
        case .abandoned: "abandoned"
        case .abandonedAfterTarget: "abandoned_after_target"
        case .abandonedShort: "abandoned_short"
        case .expired: "expired"
        case .cancelled: "cancelled"
        case .declined: "declined"
        case .missed: "missed"
        case .completed: "completed"
        case .reopened: "reopened"
        case .responded: "responded"
        case .csatRated: "csat_rated"
        case .csatGood: "csat_good"
        case .npsRated: "nps_rated"
        case .npsPromoters: "nps_promoters"
        case .npsDetractors: "nps_detractors"
        case .waited: "waited"
        case .waitedLate: "waited_late"
        case .waitedLongest: "waited_longest"
        case .responseTook: "response_took"
        case .handled: "handled"
        case .wrapUpTook: "wrap_up_took"
        }
    }

    /// Of two stretches of time the greater counts, not the sum.
    package var isMaximum: Bool { self == .waitedLongest }
}

/// A number of each `Figure`.
package struct FigureCounts: Sendable {
    package private(set) var values = InlineArray<25, Int64>(repeating: 0)

    package init() {}

    package subscript(_ figure: Figure) -> Int64 {
        get { values[figure.rawValue] }
        set { values[figure.rawValue] = newValue }
    }

    mutating func add(_ other: FigureCounts) {
        for place in values.indices {
            if Figure(rawValue: place)?.isMaximum == true {
                values[place] = max(values[place], other.values[place])
            } else {
                values[place] += other.values[place]
            }
        }
    }
}

/// What spans are kept of one by one, in a histogram.
package enum Span: UInt8, CaseIterable, Sendable {
    /// Of the accepted, from `queued`.
    case wait
    /// From `queued` to the first response.
    case response
    /// From acceptance to completion, and the wrap-up.
    case handle
    /// What the clock of a promise had run when it was answered.
    case assign
    case firstResponse
    case nextResponse
    case resolution

    init(_ metric: Metric) {
        switch metric {
        case .assign: self = .assign
        case .firstResponse: self = .firstResponse
        case .nextResponse: self = .nextResponse
        case .resolution: self = .resolution
        }
    }

    package var name: String {
        switch self {
        case .wait: "wait"
        case .response: "response"
        case .handle: "handle"
        case .assign: Metric.assign.name
        case .firstResponse: Metric.firstResponse.name
        case .nextResponse: Metric.nextResponse.name
        case .resolution: Metric.resolution.name
        }
    }
}
