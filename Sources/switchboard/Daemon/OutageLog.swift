import Logging
import Storage
import Synchronization

/// Says once in the log when PostgreSQL does not answer, why, and when it does again.
final class OutageLog: Sendable {
    private let log: Logger
    /// Since when it has been away, and what was said last.
    private let state = Mutex<(since: ContinuousClock.Instant, word: String)?>(nil)

    init(_ log: Logger) { self.log = log }

    func tell(_ news: JournalState) {
        switch news {
        case .connected:
            let outage = state.withLock { state in
                defer { state = nil }
                return state
            }
            guard let outage else { return }
            log.notice("PostgreSQL takes batches again after \(ContinuousClock.now - outage.since)")
        case .away(let since, let error):
            let word = "\(error)"
            let isNew = state.withLock { state in
                defer { state = (since, word) }
                return state?.word != word
            }
            if isNew { log.warning("a batch is tried again: \(word)") }
        }
    }
}
