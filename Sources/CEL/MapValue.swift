/// A map with its entries in the order in which they were given, which is the order of macros over it.
package struct MapValue: Sendable {
    package private(set) var entries: [(key: Value, value: Value)] = []
    /// Where each key's entry is, in maps of more than `searchMax` entries. Looked up only, never walked.
    private var places: [MapKey: Int]?

    /// Up to this many entries, comparing each is faster than hashing.
    private static let searchMax = 8

    package init() {}

    /// A map with string keys, as a JSON object is. Of two entries with one key, the first counts.
    package init(_ pairs: [(String, Value)]) {
        for (key, value) in pairs { _ = insert(.string(key), value) }
    }

    package var count: Int { entries.count }

    /// Adds an entry. O(1).
    package mutating func insert(_ key: Value, _ value: Value) -> Insertion {
        guard key.kind != .double, let mapKey = MapKey(key) else { return .notAKey }
        guard place(of: mapKey) == nil else { return .repeated }
        places?[mapKey] = entries.count
        entries.append((key, value))
        if places == nil, entries.count > Self.searchMax { buildPlaces() }
        return .done
    }

    package enum Insertion: Sendable {
        case done
        case repeated
        /// Keys are bool, int, uint or string.
        case notAKey
    }

    /// The value of a key; 1, 1u and 1.0 are one key. O(1).
    package func value(of key: Value) -> Value? {
        guard let mapKey = MapKey(key), let place = place(of: mapKey) else { return nil }
        return entries[place].value
    }

    /// The value of a string key. O(1).
    package func value(of key: String) -> Value? {
        place(of: .string(key)).map { entries[$0].value }
    }

    private func place(of key: MapKey) -> Int? {
        if let places { return places[key] }
        return entries.firstIndex { MapKey($0.key) == key }
    }

    private mutating func buildPlaces() {
        var built: [MapKey: Int] = [:]
        for (place, entry) in entries.enumerated() {
            if let key = MapKey(entry.key) { built[key] = place }
        }
        places = built
    }
}

/// A value that can be a key of a map or an element of a prepared set: numbers of one amount are one key.
enum MapKey: Hashable, Sendable {
    case bool(Bool)
    case int(Int64)
    /// Above `Int64.max` only.
    case uint(UInt64)
    case string(String)

    init?(_ value: Value) {
        switch value {
        case .bool(let bool): self = .bool(bool)
        case .int(let int): self = .int(int)
        case .uint(let uint): self.init(uint)
        case .string(let string): self = .string(string)
        case .double(let double):
            if let int = Int64(exactly: double) {
                self = .int(int)
            } else if let uint = UInt64(exactly: double) {
                self.init(uint)
            } else {
                return nil
            }
        case .null, .bytes, .timestamp, .duration, .list, .map, .type: return nil
        }
    }

    private init(_ uint: UInt64) {
        if let int = Int64(exactly: uint) { self = .int(int) } else { self = .uint(uint) }
    }

    static func == (left: MapKey, right: MapKey) -> Bool {
        switch (left, right) {
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.uint(let left), .uint(let right)): left == right
        case (.string(let left), .string(let right)): Text.areEqual(left, right)
        default: false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch self {
        case .bool(let bool): hasher.combine(bool)
        case .int(let int): hasher.combine(int)
        case .uint(let uint): hasher.combine(uint)
        case .string(let string):
            Text.withBytes(of: string) { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }
}
