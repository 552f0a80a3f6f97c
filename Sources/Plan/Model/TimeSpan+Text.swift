import LineProtocol
import Routing

extension TimeSpan {
    /// `1m30s`, `500ms`, `0s`.
    var text: String { WireTime.string(duration: microseconds) }

    /// Reads `500ms`, `20s`, `5m`, `2h`, `1d` and what is made of them. Nil if it is none.
    init?(text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard let microseconds = WireTime.parseDuration(bytes.span) else { return nil }
        self.init(microseconds: microseconds)
    }
}
