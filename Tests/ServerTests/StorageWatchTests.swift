import Routing
import Synchronization
import Testing

@testable import Server

/// Counts what it is asked and answers nothing.
private final class SilentJournal: Journal {
    private let asked = Mutex(0)
    var probes: Int { asked.withLock { $0 } }

    func commit(_ batch: Batch, completion: @escaping @Sendable (CommitOutcome) -> Void) {}
    func probe(completion: @escaping @Sendable (CommitOutcome) -> Void) { asked.withLock { $0 += 1 } }
}

@Suite("Whether storage is known to be good")
struct StorageWatchTests {
    private let start = ContinuousClock.now
    private let time = Instant(microseconds: 1_000_000)

    private func watch() -> StorageWatch {
        var watch = StorageWatch()
        watch.started(at: start, engineTime: time)
        return watch
    }

    @Test("a question is no stall for 250 ms, and one after that", arguments: [(250, false), (251, true)])
    func stall(milliseconds: Int, isStalled: Bool) {
        var watch = watch()
        watch.asked(at: start)
        #expect(watch.isStalled(at: start + .milliseconds(milliseconds)) == isStalled)
    }

    @Test("clients are told after 1.5 s without an answer", arguments: [(1_500, false), (1_501, true)])
    func away(milliseconds: Int, isAway: Bool) {
        var watch = watch()
        watch.asked(at: start)
        #expect(watch.isAway(at: start + .milliseconds(milliseconds)) == isAway)
    }

    @Test("without a connection storage is stalled and away at once")
    func noConnection() {
        var watch = watch()
        watch.isConnected = false
        #expect(watch.isStalled(at: start))
        #expect(watch.isAway(at: start))
    }

    @Test("of two open questions the second is timed from the answer to the first")
    func twoQuestions() {
        var watch = watch()
        watch.asked(at: start)
        watch.asked(at: start + .milliseconds(100))
        watch.answered(at: start + .milliseconds(200), engineTime: time + .milliseconds(200))
        #expect(watch.isAsking)
        #expect(!watch.isStalled(at: start + .milliseconds(450)))
        #expect(watch.isStalled(at: start + .milliseconds(451)))
        watch.answered(at: start + .milliseconds(460), engineTime: time + .milliseconds(460))
        #expect(!watch.isAsking)
        #expect(watch.answeredUntil == time + .milliseconds(460))
    }

    @Test("an idle lease is renewed after a second, and at once for a timer that is due")
    func asking() {
        let journal = SilentJournal()
        var idle = watch()
        idle.askIfNeeded(at: start + .milliseconds(999), dueTimer: false, by: journal) { _ in }
        #expect(journal.probes == 0)
        idle.askIfNeeded(at: start + .milliseconds(1_000), dueTimer: false, by: journal) { _ in }
        #expect(journal.probes == 1)
        idle.askIfNeeded(at: start + .milliseconds(1_001), dueTimer: true, by: journal) { _ in }
        #expect(journal.probes == 1, "one question at a time")
        var due = watch()
        due.askIfNeeded(at: start, dueTimer: true, by: journal) { _ in }
        #expect(journal.probes == 2)
    }

    @Test("a step later than two seconds after the last is a jump", arguments: [(2_000, false), (2_001, true)])
    func jump(milliseconds: Int, isJump: Bool) {
        var watch = watch()
        let first = watch.sawJump(at: start + .milliseconds(milliseconds))
        let second = watch.sawJump(at: start + .milliseconds(milliseconds + 1))
        #expect(first == isJump)
        #expect(!second)
    }
}
