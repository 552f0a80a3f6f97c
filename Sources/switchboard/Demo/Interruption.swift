import Dispatch
import Foundation

/// Ctrl-C, a polite request to end and a closed terminal, as something to wait for instead of a sudden death.
struct Interruption {
    let signals: AsyncStream<Int32>
    /// They work for as long as this is kept.
    private let sources: [any DispatchSourceSignal]

    init() {
        let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.signals = signals
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
    }
}
