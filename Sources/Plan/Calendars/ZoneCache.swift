import Synchronization

/// The zones that have been asked for, each read once. Any thread may ask; a zone that is there costs a look-up under a
/// lock that nobody holds for longer, a new one about a millisecond.
package final class ZoneCache: Sendable {
    private let zones = Mutex<[String: ZoneOffsets]>([:])

    package init() {}

    /// Nil if there is no such zone.
    package func zone(_ name: String) -> ZoneOffsets? {
        if let zone = zones.withLock({ $0[name] }) { return zone }
        guard let zone = ZoneOffsets(name) else { return nil }
        return zones.withLock { zones in
            // As many as there are in the world at most, whoever asks.
            zones[name] = zone
            return zone
        }
    }
}
