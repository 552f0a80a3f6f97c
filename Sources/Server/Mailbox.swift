import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where other threads leave messages for the engine thread: any number of senders, one receiver who may wait.
///
/// Its length is bounded by its senders: a connection has at most `ServerLimits.unansweredRequests` in it.
/// `@unchecked Sendable`: `messages` and `isWaiting` are only touched with `lock` held.
final class Mailbox<Message: Sendable>: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let signal: UnsafeMutablePointer<pthread_cond_t>
    private var messages: [Message] = []
    private var isWaiting = false

    init() {
        lock = .allocate(capacity: 1)
        signal = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        #if canImport(Glibc)
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        #endif
        pthread_cond_init(signal, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(signal)
        pthread_mutex_destroy(lock)
        signal.deallocate()
        lock.deallocate()
    }

    func post(_ message: Message) {
        pthread_mutex_lock(lock)
        messages.append(message)
        let wakes = isWaiting
        isWaiting = false
        pthread_mutex_unlock(lock)
        if wakes { pthread_cond_signal(signal) }
    }

    func post(contentsOf batch: [Message]) {
        guard !batch.isEmpty else { return }
        pthread_mutex_lock(lock)
        messages.append(contentsOf: batch)
        let wakes = isWaiting
        isWaiting = false
        pthread_mutex_unlock(lock)
        if wakes { pthread_cond_signal(signal) }
    }

    /// Swaps what has come into `taken`, which must be empty; waits for something to come at most `seconds`.
    func take(into taken: inout [Message], waiting seconds: Double) {
        pthread_mutex_lock(lock)
        if messages.isEmpty && seconds > 0 {
            var deadline = timespec()
            #if canImport(Glibc)
                clock_gettime(CLOCK_MONOTONIC, &deadline)
            #else
                clock_gettime(CLOCK_REALTIME, &deadline)
            #endif
            let whole = Int(seconds)
            deadline.tv_sec += whole
            deadline.tv_nsec += Int((seconds - Double(whole)) * 1e9)
            if deadline.tv_nsec >= 1_000_000_000 {
                deadline.tv_sec += 1
                deadline.tv_nsec -= 1_000_000_000
            }
            isWaiting = true
            while messages.isEmpty {
                if pthread_cond_timedwait(signal, lock, &deadline) != 0 { break }
            }
            isWaiting = false
        }
        swap(&messages, &taken)
        pthread_mutex_unlock(lock)
    }
}
