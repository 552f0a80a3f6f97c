import LineProtocol
import Routing

// INQUIRIES of a closed state: what memory has of them, and what only the store has.

extension Core {
    /// Has a page of the store fetched; the session waits for it.
    func listClosed(_ filter: InquiryFilter, _ state: InquiryState, _ request: Request, _ session: Session) {
        guard let eventLog else { return refuseUnavailable(session, request) }
        let closed = ClosedFilter(
            state: state, queue: filter.queue.map { engine.plan.queues[Int($0)].name },
            channel: filter.channel.map { engine.plan.channels[Int($0)].name },
            agent: filter.agent.map { engine.name(of: $0) }, customer: filter.customer,
            after: request.integer(.after) ?? 0, limit: pageLimit(request))
        session.isParked = true
        let link = session.link.id
        eventLog.closedInquiries(closed) { [mailbox] in mailbox.post(.listed(link, request, $0)) }
    }

    private func pageLimit(_ request: Request) -> Int {
        Int(request.integer(.limit) ?? Int64(ServerLimits.pageRows))
    }

    func listed(_ link: UInt64, _ request: Request, _ result: Result<ClosedListing, LogFailure>) {
        guard let session = sessions[link] else { return }
        output.clear()
        switch result {
        case .success(let stored):
            atOnceIfAway(session) {
                session.saysCommitted = false
                answer(stored, request, session)
                session.saysCommitted = true
            }
        case .failure: refuseAway(session, request, "PostgreSQL is away, and old inquiries with it")
        }
        unpark(link)
    }

    /// Of what memory knows it has the word, reopened since or not yet committed; of the rest the store has. A page ends
    /// where the one of the two ends that did not get as far.
    private func answer(_ stored: ClosedListing, _ request: Request, _ session: Session) {
        let limit = pageLimit(request)
        // Names were found before the store was asked; a plan that came into force since may lack them.
        guard let filter = inquiryFilter(request, session) else { return }
        let known = engine.inquiries(filter, after: request.integer(.after) ?? 0, limit: limit)
        let end = min(stored.next ?? .max, known.next ?? .max)
        let all = (stored.rows.filter { !engine.knows($0.id) } + known.rows).filter { $0.id <= end }
            .sorted { $0.id < $1.id }
        var next: Int64? = end == .max ? nil : end
        if all.count > limit { next = all[limit - 1].id }
        var count: Int64 = 0
        for inquiry in all.prefix(limit) where isOfTeams(inquiry, session) {
            row(session, request) { summarize(inquiry, to: &$0) }
            count += 1
        }
        ok(session, request) {
            $0.field("count", integer: count)
            if let next { $0.field("after", integer: next) }
        }
    }
}
