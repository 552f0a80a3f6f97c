import Dispatch
import Foundation
import Synchronization

/// Runs what recurses deeper than a small stack allows: Yams goes down a thousand levels before it refuses a text, and
/// not every thread that reads a plan has a stack of megabytes.
enum DeepStack {
    private static let bytes = 8 * 1_048_576

    /// The value of `body`, which runs on a thread of its own. The calling thread waits for it; `body` must not wait
    /// for anything itself.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
        let result = Result<Value>()
        let thread = Thread {
            result.value.withLock { $0 = body() }
            result.isThere.signal()
        }
        thread.stackSize = bytes
        thread.start()
        result.isThere.wait()
        guard let value = result.value.withLock({ $0 }) else { preconditionFailure("signalled after it was set") }
        return value
    }

    private final class Result<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
        let isThere = DispatchSemaphore(value: 0)
    }
}
