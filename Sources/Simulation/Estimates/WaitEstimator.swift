/// Ways of telling somebody how long they will wait, at the moment in which they begin to.
package enum WaitEstimator: CaseIterable, Hashable, Sendable {
    /// Place × mean time between the last eight or so acceptances of the class.
    case rate
    /// How long the first in line has waited by now; nothing for who is the first.
    case headOfLine
    /// How long the last who was accepted had waited.
    case lastAccepted
    /// Place × mean handling time ÷ agents signed on who are able.
    case length
    /// Place × mean time in which the line moves up by one, over the last 32 or so times that it did. Time in which
    /// nobody stood in it does not count, who never stood in it neither, and who gives up moves it as well.
    case pace
    /// The mean of `pace` and of how long the last had waited who had to wait and was accepted.
    case paceAndLast

    package var name: String {
        switch self {
        case .rate: "rate of leaving"
        case .headOfLine: "head of line"
        case .lastAccepted: "last accepted"
        case .length: "length"
        case .pace: "pace"
        case .paceAndLast: "pace and last"
        }
    }
}

/// What the estimators remember of one class of inquiries: those that ask for the same queue, channel and skills.
/// Microseconds.
struct ClassHistory {
    private struct Waiter {
        var rank: Int64
        var id: Int64
        var since: Int64

        func comes(before other: Waiter) -> Bool { (rank, id) < (other.rank, other.id) }
    }

    /// In the order in which they will be served.
    private var line: [Waiter] = []
    private var lineBegan: Int64
    private var lastLeft: Int64
    private var paceInterval: Int64 = 0
    private var paceCount: Int64 = 0
    private var lastWaitOfWaiters: Int64?

    private var lastWait: Int64?
    private var lastAcceptance: Int64?
    private var rateInterval: Int64?

    private var handlingSum: Int64 = 0
    private var handledCount: Int64 = 0

    init(at now: Int64) {
        lineBegan = now
        lastLeft = now
    }

    mutating func join(_ id: Int64, rank: Int64, at now: Int64) {
        if line.isEmpty { lineBegan = now }
        let waiter = Waiter(rank: rank, id: id, since: now)
        line.insert(waiter, at: line.firstIndex { waiter.comes(before: $0) } ?? line.count)
    }

    /// Whoever it is, in the line or not: an acceptance, or somebody who gives up.
    mutating func leave(_ id: Int64, accepted: Bool, at now: Int64) {
        let index = line.firstIndex { $0.id == id }
        if accepted {
            if let last = lastAcceptance {
                let interval = now - last
                rateInterval = rateInterval.map { $0 + (interval - $0) / 8 } ?? interval
            }
            lastAcceptance = now
            lastWait = index.map { now - line[$0].since } ?? 0
        }
        guard let index else { return }
        let since = line.remove(at: index).since
        let interval = now - max(lastLeft, min(since, lineBegan))
        paceCount = min(paceCount + 1, 32)
        paceInterval += (interval - paceInterval) / paceCount
        lastLeft = now
        if accepted { lastWaitOfWaiters = now - since }
    }

    mutating func completed(after handling: Int64) {
        handlingSum += handling
        handledCount += 1
    }

    func place(of id: Int64) -> Int64? { line.firstIndex { $0.id == id }.map { Int64($0 + 1) } }

    /// What is told to who has just come to stand at `place`; nil: nothing can be told yet.
    /// - Parameter able: agents signed on who could take it.
    func quote(_ estimator: WaitEstimator, place: Int64, able: Int, at now: Int64) -> Int64? {
        switch estimator {
        case .rate: return rateInterval.map { $0 * place }
        case .headOfLine: return place == 1 ? 0 : now - line[0].since
        case .lastAccepted: return lastWait
        case .length:
            return handledCount == 0 || able == 0 ? nil : place * (handlingSum / handledCount) / Int64(able)
        case .pace: return paceCount == 0 ? nil : paceInterval * place
        case .paceAndLast:
            guard paceCount > 0 else { return nil }
            let byPace = paceInterval * place
            return (byPace + (lastWaitOfWaiters ?? byPace)) / 2
        }
    }
}
