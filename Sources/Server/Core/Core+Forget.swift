import LineProtocol
import Logging
import Routing

// CUSTOMER FORGET: first out of memory, a slice a step; once that is committed, out of what only the store has.

/// A customer that is being forgotten.
struct Forgetting {
    enum Phase {
        /// Memory still has inquiries of the customer.
        case memory
        /// Memory has none any more; that is durable with this batch.
        case committing(batch: Int64)
        case store
    }

    let link: UInt64
    let request: Request
    let customer: [UInt8]
    /// Inquiries from this id on were submitted after it was asked for.
    let before: Int64
    var count: Int64 = 0
    var phase = Phase.memory
}

extension Core {
    func forgetCustomer(_ request: Request, _ session: Session) {
        guard eventLog != nil else { return refuseUnavailable(session, request) }
        session.isParked = true
        forgetting.append(
            Forgetting(
                link: session.link.id, request: request, customer: Array(request.value(.id) ?? []),
                before: engine.row.nextID))
    }

    /// Whether a row that was read from the store may still have what is being forgotten: it may have been read before
    /// that was taken out of it, and memory must not bring it back.
    func isForgetting(_ row: InquiryRow) -> Bool {
        forgetting.contains { task in
            row.id < task.before && row.definition?.texts.customer.elementsEqual(task.customer) ?? false
        }
    }

    /// There is a slice to be done, and room for it in the batch.
    var canForget: Bool {
        guard phase == .serving, case .memory = forgetting.first?.phase else { return false }
        return !isFull
    }

    func forgetSlice() {
        guard canForget else { return }
        let before = engine.forgottenCount
        output.clear()
        _ = perform(.forget(customer: forgetting[0].customer, limit: ServerLimits.forgottenInquiries))
        harvest(cause: nil)
        let count = engine.forgottenCount - before
        forgetting[0].count += count
        // As many rows as so many commands would change.
        formingCommands += Int(count)
        guard !engine.knows(customer: forgetting[0].customer) else { return }
        // Whatever a batch may have of the customer is in this one or in one before it.
        let isForming = engine.hasChanges || !changes.isEmpty
        forgetting[0].phase = .committing(batch: isForming ? batch + 1 : batch)
        forgetStored()
    }

    /// Has the store forget the customer once nothing of theirs is on its way there.
    func forgetStored() {
        guard let task = forgetting.first, case .committing(let last) = task.phase, let eventLog else { return }
        guard last < batch || last == batch && inFlight == nil else { return }
        forgetting[0].phase = .store
        eventLog.forget(customer: task.customer, before: task.before, epoch: epoch) { [mailbox] in
            mailbox.post(.forgotten(task.link, $0))
        }
    }

    func forgotten(_ link: UInt64, _ result: Result<Int64, LogFailure>) {
        guard !forgetting.isEmpty else { return }
        let task = forgetting.removeFirst()
        guard let session = sessions[link] else { return }
        output.clear()
        switch result {
        case .success(let stored):
            // Durable already: it waits for no batch of others.
            atOnceIfAway(session) {
                ok(session, task.request) { $0.field("count", integer: task.count + stored) }
            }
        case .failure(let failure):
            log.warning("a customer was not forgotten: \(failure.message)")
            refuseAway(session, task.request, "PostgreSQL is away: not all is forgotten yet, ask again")
        }
        unpark(link)
    }
}
