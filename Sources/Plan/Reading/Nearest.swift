/// The word that somebody meant.
package enum Nearest {
    /// The known word that is nearest to this one, if it is near enough; of several, the first.
    ///
    /// Cost: the length of the word times that of all known ones.
    package static func word(to word: String, among known: [String]) -> String? {
        let scalars = Array(word.unicodeScalars.prefix(100))
        var best: (word: String, distance: Int)?
        for candidate in known {
            let other = Array(candidate.unicodeScalars.prefix(100))
            // A third of the letters may be wrong; of two or three, one.
            let limit = max(1, max(scalars.count, other.count) / 3)
            guard abs(scalars.count - other.count) <= limit else { continue }
            let distance = distance(scalars, other)
            if distance <= limit, distance < best?.distance ?? .max, distance < max(scalars.count, other.count) {
                best = (candidate, distance)
            }
        }
        return best?.word
    }

    /// Advice on an unknown word: the nearest known one, else all of them, as far as a line can hold them.
    /// - Parameter plural: What they are: `queues`.
    package static func advice(on word: String, among known: [String], plural: String) -> String {
        if let near = Self.word(to: word, among: known) { return "did you mean \(near)?" }
        if known.isEmpty { return "there are no \(plural)" }
        if known.count == 1 { return "the only one is \(known[0])" }
        let shown = known.prefix(20)
        let rest = known.count - shown.count
        return "the \(plural) are \(shown.joined(separator: ", "))" + (rest > 0 ? " and \(rest) more" : "")
    }

    /// Insertions, deletions, exchanges and swaps of neighbours.
    /// Source: the optimal string alignment distance; G. Navarro, "A guided tour to approximate string matching", 2001.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var before: [Int] = []
        var previous = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let isSame = left[row] == right[column]
                var cost = min(previous[column + 1] + 1, current[column] + 1, previous[column] + (isSame ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, before[column - 1] + 1)
                }
                current.append(cost)
            }
            (before, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
