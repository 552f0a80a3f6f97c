import Synchronization

/// Ends a demo when somebody asks for it: the play, where one is on, else the daemon that is only starting.
final class Curtain: Sendable {
    private struct State {
        var play: AsyncStream<Performance.Input>.Continuation?
        var hasFallen = false
    }

    private let state = Mutex(State())

    /// Somebody asked.
    var hasFallen: Bool { state.withLock { $0.hasFallen } }

    /// From now on there is a play to end.
    func rise(on performance: Performance) {
        let hasFallen = state.withLock { state in
            state.play = performance.tell
            return state.hasFallen
        }
        if hasFallen { performance.tell.yield(.stop) }
    }

    func fall(_ daemon: ChildDaemon) {
        let play = state.withLock { state in
            state.hasFallen = true
            return state.play
        }
        if let play {
            play.yield(.stop)
        } else {
            daemon.terminate()
        }
    }
}
