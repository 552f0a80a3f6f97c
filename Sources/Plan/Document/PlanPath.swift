/// Where something stands in a plan: `sla[0].targets.assign`, dots for keys, `[n]` for list items from 0.
enum PlanPath {
    /// A key under a path. A key that has a dot or a bracket of its own stands in quotes: `queues."a.b"`.
    static func key(_ key: String, under path: String) -> String {
        let isPlain = !key.isEmpty && !key.contains { ".[]\" ".contains($0) }
        let shown = isPlain ? key : "\"\(key)\""
        return path.isEmpty ? shown : "\(path).\(shown)"
    }

    static func item(_ index: Int, of path: String) -> String { "\(path)[\(index)]" }

    /// The path and all above it, the longest first, without the root. Dots within quoted keys only make it longer.
    static func prefixes(of path: String) -> [String] {
        guard !path.isEmpty else { return [] }
        let ends = path.indices.filter { $0 > path.startIndex && (path[$0] == "." || path[$0] == "[") }
        return [path] + ends.reversed().map { String(path[..<$0]) }
    }
}
