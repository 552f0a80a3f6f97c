import Foundation
import Logging
import Plan
import Routing
import Server
import Storage
import Synchronization

/// What keeps the tables in order while the daemon serves: closed inquiries are moved out of the way, partitions made
/// ahead, and what is past the plan's `retain` dropped.
final class Upkeep: Sendable {
    /// How often partitions are made and dropped and old keys deleted, in real time.
    private static let period = Duration.seconds(300)
    /// Plans are read here: a large one takes up to a second.
    private static let planReader = DispatchQueue(label: "switchboard retain")

    private let sweeper: Sweeper
    private let startedAt = ContinuousClock.now
    /// The engine's clock when it was started, and how many times faster than real time it runs.
    private let startClock: Instant
    private let speed: Int64
    private let log: Logger
    private let retain: Mutex<TimeSpan>

    init(_ sweeper: Sweeper, clock: Instant, speed: Int64, plan: [UInt8], log: Logger) {
        self.sweeper = sweeper
        startClock = clock
        self.speed = speed
        self.log = log
        retain = Mutex(Self.retain(of: plan) ?? RoutingPlan().retain)
    }

    private static func retain(of document: [UInt8]) -> TimeSpan? { RoutingPlan.read(document).plan?.retain }

    /// Runs until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            maintain()
            try? await Task.sleep(for: Self.period)
        }
    }

    func stop() { sweeper.stop() }

    /// A batch has been committed in which the engine let go of these inquiries and these plans were published. Called
    /// on the journal's thread.
    func committed(_ released: [ClosedInquiry], _ plans: [PlanRecord]) {
        if !released.isEmpty { sweeper.release(released) }
        guard let document = plans.last?.document else { return }
        Self.planReader.async { [self] in
            guard let retain = Self.retain(of: document) else { return }
            let isOther = self.retain.withLock { present in
                defer { present = retain }
                return present != retain
            }
            if isOther { maintain() }
        }
    }

    private func maintain() {
        let clock = startClock + .seconds((ContinuousClock.now - startedAt).components.seconds * speed)
        sweeper.maintain(clock: clock, retain: retain.withLock { $0 }) { [log] result in
            switch result {
            case .success(let done): Self.tell(done, log)
            case .failure(let error): log.warning("the upkeep of the tables waits: \(error)")
            }
        }
    }

    private static func tell(_ done: Maintenance, _ log: Logger) {
        if done.inquiriesSwept > 0 { log.info("\(done.inquiriesSwept) closed inquiries were put away") }
        if !done.partitionsDropped.isEmpty {
            log.notice("past keeping, dropped: \(done.partitionsDropped.joined(separator: ", "))")
        }
        if done.isKeepingPostponed {
            log.warning("a part of the reports takes too long to be kept, or is locked; it is tried again")
        }
        if done.isDropPostponed {
            log.warning("what is past keeping is being read, so it is dropped later")
        }
        for failure in done.failures { log.warning("a part of the upkeep of the tables waits: \(failure)") }
        for table in done.defaultPartitionsUsed {
            log.error("rows lie in the default partition of switchboard.\(table): make partitions earlier")
        }
    }
}
