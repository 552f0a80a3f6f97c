import Synchronization
import TestSupport
import Testing

/// What clients were told with `OK`, and must find true for ever after.
final class Promises: Sendable {
    struct Told {
        var ids: [String: Int64] = [:]
        var acceptedBy: [Int64: String] = [:]
        var declinedBy: [Int64: Set<String>] = [:]
        /// Completed, abandoned or cancelled.
        var ends: [Int64: String] = [:]
    }

    private let state = Mutex(Told())

    var told: Told { state.withLock { $0 } }
    /// Inquiries that were submitted and have not ended.
    var openCount: Int { state.withLock { $0.ids.count - $0.ends.count } }
    func isTaken(_ id: Int64, by agent: String) -> Bool { state.withLock { $0.acceptedBy[id] == agent } }

    var endCount: Int { state.withLock { $0.ends.count } }

    /// Waits until that many inquiries have ended.
    func waitForEnds(_ count: Int) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while endCount < count {
            guard ContinuousClock.now < deadline else { throw TestSupportError("\(endCount) of \(count) ended") }
            await Task.yield()
        }
    }

    func submitted(_ key: String, _ id: Int64) {
        state.withLock { told in
            #expect(told.ids[key] ?? id == id, "\(key) was \(told.ids[key] ?? 0) and is \(id)")
            told.ids[key] = id
        }
    }

    func accepted(_ id: Int64, by agent: String) {
        state.withLock { told in
            let former = told.acceptedBy[id] ?? agent
            #expect(former == agent, "\(id) was given to \(former) and \(agent)")
            told.acceptedBy[id] = agent
        }
    }

    func declined(_ id: Int64, by agent: String) { _ = state.withLock { $0.declinedBy[id, default: []].insert(agent) } }

    func ended(_ id: Int64, as end: String) {
        state.withLock { told in
            #expect(told.ends[id] ?? end == end, "\(id) was \(told.ends[id] ?? "") and is \(end)")
            told.ends[id] = end
        }
    }
}
