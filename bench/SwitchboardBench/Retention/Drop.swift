import Foundation
import Storage

/// A round of maintenance that drops what is past keeping.
///
/// `@unchecked`: under its lock.
final class Drop: @unchecked Sendable {
    private let lock = NSLock()
    private let began = ContinuousClock.now
    private var result: (Result<Maintenance, StorageError>)?
    private(set) var seconds = 0.0

    var isOver: Bool { lock.withLock { result != nil } }

    func end(_ result: Result<Maintenance, StorageError>) {
        lock.withLock {
            seconds = Measured.seconds(.now - began)
            self.result = result
        }
    }

    /// What was done; it is over.
    func done() throws -> Maintenance {
        guard let done = try lock.withLock({ try result?.get() }) else { throw BenchError("the drop did not end") }
        return done
    }

    func note() throws -> String {
        let done = try done()
        guard !done.partitionsDropped.isEmpty else { throw BenchError("nothing was dropped") }
        return done.partitionsDropped.joined(separator: " ")
    }
}
