import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One thread and the queue of jobs that it works off, for what blocks and must not block anybody else.
final class Worker<Job: Sendable>: Sendable {
    enum Next {
        case job(Job)
        case timedOut
        /// `stop` was called and all jobs are done.
        case stopped
    }

    private struct State {
        var jobs: [Job] = []
        var isStopping = false
        var thread: ThreadHandle?
    }

    private let state = Mutex(State())
    /// Counts the jobs and the stop.
    private let wake = DispatchSemaphore(value: 0)
    private let stopSignal = DispatchSemaphore(value: 0)

    /// Starts the thread. `body` owns whatever it makes there, asks `next` for jobs and returns after `.stopped`.
    init(name: String, body: @escaping @Sendable (Worker<Job>) -> Void) {
        let thread = ThreadHandle(name: name) { body(self) }
        state.withLock { $0.thread = thread }
    }

    /// Any thread may call it; after `stop` the job is dropped and false returned.
    func send(_ job: Job) -> Bool {
        let isTaken = state.withLock { state in
            if !state.isStopping { state.jobs.append(job) }
            return !state.isStopping
        }
        if isTaken { wake.signal() }
        return isTaken
    }

    /// Waits for the next job. Only the worker's thread calls it.
    func next(timeout: DispatchTimeInterval = .never) -> Next {
        guard wake.wait(timeout: timeout == .never ? .distantFuture : .now() + timeout) == .success else {
            return .timedOut
        }
        return state.withLock { state in
            state.jobs.isEmpty ? .stopped : .job(state.jobs.removeFirst())
        }
    }

    /// Waits, but no longer than to a stop. Only the worker's thread calls it.
    ///
    /// - Returns: false when the worker is to stop.
    func pause(_ duration: DispatchTimeInterval) -> Bool {
        guard stopSignal.wait(timeout: .now() + duration) == .success else { return true }
        stopSignal.signal()  // It stays raised.
        return false
    }

    /// Lets the jobs that wait be done, ends the thread and waits for its end. Any thread but the worker's own may call
    /// it; a second call does nothing.
    func stop() {
        let thread = state.withLock { state in
            state.isStopping = true
            return state.thread.take()
        }
        guard let thread else { return }
        stopSignal.signal()
        wake.signal()
        thread.join()
    }
}

/// A thread that can be waited for.
struct ThreadHandle: @unchecked Sendable {
    // `@unchecked`: a pthread_t is a value that any thread may join; on Darwin it is a pointer, which is not Sendable.
    private let thread: pthread_t

    init(name: String, body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
        #if canImport(Darwin)
            var created: pthread_t?
            let status = pthread_create(&created, nil, { runThread($0) }, start.toOpaque())
        #else
            var created = pthread_t()
            let status = pthread_create(&created, nil, { $0.flatMap { runThread($0) } }, start.toOpaque())
        #endif
        precondition(status == 0, "the system refused a thread (error \(status))")
        #if canImport(Darwin)
            guard let created else { preconditionFailure("pthread_create gave no thread") }
        #endif
        thread = created
    }

    func join() {
        precondition(pthread_equal(thread, pthread_self()) == 0, "a thread cannot wait for its own end")
        pthread_join(thread, nil)
    }
}

private final class ThreadStart: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func runThread(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
    nameThread(start.name)
    start.body()
    return nil
}

/// Shown by ps -T, top -H and debuggers; at most 15 characters on Linux.
private func nameThread(_ name: String) {
    #if canImport(Darwin)
        pthread_setname_np(name)
    #else
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        if file < 0 { return }
        _ = name.withCString { write(file, $0, min(15, strlen($0))) }
        close(file)
    #endif
}
