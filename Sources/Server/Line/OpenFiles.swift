#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The system's limit of open files. A server that runs into it can neither take a connection nor refuse it in words.
enum OpenFiles {
    /// What is open beside connections: PostgreSQL's, event loops, logs, pipes of programs that are started.
    static let reserved = 256
    private static let wanted = ServerLimits.connections + ServerLimits.lingeringConnections + reserved

    /// Raises the limit as far as every documented connection needs it and the system allows it; returns what it is.
    /// Many systems begin with 1,024 and allow far more to whoever asks.
    static func raiseLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return wanted }
        if limit.rlim_cur < rlim_t(wanted) {
            let before = limit.rlim_cur
            limit.rlim_cur = min(rlim_t(wanted), limit.rlim_max)
            if setrlimit(resource, &limit) != 0 { limit.rlim_cur = before }
        }
        return Int(clamping: limit.rlim_cur)
    }

    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif
}
