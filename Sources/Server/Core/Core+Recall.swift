import LineProtocol
import Routing

// What the engine does not hold is fetched from the store; the session is parked meanwhile, and its request is taken up
// again when it is there.

extension Core {
    // MARK: What has left memory

    /// Closed so long ago that only the store knows it.
    func isForgotten(_ id: Int64) -> Bool { engine.wasSubmitted(id) && !engine.knows(id) }

    /// Has the row fetched; the request is answered when it is there, and those behind it wait.
    func recall(_ id: Int64, _ request: Request, _ session: Session) {
        guard let eventLog else { return refuse(session, request, .notFound, "there is no inquiry \(id)") }
        session.isParked = true
        let link = session.link.id
        eventLog.inquiry(id) { [mailbox] in mailbox.post(.recalled(link, request, $0)) }
    }

    func recalled(_ link: UInt64, _ request: Request, _ result: Result<InquiryRow?, LogFailure>) {
        guard let session = sessions[link] else { return }
        switch result {
        case .success(let found?):
            var row = found
            if isForgetting(row) { row.forgetCustomer() }
            engine.recall(row)
            if engine.knows(row.id) { return takeUp(request, session) }
            refuse(session, request, .notFound, "inquiry \(row.id) is of a channel or queue that the plan lacks")
        case .success(nil):
            refuse(session, request, .notFound, "that inquiry is not kept any more")
        case .failure: refuseAway(session, request, "PostgreSQL is away, and old inquiries with it")
        }
        unpark(link)
    }

    // MARK: Who had the customer last

    /// Whether the store has to be asked who had the customer last; then it is, and the submission waits.
    func asksForLastAgent(_ submission: Submission, _ request: Request, _ session: Session) -> Bool {
        guard engine.plan.continuity.contains(.lastAgent), let eventLog, let customer = request.value(.customer),
            submission.agent == nil, submission.at.map({ $0 <= clock.last }) ?? true,
            engine.lacksLastAgent(ofCustomer: customer)
        else { return false }
        session.isParked = true
        let link = session.link.id
        eventLog.lastAgent(customer: Array(customer), since: clock.last - engine.plan.continuityWithin) {
            [mailbox] in mailbox.post(.lastAgentFound(link, request, $0))
        }
        return true
    }

    /// A store that cannot say is no reason to turn an inquiry away: it comes in without its last agent.
    func lastAgentFound(_ link: UInt64, _ request: Request, _ result: Result<String?, LogFailure>) {
        guard let session = sessions[link] else { return }
        switch result {
        case .success(let agent): session.lastAgent = agent ?? ""
        case .failure: session.lastAgent = ""
        }
        takeUp(request, session)
        session.lastAgent = nil
    }
}
