import Postgres
package import Routing

/// Reads what the engine does not hold, and takes people out of it, on a thread and a connection of its own.
///
/// Completions are called on its thread and must not block it. A request that finds PostgreSQL away fails at once,
/// with a transient error; the next one connects anew.
package final class JournalReader: Sendable {
    private let worker: Worker<ReaderJob>

    init(_ settings: StoreSettings) {
        worker = Worker(name: "reader") { worker in ReaderLoop(settings, worker).run() }
    }

    package typealias Completion<Value> = @Sendable (Result<Value, StorageError>) -> Void

    /// The entries of the log with a greater number, in order, at most `limit` of them.
    package func events(after seq: Int64, limit: Int32, completion: @escaping Completion<[LogEntry]>) {
        send(.events(after: seq, limit: limit, completion), completion)
    }

    /// The first number that the log still has; nil for an empty log.
    package func firstSeq(completion: @escaping Completion<Int64?>) { send(.firstSeq(completion), completion) }

    /// The last committed number; 0 for an empty log.
    package func lastSeq(completion: @escaping Completion<Int64>) { send(.lastSeq(completion), completion) }

    /// An inquiry in any state, as it was last committed; nil where there is none of this id.
    package func inquiry(id: Int64, completion: @escaping Completion<InquiryRow?>) {
        send(.inquiry(id: id, completion), completion)
    }

    /// Who completed the one that was closed last of a customer's newest 64 inquiries, if that was not before `since`;
    /// else nil. One that was reopened is not closed.
    package func lastAgent(
        ofCustomer customer: [UInt8], closedSince since: Instant, completion: @escaping Completion<String?>
    ) {
        send(.lastAgent(ofCustomer: customer, closedSince: since, completion), completion)
    }

    /// A page of the closed inquiries that are wanted, by rising id, each as it was last committed.
    package func closedInquiries(_ query: ClosedQuery, completion: @escaping Completion<ClosedPage>) {
        send(.closedInquiries(query, completion), completion)
    }

    /// Nulls the personal data of all inquiries of a customer with an id below `before`; says of how many, once it is
    /// durable. In slices, between which the reader answers others.
    ///
    /// What was asked of this reader before has been answered by then; what is asked after it finds nothing any more.
    package func forget(
        customer: [UInt8], before: Int64, epoch: Int64, completion: @escaping Completion<Int64>
    ) {
        forget(ForgetSlice(customer: customer, before: before, epoch: epoch), forgotten: 0, completion)
    }

    private func forget(_ slice: ForgetSlice, forgotten: Int64, _ completion: @escaping Completion<Int64>) {
        let next: Completion<Int64> = { result in
            guard case .success(let count) = result else { return completion(result) }
            if count < ForgetSlice.rowsMax { return completion(.success(forgotten + count)) }
            self.forget(slice, forgotten: forgotten + count, completion)
        }
        send(.forgetCustomer(slice, next), completion)
    }

    /// Ends the thread; what waits fails. Not from a completion.
    package func stop() { worker.stop() }

    private func send<Value>(_ job: ReaderJob, _ completion: Completion<Value>) {
        if !worker.send(job) { completion(.failure(StorageError(.postgres, "the store is closed"))) }
    }
}

/// Which closed inquiries a listing shows; nil shows all.
package struct ClosedQuery: Sendable {
    /// How many rows a page looks at before it ends early.
    package static let examinedMax = 20_000

    package var state: String
    package var queue: String?
    package var channel: String?
    package var agent: String?
    package var customer: [UInt8]?
    /// Only those with a greater id.
    package var after: Int64
    package var limit: Int

    package init(
        state: String, queue: String? = nil, channel: String? = nil, agent: String? = nil, customer: [UInt8]? = nil,
        after: Int64 = 0, limit: Int
    ) {
        self.state = state
        self.queue = queue
        self.channel = channel
        self.agent = agent
        self.customer = customer
        self.after = after
        self.limit = limit
    }
}

package struct ClosedPage: Sendable {
    package var rows: [InquiryRow]
    /// After which id another page begins; nil: there is none.
    package var next: Int64?
}

struct ForgetSlice: Sendable {
    /// Rows of one transaction: some 20 ms of work.
    static let rowsMax: Int32 = 1_000

    var customer: [UInt8]
    var before: Int64
    var epoch: Int64
}

enum ReaderJob: Sendable {
    case events(after: Int64, limit: Int32, JournalReader.Completion<[LogEntry]>)
    case firstSeq(JournalReader.Completion<Int64?>)
    case lastSeq(JournalReader.Completion<Int64>)
    case inquiry(id: Int64, JournalReader.Completion<InquiryRow?>)
    case lastAgent(ofCustomer: [UInt8], closedSince: Instant, JournalReader.Completion<String?>)
    case closedInquiries(ClosedQuery, JournalReader.Completion<ClosedPage>)
    case forgetCustomer(ForgetSlice, JournalReader.Completion<Int64>)
}
