import Foundation
package import Testing

/// Runs the tests that it marks on threads of their own.
///
/// For tests whose calls block for long: the cooperative pool has a thread a core, and one that waits for a server
/// holds up every other test of the process, those with time limits among them.
package struct Blocking: SuiteTrait, TestTrait, TestScoping {
    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await onBlockingThread(function)
    }
}

extension Trait where Self == Blocking {
    package static var blocking: Blocking { Blocking() }
}

/// Runs `body` where it may block, whatever it calls included.
package func onBlockingThread<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    try await withTaskExecutorPreference(ThreadPerJob.shared, operation: body)
}

/// Each job gets a thread of its own. Dispatch would make more of its threads as they block, but not at once.
private final class ThreadPerJob: TaskExecutor {
    static let shared = ThreadPerJob()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        Thread.detachNewThread { job.runSynchronously(on: executor) }
    }
}
